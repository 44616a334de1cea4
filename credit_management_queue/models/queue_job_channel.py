from odoo import api, models


class QueueJobChannel(models.Model):
    _inherit = "queue.job.channel"

    @api.model
    def _credit_channel(self, name):
        """The complete name of a channel of ours, which is made where it is missing.

        Every way of delivering has its own, also one that another addon brings.

        :param str name: a channel of reminders
        """
        channel = self.env.ref("queue_job.channel_root").sudo()
        for part in ("credit", name):
            values = {"name": part, "parent_id": channel.id}
            domain = [(field, "=", value) for field, value in values.items()]
            channel = channel.search(domain, limit=1) or channel.create(values)
        return channel.complete_name

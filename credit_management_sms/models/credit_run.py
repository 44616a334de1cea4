"""What the messages of a run take and cost, shown before it is confirmed."""

from collections import Counter

from odoo import api, fields, models

#: Messages rendered to see how long they are; of more, these stand for all.
SAMPLE = 500


class CreditRun(models.Model):
    _inherit = "credit.run"

    sms_count = fields.Integer(compute="_compute_sms_count")
    sms_html = fields.Html(compute="_compute_sms_html", sanitize=False)

    @api.depends("reminder_ids.state", "reminder_ids.channel")
    def _compute_sms_count(self):
        groups = self._read_text_groups()
        for run in self:
            run.sms_count = sum(
                count for (id_, _channel), count in groups.items() if id_ == run.id
            )

    def _read_text_groups(self):
        """{(id of the run, channel): number of messages that have not left}."""
        return {
            (run.id, channel): count
            for run, channel, count in self.env["credit.reminder"]._read_group(
                self._text_domain(), ["run_id", "channel"], ["__count"]
            )
        }

    def _text_domain(self):
        return [
            ("run_id", "in", self.ids),
            ("channel", "in", self.env["credit.reminder"]._text_channels()),
            ("state", "in", ("to_approve", "queued")),
        ]

    @api.depends("reminder_ids.state", "reminder_ids.channel")
    def _compute_sms_html(self):
        groups = self._read_text_groups()
        for run in self:
            tables = [
                run._text_summary(channel, count)
                for (id_, channel), count in groups.items()
                if id_ == run.id
            ]
            run.sms_html = bool(tables) and self.env["ir.qweb"]._render(
                "credit_management_sms.run_messages", {"tables": tables}
            )

    def _text_summary(self, channel, count):
        """(name of the channel, rows of label and text) of the messages of a run.

        What can't leave takes and costs nothing; it is told how many, and why.
        """
        self.ensure_one()
        _ = self.env._
        sample = self.env["credit.reminder"].search(
            [*self._text_domain(), ("run_id", "=", self.id), ("channel", "=", channel)],
            limit=SAMPLE,
            order="id",
        )
        mobiles = sample._mobiles()
        alerts = sample._channel_alerts()
        leaving = sample.filtered(lambda reminder: reminder not in alerts)
        estimates = leaving._text_estimates(mobiles)
        factor = count / (len(sample) or 1)
        costs = [estimate.cost for estimate in estimates.values()]
        segments = sum(estimate.segments for estimate in estimates.values())
        bars = sample._text_bars(mobiles)
        left_out = Counter(bars.get(reminder) for reminder in alerts)
        labels = dict(self.env["credit.policy.step"]._selection_channel())
        about = _("about %s") if count > len(sample) else "%s"
        rows = [
            (_("Messages"), about % round(len(leaving) * factor)),
            (_("Segments"), about % round(segments * factor)),
        ]
        if None in costs:
            rows.append((_("Estimated cost"), _("unknown: a price is missing")))
        else:
            total = self.company_id._credit_sms_money(sum(costs) * factor)
            rows.append((_("Estimated cost"), about % total))
        rows.append((_("Sender"), self.company_id._credit_sms_sender_text(channel)))
        reasons = {
            "number": _("Left out: no mobile number"),
            "optout": _("Left out: no text messages wanted"),
            "blacklist": _("Left out: number on the blacklist"),
            None: _("Left out for other reasons"),
        }
        rows += [
            (label, about % round(left_out[bar] * factor))
            for bar, label in reasons.items()
            if left_out[bar]
        ]
        return labels.get(channel, channel), rows

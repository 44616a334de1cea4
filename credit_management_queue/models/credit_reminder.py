from odoo import api, fields, models
from odoo.tools import SQL


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    queue_job_id = fields.Many2one(
        "queue.job",
        string="Job",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="queue_job.group_queue_job_manager",
        help="The job that delivers the reminder, or did.",
    )

    @api.model
    def _may_leave_sql(self):
        # EXTENDS credit_management: what a job will see to is its own
        free = super()._may_leave_sql()
        if self.env.context.get("credit_within_job"):
            return free
        return SQL("%s AND NOT %s", free, self._in_job_sql())

    @api.model
    def _in_job_sql(self):
        """Condition on ``credit_reminder``: it belongs to a job that will see to it.

        Jobs that failed for good, were cancelled or deleted see to nothing any more:
        the scheduled action takes over.
        """
        return SQL(
            """(credit_reminder.queue_job_id IS NOT NULL AND EXISTS (
                    SELECT FROM queue_job
                     WHERE queue_job.id = credit_reminder.queue_job_id AND %s))""",
            self.env["queue.job"]._credit_alive_sql(),
        )

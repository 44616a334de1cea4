"""What holds a reminder that is queued: asked when it is claimed and as it leaves."""

from odoo import api, models
from odoo.tools import SQL


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    @api.model
    def _may_leave_sql(self):
        # EXTENDS credit.channel: what belongs to a paused run stays, or to one that is
        # being cancelled
        return SQL(
            """%s AND NOT EXISTS (
                    SELECT FROM credit_run
                     WHERE credit_run.id = credit_reminder.run_id
                       AND (credit_run.state = 'paused' OR credit_run.cancelling))""",
            super()._may_leave_sql(),
        )

    def _items_unchanged(self, *args, **kwargs):
        # EXTENDS credit.reminder: nothing holds it since it was claimed
        free = self.env.execute_query(
            SQL(
                "SELECT id FROM credit_reminder WHERE id = %s AND %s",
                self.id,
                self._may_leave_sql(),
            )
        )
        return bool(free) and super()._items_unchanged(*args, **kwargs)

"""Runs under the hand of people: confirm, pause, resume, cancel."""

from odoo import api, fields, models
from odoo.tools import SQL

#: States in which reminders of a run leave.
LEAVING_STATES = ("proposed", "sending")
#: States in which what is queued of a run stays.
HELD_STATES = ("paused", "cancelled")


class CreditRun(models.Model):
    _inherit = "credit.run"

    pause_reason = fields.Text(readonly=True, copy=False)
    state_paused = fields.Char(
        readonly=True, copy=False, help="The state to which a paused run returns."
    )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Approve all reminders of the run, but those that somebody must do by hand."""
        self.check_access("write")
        for run in self:
            run._lock("proposed")
            waiting = run.reminder_ids.filtered(
                lambda r: r.state == "to_approve" and r.step_id.automation != "manual"
            )
            waiting.action_approve()
            # Calls and visits stay with those who make them: the run waits for them.
            under_way = run.queued_count or run.to_approve_count
            run.state = "sending" if under_way else "done"
            if run.queued_count:
                run._start_sending()
        return True

    def action_pause(self):
        """Hold what is queued. It takes effect on the very next message."""
        self.check_access("write")
        for run in self:
            run._lock(*LEAVING_STATES)
            run._pause(self.env._("%s paused the run.", self.env.user.name))
        return True

    def action_resume(self):
        """Let go what was held."""
        self.check_access("write")
        for run in self:
            run._lock("paused")
            run.write(
                {
                    "state": run.state_paused or "sending",
                    "state_paused": False,
                    "pause_reason": False,
                }
            )
            if run.queued_count:
                run._start_sending()
        return True

    def action_cancel(self):
        """Drop what has not left; what was sent stays.

        What a worker is sending at this very moment is sent, or is dropped as soon as
        the worker has let go of it.
        """
        self.check_access("write")
        for run in self:
            run._lock("draft", *LEAVING_STATES, "paused")
            run.write(
                {"state": "cancelled", "state_paused": False, "pause_reason": False}
            )
        self._drop_open()
        return True

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _start_sending(self):
        """Have the queued reminders of the run leave.

        Called once whenever reminders of a run should begin to leave: when it was
        proposed with automatic steps, confirmed, resumed. Other ways of delivering
        extend it.
        """
        self.ensure_one()
        self.env["credit.reminder"]._trigger_delivery()

    def _pause(self, reason):
        """Hold what is queued, and say why. The run is locked by the caller."""
        self.ensure_one()
        self.write(
            {
                "state_paused": self.state,
                "state": "paused",
                "pause_reason": reason,
            }
        )

    def _drop_open(self):
        """Cancel what has not left of cancelled runs; one statement for all of them.

        Reminders that a worker holds are passed over: they come back to
        :meth:`_close_finished`.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE credit_reminder
                      SET state = 'cancelled', write_uid = %s,
                          write_date = NOW() AT TIME ZONE 'UTC'
                    WHERE id IN (
                        SELECT id FROM credit_reminder
                         WHERE run_id = ANY(%s) AND state IN ('to_approve', 'queued')
                           FOR NO KEY UPDATE SKIP LOCKED)
                RETURNING id""",
                self.env.uid,
                self.ids,
            )
        )
        self.env["credit.reminder"].invalidate_model(["state"])
        self.invalidate_recordset()

    @api.model
    def _close_finished(self):
        """Runs whose every reminder has found its end are done."""
        running = self.search([("state", "in", (*LEAVING_STATES, "paused"))])
        for run in running:
            if not run.to_approve_count and not run.queued_count:
                run.state = "done"


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    @api.model
    def _may_leave_sql(self):
        # EXTENDS credit.channel: what belongs to a paused or cancelled run stays
        return SQL(
            """%s AND NOT EXISTS (
                    SELECT FROM credit_run
                     WHERE credit_run.id = credit_reminder.run_id
                       AND credit_run.state IN %s)""",
            super()._may_leave_sql(),
            HELD_STATES,
        )

    def _lock_for_sending(self):
        # EXTENDS credit.channel: held meanwhile, by a pause or otherwise
        free = self.env.execute_query(
            SQL(
                "SELECT id FROM credit_reminder WHERE id = %s AND %s",
                self.id,
                self._may_leave_sql(),
            )
        )
        return bool(free) and super()._lock_for_sending()

"""Runs under the hand of people: confirm, pause, resume, cancel."""

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.tools import SQL

#: States in which reminders of a run leave.
LEAVING_STATES = ("proposed", "sending")


class CreditRun(models.Model):
    _inherit = "credit.run"

    pause_reason = fields.Text(readonly=True, copy=False)
    state_paused = fields.Char(
        readonly=True, copy=False, help="The state to which a paused run returns."
    )
    cancelling = fields.Boolean(
        readonly=True,
        copy=False,
        help="Cancelled, while a worker still has some of its reminders in hand.",
    )
    outcomes_seen = fields.Integer(
        readonly=True,
        copy=False,
        help="How many reminders had left or failed when somebody last let the run go "
        "on: those that failed before are known.",
    )
    stop_id = fields.Many2one("credit.stop", compute="_compute_stop_id")
    stop_text = fields.Char(compute="_compute_stop_id")

    @api.depends("company_id")
    def _compute_stop_id(self):
        stops = self.env["credit.stop"]._current(self.company_id)
        by_company = {stop.company_id: stop for stop in stops}
        for run in self:
            run.stop_id = by_company.get(run.company_id)
            run.stop_text = run.stop_id.text

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Approve all reminders of the run, but those that somebody must do by hand.

        :return: as ``credit.reminder._leaving_notice``
        """
        self.check_access("write")
        let_go = self.env["credit.reminder"]
        for run in self:
            run._lock("proposed")
            run._check_looked_at()
            waiting = run.reminder_ids.filtered(
                lambda r: r.state == "to_approve" and r.step_id.automation != "manual"
            )
            let_go |= waiting._approve()
            # Calls and visits stay with those who make them: the run waits for them.
            if run.left_count:
                run.state = "sending"
            else:
                run._finish("done")
            if run.queued_count:
                run._start_sending()
        return let_go._leaving_notice()

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
            run._let_go()
            run._message_log(body=self.env._("%s resumed the run.", self.env.user.name))
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
                {
                    "state": "cancelled",
                    "state_paused": False,
                    "pause_reason": False,
                    "cancelling": True,
                }
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
        self._message_log(body=reason)

    def _pause_by_itself(self, reason):
        """A worker pauses the run and asks its managers to look.

        Harmless when somebody else is at the run, or has paused it already.
        """
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            return
        self.invalidate_recordset(["state"])
        if self.state not in LEAVING_STATES:
            return
        self._pause(reason)
        self._ask_managers(lambda run: run.pause_reason)

    def _let_go(self):
        """Back to the state before the pause. The run is locked by the caller."""
        self._forget_question()
        for run in self:
            run.write(
                {
                    "state": run.state_paused or "sending",
                    "state_paused": False,
                    "pause_reason": False,
                    "outcomes_seen": run.sent_count + run.failed_count,
                }
            )

    def _drop_open(self):
        """Cancel what has not left of runs that are being cancelled.

        What a worker has in hand is left to :meth:`_close_finished`, which is called
        when the worker is through. Nothing more leaves in between.
        """
        try:
            with self.env.cr.savepoint():
                self._cancel_reminders()
        except TransactionRollbackError:
            # A reminder left while we were looking.
            self.invalidate_recordset()
        for run in self:
            if not run.left_count:
                run._try_finish("cancelled")
        if any(self.mapped("cancelling")):
            self.env["credit.reminder"]._trigger_delivery()

    def _cancel_reminders(self):
        """One statement for all reminders that no worker has locked.

        :raise TransactionRollbackError: if one of them changed in this very moment
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE credit_reminder
                      SET state = 'cancelled', failure_reason = %s, write_uid = %s,
                          write_date = NOW() AT TIME ZONE 'UTC'
                    WHERE id IN (
                        SELECT id FROM credit_reminder
                         WHERE run_id = ANY(%s) AND state IN ('to_approve', 'queued')
                           FOR NO KEY UPDATE SKIP LOCKED)""",
                self.env._("The run was cancelled."),
                self.env.uid,
                self.ids,
            ),
            log_exceptions=False,
        )
        self.env["credit.reminder"].invalidate_model()
        self.invalidate_recordset()

    @api.model
    def _close_finished(self):
        """Runs whose every reminder has found its end are done.

        One that somebody else is at in this very moment, another worker that is through
        as well or a person who pauses it, is looked at again in a minute.
        """
        self.search([("cancelling", "=", True)])._drop_open()
        for run in self.search([("state", "in", (*LEAVING_STATES, "paused"))]):
            if not run.left_count and not run._try_finish("done"):
                self.env["credit.reminder"]._trigger_delivery(minutes=1)

    def _try_finish(self, state):
        """Finish the run, unless somebody else has or is about to change it.

        :return: whether the run is finished
        """
        self.ensure_one()
        cr = self.env.cr
        try:
            with cr.savepoint():
                cr.execute(
                    SQL(
                        """SELECT FROM credit_run WHERE id = %s
                              FOR NO KEY UPDATE SKIP LOCKED""",
                        self.id,
                    ),
                    # It was changed since this transaction began: expected.
                    log_exceptions=False,
                )
                if not cr.rowcount:
                    return False
                self._finish(state)
        except TransactionRollbackError:
            return False
        return True

    def _finish(self, state):
        """Settle the state of the run and report."""
        self.ensure_one()
        self._forget_question()
        self.write({"state": state, "cancelling": False, "state_paused": False})
        self._report()

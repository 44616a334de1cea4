"""What people do with reminders: let them go, note, drop, pass over, try again."""

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .credit_policy_step import MANUAL_CHANNELS
from .credit_reminder import OPEN_STATES


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def action_approve(self):
        """Let the reminders go, and tell which of them leave only later.

        :return: see :meth:`_leaving_notice`
        """
        return self._approve()._leaving_notice()

    def _approve(self):
        """Let the reminders go: they are delivered within moments.

        Approving twice is harmless. A call or a visit is not sent but done: it stays
        with the person who makes it.

        :return: what was let go
        """
        self.check_access("write")
        waiting = self._lock_open("to_approve").filtered(
            lambda reminder: reminder.channel not in MANUAL_CHANNELS
        )
        waiting.state = "queued"
        waiting._trigger_delivery()
        return waiting

    def action_ask_done(self):
        """Ask how calls or visits went, as the worklist does, then note them."""
        self.check_access("write")
        made = self.filtered(
            lambda r: r.channel in MANUAL_CHANNELS and r.state == "to_approve"
        )
        if not made:
            raise UserError(
                self.env._("None of these is a call or a visit to be made.")
            )
        return self.env["credit.task.act"]._open(
            [["call", self._name, made.ids]], "done"
        )

    def action_mark_done(self):
        """Note that a call, a visit or a letter handled by hand has been made."""
        self.check_access("write")
        for reminder in self._lock_open("to_approve")._register_made():
            reminder._message_log(body=self.env._("Done by hand."))
        return True

    def action_cancel(self):
        """Drop the reminders. Their items may be proposed again on a later day."""
        self.check_access("write")
        open_reminders = self._lock_open(*OPEN_STATES, "failed")
        open_reminders.state = "cancelled"
        return True

    def action_skip(self):
        """Drop the reminders and count their steps as done."""
        self.check_access("write")
        for reminder in self._lock_open(*OPEN_STATES, "failed"):
            if any(reminder.line_ids.step_id.mapped("legally_required")):
                raise UserError(
                    self.env._(
                        "“%s” is required by law and can't be passed over.",
                        reminder.step_id.name,
                    )
                )
            reminder.write(
                {
                    "state": "cancelled",
                    "skipped": True,
                    "date_done": reminder.company_id._credit_today(),
                    # What nobody read gave no time to pay.
                    "deadline_date": False,
                    "wait_until": False,
                }
            )
            # Only now: what failed is evidence until it is settled.
            reminder._leave_lower_steps()
        return True

    def _leave_lower_steps(self):
        """Let go of the items that only came along where a step is passed over.

        Their own step was not done, and is proposed again.
        """
        self.line_ids.filtered(
            lambda line: line.step_id != line.reminder_id.step_id
        ).unlink()

    def action_retry(self):
        """Send failed reminders again, and bounced ones anew."""
        self.check_access("write")
        failed = self._lock_open("failed")
        self._check_no_successor()
        failed.write({"state": "queued", "failure_reason": False, "attempts": 0})
        bounced = self.filtered(
            lambda r: (
                r.state == "sent"
                and r.delivery_state == "bounced"
                # What takes over from it goes already.
                and not r.fallback_ids & failed
            )
        )
        again = self.browse()
        for reminder in bounced:
            again |= reminder._duplicate_for_channel(reminder.channel, "queued")
        (failed | again)._trigger_delivery()
        return True

    def _check_no_successor(self):
        """Nobody gets the same reminder twice because somebody clicked twice."""
        successor = self.search(
            Domain("fallback_of_id", "in", self.ids)
            & Domain("state", "in", (*OPEN_STATES, "sent"))
            & Domain("delivery_state", "!=", "bounced"),
            limit=1,
        )
        if successor:
            raise UserError(
                self.env._(
                    "%(successor)s has taken over from %(reminder)s already.",
                    successor=successor.name,
                    reminder=successor.fallback_of_id.name,
                )
            )

    def action_reply_handled(self):
        """The debtor's reply has been read and answered: it leaves the worklist."""
        self.check_access("write")
        replied = self.filtered(lambda reminder: reminder.delivery_state == "replied")
        replied.sudo().reply_handled = True
        return True

    def action_view_lines(self):
        """Open the claimed items, as the list of open items shows them."""
        view = self.env.ref("credit_management.credit_item_view_list")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Items of %s", self.name),
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [(view.id, "list")],
            "domain": [("id", "in", self.line_ids.move_line_id.ids)],
        }

    def _lock_open(self, *states):
        """Lock the reminders and keep those still in one of ``states``.

        A reminder that another worker holds is being sent at this very moment.
        """
        locked = self.try_lock_for_update(allow_referencing=True)
        if locked != self:
            raise UserError(
                self.env._("Some of these reminders are being sent just now.")
            )
        locked.invalidate_recordset(["state"])
        return locked.filtered(lambda reminder: reminder.state in states)

    @api.model
    def _trigger_delivery(self, minutes=0):
        """Have the delivery run, now or in some minutes."""
        at = fields.Datetime.add(fields.Datetime.now(), minutes=minutes)
        self.env.ref("credit_management.ir_cron_deliver").sudo()._trigger(at=at)

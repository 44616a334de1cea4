"""What became of reminders: they have left, failed, came back or were answered."""

from odoo import fields, models

from .credit_policy_step import MANUAL_CHANNELS


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _register_sent(self, **values):
        """Record that the reminders have left.

        ``date_done`` is the day in the company's time zone: the clock of the next step
        starts on it. The deadline, the waiting period and the charges are those of the
        last check, which the debtor reads.
        """
        now = fields.Datetime.now()
        for company, batch in self.grouped("company_id").items():
            batch.with_context(tracking_disable=True).write(
                {
                    "state": "sent",
                    "date_sent": now,
                    "date_done": company._credit_today(),
                    "failure_reason": False,
                    "delivery_state": "pending",
                    **values,
                }
            )
        if self._register_charges():
            self._trigger_booking()

    def _register_failure(self, reason, fall_back=True):
        """Record that a reminder could not leave, or came back.

        A failure is no contact. Where the step names a fallback channel, a new
        reminder for it takes over at once; but not where a later step has left since.

        :param str reason: for the person who can mend it
        :param bool fall_back: whether the debtor cannot be reached by this channel;
            a fault of ours, such as a broken template, is no reason to write letters
        """
        for reminder in self:
            if reminder.state == "sent":
                reminder.write({"delivery_state": "bounced", "failure_reason": reason})
                # What nobody read was not claimed.
                reminder.sudo().charge_ids._take_back()
            elif reminder.is_thanks:
                # Nobody is asked to mend an address in order to say thanks.
                reminder.write({"state": "cancelled", "failure_reason": reason})
            else:
                reminder.write({"state": "failed", "failure_reason": reason})
            fallback = reminder.step_id.fallback_channel
            if fall_back and fallback and reminder.channel != fallback:
                reminder._fall_back(fallback)

    def _fall_back(self, channel):
        """Let a reminder by another channel take over.

        One that came back late may be out of date: its items have been reminded by a
        later step, and to go back to an earlier one would only confuse.
        """
        self.ensure_one()
        if self.line_ids and self._superseded_lines() == self.line_ids:
            self._message_log(
                body=self.env._("Nothing takes over: a later step has left since.")
            )
            return
        by_hand = self.step_id.automation == "manual" or channel in MANUAL_CHANNELS
        self._duplicate_for_channel(channel, "to_approve" if by_hand else "queued")

    def _duplicate_for_channel(self, channel, state):
        self.ensure_one()
        return self.with_context(tracking_disable=True).copy(
            {
                "channel": channel,
                "state": state,
                "date": self.company_id._credit_today(),
                "fallback_of_id": self.id,
                "company_id": self.company_id.id,
            }
        )

    def _message_receive_bounce(self, email, partner):
        # EXTENDS mail: the address of the debtor is wrong
        result = super()._message_receive_bounce(email, partner)
        for reminder in self:
            if reminder.state == "sent" and reminder.delivery_state != "bounced":
                reminder._register_failure(
                    self.env._("The e-mail to %s came back undelivered.", email)
                )
        return result

    def _message_post_after_hook(self, message, msg_vals):
        # EXTENDS mail: an answer by e-mail from outside; what a machine wrote is none
        result = super()._message_post_after_hook(message, msg_vals)
        written = not self.env.context.get("credit_automatic_message")
        if message.message_type == "email" and self.state == "sent" and written:
            author = message.author_id
            if not author.user_ids.filtered(lambda user: user._is_internal()):
                self.sudo().delivery_state = "replied"
        return result

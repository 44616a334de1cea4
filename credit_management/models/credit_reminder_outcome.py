"""What became of reminders: they have left, failed, came back or were answered."""

from odoo import fields, models
from odoo.fields import Domain

from ..engine import bounces
from .credit_policy_step import MANUAL_CHANNELS

#: What may become of a reminder, from the least that is known to the most.
OUTCOMES = ("pending", "delivered", "opened", "replied")


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

    # ------------------------------------------------------------------
    # What became of it after it left
    # ------------------------------------------------------------------

    def _register_outcome(self, outcome):
        """Note what became of reminders that have left; only ever a step further.

        A report that comes late takes nothing back: what was answered was opened, what
        was opened was delivered. What is known to have come back is settled.

        :param str outcome: ``delivered``, ``opened`` or ``replied``
        :return: the reminders of which it was news
        """
        earlier = OUTCOMES[: OUTCOMES.index(outcome)]
        news = self.filtered(
            lambda r: r.state == "sent" and (r.delivery_state or "pending") in earlier
        )
        if news:
            news.delivery_state = outcome
        return news

    def _message_receive_bounce(self, email, partner):
        # EXTENDS mail: the debtor was not reached; perhaps the address is wrong
        result = super()._message_receive_bounce(email, partner)
        bounce = self.env.context.get("credit_bounce") or bounces.Bounce(bounces.HARD)
        message_id = self.env.context.get("credit_bounced_message")
        for reminder in self:
            sent = reminder.mail_id.sudo().mail_message_id
            if message_id and sent and sent.id != message_id:
                # A word of a colleague came back: the reminder itself has arrived.
                continue
            if reminder.state == "sent" and reminder.delivery_state != "bounced":
                reminder._register_bounce(email, bounce)
        return result

    def _register_bounce(self, email, bounce):
        """Act on what a mail server reports of a reminder.

        :param str email: where it was sent
        :param bounce: :class:`..engine.bounces.Bounce`
        """
        self.ensure_one()
        if bounce.kind == bounces.ARRIVED:
            self._register_outcome("delivered")
            return
        said = f" ({bounce.text})" if bounce.text else ""
        if bounce.kind == bounces.DELAYED:
            self._message_log(
                body=self.env._(
                    "The e-mail to %(email)s is delayed; its server goes on trying."
                    "%(said)s",
                    email=email,
                    said=said,
                )
            )
            return
        address = self._count_bounce(email, bounce)
        text = self.env._("The e-mail to %s came back undelivered.", email) + said
        if address.unusable:
            text += "\n" + address._unusable_text()
        self._register_failure(text)
        # Today, not when the scheduled action comes round.
        self._trigger_delivery()

    def _count_bounce(self, email, bounce):
        """Note on the address what came back from it.

        :return: the address, an empty one if nothing speaks against it
        """
        read = self.search_fetch(
            Domain("partner_id", "=", self.partner_id.id)
            & Domain("contact_id", "=", self.contact_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("channel", "=", "email")
            & Domain("delivery_state", "in", ("opened", "replied")),
            ["date_opened", "date_sent"],
        )
        # One that was answered but never opened proves the day it was sent, at least.
        proofs = [reminder.date_opened or reminder.date_sent for reminder in read]
        return self.env["credit.address"]._count_bounce(
            self.company_id, email, bounce, max(filter(None, proofs), default=None)
        )

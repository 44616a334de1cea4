"""The WhatsApp channel."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.credit_management_sms.engine import numbers, reports

from ..twilio import TwilioWhatsApp, is_ours

#: What Twilio's words for the state of a message say.
WHATSAPP_OUTCOMES = {
    "sent": reports.LEFT,
    "delivered": reports.DELIVERED,
    "read": reports.OPENED,
    "failed": reports.FAILED,
    "undelivered": reports.FAILED,
}


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    @api.model
    def _text_channels(self):
        # EXTENDS credit_management_sms
        return [*super()._text_channels(), "whatsapp"]

    def _billed_units(self, channel, size):
        # EXTENDS credit_management_sms: WhatsApp counts messages
        if channel == "whatsapp":
            return 1
        return super()._billed_units(channel, size)

    # ------------------------------------------------------------------
    # What may be said
    # ------------------------------------------------------------------

    def _whatsapp_contents(self):
        """{reminder: approved text}; empty where there is none."""
        results = {}
        for company, reminders in self.grouped("company_id").items():
            find = self.env["credit.whatsapp.content"]._finder(company)
            for reminder in reminders:
                results[reminder] = find(
                    reminder.step_id, reminder.lang, reminder.is_thanks
                )
        return results

    def _whatsapp_content(self):
        self.ensure_one()
        return self._whatsapp_contents()[self]

    def _whatsapp_sessions(self, mobiles):
        """Those of the reminders to whose number free text may be sent just now."""
        result = self.browse()
        for company, reminders in self.grouped("company_id").items():
            e164 = {
                r: mobiles[r].e164
                for r in reminders
                if isinstance(mobiles[r], numbers.Mobile)
            }
            opened = self.env["credit.sms.reply"]._open_sessions(company, e164.values())
            result |= reminders.filtered(lambda r, n=e164, o=opened: n.get(r) in o)
        return result

    def _alerts_whatsapp(self):
        alerts = self._text_alerts()
        contents = self._whatsapp_contents()
        free = self._whatsapp_sessions(self._mobiles())
        for reminder in self:
            if not reminder.company_id._credit_whatsapp_ready():
                alerts[reminder] = self.env._(
                    "WhatsApp is not set up for %s.", reminder.company_id.name
                )
            elif reminder not in alerts and not contents[reminder]:
                if reminder not in free:
                    alerts[reminder] = self.env._(
                        "No text is approved for “%(step)s” in the debtor's language "
                        "(%(lang)s), and the debtor has not written by WhatsApp within "
                        "24 hours.",
                        step=reminder.step_id.name,
                        lang=reminder.lang,
                    )
        return alerts

    def _render_texts(self):
        # EXTENDS credit_management_sms: an approved text says what it says
        contents = self.filtered(
            lambda reminder: reminder.channel == "whatsapp"
        )._whatsapp_contents()
        approved = {r.id: content for r, content in contents.items() if content}
        texts = {
            reminder.id: approved[reminder.id]._text(reminder)
            for reminder in self
            if reminder.id in approved
        }
        if any(not text.strip() for text in texts.values()):
            raise UserError(self.env._("An approved text is empty."))
        others = self.filtered(lambda reminder: reminder.id not in approved)
        texts.update(super(CreditReminder, others)._render_texts())
        return texts

    def _preview_whatsapp(self):
        return self._preview_texts()

    # ------------------------------------------------------------------
    # On its way, and back
    # ------------------------------------------------------------------

    def _deliver_whatsapp(self):
        """Send WhatsApp messages, each committed by itself."""
        self._deliver_texts(TwilioWhatsApp)

    @api.model
    def _whatsapp_report(self, company, uuid, status, code=None, message=None):
        """Take down what became of a message, as Twilio reports it."""
        if status not in WHATSAPP_OUTCOMES:
            return
        reason = ""
        if WHATSAPP_OUTCOMES[status] == reports.FAILED:
            reason = self.env._(
                "The WhatsApp message did not arrive: %(reason)s.",
                reason=" ".join(filter(None, (message, code and f"({code})")))
                or status,
            )
        self.env["credit.sms.report"]._take(
            uuid,
            WHATSAPP_OUTCOMES[status],
            reason,
            fall_back=not is_ours(code),
            company=company,
        )

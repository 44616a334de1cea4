"""The SMS channel, and what every channel of text messages shares."""

import logging

from psycopg2.extensions import TransactionRollbackError

from odoo import fields, models
from odoo.tools.misc import hmac

from odoo.addons.sms.tools.sms_tools import sms_content_to_rendered_html

from ..engine import reports
from ..providers import InDoubt, NotNow, OdooSms, Refused, Text

_logger = logging.getLogger(__name__)

UUID_SCOPE = "credit_management_sms.uuid"
#: Pause before a provider that takes nothing at present is asked again.
RETRY_MINUTES = 10


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _alerts_sms(self):
        return self._text_alerts()

    def _deliver_sms(self):
        """Send text messages: rendered together, each sent and committed by itself."""
        self._deliver_texts(OdooSms)

    def _deliver_texts(self, provider_class):
        """Hand the reminders to a provider, company by company.

        :param provider_class: a class of :mod:`..providers`
        """
        mobiles = self._mobiles()
        estimates = self._text_estimates(mobiles)
        texts = self._texts()
        self._set_apart(texts)
        ready = self.filtered(lambda r: r in estimates and r.state == "queued")
        # The batch is rendered: let go of the snapshot, so that the last check before
        # each message sees payments made meanwhile.
        self._commit()
        for company, reminders in ready.grouped("company_id").items():
            provider = provider_class(self.sudo().env, company.sudo())
            closings = reminders._contact_closings()
            with reminders._last_looks() as looks:
                reminders._send_texts(provider, estimates, mobiles, closings, looks)

    def _send_texts(self, provider, estimates, mobiles, closings, looks):
        """Send one message after the other, as long as the provider takes them."""
        for reminder in self:
            if not reminder._still_open(closings[reminder]):
                continue
            try:
                reminder._send_text(
                    provider, estimates[reminder], mobiles[reminder], looks[reminder.id]
                )
            except NotNow as problem:
                self._wait_for_provider(str(problem))
                break

    def _still_open(self, closing):
        """Whether the message may leave at this moment; else it waits, and says why.

        :param datetime closing: see ``_contact_closings``
        """
        self.ensure_one()
        if not closing or fields.Datetime.now() < closing:
            return True
        ready = bool(self._within_contact_rules())
        self._commit()
        return ready

    def _set_apart(self, texts):
        """Note on those without a text why they cannot leave."""
        for reminder in self:
            if isinstance(texts[reminder.id], Exception):
                reminder._register_failure(str(texts[reminder.id]), fall_back=False)

    def _wait_for_provider(self, reason):
        """Those that are still queued wait, and are not at fault."""
        waiting = self.filtered(lambda reminder: reminder.state == "queued")
        waiting.write({"failure_reason": reason})
        self._trigger_delivery(minutes=RETRY_MINUTES)
        self._commit()
        _logger.warning("Text messages can't leave at present: %s", reason)

    def _send_text(self, provider, estimate, mobile, look):
        """Send one message and record it, or record why it could not be sent.

        :param str look: the statement of the last look, see ``_last_looks``
        :raise NotNow: if no message of this company can leave at present
        """
        self.ensure_one()
        text = Text(number=mobile.e164, body=estimate.text, uuid=self._text_uuid())
        handed_over = {
            "sms_number": text.number,
            "sms_text": text.body,
            "sms_uuid": text.uuid,
            "sms_segments": estimate.segments,
            "sms_cost": estimate.cost or 0.0,
        }
        try:
            with self._sending(look) as may_leave:
                if may_leave:
                    message = self._create_text_message(text)
                    self._register_sent(**handed_over)
                    # All that a commit does before it commits, so that little but the
                    # commit is left to do when the message is out.
                    self.env.cr.flush()
                    provider.transmit(self.sudo(), message, text)
        except TransactionRollbackError:
            # The reminder or one of its items changed in this very moment. It stays
            # queued, and the next round looks at it anew.
            self.invalidate_recordset()
            self._commit()
        except Refused as refusal:
            self.invalidate_recordset()
            self._register_failure(str(refusal))
            self._commit()
        except NotNow:
            self.invalidate_recordset()
            raise
        except InDoubt as doubt:
            self.invalidate_recordset()
            self._register_doubt(str(doubt), handed_over)
            self._commit()
            # Nobody knows of this one; that the next would fare better is not likely.
            raise NotNow(str(doubt)) from doubt

    def _register_doubt(self, reason, handed_over):
        """Nobody hears twice: what may have left is not sent again by itself.

        What was handed over is kept, with its moment: reports and answers find their
        way, and it counts among the contacts.

        :param dict handed_over: values of the reminder
        """
        self.sudo().write({**handed_over, "date_sent": fields.Datetime.now()})
        self._register_failure(
            self.env._(
                "The provider gave no answer (%(reason)s): the message to %(number)s "
                "may have left. Look it up there before you try again.",
                reason=reason,
                number=self.sms_number,
            ),
            fall_back=False,
        )
        self._message_log(
            body=self.env._(
                "Handed to the provider for %(number)s, without an answer: %(text)s",
                number=self.sms_number,
                text=self.sms_text,
            )
        )

    def _create_text_message(self, text):
        """The message as it leaves, kept on the reminder: the evidence."""
        author = self.user_id.partner_id or self.company_id.partner_id
        # In sudo: who approves reminders need not write messages as such.
        return (
            self.env["mail.message"]
            .sudo()
            .create(
                {
                    "model": self._name,
                    "res_id": self.id,
                    "record_name": self.display_name,
                    "record_company_id": self.company_id.id,
                    "message_type": "sms",
                    "subtype_id": self.env["ir.model.data"]._xmlid_to_res_id(
                        "mail.mt_note"
                    ),
                    "author_id": author.id,
                    "partner_ids": [fields.Command.link(self.contact_id.id)],
                    "body": sms_content_to_rendered_html(text.body),
                }
            )
        )

    def _text_uuid(self):
        """The key of the message, the same however often it is tried.

        A provider that knows it already can tell that it was sent.
        """
        self.ensure_one()
        return hmac(self.sudo().env, UUID_SCOPE, self.id)[:32]

    # ------------------------------------------------------------------
    # What became of it
    # ------------------------------------------------------------------

    def _in_doubt(self):
        """Those that failed, or are to be tried again, and may have left before."""
        return self.filtered(
            lambda r: r.state in ("failed", "queued") and r.date_sent and r.sms_uuid
        )

    def _register_report(self, outcome, reason="", fall_back=True):
        """Act on what the provider says of the messages.

        :param str outcome: one of :data:`..engine.reports.OUTCOMES`
        :param str reason: why it did not arrive
        :param bool fall_back: whether the debtor can't be reached by this channel
        """
        if outcome == reports.FAILED:
            self._register_return(reason, fall_back=fall_back)
            return
        self._register_departure()
        if outcome != reports.LEFT:
            self._register_outcome(outcome)

    def _register_departure(self):
        """Those that were in doubt have left, says the provider: then, not now."""
        for reminder in self._in_doubt():
            moment = reminder.date_sent
            zone = reminder.company_id.sudo().credit_tz or "UTC"
            day = fields.Datetime.context_timestamp(
                reminder.with_context(tz=zone), moment
            ).date()
            reminder._register_sent(date_sent=moment, date_done=day)
            reminder._message_log(
                body=self.env._("The provider reports it: the message did leave.")
            )

    def _register_return(self, reason, fall_back=True):
        """The provider says that the message that left did not arrive.

        What was read or answered has arrived, whatever a late report says. Of what was
        in doubt it is known now that it was no contact.
        """
        doubtful = self._in_doubt()
        doubtful.date_sent = False
        for reminder in self:
            if reminder.state == "sent" and reminder.delivery_state == "pending":
                reminder._register_failure(reason, fall_back=fall_back)
            elif reminder in doubtful and reminder.state == "failed":
                reminder._register_failure(reason, fall_back=fall_back)

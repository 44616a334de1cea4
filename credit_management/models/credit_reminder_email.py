"""The e-mail channel."""

import logging
import smtplib
from dataclasses import dataclass
from datetime import date

from psycopg2.extensions import TransactionRollbackError

from odoo import fields, models
from odoo.tools import SQL, email_domain_extract, email_normalize
from odoo.tools.misc import hmac, split_every

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

from ..engine import bounces
from .mail_mail import MailServerDown, ReadyMail

_logger = logging.getLogger(__name__)

MESSAGE_SCOPE = "credit_management.message"
#: Pause before a mail server that could not be reached is tried again.
RETRY_MINUTES = 10
#: Stands for the table of invoices while the rest of a message is sanitized.
ITEMS_MARK = "@@credit-reminder-items@@"
#: Mails with enclosures that are held in memory together.
HEAVY_SIZE = 5


@dataclass(frozen=True)
class Outgoing:
    """One mail on its way: plain values, since every commit empties the cache."""

    ready: ReadyMail
    #: The day in the company's time zone on which its batch was made.
    day: date
    #: Whether it claims charges that were not claimed before.
    claims: bool


def refusal(error):
    """The answer of the mail server behind an exception, or what stands for it."""
    return error.__context__ if isinstance(error, MailDeliveryException) else error


def is_passing(error):
    """Whether what kept a message from leaving may be gone in an hour.

    A server that says 5xx of this recipient or this message will say so again; one
    that says 4xx, or hangs up in the middle, may not.
    """
    cause = refusal(error)
    if isinstance(cause, smtplib.SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _text in cause.recipients.values())
    if isinstance(cause, smtplib.SMTPResponseException):
        return 400 <= cause.smtp_code < 500
    # ``smtplib`` derives its exceptions from ``OSError``: an answer is no silence.
    return isinstance(cause, smtplib.SMTPServerDisconnected) or (
        isinstance(cause, OSError) and not isinstance(cause, smtplib.SMTPException)
    )


def is_about_debtor(error):
    """Whether the refusal says that the debtor cannot be reached by e-mail.

    A server that refuses the sender is ours to mend: no reason to write letters.
    """
    return not isinstance(refusal(error), smtplib.SMTPSenderRefused)


def address_bounce(error):
    """What the refusal says of the address; None if it says nothing of it.

    :return: a hard or soft :class:`..engine.bounces.Bounce`
    """
    cause = refusal(error)
    if not isinstance(cause, smtplib.SMTPRecipientsRefused):
        return None
    code, text = next(iter(cause.recipients.values()))
    text = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    status = bounces.STATUS.search(text)
    return bounces.Bounce(
        kind=bounces.classify(text, code=code),
        status=status[0] if status else "",
        text=f"{code} {text}",
    )


def close_sessions(sessions):
    """Hang up, politely where there is still somebody at the other end."""
    while sessions:
        _key, session = sessions.popitem()
        if isinstance(session, Exception):
            continue
        try:
            session.quit()
        except (smtplib.SMTPException, OSError):
            _logger.info("The mail server had already hung up.")


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _alerts_email(self):
        alerts = {}
        for company, reminders in self.grouped("company_id").items():
            emails = {
                reminder: email_normalize(reminder.contact_id.email or "", strict=False)
                for reminder in reminders
            }
            unusable = (
                self.env["credit.address"]
                .sudo()
                ._unusable_among(company, filter(None, emails.values()))
            )
            for reminder, email in emails.items():
                if not email:
                    alerts[reminder] = self.env._(
                        "%s has no valid e-mail address.",
                        reminder.contact_id.display_name,
                    )
                elif email in unusable:
                    alerts[reminder] = unusable[email]._unusable_text()
        return alerts

    def _deliver_email(self):
        """Send e-mails: made together, each sent and committed by itself.

        Odoo's own mail queue is not used: between the answer of the mail server and
        the record of it a crash repeats a mail, and the queue does much in between.
        Here everything is written before, and only the commit comes after.
        """
        values_by_id = self._email_values()
        for reminder in self:
            if isinstance(values_by_id[reminder.id], Exception):
                reminder._register_unsendable(values_by_id.pop(reminder.id))
        rendered = self.browse(values_by_id)
        enclosing = rendered.filtered(
            lambda reminder: "attachment_ids" in values_by_id[reminder.id]
        )
        batches = [(rendered - enclosing).ids, *split_every(HEAVY_SIZE, enclosing.ids)]
        sessions, down = {}, ""
        try:
            for batch in map(self.browse, filter(None, batches)):
                down = batch._send_emails(values_by_id, sessions) or down
        finally:
            close_sessions(sessions)
        if down:
            self._trigger_delivery(minutes=RETRY_MINUTES)
            self._commit()
            _logger.warning("A mail server can't be used: %s", down)

    def _register_unsendable(self, error):
        """Record that a mail can't be made: nothing that a letter would mend."""
        self._register_failure(str(error), fall_back=False)
        self._commit()

    def _send_emails(self, values_by_id, sessions):
        """Make the mails of a batch, and send one after the other.

        A commit empties the cache: what a mail needs is looked up before, for all.

        :param dict values_by_id: values of the ``mail.mail`` by reminder
        :param dict sessions: open SMTP sessions by route, filled here
        :return str: what is wrong with a mail server that can't be used
        """
        mails = self._isolated(
            lambda batch: batch._prepare_mails(values_by_id, sessions)
        )
        down, unsent = "", []
        with self._last_looks() as looks:
            # Let go of the snapshot as well, so that the last look before each message
            # sees payments made meanwhile.
            self._commit()
            for reminder in self:
                mail = mails[reminder.id]
                if isinstance(mail, Exception):
                    reminder._register_unsendable(mail)
                    continue
                try:
                    if reminder._send_email(mail, looks[reminder.id], sessions):
                        continue
                except MailServerDown as error:
                    # It waits, and is not at fault. Those that leave by another server
                    # go on.
                    reminder.invalidate_recordset()
                    reminder.failure_reason = down = str(error)
                    self._commit()
                unsent.append(mail.ready.mail_id)
        self.env["mail.mail"]._credit_discard(unsent)
        if any(getattr(mail, "claims", False) for mail in mails.values()):
            self._trigger_booking()
        self._commit()
        return down

    def _prepare_mails(self, values_by_id, sessions):
        """Make the mails, each the proof of its reminder once it has left.

        :return: ``{id: Outgoing}``
        """
        # In sudo: a collector approves reminders, and may not write e-mails as such.
        mails = (
            self.env["mail.mail"]
            .sudo()
            .create(
                [
                    {
                        **values_by_id[reminder.id],
                        "message_id": reminder._message_id(),
                        "model": self._name,
                        "res_id": reminder.id,
                        "message_type": "email_outgoing",
                        "auto_delete": False,
                        # Deleting the mail leaves the message: it is the evidence.
                        "is_notification": True,
                        "body": values_by_id[reminder.id]["body_html"].replace(
                            reminder.items_html, ITEMS_MARK
                        ),
                        # Nothing that Odoo's own queue would take.
                        "state": "cancel",
                    }
                    for reminder in self
                ]
            )
        )
        ready = mails._credit_prepare(sessions)
        mails.mail_message_id._credit_fill_in(ITEMS_MARK, self.mapped("items_html"))
        return {
            reminder.id: Outgoing(
                ready=ready[mail.id],
                day=reminder.company_id._credit_today(),
                claims=reminder._claims_anew(),
            )
            for reminder, mail in zip(self, mails, strict=True)
        }

    def _send_email(self, mail, look, sessions):
        """Send one e-mail and record it, or record why it could not be sent.

        :param Outgoing mail: the mail
        :param str look: the statement of the last look, see ``_last_looks``
        :param dict sessions: open SMTP sessions by route, filled here
        :return bool: whether it has left
        :raise MailServerDown: if the mail server cannot be used at all
        """
        self.ensure_one()
        try:
            with self._sending(look) as may_leave:
                if may_leave:
                    self._record_mail(mail)
                    # All that a commit does before it commits, so that nothing but the
                    # commit is left to do when the message is out.
                    self.env.cr.flush()
                    self.env["mail.mail"]._credit_transmit(mail.ready, sessions)
            return may_leave
        except TransactionRollbackError:
            # The reminder or one of its items changed in this very moment: a payment,
            # most likely. It stays queued, and the next round looks at it anew.
            self.invalidate_recordset()
        except (MailDeliveryException, smtplib.SMTPException, OSError) as error:
            self.invalidate_recordset()
            if is_passing(error):
                # One message on which the server hangs up must not hold those behind
                # it: they get a session of their own.
                close_sessions(sessions)
                self._register_trouble(str(error))
            else:
                bounce = address_bounce(error)
                if bounce:
                    self._count_bounce(self.contact_id.email, bounce)
                self._register_failure(str(error), fall_back=is_about_debtor(error))
        self._commit()
        return False

    def _record_mail(self, mail):
        """Record that the reminder has left with its mail, which is the proof now.

        As ``_register_sent`` does, in one statement that reads nothing.
        """
        now = fields.Datetime.now()
        self.env.execute_query(
            SQL(
                """WITH message AS (
                    UPDATE mail_message SET res_id = %(id)s, date = %(now)s
                     WHERE id = %(message)s),
                mail AS (UPDATE mail_mail SET state = 'sent' WHERE id = %(mail)s),
                turn AS (
                    UPDATE credit_contact_turn turn SET contacted_at = %(now)s
                      FROM credit_reminder sent
                     WHERE sent.id = %(id)s AND sent.is_thanks IS NOT TRUE
                       AND turn.company_id = sent.company_id
                       AND turn.partner_id = sent.partner_id)
                UPDATE credit_reminder
                   SET state = 'sent', delivery_state = 'pending', mail_id = %(mail)s,
                       contact_after = NULL, contact_wait_text = NULL,
                       date_sent = %(now)s, date_done = %(day)s, failure_reason = NULL,
                       write_uid = %(user)s, write_date = %(now)s
                 WHERE id = %(id)s
                RETURNING id""",
                id=self.id,
                message=mail.ready.message_id,
                mail=mail.ready.mail_id,
                now=now,
                day=mail.day,
                user=self.env.uid,
            )
        )
        self.env.invalidate_all(flush=False)
        if mail.claims:
            self._register_charges()

    def _message_id(self):
        """The Message-Id of the reminder, the same however often it is tried.

        A crash between the mail server's answer and the commit repeats a message.
        With one and the same id, mail servers and programs that suppress duplicates
        show it once.
        """
        self.ensure_one()
        digest = hmac(self.sudo().env, MESSAGE_SCOPE, self.id)[:32]
        host = email_domain_extract(self.company_id.email or "") or "localhost"
        return f"<{digest}-credit.reminder-{self.id}@{host}>"

"""The e-mail channel."""

import logging
import smtplib

from psycopg2.extensions import TransactionRollbackError

from odoo import models, modules
from odoo.tools import email_domain_extract, email_normalize
from odoo.tools.misc import hmac

from odoo.addons.base.models.ir_mail_server import MailDeliveryException

_logger = logging.getLogger(__name__)

MESSAGE_SCOPE = "credit_management.message"
#: Pause before a mail server that could not be reached is tried again.
RETRY_MINUTES = 10


class MailServerDown(Exception):
    """The mail server cannot be reached, or does not let us in."""


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
        return {
            reminder: self.env._(
                "%s has no valid e-mail address.", reminder.contact_id.display_name
            )
            for reminder in self
            if not email_normalize(reminder.contact_id.email or "", strict=False)
        }

    def _deliver_email(self):
        """Send e-mails: rendered together, each sent and committed by itself.

        Odoo's own mail queue is not used: between the answer of the mail server and
        the record of it a crash repeats a mail, and the queue does much in between.
        Here everything is written before, and only the commit comes after.
        """
        values_by_id = self._email_values()
        # The batch is rendered: let go of the snapshot, so that the last check before
        # each message sees payments made meanwhile.
        self._commit()
        sessions, down = {}, ""
        try:
            for reminder in self:
                try:
                    reminder._send_email(values_by_id[reminder.id], sessions)
                except MailServerDown as error:
                    # It waits, and is not at fault. Those that leave by another server
                    # go on.
                    reminder.invalidate_recordset()
                    reminder.failure_reason = str(error)
                    down = str(error)
            if down:
                self._trigger_delivery(minutes=RETRY_MINUTES)
                self._commit()
                _logger.warning("A mail server can't be used: %s", down)
        finally:
            close_sessions(sessions)

    def _send_email(self, values, sessions):
        """Send one e-mail and record it, or record why it could not be sent.

        :param values: values of the ``mail.mail``, or the exception met in rendering
        :param dict sessions: open SMTP sessions by configuration, filled here
        :raise MailServerDown: if the mail server cannot be used at all
        """
        self.ensure_one()
        if isinstance(values, Exception):
            self._register_failure(str(values), fall_back=False)
            self._commit()
            return
        try:
            with self._sending() as may_leave:
                if may_leave:
                    mail = self._create_mail(values)
                    self._register_sent(mail_id=mail.id)
                    # All that a commit does before it commits, so that nothing but the
                    # commit is left to do when the message is out.
                    self.env.cr.flush()
                    mail._credit_transmit(sessions)
        except TransactionRollbackError:
            # The reminder or one of its items changed in this very moment: a payment,
            # most likely. It stays queued, and the next round looks at it anew.
            self.invalidate_recordset()
            self._commit()
        except (MailDeliveryException, smtplib.SMTPException, OSError) as error:
            self.invalidate_recordset()
            if is_passing(error):
                # One message on which the server hangs up must not hold those behind
                # it: they get a session of their own.
                close_sessions(sessions)
                self._register_trouble(str(error))
            else:
                self._register_failure(str(error), fall_back=is_about_debtor(error))
            self._commit()

    def _create_mail(self, values):
        """The mail as it leaves, and its copy on the reminder: the evidence."""
        # In sudo: a collector approves reminders, and may not write e-mails as such.
        return (
            self.env["mail.mail"]
            .sudo()
            .create(
                {
                    **values,
                    "message_id": self._message_id(),
                    "model": self._name,
                    "res_id": self.id,
                    "message_type": "email_outgoing",
                    "auto_delete": False,
                    # Deleting the mail leaves the message: it is the evidence.
                    "is_notification": True,
                    "body": values["body_html"],
                    "state": "sent",
                }
            )
        )

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


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _credit_transmit(self, sessions):
        """Hand one mail to its SMTP server, and do nothing after that.

        :param dict sessions: open SMTP sessions by configuration, filled here
        :raise MailDeliveryException: if the server refuses the mail
        :raise OSError: if the server hangs up
        :raise MailServerDown: if the server cannot be used at all
        """
        self.ensure_one()
        server_model = self.env["ir.mail_server"]
        if server_model._disable_send() and not modules.module.current_test:
            return
        [configuration] = self._split_by_mail_configuration()
        server_id, alias_domain_id, smtp_from, _mail_ids = configuration
        key = (server_id, alias_domain_id, smtp_from)
        if key not in sessions:
            try:
                sessions[key] = server_model._connect__(
                    mail_server_id=server_id, smtp_from=smtp_from
                )
            except (smtplib.SMTPException, OSError) as error:
                sessions[key] = error
        if isinstance(sessions[key], Exception):
            # Asked once a batch: a server that is down lets everybody wait for it.
            raise MailServerDown(str(sessions[key])) from sessions[key]
        server = server_model.browse(server_id)
        emails = self._prepare_outgoing_list(mail_server=server, doc_to_followers={})
        email = emails[0]
        for other in emails[1:]:
            # One message with its copies: two would be two reminders.
            email["email_cc"] = [*email["email_cc"], *other["email_cc"]]
            email["email_cc"] += other["email_to"]
            email["email_to_normalized"] += other["email_to_normalized"]
        context = {"send_validated_to": email["email_to_normalized"]}
        if alias_domain_id:
            domain = self.env["mail.alias.domain"].sudo().browse(alias_domain_id)
            context.update(
                domain_notifications_email=domain.default_from_email,
                domain_bounce_address=email["headers"].get("Return-Path")
                or domain.bounce_email,
            )
        server_model = server_model.with_context(**context)
        message = server_model._build_email__(
            email_from=self.email_from,
            email_to=email["email_to"],
            subject=email["subject"],
            body=email["body"],
            body_alternative=email["body_alternative"],
            email_cc=email["email_cc"],
            reply_to=email["reply_to"],
            attachments=email["attachments"],
            message_id=email["message_id"],
            references=email["references"],
            object_id=email["object_id"],
            subtype="html",
            subtype_alternative="plain",
            headers=email["headers"],
        )
        server_model.send_email(
            message, mail_server_id=server_id, smtp_session=sessions[key]
        )

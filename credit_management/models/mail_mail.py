"""Mails of reminders that are ready to leave, and need nothing more of the database.

They are written and put together many at a time, before the first of them leaves.
Until one has left it is *prepared*: cancelled as far as Odoo's mail queue is concerned,
and attached to no record, so that nobody takes it for what was sent.
"""

import re
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape

from odoo import api, models, modules
from odoo.tools import SQL

REMINDER = "credit.reminder"
#: What a mail says besides its message, to whom, and whether it is to leave.
REWRITING = frozenset(
    (
        "body_html",
        "email_to",
        "email_cc",
        "recipient_ids",
        "headers",
        "state",
        "mail_message_id",
    )
)
#: A picture; a QR code with what is written below it.
PICTURE = re.compile(
    r"<(img\s[^>]*/report/barcode/[^>]*>\s*<span[^>]*>(?:[^<]|<br\s*/?>)*</span"
    r"|img\s[^>]*?)/?>"
)
#: A prepared mail that is this old was left behind by a worker that died.
ABANDONED_AFTER = "1 day"


class MailServerDown(Exception):
    """The mail server cannot be reached, or does not let us in."""


@dataclass(frozen=True)
class ReadyMail:
    """What one SMTP conversation takes, as plain values: they outlive a commit."""

    mail_id: int
    message_id: int
    #: Mail server, alias domain, sender: mails that agree share an SMTP session.
    route: tuple
    message: EmailMessage
    #: The sender and the recipients that the server is told.
    envelope: tuple


class MailMail(models.Model):
    _inherit = "mail.mail"

    def write(self, vals):
        # EXTENDS mail: one that has left neither says something else nor leaves again
        if not self.env.su and vals.keys() & REWRITING:
            self.sudo().mail_message_id.with_env(self.env)._check_credit_evidence()
        return super().write(vals)

    def _personalize_outgoing_body(self, body, partner=False, doc_to_followers=None):
        # EXTENDS mail: in plain text a picture is nothing but the address of one, and a
        # code can't be scanned. They travel as comments until the message is built, see
        # ir_mail_server.py.
        body = super()._personalize_outgoing_body(body, partner, doc_to_followers)
        if self.model != REMINDER:
            return body

        def hide(found):
            # What makes plain text drops a comment that is one line without signs.
            return f"<!--{escape(' '.join(found[1].split()), quote=False)}-->"

        return PICTURE.sub(hide, body)

    @api.model
    def _credit_send_soon(self):
        """Have Odoo's queue of mails looked at now, not at its hour."""
        # In sudo: nobody but the system may start scheduled actions.
        queue = self.env.ref("mail.ir_cron_mail_scheduler_action", False)
        if queue:
            queue.sudo()._trigger()

    def _credit_prepare(self, sessions):
        """Build the messages, and hide the mails until they have left.

        :param dict sessions: open SMTP sessions by route, filled here
        :return: ``{mail id: ReadyMail}``
        """
        enclosing = self.filtered("attachment_ids")
        if enclosing:
            enclosing.mail_message_id._credit_own_files()
            files = ["attachment_ids", "unrestricted_attachment_ids"]
            enclosing.invalidate_recordset(files, flush=False)
        routes = {
            mail_id: (server_id, alias_domain_id, smtp_from)
            for server_id, alias_domain_id, smtp_from, mail_ids in (
                self._split_by_mail_configuration()
            )
            for mail_id in mail_ids
        }
        ready = {
            mail.id: mail._credit_build(routes[mail.id], sessions) for mail in self
        }
        self.env.flush_all()
        messages = self.mail_message_id
        # To whom it went stays, whatever address its recipient has later.
        self.env.execute_query(
            SQL(
                """UPDATE mail_message message
                      SET res_id = NULL, outgoing_email_to = given.to
                     FROM UNNEST(%s::int[], %s::text[]) AS given (id, "to")
                    WHERE message.id = given.id
                RETURNING message.id""",
                messages.ids,
                [str(ready[mail.id].message["To"]) for mail in self],
            )
        )
        hidden = ["res_id", "outgoing_email_to"]
        self.invalidate_recordset(hidden, flush=False)
        messages.invalidate_recordset(hidden, flush=False)
        return ready

    def _credit_build(self, route, sessions):
        self.ensure_one()
        server_id, alias_domain_id, _smtp_from = route
        server_model = self.env["ir.mail_server"]
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
        # A server that is down is met when the mail is to leave.
        session = self._credit_session(route, sessions)
        sender, recipients, message = server_model._prepare_email_message__(
            message, session
        )
        return ReadyMail(
            mail_id=self.id,
            message_id=self.mail_message_id.id,
            route=route,
            message=message,
            envelope=(sender, tuple(recipients)),
        )

    @api.model
    def _credit_session(self, route, sessions):
        """The SMTP session of a route.

        :param dict sessions: open SMTP sessions by route, filled here
        :return: the session, or the exception met in opening it. It is asked once a
            batch: a server that is down lets everybody wait for it
        """
        if route not in sessions:
            server_id, _alias_domain_id, smtp_from = route
            try:
                sessions[route] = self.env["ir.mail_server"]._connect__(
                    mail_server_id=server_id, smtp_from=smtp_from
                )
            except (smtplib.SMTPException, OSError) as error:
                sessions[route] = error
        return sessions[route]

    @api.model
    def _credit_transmit(self, ready, sessions):
        """Hand a mail to its SMTP server, and do nothing after that.

        :param ReadyMail ready: the mail
        :param dict sessions: open SMTP sessions by route, filled here
        :raise MailDeliveryException: if the server refuses the mail
        :raise OSError: if the server hangs up
        :raise MailServerDown: if the server cannot be used at all
        """
        server_model = self.env["ir.mail_server"]
        if server_model._disable_send() and not modules.module.current_test:
            return
        session = self._credit_session(ready.route, sessions)
        if isinstance(session, Exception):
            raise MailServerDown(str(session)) from session
        server_model.with_context(credit_envelope=ready.envelope).send_email(
            ready.message, mail_server_id=ready.route[0], smtp_session=session
        )

    @api.model
    def _credit_discard(self, mail_ids):
        """Delete prepared mails that did not leave, and what was made for them."""
        mails = self.sudo().browse(mail_ids).exists()
        if not mails:
            return
        messages = mails.mail_message_id
        enclosures = mails.attachment_ids.filtered(lambda a: a.res_model == REMINDER)
        mails.unlink()
        messages.unlink()
        enclosures.unlink()

    @api.autovacuum
    def _gc_credit_prepared(self):
        """Delete the prepared mails of workers that died."""
        rows = self.env.execute_query(
            SQL(
                """SELECT mail.id
                     FROM mail_mail mail
                     JOIN mail_message message ON message.id = mail.mail_message_id
                    WHERE message.model = %s AND message.res_id IS NULL
                      AND mail.state = 'cancel'
                      AND mail.create_date < NOW() AT TIME ZONE 'UTC' - %s::interval""",
                REMINDER,
                ABANDONED_AFTER,
            )
        )
        self._credit_discard([row[0] for row in rows])

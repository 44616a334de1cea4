from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: What a message says, from whom and when, and where it belongs.
REWRITING = frozenset(
    (
        "body",
        "subject",
        "author_id",
        "author_guest_id",
        "email_from",
        "date",
        "message_type",
        "model",
        "res_id",
        "attachment_ids",
    )
)


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _credit_fill_in(self, mark, parts):
        """Put parts that need no sanitizing where their mark stands in the bodies.

        Sanitizing takes longer than all else that makes a mail, and most of a reminder
        is the table of its invoices: made by our own template, which escapes whatever
        it shows.

        :param str mark: text that stood for the part while the body was sanitized
        :param list parts: HTML, one for each of the messages
        """
        self.flush_recordset(["body"])
        self.env.execute_query(
            SQL(
                """UPDATE mail_message message
                      SET body = REPLACE(message.body, %s, given.part)
                     FROM UNNEST(%s::int[], %s::text[]) AS given (id, part)
                    WHERE message.id = given.id
                RETURNING message.id""",
                mark,
                self.ids,
                [str(part) for part in parts],
            )
        )
        self.invalidate_recordset(["body"], flush=False)

    def write(self, vals):
        # EXTENDS mail: in sudo the system itself completes what it sends
        if not self.env.su and vals.keys() & REWRITING:
            self._check_credit_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_credit_evidence(self):
        """What was sent to a debtor, and what came back, does not vanish."""
        self._check_credit_evidence()

    def _check_credit_evidence(self):
        """What people say to each other about a reminder is theirs to change.

        :raise UserError: if one of the messages is of a reminder that left
        """
        messages = self.sudo().filtered(
            lambda m: (
                m.model == "credit.reminder"
                and m.res_id
                and m.message_type != "comment"
            )
        )
        reminders = self.env["credit.reminder"].sudo().browse(messages.mapped("res_id"))
        if "sent" in reminders.exists().mapped("state"):
            raise UserError(
                self.env._(
                    "A message of a reminder that left is evidence: it stays as it is."
                )
            )

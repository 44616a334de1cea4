from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .mail_thread import proving_ids

#: What a message says, from whom, to whom and when, and where it belongs.
REWRITING = frozenset(
    (
        "body",
        "subject",
        "author_id",
        "author_guest_id",
        "email_from",
        "reply_to",
        "outgoing_email_to",
        "incoming_email_to",
        "incoming_email_cc",
        "message_id",
        "date",
        "message_type",
        "model",
        "res_id",
        "attachment_ids",
        "partner_ids",
        "subtype_id",
        "is_internal",
    )
)
#: What a copy of a file takes over: what is in it, not where it belongs.
CONTENT = (
    "name",
    "description",
    "company_id",
    "type",
    "url",
    "mimetype",
    "store_fname",
    "db_datas",
    "checksum",
    "file_size",
    "index_content",
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

    def _credit_own_files(self):
        """Enclose copies, which belong to the records of the messages.

        The PDF of an invoice goes with the invoice: another takes its place, or it is
        deleted; so does a file of a template. What was sent stays. The copies share the
        stored content, and take no room.
        """
        self.env.flush_all()
        columns = SQL(", ").join(map(SQL.identifier, CONTENT))
        self.env.execute_query(
            SQL(
                """WITH lent AS (
                    SELECT rel.message_id, rel.attachment_id, message.model,
                           message.res_id, NEXTVAL('ir_attachment_id_seq') AS copy_id
                      FROM message_attachment_rel rel
                      JOIN mail_message message ON message.id = rel.message_id
                      JOIN ir_attachment file ON file.id = rel.attachment_id
                     WHERE rel.message_id = ANY(%(messages)s)
                       AND (file.res_model IS DISTINCT FROM message.model
                            OR file.res_id IS DISTINCT FROM message.res_id)
                ), copied AS (
                    INSERT INTO ir_attachment (
                        id, res_model, res_id, create_uid, create_date, write_uid,
                        write_date, %(columns)s)
                    SELECT lent.copy_id, lent.model, lent.res_id, %(user)s,
                           NOW() AT TIME ZONE 'UTC', %(user)s,
                           NOW() AT TIME ZONE 'UTC', file.*
                      FROM lent
                      JOIN LATERAL (
                          SELECT %(columns)s FROM ir_attachment
                           WHERE id = lent.attachment_id) file ON TRUE
                )
                UPDATE message_attachment_rel rel
                   SET attachment_id = lent.copy_id
                  FROM lent
                 WHERE rel.message_id = lent.message_id
                   AND rel.attachment_id = lent.attachment_id
                RETURNING rel.attachment_id""",
                columns=columns,
                messages=self.ids,
                user=self.env.uid,
            )
        )
        self.invalidate_recordset(["attachment_ids"], flush=False)

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
        """
        :raise UserError: if one of the messages proves something
        """
        if self._credit_evidence():
            raise UserError(
                self.env._(
                    "This message proves what was sent, told or agreed on: it stays as "
                    "it is."
                )
            )

    def _credit_evidence(self):
        """Which of these messages prove something: whoever asks, and for any rights.

        Those of the system and those from outside, of records that prove something.
        What people of the house say to each other is theirs to change.
        """
        evidence = self.browse()
        for model, messages in self.sudo().grouped("model").items():
            proving = proving_ids(self.env, model, messages.mapped("res_id"))
            evidence |= messages.filtered(
                lambda message, proving=proving: (
                    message.res_id in proving and not message._credit_of_house()
                )
            )
        return self & evidence

    def _credit_of_house(self):
        """Whether somebody who works here, or did, wrote it by hand."""
        self.ensure_one()
        people = self.author_id.with_context(active_test=False).user_ids
        return self.message_type == "comment" and not all(people.mapped("share"))

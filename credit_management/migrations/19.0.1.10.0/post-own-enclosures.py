"""What was enclosed with reminders is theirs: a copy of what an invoice may replace."""

from odoo import SUPERUSER_ID, api
from odoo.tools.misc import split_every

#: Messages that one statement sees to.
CHUNK = 10_000


def migrate(cr, version):
    cr.execute(
        """SELECT DISTINCT message.id
             FROM mail_message message
             JOIN message_attachment_rel rel ON rel.message_id = message.id
             JOIN ir_attachment file ON file.id = rel.attachment_id
            WHERE message.model = 'credit.reminder' AND message.res_id IS NOT NULL
              AND message.message_type = 'email_outgoing'
              AND (file.res_model IS DISTINCT FROM message.model
                   OR file.res_id IS DISTINCT FROM message.res_id)"""
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    for ids in split_every(CHUNK, [row[0] for row in cr.fetchall()]):
        env["mail.message"].browse(ids)._credit_own_files()

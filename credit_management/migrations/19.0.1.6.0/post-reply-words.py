"""The first reminder as a letter does not ask for a reply to a message.

Where somebody wrote other words they stay as they are.
"""

PHRASES = (
    "by replying to this message",
    "en répondant à ce message",
    "door op dit bericht te antwoorden",
)


def migrate(cr, version):
    for phrase in PHRASES:
        cr.execute(
            """UPDATE mail_template template
                  SET body_html = (
                        SELECT JSONB_OBJECT_AGG(
                                   key, REPLACE(value, %(old)s, %(new)s))
                          FROM JSONB_EACH_TEXT(template.body_html))
                 FROM ir_model_data data
                WHERE data.module = 'credit_management'
                  AND data.name = 'mail_template_first_reminder'
                  AND data.model = 'mail.template' AND data.res_id = template.id
                  AND template.body_html::text LIKE %(like)s
                  AND template.body_html::text NOT LIKE '%%object.reply_text%%'""",
            {
                "old": f" {phrase}.",
                "new": f' <t t-out="object.reply_text">{phrase}</t>.',
                "like": f"%{phrase}.%",
            },
        )

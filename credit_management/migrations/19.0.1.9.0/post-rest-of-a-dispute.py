"""The answer to a dispute names what was not accepted of it.

Where somebody wrote other words they stay as they are.
"""

#: What stood there in each language; the amount is added.
SENTENCES = (
    ("The rest remains due", ""),
    ("Le reste demeure dû", "\N{NO-BREAK SPACE}"),
    ("De rest blijft verschuldigd", ""),
)
AMOUNT = '<b t-out="object._rest_amount_text()">50.00 €</b>'


def migrate(cr, version):
    for sentence, blank in SENTENCES:
        old = f"{sentence}."
        cr.execute(
            """UPDATE mail_template template
                  SET body_html = (
                        SELECT JSONB_OBJECT_AGG(
                                   key, REPLACE(value, %(old)s, %(new)s))
                          FROM JSONB_EACH_TEXT(template.body_html))
                 FROM ir_model_data data
                WHERE data.module = 'credit_management'
                  AND data.name = 'mail_template_dispute_answered'
                  AND data.model = 'mail.template' AND data.res_id = template.id
                  AND STRPOS(template.body_html::text, %(old)s) > 0""",
            {"old": old, "new": f"{sentence}{blank}: {AMOUNT}."},
        )

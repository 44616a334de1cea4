"""The answer to a dispute says what remains due of it, and which words are the reason.

Where somebody wrote other words they stay as they are.
"""

import json

AMOUNT = '<b t-out="object._rest_amount_text()">50.00 €</b>'
ANSWER = '<div t-if="object.answer" t-out="object.answer"'
LEAD_IN = "<p t-if=\"object.answer and object.state != 'accepted'\">{}</p>\n        "
#: By language: the old sentence, the new one, and what is said before the reason.
WORDS = {
    "en": (
        f"The rest remains due: {AMOUNT}.",
        f"What we did not accept, {AMOUNT}, remains due.",
        "Our reason:",
    ),
    "fr": (
        f"Le reste demeure dû\N{NO-BREAK SPACE}: {AMOUNT}.",
        f"Ce que nous n’avons pas accepté, {AMOUNT}, reste dû.",
        "Notre motif\N{NO-BREAK SPACE}:",
    ),
    "nl": (
        f"De rest blijft verschuldigd: {AMOUNT}.",
        f"Wat wij niet hebben aanvaard, {AMOUNT}, blijft verschuldigd.",
        "Onze reden:",
    ),
}


def migrate(cr, version):
    cr.execute(
        """SELECT template.id, template.body_html
             FROM mail_template template
             JOIN ir_model_data data ON data.res_id = template.id
                  AND data.model = 'mail.template'
            WHERE data.module = 'credit_management'
              AND data.name = 'mail_template_dispute_answered'"""
    )
    for template_id, bodies in cr.fetchall():
        new = {lang: _mended(lang, body) for lang, body in (bodies or {}).items()}
        cr.execute(
            "UPDATE mail_template SET body_html = %s WHERE id = %s",
            [json.dumps(new), template_id],
        )


def _mended(lang, body):
    """A body in a language, mended where its words are those that were installed."""
    old, new, reason = WORDS.get(lang.partition("_")[0], (None, None, None))
    if not old or old not in body:
        return body
    body = body.replace(old, new)
    return body.replace(ANSWER, LEAD_IN.format(reason) + ANSWER, 1)

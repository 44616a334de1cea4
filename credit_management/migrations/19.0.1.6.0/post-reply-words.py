"""What leaves as a letter does not ask for a reply to a message.

Where somebody wrote other words they stay as they are.
"""

ANSWER = '<t t-out="object.reply_text">%s</t>'
ENGLISH = ANSWER % "by replying to this message"
FRENCH = ANSWER % "en répondant à ce message"
DUTCH = ANSWER % "door op dit bericht te antwoorden"
#: By template: what stood there, and what does now.
WORDS = {
    "mail_template_first_reminder": (
        (" by replying to this message.", f" {ENGLISH}."),
        (" en répondant à ce message.", f" {FRENCH}."),
        (" door op dit bericht te antwoorden.", f" {DUTCH}."),
    ),
    "mail_template_pre_due": (
        (" simply reply to it:", f" please let us know {ENGLISH}:"),
        # As it was installed, and as Odoo's editor writes it.
        *(
            (
                f" il vous suffit d’y répondre{space}:",
                f" veuillez nous en informer {FRENCH}{space}:",
            )
            for space in ("\N{NO-BREAK SPACE}", "&nbsp;")
        ),
        (" antwoord dan gewoon op dit bericht:", f" laat het ons dan weten {DUTCH}:"),
    ),
}


def migrate(cr, version):
    for name, words in WORDS.items():
        for old, new in words:
            cr.execute(
                """UPDATE mail_template template
                      SET body_html = (
                            SELECT JSONB_OBJECT_AGG(
                                       key, REPLACE(value, %(old)s, %(new)s))
                              FROM JSONB_EACH_TEXT(template.body_html))
                     FROM ir_model_data data
                    WHERE data.module = 'credit_management' AND data.name = %(name)s
                      AND data.model = 'mail.template' AND data.res_id = template.id
                      AND STRPOS(template.body_html::text, %(old)s) > 0""",
                {"name": name, "old": old, "new": new},
            )

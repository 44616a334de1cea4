"""A message before the due date says which day that is, be it the day itself.

Where somebody wrote other words they stay as they are.
"""

DUE = '<t t-out="object.due_text">%s</t>'
NAMES = "{{ object.invoice_names }}"
#: By language: what stood in the text, and what does now.
BODY = {
    "en_US": (
        "the amount below falls due shortly.",
        f"the amount below {DUE % 'falls due shortly'}.",
    ),
    "fr_FR": (
        "le montant ci-dessous arrive prochainement à échéance.",
        f"le montant ci-dessous {DUE % 'arrive prochainement à échéance'}.",
    ),
    "nl_NL": (
        "herinneren wij u eraan dat het onderstaande bedrag binnenkort vervalt.",
        "herinneren wij u eraan: het onderstaande bedrag "
        f"{DUE % 'vervalt binnenkort'}.",
    ),
}
SUBJECT = {
    "en_US": (f"Falling due soon: {NAMES}", f"Due date: {NAMES}"),
    "fr_FR": (
        f"Échéance prochaine\N{NO-BREAK SPACE}: {NAMES}",
        f"Échéance\N{NO-BREAK SPACE}: {NAMES}",
    ),
    "nl_NL": (f"Binnenkort te betalen: {NAMES}", f"Vervaldatum: {NAMES}"),
}
CHANGES = [
    *(("body_html", old, new) for old, new in BODY.values()),
    *(("subject", old, new) for old, new in SUBJECT.values()),
]


def migrate(cr, version):
    for field, old, new in CHANGES:
        cr.execute(
            f"""UPDATE mail_template template
                   SET {field} = (
                         SELECT JSONB_OBJECT_AGG(
                                    key, REPLACE(value, %(old)s, %(new)s))
                           FROM JSONB_EACH_TEXT(template.{field}))
                  FROM ir_model_data data
                 WHERE data.module = 'credit_management'
                   AND data.name = 'mail_template_pre_due'
                   AND data.model = 'mail.template' AND data.res_id = template.id
                   AND STRPOS(template.{field}::text, %(old)s) > 0""",
            {"old": old, "new": new},
        )

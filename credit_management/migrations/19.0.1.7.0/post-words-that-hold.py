"""No letter says "despite our reminders" of invoices that nobody was reminded of.

One letter asks for all that is due, and what is due for the first time comes along with
it. Where somebody wrote other words they stay as they are.
"""

#: What stood there in each language, and what does now.
SENTENCES = (
    (
        "Despite our earlier reminder, the amount below is still open.",
        "Your account is not settled yet: the amount below is overdue and still open.",
    ),
    (
        "Malgré notre précédent rappel, le montant ci-dessous reste impayé à ce jour.",
        "Votre compte n’est pas encore réglé\N{NO-BREAK SPACE}: le montant ci-dessous "
        "est échu et reste impayé à ce jour.",
    ),
    (
        "Ondanks onze eerdere herinnering staat het onderstaande bedrag nog altijd "
        "open.",
        "Uw rekening is nog niet vereffend: het onderstaande bedrag is vervallen en "
        "staat nog altijd open.",
    ),
    (
        "Despite our reminders, the invoices listed below remain unpaid after their "
        "due date.",
        "The invoices listed below remain unpaid after their due date.",
    ),
    (
        "Malgré nos rappels, les factures reprises ci-dessous demeurent impayées après "
        "leur échéance.",
        "Les factures reprises ci-dessous demeurent impayées après leur échéance.",
    ),
    (
        "Ondanks onze herinneringen zijn de hieronder vermelde facturen na hun "
        "vervaldag onbetaald gebleven.",
        "De hieronder vermelde facturen zijn na hun vervaldag onbetaald gebleven.",
    ),
)
TEXTS = (
    ("mail.template", "mail_template", "body_html"),
    ("credit.policy.step", "credit_policy_step", "letter_text"),
)


def migrate(cr, version):
    for model, table, column in TEXTS:
        for old, new in SENTENCES:
            cr.execute(
                f"""UPDATE {table} record
                       SET {column} = (
                             SELECT JSONB_OBJECT_AGG(
                                        key, REPLACE(value, %(old)s, %(new)s))
                               FROM JSONB_EACH_TEXT(record.{column}))
                      FROM ir_model_data data
                     WHERE data.module = 'credit_management' AND data.model = %(model)s
                       AND data.res_id = record.id
                       AND STRPOS(record.{column}::text, %(old)s) > 0""",
                {"model": model, "old": old, "new": new},
            )

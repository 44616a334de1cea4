"""Papers claim interest until their day and further interest from the next one.

They asked for interest "until payment" beside a total that has interest in it. A claim
in an insolvency counts interest until the day before its opening, and a receipt says
for whom it is given as the letterhead does. Where somebody wrote other words they stay
as they are.
"""

#: What stood there, and what does now: of the fragments that were shipped.
FRAGMENTS = (
    (
        "</b>, outre les intérêts jusqu'au paiement et les dépens. Les pièces",
        "</b>{{ further }}, ainsi que les dépens. Les pièces",
    ),
    (
        "</b>, with interest until payment and costs. The documents",
        "</b>{{ further }}, and the costs. The documents",
    ),
    (
        "</b>, outre les intérêts et les dépens. La sommation",
        "</b>{{ further }}, ainsi que les dépens. La sommation",
    ),
    (
        "</b>, met de rente en de kosten. De voorafgaande",
        "</b>{{ further }}, en van de kosten. De voorafgaande",
    ),
    (
        "</b>, with interest and costs. The prior",
        "</b>{{ further }}, and the costs. The prior",
    ),
    (
        "</b> nebst Zinsen und Verfahrenskosten.",
        "</b>{{ further }}, zuzüglich Verfahrenskosten.",
    ),
    ("</b> with interest and costs.", "</b>{{ further }}, and the costs."),
    (
        "</b>, with interest until payment and the costs of the procedure.",
        "</b>{{ further }}, and the costs of the procedure.",
    ),
    (
        "</b>, outre les intérêts jusqu'au paiement et les frais de procédure.",
        "</b>{{ further }}, ainsi que les frais de procédure.",
    ),
    (
        "</b>, met de rente tot de betaling en de kosten van de procedure.",
        "</b>{{ further }}, en de kosten van de procedure.",
    ),
    (
        "</b> nebst Zinsen bis zur Zahlung und Verfahrenskosten.",
        "</b>{{ further }}, zuzüglich Verfahrenskosten.",
    ),
    (
        "; interest ends on that day.",
        "; interest ends on the day that the statement names.",
    ),
    (
        "; le cours des intérêts est arrêté à cette date.",
        "; les intérêts sont arrêtés au jour indiqué dans le décompte.",
    ),
    (
        "; de rente stopt op die dag.",
        "; de rente stopt op de dag die in de afrekening staat.",
    ),
    (
        "acting for {{ creditor_name }}, {{ mandate }}, acknowledges",
        "{{ behalf }}, acknowledges",
    ),
    (
        "agissant pour {{ creditor_name }}, {{ mandate }}, reconnaît",
        "{{ behalf }}, reconnaît",
    ),
    (
        "handelend voor {{ creditor_name }}, {{ mandate }}, bevestigt",
        "{{ behalf }}, bevestigt",
    ),
)


def migrate(cr, version):
    for old, new in FRAGMENTS:
        cr.execute(
            """UPDATE credit_paper_text text SET body = REPLACE(body, %(old)s, %(new)s)
                 FROM ir_model_data data
                WHERE data.module = 'credit_management_legal'
                  AND data.model = 'credit.paper.text' AND data.res_id = text.id
                  AND STRPOS(body, %(old)s) > 0""",
            {"old": old, "new": new},
        )

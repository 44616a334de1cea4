"""France, order to pay: up to 10,000 euros no lawyer has to be appointed (761 CPC).

Cases below that were void for want of one: those that run are looked at again.
"""

from odoo import SUPERUSER_ID, api

BATCH = 500


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    rule = env.ref(
        "credit_management_legal.procedure_fr_order_deadline_lawyer",
        raise_if_not_found=False,
    )
    if not rule or rule.principal_above:
        return
    rule.principal_above = 10000
    if rule.article == "1418 and 1419 CPC":
        rule.article = "761, 1418 and 1419 CPC"
    cases = env["credit.case"].search(
        [
            ("procedure_id", "=", rule.procedure_id.id),
            ("state", "in", ("open", "paid")),
        ]
    )
    for start in range(0, len(cases), BATCH):
        cases[start : start + BATCH]._refresh_deadlines()

"""Shipped deadlines that were there before: what a court decided proves them met.

A court that makes its order was paid in time (1425 CPC), whatever was noted. Cases
whose procedure was taken for void by such a deadline are looked at again.
"""

from odoo import SUPERUSER_ID, api
from odoo.fields import Command

MODULE = "credit_management_legal"
BATCH = 500
#: {procedure: {deadline: acts that prove it}}
PROVED = {
    "fr_order": {
        "court_costs": ("order", "refused"),
        "deposit": ("judgment",),
        "lawyer": ("judgment",),
    },
    "be_summary": {"filing": ("order",)},
    "de_order": {"application": ("title",)},
    "fr_small": {"answer": ("title",)},
    "fr_summons": {
        "summons_commercial": ("judgment", "default_judgment"),
        "filing_commercial": ("judgment", "default_judgment"),
        "filing_judicial": ("judgment", "default_judgment"),
    },
    "be_summons": {"notice": ("judgment",)},
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})

    def known(name):
        return env.ref(f"{MODULE}.procedure_{name}", raise_if_not_found=False)

    changed = env["credit.procedure"]
    for procedure, rules in PROVED.items():
        for code, acts in rules.items():
            rule = known(f"{procedure}_deadline_{code}")
            stages = [known(f"{procedure}_stage_{act}") for act in acts]
            stages = [stage for stage in stages if stage]
            if not rule or rule.proved_ids or not stages:
                continue
            rule.proved_ids = [Command.link(stage.id) for stage in stages]
            if code == "court_costs":
                rule.met_ids = [Command.unlink(stage.id) for stage in stages]
            changed |= rule.procedure_id
    cases = env["credit.case"].search(
        [("procedure_id", "in", changed.ids), ("state", "in", ("open", "paid"))]
    )
    for start in range(0, len(cases), BATCH):
        cases[start : start + BATCH]._refresh_deadlines()

"""Shipped procedures that were there before: what the law says of them more closely.

France: opposition stays possible after the title where the order was not served in
person (1416 CPC), an early act in person is nothing that was done too early, and small
claims are limited with their interest (R125-1 CPCE). Cases in which the order was made
are looked at again.
"""

from odoo import SUPERUSER_ID, api
from odoo.fields import Command

MODULE = "credit_management_legal"
BATCH = 500
#: Procedures in which a court hears both sides.
LAWSUITS = ("fr_summons", "fr_interim", "be_summons", "eu_small")


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})

    def known(name):
        return env.ref(f"{MODULE}.procedure_{name}", raise_if_not_found=False)

    for name in LAWSUITS:
        if procedure := known(name):
            procedure.way = "lawsuit"
    small, order = known("fr_small"), known("fr_order")
    if small:
        small.limit_interest = True
    first_act = known("fr_order_stage_first_act")
    opposition = known("fr_order_stage_opposition")
    enforcement = known("fr_order_stage_enforcement")
    if not order or not (first_act and opposition and enforcement):
        return
    for name in ("enforceable_1m", "enforceable_2m"):
        if rule := known(f"fr_order_deadline_{name}"):
            rule.met_ids = [Command.unlink(first_act.id)]
    if rule := known("fr_order_deadline_opposition_late"):
        rule.unless_ids = [Command.link(opposition.id)]
        rule.prolongs_id = known("fr_order_deadline_opposition")
    enforcement.next_ids = [Command.link(opposition.id)]
    cases = env["credit.case"].search(
        [("procedure_id", "=", order.id), ("state", "in", ("open", "paid"))]
    )
    for start in range(0, len(cases), BATCH):
        cases[start : start + BATCH]._refresh_deadlines()

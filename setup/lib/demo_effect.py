"""Reminders of the past weeks for the demonstration, and what came of them.

Behind invoices that were paid late stands the reminder that asked for it: some were
opened, some answered. So the reports on the effect of reminders, on two
wordings and on addresses have something to show. Open invoices are left alone: what
comes next for them is for the main job to find out.
"""

import datetime
import random

SEED = 20260102
#: Payments of the last days are still thanked for, and not touched.
QUIET_DAYS = 12
COSTS = {
    "credit_cost_email": 0.02,
    "credit_cost_letter": 1.9,
    "credit_cost_registered": 6.2,
    "credit_cost_phone": 4.5,
    "credit_cost_visit": 60,
}
#: What became of a reminder, and how often of a hundred.
OUTCOMES = (("opened", 40), ("replied", 15), ("delivered", 15), ("pending", 30))


def tell_the_past(env, company, date):
    """Add the reminders that left before ``date``; return them."""
    chance = random.Random(f"{SEED}-{company.name}")
    company.write(COSTS)
    items = env["account.move.line"].search(
        [
            ("company_id", "=", company.id),
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("reconciled", "=", True),
            ("move_id.move_type", "=", "out_invoice"),
        ],
        order="id",
    )
    steps = _first_steps(env, company, items.partner_id.commercial_partner_id)
    vals_list = []
    for item in items:
        step = steps.get(item.partner_id.commercial_partner_id)
        settled = max(item.matched_credit_ids.mapped("max_date"), default=None)
        if not step or not settled:
            continue
        day = item.date_maturity + datetime.timedelta(days=step.delay_days)
        if day < settled <= date - datetime.timedelta(days=QUIET_DAYS):
            vals_list.append(_reminder(company, item, step, day, chance))
    reminders = env["credit.reminder"].with_context(tracking_disable=True)
    reminders = reminders.create(vals_list)
    _spoil_an_address(env, company, reminders)
    return reminders


def _first_steps(env, company, debtors):
    """The first e-mail after the due date of each debtor's policy; two wordings."""
    steps, left = {}, debtors
    for policy in env["credit.policy"]._get_company_policies(company):
        fitting = left.filtered_domain(policy._debtor_domain())
        left -= fitting
        step = policy.step_ids.filtered(
            lambda s: s.channel == "email" and s.trigger == "due" and s.delay_days > 0
        ).sorted(lambda s: (s.sequence, s.id))[:1]
        if step and fitting:
            steps |= dict.fromkeys(fitting, step)
            _second_wording(step)
    return steps


def _second_wording(step):
    if step.variant_percent or step._document_kind():
        return
    template = step._mail_template()
    step.variant_template_id = template.copy(
        {"name": f"{template.name}, second wording"}
    )
    step.variant_percent = 50


def _reminder(company, item, step, day, chance):
    states, weights = zip(*OUTCOMES, strict=True)
    [outcome] = chance.choices(states, weights)
    debtor = item.partner_id.commercial_partner_id
    sent = datetime.datetime.combine(day, datetime.time(8, 5))
    amount = item.amount_currency
    return {
        "origin": "run",
        "company_id": company.id,
        "partner_id": debtor.id,
        "contact_id": debtor.id,
        "currency_id": item.currency_id.id,
        "policy_id": step.policy_id.id,
        "step_id": step.id,
        "channel": step.channel,
        "variant": step._wording_for(debtor, step.channel),
        "state": "sent",
        "delivery_state": outcome,
        "reply_handled": outcome == "replied",
        "date": day,
        "date_done": day,
        "date_sent": sent,
        "amount_residual": amount,
        "amount_total": amount,
        "line_ids": [
            (
                0,
                0,
                {
                    "move_line_id": item.id,
                    "step_id": step.id,
                    "currency_id": item.currency_id.id,
                    "amount_residual": amount,
                    "days_overdue": (day - item.date_maturity).days,
                },
            )
        ],
    }


def _spoil_an_address(env, company, reminders):
    """One debtor's address came back twice: it waits in the worklist."""
    debtors = env["res.partner"].search(
        [("company_id", "=", company.id), ("ref", "!=", False), ("email", "!=", False)],
        order="ref",
    )
    for debtor in debtors[8:9]:
        env["credit.address"].create(
            {
                "company_id": company.id,
                "email": debtor.email_normalized,
                "hard_count": 2,
                "status": "5.1.1",
                "reason": "550 5.1.1 No such mailbox here",
                "date_bounce": max(
                    reminders.mapped("date_sent"), default=datetime.datetime.now()
                ),
            }
        )

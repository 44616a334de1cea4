"""Debtors whose mail servers misbehave."""

from datetime import timedelta

import debtors
import world
from debtors import deliver, propose, reminders  # noqa: F401

from odoo import fields


def make(env, addresses):
    debtors.add(env, addresses, fallback_channel="letter")
    domain = env["mail.alias.domain"].search([], limit=1)
    if not domain:
        domain = env["mail.alias.domain"].create({"name": "lender.example.com"})
    company = debtors.company(env)
    company.alias_domain_id = domain
    return domain.bounce_email


def retry_time(env):
    """When the delivery runs again by itself."""
    trigger = env["ir.cron.trigger"].search(
        [("cron_id", "=", env.ref("credit_management.ir_cron_deliver").id)],
        order="call_at desc",
        limit=1,
    )
    return (trigger.call_at - env.cr.now()).total_seconds()


def receive(env, path):
    """An e-mail arrives at Odoo's gateway."""
    with open(path, "rb") as handle:
        env["mail.thread"].message_process(False, handle.read())


def owe_more(env, addresses):
    """Another overdue invoice for some debtors, and a run that proposes it."""
    env = world.quiet(env)
    lender = debtors.company(env)
    due = fields.Date.today() - timedelta(days=debtors.DAYS_OVERDUE)
    count = env["account.move"].search_count([("name", "=like", "D/%")])
    partners = env["res.partner"].search([("email", "in", addresses)])
    moves = env["account.move"].with_company(lender)
    moves.create(
        [
            world.invoice_values(
                partner,
                due - timedelta(days=30),
                due,
                100,
                lender.currency_id,
                f"D/{number}",
            )
            for number, partner in enumerate(partners, start=count + 1)
        ]
    ).action_post()
    propose_again(env)


def propose_again(env):
    """Another run on the same day; whoever was contacted is left in peace else."""
    lender = debtors.company(env)
    env["credit.policy"].search([("company_id", "=", lender.id)]).min_interval_days = 0
    run = env["credit.run"].with_company(lender).create({"company_id": lender.id})
    run.action_propose()
    run.action_confirm()


def addresses(env):
    """What is known of addresses: {e-mail: [hard, soft, not used any more]}."""
    return {
        address.email: [address.hard_count, address.soft_count, address.unusable]
        for address in env["credit.address"].search([("id", "!=", False)])
    }


def today(env):
    return str(debtors.company(env)._credit_today())


def handle_replies(env):
    """A collector has read the answers."""
    env["credit.reminder"].search(
        [("delivery_state", "=", "replied")]
    ).action_reply_handled()


def positions(env):
    """The step each debtor's invoice has reached, by e-mail address."""
    moves = env["account.move"].search([("name", "=like", "D/%")])
    return {move.partner_id.email: move.credit_step_id.name for move in moves}


__all__ = ["world"]

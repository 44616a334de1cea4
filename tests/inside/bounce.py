"""Debtors whose mail servers misbehave."""

import debtors
import world
from debtors import deliver, propose, reminders  # noqa: F401


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


def positions(env):
    """The step each debtor's invoice has reached, by e-mail address."""
    moves = env["account.move"].search([("name", "=like", "D/%")])
    return {move.partner_id.email: move.credit_step_id.name for move in moves}


__all__ = ["world"]

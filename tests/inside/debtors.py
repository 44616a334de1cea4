"""Debtors who owe one overdue invoice each, and a policy that reminds them at once."""

from datetime import timedelta

import world

from odoo import fields

DAYS_OVERDUE = 10


def make(env, count):
    """Debtors ``debtor0@example.com``, ``debtor1@…``, each with one invoice."""
    add(env, [f"debtor{number}@example.com" for number in range(count)])


def add(env, addresses, lender="Lender", **step):
    """Debtors with these addresses; all of one company and one policy."""
    env = world.quiet(env)
    company = world.make_company(env, lender, "fr", "EUR", "Europe/Paris")
    values = {
        "name": "first",
        "delay_days": 5,
        "channel": "email",
        "automation": "automatic",
        "only_working_days": False,
        **step,
    }
    world.make_policy(env, company, [values])
    partners = env["res.partner"].create(
        [
            {
                "name": address.partition("@")[0],
                "email": address,
                "is_company": True,
                "street": "Main street 1",
                "zip": "1000",
                "city": "Town",
                "country_id": env.ref("base.fr").id,
            }
            for address in addresses
        ]
    )
    due = fields.Date.today() - timedelta(days=DAYS_OVERDUE)
    issued = due - timedelta(days=30)
    moves = (
        env["account.move"]
        .with_company(company)
        .create(
            [
                world.invoice_values(
                    partner,
                    issued,
                    due,
                    100 + number,
                    company.currency_id,
                    f"D/{number}",
                )
                for number, partner in enumerate(partners, start=1)
            ]
        )
    )
    moves.action_post()


def company(env, name="Lender"):
    return env["res.company"].search([("name", "=", name)])


def propose(env, port, limit=None):
    """Queue a reminder to each debtor, or some; return how many there are."""
    world.use_mail_server(env, port)
    run = env["credit.run"]._run_company(company(env))
    if limit:
        env["credit.reminder"].search([], order="id", offset=limit).unlink()
    return run.queued_count


def deliver(env):
    """One round of the scheduled action."""
    env["credit.reminder"]._cron_deliver()


def reminders(env):
    """All reminders, as far as tests look at them."""
    return [
        {
            "id": reminder.id,
            "email": reminder.contact_id.email,
            "channel": reminder.channel,
            "state": reminder.state,
            "delivery_state": reminder.delivery_state,
            "reason": reminder.failure_reason,
            "attempts": reminder.attempts,
            "message_id": reminder.mail_id.message_id,
            "fallback_of": reminder.fallback_of_id.id,
            "letter": len(reminder.letter_id.raw or b""),
            "total": reminder.amount_total,
            "day": str(reminder.date_done or ""),
            "stopped_until": str(reminder.reply_hold_until or ""),
        }
        for reminder in env["credit.reminder"].search([], order="id")
    ]


def queued(env):
    return env["credit.reminder"].search_count([("state", "=", "queued")])

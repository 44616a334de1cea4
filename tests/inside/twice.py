"""Debtors with the link of a reminder, for requests that come at the same instant."""

import world
from debtors import company, propose  # noqa: F401


def prepare(env, count):
    """Links to the pages of some debtors; online payments are possible.

    :return: dictionaries: path, item, amount, provider, method
    """
    env = world.quiet(env)
    lender = company(env)
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", lender.id)], limit=1
    )
    provider = env.ref("payment.payment_provider_demo").copy({"company_id": lender.id})
    provider.with_company(lender).write(
        {"state": "test", "is_published": True, "journal_id": bank.id}
    )
    provider.payment_method_ids.active = True
    reminders = env["credit.reminder"].search([], limit=count, order="id")
    reminders._register_sent()
    return [
        {
            "path": f"/credit/{reminder._portal_token()}",
            "item": reminder.line_ids.move_line_id.id,
            "amount": reminder.amount_residual,
            "provider": provider.id,
            "method": provider.payment_method_ids[:1].id,
        }
        for reminder in reminders
    ]


def written(env):
    """How many of each came of the requests."""
    return {
        "answers": env["credit.answer"].search_count([("source", "=", "portal")]),
        "promises": env["credit.promise"].search_count([("source", "=", "portal")]),
        "payments": env["payment.transaction"].search_count(
            [("credit_item_ids", "!=", False)]
        ),
    }

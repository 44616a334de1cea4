"""What accounting itself takes: a large payment, and posting invoices.

Measured on two databases, with and without the addon; all is rolled back.
"""

from datetime import date, timedelta

from odoo.fields import Domain

import prepare
from ledger_prototypes import invoice_values
from meter import Meter, best


def payment(env, items, runs=3, progress=print):
    """One payment that reconciles many items of one debtor.

    :param int items: at most
    """
    facts = prepare.facts(env)
    company = prepare.companies(env)[0]
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    domain = (
        Domain("partner_id", "=", facts["big_debtor"])
        & Domain("account_type", "=", "asset_receivable")
        & Domain("reconciled", "=", False)
        & Domain("parent_state", "=", "posted")
        & Domain("amount_residual_currency", ">", 0)
        # The wizard pays what is overdue; the rest if asked for.
        & Domain("date_maturity", "<", date.today())
        & Domain("currency_id", "=", company.currency_id.id)
    )
    results = []
    for number in range(runs):
        progress(f"run {number + 1} of {runs}")
        with env.cr.savepoint() as savepoint:
            lines = env["account.move.line"].search(domain, limit=items, order="id")
            register = (
                env["account.payment.register"]
                .with_company(company)
                .with_context(active_model="account.move.line", active_ids=lines.ids)
                .create({"group_payment": True})
            )
            env.flush_all()
            env.invalidate_all()
            with Meter(env) as meter:
                register._create_payments()
                env.flush_all()
            lines.invalidate_recordset()
            if not all(lines.mapped("reconciled")):
                raise RuntimeError("The payment left some items open")
            results.append(meter.figures(len(lines)))
            savepoint.rollback()
        env.invalidate_all()
    return best(results)


def posting(env, invoices, runs=3, progress=print):
    """Post some invoices that were drafts.

    :param int invoices: how many
    """
    company = prepare.companies(env)[0]
    env = env(context={**env.context, "allowed_company_ids": company.ids})
    partners = env["res.partner"].search(
        [("customer_rank", ">", 0), ("country_id.code", "=", "FR")], limit=200
    )
    values = [
        invoice_values(
            company,
            partners[number % len(partners)],
            company.currency_id,
            date.today() + timedelta(days=60),
        )
        for number in range(invoices)
    ]
    with env.cr.savepoint() as outer:
        progress("drafts")
        moves = env["account.move"].with_company(company).create(values)
        env.flush_all()
        results = []
        for number in range(runs):
            progress(f"run {number + 1} of {runs}")
            with env.cr.savepoint() as savepoint:
                env.invalidate_all()
                with Meter(env) as meter:
                    moves.action_post()
                    env.flush_all()
                results.append(meter.figures(len(moves)))
                savepoint.rollback()
            env.invalidate_all()
        outer.rollback()
    return best(results)

"""Companies, customers, invoices and payments for the scripts of the tests."""

from unittest.mock import patch

from odoo.fields import Command

#: Nobody is there to answer the safety net.
UNGUARDED = {
    "credit_guard_percent": 0,
    "credit_guard_ledger_days": 0,
    "credit_guard_failures": 0,
}


def quiet(env):
    """An environment in which nothing is written to chatters but what is sent.

    In English, whatever languages the template has: the tests read the messages.
    """
    env["res.lang"]._activate_lang("en_US")
    return env(context={**env.context, "tracking_disable": True, "lang": "en_US"})


def make_company(env, name, country, currency, tz, **values):
    """A company with a chart of accounts, a bank journal and an e-mail address."""
    # The context, or the country's own chart of accounts would be loaded: slow, and
    # nothing here depends on it.
    company_model = env["res.company"].with_context(install_mode=True)
    company = company_model.create(
        {"name": name, "country_id": env.ref(f"base.{country}").id}
    ).with_env(env)
    # Only now: a new company with an address would be looked up on the internet.
    company.email = f"accounts@{name.lower()}.example.com"
    charts = env["account.chart.template"]
    # The names of accounts in every language of the template: slow, and read by nobody.
    with patch.object(
        type(charts), "_load_translations", lambda *_args, **_named: None
    ):
        charts.try_loading("generic_coa", company=company, install_demo=False)
    currency = env.ref(f"base.{currency}")
    currency.active = True
    company.write({"currency_id": currency.id, "credit_tz": tz, **UNGUARDED, **values})
    env.user.company_ids |= company
    return company


def make_policy(env, company, steps, **values):
    """A policy for all customers of ``company``, in front of all others."""
    return env["credit.policy"].create(
        {
            "name": f"Policy of {company.name}",
            "company_id": company.id,
            "sequence": -1,
            "partner_domain": "[]",
            "step_ids": [
                Command.create({"sequence": number, **step})
                for number, step in enumerate(steps, start=1)
            ],
            **values,
        }
    )


def use_mail_server(env, port):
    """Make the SMTP server of the test the only way out."""
    env["ir.mail_server"].search([]).active = False
    env["ir.mail_server"].create(
        {
            "name": "Test",
            "smtp_host": "127.0.0.1",
            "smtp_port": port,
            "smtp_encryption": "none",
            "smtp_authentication": "login",
        }
    )


def invoice_values(partner, issued, due, amount, currency, name):
    return {
        # Given, since numbering one by one would take as long as all the rest.
        "name": name,
        "move_type": "out_invoice",
        "partner_id": partner.id,
        "invoice_date": issued,
        "date": issued,
        "invoice_date_due": due,
        "invoice_payment_term_id": False,
        "currency_id": currency.id,
        "invoice_line_ids": [
            Command.create(
                {"name": "Goods", "quantity": 1, "price_unit": amount, "tax_ids": []}
            )
        ],
    }


def pay(env, invoices, day):
    """Register the payment of whole invoices, as the button on the invoices does."""
    company = invoices.company_id
    register = env["account.payment.register"].with_company(company)
    return (
        register.with_context(active_model="account.move", active_ids=invoices.ids)
        .create({"payment_date": day, "group_payment": False})
        ._create_payments()
    )


def claims_of(invoices):
    """The receivable lines, in the order of the invoices."""
    return invoices.line_ids.filtered(
        lambda line: line.account_id.account_type == "asset_receivable"
    ).sorted(lambda line: invoices.ids.index(line.move_id.id))


def bank_entry_values(journal, invoices, day, name):
    """What comes in on one day, as one entry of the bank, to be matched by hand."""
    claims = claims_of(invoices)
    lines = [
        {
            "name": claim.move_id.name,
            "account_id": claim.account_id.id,
            "partner_id": claim.partner_id.id,
            "currency_id": claim.currency_id.id,
            "amount_currency": -claim.amount_currency,
            "balance": -claim.balance,
        }
        for claim in claims
    ]
    money = {
        "name": "Bank",
        "account_id": journal.default_account_id.id,
        "balance": sum(claims.mapped("balance")),
    }
    return {
        "move_type": "entry",
        "name": name,
        "journal_id": journal.id,
        "date": day,
        "line_ids": [Command.create(line) for line in [money, *lines]],
    }


def match(invoices, entry):
    """Reconcile each invoice with its line of the posted entry."""
    receipts = {line.name: line for line in claims_of(entry)}
    invoices.env["account.move.line"]._reconcile_plan(
        [claim + receipts[claim.move_id.name] for claim in claims_of(invoices)]
    )

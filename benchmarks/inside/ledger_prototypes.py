"""What the ledger is made of: companies, debtors and one document of each kind.

All of it is made through the ORM, with the taxes, numbers, payments and matchings that
Odoo makes. The ledger's other rows are copies of these (see :mod:`ledger_copy`): the
amounts times a whole number, the dates put forward or back by some days. So the amounts
here are such that every share and every conversion of them is exact in whole cents.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from odoo.fields import Command

#: What a copy replaces in texts: a number that occurs in nothing else.
TOKEN = "7391846205"
#: Days before the ledger's own on which the invoices to be copied are due.
DUE_DAYS = 30
TERM_DAYS = 60
UNIT_PRICE = 40.0
#: A euro is two francs, whichever company looks at it.
RATE_OF_FOREIGN = {"EUR": 2.0, "CHF": 0.5}


@dataclass(frozen=True)
class House:
    """A company of the benchmark."""

    name: str
    country: str
    chart: str
    currency: str
    foreign: str


@dataclass(frozen=True)
class Profile:
    """Debtors that are alike but for their names and numbers."""

    house: int
    country: str
    lang: str
    is_company: bool
    has_contact: bool
    zip: str
    city: str
    vat: str
    share: int  # of a hundred debtors


HOUSES = (
    House("Benchmark France", "FR", "fr", "EUR", "CHF"),
    House("Benchmark Schweiz", "CH", "ch", "CHF", "EUR"),
)

#: The first one is that of the debtor with the most invoices.
PROFILES = (
    Profile(0, "FR", "fr_FR", True, False, "69002", "Lyon", "FR23334175221", 34),
    Profile(0, "FR", "fr_FR", False, False, "75002", "Paris", "", 14),
    Profile(0, "BE", "nl_BE", True, False, "2000", "Antwerpen", "BE0477472701", 14),
    Profile(0, "FR", "fr_FR", True, True, "38000", "Grenoble", "FR23334175221", 8),
    Profile(1, "CH", "de_DE", True, False, "3000", "Bern", "", 16),
    Profile(1, "DE", "de_DE", True, True, "10115", "Berlin", "DE136695976", 8),
    Profile(1, "CH", "fr_FR", False, False, "1200", "Genève", "", 6),
)

SHAPES = (
    "open",
    "instalments",
    "part",
    "part_instalments",
    "paid",
    "credit_note",
    "payment",
)


@dataclass(frozen=True)
class Family:
    """A document and all that belongs to it: the ids of its rows by table."""

    house: int
    currency: str
    shape: str
    due: date
    partner_id: int
    invoice_name: str
    payment_name: str
    rows: dict


def make_companies(env):
    """The companies, their charts of accounts and exchange rates."""
    companies = env["res.company"]
    for number, house in enumerate(HOUSES):
        company = env.company if not number else companies.create({"name": "…"})
        own, foreign = _currency(env, house.currency), _currency(env, house.foreign)
        (own | foreign).active = True
        company.write(
            {
                "name": house.name,
                "street": "1 Quai Neuf",
                "zip": "1000",
                "city": "Port",
                "country_id": _country(env, house.country).id,
                "email": f"accounts@{house.country.lower()}.example.com",
                "currency_id": own.id,
            }
        )
        env.user.company_ids |= company
        env.ref("base.user_admin").company_ids |= company
        charts = env["account.chart.template"].with_company(company)
        charts.try_loading(house.chart, company=company, install_demo=False)
        foreign.with_company(company).rate_ids.unlink()
        env["res.currency.rate"].create(
            {
                "name": "2000-01-01",
                "currency_id": foreign.id,
                "company_id": company.id,
                "rate": RATE_OF_FOREIGN[house.currency],
            }
        )
        _add_bank(env, company, house)
        companies |= company
    return companies


def _currency(env, code):
    currencies = env["res.currency"].with_context(active_test=False)
    return currencies.search([("name", "=", code)])


def _country(env, code):
    return env["res.country"].search([("code", "=", code)])


def _add_bank(env, company, house):
    """An account to be paid to, and payments that make journal entries."""
    iban = {"FR": "FR7630001007941234567890185", "CH": "CH9300762011623852957"}
    account = env["res.partner.bank"].create(
        {
            "acc_number": iban[house.country],
            "partner_id": company.partner_id.id,
            "allow_out_payment": True,
        }
    )
    journal = bank_journal(env, company)
    journal.bank_account_id = account
    journal.inbound_payment_method_line_ids.payment_account_id = (
        journal.default_account_id
    )


def bank_journal(env, company):
    """The bank journal of a company of the benchmark."""
    return env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
    )


def make_debtors(env):
    """A debtor of each profile, and the contact of those that have one.

    :return: list of (debtor, contact) in the order of the profiles
    """
    made = []
    for profile in PROFILES:
        debtor = env["res.partner"].create(
            {
                "name": f"Debtor {TOKEN}",
                "ref": f"D{TOKEN}",
                "is_company": profile.is_company,
                "email": f"debtor.{TOKEN}@example.com",
                "street": "12 Long Street",
                "zip": profile.zip,
                "city": profile.city,
                "country_id": _country(env, profile.country).id,
                "lang": profile.lang,
                "vat": profile.vat,
                "customer_rank": 1,
            }
        )
        contact = env["res.partner"]
        if profile.has_contact:
            contact = contact.create(
                {
                    "parent_id": debtor.id,
                    "type": "invoice",
                    "name": f"Accounts {TOKEN}",
                    "email": f"accounts.{TOKEN}@example.com",
                    "street": debtor.street,
                    "zip": debtor.zip,
                    "city": debtor.city,
                    "country_id": debtor.country_id.id,
                    "lang": profile.lang,
                }
            )
        made.append((debtor, contact))
    return made


def make_families(env, companies, debtors, today, progress):
    """One document of each shape in each company and currency.

    :return: list of :class:`Family`
    """
    families = []
    due = today - timedelta(days=DUE_DAYS)
    for number, (house, company) in enumerate(zip(HOUSES, companies, strict=True)):
        debtor = next(
            debtor
            for profile, (debtor, _contact) in zip(PROFILES, debtors, strict=True)
            if profile.house == number
        )
        terms = _make_terms(env, company)
        for code in (house.currency, house.foreign):
            currency = _currency(env, code)
            for shape in SHAPES:
                progress(f"{house.name}: {shape} in {code}")
                moves, payments = _make_documents(
                    env(context={**env.context, "allowed_company_ids": company.ids}),
                    company,
                    invoice_values(company, debtor, currency, due),
                    terms,
                    shape,
                )
                families.append(
                    _family(number, code, shape, due, debtor, moves, payments)
                )
    return families


def _make_terms(env, company):
    return env["account.payment.term"].create(
        {
            "name": "In three instalments",
            "company_id": company.id,
            "line_ids": [
                Command.create(
                    {"value": "percent", "value_amount": share, "nb_days": days}
                )
                for share, days in ((50, 20), (25, 40), (25, TERM_DAYS))
            ],
        }
    )


def invoice_values(company, partner, currency, due):
    """Values of an invoice like those of the ledger."""
    issued = due - timedelta(days=TERM_DAYS)
    return {
        "move_type": "out_invoice",
        "company_id": company.id,
        "partner_id": partner.id,
        "currency_id": currency.id,
        "invoice_date": issued,
        "date": issued,
        "invoice_payment_term_id": False,
        "invoice_date_due": due,
        "fiscal_position_id": False,
        "invoice_line_ids": [
            Command.create(
                {
                    "name": "Goods",
                    "quantity": 1,
                    "price_unit": UNIT_PRICE,
                    "tax_ids": company.account_sale_tax_id.ids,
                }
            )
        ],
    }


def _make_documents(env, company, values, terms, shape):
    due = values["invoice_date_due"]
    if shape == "payment":
        payment = _make_payment(env, company, values)
        return payment.move_id, payment
    if shape in ("instalments", "part_instalments"):
        values |= {"invoice_payment_term_id": terms.id, "invoice_date_due": False}
    if shape == "credit_note":
        values["move_type"] = "out_refund"
    move = env["account.move"].with_company(company).create(values)
    move.action_post()
    if shape not in ("part", "part_instalments", "paid"):
        return move, env["account.payment"]
    register = (
        env["account.payment.register"]
        .with_company(company)
        .with_context(active_model="account.move", active_ids=move.ids)
    )
    amount = move.amount_total if shape == "paid" else move.amount_total / 2
    day = due + timedelta(days=10)
    if shape == "part_instalments":
        day = due - timedelta(days=TERM_DAYS - 20)
    payment = register.create(
        {"payment_date": day, "amount": amount, "payment_difference_handling": "open"}
    )._create_payments()
    return move | payment.move_id, payment


def _make_payment(env, company, values):
    """A payment that nobody has matched yet."""
    payment = (
        env["account.payment"]
        .with_company(company)
        .create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": values["partner_id"],
                "journal_id": bank_journal(env, company).id,
                "currency_id": values["currency_id"],
                "amount": UNIT_PRICE,
                "date": values["invoice_date_due"],
                "memo": "Payment on account",
            }
        )
    )
    payment.action_post()
    return payment


def _family(house, currency, shape, due, debtor, moves, payments):
    moves.env.flush_all()
    lines = moves.line_ids
    partials = lines.matched_debit_ids | lines.matched_credit_ids
    if partials.exchange_move_id or payments and not payments.move_id:
        raise ValueError(f"{shape} in {currency} is not what the benchmark copies")
    invoice = moves - payments.move_id
    return Family(
        house=house,
        currency=currency,
        shape=shape,
        due=due,
        partner_id=debtor.id,
        invoice_name=invoice.name or "",
        payment_name=payments.move_id.name or "",
        rows={
            "account_move": moves.sorted("id").ids,
            "account_move_line": lines.sorted("id").ids,
            "account_payment": payments.ids,
            "account_partial_reconcile": partials.sorted("id").ids,
            "account_full_reconcile": partials.full_reconcile_id.ids,
        },
    )

"""A ledger of our own for the demonstration.

Three companies (France, Belgium, and Switzerland in francs), sixty debtors that speak
four languages, four hundred invoices: paid in time, paid late, paid in part, open,
overdue, disputed, with reminders behind them, on hold, in instalments; credit notes,
and payments that nobody has matched yet. Names are those of trades and places, numbers
of accounts are the examples that the registries publish; nobody is meant.

The same seed gives the same ledger; all days are counted from the day asked for.
"""

import base64
import csv
import datetime
import io
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from odoo.tools import file_path

SEED = 20260101
FONT = "web/static/fonts/lato/Lato-Bol-webfont.ttf"
DEBTORS = 20
HEADER = (
    "customer",
    "customer id",
    "email",
    "language",
    "country",
    "invoice",
    "invoice date",
    "due date",
    "amount",
    "currency",
    "paid amount",
    "payment date",
    "disputed",
    "step",
    "description",
)


@dataclass(frozen=True)
class Place:
    """Where a company of the demonstration is, and what it needs there."""

    name: str
    country: str
    chart: str
    currency: str
    street: str
    zip: str
    city: str
    phone: str
    iban: str
    bic: str
    registry: str
    languages: tuple
    trades: tuple
    towns: tuple
    colour: str
    goods: str


PLACES = (
    Place(
        name="Fournitures du Rhône",
        country="FR",
        chart="fr",
        currency="EUR",
        street="12 quai des Entrepôts",
        zip="69002",
        city="Lyon",
        phone="+33 1 99 00 12 34",
        iban="FR7630001007941234567890185",
        bic="BDFEFRPPCCT",
        registry="12345678200010",
        languages=("fr_FR", "fr_FR", "fr_FR", "en_US"),
        trades=("Menuiserie", "Imprimerie", "Garage", "Boulangerie", "Hôtel"),
        towns=(
            ("69003", "Lyon"),
            ("38000", "Grenoble"),
            ("42000", "Saint-Étienne"),
            ("01000", "Bourg-en-Bresse"),
        ),
        colour="#1f5673",
        goods="Fournitures d’atelier",
    ),
    Place(
        name="Noordzee Verpakkingen",
        country="BE",
        chart="be_comp",
        currency="EUR",
        street="Havenlaan 86",
        zip="1000",
        city="Brussel",
        phone="+32 2 555 12 34",
        iban="BE71096123456769",
        bic="GKCCBEBB",
        registry="0123456749",
        languages=("nl_BE", "nl_BE", "fr_FR", "en_US"),
        trades=("Drukkerij", "Slagerij", "Brouwerij", "Café", "Bouwbedrijf"),
        towns=(
            ("2000", "Antwerpen"),
            ("9000", "Gent"),
            ("4000", "Liège"),
            ("8000", "Brugge"),
        ),
        colour="#8a4b14",
        goods="Verpakkingsmateriaal",
    ),
    Place(
        name="Alpenblick Werkzeuge",
        country="CH",
        chart="ch",
        currency="CHF",
        street="Industriestrasse 5",
        zip="3005",
        city="Bern",
        phone="+41 31 555 12 34",
        iban="CH9300762011623852957",
        bic="KBZGCH22",
        registry="CHE123456788",
        languages=("de_DE", "de_DE", "fr_FR", "en_US"),
        trades=("Schreinerei", "Gasthaus", "Gärtnerei", "Druckerei", "Sägewerk"),
        towns=(
            ("3000", "Bern"),
            ("8000", "Zürich"),
            ("1200", "Genève"),
            ("6000", "Luzern"),
        ),
        colour="#2f5d50",
        goods="Werkzeuge",
    ),
)


def set_up_companies(env, only_one=False):
    """Make the companies with their charts of accounts, banks and daily reminders."""
    # Who tries it may enter lines of bank statements, too.
    env.ref("base.user_admin").group_ids |= env.ref("account.group_account_basic")
    companies = []
    for number, place in enumerate(PLACES[:1] if only_one else PLACES):
        company = (
            env.company if not number else env["res.company"].create({"name": "…"})
        )
        country = env["res.country"].search([("code", "=", place.country)])
        currency = env["res.currency"].with_context(active_test=False)
        currency = currency.search([("name", "=", place.currency)])
        currency.active = True
        company.write(
            {
                "name": place.name,
                "street": place.street,
                "zip": place.zip,
                "city": place.city,
                "country_id": country.id,
                "phone": place.phone,
                "email": f"billing@{place.country.lower()}.example.com",
                "company_registry": place.registry,
                "currency_id": currency.id,
                "credit_auto_run": True,
                # Days pass in seconds, and nobody is there to answer.
                "credit_guard_percent": 0,
                "credit_guard_ledger_days": 0,
                "credit_guard_failures": 0,
            }
        )
        env.user.company_ids |= company
        env.ref("base.user_admin").company_ids |= company
        company.logo = _logo(place)
        charts = env["account.chart.template"].with_company(company)
        charts.try_loading(place.chart, company=company, install_demo=False)
        _add_bank(env, company, place)
        _add_charge_accounts(env, company)
        _add_provider(env, company)
        companies.append(company)
    # Whoever answers a debtor has an address.
    env.ref("base.user_admin").email = f"admin@{PLACES[0].country.lower()}.example.com"
    return companies


def _logo(place):
    """A plain logo: the name, and a mark with its first letter."""
    image = Image.new("RGBA", (2000, 180), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    draw.ellipse((4, 4, 176, 176), fill=place.colour)
    draw.text((90, 90), place.name[0], "white", _font(110), anchor="mm")
    draw.text((210, 90), place.name, place.colour, _font(78), anchor="lm")
    out = io.BytesIO()
    image.crop(image.getbbox()).save(out, "PNG")
    return base64.b64encode(out.getvalue())


def _font(size):
    # A font that Odoo's web pages ship; Pillow's own has no accents.
    return ImageFont.truetype(file_path(FONT), size)


def _add_charge_accounts(env, company):
    """Where charges are booked, so that nobody has to choose accounts first."""
    account = env["account.account"].search(
        [
            ("company_ids", "=", company.id),
            ("account_type", "in", ("income_other", "income")),
        ],
        order="account_type desc, code",
        limit=1,
    )
    company.write(
        {
            "credit_interest_account_id": account.id,
            "credit_indemnity_account_id": account.id,
            "credit_fee_account_id": account.id,
        }
    )

    if "credit_write_off_account_id" in company:
        company.credit_write_off_account_id = _bad_debts(env, company)


def _bad_debts(env, company):
    """The account of lost claims: 654 in France, 642 in Belgium, 3805 for Swiss."""
    expenses = env["account.account"].search(
        [("company_ids", "=", company.id), ("account_type", "=like", "expense%")],
        order="code",
    )
    named = expenses.filtered(
        lambda account: (account.code or "").startswith(("654", "642", "3805"))
    )
    return (named or expenses)[:1]


def _add_provider(env, company):
    """Payments online, by the provider that only pretends to take money."""
    provider = env["payment.provider"].search(
        [("code", "=", "demo"), ("company_id", "=", company.id)], limit=1
    )
    if not provider:
        template = env.ref("payment.payment_provider_demo")
        provider = template.copy({"company_id": company.id})
    provider = provider.with_company(company)
    provider.write({"state": "test", "is_published": True})
    provider.payment_method_ids.active = True
    provider.journal_id  # noqa: B018 - computed, which makes its line in the journal


def _add_bank(env, company, place):
    bank = env["res.bank"].create({"name": f"Bank {place.bic}", "bic": place.bic})
    account = env["res.partner.bank"].create(
        {
            "acc_number": place.iban,
            "partner_id": company.partner_id.id,
            "bank_id": bank.id,
            "allow_out_payment": True,
        }
    )
    journal = env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
    )
    journal.bank_account_id = account
    company.email_formatted  # noqa: B018 - computed once, before anything is sent


def fill(env, companies, date, first):
    """Load the ledger of every company as it stood on ``first``.

    :param date: the day the ledger is made for
    :param first: the day to start with, ``date`` unless days are replayed
    :return: the imports, which go on to later days with ``_advance``
    """
    books = []
    for company, place in zip(companies, PLACES, strict=True):
        chance = random.Random(f"{SEED}-{place.country}")
        data = ledger_file(place, date, chance)
        book = env["credit.import"]._load(
            data,
            f"ledger-{place.country}.csv",
            company=company,
            date=first,
            mode="all",
            customer_type="company",
            commit=True,
        )
        _complete_debtors(env, company, place, chance)
        _add_instalments(env, company, date, chance)
        _add_unmatched_payments(env, company, date, chance)
        _add_hold(env, company, date)
        books.append(book)
    return books


def ledger_file(place, date, chance):
    """The ledger of one company as a CSV file for the import."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    debtors = [_debtor(place, number, chance) for number in range(1, DEBTORS + 1)]
    for number in range(1, 128):
        debtor = chance.choice(debtors)
        writer.writerow(_invoice(place, debtor, number, date, chance))
    for number in range(1, 5):
        # A credit note that nobody has matched yet.
        debtor = chance.choice(debtors)
        day = date - datetime.timedelta(days=chance.randint(3, 40))
        amount = -round(chance.uniform(40, 220), 2)
        writer.writerow(
            [*debtor, f"{place.country}-CN-{number:03}", day, day, amount]
            + [place.currency, "", "", "", "", place.goods]
        )
    return out.getvalue().encode()


def _debtor(place, number, chance):
    trade = place.trades[number % len(place.trades)]
    town = place.towns[number % len(place.towns)][1]
    reference = f"{place.country}{number:03}"
    # Two debtors in twenty can only be written to by post.
    email = "" if number % 10 == 7 else f"accounts@{reference.lower()}.example.com"
    language = chance.choice(place.languages)
    return (f"{trade} {town} {number}", reference, email, language, place.country)


def _invoice(place, debtor, number, date, chance):
    """A line of the ledger: an invoice, and what has become of it."""
    age = chance.choice((5, 20, 25, 33, 40, 55, 70, 90)) + chance.randint(0, 12)
    issued = date - datetime.timedelta(days=age)
    due = issued + datetime.timedelta(days=chance.choice((14, 30, 30, 30, 45)))
    amount = round(chance.lognormvariate(6.4, 0.9), 2)
    late = (date - due).days
    paid, paid_on, disputed, step = "", "", "", ""
    fate = chance.random()
    if fate < (0.55 if late > 0 else 0.08):
        paid = amount
        # Most pay around the due date, some long after it, some very lately.
        delay = chance.choice((-6, -2, 0, 1, 4, 9, 18))
        paid_on = min(due + datetime.timedelta(days=delay), date)
        paid_on = max(paid_on, issued)
    elif fate > 0.95:
        disputed = "yes"
    elif fate > 0.9 and late > 0:
        paid = round(amount / 2, 2)
        paid_on = due
    elif late > 40:
        # Up to which step of the policy the reminders had come.
        step = chance.choice(("", "2", "4", "5", "5"))
    elif late > 15:
        step = chance.choice(("", "1", "2"))
    return [
        *debtor,
        f"{place.country}-{issued.year}-{number:04}",
        issued,
        due,
        amount,
        place.currency,
        paid,
        paid_on,
        disputed,
        step,
        place.goods,
    ]


def debtors_of(env, company):
    """The customers that the ledger of ``company`` brought."""
    return env["res.partner"].search(
        [("company_id", "=", company.id), ("ref", "!=", False)], order="ref"
    )


def give_addresses(env, company, place=PLACES[0]):
    """Give a postal address to the customers that have none; return them."""
    debtors = debtors_of(env, company).filtered(lambda debtor: not debtor.street)
    country = env["res.country"].search([("code", "=", place.country)])
    for number, debtor in enumerate(debtors):
        postcode, town = place.towns[number % len(place.towns)]
        debtor.write(
            {
                "street": f"{place.street.lstrip('0123456789 ')} {number + 1}",
                "zip": postcode,
                "city": town,
                "country_id": debtor.country_id.id or country.id,
            }
        )
    return debtors


def _complete_debtors(env, company, place, chance):
    """Addresses for all; some are consumers, one is a public body."""
    debtors = give_addresses(env, company, place)
    for number, debtor in enumerate(debtors):
        if number % 5 == 3:
            debtor.write({"is_company": False, "credit_kind": "consumer"})
        elif number == 0:
            debtor.credit_kind = "public"
        else:
            debtor.credit_kind = "business"
            if number % 7:
                # Without proof, the others are treated as consumers.
                debtor.credit_kind_proof = "Extract from the register of companies"
        number = chance.randint(1000, 9999)
        debtor.phone = f"{place.phone[:-5]}{number // 100} {number % 100:02}"
    # Somebody of their own for reminders, where there is a back office to have one.
    env["res.partner"].create(
        [
            {
                "parent_id": debtor.id,
                "type": "dunning",
                "name": "Accounts payable",
                "email": f"payables@{debtor.ref.lower()}.example.com",
                "lang": debtor.lang,
                "street": debtor.street,
                "zip": debtor.zip,
                "city": debtor.city,
                "country_id": debtor.country_id.id,
            }
            for debtor in debtors[5:8]
            if debtor.email
        ]
    )


def _add_instalments(env, company, date, chance):
    """Two invoices to be paid in three instalments each, the first one overdue."""
    term = env["account.payment.term"].create(
        {
            "name": "In three instalments",
            "company_id": company.id,
            "line_ids": [
                (0, 0, {"value": "percent", "value_amount": share, "nb_days": days})
                for share, days in ((34, 10), (33, 40), (33, 70))
            ],
        }
    )
    debtors = debtors_of(env, company)
    invoices = (
        env["account.move"]
        .with_company(company)
        .create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": chance.choice(debtors).id,
                    "invoice_date": date - datetime.timedelta(days=20),
                    "invoice_payment_term_id": term.id,
                    "invoice_line_ids": [
                        (0, 0, {"name": "Machine", "price_unit": 3000, "tax_ids": []})
                    ],
                }
                for _number in range(2)
            ]
        )
    )
    invoices.action_post()


def _add_unmatched_payments(env, company, date, chance):
    """Payments on account that nobody has matched with an invoice."""
    journal = env["account.journal"].search(
        [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
    )
    payments = (
        env["account.payment"]
        .with_company(company)
        .create(
            [
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": debtor.id,
                    "journal_id": journal.id,
                    "amount": round(chance.uniform(50, 400), 2),
                    "date": date - datetime.timedelta(days=2),
                    "memo": "Payment on account",
                }
                for debtor in debtors_of(env, company)[9:12]
            ]
        )
    )
    payments.action_post()


def leave_something_due(env, company, date):
    """Overdue invoices of customers that were left in peace: for a run by hand."""
    contacted = env["credit.reminder"].search([("company_id", "=", company.id)])
    free = debtors_of(env, company) - contacted.partner_id
    free = free.filtered(lambda debtor: debtor.email and not debtor.credit_hold_ids)
    invoices = (
        env["account.move"]
        .with_company(company)
        .create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": debtor.id,
                    "invoice_date": date - datetime.timedelta(days=40),
                    "invoice_date_due": date - datetime.timedelta(days=10),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        (0, 0, {"name": "Tools", "price_unit": 250, "tax_ids": []})
                    ],
                }
                for debtor in free[:3]
            ]
        )
    )
    invoices.action_post()


def _add_hold(env, company, date):
    env["credit.hold"].create(
        {
            "company_id": company.id,
            "partner_id": debtors_of(env, company)[4].id,
            "date_start": date,
            "date_end": date + datetime.timedelta(days=14),
            "reason": "Waiting for the purchase order number",
        }
    )

"""A ledger of our own for the demonstration.

Three companies (France, Belgium, and Switzerland in francs), sixty debtors that speak
four languages, four hundred invoices: paid in time, paid late, paid in part, open,
overdue, disputed, with reminders behind them, on hold, in instalments; credit notes,
and payments that nobody has matched yet. Names are those of trades and places, numbers
of accounts are the examples that the registries publish; nobody is meant.

The same seed gives the same ledger; all days are counted from the day asked for.
"""

import csv
import datetime
import io
import random

from demo_companies import PLACES

SEED = 20260101
DEBTORS = 20
#: They wait for whoever tries a run by hand.
NEW_CUSTOMERS = ("Atelier Rivoire", "Menuiserie Combe", "Transports Veyrier")
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


def leave_something_due(env, company, place, date):
    """Overdue invoices of customers whom nobody has written to: for a run by hand."""
    debtors = env["res.partner"].create(
        [
            {
                "name": name,
                "is_company": True,
                "credit_kind": "business",
                "company_id": company.id,
                "country_id": company.country_id.id,
                "email": f"new-customer-{number}@example.com",
                "lang": place.languages[0],
            }
            for number, name in enumerate(NEW_CUSTOMERS, start=1)
        ]
    )
    invoices = (
        env["account.move"]
        .with_company(company)
        .create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": debtor.id,
                    "invoice_date": date - datetime.timedelta(days=60),
                    "invoice_date_due": date - datetime.timedelta(days=30),
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        (0, 0, {"name": "Tools", "price_unit": 250, "tax_ids": []})
                    ],
                }
                for debtor in debtors
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

"""What happens in the replay, and the policies that answer it: plain data.

The ledger gives invoices and payments. What it does not tell is made up here by rules
that are easy to follow by hand. The driver makes all this happen in Odoo; the oracle
says what Odoo has to send.
"""

import csv
import os
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

FIRST_DAY = date(2012, 1, 1)
# Half a year by default: all eighteen months take more than ten minutes.
MONTHS = int(os.environ.get("CREDIT_REPLAY_MONTHS") or 6)
LAST_DAY = date(2012 + MONTHS // 12, MONTHS % 12 + 1, 1) - timedelta(days=1)
# Customers of two of the five countries belong to the Belgian company, which keeps
# its books in francs.
BELGIAN_CUSTOMERS = ("391", "818")
# Customers of this country pay every other invoice in dollars: debtors with two
# currencies.
DOLLAR_CUSTOMERS = "897"
USD_PER_EUR = Decimal("1.25")
# Days after the due date on which the company turns a dispute down.
DISPUTE_DAYS = 8
# Days after which somebody calls those who are called at all.
CALL_DAYS = 2

COMPANIES = {
    "French": {"country": "fr", "currency": "EUR", "tz": "Europe/Paris"},
    "Belgian": {"country": "be", "currency": "CHF", "tz": "Europe/Brussels"},
}
# Public holidays by law, from the calendars of 2012 and 2013.
HOLIDAYS = {
    "French": {
        *(date(2012, 1, 1), date(2012, 4, 9), date(2012, 5, 1), date(2012, 5, 8)),
        *(date(2012, 5, 17), date(2012, 5, 28), date(2012, 7, 14), date(2012, 8, 15)),
        *(date(2012, 11, 1), date(2012, 11, 11), date(2012, 12, 25), date(2013, 1, 1)),
        *(date(2013, 4, 1), date(2013, 5, 1), date(2013, 5, 8), date(2013, 5, 9)),
        date(2013, 5, 20),
    },
    "Belgian": {
        *(date(2012, 1, 1), date(2012, 4, 9), date(2012, 5, 1), date(2012, 5, 17)),
        *(date(2012, 5, 28), date(2012, 7, 21), date(2012, 8, 15), date(2012, 11, 1)),
        *(date(2012, 11, 11), date(2012, 12, 25), date(2013, 1, 1), date(2013, 4, 1)),
        *(date(2013, 5, 1), date(2013, 5, 9), date(2013, 5, 20)),
    },
}


@dataclass(frozen=True)
class Step:
    name: str
    days: int
    trigger: str = "due"
    channel: str = "email"
    automation: str = "automatic"
    working_delay: bool = False  # the delay counts working days
    working_only: bool = True  # the step is taken on working days only
    lapse: int = 0
    deadline: int = 0
    formal: bool = False
    thanks_for: str = "any"


@dataclass(frozen=True)
class Policy:
    steps: tuple
    by_invoice: bool
    entry: str
    interval: int
    minimum: Decimal


POLICIES = {
    # The customers of the ledger are seldom more than three weeks late, so the steps
    # of the courteous policy follow each other more closely here than in real life.
    "French": Policy(
        steps=(
            Step("pre-due", -5),
            Step("first", 5),
            Step("call", 9, channel="phone", automation="manual", lapse=4),
            Step("second", 12, deadline=3),
            Step(
                "formal notice",
                5,
                trigger="previous",
                channel="registered_letter",
                automation="approve",
                # What the law asks for at least, whatever the policy says.
                deadline=15,
                formal=True,
            ),
            Step("thanks", 0, trigger="payment"),
        ),
        by_invoice=False,
        entry="first",
        interval=3,
        minimum=Decimal(20),
    ),
    # No PDF for every formal notice: printing them all would tell nothing new.
    "Belgian": Policy(
        steps=(
            Step("pre-due", -5, working_only=False),
            Step("first", 3, working_delay=True),
            Step("second", 10),
            Step("formal notice", 15, automation="approve", deadline=15, formal=True),
            Step("thanks", 2, trigger="payment", thanks_for="in_time"),
        ),
        by_invoice=True,
        entry="latest",
        interval=0,
        minimum=Decimal(0),
    ),
}


@dataclass(frozen=True)
class Invoice:
    number: str
    customer: str
    company: str
    currency: str
    amount: Decimal
    issued: date
    due: date
    settled: date
    disputed: bool

    @property
    def dispute_ends(self):
        """The day it is turned down, or paid."""
        if int(self.customer[:4]) % 2:
            return self.settled
        return min(self.settled, self.due + timedelta(days=DISPUTE_DAYS))

    def is_open(self, day):
        """Whether it is owed at the end of ``day``."""
        return self.issued <= day < self.settled

    def is_disputed(self, day):
        return self.disputed and self.issued <= day < self.dispute_ends


def email_of(customer):
    return f"{customer.lower()}@example.com"


def is_called(customer):
    """Half of those to be called are reached; the other calls are never made."""
    return int(customer[3]) % 2 == 0


def days():
    day = FIRST_DAY
    while day <= LAST_DAY:
        yield day
        day += timedelta(days=1)


def read_ledger(path):
    """The invoices of the days that are replayed."""
    invoices = []
    with open(path, newline="") as handle:
        for row in csv.DictReader(handle):
            company = "Belgian" if row["country"] in BELGIAN_CUSTOMERS else "French"
            currency = COMPANIES[company]["currency"]
            if row["country"] == DOLLAR_CUSTOMERS and int(row["invoice"]) % 2:
                currency = "USD"
            invoices.append(
                Invoice(
                    number=row["invoice"],
                    customer=row["customer"],
                    company=company,
                    currency=currency,
                    amount=Decimal(row["amount"]),
                    issued=date.fromisoformat(row["invoice_date"]),
                    due=date.fromisoformat(row["due_date"]),
                    settled=date.fromisoformat(row["settled_date"]),
                    disputed=row["disputed"] == "yes",
                )
            )
    return [invoice for invoice in invoices if invoice.issued <= LAST_DAY]

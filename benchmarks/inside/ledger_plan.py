"""Who owes what since when: the plan of a ledger, made of plain values.

The same size and number of debtors give the same plan. Documents are in the order of
their days, as they would have been entered.
"""

import itertools
import random
from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum.iso7064 import mod_11_10
from stdnum.luhn import calc_check_digit

SEED = 20260101
FIRST_DUE, LAST_DUE = -400, 60  # days from the ledger's day
#: The debtor that one payment of a thousand invoices is made for, in the company's
#: currency, and how many of the ledger's invoices are its own.
BIG_DEBTOR = 1
BIG_SHARE, BIG_MAX = 0.3, 1200
#: Of a hundred invoices. Two tenths are paid in part or in full, one tenth is to be
#: paid in instalments.
SHAPES = {
    "open": 72,
    "instalments": 8,
    "part": 8,
    "part_instalments": 2,
    "paid": 10,
}
#: Of a hundred invoices that many are in the other currency.
FOREIGN = 15
#: Of a hundred debtors that many have a credit note and a payment not matched yet.
CREDITED = 5
#: Invoices whose payment has come in are due before the payment, which is no later
#: than the ledger's day.
LAST_PAID_DUE = -12
#: Amounts are a whole number of times those of the copied document.
FACTORS = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 60, 100)


@dataclass(frozen=True)
class Debtor:
    """A debtor of the ledger; ``profile`` counts from 0."""

    number: int
    profile: int
    house: int
    vat: str


@dataclass(frozen=True)
class Document:
    """A copy to be made: of which shape, for whom, how large, due when."""

    number: int
    debtor: Debtor
    currency: str
    shape: str
    due: date
    factor: int


def make_debtors(count, profiles):
    """The debtors, by the shares of their profiles; the first is the big one."""
    chance = random.Random(f"{SEED}-debtors")
    bounds = list(itertools.accumulate(profile.share for profile in profiles))
    debtors = []
    for number in range(1, count + 1):
        drawn = 0 if number == BIG_DEBTOR else chance.randrange(bounds[-1])
        profile = bisect_right(bounds, drawn)
        country = profiles[profile].country if profiles[profile].vat else ""
        debtors.append(
            Debtor(number, profile, profiles[profile].house, _vat(country, number))
        )
    return debtors


def _vat(country, number):
    """A number that is valid by its check digits."""
    if country == "FR":
        siren = f"{10_000_000 + number}"
        siren += calc_check_digit(siren)
        return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02}{siren}"
    if country == "BE":
        base = 4_000_000 + number
        return f"BE0{base:07}{97 - base % 97:02}"
    if country == "DE":
        base = f"{10_000_000 + number}"
        return f"DE{base}{mod_11_10.calc_check_digit(base)}"
    return ""


def make_documents(size, debtors, currencies, today):
    """The plan of ``size`` invoices, and of the credits of some debtors.

    :param currencies: for each house its own currency and the foreign one
    :return: list of :class:`Document` in the order of their due dates
    """
    chance = random.Random(f"{SEED}-{size}-{len(debtors)}")
    bounds = list(itertools.accumulate(SHAPES.values()))
    shapes = list(SHAPES)
    big = min(int(size * BIG_SHARE), BIG_MAX)
    documents = []
    for number in range(size):
        if number < big:
            debtor, currency, shape = debtors[BIG_DEBTOR - 1], 0, "open"
        else:
            # Few debtors have many invoices, many have few.
            debtor = debtors[int(len(debtors) * chance.random() ** 1.5)]
            currency = int(chance.randrange(100) < FOREIGN)
            shape = shapes[bisect_right(bounds, chance.randrange(100))]
        last = LAST_DUE if shape in ("open", "instalments") else LAST_PAID_DUE
        documents.append(
            Document(
                number,
                debtor,
                currencies[debtor.house][currency],
                shape,
                today + timedelta(days=chance.randint(FIRST_DUE, last)),
                chance.choice(FACTORS),
            )
        )
    credited = debtors[BIG_DEBTOR:]
    for debtor in chance.sample(credited, max(len(credited) * CREDITED // 100, 1)):
        for shape in ("credit_note", "payment"):
            documents.append(
                Document(
                    len(documents),
                    debtor,
                    currencies[debtor.house][0],
                    shape,
                    today - timedelta(days=chance.randint(0, 60)),
                    chance.choice(FACTORS),
                )
            )
    documents.sort(key=lambda document: (document.due, document.number))
    return documents

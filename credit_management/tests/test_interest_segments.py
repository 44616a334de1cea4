"""Interest over thirty years with ten thousand payments: lines that add up, and a walk.

The engine counts in integers over one denominator, which grows with each payment that
splits interest. The walk knows neither periods nor denominators: it goes from day to
day with eighty digits.
"""

import random
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal, localcontext

from odoo.tests import BaseCase, tagged

from ..engine.interest import interest
from ..engine.rates import Book, Rate, Series
from ..engine.regime import Claim, Event, Regime

COUNT = 10_000
START, UNTIL = date(1995, 12, 31), date(2025, 12, 31)
DAYS = [START + timedelta(days=n + 1) for n in range((UNTIL - START).days)]
#: {first day of a half-year: per cent}, from 8 to 13
PERCENTS = {
    date(year, month, 1): Decimal(800 + (year * 37 + month * 11) % 500).scaleb(-2)
    for year in range(1996, 2026)
    for month in (1, 7)
}
BOOK = Book(
    {
        "RATE": Series(
            "RATE",
            "half_year",
            tuple(Rate(day, percent) for day, percent in PERCENTS.items()),
        )
    }
)


def regime(allocation, compounding):
    return Regime(
        code="x",
        interest_start="due",
        rate_series="RATE",
        allocation=allocation,
        compounding=compounding,
    )


def mixed(dice):
    """Payments, payments that came back and credit notes, in cents."""
    kind = dice.choices(["payment", "back", "credit"], [55, 40, 5])[0]
    if kind == "back":
        return -dice.randint(10_000, 60_000), "payment"
    return dice.randint(20_000, 120_000) // (10 if kind == "credit" else 1), kind


def little_more(dice):
    """Payments of little more than the interest since the last one."""
    return dice.randint(33_000, 36_000), "payment"


def claim(make):
    dice = random.Random(20260630)
    days = sorted(dice.sample(DAYS, COUNT))
    events = tuple(Event(day, *make(dice)) for day in days)
    return Claim(100_000_000, START, events=events)


def walk(item, allocation, yearly):
    """(all interest, what was paid of it), day by day."""
    events = {event.day: event for event in item.events}
    base = unreduced = Decimal(item.principal)
    total = unpaid = paid = Decimal(0)
    for day in DAYS:
        percent = PERCENTS[date(day.year, 1 if day.month < 7 else 7, 1)]
        grown = max(base, Decimal(0)) * percent / 36500
        total += grown
        unpaid += grown
        event = events.get(day)
        if event and event.kind == "credit":
            base -= event.amount
            unreduced -= event.amount
        elif event and allocation == "principal":
            base -= event.amount
        elif event and event.amount >= 0:
            part = min(unpaid, Decimal(event.amount))
            unpaid, paid = unpaid - part, paid + part
            base -= event.amount - part
        elif event:
            back = -event.amount
            room = min(back, max(unreduced - base, Decimal(0)))
            part = min(back - room, paid)
            unpaid, paid = unpaid + part, paid - part
            base += back - part
        # A full year ends on 31 December.
        if yearly and (day.month, day.day) == (12, 31):
            base, unreduced, unpaid = base + unpaid, unreduced + unpaid, Decimal(0)
    return total, paid


def half_up(amount):
    return int((amount + Decimal("0.5")).to_integral_value(ROUND_FLOOR))


@tagged("post_install", "-at_install")
class TestInterestSegments(BaseCase):
    def _check(self, make, allocation, compounding):
        item = claim(make)
        result = interest(
            item, regime(allocation, compounding), None, BOOK, START, UNTIL
        )
        lines = result.segments
        self.assertEqual(sum(line.amount for line in lines), result.total)
        self.assertEqual(
            sum(each.to_interest for each in result.allocations), result.paid
        )
        self.assertEqual(len(result.allocations), COUNT)
        with localcontext() as context:
            context.prec = 80
            total, paid = walk(item, allocation, compounding == "yearly")
        self.assertEqual((result.total, result.paid), (half_up(total), half_up(paid)))
        return result

    def test_interest_first(self):
        result = self._check(mixed, "interest", "none")
        self.assertGreater(len(result.segments), COUNT)

    def test_principal_first(self):
        """The principal is paid after some years; nothing bears interest then."""
        self._check(mixed, "principal", "none")

    def test_compounded(self):
        result = self._check(mixed, "interest", "yearly")
        self.assertGreater(len(result.segments), COUNT)

    def test_payments_that_split_interest(self):
        """Each leaves a fraction in the base: the denominator grows to thousands of
        digits, and nothing is lost."""
        result = self._check(little_more, "interest", "none")
        self.assertGreater(result.exact.denominator.bit_length(), 10_000)

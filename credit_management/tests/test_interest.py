"""Interest of one item: the rules, one by one. Worked cases: ``golden_*.py``."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from odoo.tests import BaseCase, tagged

from ..engine.interest import (
    COMPOUNDED,
    SUSPENDED,
    interest,
    interest_totals,
    suspended_days,
)
from ..engine.rates import Book, MissingRate, Rate, Series
from ..engine.regime import Claim, Event, Regime, Terms

TEN = Series("TEN", "change", (Rate(date(2000, 1, 1), Decimal(10)),))
HALVES = Series(
    "HALVES",
    "half_year",
    (
        Rate(date(2026, 1, 1), Decimal("12.15"), "one"),
        Rate(date(2026, 7, 1), Decimal("12.40"), "two"),
    ),
)
BOOK = Book({"TEN": TEN, "HALVES": HALVES})
DUE = date(2026, 3, 1)


def regime(**values):
    return Regime(code="x", **{"rate_series": "TEN", "interest_start": "due", **values})


def claim(principal=3_650_000, due=DUE, **values):
    """At 10 % and 365 days 36,500.00 bears 10.00 a day."""
    return Claim(principal, due, **values)


def payment(day, amount, **values):
    return Event(day, amount, **values)


def credit(day, amount):
    return Event(day, amount, "credit")


@tagged("post_install", "-at_install")
class TestInterest(BaseCase):
    def count(self, item, days, rules=None, terms=None, start=DUE):
        return interest(
            item, rules or regime(), terms, BOOK, start, start + timedelta(days=days)
        )

    def test_runs_from_the_day_after(self):
        self.assertEqual(self.count(claim(), 0).total, 0)
        self.assertEqual(self.count(claim(), 1).total, 1000)
        self.assertEqual(self.count(claim(), 30).total, 30000)

    def test_nothing_before_the_start(self):
        self.assertEqual(self.count(claim(), -10).total, 0)
        self.assertEqual(self.count(claim(), -10).segments, ())

    def test_exact(self):
        self.assertEqual(self.count(claim(100), 1).exact, Fraction(10, 365))

    def test_rounded_half_up_once(self):
        # 1.825 x 10 % x 100 / 365 = 0.05; 1 day of 18.25: 0.005, up to 0.01.
        self.assertEqual(self.count(claim(1825), 1).exact, Fraction(1, 2))
        self.assertEqual(self.count(claim(1825), 1).total, 1)
        self.assertEqual(self.count(claim(1824), 1).total, 0)
        self.assertEqual(self.count(claim(1825), 3).total, 2)

    def test_payment_on_the_due_date(self):
        item = claim(events=(payment(DUE, 3_650_000),))
        self.assertEqual(self.count(item, 100).total, 0)

    def test_payment_day_bears_interest(self):
        item = claim(events=(payment(DUE + timedelta(days=10), 3_650_000),))
        self.assertEqual(self.count(item, 100).total, 10000)

    def test_later_payment_does_not_count(self):
        item = claim(events=(payment(DUE + timedelta(days=200), 3_650_000),))
        self.assertEqual(self.count(item, 100).total, 100_000)

    def test_credit_note_reduces_from_its_day(self):
        item = claim(events=(credit(DUE + timedelta(days=10), 1_825_000),))
        self.assertEqual(self.count(item, 20).total, 10000 + 5000)

    def test_overpaid(self):
        item = claim(events=(payment(DUE + timedelta(days=10), 9_000_000),))
        self.assertEqual(self.count(item, 100).total, 10000)

    def test_nothing_owed(self):
        self.assertEqual(self.count(claim(0), 10).total, 0)
        self.assertEqual(self.count(claim(-500), 10).total, 0)
        self.assertEqual(self.count(claim(-500), 10).exact, 0)

    def test_insolvency_stops(self):
        item = claim(insolvency_day=DUE + timedelta(days=11))
        self.assertEqual(self.count(item, 100).total, 10000)
        self.assertEqual(self.count(item, 100).until, DUE + timedelta(days=10))
        self.assertEqual(
            self.count(item, 100, regime(insolvency_stops=False)).total, 100_000
        )

    def test_insolvency_before_the_start(self):
        item = claim(insolvency_day=DUE - timedelta(days=11))
        self.assertEqual(self.count(item, 100).total, 0)

    def test_missing_rate(self):
        item = claim(due=date(2026, 12, 1))
        rules = regime(rate_series="HALVES")
        with self.assertRaises(MissingRate) as caught:
            self.count(item, 40, rules, start=item.due)
        self.assertEqual(caught.exception.period, "2027-S1")
        self.assertEqual(caught.exception.day, date(2027, 1, 1))

    def test_a_rate_that_is_not_needed_is_not_missed(self):
        rules = regime(rate_series="HALVES")
        for item in (
            claim(
                due=date(2026, 12, 1), events=(payment(date(2026, 12, 31), 3650000),)
            ),
            claim(due=date(2026, 12, 1), suspensions=((date(2027, 1, 1), None),)),
            claim(due=date(2026, 12, 1), insolvency_day=date(2027, 1, 1)),
        ):
            self.assertEqual(
                self.count(item, 60, rules, start=item.due).total,
                # 36500.00 x 12.40 % x 30 / 365 = 372.00
                37200,
            )


@tagged("post_install", "-at_install")
class TestAllocation(BaseCase):
    def count(self, *events, days=20, order="interest", **values):
        item = claim(events=events)
        until = DUE + timedelta(days=days)
        return interest(
            item, regime(allocation=order, **values), None, BOOK, DUE, until
        )

    def test_principal_first(self):
        half = payment(DUE + timedelta(days=10), 1_825_000)
        result = self.count(half, order="principal")
        self.assertEqual((result.total, result.paid), (15000, 0))

    def test_interest_first(self):
        # 10 days: 100.00; of 18,350.00 that much is interest and 18,250.00 principal.
        half = payment(DUE + timedelta(days=10), 1_835_000)
        result = self.count(half)
        self.assertEqual((result.total, result.paid), (15000, 10000))
        self.assertEqual(
            [(a.to_interest, a.to_principal) for a in result.allocations],
            [(10000, 1_825_000)],
        )

    def test_less_than_the_interest(self):
        small = payment(DUE + timedelta(days=10), 4000)
        result = self.count(small)
        self.assertEqual((result.total, result.paid), (20000, 4000))

    def test_choice_of_the_debtor(self):
        half = payment(DUE + timedelta(days=10), 1_825_000, order="principal")
        self.assertEqual(self.count(half).total, 15000)
        half = payment(DUE + timedelta(days=10), 1_835_000, order="interest")
        self.assertEqual(self.count(half, order="principal").total, 15000)

    def test_credit_note_never_goes_to_interest(self):
        result = self.count(credit(DUE + timedelta(days=10), 1_825_000))
        self.assertEqual((result.total, result.paid), (15000, 0))

    def test_payment_that_came_back(self):
        paid = payment(DUE + timedelta(days=10), 1_835_000)
        back = payment(DUE + timedelta(days=15), -1_835_000)
        # 10 days of 10.00, 5 of 5.00, 5 of 10.00: the base is no more than before.
        result = self.count(paid, back)
        self.assertEqual((result.total, result.paid), (17500, 0))
        self.assertEqual(result.allocations[1].to_interest, -10000)
        self.assertEqual(self.count(paid, back, order="principal").paid, 0)

    def test_came_back_after_a_credit_note(self):
        # Half is credited: the base may not grow beyond the other half.
        result = self.count(
            payment(DUE + timedelta(days=10), 200_000),
            credit(DUE + timedelta(days=10), 1_825_000),
            payment(DUE + timedelta(days=15), -200_000),
        )
        # 100.00 until the tenth day were paid, and are unpaid again.
        self.assertEqual(result.paid, 0)
        self.assertEqual(result.allocations[-1].to_interest, -10000)
        self.assertEqual(result.segments[-1].base, 1_825_000)

    def test_came_back_the_same_day(self):
        paid = payment(DUE + timedelta(days=10), 1_835_000)
        back = payment(DUE + timedelta(days=10), -1_835_000)
        for events in ((paid, back), (back, paid)):
            result = self.count(*events)
            self.assertEqual((result.total, result.paid), (20000, 0))


@tagged("post_install", "-at_install")
class TestSuspension(BaseCase):
    def days(self, *suspensions, limit=0):
        item = claim(
            suspensions=tuple(
                (DUE + timedelta(days=a), b and DUE + timedelta(days=b))
                for a, b in suspensions
            )
        )
        rules = regime(suspension_max_days=limit)
        until = DUE + timedelta(days=100)
        return interest(item, rules, None, BOOK, DUE, until).total // 1000

    def test_days_without_interest(self):
        self.assertEqual(self.days((11, 20)), 90)
        self.assertEqual(self.days((11, 11)), 99)

    def test_overlaps_count_once(self):
        self.assertEqual(self.days((11, 20), (15, 25), (12, 13)), 85)

    def test_neighbours(self):
        self.assertEqual(self.days((11, 20), (21, 30)), 80)

    def test_open_end(self):
        self.assertEqual(self.days((11, None)), 10)

    def test_beyond_the_period(self):
        self.assertEqual(self.days((-20, -1), (90, 200), (150, 160)), 89)
        self.assertEqual(self.days((-20, 10)), 90)

    def test_empty(self):
        self.assertEqual(self.days((20, 19)), 100)

    def test_limit_of_all_together(self):
        self.assertEqual(self.days((11, 40), (51, 80), limit=45), 55)
        self.assertEqual(self.days((11, None), limit=45), 55)

    def test_limit_counts_days_before_the_interest(self):
        self.assertEqual(self.days((-9, 20), limit=15), 95)

    def test_merged(self):
        item = claim(suspensions=((DUE, DUE), (DUE - timedelta(days=1), DUE)))
        self.assertEqual(
            suspended_days(item, regime()), [(DUE - timedelta(days=1), DUE)]
        )


@tagged("post_install", "-at_install")
class TestCompounding(BaseCase):
    def count(self, start, until, rules=None, terms=None, **values):
        rules = rules or regime(compounding="yearly")
        item = claim(1_000_000, start, **values)
        return interest(item, rules, terms, BOOK, start, until)

    def test_joins_after_a_year(self):
        # 10,000.00 at 10 %: 1,000.00 after a year, then 10 % of 11,000.00.
        start = date(2025, 3, 1)
        self.assertEqual(self.count(start, date(2026, 3, 1)).total, 100_000)
        self.assertEqual(self.count(start, date(2027, 3, 1)).total, 210_000)
        self.assertEqual(
            self.count(start, date(2026, 3, 2)).exact,
            100_000 + Fraction(1_100_000, 3650),
        )

    def test_not_by_itself(self):
        start, until = date(2025, 3, 1), date(2027, 3, 1)
        self.assertEqual(self.count(start, until, regime()).total, 200_000)

    def test_by_the_terms(self):
        start, until = date(2025, 3, 1), date(2027, 3, 1)
        terms = Terms(compounding=True)
        self.assertEqual(self.count(start, until, regime(), terms).total, 200_000)
        rules = regime(contract_compounding_allowed=True)
        self.assertEqual(self.count(start, until, rules, terms).total, 210_000)
        self.assertEqual(self.count(start, until, rules, Terms()).total, 200_000)

    def test_year_from_the_leap_day(self):
        # First day 29 February 2024: the year is full when 28 February 2025 ends.
        result = self.count(date(2024, 2, 28), date(2025, 3, 1))
        note = [s.first for s in result.segments if s.note == COMPOUNDED]
        self.assertEqual(note, [date(2025, 3, 1)])

    def test_paid_interest_does_not_join(self):
        start = date(2025, 3, 1)
        paid = (payment(date(2026, 3, 1), 100_000),)
        rules = regime(compounding="yearly", allocation="interest")
        result = self.count(start, date(2027, 3, 1), rules, events=paid)
        self.assertEqual((result.total, result.paid), (200_000, 100_000))


@tagged("post_install", "-at_install")
class TestExplanation(BaseCase):
    def test_lines(self):
        item = claim(100_000, date(2026, 6, 1), events=(payment(date(2026, 8, 1), 1),))
        rules = regime(rate_series="HALVES")
        result = interest(item, rules, None, BOOK, item.due, date(2026, 8, 31))
        self.assertEqual(
            [
                (s.first, s.last, s.days, s.base, str(s.percent), s.source)
                for s in result.segments
            ],
            [
                (date(2026, 6, 2), date(2026, 6, 30), 29, 100_000, "12.15", "one"),
                (date(2026, 7, 1), date(2026, 8, 1), 32, 100_000, "12.40", "two"),
                (date(2026, 8, 2), date(2026, 8, 31), 30, 99_999, "12.40", "two"),
            ],
        )
        self.assertEqual(sum(s.amount for s in result.segments), result.total)

    def test_years_of_different_length(self):
        rules = regime(day_count="act/act")
        result = interest(
            claim(), rules, None, BOOK, date(2022, 12, 31), date(2025, 1, 31)
        )
        self.assertEqual(
            [(s.first, s.days, s.year_days) for s in result.segments],
            [
                (date(2023, 1, 1), 365, 365),
                (date(2024, 1, 1), 366, 366),
                (date(2025, 1, 1), 31, 365),
            ],
        )

    def test_suspension_has_a_line(self):
        item = claim(suspensions=((date(2026, 3, 5), date(2026, 3, 9)),))
        result = interest(item, regime(), None, BOOK, DUE, date(2026, 3, 20))
        self.assertEqual(
            [(s.first, s.days, s.amount, s.note) for s in result.segments],
            [
                (date(2026, 3, 2), 3, 3000, ""),
                (date(2026, 3, 5), 5, 0, SUSPENDED),
                (date(2026, 3, 10), 11, 11000, ""),
            ],
        )

    def test_base_is_rounded(self):
        # A day of 18.25 bears half a cent: of 10.00, 9.995 are principal.
        events = (payment(DUE + timedelta(days=1), 1000),)
        rules = regime(allocation="interest")
        result = interest(
            claim(1825, events=events), rules, None, BOOK, DUE, date(2026, 3, 31)
        )
        self.assertEqual([s.base for s in result.segments], [1825, 826])

    def test_rounding_is_spread(self):
        # 3.65 at 10 % bears a tenth of a cent a day: ten lines, one cent.
        events = tuple(payment(DUE + timedelta(days=n), 0) for n in range(1, 10))
        result = interest(
            claim(365, events=events), regime(), None, BOOK, DUE, date(2026, 3, 11)
        )
        self.assertEqual([s.amount for s in result.segments].count(1), 1)
        self.assertEqual(len(result.segments), 10)
        self.assertEqual(result.total, 1)


@tagged("post_install", "-at_install")
class TestManyItems(BaseCase):
    def test_totals(self):
        """The fast way and the thorough way give the same."""
        items = [
            claim(),
            claim(0),
            claim(events=(payment(DUE, 650_000),)),
            claim(insolvency_day=date(2026, 3, 8)),
            claim(suspensions=((DUE, date(2026, 3, 8)),)),
            claim(12_345),
            claim(),
        ]
        starts = [item.due for item in items[:-1]] + [None]
        until = date(2026, 3, 31)
        for rules in (regime(), regime(compounding="yearly")):
            self.assertEqual(
                interest_totals(items, rules, None, BOOK, starts, until),
                [
                    interest(item, rules, None, BOOK, item.due, until).total
                    for item in items[:-1]
                ]
                + [0],
            )

    def test_thirty_years_and_ten_thousand_segments(self):
        start = date(1996, 1, 1)
        halves = Series(
            "OLD",
            "half_year",
            tuple(
                Rate(date(year, month, 1), Decimal("7.13") + year % 7)
                for year in range(1996, 2027)
                for month in (1, 7)
            ),
        )
        events = tuple(
            payment(start + timedelta(days=n), 10_000) for n in range(1, 10_001)
        )
        item = claim(150_000_000, start, events=events)
        for order in ("principal", "interest"):
            rules = regime(rate_series="OLD", allocation=order)
            result = interest(
                item, rules, None, Book({"OLD": halves}), start, date(2026, 1, 1)
            )
            self.assertGreater(len(result.segments), 10_000)
            self.assertEqual(sum(s.amount for s in result.segments), result.total)

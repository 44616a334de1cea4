"""A contested part and the charges on it: the rules, without a database."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import disputes
from ..engine.disputes import Claimed, Part
from ..engine.interest import interest
from ..engine.rates import Book, Rate, Series
from ..engine.regime import Claim, Event, Regime, Scale, Terms, Tier

DUE = date(2026, 1, 1)
BOOK = Book({"TEN": Series("TEN", "change", (Rate(date(2020, 1, 1), Decimal(10)),))})
REGIME = Regime(
    "b",
    interest_start="due",
    rate_series="TEN",
    indemnity=Scale((Tier(0, 4000),)),
    clause=Scale(),
    dispute_suspends=True,
    suspension_max_days=45,
)
TERMS = Terms(clause=Scale((Tier(0, 0, Decimal(10)),), minimum=1000))


def on(days):
    return DUE + timedelta(days=days)


def claim(principal=100000, **values):
    return Claim(principal, DUE, **values)


def total(one, until, regime=REGIME):
    return interest(one, regime, TERMS, BOOK, DUE, on(until)).total


@tagged("post_install", "-at_install")
class TestDisputedPart(BaseCase):
    def test_a_part_bears_no_interest_meanwhile(self):
        """1,000 at 10 % for 73 days are 20; 400 of it are set aside for 36.5 of 73."""
        self.assertEqual(total(claim(), 73), 2000)
        aside = claim(aside=((on(1), on(73), 40000),))
        limited = replace(REGIME, suspension_max_days=0)
        self.assertEqual(total(aside, 73, limited), 1200)
        # 45 days at most: the part bears interest for the other 28.
        self.assertEqual(total(aside, 73), 1200 + 307)
        self.assertEqual(total(claim(aside=((on(80), on(90), 40000),)), 73), 2000)

    def test_lines_of_the_explanation(self):
        found = interest(
            claim(aside=((on(11), on(20), 40000), (on(21), None, 200000))),
            replace(REGIME, suspension_max_days=0),
            TERMS,
            BOOK,
            DUE,
            on(30),
        )
        self.assertEqual(
            [(s.base, s.note, (s.last - DUE).days) for s in found.segments],
            [(100000, "", 10), (60000, "", 20), (100000, "suspended", 30)],
        )
        self.assertEqual(sum(s.amount for s in found.segments), found.total)

    @given(
        st.integers(1, 10**7),
        st.integers(0, 10**7),
        st.integers(0, 200),
        st.lists(st.tuples(st.integers(0, 200), st.integers(1, 10**6)), max_size=3),
    )
    def test_set_aside_is_as_if_it_were_two_items(self, rest, part, until, paid):
        """Without payments to interest the two parts add up."""
        regime = replace(REGIME, suspension_max_days=0)
        aside = ((on(10), on(90), part),)
        whole = claim(rest + part, aside=aside)
        halves = total(claim(rest), until) + total(
            claim(part, suspensions=((on(10), on(90)),)), until, regime
        )
        self.assertAlmostEqual(total(whole, until, regime), halves, delta=1)
        events = tuple(Event(on(day), amount) for day, amount in paid)
        paid_off = replace(whole, events=events)
        self.assertLessEqual(total(paid_off, until, regime), total(whole, until))

    def test_when_a_part_is_set_aside(self):
        parts = [
            Part(on(5), on(40), 100, withheld=True),
            Part(on(50), on(60), 200),
            Part(on(70), on(72), 300),
            Part(on(80), on(99), 0),
        ]
        after = replace(REGIME, dispute_suspends_after=10)
        self.assertEqual(
            disputes.aside(parts, after),
            ((on(15), on(40), 100), (on(60), on(60), 200)),
        )
        self.assertEqual(
            disputes.aside(parts, after, withheld=False), ((on(60), on(60), 200),)
        )
        self.assertEqual(
            disputes.aside(parts, replace(REGIME, dispute_suspends=False)), ()
        )

    def kept(self, accepted, *claimed, one=None):
        return disputes.kept(one or claim(), REGIME, TERMS, BOOK, accepted, claimed)

    def test_interest_on_the_accepted_part_falls_away(self):
        rows = (Claimed("interest", on(73), 2000), Claimed("interest", on(146), 2000))
        self.assertEqual(self.kept(40000, *rows), [1200, 1200])
        self.assertEqual(self.kept(100000, *rows), [0, 0])
        self.assertEqual(self.kept(0, *rows), [2000, 2000])
        # Half of it was paid in between: what was claimed since is less, too.
        paid = claim(events=(Event(on(73), 50000),))
        rows = (Claimed("interest", on(73), 2000), Claimed("interest", on(146), 1000))
        self.assertEqual(self.kept(40000, *rows, one=paid), [1200, 200])

    def test_the_indemnity_stays_while_something_is_late(self):
        fixed = Claimed("indemnity", on(20), 4000)
        self.assertEqual(self.kept(99999, fixed), [4000])
        self.assertEqual(self.kept(100000, fixed), [0])
        # What is not contested was paid in time: nothing was late.
        in_time = claim(events=(Event(DUE, 60000),))
        self.assertEqual(self.kept(40000, fixed, one=in_time), [0])
        # Paid after the due date it was late all the same.
        late = claim(events=(Event(on(2), 60000),))
        self.assertEqual(self.kept(40000, fixed, one=late), [4000])

    def test_clause_costs_and_what_is_no_part_of_it(self):
        self.assertEqual(self.kept(40000, Claimed("clause", on(20), 10000)), [6000])
        # The clause has a minimum.
        self.assertEqual(self.kept(95000, Claimed("clause", on(20), 10000)), [1000])
        self.assertEqual(self.kept(25000, Claimed("cost", on(20), 15000)), [11250])
        self.assertEqual(self.kept(25000, Claimed("fee", on(20), 750)), [750])

    def test_never_raised(self):
        self.assertEqual(self.kept(40000, Claimed("interest", on(73), 500)), [500])

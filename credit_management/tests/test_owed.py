"""What is to be paid now: the rules, without a database."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.owed import (
    Agreement,
    Open,
    Split,
    Terms,
    fill,
    promised_days,
    split,
)

TODAY = date(2026, 6, 17)


def day(number):
    return TODAY + timedelta(days=number)


def plan(parts, *claims):
    return Agreement(("plan", 1), frozenset(claims), tuple(parts), whole=True)


def promise(parts, *claims):
    return Agreement(("promise", 1), frozenset(claims), tuple(parts))


@tagged("post_install", "-at_install")
class TestOwed(BaseCase):
    def test_nothing_agreed(self):
        found, _terms = split([Open(1, 100, 70), Open(2, 50, 50, 20)], [], TODAY)
        self.assertEqual(found, {1: Split(0, 30, 0, 70), 2: Split(20, 0, 0, 30)})

    def test_a_payment_goes_to_what_is_not_contested(self):
        found, _terms = split([Open(1, 100, 70, 80)], [], TODAY)
        self.assertEqual(found[1], Split(80, 20, 0, 0))
        self.assertEqual(found[1].payable, 0)

    def test_plan(self):
        """All of its claims is agreed on; the instalments say when, fee included."""
        agreement = plan([(day(0), 60), (day(30), 60), (day(60), 65)], 1, 2)
        found, terms = split(
            [Open(1, 100, 100), Open(2, 80, 80), Open(3, 40, 40)], [agreement], TODAY
        )
        self.assertEqual([found[1].agreed, found[2].agreed], [100, 80])
        self.assertEqual(found[3], Split(0, 0, 0, 40))
        self.assertEqual(terms["plan", 1], Terms(60, 125, (day(30), 60)))

    def test_days_of_promises(self):
        """The first day for the oldest claim; what is contested has none."""
        claims = [Open(1, 100, 80), Open(2, 200, 200), Open(3, 50, 0)]
        parts = [(day(15), 150), (day(5), 100)]
        self.assertEqual(
            promised_days(claims, [promise(parts, 1, 2, 3)]),
            {1: [day(5)], 2: [day(5), day(15)]},
        )
        self.assertEqual(promised_days(claims, [plan(parts, 1, 2)]), {})

    def test_instalment_under_way(self):
        agreement = plan([(day(-1), 60), (day(30), 60), (day(60), 60)], 1)
        found, terms = split([Open(1, 180, 180, 60)], [agreement], TODAY)
        self.assertEqual(found[1], Split(60, 0, 120, 0))
        self.assertEqual(terms["plan", 1], Terms(0, 120, (day(30), 60)))

    def test_paid_without_a_journal_entry(self):
        """Agreements know of it: it is not taken off them again."""
        agreement = plan([(day(-1), 60), (day(30), 60)], 1)
        found, terms = split([Open(1, 180, 180, 60, 60)], [agreement], TODAY)
        self.assertEqual(found[1], Split(60, 0, 120, 0))
        self.assertEqual(terms["plan", 1], Terms(60, 60, (day(30), 60)))

    def test_fee_under_way(self):
        parts = ((day(-1), 60), (day(30), 65))
        agreement = Agreement(("plan", 1), frozenset({1}), parts, True, 5)
        _found, terms = split([Open(1, 120, 120)], [agreement], TODAY)
        self.assertEqual(terms["plan", 1], Terms(55, 65, (day(30), 65)))

    def test_promise_of_a_part(self):
        """What was not promised is owed as before, of the claim that is due last."""
        agreement = promise([(day(5), 120)], 1, 2)
        found, terms = split([Open(1, 100, 100), Open(2, 80, 80)], [agreement], TODAY)
        self.assertEqual(found, {1: Split(0, 0, 100, 0), 2: Split(0, 0, 20, 60)})
        self.assertEqual(terms["promise", 1], Terms(0, 120, (day(5), 120)))

    def test_the_rest_is_under_way_beside_a_promise(self):
        """What is paid as promised, or is more than the rest, pays the promise."""
        agreement = promise([(day(5), 60)], 1)
        for paid, named, left in (
            (40, 0, 60),
            (30, 0, 60),
            (70, 0, 30),
            (60, 60, 0),
            (50, 20, 40),
        ):
            with self.subTest(paid=paid, named=named):
                claim = Open(1, 100, 100, paid, as_promised=named)
                found, terms = split([claim], [agreement], TODAY)
                self.assertEqual(found[1].agreed, left)
                self.assertEqual(found[1].rest, 100 - paid - left)
                self.assertEqual(terms["promise", 1].later, left)
        # A plan is about all of it, however it is paid.
        found, terms = split([Open(1, 100, 100, 40)], [plan([(day(5), 100)], 1)], TODAY)
        self.assertEqual(terms["plan", 1].later, 60)

    def test_promise_whose_day_has_come(self):
        agreement = promise([(day(0), 40), (day(5), 60)], 1)
        _found, terms = split([Open(1, 100, 100)], [agreement], TODAY)
        self.assertEqual(terms["promise", 1], Terms(40, 60, (day(5), 60)))

    def test_contested_since_it_was_promised(self):
        agreement = promise([(day(2), 40), (day(5), 60)], 1)
        found, terms = split([Open(1, 100, 30)], [agreement], TODAY)
        self.assertEqual(found[1], Split(0, 70, 30, 0))
        self.assertEqual(terms["promise", 1], Terms(0, 30, (day(2), 30)))

    def test_in_two_agreements(self):
        """No claim is agreed on twice."""
        agreements = [
            plan([(day(3), 100)], 1),
            Agreement(("promise", 2), frozenset({1, 2}), ((day(1), 120),)),
        ]
        found, terms = split([Open(1, 100, 100), Open(2, 50, 50)], agreements, TODAY)
        self.assertEqual([found[1].agreed, found[2].agreed], [100, 50])
        self.assertEqual(terms["promise", 2].later, 50)

    @given(
        st.lists(
            st.tuples(st.integers(1, 500), st.integers(0, 500), st.integers(0, 500)),
            max_size=5,
        ),
        st.lists(
            st.tuples(
                st.sets(st.integers(0, 4)),
                st.lists(st.tuples(st.integers(-9, 9), st.integers(1, 400))),
            ),
            max_size=3,
        ),
    )
    def test_adds_up(self, amounts, agreed):
        claims = [Open(key, *values) for key, values in enumerate(amounts)]
        agreements = [
            Agreement(
                ("x", number),
                frozenset(keys),
                tuple((day(when), amount) for when, amount in parts),
            )
            for number, (keys, parts) in enumerate(agreed)
        ]
        found, terms = split(claims, agreements, TODAY)
        for claim in claims:
            parts = found[claim.key]
            values = (parts.under_way, parts.contested, parts.agreed, parts.rest)
            self.assertEqual(sum(values), claim.amount)
            self.assertGreaterEqual(min(values), 0)
        # What promises ask for is what they cover.
        self.assertEqual(
            sum(one.agreed for one in found.values()),
            sum(one.now + one.later for one in terms.values()),
        )

    def test_fill(self):
        self.assertEqual(fill([(1, 50), (2, 0), (3, 80)], 90), ({1: 50, 3: 40}, 0))
        self.assertEqual(fill([(1, 50), (1, 20)], 90), ({1: 70}, 20))

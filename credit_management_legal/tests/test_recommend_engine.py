"""Expected recovery less costs: worked examples and what always holds."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.recommend import (
    ONE,
    Chance,
    Way,
    chance,
    interval,
    outcome,
    recommend,
)

WAYS = st.builds(
    Way,
    code=st.sampled_from("abcd"),
    chance=st.builds(Chance, st.integers(0, ONE)),
    fee=st.integers(0, 10**7),
    costs=st.integers(0, 10**6),
    months=st.integers(0, 60),
    back=st.integers(0, 10**5),
    closed=st.sampled_from(["", "", "no mandate"]),
)
AMOUNTS = st.integers(0, 10**9)


@tagged("post_install", "-at_install")
class TestRecommendEngine(BaseCase):
    def test_worked_example(self):
        """1,000 at 40 %, 10 % fee, 20 of costs, half a year at 8 %."""
        way = Way("agency", Chance(4000), fee=10000, costs=2000, months=6)
        found = outcome(100000, way, 800)
        # (1,000 − 100) × 0.4 ÷ 1.04 = 346.15
        self.assertEqual((found.recovery, found.expected), (34615, 32615))

    def test_wilson(self):
        self.assertEqual(interval(0, 0), (0, ONE))
        low, high = interval(10, 20)
        self.assertEqual((low, high), (2992, 7008))
        self.assertEqual(interval(0, 20)[0], 0)
        self.assertEqual(interval(20, 20)[1], ONE)

    def test_enough_cases(self):
        found = chance(5, 19, 4000)
        self.assertEqual((found.points, found.assumed, found.number), (4000, True, 19))
        found = chance(5, 20, 4000)
        self.assertEqual((found.points, found.assumed), (2500, False))

    def test_best_and_closed(self):
        dunning = Way("dunning", Chance(3000), months=2)
        agency = Way("agency", Chance(4000), fee=10000, months=2)
        lawsuit = Way("lawsuit", Chance(9000), closed="limitation")
        rows = recommend(100000, [dunning, agency, lawsuit])
        self.assertEqual([r.way.code for r in rows], ["agency", "dunning", "lawsuit"])
        self.assertEqual([r.best for r in rows], [True, False, False])
        # Small claims don't pay for an agency's fee.
        rows = recommend(12000, [dunning, agency])
        self.assertEqual(rows[0].way.code, "dunning")

    def test_no_way_at_a_loss(self):
        lawsuit = Way("lawsuit", Chance(1000), costs=150000)
        give_up = Way("write_off", Chance(0))
        self.assertFalse(recommend(10000, [lawsuit])[0].best)
        rows = recommend(10000, [lawsuit, give_up])
        self.assertEqual((rows[0].way.code, rows[0].best), ("write_off", True))

    @settings(deadline=None)
    @given(AMOUNTS, st.lists(WAYS, max_size=5), st.integers(0, 3000))
    def test_sorted_and_complete(self, amount, ways, yearly):
        rows = recommend(amount, ways, yearly)
        self.assertEqual(len(rows), len(ways))
        opened = [row for row in rows if not row.way.closed]
        values = [row.expected for row in opened]
        self.assertEqual(values, sorted(values, reverse=True))
        self.assertLessEqual(sum(row.best for row in rows), 1)
        for row in opened:
            self.assertLessEqual(row.recovery, amount)
            self.assertGreaterEqual(row.expected, -row.way.costs)

    @settings(deadline=None)
    @given(AMOUNTS, WAYS, st.integers(0, 3000), st.integers(0, ONE))
    def test_a_better_chance_is_never_worse(self, amount, way, yearly, points):
        better = Way(
            way.code,
            Chance(max(points, way.chance.points)),
            way.fee,
            way.costs,
            way.months,
            way.back,
        )
        self.assertGreaterEqual(
            outcome(amount, better, yearly).expected,
            outcome(amount, way, yearly).expected,
        )

    @settings(deadline=None)
    @given(st.integers(1, 5000), st.data())
    def test_interval_holds_the_share(self, number, data):
        successes = data.draw(st.integers(0, number))
        low, high = interval(successes, number)
        share = Fraction(successes * ONE, number)
        self.assertLessEqual(low, share)
        self.assertGreaterEqual(high, share)
        # More cases of the same share: no wider.
        wide = interval(successes * 4, number * 4)
        self.assertLessEqual(wide[1] - wide[0], high - low + 2)

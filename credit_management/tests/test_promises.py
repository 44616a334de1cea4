"""Promises, plans and gain: the rules, without a database."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import gain, plans, promises

TODAY = date(2026, 6, 17)
LIMITS = promises.PromiseLimits(max_days=30, min_share=50)
amounts = st.integers(1, 10**9)
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


def on(offset):
    return TODAY + timedelta(days=offset)


@tagged("post_install", "-at_install")
class TestPromises(BaseCase):
    def test_limits_on_both_sides(self):
        cases = [
            ([], {"nothing", "little"}),
            ([(on(5), 0)], {"nothing", "little"}),
            ([(on(5), -100)], {"nothing", "little"}),
            ([(on(5), 500)], set()),
            ([(on(5), 499)], {"little"}),
            ([(on(5), 1000)], set()),
            ([(on(5), 1001)], {"much"}),
            ([(on(0), 1000)], set()),
            ([(on(-1), 1000)], {"past"}),
            ([(on(30), 1000)], set()),
            ([(on(31), 1000)], {"late"}),
            ([(on(5), 500), (on(9), 500)], set()),
            ([(on(5), 500), (on(5), 500)], {"twice"}),
            ([(on(5), 500), (on(9), 501)], {"much"}),
        ]
        for wanted, codes in cases:
            with self.subTest(wanted=wanted):
                found = promises.check(wanted, 1000, LIMITS, TODAY)
                self.assertEqual(set(found), codes)

    def test_smallest_share_is_rounded_up(self):
        self.assertEqual(promises.smallest(1001, LIMITS), 501)
        self.assertEqual(promises.smallest(0, LIMITS), 0)

    def test_outcome(self):
        cases = [
            (1000, 0, 1000, 3, "kept"),
            (999, 0, 1000, 3, "open"),
            (999, 0, 1000, 0, "open"),
            (999, 0, 1000, -1, "partly"),
            (0, 0, 1000, -1, "broken"),
            (-50, 0, 1000, -1, "broken"),
            # What was promised for an earlier day is paid first.
            (500, 500, 500, -1, "broken"),
            (501, 500, 500, -1, "partly"),
            (1000, 500, 500, -1, "kept"),
        ]
        for paid, before, amount, grace, state in cases:
            with self.subTest(paid=paid, before=before, grace=grace):
                found = promises.outcome(paid, before, amount, on(grace), TODAY)
                self.assertEqual(found, state)

    @given(st.lists(amounts, min_size=1, max_size=8), st.integers(-(10**9), 10**10))
    def test_parts_of_a_series_sum_to_what_was_paid(self, series, paid):
        parts, before = [], 0
        for amount in series:
            parts.append(promises.paid_part(paid, before, amount))
            before += amount
        self.assertEqual(sum(parts), max(0, min(paid, sum(series))))

    def test_besides(self):
        """Of 500 promised beside a rest of 500: what goes to the rest."""
        for paid, first, chosen, as_promised, besides in (
            (500, 500, 500, 0, 500),
            (700, 500, 700, 0, 500),
            (500, 500, 0, 500, 0),
            (500, 500, 0, 0, 500),
            (500, 200, 0, 0, 200),
            # The grace is over.
            (500, 0, 0, 0, 0),
            (800, 0, 300, 0, 300),
            (900, 500, 300, 500, 400),
        ):
            with self.subTest(paid=paid, first=first, chosen=chosen):
                self.assertEqual(
                    promises.besides(paid, 500, first, chosen, as_promised), besides
                )


@tagged("post_install", "-at_install")
class TestPlans(BaseCase):
    def test_schedule(self):
        self.assertEqual(
            plans.schedule(10000, 3, date(2026, 1, 31)),
            (
                (date(2026, 1, 31), 3333),
                (date(2026, 2, 28), 3333),
                (date(2026, 3, 31), 3334),
            ),
        )
        self.assertEqual(
            plans.schedule(100, 2, date(2026, 12, 30), "two_weeks"),
            ((date(2026, 12, 30), 50), (date(2027, 1, 13), 50)),
        )
        # Five cents are the smallest coin.
        self.assertEqual(
            [part[1] for part in plans.schedule(1001, 3, TODAY, "week", step=5)],
            [330, 330, 341],
        )

    def test_schedules_that_cannot_be(self):
        for total, number in ((100, 0), (100, -1), (2, 3), (100, 121), (0, 1)):
            with self.subTest(total=total, number=number):
                with self.assertRaises(ValueError):
                    plans.schedule(total, number, TODAY)

    @given(
        amounts,
        st.integers(1, 120),
        days,
        st.sampled_from(["month", "two_weeks", "week"]),
    )
    def test_schedule_sums_and_grows(self, total, number, first, frequency):
        if total < number:
            total = number
        found = plans.schedule(total, number, first, frequency)
        self.assertEqual(sum(amount for _day, amount in found), total)
        self.assertEqual(len(found), number)
        listed = [day for day, _amount in found]
        self.assertEqual(listed, sorted(set(listed)))
        self.assertEqual(listed[0], first)
        self.assertTrue(all(amount > 0 for _day, amount in found))
        # The last one takes the rest: less than a unit for each instalment.
        self.assertLess(found[-1][1] - found[0][1], number)

    def test_limits_on_both_sides(self):
        limits = plans.PlanLimits(max_number=3, min_amount=100, max_days=90)
        cases = [
            (plans.schedule(300, 3, on(1)), set()),
            (plans.schedule(400, 4, on(1), "week"), {"number"}),
            (plans.schedule(299, 3, on(1)), {"amount"}),
            (plans.schedule(99, 1, on(1)), {"amount"}),
            (plans.schedule(300, 1, on(90)), set()),
            (plans.schedule(300, 1, on(91)), {"duration"}),
            (plans.schedule(300, 1, on(0)), set()),
            (plans.schedule(300, 1, on(-1)), {"past"}),
        ]
        for schedule, codes in cases:
            with self.subTest(schedule=schedule):
                found = plans.within_limits(schedule, limits, TODAY)
                self.assertEqual(set(found), codes)

    def test_late_at_start(self):
        instalments = [(on(-1), 100), (on(0), 100), (on(9), 100)]
        for paid, late in ((0, True), (99, True), (100, False), (300, False)):
            with self.subTest(paid=paid):
                self.assertEqual(plans.late_at_start(instalments, paid, TODAY), late)
        self.assertFalse(plans.late_at_start(instalments[1:], 0, TODAY))
        self.assertFalse(plans.late_at_start([], 0, TODAY))

    @given(st.lists(amounts, min_size=1, max_size=24), st.integers(-100, 10**11))
    def test_settle_in_order(self, wanted, paid):
        parts = plans.settle(wanted, paid)
        self.assertEqual(sum(parts), max(0, min(paid, sum(wanted))))
        seen_open = False
        for amount, part in zip(wanted, parts, strict=True):
            self.assertTrue(0 <= part <= amount)
            self.assertFalse(seen_open and part)
            seen_open = seen_open or part < amount

    def test_states(self):
        self.assertEqual(plans.line_state(TODAY, 100, 100, on(9)), "paid")
        self.assertEqual(plans.line_state(TODAY, 100, 99, TODAY), "open")
        self.assertEqual(plans.line_state(TODAY, 100, 99, on(1)), "late")
        lines = [(on(-10), 100, 100), (on(-5), 100, 40), (on(25), 100, 0)]
        self.assertEqual(plans.plan_state(lines, 5, TODAY), "active")
        self.assertEqual(plans.plan_state(lines, 4, TODAY), "broken")
        paid = [(day, amount, amount) for day, amount, _part in lines]
        self.assertEqual(plans.plan_state(paid, 0, TODAY), "done")


@tagged("post_install", "-at_install")
class TestGain(BaseCase):
    def test_figures(self):
        self.assertEqual(gain.chance(0), 95)
        self.assertEqual(gain.chance(1), 90)
        self.assertEqual(gain.chance(31), 75)
        self.assertEqual(gain.chance(9999), 10)
        self.assertEqual(gain.chance(10, broken=2), 45)
        self.assertEqual(gain.age_factor(-5), Decimal("0.5"))
        self.assertEqual(gain.age_factor(45), Decimal("0.75"))
        self.assertEqual(gain.age_factor(900), 1)
        # 1,000 x 60 % x 1
        self.assertEqual(gain.gain(Decimal(1000), 90), 600)

    @given(st.integers(0, 10**9), st.integers(-400, 4000), st.integers(0, 50))
    def test_never_more_than_the_amount(self, cents, overdue, kept):
        amount = Decimal(cents) / 100
        self.assertTrue(0 <= gain.gain(amount, overdue, kept) <= amount)

    @given(st.integers(-400, 4000), st.integers(0, 50), st.integers(0, 50))
    def test_what_lowers_the_chance(self, overdue, kept, broken):
        here = gain.chance(overdue, kept, broken)
        self.assertTrue(0 < here <= 95)
        self.assertLessEqual(gain.chance(overdue + 1, kept, broken), here)
        self.assertLessEqual(gain.chance(overdue, kept, broken + 1), here)
        self.assertGreaterEqual(gain.chance(overdue, kept + 1, broken), here)

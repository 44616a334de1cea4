"""What must hold of interest and charges whatever the figures are."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.charges import (
    Assessor,
    Withheld,
    assess,
    assess_costs,
    clause_amount,
    scale_amount,
    spread,
)
from ..engine.daycount import DAY_COUNTS
from ..engine.interest import ROUNDINGS, interest, interest_totals
from ..engine.rates import Book, Rate, Series, schedule
from ..engine.regime import Claim, Event, Regime, Scale, Terms, Tier

FIRST, LAST = date(2019, 1, 1), date(2026, 12, 31)
HALF_YEARS = [date(year, month, 1) for year in range(2019, 2027) for month in (1, 7)]
KINDS = frozenset({"interest", "indemnity", "clause"})

DAYS = st.dates(FIRST, LAST)
PERCENTS = st.integers(0, 3000).map(lambda value: Decimal(value).scaleb(-2))
AMOUNTS = st.integers(0, 5_000_000)
SHARES = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


@st.composite
def books(draw):
    """A book with three series over the same half-years."""
    return Book(
        {
            code: Series(
                code,
                "half_year",
                tuple(Rate(day, draw(PERCENTS), code) for day in HALF_YEARS),
            )
            for code in ("RATE", "FLOOR", "CAP")
        }
    )


@st.composite
def events(draw):
    kind = draw(st.sampled_from(["payment", "payment", "credit"]))
    order = draw(st.sampled_from([None, None, "interest", "principal"]))
    return Event(draw(DAYS), draw(AMOUNTS), kind, None if kind == "credit" else order)


@st.composite
def claims(draw):
    first = draw(DAYS)
    suspensions = st.tuples(DAYS, st.integers(0, 200)).map(
        lambda days: (days[0], days[0] + timedelta(days=days[1]))
    )
    return Claim(
        draw(AMOUNTS),
        first,
        events=tuple(draw(st.lists(events(), max_size=6))),
        suspensions=tuple(draw(st.lists(suspensions, max_size=3))),
        insolvency_day=draw(st.none() | DAYS),
    )


@st.composite
def regimes(draw):
    return Regime(
        code="x",
        interest_start="due",
        rate_series="RATE",
        floor_series="FLOOR",
        cap_series="CAP",
        day_count=draw(st.sampled_from(sorted(DAY_COUNTS))),
        compounding=draw(st.sampled_from(["none", "none", "yearly"])),
        allocation=draw(st.sampled_from(["principal", "interest"])),
        suspension_max_days=draw(st.sampled_from([0, 45])),
        rounding=draw(st.sampled_from(sorted(ROUNDINGS))),
        indemnity=Scale((Tier(0, 4000),)),
        clause=Scale(),
    )


PLAIN = regimes().map(
    lambda regime: replace(regime, compounding="none", allocation="principal")
)


def without_choice(claim):
    """The claim without the debtor's choices, so that the regime's order decides."""
    return replace(
        claim, events=tuple(replace(event, order=None) for event in claim.events)
    )


@tagged("post_install", "-at_install")
class TestInterestProperties(BaseCase):
    @given(book=books(), regime=regimes(), claim=claims(), until=DAYS)
    @settings(max_examples=300, deadline=None)
    def test_never_negative_and_explained_to_the_cent(self, book, regime, claim, until):
        result = interest(claim, regime, None, book, claim.due, until)
        self.assertGreaterEqual(result.total, 0)
        self.assertTrue(0 <= result.paid <= result.total)
        amounts = [line.amount for line in result.segments]
        self.assertEqual(sum(amounts), result.total)
        self.assertTrue(all(amount >= 0 for amount in amounts))
        self.assertEqual(
            sum(each.to_interest for each in result.allocations), result.paid
        )
        self.assertEqual(
            [each.to_interest + each.to_principal for each in result.allocations],
            [each.amount for each in result.allocations],
        )
        exact = result.exact
        rounded = ROUNDINGS[regime.rounding]
        self.assertEqual(result.total, rounded(exact.numerator, exact.denominator))

    @given(
        book=books(),
        regime=regimes(),
        claim=claims(),
        until=DAYS,
        rounding=st.sampled_from(sorted(ROUNDINGS)),
    )
    @settings(max_examples=200, deadline=None)
    def test_rounded_once_as_the_regime_says(
        self, book, regime, claim, until, rounding
    ):
        """Whatever the rounding, lines add up, and many at once get what each gets."""
        regime = replace(regime, rounding=rounding)
        for item in (claim, replace(claim, events=(), suspensions=())):
            result = interest(item, regime, None, book, item.due, until)
            exact = result.exact
            expected = {
                "half_up": Fraction(exact + Fraction(1, 2)).__floor__(),
                # Python rounds fractions half to even.
                "half_even": round(exact),
                "down": exact.__floor__(),
            }[rounding]
            self.assertEqual(result.total, expected)
            self.assertEqual(sum(line.amount for line in result.segments), expected)
            self.assertEqual(
                sum(each.to_interest for each in result.allocations), result.paid
            )
            totals = interest_totals([item], regime, None, book, [item.due], until)
            self.assertEqual(totals, [expected])

    @given(book=books(), regime=regimes(), claim=claims(), until=DAYS)
    @settings(max_examples=200, deadline=None)
    def test_lines_follow_one_another(self, book, regime, claim, until):
        lines = interest(claim, regime, None, book, claim.due, until).segments
        for line, following in zip(lines, lines[1:], strict=False):
            self.assertLess(line.last, following.first)
        for line in lines:
            self.assertLessEqual(line.first, line.last)
            self.assertGreater(line.first, claim.due)
            self.assertLessEqual(line.last, until)
            # Rounding moves less than a unit in or out; a rounded base half a one.
            share = Fraction(line.percent) * line.days / (100 * line.year_days)
            self.assertLess(abs(line.amount - line.base * share), 2 + share)

    @given(
        book=books(),
        regime=regimes(),
        claim=claims(),
        days=st.tuples(DAYS, DAYS).map(sorted),
    )
    @settings(max_examples=200, deadline=None)
    def test_grows_with_days(self, book, regime, claim, days):
        totals = [
            interest(claim, regime, None, book, claim.due, day).exact for day in days
        ]
        self.assertLessEqual(totals[0], totals[1])

    @given(
        book=books(),
        regime=regimes(),
        claim=claims(),
        more=st.integers(1, 1_000_000),
        until=DAYS,
    )
    @settings(max_examples=200, deadline=None)
    def test_grows_with_the_base(self, book, regime, claim, more, until):
        larger = replace(claim, principal=claim.principal + more)
        results = [
            interest(each, regime, None, book, claim.due, until)
            for each in (claim, larger)
        ]
        self.assertLessEqual(results[0].exact, results[1].exact)
        self.assertLessEqual(results[0].total, results[1].total)

    @given(book=books(), regime=PLAIN, claim=claims(), split=DAYS, until=DAYS)
    @settings(max_examples=300, deadline=None)
    def test_additive_over_split_periods(self, book, regime, claim, split, until):
        """Two periods give what one gives where no interest joins the base."""
        split, until = sorted((split, until))
        claim, start = without_choice(claim), min(claim.due, split)
        parts = [
            interest(claim, regime, None, book, first, last).exact
            for first, last in ((start, split), (split, until))
        ]
        whole = interest(claim, regime, None, book, start, until).exact
        self.assertEqual(sum(parts), whole)

    @given(book=books(), regime=regimes(), claim=claims(), split=DAYS, until=DAYS)
    @settings(max_examples=200, deadline=None)
    def test_lines_until_a_day_are_the_interest_until_it(
        self, book, regime, claim, split, until
    ):
        """The same holds for every rule if both periods count from the same start.

        What is claimed later is the whole interest less what was claimed before.
        """
        split, until = sorted((split, until))
        before = interest(claim, regime, None, book, claim.due, split)
        # A payment of nothing makes a border and changes nothing.
        mark = Event(split, 0, order="principal")
        marked = replace(claim, events=(*claim.events, mark))
        whole = interest(marked, regime, None, book, claim.due, until)
        self.assertEqual(
            sum(line.amount for line in whole.segments if line.last <= split),
            before.total,
        )
        self.assertEqual(
            whole.exact, interest(claim, regime, None, book, claim.due, until).exact
        )

    @given(book=books(), regime=regimes(), claim=claims(), until=DAYS, data=st.data())
    @settings(max_examples=200, deadline=None)
    def test_order_of_events_does_not_matter(self, book, regime, claim, until, data):
        shuffled = replace(
            claim,
            events=tuple(data.draw(st.permutations(claim.events))),
            suspensions=tuple(data.draw(st.permutations(claim.suspensions))),
        )
        self.assertEqual(
            interest(claim, regime, None, book, claim.due, until).segments,
            interest(shuffled, regime, None, book, claim.due, until).segments,
        )

    @given(
        book=books(),
        regime=regimes(),
        items=st.lists(claims(), min_size=2, max_size=5),
        until=DAYS,
        data=st.data(),
    )
    @settings(max_examples=100, deadline=None)
    def test_order_of_items_does_not_matter(self, book, regime, items, until, data):
        order = data.draw(st.permutations(range(len(items))))
        totals = interest_totals(
            items, regime, None, book, [item.due for item in items], until
        )
        turned = [items[place] for place in order]
        # A new book: nothing may depend on what was worked out before.
        fresh = Book({code: book[code] for code in ("RATE", "FLOOR", "CAP")})
        self.assertEqual(
            interest_totals(
                turned, regime, None, fresh, [item.due for item in turned], until
            ),
            [totals[place] for place in order],
        )
        self.assertEqual(
            totals,
            [
                interest(item, regime, None, book, item.due, until).total
                for item in items
            ],
        )

    @given(book=books(), regime=regimes(), claim=claims(), until=DAYS)
    @settings(max_examples=100, deadline=None)
    def test_paid_on_the_due_date(self, book, regime, claim, until):
        paid = replace(claim, events=(Event(claim.due, claim.principal),))
        result = interest(paid, regime, None, book, claim.due, until)
        self.assertEqual((result.total, result.segments), (0, ()))
        terms = Terms(clause=Scale((Tier(0, 1000),)))
        assessment = assess(paid, regime, terms, KINDS, until, book)
        self.assertEqual(assessment.total, 0)
        self.assertEqual({each.kind for each in assessment.withheld}, KINDS)

    @given(book=books(), regime=regimes(), claim=claims(), until=DAYS)
    @settings(max_examples=100, deadline=None)
    def test_interest_first_is_never_less(self, book, regime, claim, until):
        claim = without_choice(claim)
        totals = [
            interest(
                claim, replace(regime, allocation=order), None, book, claim.due, until
            ).exact
            for order in ("principal", "interest")
        ]
        self.assertLessEqual(*totals)

    @given(
        book=books(),
        regime=regimes(),
        rate=PERCENTS,
        days=st.tuples(DAYS, DAYS).map(sorted),
    )
    @settings(max_examples=200, deadline=None)
    def test_agreed_rates_stay_between_the_limits(self, book, regime, rate, days):
        pieces = schedule(book, regime, Terms(rate=rate), *days)
        self.assertEqual(pieces[0].first, days[0])
        self.assertEqual(pieces[-1].last, days[1])
        for piece, following in zip(pieces, pieces[1:], strict=False):
            self.assertEqual(piece.last + timedelta(days=1), following.first)
        for piece in pieces:
            floor = book["FLOOR"].at(piece.first).percent
            cap = book["CAP"].at(piece.first).percent
            self.assertLessEqual(piece.percent, cap)
            if floor <= cap:
                self.assertEqual(piece.percent, min(max(rate, floor), cap))


@tagged("post_install", "-at_install")
class TestDayCountProperties(BaseCase):
    @given(start=DAYS, days=st.integers(0, 1500))
    @settings(max_examples=200, deadline=None)
    def test_days_add_up(self, start, days):
        for name, counting in DAY_COUNTS.items():
            numbers = [
                counting.number(start + timedelta(days=offset))
                for offset in range(days + 1)
            ]
            steps = [
                after - before
                for before, after in zip(numbers, numbers[1:], strict=False)
            ]
            self.assertTrue(all(step >= 0 for step in steps), name)
            # A day is a 360th to a 366th; the end of February up to three of them.
            most = 3 if name == "30e/360" else 1
            self.assertTrue(
                all(step <= most * Fraction(counting.year, 360) for step in steps)
            )

    @given(year=st.integers(1990, 2100))
    @settings(max_examples=100, deadline=None)
    def test_a_year_is_a_year(self, year):
        for name in ("30e/360", "act/act"):
            counting = DAY_COUNTS[name]
            number = counting.number(date(year, 12, 31))
            before = counting.number(date(year - 1, 12, 31))
            self.assertEqual(number - before, counting.year, name)


@tagged("post_install", "-at_install")
class TestChargesProperties(BaseCase):
    scales = st.builds(
        Scale,
        st.lists(
            st.builds(Tier, st.integers(0, 10**6), st.integers(0, 10**5), PERCENTS),
            max_size=4,
            unique_by=lambda tier: tier.above,
        ).map(tuple),
        st.booleans(),
        st.none() | st.integers(0, 10**4),
        st.none() | st.integers(10**4, 10**6),
    )

    @given(scale=scales, base=st.integers(-100, 10**8))
    @settings(max_examples=300, deadline=None)
    def test_scales_stay_within_their_bounds(self, scale, base):
        amount = scale_amount(scale, base)
        self.assertGreaterEqual(amount, 0)
        if base > 0:
            if scale.minimum is not None:
                self.assertGreaterEqual(amount, scale.minimum)
            if scale.maximum is not None:
                self.assertLessEqual(amount, scale.maximum)
        else:
            self.assertEqual(amount, 0)

    @given(scale=scales, bases=st.tuples(AMOUNTS, AMOUNTS).map(sorted))
    @settings(max_examples=300, deadline=None)
    def test_scales_that_add_up_grow_with_the_claim(self, scale, bases):
        scale = replace(scale, cumulative=True)
        amounts = [scale_amount(scale, base) for base in bases]
        self.assertLessEqual(*amounts)

    @given(own=scales, limit=scales, base=st.integers(1, 10**8))
    @settings(max_examples=300, deadline=None)
    def test_clause_is_never_above_the_law(self, own, limit, base):
        regime = Regime(code="x", clause=limit)
        amount = clause_amount(regime, Terms(clause=own), base)
        self.assertLessEqual(amount, scale_amount(own, base))
        if limit.tiers:
            self.assertLessEqual(amount, scale_amount(limit, base))
        if limit.maximum is not None:
            self.assertLessEqual(amount, limit.maximum)
        self.assertIsNone(clause_amount(Regime(code="x"), Terms(clause=own), base))

    @given(total=st.integers(0, 10**9), weights=SHARES)
    @settings(max_examples=300, deadline=None)
    def test_shares_add_up(self, total, weights):
        shares = spread(total, weights)
        self.assertEqual(sum(shares), total)
        if not sum(weights):
            return
        for share, weight in zip(shares, weights, strict=True):
            exact = Fraction(total * weight, sum(weights))
            self.assertLess(abs(share - exact), 1)

    @given(items=st.lists(claims(), max_size=6), today=DAYS)
    @settings(max_examples=100, deadline=None)
    def test_costs_add_up(self, items, today):
        regime = Regime(
            code="x", cost=Scale((Tier(0, percent=Decimal(15)),), minimum=4000)
        )
        costs = assess_costs(items, regime, today)
        self.assertEqual(len(costs.shares), len(items))
        self.assertEqual(sum(costs.shares), costs.amount)

    @given(book=books(), regime=regimes(), claim=claims(), today=DAYS)
    @settings(max_examples=200, deadline=None)
    def test_every_kind_is_claimed_or_withheld(self, book, regime, claim, today):
        terms = Terms(clause=Scale((Tier(0, 1000),)))
        assessment = assess(claim, regime, terms, KINDS, today, book)
        withheld = {each.kind for each in assessment.withheld}
        self.assertEqual(withheld | set(assessment.amounts), KINDS)
        self.assertFalse(withheld & set(assessment.amounts))
        self.assertTrue(all(isinstance(each, Withheld) for each in assessment.withheld))

    @given(
        book=books(),
        regime=regimes(),
        claim=claims(),
        items=st.lists(
            st.tuples(AMOUNTS, st.just(0) | AMOUNTS), min_size=2, max_size=5
        ),
        indemnity=scales,
        clause=scales,
        today=DAYS,
    )
    @settings(max_examples=300, deadline=None)
    def test_many_at_once_get_what_each_gets(
        self, book, regime, claim, items, indemnity, clause, today
    ):
        """To the minor unit, with and without payments, whatever came before."""
        regime = replace(regime, indemnity=indemnity, contract_compounding_allowed=True)
        terms = Terms(clause=clause, compounding=claim.principal % 2 == 0)
        assessor = Assessor(KINDS, today, book)
        for events in ((), claim.events):
            for principal, before in items:
                item = replace(claim, principal=principal, before=before, events=events)
                alone = assess(item, regime, terms, KINDS, today, book)
                found = assessor.assess(item, regime, terms)
                self.assertEqual(found.amounts, alone.amounts)
                self.assertEqual(found.withheld, alone.withheld)
                self.assertEqual(found.start, alone.start)
                self.assertEqual(str(found.missing), str(alone.missing))

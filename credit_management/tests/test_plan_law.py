"""What a plan may cost, without a database: the law, the days, the last unit."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import charges, plan_charges, plans
from ..engine.plan_charges import PlannedItem, Wish
from ..engine.rates import Book, Rate, Series
from ..engine.regime import Claim, Regime, Terms

TODAY = date(2026, 6, 17)
BOOK = Book(
    {
        "TEN": Series("TEN", "change", (Rate(date(2020, 1, 1), Decimal(10)),)),
        "CAP": Series("CAP", "change", (Rate(date(2020, 1, 1), Decimal(6)),)),
        "OLD": Series("OLD", "year", (Rate(date(2020, 1, 1), Decimal(4)),)),
    }
)
BUSINESS = Regime(
    "b",
    interest_start="due",
    rate_series="TEN",
    interest_article="art. 1",
    rate_article="art. 1a",
    fee_article="art. 2",
)
CONSUMER = Regime(
    "c",
    kind="consumer",
    interest_start="reminder",
    interest_by_contract_only=True,
    cap_series="CAP",
    interest_article="art. 3",
    fee_max=750,
    fee_free_count=1,
    fee_article="art. 4",
    first_reminder_required=True,
    held_back=frozenset(("interest", "fee")),
    wait_article="art. 5",
)
DUE = TODAY - timedelta(days=30)
AGREED = Terms(rate=Decimal(12), fee=1000)


def on(days):
    return TODAY + timedelta(days=days)


def item(regime=BUSINESS, terms=None, amount=100000, **claim):
    values = {"principal": amount, "due": DUE, **claim}
    return PlannedItem(Claim(**values), amount, regime, terms or Terms())


@tagged("post_install", "-at_install")
class TestPlanLaw(BaseCase):
    def interest(self, one, days=(73, 146)):
        instalments = [(on(day), one.amount // len(days)) for day in days]
        rows, withheld = plan_charges.interest_rows([one], instalments, TODAY, BOOK)
        return sum(row.amount for row in rows), [
            (w.reason, w.article) for w in withheld
        ]

    def test_interest_on_what_is_left(self):
        """10 % on 1,000 for 73 days is 20; half of it is paid after that."""
        self.assertEqual(self.interest(item()), (2000 + 1000, []))

    def test_interest_begins_by_law(self):
        later = item(due=on(10))
        self.assertEqual(self.interest(later, (10, 83)), (1000, []))
        free = replace(CONSUMER, first_reminder_required=False)
        self.assertEqual(
            self.interest(item(free, AGREED)), (0, [("first_reminder", "art. 5")])
        )
        waiting = item(CONSUMER, AGREED, gate_day=on(73))
        # The cap of 6 % holds, for the second instalment alone.
        self.assertEqual(self.interest(waiting), (600, []))

    def test_interest_that_is_left_out(self):
        notice = replace(BUSINESS, interest_start="notice")
        none = replace(BUSINESS, interest_start="none")
        old = replace(BUSINESS, rate_series="OLD")
        cases = [
            (item(none), charges.FORBIDDEN, "art. 1"),
            (item(notice), charges.NOTICE, "art. 1"),
            (item(CONSUMER), charges.NO_TERMS, "art. 3"),
            (item(CONSUMER, AGREED), charges.FIRST_REMINDER, "art. 5"),
            (item(insolvency_day=on(-1)), charges.INSOLVENCY, ""),
            (item(kind_proven=False), charges.UNPROVEN, "art. 1"),
            (item(old), charges.RATE_MISSING, "art. 1a"),
        ]
        for one, reason, article in cases:
            with self.subTest(reason):
                self.assertEqual(self.interest(one), (0, [(reason, article)]))

    def test_moratorium(self):
        held = item(suspensions=((on(1), on(73)),))
        self.assertEqual(self.interest(held), (1000, []))

    def test_each_item_at_its_own_rate(self):
        """The first instalment pays the older item, the second one the other."""
        items = [item(), item(replace(BUSINESS, rate_series="CAP"))]
        instalments = [(on(73), 100000), (on(146), 100000)]
        rows, _withheld = plan_charges.interest_rows(items, instalments, TODAY, BOOK)
        found = [(row.place, row.first, row.last, row.amount) for row in rows]
        self.assertEqual(
            found,
            [
                (0, on(1), on(73), 2000),
                (1, on(1), on(73), 1200),
                (1, on(74), on(146), 1200),
            ],
        )

    @given(st.integers(1000, 10**8), st.integers(1, 24), st.integers(0, 5000))
    def test_never_more_than_the_interest_on_what_is_left(self, amount, number, fee):
        schedule, rows, _withheld = plan_charges.priced(
            [item(amount=amount)], fee, Wish(number, on(5)), TODAY, BOOK
        )
        borne = sum(row.amount for row in rows)
        self.assertEqual(sum(part for _day, part in schedule), amount + fee + borne)
        exact, _withheld = plan_charges.interest_rows(
            [item(amount=amount)], schedule, TODAY, BOOK
        )
        # Each row is rounded: a unit for each of them.
        self.assertLessEqual(borne, sum(row.amount for row in exact) + len(rows))

    def test_without_interest_it_is_a_schedule(self):
        schedule, rows, withheld = plan_charges.priced(
            [item()], 0, Wish(3, on(5)), TODAY, BOOK, with_interest=False
        )
        self.assertEqual(schedule, plans.schedule(100000, 3, on(5)))
        self.assertFalse(rows or withheld)

    def fee(self, one, wanted=1000, sent=0):
        one = replace(one, reminded=sent)
        amount, withheld = plan_charges.plan_fee([one], wanted, TODAY)
        return amount, withheld and (withheld.reason, withheld.article)

    def test_fee_of_a_business(self):
        self.assertEqual(self.fee(item()), (0, (charges.FORBIDDEN, "art. 2")))
        self.assertEqual(self.fee(item(terms=AGREED)), (1000, None))
        self.assertEqual(self.fee(item(replace(BUSINESS, fee_max=400))), (400, None))
        self.assertEqual(self.fee(item(), wanted=0), (0, None))

    def test_fee_of_a_consumer(self):
        ready = {"gate_day": on(-1)}
        none = replace(CONSUMER, fee_max=None)
        refused = charges.FORBIDDEN, "art. 4"
        self.assertEqual(self.fee(item(none, AGREED, **ready), sent=9), (0, refused))
        cases = [
            (item(CONSUMER, **ready), 9, (0, (charges.NO_TERMS, "art. 4"))),
            (item(CONSUMER, AGREED, **ready), 0, (0, ("first_reminder", "art. 4"))),
            (item(CONSUMER, AGREED), 1, (0, ("first_reminder", "art. 5"))),
            (item(CONSUMER, AGREED, gate_day=on(3)), 1, (0, ("waiting", "art. 5"))),
            (item(CONSUMER, AGREED, **ready), 1, (750, None)),
        ]
        for one, sent, expected in cases:
            with self.subTest(expected=expected):
                self.assertEqual(self.fee(one, sent=sent), expected)

    def test_one_item_without_a_fee_is_enough(self):
        found = plan_charges.plan_fee([item(terms=AGREED), item()], 1000, TODAY)
        self.assertEqual((found[0], found[1].reason), (0, charges.FORBIDDEN))

    def test_objections_to_a_policy(self):
        def rules(*args):
            return [one.rule for one in plan_charges.objections(*args)]

        none = replace(CONSUMER, interest_start="none", fee_max=None)
        self.assertEqual(rules(none, AGREED, 1, True), ["interest_none", "fee_none"])
        self.assertEqual(rules(none, None, 0, False), [])
        self.assertEqual(rules(BUSINESS, None, 1, True), ["fee_none"])
        self.assertEqual(rules(BUSINESS, AGREED, 1, True), [])
        self.assertEqual(rules(CONSUMER, AGREED, 751, True), ["fee_cap"])
        self.assertEqual(rules(CONSUMER, AGREED, 750, True), [])

    def test_interest_that_ends_early(self):
        row = plan_charges.InterestRow(0, on(1), on(10), 105)
        self.assertEqual(plan_charges.cut(row, on(10)), row)
        self.assertEqual(plan_charges.cut(row, on(3)).amount, 32)
        self.assertEqual(plan_charges.cut(row, on(3)).last, on(3))
        self.assertIsNone(plan_charges.cut(row, on(0)))
        self.assertEqual(plan_charges.shorten([50, 50, 3], 5), [50, 48, 0])
        self.assertEqual(plan_charges.shorten([50, 50], 0), [50, 50])

"""Amounts, reasons and shares: the rules, one by one. Worked cases: ``golden_*.py``."""

from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..engine.charges import (
    assess,
    assess_costs,
    clause_amount,
    collection_costs,
    fee,
    gate,
    late_amount,
    open_amount,
    scale_amount,
    spread,
)
from ..engine.rates import Book, MissingRate, Rate, Series
from ..engine.regime import UNKNOWN, Claim, Event, Regime, Scale, Terms, Tier
from ..engine.start import add_months, due_in_law, interest_start

DUE = date(2026, 3, 1)
TODAY = date(2026, 3, 31)
BOOK = Book({"TEN": Series("TEN", "change", (Rate(date(2000, 1, 1), Decimal(10)),))})
FORTY = Scale((Tier(0, 4000),))
CLAUSE = Scale((Tier(0, 2000), Tier(15000, 3000, Decimal(10))), maximum=20000)
TEN_PERCENT = Scale((Tier(0, percent=Decimal(10)),))
ALL = frozenset({"interest", "indemnity", "clause"})


def regime(**values):
    return Regime(
        code="x",
        **{
            "interest_start": "due",
            "interest_article": "art. 1",
            "rate_series": "TEN",
            "rate_article": "art. 2",
            "indemnity": FORTY,
            "indemnity_article": "art. 3",
            "clause": CLAUSE,
            "clause_article": "art. 4",
            "cost": TEN_PERCENT,
            "cost_article": "art. 5",
            "fee_max": 700,
            "fee_article": "art. 6",
            "insolvency_article": "art. 7",
            "wait_article": "art. 8",
            **values,
        },
    )


def claim(principal=3_650_000, **values):
    return Claim(principal, DUE, **values)


@tagged("post_install", "-at_install")
class TestScale(BaseCase):
    def test_highest_tier_decides(self):
        amounts = [scale_amount(CLAUSE, base) for base in (1, 15000, 15001, 25000)]
        self.assertEqual(amounts, [2000, 2000, 3000, 4000])

    def test_tiers_in_any_order(self):
        turned = Scale(CLAUSE.tiers[::-1], maximum=20000)
        for base in (1, 15001, 50000):
            self.assertEqual(scale_amount(turned, base), scale_amount(CLAUSE, base))

    def test_cumulative(self):
        scale = Scale(
            (Tier(0, 100, Decimal(10)), Tier(1000, 50, Decimal(5))), cumulative=True
        )
        # 100 + 10 % of 1000; 50 + 5 % of 500
        self.assertEqual(scale_amount(scale, 1000), 200)
        self.assertEqual(scale_amount(scale, 1500), 275)

    def test_bounds(self):
        scale = Scale(TEN_PERCENT.tiers, minimum=500, maximum=1000)
        amounts = [scale_amount(scale, base) for base in (1, 5000, 7000, 99999)]
        self.assertEqual(amounts, [500, 500, 700, 1000])

    def test_half_up_once(self):
        self.assertEqual(scale_amount(TEN_PERCENT, 5), 1)
        self.assertEqual(scale_amount(TEN_PERCENT, 4), 0)

    def test_nothing_on_nothing(self):
        scale = Scale(TEN_PERCENT.tiers, minimum=500)
        self.assertEqual(scale_amount(scale, 0), 0)
        self.assertEqual(scale_amount(scale, -100), 0)

    def test_first_tier_above_nothing(self):
        scale = Scale((Tier(1000, 50),))
        self.assertEqual(scale_amount(scale, 1000), 0)
        self.assertEqual(scale_amount(scale, 1001), 50)


@tagged("post_install", "-at_install")
class TestClauseAmount(BaseCase):
    def test_within_the_scale(self):
        terms = Terms(clause=TEN_PERCENT)
        self.assertEqual(clause_amount(regime(), terms, 10000), 1000)
        self.assertEqual(clause_amount(regime(), terms, 90000), 9000)
        self.assertEqual(clause_amount(regime(), terms, 900_000), 20000)

    def test_the_most_the_law_allows(self):
        terms = Terms(clause_legal=True)
        self.assertEqual(clause_amount(regime(), terms, 25000), 4000)
        self.assertIsNone(clause_amount(regime(clause=Scale()), terms, 25000))

    def test_no_cap(self):
        terms = Terms(clause=TEN_PERCENT)
        rules = regime(clause=Scale())
        self.assertEqual(clause_amount(rules, terms, 900_000), 90000)
        rules = regime(clause=Scale(maximum=5000))
        self.assertEqual(clause_amount(rules, terms, 900_000), 5000)

    def test_none(self):
        self.assertIsNone(clause_amount(regime(), None, 10000))
        self.assertIsNone(clause_amount(regime(), Terms(), 10000))
        self.assertIsNone(
            clause_amount(regime(clause=None), Terms(clause=TEN_PERCENT), 10000)
        )


@tagged("post_install", "-at_install")
class TestDays(BaseCase):
    def start(self, rule, **values):
        rules = regime(interest_start=rule, interest_months=3)
        return interest_start(claim(**values), rules)

    def test_interest_start(self):
        before, after = date(2026, 2, 1), date(2026, 4, 1)
        self.assertEqual(self.start("due"), DUE)
        self.assertEqual(self.start("months"), date(2026, 6, 1))
        self.assertIsNone(self.start("none"))
        self.assertIsNone(self.start("notice", gate_day=after))
        self.assertEqual(self.start("notice", notice_day=after), after)
        self.assertEqual(self.start("notice", notice_day=before), DUE)
        self.assertIsNone(self.start("reminder", notice_day=after))
        self.assertEqual(self.start("reminder", gate_day=after), after)
        self.assertEqual(self.start("reminder", gate_day=before), DUE)

    def test_interest_start_from_receipt(self):
        """Thirty days after the later one of due date and receipt, if nothing else."""
        rules = regime(receipt_days=30)
        free, later = Terms(due_agreed=False), date(2026, 3, 11)
        for terms, values, expected in (
            (None, {"received": later}, DUE),
            (Terms(), {"received": later}, DUE),
            (free, {}, None),
            (free, {"delivered": later}, None),
            (free, {"received": later}, date(2026, 4, 10)),
            (free, {"received": date(2026, 1, 1)}, date(2026, 3, 31)),
            (free, {"received": later, "notice_day": later}, later),
            (
                free,
                {"received": later, "notice_day": date(2026, 5, 1)},
                date(2026, 4, 10),
            ),
        ):
            with self.subTest(terms=terms, **values):
                self.assertEqual(
                    interest_start(claim(**values), rules, terms), expected
                )
        delivery = regime(receipt_days=30, receipt_or_delivery=True)
        self.assertEqual(
            interest_start(claim(delivered=later), delivery, free), date(2026, 4, 10)
        )

    def test_due_in_law(self):
        rules = regime(
            term_max_days=60, term_instead_days=30, term_max_since=date(2022, 2, 1)
        )
        received, issued = date(2026, 1, 10), date(2026, 1, 8)
        for due, day in (
            (date(2026, 3, 11), date(2026, 3, 11)),
            (date(2026, 3, 12), date(2026, 2, 9)),
        ):
            self.assertEqual(due_in_law(due, received, issued, rules), day)
        late = date(2026, 6, 1)
        self.assertEqual(due_in_law(late, None, issued, rules), late)
        self.assertEqual(due_in_law(late, received, date(2022, 1, 31), rules), late)
        self.assertEqual(due_in_law(late, received, issued, regime()), late)

    def test_add_months(self):
        self.assertEqual(add_months(date(2025, 11, 30), 3), date(2026, 2, 28))
        self.assertEqual(add_months(date(2027, 11, 30), 3), date(2028, 2, 29))
        self.assertEqual(add_months(date(2026, 1, 31), 12), date(2027, 1, 31))
        self.assertEqual(add_months(date(2026, 12, 5), 1), date(2027, 1, 5))

    def test_amounts_at_a_day(self):
        item = claim(
            1000,
            events=(
                Event(DUE, 100),
                Event(date(2026, 3, 5), 200),
                Event(date(2026, 3, 6), 50, "credit"),
            ),
        )
        self.assertEqual(open_amount(item, date(2026, 2, 28)), 1000)
        self.assertEqual(open_amount(item, DUE), 900)
        self.assertEqual(open_amount(item, TODAY), 650)
        self.assertEqual(late_amount(item, date(2026, 3, 5)), 900)
        self.assertEqual(late_amount(item, TODAY), 850)


@tagged("post_install", "-at_install")
class TestAssess(BaseCase):
    def found(self, item, rules=None, terms=None, wanted=ALL, today=TODAY):
        assessment = assess(item, rules or regime(), terms, wanted, today, BOOK)
        return assessment.amounts, {
            refusal.kind: (refusal.reason, refusal.article)
            for refusal in assessment.withheld
        }

    def test_all(self):
        amounts, withheld = self.found(claim(), terms=Terms(clause=TEN_PERCENT))
        self.assertEqual(
            amounts, {"interest": 30000, "indemnity": 4000, "clause": 20000}
        )
        self.assertEqual(withheld, {})

    def test_total(self):
        assessment = assess(claim(), regime(), None, ALL, TODAY, BOOK)
        self.assertEqual(assessment.total, 34000)
        self.assertEqual(assessment.interest.total, 30000)

    def test_only_what_is_wanted(self):
        amounts, withheld = self.found(claim(), wanted=frozenset({"indemnity"}))
        self.assertEqual((amounts, withheld), ({"indemnity": 4000}, {}))
        amounts, withheld = self.found(claim(), wanted=frozenset())
        self.assertEqual((amounts, withheld), ({}, {}))

    def test_every_refusal_names_its_article(self):
        rules = {
            "forbidden": (claim(), {"interest_start": "none"}, "art. 1"),
            "unproven": (claim(kind_proven=False), {}, "art. 1"),
            "not_late": (Claim(100, TODAY), {}, "art. 1"),
            "notice": (claim(), {"interest_start": "notice"}, "art. 1"),
            "first_reminder": (claim(), {"interest_start": "reminder"}, "art. 8"),
            "no_terms": (claim(), {"interest_by_contract_only": True}, "art. 2"),
            "rate_missing": (claim(), {"rate_series": "NONE"}, "art. 2"),
            "insolvency": (claim(insolvency_day=DUE), {}, "art. 7"),
        }
        for reason, (item, values, article) in rules.items():
            with self.subTest(reason):
                amounts, withheld = self.found(item, regime(**values))
                self.assertNotIn("interest", amounts)
                self.assertEqual(withheld["interest"], (reason, article))

    def test_insolvency_of_indemnity_and_clause(self):
        terms = Terms(clause=TEN_PERCENT)
        _amounts, withheld = self.found(claim(insolvency_day=DUE), terms=terms)
        self.assertEqual(withheld["indemnity"], ("insolvency", "art. 7"))
        self.assertEqual(withheld["clause"], ("insolvency", "art. 7"))
        amounts, withheld = self.found(
            claim(insolvency_day=DUE), regime(insolvency_stops=False), terms
        )
        self.assertEqual(set(amounts), ALL)

    def test_where_the_law_is_not_known(self):
        """Nothing is charged, and nobody says that it is forbidden."""
        assessment = assess(claim(), UNKNOWN, None, ALL, TODAY, BOOK)
        self.assertEqual(assessment.amounts, {})
        reasons = {withheld.reason for withheld in assessment.withheld}
        self.assertEqual(reasons, {"unknown_law"})
        self.assertEqual(fee(UNKNOWN, None, 3)[1].reason, "unknown_law")

    def test_a_missing_rate_leaves_the_rest(self):
        assessment = assess(claim(), regime(rate_series="NONE"), None, ALL, TODAY, BOOK)
        self.assertEqual(assessment.amounts, {"indemnity": 4000})
        self.assertIsInstance(assessment.missing, MissingRate)
        self.assertEqual(assessment.missing.day, date(2026, 3, 2))
        refusal = assessment.withheld[0]
        self.assertEqual((refusal.series, refusal.period), ("NONE", "2026-03-02"))

    def test_consumers_need_no_proof(self):
        amounts, _withheld = self.found(
            claim(kind_proven=False), regime(kind="consumer")
        )
        self.assertIn("interest", amounts)
        _amounts, withheld = self.found(claim(kind_proven=False), regime(kind="public"))
        self.assertEqual(withheld["indemnity"][0], "unproven")

    def test_regime_without_series(self):
        rules = regime(rate_series=None)
        self.assertEqual(
            self.found(claim(), rules)[1]["interest"], ("no_terms", "art. 2")
        )
        amounts, _withheld = self.found(claim(), rules, Terms(rate=Decimal(20)))
        self.assertEqual(amounts["interest"], 60000)

    def test_contract_only_where_no_contract_rate_is_allowed(self):
        rules = regime(interest_by_contract_only=True, contract_rate_allowed=False)
        _amounts, withheld = self.found(claim(), rules, Terms(rate=Decimal(20)))
        self.assertEqual(withheld["interest"][0], "no_terms")


@tagged("post_install", "-at_install")
class TestGate(BaseCase):
    def setUp(self):
        super().setUp()
        self.rules = regime(
            kind="consumer",
            first_reminder_required=True,
            held_back=frozenset({"clause", "cost"}),
        )

    def test_gate(self):
        refusal = gate(claim(), self.rules, "clause", TODAY)
        self.assertEqual(
            (refusal.reason, refusal.article, refusal.until),
            ("first_reminder", "art. 8", None),
        )
        refusal = gate(claim(gate_day=TODAY), self.rules, "clause", TODAY)
        self.assertEqual((refusal.reason, refusal.until), ("waiting", TODAY))
        opened = claim(gate_day=date(2026, 3, 30))
        self.assertIsNone(gate(opened, self.rules, "clause", TODAY))

    def test_only_what_is_held_back(self):
        self.assertIsNone(gate(claim(), self.rules, "interest", TODAY))

    def test_only_where_the_law_requires_it(self):
        rules = regime(held_back=frozenset({"clause"}))
        self.assertIsNone(gate(claim(), rules, "clause", TODAY))


@tagged("post_install", "-at_install")
class TestReminder(BaseCase):
    def test_collection_costs(self):
        self.assertEqual(collection_costs(1000, regime()), 100)
        self.assertEqual(collection_costs(1000, regime(cost=None)), 0)

    def test_costs_of_several(self):
        """One scale over the sum, not one for each item."""
        rules = regime(cost=Scale(TEN_PERCENT.tiers, minimum=4000))
        items = [claim(1000), claim(3000), claim(500, events=(Event(DUE, 500),))]
        costs = assess_costs(items, rules, TODAY)
        self.assertEqual(costs.amount, 4000)
        self.assertEqual(costs.shares, (1000, 3000, 0))
        self.assertEqual([each.reason for each in costs.withheld], ["not_late"])

    def test_costs_wait_item_by_item(self):
        rules = regime(
            kind="consumer",
            first_reminder_required=True,
            held_back=frozenset({"cost"}),
        )
        items = [
            claim(1000, gate_day=date(2026, 3, 30)),
            claim(2000, gate_day=date(2026, 4, 2)),
            claim(4000),
            claim(8000),
        ]
        costs = assess_costs(items, rules, TODAY)
        self.assertEqual((costs.amount, costs.shares), (100, (100, 0, 0, 0)))
        self.assertEqual(
            [(each.reason, each.until) for each in costs.withheld],
            [("waiting", date(2026, 4, 2)), ("first_reminder", None)],
        )

    def test_costs_forbidden(self):
        costs = assess_costs([claim()], regime(cost=None), TODAY)
        self.assertEqual((costs.amount, costs.shares), (0, (0,)))
        self.assertEqual(costs.withheld[0].reason, "forbidden")
        self.assertEqual(costs.withheld[0].article, "art. 5")

    def test_costs_in_insolvency(self):
        costs = assess_costs([claim(insolvency_day=DUE)], regime(), TODAY)
        self.assertEqual(costs.withheld[0].reason, "insolvency")

    def test_costs_of_nothing(self):
        costs = assess_costs([], regime(), TODAY)
        self.assertEqual((costs.amount, costs.shares, costs.withheld), (0, (), ()))

    def test_fee(self):
        terms = Terms(fee=500)
        self.assertEqual(fee(regime(), terms, 0), (500, None))
        self.assertEqual(fee(regime(fee_max=300), terms, 0), (300, None))
        self.assertEqual(fee(regime(fee_free_count=2), terms, 2), (500, None))

    def test_fee_withheld(self):
        for rules, terms, reason in (
            (regime(fee_max=None), Terms(fee=500), "forbidden"),
            (regime(), None, "no_terms"),
            (regime(), Terms(), "no_terms"),
            (regime(fee_free_count=2), Terms(fee=500), "first_reminder"),
        ):
            amount, refusal = fee(rules, terms, 1)
            self.assertEqual(
                (amount, refusal.reason, refusal.article), (0, reason, "art. 6")
            )

    def test_spread(self):
        self.assertEqual(spread(100, [1, 1, 1]), [34, 33, 33])
        self.assertEqual(spread(100, [1, 2]), [33, 67])
        self.assertEqual(spread(5, [0, 0]), [5, 0])
        self.assertEqual(spread(0, [3, 4]), [0, 0])
        self.assertEqual(spread(7, []), [])

"""Terms held against the law, without a database."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.agreed import clause_excess, objections
from ..engine.amounts import scale_amount
from ..engine.rates import Book, Rate, Series
from ..engine.regime import Regime, Scale, Terms, Tier

DAY = date(2026, 6, 17)
#: Belgium, Code of economic law, XIX.4, 2°: 20, 30 + 10 %, 65 + 5 %, at most 2,000.
BELGIAN = Scale(
    tiers=(
        Tier(0, 2000),
        Tier(15000, 3000, Decimal(10)),
        Tier(50000, 6500, Decimal(5)),
    ),
    maximum=200000,
)


def percentage(percent, minimum=None, maximum=None):
    return Scale((Tier(0, 0, Decimal(percent)),), minimum=minimum, maximum=maximum)


@tagged("post_install", "-at_install")
class TestAgreed(BaseCase):
    def setUp(self):
        super().setUp()
        self.book = Book(
            {
                code: Series(
                    code, "half_year", (Rate(date(2026, 1, 1), Decimal(rate)),)
                )
                for code, rate in {
                    "FLOOR": "8.25",
                    "CAP": "10.5",
                    "BASE": "2.4",
                }.items()
            }
        )

    def rules(self, terms, **values):
        values = {
            "interest_start": "due",
            "rate_series": "BASE",
            "rate_article": "art. 1",
            "compounding_article": "art. 2",
            "clause_article": "art. 3",
            "fee_article": "art. 4",
            "interest_article": "art. 5",
            **values,
        }
        regime = Regime(code="test", **values)
        return objections(regime, terms, self.book, DAY)

    def only(self, terms, **values):
        found = self.rules(terms, **values)
        self.assertEqual(len(found), 1, found)
        return found[0]

    def test_silent_terms_break_nothing(self):
        self.assertEqual(self.rules(Terms(), contract_rate_allowed=False), [])

    def test_floor(self):
        found = self.only(Terms(rate=Decimal("8.24")), floor_series="FLOOR")
        self.assertEqual(
            (found.rule, found.value, found.limit, found.article, found.series),
            ("rate_floor", Decimal("8.24"), Decimal("8.25"), "art. 1", "FLOOR"),
        )
        self.assertEqual(
            self.rules(Terms(rate=Decimal("8.25")), floor_series="FLOOR"), []
        )

    def test_cap_with_a_margin(self):
        terms = Terms(rate_series="BASE", rate_margin=Decimal("8.2"))
        found = self.only(terms, cap_series="CAP")
        self.assertEqual((found.rule, found.value), ("rate_cap", Decimal("10.6")))
        terms = Terms(rate_series="BASE", rate_margin=Decimal("8.1"))
        self.assertEqual(self.rules(terms, cap_series="CAP"), [])

    def test_no_rate_but_the_legal_one(self):
        found = self.only(Terms(rate=Decimal(9)), contract_rate_allowed=False)
        self.assertEqual(found.rule, "rate_none")

    def test_no_interest(self):
        found = self.only(Terms(rate=Decimal(9)), interest_start="none")
        self.assertEqual((found.rule, found.article), ("interest_none", "art. 5"))

    def test_unknown_limit_stops_calculations_not_terms(self):
        terms = Terms(rate=Decimal(1))
        self.assertEqual(self.rules(terms, floor_series="NOBODY_KNOWS"), [])

    def test_compounding(self):
        terms = Terms(compounding=True)
        self.assertEqual(self.only(terms).rule, "compounding")
        self.assertEqual(self.rules(terms, compounding="yearly"), [])
        self.assertEqual(self.rules(terms, contract_compounding_allowed=True), [])

    def test_clause(self):
        fifteen = Terms(clause=percentage(15))
        self.assertEqual(self.only(fifteen).rule, "clause_none")
        self.assertEqual(self.rules(fifteen, clause=Scale()), [])
        found = self.only(fifteen, clause=BELGIAN)
        self.assertEqual((found.rule, found.article), ("clause_cap", "art. 3"))

    def test_clause_of_a_maximum_only(self):
        limit = Scale(maximum=5000)
        found = self.only(Terms(clause=percentage(10)), clause=limit)
        self.assertEqual((found.base, found.value, found.limit), (50005, 5001, 5000))
        capped = Terms(clause=percentage(10, maximum=5000))
        self.assertEqual(self.rules(capped, clause=limit), [])

    def test_the_most_that_the_law_allows(self):
        legal = Terms(clause_legal=True)
        self.assertEqual(self.only(legal).rule, "clause_none")
        self.assertEqual(self.rules(legal, clause=BELGIAN), [])
        self.assertEqual(self.only(legal, clause=Scale()).rule, "clause_no_limit")

    def test_fee(self):
        terms = Terms(fee=1000)
        self.assertEqual(self.only(terms).rule, "fee_none")
        found = self.only(terms, fee_max=750)
        self.assertEqual((found.rule, found.value, found.limit), ("fee_cap", 1000, 750))
        self.assertEqual(self.rules(terms, fee_max=1000), [])


@tagged("post_install", "-at_install")
class TestClauseExcess(BaseCase):
    def test_where_it_begins(self):
        """5 % with at least 20 keeps to the Belgian scale; 25 at least does not."""
        self.assertIsNone(clause_excess(percentage(5, 2000, 200000), BELGIAN))
        self.assertEqual(
            clause_excess(percentage(5, 2500, 200000), BELGIAN), (1, 2500, 2000)
        )

    def test_where_only_large_claims_exceed(self):
        """Without a maximum of its own, 5 % passes 2,000 beyond 40,000."""
        base, value, limit = clause_excess(percentage(5), BELGIAN)
        self.assertEqual(limit, 200000)
        self.assertGreater(value, limit)
        self.assertIn(base, range(4_000_001, 4_000_100))

    @given(
        percent=st.decimals(0, 20, places=2),
        minimum=st.integers(0, 10_000),
        maximum=st.integers(0, 300_000),
        base=st.integers(1, 10_000_000),
    )
    def test_nothing_slips_through(self, percent, minimum, maximum, base):
        """What is found to keep to the law keeps to it for every claim."""
        clause = percentage(percent, minimum, max(minimum, maximum))
        excess = clause_excess(clause, BELGIAN)
        if excess is None:
            self.assertLessEqual(
                scale_amount(clause, base), scale_amount(BELGIAN, base)
            )
        else:
            at, value, limit = excess
            self.assertEqual(value, scale_amount(clause, at))
            self.assertEqual(limit, scale_amount(BELGIAN, at))
            self.assertGreater(value, limit)

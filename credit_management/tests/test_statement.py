"""What is owed at a date, put together, without a database."""

from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..engine.charges import assess
from ..engine.rates import Book, Rate, Series
from ..engine.regime import Claim, Event, Regime, Scale, Terms, Tier
from ..engine.statement import Entry, Part, Prior, add_costs, entry

DUE, DAY = date(2026, 1, 31), date(2026, 6, 17)
ALL = frozenset(("interest", "indemnity", "clause", "cost"))
BOOK = Book({"TEN": Series("TEN", "change", (Rate(date(2020, 1, 1), Decimal(10)),))})
REGIME = Regime(
    code="test",
    interest_start="due",
    rate_series="TEN",
    indemnity=Scale((Tier(0, 4000),)),
    cost=Scale((Tier(0, 0, Decimal(15)),), minimum=4000),
    cost_article="art. 9",
)


def make(claim, prior=None, wanted=ALL, **values):
    assessment = assess(claim, REGIME, Terms(), wanted, DAY, BOOK)
    return entry("item", claim, assessment, DAY, prior or {}, wanted, **values)


@tagged("post_install", "-at_install")
class TestPart(BaseCase):
    def test_what_became_of_it(self):
        """100 worked out, 80 claimed before: 30 waived and 20 booked are not owed."""
        part = Part(100, Prior(80, waived=30, booked=20))
        self.assertEqual((part.extra, part.amount), (0, 50))

    def test_what_was_claimed_stays_owed(self):
        """A credit note that comes later does not take back what was claimed."""
        part = Part(70, Prior(80))
        self.assertEqual((part.extra, part.amount), (10, 80))


@tagged("post_install", "-at_install")
class TestEntry(BaseCase):
    def test_whole(self):
        """137 days of 10 % on 1,000.00: 37.53; 40.00 indemnity."""
        made = make(Claim(100_000, DUE))
        self.assertEqual(made.residual, 100_000)
        self.assertEqual(made.parts["interest"].amount, 3753)
        self.assertEqual(made.parts["indemnity"].amount, 4000)
        self.assertEqual(made.total, 107_753)
        self.assertEqual([w.reason for w in made.withheld], ["forbidden"])

    def test_what_comes_later_is_not_looked_at(self):
        paid = Event(date(2026, 6, 18), 60_000)
        before = Event(date(2026, 6, 17), 10_000)
        made = make(Claim(100_000, DUE, events=(paid, before)))
        self.assertEqual(made.residual, 90_000)
        self.assertEqual(made.parts["interest"].amount, 3753)

    def test_only_what_is_wanted(self):
        prior = {"indemnity": Prior(4000)}
        claim = Claim(100_000, DUE)
        made = make(claim, prior, frozenset(("interest",)))
        self.assertEqual(set(made.parts), {"interest"})
        made = make(claim, prior, frozenset(("interest",)), keep_claimed=True)
        self.assertEqual(made.parts["indemnity"].amount, 4000)
        made = make(claim, prior, frozenset(("indemnity",)))
        self.assertIsNone(made.interest)
        self.assertEqual(set(made.parts), {"indemnity"})

    def test_a_debit_note_bears_none(self):
        made = entry("item", Claim(4000, DUE), None, DAY, {}, ALL)
        self.assertEqual((made.total, made.parts), (4000, {}))

    def test_missing_rate(self):
        book = Book({"TEN": Series("TEN", "half_year", ())})
        claim = Claim(100_000, DUE)
        assessment = assess(claim, REGIME, Terms(), ALL, DAY, book)
        made = entry("item", claim, assessment, DAY, {}, ALL)
        self.assertIn("2026-S1", str(made.missing))
        self.assertNotIn("interest", made.parts)
        made = entry("item", claim, assessment, DAY, {}, frozenset(("indemnity",)))
        self.assertIsNone(made.missing)


@tagged("post_install", "-at_install")
class TestCosts(BaseCase):
    def entries(self, *amounts):
        return [Entry("x", Claim(amount, DUE), DAY, amount) for amount in amounts]

    def shares(self, entries):
        return [
            one.parts["cost"].amount if "cost" in one.parts else 0 for one in entries
        ]

    def test_spread(self):
        """15 % of 300.00, by what each claim is: nothing is lost to rounding."""
        entries = self.entries(10_000, 10_000, 10_000)
        self.assertEqual(add_costs(entries, REGIME, DAY), ())
        self.assertEqual(self.shares(entries), [1500, 1500, 1500])

    def test_minimum_once(self):
        entries = self.entries(100, 200)
        add_costs(entries, REGIME, DAY)
        self.assertEqual(sum(self.shares(entries)), 4000)

    def test_costs_claimed_before(self):
        """What was claimed of one item before is not asked of the others again."""
        entries = self.entries(10_000, 30_000)
        entries[0].parts["cost"] = Part(0, Prior(4000))
        add_costs(entries, REGIME, DAY)
        self.assertEqual(self.shares(entries), [4000, 2000])

    def test_not_late(self):
        late, early = self.entries(10_000, 50_000)
        early.claim = Claim(50_000, DAY)
        withheld = add_costs([late, early], REGIME, DAY)
        self.assertEqual(self.shares([late, early]), [4000, 0])
        self.assertEqual([w.reason for w in withheld], ["not_late"])

    def test_gated_items_take_nothing(self):
        """Nothing is given to an item whose turn has not come, whatever is left."""
        charged, early = self.entries(10_000, 50_000)
        charged.parts["cost"] = Part(0, Prior(1000))
        early.claim = Claim(50_000, DAY)
        add_costs([charged, early], REGIME, DAY)
        self.assertEqual(self.shares([charged, early]), [1000, 0])

    def test_forbidden(self):
        regime = Regime(code="none", cost_article="art. 9")
        entries = self.entries(10_000)
        (withheld,) = add_costs(entries, regime, DAY)
        self.assertEqual((withheld.reason, withheld.article), ("forbidden", "art. 9"))
        self.assertEqual(self.shares(entries), [0])

"""Worked cases: what is claimed, worked out by hand."""

from datetime import date, timedelta
from decimal import ROUND_CEILING

from odoo.tests import BaseCase, TransactionCase, tagged

from ..engine.charges import assess, assess_costs, fee
from ..engine.identity import legal_kind
from ..engine.interest import interest_totals
from ..engine.regime import Claim
from ..engine.start import interest_start
from . import golden_belgium, golden_countries, golden_france, golden_others
from .golden_rates import BOOK, SERIES
from .golden_regimes import BY_KIND, Shipped

MODULES = (golden_france, golden_belgium, golden_countries, golden_others)
CASES = [case for module in MODULES for case in module.CASES]
ITEM_KINDS = frozenset({"interest", "indemnity", "clause"})


@tagged("post_install", "-at_install")
class TestGoldenCases(TransactionCase):
    """The cases under the regimes that are shipped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cases = [case.under(cls.env) for case in CASES]

    def check_all(self, check):
        for case in self.cases:
            with self.subTest(f"{case.regime.code}: {case.name}"):
                check(case)

    def test_enough_of_them(self):
        self.assertGreaterEqual(len(CASES), 120)
        names = [(case.regime.code, case.name) for case in CASES]
        self.assertEqual(len(names), len(set(names)))
        self.assertTrue(all(case.source and case.charges for case in CASES))

    def test_every_country_and_kind(self):
        """No regime of a country is without a case."""
        shipped = self.env["ir.model.data"].search(
            [("module", "=", "credit_management"), ("model", "=", "credit.regime")]
        )
        names = {
            data.name.removeprefix("regime_")
            for data in shipped
            if self.env["credit.regime"].browse(data.res_id).scope == "country"
        }
        regimes = [case.regime for case in CASES if isinstance(case.regime, Shipped)]
        cases = {regime.name for regime in regimes if not regime.changes}
        self.assertEqual(names - cases, set())

    def test_calculations_by_hand(self):
        """What is written left and right of the equals sign is the same."""
        self.check_all(self._check_calculations)

    def test_charges(self):
        self.check_all(self._check_charges)

    def test_explanations_add_up(self):
        self.check_all(self._check_explanation)

    def test_the_fast_way_gives_the_same(self):
        self.check_all(self._check_totals)

    def _check_calculations(self, case):
        for expected in case.expected().values():
            if not expected.refused:
                self.assertEqual(expected.calculated, expected.stated)

    def _check_charges(self, case):
        found = self._found(case)
        for kind, expected in case.expected().items():
            amount, refusal = found[kind]
            if expected.refused:
                self.assertIsNone(amount, kind)
                reason, until, missing = expected.reason
                self.assertEqual((refusal.reason, refusal.until), (reason, until))
                self.assertEqual(missing or "", refusal.period)
            else:
                self.assertIsNone(refusal, kind)
                self.assertEqual(amount, expected.stated, kind)

    def _check_explanation(self, case):
        result = self._assess(case).interest
        lines = result.segments if result else ()
        if result:
            self.assertEqual(sum(line.amount for line in lines), result.total)
            allocated = sum(each.to_interest for each in result.allocations)
            self.assertEqual(allocated, result.paid)
        if case.lines is not None:
            self.assertEqual(len(lines), case.lines)

    def _check_totals(self, case):
        result = self._assess(case).interest
        if result:
            claim = case.claim()
            starts = [interest_start(claim, case.regime, case.terms)]
            totals = interest_totals(
                [claim], case.regime, case.terms, BOOK, starts, self._today(case)
            )
            self.assertEqual(totals, [result.total])

    def _assess(self, case):
        return assess(
            case.claim(),
            case.regime,
            case.terms,
            ITEM_KINDS & set(case.charges),
            self._today(case),
            BOOK,
        )

    def _found(self, case):
        """{kind: (amount or None, refusal or None)}"""
        assessment = self._assess(case)
        found = {kind: (amount, None) for kind, amount in assessment.amounts.items()}
        found.update((refusal.kind, (None, refusal)) for refusal in assessment.withheld)
        if "cost" in case.charges:
            costs = assess_costs([case.claim()], case.regime, self._today(case))
            refusal = costs.withheld[0] if costs.withheld else None
            found["cost"] = (None if refusal else costs.amount, refusal)
        if "fee" in case.charges:
            amount, refusal = fee(case.regime, case.terms, case.reminders)
            found["fee"] = (None if refusal else amount, refusal)
        return found

    @staticmethod
    def _today(case):
        return date.fromisoformat(case.on)


@tagged("post_install", "-at_install")
class TestUnknownKind(TransactionCase):
    """A debtor of unknown kind is a consumer, until a proof says otherwise."""

    def claimed(self, country, on, declared=None, vat=None, **claim):
        kind, basis = legal_kind(declared, country, vat, None, None)
        item = Claim(
            100_000,
            date(2026, 8, 1),
            kind_proven=basis not in ("unknown", "unproven"),
            **claim,
        )
        regime = BY_KIND[country][kind].rules(self.env)
        assessment = assess(item, regime, None, ITEM_KINDS, on, BOOK)
        costs = assess_costs([item], regime, on).amount
        reasons = {refusal.kind: refusal.reason for refusal in assessment.withheld}
        return assessment.amounts, costs, reasons

    def test_nothing_of_the_rules_for_businesses(self):
        for country, interest in (
            ("FR", "notice"),
            ("BE", "first_reminder"),
            ("DE", "notice"),
            ("NL", "notice"),
            ("GB", "no_terms"),
        ):
            for declared in (None, "business"):
                with self.subTest(country, declared=declared):
                    amounts, costs, reasons = self.claimed(
                        country, date(2026, 8, 31), declared
                    )
                    self.assertEqual((amounts, costs), ({}, 0))
                    self.assertEqual(reasons["interest"], interest)
                    self.assertEqual(reasons["indemnity"], "forbidden")

    def test_proof_opens_them(self):
        # 1000.00 x 12.40 % x 30/365 = 10.19; 1000.00 x 10.50 % x 30/365 = 8.63
        for country, vat, interest in (
            ("FR", "FR40303265045", 1019),
            ("BE", "BE0428759497", 863),
        ):
            with self.subTest(country):
                amounts, _costs, _reasons = self.claimed(
                    country, date(2026, 8, 31), vat=vat
                )
                self.assertEqual(amounts, {"interest": interest, "indemnity": 4000})

    def test_consumers_rate_after_a_notice(self):
        amounts, _costs, _reasons = self.claimed(
            "FR", date(2026, 9, 30), notice_day=date(2026, 8, 31)
        )
        # 1000.00 x 2.75 % x 30/365 = 2.26
        self.assertEqual(amounts, {"interest": 226})


@tagged("post_install", "-at_install")
class TestGoldenRates(BaseCase):
    """The published rates follow the formulas of the law."""

    def values(self, code):
        return [(rate.valid_from, rate.percent) for rate in BOOK[code].rates]

    def derived(self, code, formula):
        return [(day, formula(percent)) for day, percent in self.values(code)]

    def test_france(self):
        self.assertEqual(
            self.values("FR_B2B_DEFAULT"),
            self.derived("ECB_REF_SEMESTER", lambda percent: percent + 10),
        )
        self.assertEqual(
            self.values("FR_B2B_FLOOR_3X_LEGAL"),
            self.derived("FR_LEGAL_PRO_CREDITOR", lambda percent: percent * 3),
        )

    def test_belgium_rounds_up_to_the_half_point(self):
        def half_point(percent):
            halves = ((percent + 8) * 2).to_integral_value(ROUND_CEILING)
            return halves / 2

        self.assertEqual(
            self.values("BE_COMMERCIAL"), self.derived("ECB_REF_SEMESTER", half_point)
        )

    def test_eight_points(self):
        for code in ("NL", "LU", "ES", "IT"):
            self.assertEqual(
                self.values(f"{code}_COMMERCIAL"),
                self.derived("ECB_REF_SEMESTER", lambda percent: percent + 8),
            )
        self.assertEqual(
            self.values("UK_LATE_PAYMENT_B2B"),
            self.derived("UK_LATE_PAYMENT_REF", lambda percent: percent + 8),
        )

    def test_germany_differs_by_four_points(self):
        self.assertEqual(
            self.values("DE_B2B"), self.derived("DE_B2C", lambda percent: percent + 4)
        )

    def test_every_half_year_follows_the_last(self):
        for series in SERIES:
            if series.frequency == "half_year":
                spans = series.spans
                for (_first, last, _rate), (first, _last, _next) in zip(
                    spans, spans[1:], strict=False
                ):
                    self.assertEqual(first, last + timedelta(days=1))


@tagged("post_install", "-at_install")
class TestShippedRates(TransactionCase):
    """The rates of the worked cases are the ones that are shipped."""

    def test_the_same(self):
        book = self.env["credit.rate"]._book(self.env.company)
        for series in SERIES:
            shipped = book[series.code]
            with self.subTest(series.code):
                self.assertEqual(shipped.frequency, series.frequency)
                self.assertEqual(shipped.checked_until, series.checked_until)
                for rate in series.rates:
                    found = shipped.at(rate.valid_from)
                    self.assertEqual(found.percent, rate.percent, rate.valid_from)

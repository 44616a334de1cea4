"""The legal regimes that are shipped."""

from datetime import date

from odoo.tests import TransactionCase, tagged

from ..engine.rates import MissingRate
from ..engine.regime import CHARGES
from ..models.credit_regime import KINDS

DAY = date(2026, 11, 24)
COUNTRIES = ["FR", "BE", "LU", "DE", "NL", "ES", "IT", "GB", "CH", "AT", "PT"]
#: Rates of the second half of 2026 that could not be found.
NOT_FOUND = {"NL_LEGAL"}
#: Topics that every regime has to say something about.
ALWAYS = {"scope", "interest", "indemnity", "clause", "cost", "fee", "notice"}
#: Topics that a regime with interest has to say something about.
OF_INTEREST = {
    *("rate", "day_count", "compounding", "rounding", "allocation", "insolvency")
}
SENTENCES = {
    "interest": "interest_start",
    "indemnity": "indemnity_rule",
    "clause": "clause_rule",
    "cost": "cost_rule",
    "fee": "fee_rule",
}


@tagged("post_install", "-at_install")
class TestRegimeData(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        shipped = cls.env["ir.model.data"].search(
            [("module", "=", "credit_management"), ("model", "=", "credit.regime")]
        )
        cls.regimes = cls.env["credit.regime"].browse(shipped.mapped("res_id"))

    def _in_force(self, **values):
        return self.regimes.filtered(
            lambda r: (
                all(r[name] == value for name, value in values.items())
                and (not r.date_from or r.date_from <= DAY)
                and (not r.date_to or DAY <= r.date_to)
            )
        )

    def test_one_regime_for_each_country_and_kind(self):
        self.assertEqual(len(self.regimes), 30)
        for code in COUNTRIES:
            country = self.env["res.country"].search([("code", "=", code)])
            for kind in ("business", "consumer"):
                with self.subTest(country=code, kind=kind):
                    found = self._in_force(
                        country_id=country, kind=kind, claim_kind=False
                    )
                    self.assertEqual(len(found), 1)
        for scope, kinds in (("eu", KINDS[:2]), ("none", KINDS)):
            for kind, __ in kinds:
                with self.subTest(scope=scope, kind=kind):
                    self.assertEqual(len(self._in_force(scope=scope, kind=kind)), 1)

    def test_resolution(self):
        """Country first, then the union, then nothing; public bodies as businesses."""
        find = self.env["credit.regime"]._resolver(self.env.company)
        for country, kind, day, name in (
            ("fr", "business", DAY, "fr_business"),
            ("fr", "public", DAY, "fr_public"),
            ("be", "public", DAY, "be_business"),
            ("be", "consumer", date(2023, 8, 31), "be_consumer"),
            ("be", "consumer", date(2023, 9, 1), "be_consumer_2023"),
            ("uk", "consumer", DAY, "gb_consumer"),
            ("pl", "business", DAY, "eu_business"),
            ("pl", "public", DAY, "eu_business"),
            ("pl", "consumer", DAY, "eu_consumer"),
            ("us", "business", DAY, "none_business"),
            ("us", "public", DAY, "none_public"),
            ("us", "consumer", DAY, "none_consumer"),
        ):
            with self.subTest(country=country, kind=kind, day=day):
                regime = find(kind, self.env.ref(f"base.{country}").id, day)
                expected = self.env.ref(f"credit_management.regime_{name}")
                self.assertEqual(regime, expected)

    def test_other_commercial_claims(self):
        """In Portugal, where the company says that its claims are of that kind."""
        portugal = self.env.ref("base.pt").id
        self.env.company.credit_claim_kind = "other_commercial"
        find = self.env["credit.regime"]._resolver(self.env.company)
        for kind, name in (
            ("business", "pt_other"),
            ("public", "pt_other"),
            ("consumer", "pt_consumer"),
        ):
            expected = self.env.ref(f"credit_management.regime_{name}")
            self.assertEqual(find(kind, portugal, DAY), expected)
        spain = find("business", self.env.ref("base.es").id, DAY)
        self.assertEqual(spain.code, "es_business")

    def test_rates_are_there(self):
        book = self.env["credit.rate"]._book(self.env.company)
        missing, checked = set(), set()
        for regime in self.regimes:
            for name in ("rate_series", "floor_series", "cap_series"):
                code = regime[name]
                if not code:
                    continue
                checked.add(code)
                try:
                    book[code].at(date(2026, 12, 31))
                except MissingRate:
                    missing.add(code)
        self.assertEqual(missing, NOT_FOUND)
        self.assertEqual(len(checked), 23)

    def test_every_rule_has_its_basis(self):
        for regime in self.regimes:
            topics = set(ALWAYS)
            if regime.interest_start != "none":
                topics |= OF_INTEREST
            if regime.dispute_suspends:
                topics.add("suspension")
            if regime.first_reminder_required:
                topics.add("wait")
            with self.subTest(regime=regime.name):
                bases = regime.basis_ids
                self.assertLessEqual(topics, set(bases.mapped("topic")))
                for basis in bases:
                    self.assertTrue(basis.article)
                    self.assertTrue(basis.confidence)
                    if regime.scope != "none":
                        self.assertTrue(basis.note, basis.topic)
                    if basis.confidence in ("text", "source"):
                        self.assertTrue(basis.source, basis.topic)

    def test_parts_name_their_article(self):
        for model in ("mention", "period"):
            parts = self.env[f"credit.regime.{model}"].search(
                [("regime_id", "in", self.regimes.ids)]
            )
            self.assertTrue(parts)
            for part in parts:
                self.assertTrue(part.article and part.confidence, part.name)
        for rule in self.regimes.contact_ids.filtered("binding"):
            self.assertTrue(rule.article and rule.confidence == "text")

    def test_sentences_for_debtors(self):
        """What is charged is explained; what is not charged has no sentence."""
        for regime in self.regimes:
            for charge in CHARGES:
                rule = regime[SENTENCES[charge]]
                sentence = regime[f"{charge}_sentence"]
                with self.subTest(regime=regime.name, charge=charge):
                    self.assertEqual(rule == "none", not sentence)
                    if sentence:
                        self.assertTrue(sentence.endswith("."))
                        self.assertLessEqual(len(sentence), 260)

    def test_consumers_are_spared(self):
        """No fixed sum, no rate between businesses, for no consumer anywhere."""
        consumers = self.regimes.filtered(lambda r: r.kind == "consumer")
        self.assertEqual(len(consumers), 14)
        for regime in consumers:
            with self.subTest(regime=regime.name):
                self.assertEqual(regime.indemnity_rule, "none")
                series = regime.rate_series or ""
                self.assertNotRegex(series, "B2B|COMMERCIAL|REF_SEMESTER")
        self.assertEqual(
            consumers.filtered(lambda r: r.fee_rule != "none").mapped("code"),
            ["be_consumer", "de_consumer"],
        )
        self.assertEqual(
            consumers.filtered(lambda r: r.cost_rule != "none").mapped("code"),
            ["nl_consumer"],
        )

    def test_notices_give_time(self):
        for regime in self.regimes:
            self.assertGreaterEqual(regime.notice_days, 15)

    def test_periods_that_changed(self):
        """The French order for payment: by the date of the order."""
        regime = self.env.ref("credit_management.regime_fr_business")
        periods = regime.period_ids.filtered("code")
        for code, day, number in (
            ("order_service", date(2026, 8, 31), 6),
            ("order_service", date(2026, 9, 1), 3),
            ("order_enforceable", date(2026, 8, 31), 1),
            ("order_enforceable", date(2026, 9, 1), 2),
        ):
            with self.subTest(code=code, day=day):
                found = periods.filtered(
                    lambda p, code=code, day=day: (
                        p.code == code
                        and (not p.date_from or p.date_from <= day)
                        and (not p.date_to or day <= p.date_to)
                    )
                )
                self.assertEqual((found.number, found.unit), (number, "months"))
                self.assertEqual(found.date_basis, "Date of the order")

    def test_belgian_first_reminder(self):
        regime = self.env.ref("credit_management.regime_be_consumer_2023")
        mentions = regime.mention_ids.filtered(lambda m: m.document == "first_reminder")
        self.assertEqual(len(mentions), 5)
        fields = self.env["credit.reminder"]._fields
        for mention in mentions:
            names = mention.placeholders.split(",")
            self.assertTrue(set(names) <= set(fields), names)

    def test_belgian_nights(self):
        """No calls and no visits from 22:00 to 08:00, nobody else is contacted."""
        regime = self.env.ref("credit_management.regime_be_consumer_2023")
        binding = regime.contact_ids.filtered("binding")
        hours = {rule.channel: (rule.hour_from, rule.hour_to) for rule in binding}
        self.assertEqual(
            hours, {False: (0.0, 24.0), "phone": (8.0, 22.0), "visit": (8.0, 22.0)}
        )
        self.assertFalse(any(binding.mapped("third_parties")))

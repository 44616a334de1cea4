"""Terms on late payment: what the law does not allow is refused when it is written."""

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .charges_common import ChargesCommon


@tagged("post_install", "-at_install")
class TestTerms(ChargesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_series("TEST_EIGHT", {"2020-01-01": 8.0})
        cls.business.write(
            {
                "floor_series": "TEST_EIGHT",
                "cap_series": "TEST_TEN",
                "basis_ids": [
                    Command.create(
                        {"topic": topic, "article": article, "confidence": "text"}
                    )
                    for topic, article in {
                        "rate": "art. 7",
                        "compounding": "art. 8",
                        "clause": "art. 9",
                    }.items()
                ],
            }
        )

    def refused(self, *parts, **values):
        with self.assertRaises(ValidationError) as caught:
            self.make_terms(**values)
        for part in ("Terms", *parts):
            self.assertIn(part, str(caught.exception))

    def test_rate_below_the_floor(self):
        self.refused(
            "7.50\N{NO-BREAK SPACE}%",
            "at least 8\N{NO-BREAK SPACE}% (TEST_EIGHT)",
            "art. 7",
            "Business in France",
            kind="business",
            rate_rule="fixed",
            rate=7.5,
        )
        terms = self.make_terms("business", rate_rule="fixed", rate=8.0)
        with self.assertRaises(ValidationError):
            terms.rate = 7.99

    def test_rate_above_the_cap(self):
        self.refused(
            "at most 10",
            "art. 7",
            kind="business",
            rate_rule="series",
            rate_series="TEST_EIGHT",
            rate_margin=2.5,
        )
        self.make_terms(
            "business", rate_rule="series", rate_series="TEST_EIGHT", rate_margin=2
        )

    def test_limits_of_the_day(self):
        """Terms of later invoices are held against the rate of that day."""
        self.env["credit.rate"].create(
            {"series": "TEST_EIGHT", "valid_from": "2026-07-01", "rate": 9.0}
        )
        values = {"kind": "business", "rate_rule": "fixed", "rate": 8.5}
        self.make_terms(date_from="2026-06-30", **values)
        self.refused("at least 9", date_from="2026-07-01", **values)

    def test_unknown_series(self):
        self.refused(
            "NO_SUCH_RATE",
            kind="business",
            rate_rule="series",
            rate_series="NO_SUCH_RATE",
        )

    def test_absurd_rate(self):
        for rate in (-1, 1000):
            self.refused(
                "no yearly rate", kind="consumer", rate_rule="fixed", rate=rate
            )

    def test_absurd_margin(self):
        """Also under a law without a cap, and where the day's value is not known."""
        self.business.write({"cap_series": False, "floor_series": False})
        values = {
            "kind": "business",
            "rate_rule": "series",
            "rate_series": "TEST_EIGHT",
        }
        self.refused("508 % is no yearly rate", rate_margin=500, **values)
        self.refused("-2 % is no yearly rate", rate_margin=-10, **values)
        terms = self.make_terms(rate_margin=92, **values)
        with self.assertRaises(ValidationError):
            terms.rate_margin = 92.01
        over = self.make_series("TEST_OVER", {"2020-01-01": 8.0})
        over.checked_until = "2021-12-31"
        values["rate_series"] = "TEST_OVER"
        self.refused("508 % is no yearly rate", rate_margin=500, **values)
        self.make_series("TEST_EMPTY", {})
        values["rate_series"] = "TEST_EMPTY"
        self.refused("500 % is no yearly rate", rate_margin=500, **values)

    def test_series_of_another_company(self):
        """Nobody's terms rest on what another company agreed on."""
        series = self.make_series("TEST_OWN", {"2020-01-01": 9.0})
        series.company_id = self.other_company
        values = {
            "kind": "business",
            "rate_rule": "series",
            "rate_series": "TEST_OWN",
        }
        # No record rule hides the series here: both companies are the user's.
        self.refused("no series of rates with the code", "TEST_OWN", **values)
        terms = self.make_terms(company_id=self.other_company.id, **values)
        with self.assertRaises(ValidationError):
            terms.company_id = self.company
        series.company_id = False
        terms.company_id = self.company
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        series.company_id = self.company
        self.make_terms(company_id=branch.id, **values)
        with self.assertRaises(ValidationError):
            self.business.rate_series = "TEST_OWN"

    def test_compounding(self):
        self.refused("art. 8", kind="business", compounding=True)
        self.business.contract_compounding_allowed = True
        self.make_terms("business", compounding=True)

    def test_clause_and_fee_forbidden(self):
        self.refused(
            "penalty clause is forbidden",
            "art. 9",
            kind="business",
            clause_rule="percent",
            clause_percent=5,
        )
        self.refused("fees are forbidden", "art. 3", kind="business", fee_amount=5)

    def test_clause_above_its_cap(self):
        """Of a claim of one cent at least 25 would be asked, 20 is allowed."""
        self.refused(
            "25.00",
            "20.00",
            "art. 5",
            kind="consumer",
            clause_rule="percent",
            clause_percent=1,
            clause_min=25,
        )
        terms = self.make_terms("consumer", clause_rule="legal")
        with self.assertRaises(ValidationError):
            terms.write({"clause_rule": "percent", "clause_percent": 15})

    def test_fee_above_its_cap(self):
        self.refused("7.50", kind="consumer", fee_amount=7.51)
        self.make_terms("consumer", fee_amount=7.5)

    def test_country_of_the_terms(self):
        """What a country's law says counts for terms of that country."""
        america = self.env.ref("base.us")
        values = {"kind": "business", "rate_rule": "fixed", "rate": 20}
        self.refused("Business in France", **values)
        self.make_terms(country_id=america.id, **values)

    def test_company_in_another_country_and_currency(self):
        """Amounts are compared in the company's currency: a euro is two dollars."""
        self.make_regime(
            "consumer",
            country="base.us",
            name="Consumer in America",
            fee_rule="capped",
            fee_max=7.5,
        )
        values = {"kind": "consumer", "company_id": self.other_company.id}
        self.make_terms(fee_amount=15, **values)
        self.refused("$", "Consumer in America", fee_amount=15.01, **values)

    def test_no_law_no_objection(self):
        """Where no law is known nothing is charged, and nothing can be broken."""
        self.make_terms(
            "business", country_id=self.env.ref("base.jp").id, fee_amount=100
        )

    def test_version_in_force(self):
        """A version of the law that is over does not speak."""
        self.business.date_to = "2026-05-31"
        self.make_regime(
            "business",
            name="New law",
            interest_start="due",
            rate_series="TEST_TEN",
            date_from="2026-06-01",
        )
        self.make_terms("business", rate_rule="fixed", rate=1)

    def test_law_is_shown_while_writing(self):
        """With what invoices have to say, but not what other documents have to."""
        self.env["credit.regime.mention"].create(
            [
                {
                    "regime_id": self.business.id,
                    "document": document,
                    "name": name,
                    "article": "art. 8",
                }
                for document, name in (
                    ("invoice", "The rate of the penalties"),
                    ("formal_notice", "The amount due"),
                )
            ]
        )
        terms = Form(self.env["credit.terms"])
        terms.kind = "business"
        self.assertIn("Business in France", terms.law_html)
        self.assertIn("art. 7", terms.law_html)
        self.assertIn("The rate of the penalties", terms.law_html)
        self.assertIn("art. 8", terms.law_html)
        self.assertNotIn("The amount due", terms.law_html)
        terms.kind = "consumer"
        self.assertIn("Consumer in France", terms.law_html)
        terms.country_id = self.env.ref("base.jp")
        self.assertFalse(terms.law_html)

    def test_collectors_read(self):
        terms = self.make_terms("consumer")
        collector = new_test_user(
            self.env,
            "collector",
            "credit_management.group_collector",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.assertTrue(terms.with_user(collector).law_html)
        with self.assertRaises(AccessError):
            terms.with_user(collector).fee_amount = 1

"""Which regime and which terms apply to an item."""

from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..hooks import add_kind_columns, work_out_kinds
from .charges_common import SIREN, ChargesCommon
from .common import days_ago


@tagged("post_install", "-at_install")
class TestRegimeResolution(ChargesCommon):
    def find(self, kind, country="fr", day=date(2026, 6, 1), chosen=None):
        record = self.env.ref(f"base.{country}") if country else None
        return self.env["credit.regime"]._resolver(self.company)(
            kind, record and record.id, day, chosen and chosen.id
        )

    def test_country_and_kind(self):
        self.assertEqual(self.find("business"), self.business)
        self.assertEqual(self.find("consumer"), self.consumer)
        self.assertEqual(self.find("business", "us"), self.american)

    def test_no_country_is_the_company_s(self):
        self.assertEqual(self.find("business", None), self.business)

    def test_version_by_the_due_date(self):
        """Two versions of one rule live side by side."""
        self.consumer.date_from = date(2023, 9, 1)
        older = self.make_regime("consumer", name="Before", date_to=date(2023, 8, 31))
        self.assertEqual(self.find("consumer", day=date(2023, 8, 31)), older)
        self.assertEqual(self.find("consumer", day=date(2023, 9, 1)), self.consumer)

    def test_fallbacks(self):
        """The European one for its members, then the one for everywhere else."""
        union = self.make_regime("business", scope="eu", code="eu", country_id=False)
        nothing = self.make_regime(
            "business", scope="none", code="none", country_id=False
        )
        self.assertEqual(self.find("business", "pl"), union)
        self.assertEqual(self.find("business", "jp"), nothing)
        self.assertFalse(self.find("consumer", "jp"))

    def test_what_changes_is_seen_at_once(self):
        """Although regimes are kept in mind from one question to the next."""
        self.assertEqual(self.find("consumer"), self.consumer)
        self.consumer.active = False
        self.assertFalse(self.find("consumer"))
        self.consumer.active = True
        self.assertEqual(self.find("consumer"), self.consumer)
        self.consumer.date_to = date(2026, 5, 31)
        self.assertFalse(self.find("consumer"))
        later = self.make_regime("consumer", date_from=date(2026, 6, 1))
        self.assertEqual(self.find("consumer"), later)
        later.unlink()
        self.assertFalse(self.find("consumer"))

    def test_known_without_a_query(self):
        self.find("business")
        country = self.env.ref("base.fr").id
        with self.assertQueryCount(0):
            find = self.env["credit.regime"]._resolver(self.company)
            self.assertEqual(find("business", country, date(2026, 6, 1)), self.business)

    def test_public_bodies(self):
        """As businesses, where the law has nothing else for them."""
        self.assertEqual(self.find("public"), self.business)
        own = self.make_regime("public", name="Public bodies")
        self.assertEqual(self.find("public"), own)

    def test_kind_of_claim(self):
        goods = self.make_regime("business", code="goods", claim_kind="goods")
        self.assertEqual(self.find("business"), self.business)
        self.company.credit_claim_kind = "goods"
        self.assertEqual(self.find("business"), goods)

    def test_chosen_on_the_customer(self):
        self.assertEqual(
            self.find("business", "fr", chosen=self.american), self.american
        )
        self.debtor.with_company(self.company).credit_regime_id = self.american
        move = self.make_invoice(overdue=25, amount=1000)
        item = self.items(move)
        row = self.env["credit.engine"]._assess_items(item, days_ago(0))[item]
        self.assertEqual(row["regime_record"], self.american)
        # The choice is the company's own.
        other = self.items(self.make_invoice(overdue=25, company=self.other_company))
        row = self.env["credit.engine"]._assess_items(other, days_ago(0))[other]
        self.assertEqual(row["regime_record"], self.business)

    def test_no_business_rules_for_a_consumer(self):
        """Neither by choice, nor by a choice that was right before."""
        with self.assertRaisesRegex(ValidationError, "nothing proves"):
            self.debtor_b.credit_regime_id = self.american
        self.assertEqual(
            self.find("consumer", "fr", chosen=self.american), self.consumer
        )

    def test_terms(self):
        """The country's before those for all, the latest before older ones."""

        def find(kind="business", country="fr", day=date(2026, 6, 1)):
            country_id = self.env.ref(f"base.{country}").id
            return self.env["credit.terms"]._resolver(self.company)(
                kind, country_id, day
            )

        self.assertFalse(find())
        older = self.make_terms("business", date_from="2020-01-01")
        newer = self.make_terms("business", date_from="2026-01-01")
        french = self.make_terms(
            "business",
            date_from="2020-01-01",
            country_id=self.env.ref("base.fr").id,
        )
        self.assertEqual(find(country="us"), newer)
        self.assertEqual(find(country="us", day=date(2025, 12, 31)), older)
        self.assertEqual(find(), french)
        self.assertEqual(find("public", "us"), newer)
        self.assertFalse(find("consumer"))
        self.assertFalse(
            self.env["credit.terms"]._resolver(self.other_company)(
                "business", self.env.ref("base.fr").id, date(2026, 6, 1)
            )
        )

    def test_amounts_in_other_currencies(self):
        """40 euros are 80 dollars, to the cent and as integers."""
        values = self.business._to_engine(self.dollar, self.company, days_ago(0))
        self.assertEqual(values.indemnity.tiers[0].fixed, 8000)
        values = self.business._to_engine(self.euro, self.company, days_ago(0))
        self.assertEqual(values.indemnity.tiers[0].fixed, 4000)

    def test_kinds_of_a_ledger_that_was_there_before(self):
        """Worked out at installation as the field does it, in few statements."""
        known = [
            {"name": "By number", "company_registry": SIREN},
            {"name": "By VAT number", "vat": "FR40303265045"},
            {"name": "Number of nobody", "company_registry": "12"},
            {"name": "Said to be public", "credit_kind": "public"},
            {"name": "Said to be a business", "credit_kind": "business"},
            {"name": "Archived", "company_registry": SIREN, "active": False},
        ]
        partners = self.env["res.partner"].create(
            [{**values, "country_id": self.env.ref("base.fr").id} for values in known]
        )
        fields = ["credit_legal_kind", "credit_kind_basis"]
        expected = partners.read(fields)
        self.assertEqual(len({row["credit_kind_basis"] for row in expected}), 5)
        self.env.flush_all()
        self.env.cr.execute(
            """ALTER TABLE res_partner
                DROP COLUMN credit_legal_kind, DROP COLUMN credit_kind_basis"""
        )
        add_kind_columns(self.env.cr)
        self.env.invalidate_all()
        self.assertEqual(set(partners.mapped("credit_kind_basis")), {"unknown"})
        # Whom something is known of, what is known, and what follows from it.
        with self.assertQueryCount(3):
            work_out_kinds(self.env)
        self.assertEqual(partners.read(fields), expected)

    def test_kind_on_partners(self):
        """Stored, searchable, and the same on the contacts of a debtor."""
        partners = self.env["res.partner"].search(
            [("credit_legal_kind", "=", "business"), ("id", "=", self.debtor.id)]
        )
        self.assertEqual(partners.credit_kind_basis, "registry")
        self.debtor.company_registry = False
        self.assertEqual(self.debtor.credit_legal_kind, "consumer")
        self.debtor.vat = "FR40303265045"
        self.assertEqual(self.debtor.credit_kind_basis, "vat")
        self.debtor.write({"vat": False, "company_registry": SIREN})
        self.assertEqual(self.debtor.credit_legal_kind, "business")

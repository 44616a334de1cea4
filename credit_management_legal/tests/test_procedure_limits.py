"""Amounts that procedures are held to: with interest, and beside the principal."""

from datetime import date

from odoo.tests import tagged

from .procedure_common import BELGIAN, ProcedureCommon


@tagged("post_install", "-at_install")
class TestSmallClaims(ProcedureCommon):
    """Commissaire de justice: principal and interest up to 5,000 (R125-1 CPCE)."""

    def test_interest_counts(self):
        with self.on("2026-04-01"):
            with self.refused("Principal and interest are more than.*5,000"):
                self.judicial("fr_small", amount=4999)
            case = self.judicial("fr_small", amount=4950)
        # What grows until the invitation counts on its day.
        with self.refused("Principal and interest"):
            self.act(case, "invited", "2026-04-24")
        self.act(case, "invited", "2026-04-01")

    def test_each_case_by_itself(self):
        """Two cases of one debtor are looked at together, and not added up."""
        with self.on("2026-04-01"):
            cases = self.judicial("fr_small", amount=4900)
            cases |= self.judicial("fr_small", amount=4900)
            together = cases._procedure_extras()
            for case in cases:
                self.assertEqual(together[case.id], case._procedure_extras()[case.id])
            self.assertFalse(any(cases.mapped("procedure_warning")))

    def test_sheet(self):
        self.assertIn("interest included", self.procedure("fr_small").sheet_html)
        self.assertNotIn("interest included", self.procedure("eu_small").sheet_html)


@tagged("post_install", "-at_install")
class TestBelgianLimit(ProcedureCommon):
    """Undisputed debts: interest and clauses up to 10 % of the principal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.in_country(cls.company, "be")
        cls.in_country(cls.debtor, "be", company_registry=False, vat=BELGIAN)

    def claim(self, case, code, day):
        paper = self.env["credit.paper"]._of(code)
        return paper._values(case, "en", day)["claim"]

    def test_what_is_above_is_not_claimed(self):
        day = date(2026, 7, 1)
        with self.on("2026-07-01"):
            old = self.make_invoice(overdue=600, amount=1000)
            case = self.make_case(
                old, kind="judicial", procedure_id=self.procedure("be_uncontested").id
            )
            owed = case._claim_at(day)
            above = owed["interest"] - 10_000
            self.assertGreater(above, 0)
            self.assertIn("papers leave out", case.procedure_warning)
            claim = self.claim(case, "bailiff_notice", day)
            self.assertEqual(claim["total"], owed["total"] - above)
            self.assertIn("above 10 % of the principal", claim["sums"][-1][0])
            # What is declared in an insolvency is bound by no procedure.
            whole = self.claim(case, "insolvency_claim", day)
            self.assertEqual(whole["total"], owed["total"])
            # Nor is what goes another way.
            case.procedure_id = self.procedure("be_summons")
            self.assertEqual(
                self.claim(case, "bailiff_notice", day)["total"], owed["total"]
            )

    def test_within_the_limit(self):
        day = date(2026, 7, 1)
        with self.on("2026-07-01"):
            case = self.judicial("be_uncontested")
            claim = self.claim(case, "bailiff_notice", day)
            self.assertEqual(claim["total"], case._claim_at(day)["total"])

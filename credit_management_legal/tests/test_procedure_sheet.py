"""Procedures as data, and the sheet that shows them on one page, also on paper."""

from odoo.tests import tagged

from odoo.addons.credit_management.models.ir_actions_report import STYLES

from .procedure_common import ProcedureCommon


@tagged("post_install", "-at_install")
class TestProcedureSheet(ProcedureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.viewer = cls.make_user("viewer", "group_viewer")

    def test_every_rule_says_where_it_stands(self):
        procedures = self.env["credit.procedure"].search([])
        self.assertGreaterEqual(
            set(procedures.mapped("code")),
            {
                "fr_order",
                "fr_interim",
                "fr_summons",
                "fr_small",
                "fr_uncontested",
                "be_uncontested",
                "be_summary",
                "be_summons",
                "de_order",
                "eu_order",
                "eu_small",
            },
        )
        self.assertFalse(self.procedure("fr_uncontested").in_force)
        for procedure in procedures:
            with self.subTest(procedure=procedure.code):
                self.assertTrue(procedure.stage_ids and procedure.deadline_ids)
                for rule in procedure.deadline_ids:
                    self.assertTrue(rule.consequence or rule.role == "wait", rule.code)
                    # What claims to be read names the article.
                    self.assertTrue(
                        rule.article or rule.confidence != "source", rule.code
                    )
                for stage in procedure.stage_ids[:-1]:
                    # Every act can be reached, and leads on or ends.
                    reached = stage in procedure.stage_ids.next_ids
                    self.assertTrue(reached or stage == procedure.stage_ids[0])
                self.assertNotIn("<t ", procedure.with_user(self.viewer).sheet_html)

    def test_days_in_prose(self):
        """They are kept for readers everywhere, and told as the reader writes them."""
        self.env["res.lang"]._activate_lang("fr_FR")
        procedure = self.procedure("fr_order")
        procedure.deadline_ids[:1].remedy = "File anew until 2026-13-45."
        sheet = procedure.sheet_html
        self.assertIn("Since 03/01/2022 the order", sheet)
        self.assertIn("for orders from 09/01/2026", sheet)
        self.assertIn("until 2026-13-45", sheet, "that is no day")
        french = procedure.with_context(lang="fr_FR")
        french.description = "Depuis le 2022-03-01, l’ordonnance porte la formule."
        self.assertIn("Depuis le 01/03/2022, l’ordonnance", french.sheet_html)

    def test_sheet(self):
        procedure = self.procedure("fr_order").with_user(self.viewer)
        sheet = procedure.sheet_html
        for words in (
            "1405 to 1425 CPC",
            "6 months",
            "until 08/31/2026",
            "3 months",
            "The order is void",
            "To be verified",
            "33.47",
            "Unknown",
            "641 and 642 CPC",
        ):
            self.assertIn(words, sheet)
        self.assertEqual(
            procedure.unsure_count,
            len(procedure.stage_ids.filtered(lambda s: s.confidence == "memory"))
            + len(procedure.deadline_ids.filtered(lambda d: d.confidence == "memory")),
        )
        small = self.procedure("fr_small").sheet_html
        self.assertIn("For businesses until 04/24/2026", small)
        self.assertIn("Not in force", self.procedure("fr_uncontested").sheet_html)
        html = self.env["ir.actions.report"]._render_qweb_html(
            "credit_management_legal.report_procedure", procedure.ids
        )[0]
        self.assertIn(b"Order for payment", html)

    def test_sheets_have_their_style(self):
        """Whatever is printed as a sheet, also by addons to come."""
        views = self.env["ir.ui.view"].search([("type", "=", "qweb")])
        sheets = views.filtered(
            lambda view: 't-call="credit_management.annex_layout"' in view.arch_db
        )
        reports = self.env["ir.actions.report"].search(
            [("report_name", "in", sheets.mapped("key"))]
        )
        self.assertIn(
            "credit_management_legal.report_procedure", reports.mapped("report_name")
        )
        for report in reports:
            self.assertIn(report.report_name, STYLES)

    def test_colons_of_the_language(self):
        """French sets a space before it, on the sheet as everywhere."""
        self.env["res.lang"]._activate_lang("fr_FR")
        procedure = self.env.ref("credit_management_legal.procedure_fr_order")
        french = procedure.with_context(lang="fr_FR")
        rows = [stage._row()["cost"] for stage in french.stage_ids]
        rows += [deadline._row()["who"] for deadline in french.deadline_ids]
        for text in rows:
            self.assertIn("\N{NO-BREAK SPACE}:", text)
            self.assertIn(text.partition("\N{NO-BREAK SPACE}:")[0], french.sheet_html)

"""The claim at a date on paper and in a workbook, and the annex of a reminder."""

import base64
import io
from unittest.mock import patch

from lxml import html
from openpyxl import load_workbook

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools.translate import code_translations

from ..models.credit_rate_source import source_text
from .charges_common import CHARGED_2, EMAIL_1
from .claim_common import ClaimCommon, words
from .common import days_ago


@tagged("post_install", "-at_install")
class TestClaimPaper(ClaimCommon):
    # ------------------------------------------------------------------
    # Paper
    # ------------------------------------------------------------------

    def _printed(self, report, record):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            f"credit_management.{report}", record.ids
        )
        return content.decode()

    def test_print_in_the_debtors_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        claim = self.claim(self.move)
        self.assertIn("1,067.40", words(claim.claim_html))
        page = self._printed("report_claim", claim)
        self.assertIn("1 067,40", words(page).replace("\N{NARROW NO-BREAK SPACE}", " "))
        self.assertEqual(claim._document_values()[0][0], "fr_FR")

    def test_paper_keeps_its_sources_to_itself(self):
        """Where a figure was found is for those who check it, not for debtors."""
        self.env["credit.rate"].search([("series", "=", "TEST_TEN")]).source = "A blog"
        claim = self.claim(self.move)
        self.assertIn("A blog", words(claim.claim_html))
        self.assertNotIn("A blog", words(self._printed("report_claim", claim)))

    def test_sources_name_their_series(self):
        texts = self.env["credit.calculation"]
        series = texts._series_names()
        self.assertEqual(
            texts._source_text("computed ECB_REF_SEMESTER + 10 (art. L441-10)", series),
            f"computed {series['ECB_REF_SEMESTER']} + 10 (art. L441-10)",
        )
        self.assertEqual(texts._source_text(None, series), "")

    def test_sources_in_the_language_of_the_reader(self):
        """The words that most of them share; names and numbers stay."""
        self.env["res.lang"]._activate_lang("fr_FR")
        texts = self.env["credit.calculation"].with_context(lang="fr_FR")
        words = {
            "computed": "calculé",
            "base on first day of half-year": "taux de base du semestre",
            "Law of %s": "Loi du %s",
            "%(told)s; %(more)s": "%(told)s\xa0; %(more)s",
        }
        with patch.object(
            code_translations, "get_python_translations", return_value=words
        ):
            told = texts._source_text(
                "computed base on first day of half-year + 9.2 (Law of 2 May 2013); "
                "database",
                {},
            )
        self.assertEqual(
            told,
            "calculé taux de base du semestre + 9.2 (Loi du 2 mai 2013)\xa0; database",
        )

    def test_no_source_is_half_translated(self):
        """A part of which a word is not known stays in English, with its articles."""
        self.env["res.lang"]._activate_lang("fr_FR")
        env = self.env(context={"lang": "fr_FR"})
        words = {
            "computed": "calculé",
            "base": "taux de base",
            "rounded up to": "arrondi vers le haut à",
            "as of": "état",
            "unchanged": "inchangé",
            "reference": "taux de référence",
            "%(told)s; %(more)s": "%(told)s\xa0; %(more)s",
        }
        english = (
            "computed 2.40 + 8 = 10.40 rounded up to half point; no notice read",
            "level: Bundesbank base rate 1.52 from 2026-07-01",
            "table of a page (as of 2020)",
            "article 3 of the law of 2 May 2013",
            "unchanged since mid-2025",
        )
        told = {
            "phc-expert.be / lydian.be: 8 % unchanged 2016-2022": "phc-expert.be / "
            "lydian.be: 8 % inchangé 2016-2022",
            "computed base + 9 (par. 288(2) BGB; DL 62/2013)": "calculé taux de base "
            "+ 9 (par. 288(2) BGB\xa0; DL 62/2013)",
            "computed ECB_REF_SEMESTER + 10 (art. L441-10 II C. com.)": "calculé "
            "ECB_REF_SEMESTER + 10 (art. L441-10 II C. com.)",
            "computed reference + 8 (Rate of Interest) (No. 3)": "calculé taux de "
            "référence + 8 (Rate of Interest) (No. 3)",
            "computed base; a page": "calculé taux de base\xa0; a page",
        }
        told |= {text: text.replace("; ", "\xa0; ") for text in english}
        with patch.object(
            code_translations, "get_python_translations", return_value=words
        ):
            for source, expected in told.items():
                self.assertEqual(source_text(env, source), expected)

    def test_annex_agrees_with_the_reminder(self):
        self.make_policy(EMAIL_1, CHARGED_2)
        later = self.make_invoice(overdue=30, amount=80)
        self.make_credit_note(amount=20)
        step = self.env["credit.policy"].search([])[0].step_ids[0]
        for move in self.move | later:
            self.remind(move, step)
        reminder = self.queued(self.move, later)
        (made,) = reminder._calculations().values()
        self.assertEqual(made.charge("interest"), round(reminder.amount_interest * 100))
        values = reminder._calculation_values()[reminder.id]
        self.assertEqual(values["total"], reminder.amount_total_text)
        text = words(self._printed("report_calculation", reminder))
        self.assertIn(reminder.name, text)
        self.assertIn("Credit notes and payments not matched yet", text)
        self.assertNotIn("What is left out", text)
        self.deliver(reminder)
        again = reminder._calculation_values()[reminder.id]
        self.assertEqual(again["total"], values["total"])

    def test_annexes_are_printed_together(self):
        self.make_policy(EMAIL_1, CHARGED_2)
        step = self.env["credit.policy"].search([])[0].step_ids[0]
        moves = self.move | self.make_invoice(
            self.make_debtor("Petit SARL", company_registry="552100554"), overdue=40
        )
        for move in moves:
            self.remind(move, step)
        reminders = self.queued(*moves)
        self.assertEqual(len(reminders), 2)
        pdfs = reminders._calculation_pdf()
        self.assertEqual(set(pdfs), set(reminders.ids))
        self.assertTrue(all(pdf.startswith(b"%PDF") for pdf in pdfs.values()))

    def test_annex_of_three_hundred_items(self):
        """Each item is a table of its own that is not torn apart."""
        self.make_series("TEST_MONTHS", {f"2026-{m:02}-01": m for m in range(1, 7)})
        self.business.rate_series = "TEST_MONTHS"
        entry = self.statement(self.move).entries[0]
        (made,) = self.claim(self.move)._statements()
        made.entries = [entry] * 300
        calculation = self.env["credit.calculation"]
        page = self.env["ir.qweb"]._render(
            "credit_management.claim_statements",
            {"statements": [calculation._statement_values(made)]},
        )
        tree = html.fromstring(str(page))
        tables = tree.xpath("//div[contains(@class, 'cm_keep')]/table")
        self.assertEqual(len(tables), 300)
        self.assertEqual(len(tables[0].xpath("./thead/tr")), 2)

    def test_missing_rate_stops_the_annex(self):
        self.make_policy(EMAIL_1, CHARGED_2)
        reminder = self.remind(
            self.move, self.env["credit.policy"].search([])[0].step_ids[1]
        )
        self.make_series("TEST_HALF", {"2025-07-01": 9.0}, frequency="half_year")
        self.business.rate_series = "TEST_HALF"
        with self.assertRaisesRegex(UserError, "2026-S1"):
            reminder._calculation_pdf()

    # ------------------------------------------------------------------
    # Workbook
    # ------------------------------------------------------------------

    def workbook(self, claim):
        action = claim.action_export()
        self.assertIn(f"/web/content/credit.claim/{claim.id}/workbook/", action["url"])
        return load_workbook(io.BytesIO(base64.b64decode(claim.workbook)))

    def test_workbook(self):
        self.pay(self.move, 500, day=days_ago(50))
        book = self.workbook(self.claim(self.move))
        self.assertEqual(book.sheetnames, ["Items", "Interest", "Other"])
        head, row = book["Items"].values
        values = dict(zip(head, row, strict=True))
        self.assertEqual(values["Invoice"], self.move.name)
        self.assertEqual(values["Due date"].date(), days_ago(100))
        self.assertEqual(
            (values["Open amount"], values["Late interest"], values["Total"]),
            (500, 20.74, 560.74),
        )
        lines = list(book["Interest"].values)
        self.assertEqual(len(lines), 3)
        self.assertEqual(sum(line[9] for line in lines[1:]), 20.74)
        self.assertEqual(lines[1][8], 10)
        others = [row[2] for row in book["Other"].values]
        self.assertEqual(others, ["What", "Payment", "Left out", "Left out"])

    def test_workbook_has_no_formulas(self):
        """A name that looks like a formula stays a name."""
        evil = '=HYPERLINK("http://example.com")'
        for name in (evil, "+1", "-1", "@SUM(1)", "\tx\x07"):
            self.debtor.name = name
            book = self.workbook(self.claim(self.move))
            for sheet in book:
                for row in sheet.iter_rows(min_row=2):
                    self.assertNotIn("f", [cell.data_type for cell in row])
                    if row[0].value:
                        self.assertEqual(row[0].data_type, "s")
                        self.assertTrue(row[0].quotePrefix)
            self.assertEqual(book["Items"]["A2"].value, name.replace("\x07", ""))

"""The claim at a date: what it says, prints and exports, and to whom."""

import base64
import io
from datetime import date
from unittest.mock import patch

from lxml import html
from openpyxl import load_workbook

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools.translate import code_translations

from ..models.credit_rate_source import source_text
from .charges_common import CHARGED_2, EMAIL_1, ChargesCommon
from .common import TODAY, DeliveryCommon, days_ago


def words(content):
    """The text of a page, its blanks made equal."""
    text = html.fromstring(str(content)).text_content()
    return " ".join(text.split())


@tagged("post_install", "-at_install")
class TestClaim(ChargesCommon, DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # 100 days of 10 % on 1,000: 27.40.
        cls.move = cls.make_invoice(overdue=100, amount=1000)

    def claim(self, moves, **values):
        action = self.env["credit.claim"]._open(self.items(moves), **values)
        return self.env["credit.claim"].browse(action["res_id"])

    def statement(self, moves, **values):
        (made,) = self.claim(moves, **values)._statements()
        return made

    def amounts(self, made):
        return {kind: made.charge(kind) for kind in made.kinds}

    # ------------------------------------------------------------------
    # What is owed
    # ------------------------------------------------------------------

    def test_interest_and_indemnity(self):
        made = self.statement(self.move)
        self.assertEqual(self.amounts(made), {"interest": 2740, "indemnity": 4000})
        self.assertEqual((made.residual, made.total), (100_000, 106_740))
        reasons = {w.kind: w.reason for w in made.entries[0].withheld}
        self.assertEqual(reasons, {"clause": "forbidden"})
        self.assertEqual([w.kind for w in made.withheld], ["cost"])

    def test_tells_what_is_disputed(self):
        whole, part = (self.make_invoice(overdue=60, amount=500) for _number in "12")
        reason = self.env["credit.dispute.reason"].search([], limit=1)
        self.env["credit.dispute"].create(
            [
                {"move_id": whole.id, "reason_id": reason.id},
                {"move_id": part.id, "reason_id": reason.id, "amount": 120},
            ]
        )
        claim = self.claim(self.move | whole | part)
        (made,) = claim._statements()
        self.assertEqual(made.contested, {whole: 50_000, part: 12_000})
        ((_lang, values),) = claim._document_values()
        self.assertEqual(
            [(row["label"], row["amount"][:6]) for row in values["beside"]],
            [
                (f"Of which disputed by the debtor: {whole.name}", "500.00"),
                (f"Of which disputed by the debtor: {part.name}", "120.00"),
            ],
        )
        claim.action_export()
        book = load_workbook(io.BytesIO(base64.b64decode(claim.workbook)))
        told = [row[1:3] for row in book.worksheets[2].iter_rows(values_only=True)]
        self.assertIn((whole.name, "Disputed"), told)

    def test_at_another_day(self):
        self.assertEqual(self.statement(self.move, date=days_ago(50)).total, 105_370)
        self.assertEqual(
            self.statement(self.move, date=date(2026, 12, 31)).charge("interest"), 8137
        )
        early = self.statement(self.move, date=days_ago(101))
        self.assertEqual(early.entries, [])
        self.assertEqual(early.later, [self.items(self.move)])

    def test_payment_goes_to_interest_first(self):
        """500 paid after 50 days: 13.70 to interest, the rest to the principal."""
        self.pay(self.move, 500, day=days_ago(50))
        claim = self.claim(self.move)
        (made,) = claim._statements()
        # 50 days on 1,000: 13.70; then 50 days on 1,000 - 486.30.
        self.assertEqual(self.amounts(made)["interest"], 1370 + 704)
        self.assertEqual(made.residual, 50_000)
        text = words(claim.claim_html)
        self.assertIn("Payment −500.00 € 13.70 € to interest, 486.30 €", text)
        before = self.statement(self.move, date=days_ago(51))
        self.assertEqual(before.residual, 100_000)

    def test_lines_add_up(self):
        self.make_series(
            "TEST_STEPS", {"2020-01-01": 9.13, "2026-04-01": 8.77, "2026-05-02": 10.01}
        )
        self.business.rate_series = "TEST_STEPS"
        self.pay(self.move, 333.33, day=days_ago(40))
        made = self.statement(self.move)
        lines = made.entries[0].interest.segments
        self.assertEqual(len(lines), 4)
        self.assertEqual(sum(line.amount for line in lines), made.charge("interest"))

    def test_only_what_is_wanted(self):
        claim = self.claim(self.move)
        with Form(claim) as form:
            form.charge_indemnity = False
            self.assertNotIn("Recovery indemnity", words(form.claim_html))
            form.date = days_ago(90)
            self.assertIn("1,002.74", words(form.claim_html))
            form.charge_interest = False
            self.assertNotIn("1,002.74", words(form.claim_html))
        (made,) = claim._statements()
        self.assertEqual(made.total, 100_000)

    def test_unmatched_credits_of_all_that_is_owed(self):
        """Taken off the total, as reminders do; interest runs on all the same."""
        self.make_payment(amount=300, day=days_ago(1))
        self.make_payment(amount=7, currency=self.dollar)
        self.make_payment(self.debtor_b, amount=9)
        claim = self.claim(self.move)
        text = words(claim.claim_html)
        self.assertIn("interest runs without them until they are −300.00", text)
        self.assertIn("To pay 767.40", text)
        self.assertEqual(self.amounts(claim._statements()[0])["interest"], 2740)
        claim.action_export()
        book = load_workbook(io.BytesIO(base64.b64decode(claim.workbook)))
        [row] = [
            row
            for row in book["Other"].values
            if row[2] == "Credit notes and payments not matched yet"
        ]
        self.assertEqual((row[4], row[6]), (-300, "Taken off what is to be paid"))
        # What came in later was not there on the day of the claim.
        claim.date = days_ago(2)
        self.assertNotIn("not matched yet", words(claim.claim_html))

    def test_unmatched_credits_beside_other_invoices(self):
        self.make_payment(amount=300)
        self.make_invoice(overdue=5, amount=50)
        text = words(self.claim(self.move).claim_html)
        self.assertIn("To pay 1,067.40", text)
        self.assertIn("Not taken off: credit notes and payments", text)

    def test_missing_rate_stops_paper(self):
        self.make_series("TEST_HALF", {"2025-07-01": 9.0}, frequency="half_year")
        self.business.rate_series = "TEST_HALF"
        claim = self.claim(self.move)
        self.assertIn("TEST_HALF", claim.missing_text)
        self.assertIn("2026-S1", words(claim.claim_html))
        for act in (claim.action_print, claim.action_export, claim._document_values):
            with self.assertRaisesRegex(UserError, "2026-S1"):
                act()
        claim.charge_interest = False
        self.assertFalse(claim.missing_text)
        self.assertEqual(claim.action_print()["type"], "ir.actions.report")

    def test_consumer_who_was_not_warned(self):
        move = self.make_invoice(self.debtor_b, overdue=60, amount=300)
        claim = self.claim(move)
        self.assertEqual(claim._statements()[0].total, 30_000)
        text = words(claim.claim_html)
        self.assertIn(
            "Late interest: a free first reminder has to go first (art. 4)", text
        )
        self.assertIn("Recovery indemnity: the law allows none", text)

    def test_two_debtors_are_two_statements(self):
        other = self.make_invoice(self.debtor_b, overdue=60, amount=300)
        dollars = self.make_invoice(overdue=100, amount=50, currency=self.dollar)
        claim = self.claim(self.move | other | dollars)
        made = {(s.partner, s.currency): s for s in claim._statements()}
        self.assertEqual(len(made), 3)
        # 40 euros are 80 dollars; 100 days of 10 % on 50 are 1.37.
        american = made[self.debtor, self.dollar]
        self.assertEqual(self.amounts(american), {"interest": 137, "indemnity": 8000})
        self.assertIn("$", words(claim.claim_html))

    def test_items_of_two_companies_are_refused(self):
        theirs = self.make_invoice(company=self.other_company, overdue=10)
        companies = self.company | self.other_company
        self.env.user.company_ids = companies
        both = (self.move | theirs).with_context(allowed_company_ids=companies.ids)
        with self.assertRaisesRegex(UserError, "one company"):
            both.action_credit_claim()
        action = both[1].action_credit_claim()
        claim = both.env["credit.claim"].browse(action["res_id"])
        self.assertEqual(claim.company_id, self.other_company)
        (made,) = claim._statements()
        self.assertEqual(made.currency, self.dollar)

    def test_nothing_to_claim(self):
        credit = self.make_credit_note()
        for moves in (credit, self.env["account.move"]):
            with self.assertRaises(UserError):
                self.claim(moves)

    def test_queries_do_not_grow(self):
        moves = self.move
        for number in range(6):
            moves |= self.make_invoice(overdue=20 + number, amount=10 + number)
        day = TODAY
        wanted = self.claim(moves)._wanted()
        calculation = self.env["credit.calculation"]

        def count(items):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            made = calculation._statements(items, day, wanted, carried=True)
            self.assertEqual(len(made[0].entries), len(items))
            return self.env.cr.sql_log_count - before

        few, many = self.items(moves[:2]), self.items(moves)
        count(few)
        self.assertEqual(count(few), count(many))

    # ------------------------------------------------------------------
    # What was claimed before
    # ------------------------------------------------------------------

    def _reminded(self):
        """A reminder with charges that left today."""
        self.make_policy(EMAIL_1, CHARGED_2)
        self.remind(self.move, self.env["credit.policy"].search([])[0].step_ids[0])
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        return reminder

    def test_waived_and_booked(self):
        reminder = self._reminded()
        interest, indemnity = reminder.charge_ids.sorted("kind", reverse=True)
        self.assertEqual((interest.kind, indemnity.kind), ("interest", "indemnity"))
        interest._waive(7.4, "Goodwill")
        claim = self.claim(self.move)
        (made,) = claim._statements()
        self.assertEqual(self.amounts(made), {"interest": 2000, "indemnity": 4000})
        self.assertIn("Late interest, waived −7.40 €", words(claim.claim_html))
        self.company.credit_indemnity_account_id = self.company_data[
            "default_account_revenue"
        ]
        indemnity.action_book()
        made = self.statement(self.move)
        self.assertEqual(self.amounts(made), {"interest": 2000, "indemnity": 0})
        # The day before, none of it had happened.
        made = self.statement(self.move, date=days_ago(1))
        self.assertEqual(self.amounts(made), {"interest": 2712, "indemnity": 4000})
        # The debit note is an item of its own, and bears nothing.
        (made,) = self.claim(self.move | indemnity.booking_id)._statements()
        self.assertEqual(made.total, 100_000 + 2000 + 4000)
        # What is reversed may be claimed anew.
        interest.action_reverse()
        self.assertEqual(self.statement(self.move).charge("interest"), 2740)

    def test_earlier_fees(self):
        fee = (
            self.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "currency_id": self.euro.id,
                    "kind": "fee",
                    "amount": 7.5,
                    "date": days_ago(3),
                }
            )
        )
        self.assertEqual(self.statement(self.move).total, 106_740)
        claim = self.claim(self.move, charge_fee=True)
        (made,) = claim._statements()
        self.assertEqual(made.carried, fee)
        self.assertEqual(made.total, 107_490)
        self.assertIn("Reminder fee", words(claim.claim_html))
        made = self.statement(self.move, charge_fee=True, date=days_ago(4))
        self.assertFalse(made.carried)

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

    # ------------------------------------------------------------------
    # From where, by whom
    # ------------------------------------------------------------------

    def test_from_invoice_items_and_partner(self):
        other = self.make_invoice(overdue=10)
        paid = self.make_invoice(overdue=30, amount=70)
        self.pay(paid)
        theirs = self.make_invoice(company=self.other_company, overdue=10)
        claims = self.env["credit.claim"]
        action = self.move.action_credit_claim()
        self.assertEqual(
            claims.browse(action["res_id"]).item_ids, self.items(self.move)
        )
        action = self.debtor.action_credit_claim()
        claim = claims.browse(action["res_id"])
        self.assertEqual(claim.item_ids, self.items(self.move | other))
        self.assertTrue(claim.charge_fee)
        self.assertNotIn(self.items(theirs), claim.item_ids)
        # What was paid late bears interest all the same.
        action = paid.action_credit_claim()
        (made,) = claims.browse(action["res_id"])._statements()
        self.assertEqual((made.residual, made.charge("interest")), (0, 58))

    def test_rights(self):
        def user(login, group):
            return new_test_user(
                self.env,
                login,
                group,
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )

        collector = user("collector", "credit_management.group_collector")
        action = self.move.with_user(collector).action_credit_claim()
        claim = self.env["credit.claim"].with_user(collector).browse(action["res_id"])
        self.assertIn("1,067.40", words(claim.claim_html))
        claim.action_export()
        self.assertTrue(claim.workbook)
        # A claim is its author's.
        other = user("other", "credit_management.group_collector")
        with self.assertRaises(AccessError):
            claim.with_user(other).read(["claim_html"])
        # Whoever may not read the items does not learn what is owed on them.
        stranger = user("stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self.move.with_user(stranger).action_credit_claim()
        theirs = self.make_invoice(company=self.other_company, overdue=10)
        with self.assertRaises(AccessError):
            theirs.with_user(collector).action_credit_claim()

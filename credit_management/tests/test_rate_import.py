"""Rates from files: good ones, bad ones, and all or nothing."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, TransactionCase, freeze_time, new_test_user, tagged
from odoo.tools import file_open

GOOD = """series;valid_from;rate;source;confidence
FR_B2B_DEFAULT;01/01/2027;12,65;Journal officiel;high
BE_COMMERCIAL;01/01/2027;11,00;Moniteur belge;
DE_BASE_RATE;01/01/2027;-0,88;;low
"""


@tagged("post_install", "-at_install")
@freeze_time("2026-12-20 12:00:00")
class TestRateImport(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")
        cls.env = cls.env(context=dict(cls.env.context, lang="en_US"))
        cls.manager = new_test_user(
            cls.env, "rates", "credit_management.group_manager", lang="en_US"
        )

    def load(self, text, **values):
        content = text if isinstance(text, bytes) else text.encode()
        wizard = (
            self.env["credit.rate.import"]
            .with_user(self.manager)
            .create(
                {
                    "file": base64.b64encode(content),
                    "filename": "rates.csv",
                    **values,
                }
            )
        )
        wizard.action_check()
        return wizard

    def reasons(self, wizard):
        return {line.number: line.reason for line in wizard.bad_line_ids}

    def rate(self, series, day="2027-01-01"):
        return self.env["credit.rate"].search(
            [("series", "=", series), ("valid_from", "=", day)]
        )

    def assertBad(self, row, words, header="series,valid_from,rate"):
        wizard = self.load(f"{header}\n{row}\n")
        self.assertEqual(list(self.reasons(wizard)), [2])
        self.assertIn(words, self.reasons(wizard)[2])
        self.assertEqual(wizard.ok_count, 0)

    # -- Good files -----------------------------------------------------------------

    def test_semicolons_commas_and_days_first(self):
        wizard = self.load(GOOD)
        self.assertEqual((wizard.ok_count, wizard.bad_count), (3, 0))
        self.assertFalse(self.rate("FR_B2B_DEFAULT"))
        wizard.action_import()
        rate = self.rate("FR_B2B_DEFAULT")
        self.assertEqual(
            (rate.rate, rate.source, rate.confidence, rate.state),
            (12.65, "Journal officiel", "high", "confirmed"),
        )
        rate = self.rate("BE_COMMERCIAL")
        self.assertEqual((rate.source, rate.confidence), ("Moniteur belge", "medium"))
        rate = self.rate("DE_BASE_RATE")
        self.assertEqual((rate.rate, rate.source), (-0.88, "rates.csv"))

    def test_commas_dots_and_iso_days(self):
        wizard = self.load(
            "Code,From,Per cent\n"
            "FR_B2B_DEFAULT,2027-01-01,12.65\n"
            "ECB_MRO,2026-12-23,2.875 %\n"
        )
        self.assertFalse(self.reasons(wizard))
        wizard.action_import()
        self.assertEqual(self.rate("FR_B2B_DEFAULT").rate, 12.65)
        # Three decimals are no thousands.
        self.assertEqual(self.rate("ECB_MRO", "2026-12-23").rate, 2.875)

    def test_french_and_dutch_headers(self):
        for header in ("Série;À partir du;Taux", "Reeks;Geldig vanaf;Rentevoet"):
            with self.subTest(header=header):
                wizard = self.load(f"{header}\nFR_B2B_DEFAULT;1/1/2027;12,125\n")
                self.assertFalse(self.reasons(wizard))
                self.assertEqual(wizard.line_ids.rate, 12.125)

    def test_twice(self):
        self.load(GOOD).action_import()
        count = self.env["credit.rate"].search_count([])
        wizard = self.load(GOOD)
        self.assertEqual((wizard.ok_count, wizard.same_count), (0, 3))
        wizard.action_import()
        self.assertEqual(self.env["credit.rate"].search_count([]), count)

    def test_what_is_shipped(self):
        """The file of the rates that are shipped changes nothing."""
        with file_open("credit_management/data/credit.rate.csv", "rb") as file:
            wizard = self.load(file.read())
        self.assertEqual(wizard.same_count, 655)
        self.assertFalse(self.reasons(wizard))
        self.assertFalse(wizard.warnings)

    def test_proposal_is_replaced(self):
        proposal = self.env["credit.rate"].create(
            {
                "series": "FR_B2B_DEFAULT",
                "valid_from": "2027-01-01",
                "rate": 12.4,
                "state": "proposed",
            }
        )
        self.load(GOOD).action_import()
        self.assertEqual((proposal.rate, proposal.state), (12.65, "confirmed"))

    # -- Bad rows -------------------------------------------------------------------

    def test_unknown_series(self):
        self.assertBad("FR_TYPO,2027-01-01,12.65", "no series of rates with the code")

    def test_thousand_per_cent(self):
        self.assertBad("FR_B2B_DEFAULT,2027-01-01,1000", "1000 % is no rate")
        self.assertBad("FR_B2B_DEFAULT,2027-01-01,-7", "-7 % is no rate")

    def test_text(self):
        self.assertBad("FR_B2B_DEFAULT,2027-01-01,twelve", "“twelve” is no number")
        self.assertBad("FR_B2B_DEFAULT,soon,12.65", "“soon” is no date")
        self.assertBad("FR_B2B_DEFAULT,2027-02-30,12.65", "“2027-02-30” is no date")

    def test_missing_cells(self):
        self.assertBad("FR_B2B_DEFAULT,2027-01-01", "Rate: missing")
        self.assertBad("FR_B2B_DEFAULT,,12.65", "Valid from: missing")
        self.assertBad(",2027-01-01,12.65", "Series: missing")

    def test_future(self):
        self.assertBad("FR_B2B_DEFAULT,2027-07-01,12.65", "nobody can know today")

    def test_series_that_has_ended(self):
        self.assertBad("FR_LEGAL_SINGLE,2027-01-01,4", "ended on 12/31/2014")

    def test_not_on_a_border(self):
        self.assertBad("FR_B2B_DEFAULT,2026-12-15,12.65", "not from 12/15/2026")

    def test_other_value_than_in_the_table(self):
        self.assertBad("FR_B2B_DEFAULT,2026-07-01,12.65", "the table has 12.4 %")

    def test_unreadable(self):
        self.assertBad("=FR(),2027-01-01,12.65", "a formula")
        self.assertBad("<b>FR</b>,2027-01-01,12.65", "looks like HTML")
        header = "series,valid_from,rate,confidence"
        self.assertBad("FR_B2B_DEFAULT,2027-01-01,12.65,sure", "is none of", header)

    def test_bytes_that_are_no_text(self):
        rows = (
            b"series,valid_from,rate\nFR\xff\xfe\xe9\xe9,2027-01-01,12.65\n"
            + ("é,2027-01-01,1\n" * 8).encode()
        )
        self.assertIn("can't be read", self.reasons(self.load(rows))[2])

    def test_duplicates_and_overlaps(self):
        wizard = self.load(
            "series,valid_from,valid_to,rate\n"
            "FR_B2B_DEFAULT,2027-01-01,,12.65\n"
            "FR_B2B_DEFAULT,2027-01-01,,12.65\n"
            "NL_LEGAL,2026-07-01,2026-12-31,5\n"
            "NL_LEGAL,2026-10-01,2026-12-31,6\n"
            "UK_BOE_BANK_RATE,2026-12-10,2026-12-01,4\n"
        )
        reasons = self.reasons(wizard)
        self.assertEqual(list(reasons), [3, 5, 6])
        self.assertIn("of row 2 once more", reasons[3])
        self.assertIn("overlap those of row 4", reasons[5])
        self.assertIn("ends before it begins", reasons[6])

    def test_gaps(self):
        wizard = self.load(
            "series,valid_from,valid_to,rate\n"
            "NL_LEGAL,2026-07-01,2026-07-31,5\n"
            "NL_LEGAL,2026-10-01,,6\n"
        )
        self.assertEqual(
            wizard.warnings,
            "NL_LEGAL: the file has nothing from 08/01/2026 to 09/30/2026.",
        )
        self.env.ref("credit_management.rate_fr_b2b_default_2026_07_01").unlink()
        wizard = self.load(GOOD)
        self.assertEqual(
            wizard.warnings, "FR_B2B_DEFAULT: there is no rate for 2026-S2."
        )
        self.assertEqual(wizard.ok_count, 3)

    # -- All or nothing -------------------------------------------------------------

    def test_nothing_unless_told(self):
        wizard = self.load(GOOD + "FR_LEGAL_PRO_CREDITOR;01/01/2027;1000;;\n")
        self.assertEqual((wizard.ok_count, wizard.bad_count), (3, 1))
        with self.assertRaises(UserError):
            wizard.action_import()
        self.assertFalse(self.rate("FR_B2B_DEFAULT"))
        wizard.mode = "good"
        wizard.action_import()
        self.assertEqual(self.rate("FR_B2B_DEFAULT").rate, 12.65)
        self.assertFalse(self.rate("FR_LEGAL_PRO_CREDITOR"))

    # -- Files ----------------------------------------------------------------------

    def test_bad_files(self):
        for text, words in (
            ("", "Choose a file"),
            ("\n\n", "empty"),
            ("series,valid_from\nFR_B2B_DEFAULT,2027-01-01\n", "missing: Rate"),
            ("series,valid_from,rate\n", "nothing below"),
            ("series,valid_from,value,taux\nA,B,C,D\n", "Two columns"),
            (b"%PDF-1.7", "neither a CSV nor an XLSX"),
        ):
            with self.subTest(words=words), self.assertRaises(UserError) as caught:
                self.load(text)
            self.assertIn(words, str(caught.exception))

    def test_form(self):
        form = Form(self.env["credit.rate.import"].with_user(self.manager))
        form.file = base64.b64encode(GOOD.encode())
        wizard = form.save()
        action = wizard.action_check()
        self.assertEqual(action["res_id"], wizard.id)
        wizard.action_back()
        self.assertEqual((wizard.state, len(wizard.line_ids)), ("draft", 0))
        with self.assertRaises(UserError):
            wizard.action_import()

    def test_managers_only(self):
        collector = new_test_user(
            self.env, "collector", "credit_management.group_collector"
        )
        with self.assertRaises(AccessError):
            self.env["credit.rate.import"].with_user(collector).create({})

"""Dates, amounts, addresses and VAT numbers as people write them."""

import datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..ledger import columns, formats, identity


@tagged("post_install", "-at_install")
class TestImportFormats(BaseCase):
    def assertRefused(self, code, function, *args):
        with self.assertRaises(formats.FormatError) as caught:
            function(*args)
        self.assertEqual(caught.exception.code, code)

    # -- Dates ------------------------------------------------------------------

    def test_dates_that_leave_no_doubt(self):
        day = datetime.date(2024, 3, 5)
        for value in (
            "2024-03-05",
            "2024/3/5",
            "2024-03-05 00:00:00",
            "2024-03-05T10:30:00Z",
            "20240305",
            " 05/03/2024 ",
            "5.3.2024",
            "05-03-24",
            "05/03/2024 14:30",
            "45356",
            45356,
            45356.0,
            day,
            datetime.datetime(2024, 3, 5, 23, 59),
        ):
            with self.subTest(value=value):
                self.assertEqual(formats.parse_date(value), day)

    def test_month_first_if_the_column_says_so(self):
        self.assertEqual(
            formats.parse_date("03/05/2024", "mdy"), datetime.date(2024, 3, 5)
        )
        self.assertEqual(
            formats.parse_date("2024-03-05", "mdy"), datetime.date(2024, 3, 5)
        )

    def test_no_date(self):
        self.assertIsNone(formats.parse_date(""))
        self.assertIsNone(formats.parse_date(None))
        for value in ("soon", "31/02/2024", "2024-13-01", "1/2", "12", True, "0"):
            with self.subTest(value=value):
                self.assertRefused("date", formats.parse_date, value)

    def test_dates_nobody_means(self):
        for value in ("01/01/0024", "1900-01-01", "2999-12-31"):
            with self.subTest(value=value):
                self.assertRefused("date_range", formats.parse_date, value)

    def test_two_digits_of_a_year(self):
        self.assertEqual(formats.parse_date("01/02/99"), datetime.date(1999, 2, 1))
        self.assertEqual(formats.parse_date("01/02/31"), datetime.date(2031, 2, 1))

    def test_order_of_a_column(self):
        self.assertEqual(formats.day_order(["01/02/2024", "13/02/2024"]), "dmy")
        self.assertEqual(formats.day_order(["01/02/2024", "02/13/2024"]), "mdy")
        self.assertEqual(formats.day_order(["13/02/2024", "02/13/2024"]), "dmy")
        self.assertIsNone(formats.day_order(["01/02/2024", "2024-02-13", "", None]))

    @given(st.dates(datetime.date(1980, 1, 1), datetime.date(2069, 12, 31)))
    def test_written_dates_are_read_back(self, day):
        for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%y", "%Y%m%d"):
            self.assertEqual(formats.parse_date(day.strftime(pattern)), day)
        self.assertEqual(formats.parse_date(day.strftime("%m/%d/%Y"), "mdy"), day)

    # -- Amounts ------------------------------------------------------------------

    def test_amounts(self):
        for value, number in {
            "1234.56": "1234.56",
            "1.234,56": "1234.56",
            "1,234.56": "1234.56",
            "1 234,56": "1234.56",
            "1\u202f234,56": "1234.56",
            "1\xa0234,5": "1234.5",
            "1'234.56": "1234.56",
            "1.234.567": "1234567",
            "12,34,567.80": "1234567.80",
            "(12.30)": "-12.30",
            "12.30-": "-12.30",
            "-12,30": "-12.30",
            "\u221212,30": "-12.30",
            "€ 12,30": "12.30",
            "12,30 EUR": "12.30",
            "-€12.30": "-12.30",
            ",50": "0.50",
            "0": "0",
            "+7": "7",
        }.items():
            with self.subTest(value=value):
                self.assertEqual(formats.parse_amount(value), Decimal(number))

    def test_one_sign_before_three_digits(self):
        self.assertEqual(formats.parse_amount("1.234"), 1234)
        self.assertEqual(formats.parse_amount("1,234"), 1234)
        self.assertEqual(formats.parse_amount("1.234", ","), 1234)
        self.assertEqual(formats.parse_amount("1.234", "."), Decimal("1.234"))
        self.assertEqual(formats.parse_amount("0.125"), Decimal("0.125"))

    def test_decimal_sign_of_a_column(self):
        self.assertEqual(formats.decimal_sign(["1.234", "12,50"]), ",")
        self.assertEqual(formats.decimal_sign(["1,234", "12.50", 3.5]), ".")
        self.assertIsNone(formats.decimal_sign(["1,234", "1.234", "x"]))
        self.assertIsNone(formats.decimal_sign(["12.50", "12,50"]))

    def test_numbers_of_a_spreadsheet(self):
        self.assertEqual(formats.parse_amount(50.389999999999993), Decimal("50.39"))
        self.assertEqual(formats.parse_amount(12), 12)
        self.assertEqual(formats.parse_amount(1e3), 1000)

    def test_no_amount(self):
        self.assertIsNone(formats.parse_amount(" "))
        for value in (
            "abc",
            "12x",
            "1.2.3",
            "1,2,3,4",
            "--5",
            "1e9",
            "=1+1",
            "1.23,4.5",
            "NaN",
            float("nan"),
            float("inf"),
            True,
            datetime.date(2024, 1, 1),
        ):
            with self.subTest(value=value):
                self.assertRefused("number", formats.parse_amount, value)
        self.assertRefused("number_size", formats.parse_amount, "9" * 20)

    @given(
        st.decimals(-999999999, 999999999, places=2, allow_nan=False),
        st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'")]),
    )
    def test_written_amounts_are_read_back(self, number, signs):
        decimal, thousands = signs
        text = f"{number:,.2f}".translate({ord(","): thousands, ord("."): decimal})
        self.assertEqual(formats.parse_amount(text), number)
        self.assertEqual(formats.parse_amount(text, decimal), number)

    def test_yes_and_no(self):
        for value in ("yes", "TRUE", "oui", "ja", "1", "X", True, 1, 1.0):
            self.assertIs(formats.parse_yes(value), True, value)
        for value in ("no", "Non", "nee", "0", "", None, False, 0):
            self.assertIs(formats.parse_yes(value), False, value)
        self.assertRefused("yes_no", formats.parse_yes, "perhaps")

    # -- Who is who ----------------------------------------------------------------

    def test_email(self):
        for address in ("a@b.com", "a.b+c@d-e.co.uk", "6708-dpytf@example.com"):
            self.assertTrue(identity.is_email(address), address)
        for address in (
            "a@b",
            "a b@c.com",
            "a@b@c.com",
            "a..b@c.com",
            "@c.com",
            "a@c.com,b@c.com",
            "a@-c.com",
            "a" * 300 + "@c.com",
        ):
            self.assertFalse(identity.is_email(address), address)

    def test_vat(self):
        self.assertEqual(identity.clean_vat("BE 0477.472.701"), "BE0477472701")
        self.assertEqual(identity.clean_vat("0477472701", "BE"), "BE0477472701")
        self.assertEqual(identity.clean_vat("GR094014201"), "EL094014201")
        self.assertEqual(identity.clean_vat("CHE-107.787.577 IVA"), "CHE107787577IVA")
        # Of another country than the customer's: fine.
        self.assertEqual(identity.clean_vat("FR61954506077", "BE"), "FR61954506077")
        for text, country in (
            ("BE0477472700", None),
            ("0477472701", None),
            ("0477472701", "FR"),
            ("FR123", "FR"),
            ("?", "BE"),
        ):
            with self.subTest(text=text), self.assertRaises(ValueError):
                identity.clean_vat(text, country)

    def test_country_by_number(self):
        self.assertEqual(identity.country_of_number("056"), "BE")
        self.assertEqual(identity.country_of_number("56"), "BE")
        self.assertIsNone(identity.country_of_number("391"))
        self.assertIsNone(identity.country_of_number("BE"))

    # -- Columns ---------------------------------------------------------------------

    def test_columns_in_three_languages(self):
        for header in (
            ["Customer", "Invoice Number", "Invoice date", "Due date", "Amount"],
            ["Client", "N° de facture", "Date facture", "Échéance", "Montant TTC"],
            ["Klant", "Factuurnummer", "Factuurdatum", "VERVALDATUM", "Bedrag"],
        ):
            mapping, ignored, missing, twice = columns.LEDGER.find(header)
            with self.subTest(header=header):
                self.assertEqual(list(mapping), list(columns.REQUIRED))
                self.assertFalse(ignored or missing or twice)

    def test_no_name_stands_for_two_fields(self):
        names = [
            columns.normalize(name)
            for field in columns.FIELDS
            for name in (field, *columns.SYNONYMS.get(field, "").split(";"))
        ]
        twice = {name for name in names if name and names.count(name) > 1}
        self.assertFalse(twice)

    def test_columns_nobody_asked_for(self):
        mapping, ignored, missing, __ = columns.LEDGER.find(
            ["customer", "shoe size", "", "amount", "settled_date"]
        )
        self.assertEqual(mapping, {"customer": 0, "amount": 3, "payment_date": 4})
        self.assertEqual(ignored, ["shoe size"])
        self.assertEqual(missing, ["invoice", "invoice_date", "due_date"])

    def test_two_columns_for_one_field(self):
        __, __, __, twice = columns.LEDGER.find(["Due", "Echéance"])
        self.assertEqual(twice, [("due_date", "Due", "Echéance")])
        # The plain name wins.
        mapping, ignored, __, twice = columns.LEDGER.find(["Total", "Amount"])
        self.assertEqual((mapping, ignored, twice), ({"amount": 1}, ["Total"], []))

"""From a file to good rows and bad ones, without a database."""

import csv
import datetime
import io
import json
import zipfile
from decimal import Decimal

import openpyxl

from odoo.tests import BaseCase, tagged

from ..ledger import Currency, FileProblem, LedgerRow, References, check_ledger
from ..ledger import reader as ledger_reader

TODAY = datetime.date(2024, 6, 1)
HEADER = "customer;invoice;invoice date;due date;amount"
LONG = (
    "customer;e-mail;language;country;vat;invoice;invoice date;due date;amount;"
    "currency;paid amount;payment date;disputed;step;last reminder on"
)


@tagged("post_install", "-at_install")
class TestImportLedger(BaseCase):
    def check(self, content, **values):
        references = References(
            currencies={
                "EUR": Currency("EUR", 2, True),
                "JPY": Currency("JPY", 0, True),
                "CHF": Currency("CHF", 2, False),
            },
            default_currency="EUR",
            **{
                "countries": {"be": "BE", "belgium": "BE", "belgique": "BE"},
                "languages": {"fr": "fr_FR", "fr_be": "fr_FR", "pl": None},
                "date": TODAY,
                **values,
            },
            steps=frozenset({"first reminder"}),
            max_step=3,
        )
        if isinstance(content, str):
            content = content.encode()
        return check_ledger(content, "ledger.csv", references)

    def rows(self, *lines, header=HEADER, **values):
        return self.check("\n".join((header, *lines)), **values).rows

    def assertProblem(self, row, field, code):
        self.assertIsNone(row.row)
        self.assertIn((field, code), [(p.field, p.code) for p in row.problems])

    def assertFileRefused(self, content, code):
        with self.assertRaises(FileProblem) as caught:
            self.check(content)
        self.assertEqual(caught.exception.code, code)
        return caught.exception.params

    # -- Good rows ---------------------------------------------------------------

    def test_everything_in_a_row(self):
        [checked] = self.rows(
            " ACME  Ltd ;bill@acme.example.com;fr-BE;Belgique;0477.472.701;A-1;"
            "01/02/2024;15/03/2024;1.234,56;eur;1.000,00;20/03/2024;oui;First reminder;"
            "02/05/2024",
            header=LONG,
        )
        self.assertEqual(
            checked.row,
            LedgerRow(
                number=2,
                customer="ACME Ltd",
                customer_ref="",
                email="bill@acme.example.com",
                lang="fr_FR",
                country="BE",
                vat="BE0477472701",
                invoice="A-1",
                invoice_date=datetime.date(2024, 2, 1),
                due_date=datetime.date(2024, 3, 15),
                amount=Decimal("1234.56"),
                currency="EUR",
                paid=Decimal("1000.00"),
                payment_date=datetime.date(2024, 3, 20),
                disputed=True,
                step="First reminder",
                reminded_on=datetime.date(2024, 5, 2),
            ),
        )

    def test_a_row_survives_json(self):
        [checked] = self.rows("A;1;2024-01-01;2024-01-31;-10,50")
        stored = json.loads(json.dumps(checked.row.to_json()))
        self.assertEqual(LedgerRow.from_json(stored), checked.row)
        # Rows that were checked before the column was there wait to be imported.
        del stored["reminded_on"]
        self.assertEqual(LedgerRow.from_json(stored), checked.row)

    def test_rows_are_numbered_as_in_the_file(self):
        ledger = self.check(
            f"Open items of 2024\n\n{HEADER}\nA;1;2024-01-01;2024-01-31;1\n\n;;;;\n"
            "B;2;2024-01-01;2024-01-31;x\n"
        )
        self.assertEqual([row.number for row in ledger.rows], [4, 7])
        self.assertProblem(ledger.rows[1], "amount", "number")

    def test_payment_date_alone_means_paid_in_full(self):
        header = f"{HEADER};settled_date"
        [row] = self.rows("A;1;2024-01-01;2024-01-31;10;2024-02-02", header=header)
        self.assertEqual(row.row.paid, 10)
        [row] = self.rows("A;1;2024-01-01;2024-01-31;10;", header=header)
        self.assertEqual(row.row.paid, 0)

    def test_a_credit_note_that_was_paid_back(self):
        header = f"{HEADER};paid;payment date"
        for paid in ("4", "-4"):
            [row] = self.rows(
                f"A;1;2024-01-01;2024-01-31;-10;{paid};2024-02-02", header=header
            )
            self.assertEqual((row.row.amount, row.row.paid), (-10, -4))

    # -- Bad rows ------------------------------------------------------------------

    def test_reasons(self):
        good = {
            "customer": "A",
            "invoice": "1",
            "invoice date": "2024-01-01",
            "due date": "2024-01-31",
            "amount": "10",
        }
        for name, value, field, code in (
            ("customer", "", "customer", "missing"),
            ("customer", "<script>alert(1)</script>", "customer", "markup"),
            ("customer", "=HYPERLINK(1)", "customer", "formula"),
            ("customer", "x" * 201, "customer", "too_long"),
            ("customer", "a\x07b", "customer", "control"),
            ("invoice", "/", "invoice", "invoice_number"),
            ("invoice date", "yesterday", "invoice_date", "date"),
            ("invoice date", "2024-07-01", "invoice_date", "future"),
            ("due date", "2023-12-31", "due_date", "due_before_invoice"),
            ("due date", "", "due_date", "missing"),
            ("amount", "ten", "amount", "number"),
            ("amount", "0,00", "amount", "zero"),
            ("amount", "10.0055", "amount", "decimals"),
            ("currency", "XYZ", "currency", "currency"),
            ("currency", "CHF", "currency", "currency_inactive"),
            ("e-mail", "bill@acme", "email", "email"),
            ("language", "xx", "language", "language"),
            ("language", "pl", "language", "language_inactive"),
            ("vat", "BE0477472700", "vat", "vat"),
            ("disputed", "perhaps", "disputed", "yes_no"),
            ("step", "4", "step", "step"),
            ("step", "Nonsense", "step", "step"),
            ("paid amount", "5", "payment_date", "payment_date_missing"),
        ):
            cells = {**good, name: value}
            if code == "future":
                cells["due date"] = "2024-07-31"
            with self.subTest(name=name, value=value):
                [row] = self.rows(";".join(cells.values()), header=";".join(cells))
                self.assertProblem(row, field, code)
                self.assertEqual(len(row.problems), 1)

    def test_reasons_of_payments(self):
        header = f"{HEADER};paid amount;payment date"
        for cells, field, code in (
            ("10,01;2024-02-01", "paid_amount", "overpaid"),
            ("-1;2024-02-01", "paid_amount", "paid_negative"),
            ("0;2024-02-01", "paid_amount", "paid_nothing"),
            ("5;2024-07-01", "payment_date", "future"),
        ):
            with self.subTest(cells=cells):
                [row] = self.rows(
                    f"A;1;2024-01-01;2024-01-31;10;{cells}", header=header
                )
                self.assertProblem(row, field, code)

    def test_reasons_of_the_last_reminder(self):
        header = f"{HEADER};step;last reminder on;payment date"
        for cells, field, code in (
            ("1;2024-06-02;", "reminded_on", "future"),
            ("1;2023-12-31;", "reminded_on", "due_before_invoice"),
            ("1;soon;", "reminded_on", "date"),
            (";2024-05-02;", "step", "step_missing"),
            ("0;2024-05-02;", "step", "step_missing"),
            ("9;2024-05-02;", "step", "step"),
        ):
            with self.subTest(cells=cells):
                [row] = self.rows(
                    f"A;1;2024-01-01;2024-01-31;10;{cells}", header=header
                )
                self.assertProblem(row, field, code)
                self.assertEqual(len(row.problems), 1)
        # Nothing is open: no step follows, whatever was sent.
        paid, refund = self.rows(
            "A;1;2024-01-01;2024-01-31;10;;2024-05-02;2024-05-04",
            "A;2;2024-01-01;2024-01-31;-10;;2024-05-02;",
            header=header,
        )
        self.assertFalse(paid.problems + refund.problems)

    def test_a_language_is_that_of_the_country(self):
        header = f"{HEADER};language;country"
        variants = {
            ("fr", "FR"): "fr_FR",
            ("fr", "BE"): "fr_BE",
            ("fr", "CH"): "fr_CH",
        }
        for language, country, company, expected in (
            ("fr", "BE", "", "fr_BE"),
            ("French", "BE", "", "fr_BE"),
            ("fr", "", "BE", "fr_BE"),
            ("fr", "CH", "BE", "fr_CH"),
            ("fr", "NL", "BE", "fr_BE"),
            ("fr", "NL", "US", "fr_FR"),
            # The file itself says of which country.
            ("fr_FR", "BE", "BE", "fr_FR"),
            ("fr-FR", "BE", "BE", "fr_FR"),
            ("French (FR)", "BE", "BE", "fr_FR"),
            ("", "BE", "BE", ""),
        ):
            with self.subTest(language=language, country=country, company=company):
                [row] = self.rows(
                    f"A;1;2024-01-01;2024-01-31;10;{language};{country}",
                    header=header,
                    languages=dict.fromkeys(
                        ("fr", "fr_fr", "french", "french (fr)"), "fr_FR"
                    ),
                    countries={"be": "BE", "ch": "CH", "nl": "NL"},
                    variants=variants,
                    country=company,
                )
                self.assertEqual(row.row.lang, expected)

    def test_all_reasons_of_a_row_are_told(self):
        [row] = self.rows("A;1;x;y;z")
        self.assertEqual(
            [(p.field, p.code) for p in row.problems],
            [("invoice_date", "date"), ("due_date", "date"), ("amount", "number")],
        )

    def test_the_second_of_two_equal_numbers_is_bad(self):
        first, other, second = self.rows(
            "A;7;2024-01-01;2024-01-31;1",
            "A;8;2024-01-01;2024-01-31;1",
            "B;7;2024-01-01;2024-01-31;1",
        )
        self.assertFalse(first.problems or other.problems)
        self.assertProblem(second, "invoice", "duplicate")
        self.assertEqual(second.problems[0].params["row"], 2)

    def test_yen_have_no_decimals(self):
        header = f"{HEADER};currency"
        good, bad = self.rows(
            "A;1;2024-01-01;2024-01-31;1000;JPY",
            "A;2;2024-01-01;2024-01-31;10,5;JPY",
            header=header,
        )
        self.assertEqual(good.row.amount, 1000)
        self.assertProblem(bad, "amount", "decimals")

    # -- What the whole column decides -----------------------------------------------

    def test_month_first(self):
        ledger = self.check(
            f"{HEADER}\nA;1;01/02/2024;02/13/2024;1\nA;2;01/03/2024;01/04/2024;1"
        )
        self.assertEqual((ledger.date_order, ledger.date_doubt), ("mdy", False))
        self.assertEqual(ledger.rows[1].row.due_date, datetime.date(2024, 1, 4))

    def test_day_first_when_in_doubt(self):
        ledger = self.check(f"{HEADER}\nA;1;01/02/2024;03/04/2024;1")
        self.assertEqual((ledger.date_order, ledger.date_doubt), ("dmy", True))
        self.assertEqual(ledger.rows[0].row.invoice_date, datetime.date(2024, 2, 1))

    def test_one_wrong_date_does_not_turn_the_others_round(self):
        ledger = self.check(
            f"{HEADER}\nA;1;01/02/2024;15/03/2024;1\nA;2;01/13/2024;20/03/2024;1"
        )
        self.assertEqual(ledger.date_order, "dmy")
        self.assertEqual(ledger.rows[0].row.invoice_date, datetime.date(2024, 2, 1))
        self.assertProblem(ledger.rows[1], "invoice_date", "date")

    def test_thousands_when_in_doubt(self):
        ledger = self.check(f"{HEADER}\nA;1;2024-01-01;2024-01-31;1.234")
        self.assertEqual(ledger.rows[0].row.amount, 1234)
        self.assertTrue(ledger.amount_doubt)
        ledger = self.check(
            f"{HEADER}\nA;1;2024-01-01;2024-01-31;1.234\nA;2;2024-01-01;2024-01-31;1,5"
        )
        self.assertEqual(ledger.rows[0].row.amount, 1234)
        self.assertFalse(ledger.amount_doubt)

    def test_countries_by_number_only_if_all_are(self):
        header = f"{HEADER};country"
        iso = self.check(
            f"{header}\nA;1;2024-01-01;2024-01-31;1;056\n"
            "B;2;2024-01-01;2024-01-31;1;Belgium"
        )
        self.assertEqual([row.row.country for row in iso.rows], ["BE", "BE"])
        own = self.check(
            f"{header}\nA;1;2024-01-01;2024-01-31;1;818\n"
            "B;2;2024-01-01;2024-01-31;1;391"
        )
        self.assertEqual([row.row.country for row in own.rows], ["", ""])
        self.assertEqual(own.warnings["country", "818"], 1)

    def test_as_of_a_day(self):
        header = f"{HEADER};payment date"
        before, after, paid_later = self.rows(
            "A;1;2024-01-01;2024-01-31;1;",
            "A;2;2024-05-01;2024-05-31;1;",
            "A;3;2024-01-01;2024-01-31;1;2025-01-01",
            header=header,
            date=datetime.date(2024, 4, 30),
            cut_off=True,
        )
        self.assertFalse(before.problems or after.problems or paid_later.problems)
        self.assertEqual(
            (before.later, after.later, paid_later.later), (False, True, False)
        )

    # -- Files ----------------------------------------------------------------------

    def test_encodings(self):
        text = f"{HEADER}\nMüller & Søn;1;2024-01-01;2024-01-31;1\n"
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"):
            with self.subTest(encoding=encoding):
                [row] = self.check(text.encode(encoding)).rows
                self.assertEqual(row.row.customer, "Müller & Søn")

    def test_a_broken_character_spoils_its_row_only(self):
        good, bad = self.check(
            f"{HEADER}\nMüller;1;2024-01-01;2024-01-31;1\n".encode()
            + b"M\xfcller;2;2024-01-01;2024-01-31;1\n"
        ).rows
        self.assertEqual(good.row.customer, "Müller")
        self.assertEqual(bad.number, 3)
        self.assertProblem(bad, "customer", "encoding")

    def test_delimiters(self):
        for delimiter in (",", ";", "\t", "|"):
            lines = f"{HEADER}\nA, Inc.;1;2024-01-01;2024-01-31;1".split("\n")
            cells = [[f'"{cell}"' for cell in line.split(";")] for line in lines]
            text = "\n".join(delimiter.join(row) for row in cells)
            with self.subTest(delimiter=delimiter):
                self.assertEqual(self.check(text).rows[0].row.customer, "A, Inc.")

    def test_the_hidden_first_line_of_excel(self):
        [row] = self.check(f"sep=;\r\n{HEADER}\r\nA;1;2024-01-01;2024-01-31;1").rows
        self.assertEqual((row.number, row.row.customer), (3, "A"))

    def test_zeros_kept_from_excel(self):
        [row] = self.rows('A;"=""007""";2024-01-01;2024-01-31;1')
        self.assertEqual(row.row.invoice, "007")

    def test_files_that_are_no_ledger(self):
        self.assertFileRefused(b"", "empty")
        self.assertFileRefused(b"\x00" * 100, "empty")
        self.assertFileRefused(b"%PDF-1.7 and so on", "not_a_table")
        self.assertFileRefused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "old_excel")
        self.assertFileRefused(b"PK\x03\x04 not really", "xlsx")
        self.assertFileRefused(HEADER, "no_rows")
        params = self.assertFileRefused("customer;amount\nA;1", "missing_columns")
        self.assertEqual(params["fields"], ["invoice", "invoice_date", "due_date"])
        self.assertFileRefused(
            HEADER.replace("due date", "due;maturity"), "column_twice"
        )

    def test_zero_bytes_are_named_by_line(self):
        params = self.assertFileRefused(
            f"{HEADER}\nA;1;2024-01-01;2024-01-31;1\nB\x00;2", "nul"
        )
        self.assertEqual(params["line"], 3)

    def test_a_cell_without_end(self):
        [row] = self.rows(f"{'x' * 3_000};1;2024-01-01;2024-01-31;1")
        self.assertProblem(row, "customer", "too_long")
        self.addCleanup(csv.field_size_limit, csv.field_size_limit(100_000))
        self.assertFileRefused(f'{HEADER}\n"{"x" * 200_000}', "csv")

    def test_limits(self):
        self.patch(ledger_reader, "MAX_BYTES", 100)
        self.assertFileRefused("x" * 101, "too_big")
        self.patch(ledger_reader, "MAX_BYTES", 10_000)
        self.patch(ledger_reader, "MAX_ROWS", 1)
        line = "\nA;1;2024-01-01;2024-01-31;1"
        self.assertFileRefused(HEADER + line * 2, "too_many_rows")

    # -- Workbooks -------------------------------------------------------------------

    def workbook(self, *rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    def test_workbook(self):
        ledger = self.check(
            self.workbook(
                ["Open items"],
                [],
                HEADER.split(";"),
                [17.0, 2024001, datetime.datetime(2024, 1, 3), 45356, 50.389999999993],
                ["B", "2", "2024-01-01", datetime.date(2024, 1, 31), "12,50"],
            )
        )
        first, second = ledger.rows
        self.assertEqual(
            (first.number, first.row.customer, first.row.invoice), (4, "17", "2024001")
        )
        self.assertEqual(first.row.due_date, datetime.date(2024, 3, 5))
        self.assertEqual(first.row.amount, Decimal("50.39"))
        self.assertEqual(second.row.amount, Decimal("12.50"))

    def test_a_formula_without_result(self):
        [row] = self.check(
            self.workbook(
                HEADER.split(";"),
                ["A", "1", datetime.date(2024, 1, 1), "=C2+30", 10],
            )
        ).rows
        self.assertProblem(row, "due_date", "formula")

    def archive(self, **members):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in {"xl/workbook.xml": b"<a/>", **members}.items():
                archive.writestr(name, content)
        return stream.getvalue()

    def test_a_workbook_that_would_fill_the_memory(self):
        bomb = self.archive(**{"xl/worksheets/sheet1.xml": b"0" * (30 * 2**20)})
        self.assertLess(len(bomb), 100_000)
        self.assertFileRefused(bomb, "bomb")

    def test_entities_are_not_unfolded(self):
        self.assertFileRefused(
            self.archive(**{"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a "b">]>'}),
            "xlsx",
        )

    def test_an_archive_that_is_no_workbook(self):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("readme.txt", "hello")
        self.assertFileRefused(stream.getvalue(), "not_a_table")

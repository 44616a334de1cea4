"""Ledgers become invoices, payments, disputes and positions."""

import base64
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools.translate import code_translations

from odoo.addons.http_routing.tests.common import MockRequest

from ..ledger import FileProblem
from ..wizards.credit_import_messages import LABELS, file_problem_text
from .common import NOW, TODAY, CreditCommon

HEADER = (
    "customer,customer number,e-mail,language,country,vat,invoice,invoice date,"
    "due date,amount,currency,paid amount,payment date,disputed,step,description,"
    "last reminder on"
)
MONDAY = date(2026, 6, 15)


def line(number, customer="Dupont", **values):
    """A row of a file; ``number`` is that of the invoice."""
    cells = {
        "customer": customer,
        "customer_number": "",
        "email": "",
        "language": "",
        "country": "",
        "vat": "",
        "invoice": number,
        "invoice_date": "2026-03-01",
        "due_date": "2026-03-31",
        "amount": "100.00",
        "currency": "",
        "paid": "",
        "payment_date": "",
        "disputed": "",
        "step": "",
        "description": "",
        "reminded_on": "",
        **values,
    }
    return ",".join(map(str, cells.values()))


def content(*lines):
    return "\n".join((HEADER, *lines)).encode()


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class ImportCommon(CreditCommon):
    def draft(self, *lines, **values):
        company = values.pop("company", self.company)
        return (
            self.env["credit.import"]
            .with_company(company)
            .create(
                {
                    "company_id": company.id,
                    "file": base64.b64encode(content(*lines)),
                    "filename": "ledger.csv",
                    **values,
                }
            )
        )

    def load(self, *lines, **values):
        return self.env["credit.import"]._load(content(*lines), "ledger.csv", **values)

    def reasons(self, record):
        return {row.number: row.reason for row in record.row_ids if row.state == "bad"}

    def moves(self, *numbers, company=None):
        return self.env["account.move"].search(
            [
                ("name", "in", numbers),
                ("company_id", "=", (company or self.company).id),
            ],
            order="name",
        )


@freeze_time(NOW)
@tagged("post_install", "-at_install")
class TestImport(ImportCommon):
    # -- Checking --------------------------------------------------------------------

    def test_nothing_is_written_before_all_is_checked(self):
        record = self.draft(line("A-1"), line("A-2", amount="ten"))
        record.action_validate()
        self.assertEqual(record.state, "validated")
        self.assertEqual((record.ok_count, record.bad_count), (1, 1))
        self.assertEqual(self.reasons(record), {3: "Amount: “ten” is no amount"})
        self.assertFalse(self.moves("A-1"))
        with self.assertRaisesRegex(UserError, "bad rows: 1"):
            record.action_import()
        self.assertFalse(self.moves("A-1"))

    def test_several_reasons_as_a_language_joins_them(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        record = self.draft(line("A-1", amount="ten", due_date="soon"))
        record.action_validate()
        twice = FileProblem("column_twice", fields=[("amount", "A", "B")] * 2)
        words = {"%(told)s; %(more)s": "%(told)s\xa0; %(more)s"}
        with patch.object(
            code_translations, "get_python_translations", return_value=words
        ):
            french = self.env["ir.qweb"].with_context(lang="fr_FR").env
            reason = record.row_ids.with_env(french)._describe_problems()
            columns = file_problem_text(french, twice, LABELS)
        self.assertEqual(
            reason,
            "Due date: “soon” is no date\xa0; Amount: “ten” is no amount",
        )
        self.assertIn("Amount (A, B)\xa0; Amount (A, B)", columns)

    def test_of_no_day_to_come(self):
        with self.assertRaisesRegex(ValidationError, "still to come"):
            self.draft(line("A-1"), date=TODAY + timedelta(days=1))

    def test_only_the_good_rows(self):
        record = self.draft(line("A-1"), line("A-2", amount="ten"), mode="good")
        record.action_validate()
        record.action_import()
        self.assertEqual(record.state, "done")
        self.assertEqual((record.done_count, record.bad_count), (1, 1))
        self.assertEqual(self.moves("A-1", "A-2").mapped("name"), ["A-1"])

    def test_a_file_that_can_not_be_read(self):
        record = self.draft(line("A-1"))
        record.file = base64.b64encode(b"customer,amount\nA,1")
        with self.assertRaisesRegex(UserError, "Columns are missing: Invoice number"):
            record.action_validate()
        self.assertEqual(record.state, "draft")

    def test_reasons_speak_the_language_of_the_reader(self):
        record = self.draft(line("A-1", due_date="2026-02-01"))
        record.action_validate()
        self.assertEqual(
            self.reasons(record),
            {2: "Due date: 02/01/2026 is before the invoice date, 03/01/2026"},
        )

    def test_invoices_that_are_there_already(self):
        self.load(line("A-1"))
        record = self.draft(line("A-1"), line("A-2"))
        record.action_validate()
        self.assertEqual(
            self.reasons(record), {2: "Invoice number: “A-1” is in the ledger already"}
        )
        move = self.make_invoice(self.make_debtor("Martin"))
        record = self.draft(line(move.name))
        record.action_validate()
        self.assertEqual(record.bad_count, 1)

    def test_currencies(self):
        self.env.ref("base.CHF").active = False
        record = self.draft(line("A-1", currency="CHF"), line("A-2", currency="USD"))
        record.action_validate()
        self.assertEqual(
            self.reasons(record), {2: "Currency: CHF is not active in this database"}
        )

    def test_locked_periods(self):
        self.company.sale_lock_date = date(2026, 3, 31)
        record = self.draft(
            line("A-1"),
            line("A-2", invoice_date="2026-04-01", due_date="2026-04-30"),
        )
        record.action_validate()
        self.assertEqual(
            self.reasons(record),
            {2: "Invoice date: 03/01/2026 lies in a locked period"},
        )

    def test_namesakes(self):
        for number in (1, 2):
            self.make_debtor("Martin", ref=f"M{number}")
        record = self.draft(
            line("A-1", "Martin"),
            line("A-2", "Martin", customer_number="M2"),
            line("A-3", "Martin", customer_number="M3"),
        )
        record.action_validate()
        self.assertEqual(list(self.reasons(record)), [2])
        record.mode = "good"
        record.action_import()
        self.assertEqual(
            self.moves("A-2", "A-3").partner_id.mapped("ref"), ["M2", "M3"]
        )

    def test_bad_rows_as_a_file(self):
        record = self.draft(
            line("A-1"), line("A-2", "=SUM(1)"), line("A-3", amount="-ten")
        )
        record.action_validate()
        self.assertIn("/bad_file/", record.action_download_bad_rows()["url"])
        with MockRequest(self.env):
            stream = self.env["ir.binary"]._get_stream_from(record, "bad_file")
            text = stream.read().decode("utf-8-sig")
        header, formula, amount = text.splitlines()
        self.assertEqual(header, f"{HEADER},Row,Reason")
        self.assertTrue(formula.startswith("'=SUM(1),"))
        self.assertTrue(amount.endswith(",4,Amount: “-ten” is no amount"))

    def test_queries_do_not_grow_with_the_rows(self):
        def count(rows):
            record = self.draft(
                *(
                    line(f"Q{rows}-{n}", f"Customer {n}", paid="5", amount=str(n + 10))
                    for n in range(rows)
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            record.action_validate()
            return self.env.cr.sql_log_count - before

        count(10)
        self.assertEqual(count(100), count(1000))

    def test_the_form(self):
        with Form(self.env["credit.import"]) as form:
            form.file = base64.b64encode(content(line("A-1"), line("A-2", amount="x")))
        record = form.save()
        # Forms in tests do not tell the name of a file.
        record.filename = "ledger.csv"
        self.assertEqual(record.name, "ledger.csv")
        self.assertEqual(record.account_id.account_type, "equity_unaffected")
        self.assertEqual(record.payment_journal_id.type, "bank")
        record.action_validate()
        self.assertIn("Column “invoice”: Invoice number", record.summary_text)
        with Form(record) as form:
            form.mode = "good"
            self.assertEqual(len(form.bad_row_ids), 1)
        record.action_import()
        self.assertEqual(
            record.action_view_moves()["domain"][0][2], self.moves("A-1").ids
        )

    # -- What rows become ----------------------------------------------------------

    def test_an_open_invoice(self):
        record = self.load(line("2019/07-0001", amount='"1,234.50"'))
        move = self.moves("2019/07-0001")
        self.assertRecordValues(
            move,
            [
                {
                    "state": "posted",
                    "move_type": "out_invoice",
                    "payment_state": "not_paid",
                    "invoice_date": date(2026, 3, 1),
                    "date": date(2026, 3, 1),
                    "invoice_date_due": date(2026, 3, 31),
                    "payment_reference": "2019/07-0001",
                    "amount_total": 1234.5,
                    "amount_tax": 0.0,
                    "currency_id": self.euro.id,
                    "invoice_payment_term_id": False,
                }
            ],
        )
        self.assertEqual(record.row_ids.move_id, move)
        self.assertEqual(self.items(move).date_maturity, date(2026, 3, 31))
        self.assertEqual(move.invoice_line_ids.account_id, record.account_id)

    def test_numbers_of_any_kind(self):
        numbers = ["0280670965", "INV/2019/13/7", "A", "2026-99", "é 7 b", "9" * 20]
        self.load(*map(line, numbers))
        self.assertEqual(set(self.moves(*numbers).mapped("name")), set(numbers))

    def test_in_another_journal_the_number_becomes_the_reference(self):
        journal = self.company_data["default_journal_sale"]
        record = self.load(line("A-1"), journal_id=journal)
        move = record.row_ids.move_id
        self.assertEqual(move.journal_id, journal)
        self.assertNotEqual(move.name, "A-1")
        self.assertEqual((move.ref, move.payment_reference), ("A-1", "A-1"))
        again = self.draft(line("A-1"))
        again.action_validate()
        self.assertEqual(again.bad_count, 1)

    def test_a_payment_in_full_and_one_in_part(self):
        record = self.load(
            line("A-1", paid="100.00", payment_date="2026-04-10"),
            line("A-2", paid="30", payment_date="2026-04-11"),
            line("A-3", payment_date="2026-04-12"),
        )
        moves = self.moves("A-1", "A-2", "A-3")
        self.assertRecordValues(
            moves,
            [
                {"payment_state": "paid", "amount_residual": 0.0},
                {"payment_state": "partial", "amount_residual": 70.0},
                {"payment_state": "paid", "amount_residual": 0.0},
            ],
        )
        payments = record.row_ids.payment_id.sorted("date")
        self.assertRecordValues(
            payments,
            [
                {"amount": 100.0, "date": date(2026, 4, 10), "state": "paid"},
                {"amount": 30.0, "date": date(2026, 4, 11), "state": "paid"},
                {"amount": 100.0, "date": date(2026, 4, 12), "state": "paid"},
            ],
        )
        self.assertEqual(payments.move_id.mapped("state"), ["posted"] * 3)
        self.assertEqual(moves[0].reconciled_payment_ids, payments[0])
        self.assertEqual(payments[0].reconciled_invoice_ids, moves[0])
        # What remains on the counterpart is what is open.
        lines = (moves + payments.move_id).line_ids
        counterpart = lines.filtered(lambda item: item.account_id == record.account_id)
        self.assertAlmostEqual(sum(counterpart.mapped("balance")), -70.0)

    def test_a_credit_note(self):
        self.load(
            line("A-1", amount="-40"),
            line("A-2", amount="-50", paid="-50", payment_date="2026-04-01"),
        )
        open_note, paid_note = self.moves("A-1", "A-2")
        self.assertRecordValues(
            open_note + paid_note,
            [
                {
                    "move_type": "out_refund",
                    "amount_total": 40.0,
                    "payment_state": "not_paid",
                },
                {
                    "move_type": "out_refund",
                    "amount_total": 50.0,
                    "payment_state": "paid",
                },
            ],
        )
        self.assertEqual(paid_note.reconciled_payment_ids.payment_type, "outbound")

    def test_a_foreign_currency(self):
        self.load(
            line("A-1", currency="USD"),
            line("A-2", currency="usd", paid="40", payment_date="2026-04-01"),
        )
        first, second = self.moves("A-1", "A-2")
        self.assertEqual(first.currency_id, self.dollar)
        self.assertEqual(self.items(first).amount_residual_currency, 100.0)
        self.assertEqual(self.items(first).amount_residual, 50.0)
        self.assertEqual(second.amount_residual, 60.0)

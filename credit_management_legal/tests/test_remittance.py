"""Statements of third parties: what is in them, what differs, and never twice."""

import base64
from pathlib import Path
from runpy import run_path

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from .money_common import MoneyCommon


@tagged("post_install", "-at_install")
class TestRemittance(MoneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.make_invoice(overdue=100, amount=1000)
        cls.case = cls.open_case(cls.move)

    def read_file(self, text, **values):
        made = self.env["credit.remittance"].create(
            {
                "company_id": self.company.id,
                "party_id": self.agency.id,
                "currency_id": self.euro.id,
                "date": TODAY,
                "reference": "F-1",
                "statement": base64.b64encode(text.encode()),
                "statement_filename": "statement.csv",
                **values,
            }
        )
        made.action_read()
        return made

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def test_same_payment_twice(self):
        self.report_payment(self.case, 100)
        with (
            self.assertRaisesRegex(UserError, "reported already"),
            self.env.cr.savepoint(),
        ):
            self.report_payment(self.case, 100)
        self.report_payment(self.case, 100, days=4, reference="Q-1")
        with self.assertRaisesRegex(UserError, "reported already"):
            self.report_payment(self.case, 70, days=1, reference="Q-1")
        self.report_payment(self.case, 100, days=4, reference="Q-2")
        self.assertEqual(len(self.case.payment_ids), 3)

    def test_by_the_feed(self):
        """As a third party reports it, whichever way it comes."""
        report = {
            "type": "payment",
            "date": "2026-06-15",
            "case": self.case.name,
            "amount": "120.50",
            "currency": "EUR",
            "received_by": "party",
            "reference": "Q-7",
        }
        event = self.case._accept_report(report, "party", message_id="M-1")
        self.case._accept_report(report, "party", message_id="M-1")
        [payment] = self.case.payment_ids
        self.assertEqual(
            (payment.amount, payment.reference, payment.event_id),
            (120.5, "Q-7", event),
        )
        report = {**report, "type": "cost", "what": "Writ", "recoverable": True}
        self.case._accept_report(report, "feed")
        self.assertEqual(self.case.cost_ids.amount, 120.5)

    def test_other_currency_of_a_payment(self):
        with self.assertRaisesRegex(UserError, "not in USD"):
            self.report_payment(self.case, 100, currency="USD")

    def test_received_by_us(self):
        payment = self.report_payment(self.case, 100, received_by="creditor")
        self.assertFalse(self.remittance().line_ids)
        payment.action_receive()
        self.assertEqual(payment.state, "received")
        other = self.report_payment(self.case, 100, days=2)
        with self.assertRaisesRegex(UserError, "by a remittance"):
            other.action_receive()

    def test_refused(self):
        payment = self.report_payment(self.case, 100)
        with self.assertRaisesRegex(UserError, "Refused because"):
            payment.action_refuse()
        payment.refuse_reason = "Not ours"
        made = self.remittance()
        with self.assertRaisesRegex(UserError, made.name):
            payment.action_refuse()
        made.action_cancel()
        payment.action_refuse()
        self.assertFalse(self.remittance(reference="S-2").line_ids)
        with self.assertRaisesRegex(UserError, "settled"):
            payment.amount = 1
        with self.assertRaisesRegex(UserError, "nothing to take back"):
            payment.action_undo()

    # ------------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------------

    def test_difference_has_to_be_accepted(self):
        self.report_payment(self.case, 100)
        self.mandate.remittance = "net"
        made = self.remittance(
            has_statement=True,
            stated_collected=100,
            stated_fee=11,
            stated_tax=2.21,
            stated_remitted=86.79,
        )
        self.assertEqual((made.amount_fee, made.amount_tax), (10, 2))
        lines = made.difference_text.split("\n")
        self.assertEqual(len(lines), 3)
        self.assertRegex(lines[1], r"^Tax: 2\.00.* say 2\.21.*\(\+0\.21")
        with self.assertRaisesRegex(UserError, "Accepted because"):
            made.action_check()
        made.difference_reason = "New scale"
        made.action_check()
        self.assertEqual(made.accepted_by_id, self.env.user)
        made.action_book()
        bill = made.bill_id
        self.assertEqual(
            (bill.amount_untaxed, bill.amount_tax, bill.amount_residual),
            (11, 2.21, 0),
        )
        self.assertIn("New scale", bill.invoice_line_ids[-1].name)
        clearing = made.move_ids.line_ids.filtered(
            lambda line: line.account_id == self.clearing
        )
        self.assertEqual(round(sum(clearing.mapped("balance")), 2), 86.79)
        # What was accepted is settled: nothing of it comes back in the next one.
        self.assertFalse(self.remittance(reference="S-2").line_ids)

    def test_no_difference_needs_no_reason(self):
        self.report_payment(self.case, 100)
        made = self.remittance(
            has_statement=True,
            stated_collected=100,
            stated_fee=10,
            stated_tax=2,
            stated_remitted=100,
        )
        self.assertFalse(made.difference_text)
        made.action_check()
        self.assertFalse(made.accepted_by_id)

    def test_what_changed_since_it_was_checked(self):
        self.report_payment(self.case, 100)
        made = self.remittance()
        made.action_check()
        self.pay(self.move, 500)
        with self.assertRaisesRegex(UserError, "since"), self.env.cr.savepoint():
            made.action_book()
        self.assertEqual(made.state, "checked")
        made.action_draft()
        made.action_check()
        made.action_book()
        self.assertEqual(made.amount_fee, 60)

    def test_checked_is_settled(self):
        self.report_payment(self.case, 100)
        made = self.remittance()
        made.action_check()
        for values in (
            {"party_id": self.make_party("Other").id},
            {"line_ids": [Command.clear()]},
            {"stated_fee": 1},
        ):
            with self.assertRaisesRegex(UserError, "back to draft"):
                made.write(values)
        with self.assertRaisesRegex(UserError, "back to draft"):
            made.line_ids.unlink()

    def test_not_twice(self):
        self.report_payment(self.case, 100)
        made = self.book()
        with self.assertRaisesRegex(UserError, "“Booked”"):
            made.action_book()
        self.assertFalse(self.remittance(reference="S-2").line_ids)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.remittance()
        with self.assertRaisesRegex(UserError, "stays on record"):
            made.unlink()

    def test_payment_in_two_remittances(self):
        payment = self.report_payment(self.case, 100)
        self.remittance()
        second = self.remittance(reference="S-2")
        self.assertFalse(second.line_ids)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.env["credit.remittance.line"].create(
                {
                    "remittance_id": second.id,
                    "case_id": self.case.id,
                    "payment_id": payment.id,
                    "date": TODAY,
                }
            )

    def test_empty(self):
        with self.assertRaisesRegex(UserError, "is empty"):
            self.remittance().action_check()

    def test_rights(self):
        collector = self.make_user("rem_collector", "group_collector")
        manager = self.make_user("rem_manager", "group_manager")
        foreign = self.make_user("rem_other", "group_manager", self.other_company)
        self.report_payment(self.case, 100)
        made = self.remittance()
        self.assertEqual(made.with_user(collector).amount_fee, 10)
        with self.assertRaisesRegex(AccessError, "managers"):
            made.with_user(collector).action_check()
        made.with_user(manager).action_check()
        with self.assertRaises(AccessError):
            made.with_user(foreign).read(["name"])
        # Managers of credit are no accountants, and book all the same.
        made.with_user(manager).action_book()
        self.assertEqual((made.state, self.move.amount_residual), ("booked", 900))

    def test_form(self):
        self.report_payment(self.case, 100)
        with Form(self.env["credit.remittance"]) as form:
            form.party_id = self.agency
        made = form.save()
        made.action_fill()
        self.assertEqual(len(made.line_ids), 1)
        self.assertRegex(made.name, r"^RMT/\d{4}/\d{5}$")
        made.action_check()
        made.action_book()
        action = made.action_view_moves()
        self.assertEqual(action["res_model"], "account.move")
        self.assertEqual(self.case.remittance_count, 1)
        self.assertEqual(self.case.action_view_remittances()["res_id"], made.id)

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def test_statement_as_a_file(self):
        self.mandate.remittance = "net"
        self.report_payment(self.case, 100, days=5, reference="Q-1")
        self.report_payment(self.case, 50, days=3)
        made = self.read_file(
            "case;date;reference;collected;fee;tax;remitted\n"
            f"{self.case.name};12/06/2026;Q-1;100,00;10,00;2,00;88,00\n"
            f"{self.case.name};14/06/2026;;50,00;5,00;1,00;44,00\n"
            f"{self.case.name};16/06/2026;Q-3;200,00;20,00;4,00;176,00\n"
        )
        self.assertFalse(made.unread_text)
        self.assertEqual(made.line_ids.mapped("collected"), [100, 50, 200])
        self.assertEqual(len(self.case.payment_ids), 3)
        self.assertEqual(
            (made.stated_collected, made.stated_fee, made.stated_tax),
            (350, 35, 7),
        )
        self.assertFalse(made.difference_text)
        made.action_check()
        made.action_book()
        self.assertEqual(self.move.amount_residual, 650)
        again = self.read_file(
            f"case;date;reference;collected\n{self.case.name};12/06/2026;Q-1;100,00\n",
            reference="F-2",
        )
        self.assertFalse(again.line_ids)
        self.assertIn(f"in {made.name} already", again.unread_text)

    def test_rows_that_cannot_be_used(self):
        self.case.party_reference = "A-77"
        made = self.read_file(
            "case,date,collected\n"
            "A-77,2026-06-12,10\n"
            "CASE/1999/00001,2026-06-12,10\n"
            "A-77,2026-06-12,10\n"
            "A-77,2026-06-13,-5\n"
            "A-77,someday,5\n"
        )
        self.assertEqual(made.line_ids.mapped("collected"), [10])
        rows = made.unread_text.split("\n")
        self.assertEqual(len(rows), 4)
        for row, text in zip(
            rows,
            (
                "Row 3: Case: .*no case",
                "Row 4: .*row 2",
                "Row 5: .*zero",
                "Row 6: Date",
            ),
            strict=True,
        ):
            self.assertRegex(row, text)
        # A list of payments says nothing of fees.
        self.assertFalse(made.has_statement)

    def test_file_that_is_none(self):
        for text, words in (
            ("%PDF-1.4 x", "neither a CSV"),
            ("case;amount of it\nA;1\n", "Columns are missing: Date, Collected"),
        ):
            with self.assertRaisesRegex(UserError, words), self.env.cr.savepoint():
                self.read_file(text)
        with self.assertRaisesRegex(UserError, "Choose the file"):
            self.remittance().action_read()

    # ------------------------------------------------------------------
    # Fees to bill
    # ------------------------------------------------------------------

    def test_fees_to_bill(self):
        self.mandate.write({"fee_opening": 15, "fee_failure": 30})
        self.pay(self.move, 200)
        action = self.mandate.action_bill_fees()
        made = self.env["credit.remittance"].browse(action["res_id"])
        self.assertEqual(
            sorted((line.kind, line.fee) for line in made.line_ids),
            [("direct", 20), ("opening", 15)],
        )
        # Asked again, it is the same draft.
        self.mandate.action_bill_fees()
        self.assertEqual(len(made.line_ids), 2)
        made.action_check()
        made.action_book()
        self.assertEqual(made.bill_id.amount_total, 42)
        with self.assertRaisesRegex(UserError, "No fee"):
            self.mandate.action_bill_fees()
        self.pay(self.move, 100)
        self.mandate.action_bill_fees()
        last = self.env["credit.remittance"].search([], limit=1, order="id desc")
        self.assertEqual((last.line_ids.kind, last.amount_fee), ("direct", 10))

    def test_fee_without_success(self):
        self.mandate.fee_failure = 30
        self.case.action_close("Over")
        self.mandate.action_bill_fees()
        line = self.env["credit.remittance.line"].search(
            [("case_id", "=", self.case.id)]
        )
        self.assertEqual((line.kind, line.fee, line.tax), ("failure", 30, 6))

    def test_no_fee_on_what_we_receive(self):
        self.mandate.fee_direct = False
        self.pay(self.move, 200)
        with self.assertRaisesRegex(UserError, "No fee"):
            self.mandate.action_bill_fees()
        self.report_payment(self.case, 100)
        made = self.book()
        self.assertEqual(made.amount_fee, 10)
        self.case.invalidate_recordset()
        self.assertEqual((self.case.amount_collected, self.case.amount_fee), (300, 10))

    def test_monthly(self):
        self.pay(self.move, 200)
        self.mandate.fee_monthly = True
        with self.enter_registry_test_mode():
            self.env.ref(
                "credit_management_legal.ir_cron_bill_fees"
            ).method_direct_trigger()
        made = self.env["credit.remittance"].search([("party_id", "=", self.agency.id)])
        self.assertEqual((made.amount_fee, made.state), (20, "draft"))

    def test_tax_included_is_refused(self):
        self.tax20.price_include_override = "tax_included"
        with self.assertRaisesRegex(ValidationError, "included in prices"):
            self.make_mandate(tax_id=self.tax20.id)

    def test_rounding_of_the_company(self):
        """Three fees of 1.03 with 20 %: 0.21 each, or 0.62 of the sum."""
        moves = [
            self.make_invoice(self.debtor_b, overdue=60, amount=100) for _ in "abc"
        ]
        for move in moves:
            case = self.open_case(move)
            self.report_payment(case, 10.3)
        for method, tax in (("round_per_line", 0.63), ("round_globally", 0.62)):
            self.company.tax_calculation_rounding_method = method
            made = self.remittance(reference=method)
            self.assertEqual((made.amount_fee, made.amount_tax), (3.09, tax))
            made.action_check()
            made.action_book()
            self.assertEqual(made.bill_id.amount_tax, tax)
            made.action_cancel()

    def test_undone_before_it_is_handed_on(self):
        """A payment of yesterday that is in the books has its day there."""
        with freeze_time(f"{days_ago(1)} 12:00:00"):
            payment = self.report_payment(self.case, 100, days=1)
        made = self.book()
        self.assertEqual(payment.move_id.date, days_ago(1))
        self.assertEqual(made.line_ids.date, days_ago(1))

    def test_timeline_tells_a_payment_once(self):
        """To hand it on or to take it back is no payment of the debtor's."""
        payment = self.report_payment(self.case, 100)
        self.book()
        payment.action_undo()
        events = self.case.event_ids.sorted("id")
        self.assertEqual(events.mapped("kind"), ["payment", "status", "status"])
        self.assertEqual(events.mapped("amount"), [100, 0, -100])
        # What was taken back is certified by nobody.
        receipt = self.env.ref("credit_management_legal.paper_payment_receipt")
        self.assertFalse(self.case._paper_received(receipt, "en"))

    def test_timelines_of_before(self):
        """What was handed on counted as a payment: no more, and the payment stays."""
        payment = self.report_payment(self.case, 100)
        self.book()
        payment.action_undo()
        events = self.case.event_ids.sorted("id")
        events.sudo().write({"kind": "payment"})
        events[1].sudo().amount = 100
        self.env.flush_all()
        path = Path(__file__).parents[1] / "migrations/19.0.1.3.0/post-handed-on.py"
        run_path(str(path))["migrate"](self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        self.assertEqual(events.mapped("kind"), ["payment", "status", "status"])
        self.assertEqual(events.mapped("amount"), [100, 0, -100])

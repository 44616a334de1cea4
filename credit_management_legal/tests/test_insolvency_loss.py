"""Insolvencies: what comes in afterwards, and what is written off."""

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from .insolvency_claim_common import InsolvencyClaimCommon


@tagged("post_install", "-at_install")
class TestInsolvencyLoss(InsolvencyClaimCommon):
    def test_remitted_payments_are_flagged(self):
        """By the day on which the debtor paid, whenever it is handed on."""
        record = self.declare()
        self.report_payment(self.case, 300, days=5)
        self.report_payment(self.case, 120, days=1)
        self.book()
        self.assertEqual(record.payment_ids.mapped("amount_currency"), [-120])
        self.assertIn("120", record.message_ids[:1].body)
        kind = self.env.ref("credit_management_legal.activity_insolvency_payment")
        self.assertIn(kind, record.activity_ids.activity_type_id)
        # Taken back by the administrator.
        self.case.payment_ids.filtered(lambda p: p.amount == 120).action_undo()
        record.action_look_for_payments()
        self.assertFalse(record.payment_ids)

    def test_write_off_takes_what_was_booked_later(self):
        """Interest of before the opening, in the books since, is written off too."""
        self.case.action_withdraw("Insolvent")
        charge = self.env["credit.charge"].sudo()
        income = self.company_data["default_account_revenue"]
        self.company.credit_indemnity_account_id = income
        charge = charge.create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.company.currency_id.id,
                "kind": "indemnity",
                "amount": 40,
                "date": days_ago(20),
                "move_line_id": self.items(self.move).id,
                "invoice_id": self.move.id,
            }
        )
        record = self.declare()
        charge._book()
        action = record.action_write_off()
        lines = action["context"]["default_line_ids"]
        self.assertEqual(sum(line[2]["amount"] for line in lines), 1040)

    def test_write_off_is_filled_in(self):
        self.company.credit_write_off_vat = "conditions"
        other = self.make_invoice(overdue=50, amount=80, currency=self.dollar)
        paid = self.make_invoice(overdue=50, amount=60)
        self.make_invoice(overdue=-30, amount=500, issued=date(2026, 6, 16))
        self.make_invoice(overdue=60, amount=5, company=self.other_company)
        record = self.declare()
        self.pay(paid, 40)
        made = self.fill_in(record)
        self.assertEqual((made.kind, made.vat), ("insolvency", "conditions"))
        self.assertEqual(made.case_id, self.case)
        self.assertIn("06/15/2026", made.reason)
        self.assertEqual(
            {line.move_line_id.move_id: line.amount for line in made.line_ids},
            {self.move: 1000, paid: 20},
        )
        # Nothing happens by itself; what waits is not proposed once more.
        self.assertEqual((made.state, self.move.amount_residual), ("draft", 1000))
        made = self.fill_in(record)
        self.assertEqual(made.line_ids.move_line_id, self.items(other))

    def test_write_off_of_all_ends_the_case(self):
        """Interest that is only claimed stands in no books: it keeps no case open."""
        self.make_charge("interest", 5, self.move, date=days_ago(9))
        self.company.write(
            {
                "credit_write_off_limit": 10000,
                "credit_write_off_account_id": self.fees.id,
            }
        )
        made = self.fill_in(self.declare())
        made.with_user(
            self.make_user("insolvency_writer", "group_manager")
        ).action_propose()
        self.assertEqual((made.state, self.case.state), ("booked", "closed"))

    def test_write_off_leaves_out_what_is_not_lost(self):
        """Open credits, and what third parties hold, off the oldest items first."""
        other = self.make_invoice(overdue=50, amount=80)
        self.pay_open(120, days_ago(20))
        self.pay_open(40, TODAY)
        self.report_payment(self.case, 200, days=5)
        record = self.declare()
        made = self.fill_in(record)
        self.assertEqual(
            {line.move_line_id.move_id: line.amount for line in made.line_ids},
            {self.move: 680, other: 80},
        )
        text = made.not_lost_text.replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn("open credits of 160.00 €: match them first", text)
        self.assertIn("hold 200.00 €", text)
        made.unlink()
        made = self.fill_in(self.case)
        self.assertEqual(made.amount_total, 640)
        made.unlink()
        self.pay_open(1000, days_ago(20))
        with self.assertRaisesRegex(UserError, "Nothing is lost"):
            self.case.action_write_off()

    def test_remitted_after_the_write_off(self):
        """No interest is claimed of it any more: it stays in the debtor's favour."""
        self.company.write(
            {
                "credit_write_off_limit": 10000,
                "credit_write_off_account_id": self.fees.id,
            }
        )
        payment = self.report_payment(self.case, 200, days=5)
        for written_off in (False, True):
            with (
                self.subTest(written_off=written_off),
                self.env.cr.savepoint() as savepoint,
            ):
                if written_off:
                    action = self.items(self.move).action_credit_write_off()
                    made = self.env[action["res_model"]]
                    made = made.with_context(**action["context"])
                    made.create({"reason": "Test"}).action_propose()
                else:
                    self.pay(self.move)
                self.assertFalse(self.move.amount_residual)
                self.book()
                self.assertEqual(bool(payment.made_charge_ids), not written_off)
                self.assertEqual(
                    payment.paid.get("rest", 0) == 20_000, written_off, payment.paid
                )
                savepoint.rollback()
                self.env.invalidate_all()

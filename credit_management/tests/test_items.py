"""Invoices that are corrected: what was agreed on them follows the new items."""

from datetime import timedelta

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .answers_common import AnswersCommon
from .common import TODAY


@tagged("post_install", "-at_install")
class TestItems(AnswersCommon):
    def correct(self, move, amount=None, between=None):
        """Reset an invoice to draft, change it and post it: its items are others."""
        before = self.items(move)
        move.button_draft()
        if between:
            between()
        line = move.invoice_line_ids
        values = {"name": "Work", "price_unit": amount or line.price_unit}
        # An invoice without lines has no items either.
        move.invoice_line_ids = [Command.delete(line.id)]
        move.invoice_line_ids = [Command.create({**values, "tax_ids": []})]
        move.action_post()
        after = self.items(move)
        self.assertTrue(after)
        self.assertFalse(before & after)
        return after

    def test_promise(self):
        for move in (self.move, self.foreign, self.abroad):
            with self.subTest(move.currency_id.name):
                promise = self.promise(move)
                items = self.correct(move)
                self.assertEqual(promise.item_ids, items)
                self.assertEqual((promise.state, promise.amount), ("open", 100))
                self.assertReason(move, "promise")
                self.pay(move)
                self.assertEqual(promise.state, "kept")

    def test_promise_of_less_or_more(self):
        promise = self.promise()
        self.correct(self.move, amount=80)
        self.assertEqual((promise.amount, promise.residual_start), (80, 80))
        self.assertIn("80.00", self.notes(self.move))
        self.correct(self.move, amount=120)
        self.assertEqual((promise.amount, promise.amount_paid), (120, 0))
        partial = self.promise(self.second, amount=50)
        self.correct(self.second, amount=120)
        self.assertEqual((partial.amount, partial.residual_start), (50, 120))

    def test_nobody_judges_a_draft(self):
        promise = self.promise()
        plan = self.plan(self.second)
        first = plan.line_ids[0]

        def close():
            day = TODAY + timedelta(days=40)
            with freeze_time(f"{day} 12:00:00"), self.enter_registry_test_mode():
                for name in ("promises", "plans"):
                    cron = self.env.ref(f"credit_management.ir_cron_{name}")
                    cron.method_direct_trigger()
            self.env.invalidate_all()
            self.assertEqual((promise.state, plan.state), ("open", "active"))
            self.assertFalse(first.amount_paid)

        self.second.button_draft()
        self.correct(self.move, between=close)

    def test_plan(self):
        plan = self.plan(self.move | self.second, number=3)
        self.pay(self.move, 60)
        self.assertEqual(plan.line_ids.mapped("amount_paid"), [60, 0, 0])
        items = self.correct(self.second, amount=150)
        self.assertEqual(plan.item_ids, self.items(self.move) | items)
        self.assertEqual((plan.residual_start, plan.amount_total), (250, 250))
        self.assertEqual(plan.line_ids.mapped("amount"), [100, 100, 50])
        self.assertEqual(plan.line_ids.mapped("amount_paid"), [60, 0, 0])
        self.correct(self.second, amount=170)
        self.assertEqual(plan.line_ids.mapped("amount"), [100, 100, 70])
        self.assertReason(self.second, "plan")
        self.pay(self.move)
        self.pay(self.second)
        self.assertEqual(plan.state, "done")

    def test_message_about_one_invoice(self):
        self.env["credit.answer"]._tell(
            self.debtor, self.company, "paid", items=self.items(self.move)
        )
        self.correct(self.move)
        self.assertReason(self.move, "answer")
        # It does not become one about everything.
        self.assertReason(self.second, False)

    def test_dispute(self):
        self.env["credit.dispute"]._make(self.move, self.dispute_reason, 30)
        self.correct(self.move)
        amounts = self.items(self.move)._credit_claimable()
        self.assertEqual(list(amounts.values()), [70])

    def test_charges(self):
        charge = (
            self.env["credit.charge"]
            .sudo()
            .create(
                {
                    "company_id": self.company.id,
                    "partner_id": self.debtor.id,
                    "currency_id": self.euro.id,
                    "kind": "interest",
                    "move_line_id": self.items(self.move).id,
                    "invoice_id": self.move.id,
                    "date": TODAY,
                    "amount": 3,
                }
            )
        )
        items = self.correct(self.move)
        self.assertEqual(charge.move_line_id, items)

    def test_a_query_for_invoices_of_anything_else(self):
        moves = self.move | self.second
        self.env.flush_all()
        counts = []
        for some in (self.move, moves):
            before = self.env.cr.sql_log_count
            some._credit_carry_over()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        # One of this addon; others that follow along have one each.
        self.assertLessEqual(counts[0], 2)

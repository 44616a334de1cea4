"""Payments without a journal entry: they count for what they are, and no more."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .answers_common import AnswersCommon
from .common import TODAY, DeliveryCommon


@tagged("post_install", "-at_install")
class TestUnbooked(AnswersCommon, DeliveryCommon):
    def setUp(self):
        super().setUp()
        self.without_journal_entries()

    def _paid(self, moves, amount=None):
        payment = self.pay(moves, amount)
        self.assertFalse(payment.move_id)
        self.assertEqual(set(moves.mapped("payment_state")), {"in_payment"})
        return payment

    def claimable(self, *moves):
        items = self.items(self.env["account.move"].union(*moves))
        amounts = items._credit_claimable()
        return [amounts[item] for item in items]

    def test_a_part_keeps_no_promise(self):
        for move in (self.move, self.foreign, self.abroad):
            with self.subTest(move.currency_id.name):
                promise = self.promise(move)
                self._paid(move, 30)
                self.assertEqual((promise.state, promise.amount_paid), ("open", 30))
                rest = self._paid(move, 70)
                self.assertEqual((promise.state, promise.amount_paid), ("kept", 100))
                rest.action_reject()
                self.assertEqual((promise.state, promise.amount_paid), ("open", 30))

    def test_a_part_ends_no_plan(self):
        plan = self.plan(number=2)
        self._paid(self.move, 60)
        self.assertEqual((plan.state, plan.amount_paid), ("active", 60))
        self.assertEqual(plan.line_ids.mapped("amount_paid"), [50, 10])
        self._paid(self.move, 40)
        self.assertEqual(plan.state, "done")

    def test_the_rest_is_reminded(self):
        (self.second | self.foreign).no_followup = True
        self._paid(self.move, 30)
        self.assertReason(self.move, False)
        self.assertEqual(self.claimable(self.move), [70])
        reminder = self.queued(self.move)
        self.assertEqual(reminder.amount_total, 70)
        self._paid(self.move, 20)
        self.deliver(reminder)
        self.assertEqual((reminder.state, reminder.amount_total), ("sent", 50))
        self._paid(self.move, 50)
        self.assertReason(self.move, "paid")
        self.assertFalse(sum(self.items(self.move)._credit_claimable().values()))

    def test_beside_a_dispute(self):
        self.env["credit.dispute"]._make(self.move, self.dispute_reason, 40)
        self._paid(self.move, 25)
        self.assertEqual(self.claimable(self.move), [35])
        promise = self.promise(self.move, amount=35)
        self.assertEqual((promise.residual_start, promise.disputed_start), (35, 40))
        self._paid(self.move, 35)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 35))
        self.assertReason(self.move, "dispute")

    def test_for_several_invoices_the_oldest_first(self):
        older = self.make_invoice(overdue=50, amount=80)
        self._paid(older | self.second, 150)
        self.assertEqual(self.items(older)._credit_open(), {self.items(older): 0})
        self.assertEqual(self.claimable(self.second), [130])
        self.assertReason(older, "paid")
        self.assertReason(self.second, False)

    def test_of_an_invoice_in_instalments(self):
        move = self.make_instalments(20, 10)
        first, second = self.items(move)
        self.pay(move, 30)
        self.pay(move, 40)
        self.assertEqual((first | second)._credit_open(), {first: 0, second: 30})

    def test_promise_is_partly_kept(self):
        promise = self.promise()
        self._paid(self.move, 30)
        with freeze_time(f"{TODAY + timedelta(days=11)} 12:00:00"):
            promise._settle()
            self.assertEqual(promise.state, "partly")
            self.assertReason(self.move, False)

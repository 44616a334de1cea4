"""Promises and plans on invoices of which a part is disputed."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from odoo.exceptions import UserError
from odoo.tests import BaseCase, freeze_time, tagged

from ..engine import agreements
from .answers_common import AnswersCommon
from .common import TODAY


@tagged("post_install", "-at_install")
class TestAgreements(BaseCase):
    """The arithmetic, without a database."""

    @given(
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.integers(0, 10**6),
    )
    def test_credit_notes_for_what_is_disputed_pay_nothing(
        self, agreed, disputed, paid, credited
    ):
        paid, credited = min(paid, agreed), min(credited, disputed)
        open_ = agreed + disputed - paid - credited
        self.assertEqual(agreements.paid(agreed, disputed, credited, open_), paid)

    def test_corrected(self):
        self.assertEqual(agreements.corrected(60, 40, 100), (60, 40))
        # The invoice is made smaller: first what was disputed of it.
        self.assertEqual(agreements.corrected(60, 40, 60), (60, 0))
        self.assertEqual(agreements.corrected(60, 40, 80), (60, 20))
        self.assertEqual(agreements.corrected(60, 40, 50), (50, 0))
        self.assertEqual(agreements.corrected(60, 40, 120), (80, 40))
        self.assertEqual(agreements.corrected(60, 0, 30), (30, 0))


@tagged("post_install", "-at_install")
class TestDisputedAgreement(AnswersCommon):
    def _dispute(self, move, amount=40.0):
        return self.env["credit.dispute"]._make(move, self.dispute_reason, amount)

    def test_plan(self):
        for move in (self.move, self.foreign, self.abroad):
            with self.subTest(move.currency_id.name):
                dispute = self._dispute(move)
                plan = self.plan(move, number=3)
                self.assertEqual((plan.residual_start, plan.amount_total), (60, 60))
                self.pay(move, 20)
                self.assertEqual(
                    plan.line_ids.mapped("state"), ["paid", "open", "open"]
                )
                self.pay(move, 20)
                self.assertEqual(plan.line_ids.mapped("amount_paid"), [20, 20, 0])
                # The credit note for what was contested is no payment.
                dispute.action_accept()
                dispute.credit_note_id.action_post()
                self.assertEqual(move.amount_residual, 20)
                self.assertEqual((plan.state, plan.amount_paid), ("active", 40))
                self.pay(move, 20)
                self.assertEqual((plan.state, plan.amount_paid), ("done", 60))

    def test_plan_of_which_the_dispute_was_rejected(self):
        dispute = self._dispute(self.move)
        plan = self.plan(number=3)
        self.pay(self.move, 20)
        dispute.action_reject()
        self.pay(self.move, 20)
        self.assertEqual(plan.line_ids.mapped("amount_paid"), [20, 20, 0])
        self.pay(self.move, 20)
        self.assertEqual((plan.state, self.move.amount_residual), ("done", 40))

    def test_disputed_only_after_it_was_agreed(self):
        """Whoever contests an invoice has not paid anything by that."""
        plan = self.plan(number=2)
        promise = self.promise(self.second)
        self._dispute(self.move)
        self._dispute(self.second)
        plan._settle()
        promise._settle()
        self.assertEqual((plan.state, plan.amount_paid), ("active", 0))
        self.assertEqual((promise.state, promise.amount_paid), ("open", 0))

    def test_a_plan_that_is_scheduled_anew(self):
        self.policy.plan_auto = False
        plan = self.plan(number=2)
        self.assertEqual((plan.residual_start, plan.disputed_start), (100, 0))
        dispute = self._dispute(self.move)
        plan.action_schedule()
        self.assertEqual((plan.residual_start, plan.disputed_start), (60, 40))
        dispute.action_withdraw()
        plan.action_schedule()
        self.assertEqual((plan.residual_start, plan.disputed_start), (100, 0))

    def test_a_dispute_of_which_only_the_delay_runs(self):
        """Reminders wait, and what is owed may be agreed on meanwhile."""
        self.policy.dispute_resume_days = 10
        for amount in (0, 40.0):
            with self.subTest(amount=amount):
                dispute = self._dispute(self.move, amount)
                dispute.action_reject()
                self.assertGreater(dispute.resume_date, TODAY)
                action = self.debtor.action_credit_promise()
                promise = (
                    self.env["credit.promise"]
                    .with_context(**action["context"])
                    .create({})
                )
                self.assertEqual(promise.item_ids, self.items(self.move | self.second))
                self.assertEqual((promise.amount, promise.disputed_start), (300, 0))
                promise.action_cancel()
                plan = self.plan(self.move | self.second)
                self.assertEqual(plan.residual_start, 300)
                plan.action_cancel()

    def test_what_is_contested_as_a_whole(self):
        self._dispute(self.move, 0)
        with self.assertRaises(UserError):
            self.promise()
        amounts = self.items(self.move | self.second)._credit_claimable()
        self.assertEqual(amounts[self.items(self.move)], 0)
        self.assertEqual(amounts[self.items(self.second)], 200)

    def test_a_request_of_which_more_is_paid(self):
        self.policy.plan_auto = False
        self._dispute(self.move)
        plan = self.plan(number=2)
        self.assertEqual((plan.state, plan.residual_start), ("requested", 60))
        self.pay(self.move, 80)
        self.assertEqual(plan.state, "cancelled")

    def test_promise(self):
        dispute = self._dispute(self.move)
        promise = self.promise(self.move, amount=60)
        self.assertEqual((promise.residual_start, promise.disputed_start), (60, 40))
        self.pay(self.move, 25)
        self.assertEqual((promise.state, promise.amount_paid), ("open", 25))
        self.pay(self.move, 35)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 60))
        # Credited after the grace, it stays kept.
        dispute.action_accept()
        note = dispute.credit_note_id
        late = TODAY + timedelta(days=30)
        note.write({"invoice_date": late, "date": late})
        with freeze_time(f"{late} 12:00:00"):
            note.action_post()
        self.assertEqual(self.move.amount_residual, 0)
        promise._settle()
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 60))

    def test_credited_before_it_was_promised(self):
        first = self._dispute(self.move, 30)
        first.action_accept()
        first.credit_note_id.action_post()
        self._dispute(self.move, 20)
        promise = self.promise(self.move, amount=50)
        self.assertEqual((promise.residual_start, promise.disputed_start), (50, 20))
        self.assertEqual(promise.amount_paid, 0)
        self.pay(self.move, 50)
        self.assertEqual((promise.state, promise.amount_paid), ("kept", 50))

    def test_an_invoice_that_is_corrected(self):
        """What was contested leaves the invoice first, and not what was planned."""
        self._dispute(self.move)
        plan = self.plan(number=3)
        self.move.button_draft()
        self.move.invoice_line_ids.price_unit = 60
        self.move.action_post()
        self.assertEqual((plan.residual_start, plan.amount_total), (60, 60))
        self.assertEqual(plan.disputed_start, 0)
        self.pay(self.move, 20)
        self.assertEqual(plan.line_ids.mapped("amount_paid"), [20, 0, 0])

    def test_paid_by_the_page(self):
        """What is left of the promise is offered, and nothing that is contested."""
        self._dispute(self.move)
        promise = self.promise(self.move, amount=60)
        self.pay(self.move, 20)
        page = self.env["credit.account"].sudo()
        reminder = self.remind(self.move, self.step_1).sudo()
        account = page._of_token(reminder._portal_token())
        due = account.env["credit.account"]._due(account, f"s.{promise.id}")
        self.assertEqual((due.amount, due.contested), (40, 0))

"""A word after the payment: to whom, when, and never to whom not."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from .common import NOTICE, REMINDER_1, TODAY, DeliveryCommon, days_ago

THANKS = {
    "name": "Thank you",
    "trigger": "payment",
    "delay_days": 1,
    "automation": "automatic",
    "only_working_days": False,
}


@tagged("post_install", "-at_install")
class TestThanks(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(REMINDER_1, NOTICE, THANKS)
        cls.step_1, cls.notice, cls.thanks = cls.policy.step_ids
        # Due in five days, and due ten days ago by somebody else.
        cls.early = cls.make_invoice(overdue=-5, amount=80)
        cls.late = cls.make_invoice(cls.make_debtor("Late SA"), overdue=10)

    def _thanks(self, day=1, company=None):
        """Thank-yous of the run some days from today; the claims are of no interest."""
        with freeze_time(f"{TODAY + timedelta(days=day)} 12:00:00"):
            run = self.propose(company, automatic=True)
        return run.reminder_ids.filtered("is_thanks")

    def test_in_time(self):
        self.pay(self.early)
        self.assertFalse(self._thanks(0))
        thanks = self._thanks()
        self.assertEqual(thanks.partner_id, self.debtor)
        self.assertEqual(thanks.line_ids.move_id, self.early)
        self.assertEqual(thanks.step_id, self.thanks)
        self.assertEqual(thanks.state, "queued")
        self.assertEqual(thanks.amount_total, 0)
        self.assertEqual(thanks.line_ids.amount_original, 80)

    def test_on_the_due_date_is_in_time(self):
        move = self.make_invoice(self.debtor_b, overdue=0)
        self.pay(move)
        self.assertEqual(self._thanks().line_ids.move_id, move)

    def test_late_without_reminder(self):
        """No word to those who paid late all by themselves: it would be an irony."""
        self.pay(self.late)
        self.assertFalse(self._thanks())

    def test_after_reminder(self):
        self.remind(self.late, self.step_1, days_ago(2))
        self.pay(self.late)
        self.assertEqual(self._thanks().line_ids.move_id, self.late)

    def test_after_a_reminder_that_bounced(self):
        self.remind(self.late, self.step_1, days_ago(2), delivery_state="bounced")
        self.pay(self.late)
        self.assertFalse(self._thanks())

    def test_conditions(self):
        late = self.make_invoice(overdue=10)
        self.remind(late, self.step_1, days_ago(2))
        self.pay(late | self.early)
        expected = {
            "in_time": self.early,
            "after_reminder": late,
            "any": self.early | late,
        }
        for condition, moves in expected.items():
            with self.subTest(condition):
                self.thanks.payment_condition = condition
                thanks = self._thanks()
                self.assertEqual(thanks.line_ids.move_id, moves)
                self.assertEqual(len(thanks), 1)
                thanks.sudo().action_cancel()
                thanks.sudo().unlink()

    def test_never_twice(self):
        self.pay(self.early)
        thanks = self._thanks()
        self.assertTrue(thanks)
        self.assertFalse(self._thanks())
        self.assertFalse(self._thanks(2))
        thanks.action_cancel()
        self.assertFalse(self._thanks(3))

    def test_not_for_a_credit_note(self):
        note = self.make_credit_note(amount=80)
        self.items(self.early | note).reconcile()
        self.assertEqual(self.early.payment_state, "reversed")
        self.assertFalse(self._thanks())

    def test_for_the_rest_after_a_credit_note(self):
        note = self.make_credit_note(amount=30)
        self.items(self.early | note).reconcile()
        self.pay(self.early)
        self.assertEqual(self._thanks().line_ids.move_id, self.early)

    def test_partial_payments(self):
        self.pay(self.early, amount=30, day=days_ago(2))
        self.assertFalse(self._thanks())
        # The last one counts: it came on the 20th.
        with freeze_time("2026-06-20 12:00:00"):
            self.pay(self.early, day="2026-06-20")
        self.assertFalse(self._thanks(3))
        self.assertEqual(self._thanks(4).line_ids.move_id, self.early)

    def test_last_payment_came_late(self):
        move = self.make_invoice(self.debtor_b, overdue=2)
        self.pay(move, amount=30, day=days_ago(3))
        self.pay(move, day=days_ago(1))
        self.assertFalse(self._thanks())

    def test_instalments(self):
        """Each is an item of its own: the first one paid is thanked for."""
        move = self.make_instalments(-5, -35, partner=self.debtor_b)
        first, second = self.items(move)
        payment = self.make_payment(self.debtor_b, amount=50)
        (first | self.items(payment.move_id)).reconcile()
        thanks = self._thanks()
        self.assertEqual(thanks.line_ids.move_line_id, first)
        self.assertFalse(second.reconciled)

    def test_horizon(self):
        """The first run of a company does not thank for last month."""
        self.pay(self.early, day=TODAY)
        self.assertFalse(self._thanks(9))
        self.assertTrue(self._thanks(8))

    def test_payment_taken_back_before_the_message(self):
        payment = self.pay(self.early)
        thanks = self._thanks()
        payment.action_cancel()
        self.deliver(thanks)
        self.assertEqual(thanks.state, "cancelled")
        self.assertFalse(self.emails)

    def test_sent(self):
        self.pay(self.early)
        thanks = self._thanks()
        self.deliver(thanks)
        self.assertEqual(thanks.state, "sent")
        self.assertEqual(len(self.emails), 1)
        self.assertEqual(self.emails[0]["smtp_to_list"], [self.debtor.email])

    def test_thanks_move_nobody_on(self):
        """They are no step of the order, nor a contact that keeps reminders away."""
        self.policy.min_interval_days = 7
        self.remind(self.late, self.step_1, days_ago(10))
        self.pay(self.late)
        self._thanks()._register_sent()
        other = self.make_invoice(overdue=10)
        self.assertReason(other, False)
        self.assertTrue(other.credit_is_due)

    def test_not_on_the_day_of_a_reminder(self):
        """The word waits for the reminder of another invoice, and comes a day later."""
        self.pay(self.early)
        self.make_invoice(overdue=10)
        with freeze_time(f"{TODAY + timedelta(days=1)} 12:00:00"):
            run = self.propose(automatic=True)
            self.assertFalse(run.reminder_ids.filtered("is_thanks"))
            reminder = run.reminder_ids.filtered(
                lambda reminder: reminder.partner_id == self.debtor
            )
            self.deliver(reminder)
            self.assertEqual(reminder.state, "sent")
            self.assertFalse(self._thanks())
        self.assertEqual(self._thanks(2).line_ids.move_id, self.early)

    def test_not_while_a_reminder_is_under_way(self):
        """A letter to approve will leave; a call may never be made."""
        self.pay(self.early)
        self.step_1.automation = "approve"
        self.make_invoice(overdue=10)
        with freeze_time(f"{TODAY + timedelta(days=1)} 12:00:00"):
            letter = self.propose(automatic=True).reminder_ids.filtered(
                lambda reminder: reminder.partner_id == self.debtor
            )
        self.assertEqual(letter.state, "to_approve")
        self.assertFalse(self._thanks(2))
        letter.channel = "phone"
        self.assertEqual(self._thanks(3).line_ids.move_id, self.early)

    def test_a_reminder_of_another_company_is_no_reason(self):
        self.make_invoice(overdue=10, company=self.other_company)
        self.pay(self.early)
        with freeze_time(f"{TODAY + timedelta(days=1)} 12:00:00"):
            run = self.propose(self.other_company, automatic=True)
        self.assertTrue(run.reminder_ids.sudo())
        self.assertEqual(self._thanks().line_ids.move_id, self.early)

    def test_a_reminder_that_was_taken_over_is_no_reason(self):
        """Whenever it was sent: another program sent it, on its own paper."""
        self.pay(self.early)
        items = self.items(self.make_invoice(overdue=10))
        tomorrow = TODAY + timedelta(days=1)
        self.env["credit.reminder"]._import_position(
            {self.step_1: items}, days=dict.fromkeys(items, tomorrow)
        )
        self.assertEqual(self._thanks().line_ids.move_id, self.early)

    def test_working_days(self):
        self.thanks.only_working_days = True
        with freeze_time("2026-06-19 12:00:00"):  # a Friday
            self.pay(self.early, day="2026-06-19")
        self.assertFalse(self._thanks(3))
        self.assertTrue(self._thanks(5))

    def test_by_hand(self):
        self.pay(self.early)
        with freeze_time(f"{TODAY + timedelta(days=1)} 12:00:00"):
            thanks = self.propose().reminder_ids.filtered("is_thanks")
        self.assertEqual(thanks.state, "to_approve")

    def test_policy_of_the_invoice(self):
        self.early.credit_policy_id = self.make_policy(REMINDER_1)
        self.pay(self.early)
        self.assertFalse(self._thanks())

    def test_companies_and_currencies(self):
        dollars = self.make_invoice(overdue=-5, currency=self.dollar)
        there = self.make_invoice(overdue=-5, company=self.other_company)
        for move in self.early | dollars | there:
            self.pay(move)
        thanks = self._thanks()
        self.assertEqual(len(thanks), 2)
        self.assertEqual(thanks.currency_id, self.euro | self.dollar)
        self.assertEqual(thanks.line_ids.move_id, self.early | dollars)
        other = self._thanks(company=self.other_company)
        self.assertEqual(other.sudo().line_ids.move_id, there)
        self.assertEqual(other.sudo().company_id, self.other_company)

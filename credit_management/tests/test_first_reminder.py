"""Consumers: the free first reminder, its waiting period, and charges after it."""

from datetime import date

from odoo.tests import tagged

from .charges_common import (
    CONSUMER_2,
    FREE_1,
    ChargesCommon,
)
from .common import DeliveryCommon


@tagged("post_install", "-at_install")
class TestFirstReminder(ChargesCommon, DeliveryCommon):
    """A consumer: first a free reminder, then a waiting period, then charges."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(FREE_1, CONSUMER_2)
        cls.step_1, cls.step_2 = cls.policy.step_ids
        cls.make_terms(clause_rule="legal", fee_amount=7.5)
        cls.move = cls.make_invoice(cls.debtor_b, overdue=3, amount=200)

    def _send_first(self):
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.step_id, self.step_1)
        reminder.action_approve()
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        return reminder

    def test_first_reminder_opens_the_waiting_period(self):
        """Sent on 17 June: 14 days from the 18th, until 1 July."""
        reminder = self._send_first()
        self.assertEqual(reminder.amount_total, 200)
        self.assertEqual(reminder.wait_until, date(2026, 7, 1))
        self.assertEqual(reminder.deadline_date, date(2026, 7, 1))
        self.assertEqual(reminder.wait_article, "art. 4")

    def test_the_law_holds_the_next_step_back(self):
        """The policy says five days; the law, until the 2nd of July."""
        self._send_first()
        self.move.invalidate_recordset()
        self.assertEqual(self.move.credit_next_date, date(2026, 7, 2))
        self.assertIn("art. 4", self.move.credit_wait_text)
        self.assertFalse(self.propose(day=date(2026, 7, 1)).reminder_ids)
        self.assertTrue(self.propose(day=date(2026, 7, 2)).reminder_ids)

    def test_charges_after_the_waiting_period(self):
        """200 x 5 % x 1/365 = 0.03; 30 + 10 % of 50 = 35; a fee of 7.50."""
        self._send_first()
        reminder = self.propose(day=date(2026, 7, 2)).reminder_ids
        self.assertEqual(reminder.amount_interest, 0.03)
        self.assertEqual(reminder.amount_indemnity, 35)
        self.assertEqual(reminder.amount_fee, 7.5)
        self.assertEqual(reminder.amount_total, 242.53)

    def test_no_clause_without_terms(self):
        self.env["credit.terms"].search([]).active = False
        self._send_first()
        reminder = self.propose(day=date(2026, 7, 2)).reminder_ids
        self.assertEqual(reminder.amount_total, 200.03)
        self.assertIn(
            ("clause", "no_terms"),
            {(w["kind"], w["reason"]) for w in reminder.charges["withheld"]},
        )

    def test_without_first_reminder_nothing_is_charged(self):
        """A policy that forgets it can't charge, however late the invoice."""
        policy = self.make_policy(dict(CONSUMER_2, trigger="due", delay_days=1))
        self.move.credit_policy_id = policy
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.amount_total, 200)
        reasons = {(w["kind"], w["reason"]) for w in reminder.charges["withheld"]}
        self.assertLessEqual(
            {("interest", "first_reminder"), ("clause", "first_reminder")}, reasons
        )

    def test_what_was_passed_over_gave_no_time(self):
        """Checked for sending, then passed over: the next step need not wait."""
        move = self.make_invoice(overdue=10)
        policy = self.make_policy(
            {"name": "First", "delay_days": 5, "deadline_days": 30},
            {"name": "Second", "delay_days": 8},
        )
        move.credit_policy_id = policy
        reminder = self.propose().reminder_ids.filtered(
            lambda r: move in r.line_ids.move_id
        )
        reminder._recheck()
        self.assertTrue(reminder.deadline_date)
        reminder.action_skip()
        self.assertFalse(reminder.deadline_date)
        move.invalidate_recordset()
        self.assertEqual(move.credit_next_step_id, policy.step_ids[1])
        self.assertTrue(move.credit_is_due)

    def test_bounced_first_reminder_opens_nothing(self):
        reminder = self._send_first()
        reminder._register_failure("Unknown address")
        self.env.flush_all()
        gates = self.env["credit.engine"]._charge_gates(self.items(self.move).ids)
        self.assertFalse(gates)

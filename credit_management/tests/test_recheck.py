"""Between the proposal and the message: what has changed is minded."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, DeliveryCommon, days_ago


@tagged("post_install", "-at_install")
class TestRecheck(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1, cls.step_2, cls.step_3 = cls.policy.step_ids
        cls.move = cls.make_invoice(overdue=10, amount=100)
        cls.second = cls.make_invoice(overdue=8, amount=60)

    def assertClaims(self, reminder, moves, total):
        self.assertEqual(reminder.line_ids.move_id, moves)
        self.assertEqual(reminder.amount_total, total)

    def test_unchanged(self):
        reminder = self.queued(self.move, self.second)
        self.assertEqual(reminder._recheck(), reminder)
        self.assertClaims(reminder, self.move | self.second, 160)

    def test_paid_meanwhile(self):
        reminder = self.queued(self.move, self.second)
        self.pay(self.move)
        self.assertEqual(reminder._recheck(), reminder)
        self.assertClaims(reminder, self.second, 60)
        self.assertIn(self.move.name, reminder.message_ids[0].body)

    def test_partly_paid_meanwhile(self):
        reminder = self.queued(self.move, self.second)
        self.pay(self.move, amount=30)
        reminder._recheck()
        self.assertClaims(reminder, self.move | self.second, 130)
        line = reminder.line_ids.filtered(lambda line: line.move_id == self.move)
        self.assertEqual(line.amount_residual, 70)
        self.assertEqual(line.amount_original, 100)
        self.assertEqual(reminder.amount_residual, 130)

    def test_last_look_is_planned_once(self):
        """However few the messages are: to plan it takes longer than to do it."""
        reminder = self.queued(self.move)
        reminder._take_turns()
        self.env.flush_all()
        with reminder._last_looks() as looks:
            for _time in range(3):
                self.assertTrue(reminder._items_unchanged(looks[reminder.id]))
            self.env.cr.execute(
                """SELECT generic_plans, custom_plans FROM pg_prepared_statements
                    WHERE name = %s""",
                [looks[reminder.id]],
            )
            self.assertEqual(self.env.cr.fetchone(), (3, 0))
        self.env.cr.execute("SHOW plan_cache_mode")
        self.assertEqual(self.env.cr.fetchone(), ("auto",))

    def test_held_meanwhile(self):
        reminder = self.queued(self.move, self.second)
        self.env["credit.hold"].create(
            {"move_id": self.move.id, "date_end": TODAY, "reason": "Asked for time"}
        )
        reminder._recheck()
        self.assertClaims(reminder, self.second, 60)

    def test_disputed_meanwhile(self):
        reminder = self.queued(self.move, self.second)
        self.env["credit.dispute"].create(
            {
                "move_id": self.move.id,
                "reason_id": self.env["credit.dispute.reason"].create({"name": "R"}).id,
            }
        )
        reminder._recheck()
        self.assertClaims(reminder, self.second, 60)

    def test_excluded_from_followup_meanwhile(self):
        reminder = self.queued(self.move, self.second)
        self.second.no_followup = True
        reminder._recheck()
        self.assertClaims(reminder, self.move, 100)

    def test_reset_to_draft_meanwhile(self):
        reminder = self.queued(self.move, self.second)
        self.second.button_draft()
        reminder._recheck()
        self.assertClaims(reminder, self.move, 100)

    def test_put_off_meanwhile(self):
        """The due date was moved: the reminder says so, and how late it is."""
        reminder = self.queued(self.move)
        self.items(self.move).date_maturity = days_ago(7)
        reminder._recheck()
        line = reminder.line_ids.filtered(lambda line: line.move_id == self.move)
        self.assertEqual(line.date_due, days_ago(7))
        self.assertEqual(line.days_overdue, 7)

    def test_all_gone(self):
        reminder = self.queued(self.move, self.second)
        self.pay(self.move | self.second)
        self.assertFalse(reminder._recheck())
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(reminder.skipped)
        self.assertTrue(reminder.failure_reason)
        self.deliver(reminder)
        self.assertFalse(self.emails)

    def test_whole_debtor_held(self):
        reminder = self.queued(self.move, self.second)
        self.env["credit.hold"].create(
            {"partner_id": self.debtor.id, "date_end": TODAY, "reason": "Insolvent"}
        )
        self.deliver(reminder)
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(self.emails)

    # ------------------------------------------------------------------
    # Credits
    # ------------------------------------------------------------------

    def test_credited_meanwhile(self):
        reminder = self.queued(self.move, self.second)
        self.make_payment(amount=50)
        reminder._recheck()
        self.assertClaims(reminder, self.move | self.second, 110)
        self.assertEqual(reminder.amount_credit, 50)

    def test_covered_meanwhile(self):
        reminder = self.queued(self.move, self.second)
        self.make_credit_note(amount=160)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(self.emails)

    def test_credit_matched_meanwhile(self):
        """What was netted and is matched now does not count twice."""
        payment = self.make_payment(amount=50)
        reminder = self.queued(self.move, self.second)
        self.assertClaims(reminder, self.move | self.second, 110)
        self.items(payment.move_id | self.move).reconcile()
        reminder._recheck()
        self.assertEqual(reminder.amount_credit, 0)
        self.assertClaims(reminder, self.move | self.second, 110)

    def _two_reminders(self):
        self.policy.grouping = "invoice"
        self.make_payment(amount=50)
        run = self.propose()
        run.action_confirm()
        first = run.reminder_ids.filtered(lambda r: self.move in r.line_ids.move_id)
        second = run.reminder_ids - first
        self.assertEqual((first.amount_credit, second.amount_credit), (50, 0))
        return first, second

    def test_credit_of_a_dropped_sibling(self):
        """The older invoice was paid: the younger one gets what was netted from it."""
        first, second = self._two_reminders()
        self.pay(self.move)
        self.assertEqual((first | second)._recheck(), second)
        self.assertEqual(second.amount_credit, 50)
        self.assertEqual(second.amount_total, 10)

    def test_credit_is_used_once(self):
        first, second = self._two_reminders()
        (first | second)._recheck()
        self.assertEqual((first.amount_credit, second.amount_credit), (50, 0))
        first._register_sent()
        second._recheck()
        self.assertEqual(second.amount_credit, 0)

    def test_credit_of_a_bounced_reminder_goes_to_its_fallback(self):
        self.step_1.fallback_channel = "letter"
        first, second = self._two_reminders()
        (first | second)._register_sent()
        first._register_failure("No such address")
        fallback = self.fallback_of(first)
        self.assertEqual(fallback._recheck(), fallback)
        self.assertEqual(fallback.amount_credit, 50)
        self.assertEqual(fallback.amount_total, 50)

    # ------------------------------------------------------------------
    # The step of what is left
    # ------------------------------------------------------------------

    def _with_formal_notice(self):
        self.remind(self.move, self.step_2, days_ago(1))
        self.items(self.move).date_maturity = days_ago(50)
        self.move.invoice_date_due = days_ago(50)
        reminder = self.queued(self.move, self.second)
        self.assertEqual(reminder.step_id, self.step_3)
        self.assertEqual(reminder.channel, "letter")
        return reminder

    def test_notice_without_its_reason(self):
        """The old invoice was paid: the young one deserves no formal notice."""
        reminder = self._with_formal_notice()
        self.pay(self.move)
        self.assertEqual(reminder._recheck(), reminder)
        self.assertEqual(reminder.step_id, self.step_1)
        self.assertEqual(reminder.channel, "email")
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        self.assertFalse(reminder.letter_id)
        self.assertEqual(len(self.emails), 1)
        self.assertEqual(self.second.credit_step_id, self.step_1)

    def test_notice_without_its_reason_becomes_a_call(self):
        reminder = self._with_formal_notice()
        self.step_1.channel = "phone"
        self.pay(self.move)
        self.assertFalse(reminder._recheck())
        self.assertEqual(reminder.state, "to_approve")
        self.assertEqual(reminder.channel, "phone")

    def test_automatic_becomes_one_to_approve(self):
        self.step_3.automation = "automatic"
        reminder = self._with_formal_notice()
        self.step_1.automation = "approve"
        self.pay(self.move)
        self.assertFalse(reminder._recheck())
        self.assertEqual(reminder.state, "to_approve")

    def test_left_out_by_hand(self):
        reminder = self._with_formal_notice()
        reminder.line_ids.filtered(lambda r: r.move_id == self.move).action_exclude()
        self.assertEqual(reminder.step_id, self.step_1)
        self.assertEqual(reminder.amount_total, 60)

    # ------------------------------------------------------------------
    # Leaving out by hand
    # ------------------------------------------------------------------

    def test_exclude(self):
        reminder = self.propose().reminder_ids
        line = reminder.line_ids.filtered(lambda line: line.move_id == self.second)
        run = reminder.run_id
        self.assertEqual(run.amount_claimed, 160)
        line.action_exclude()
        self.assertEqual(run.amount_claimed, 100)
        self.assertClaims(reminder, self.move, 100)
        self.assertIn(self.second.name, reminder.message_ids[0].body)
        reminder.line_ids.action_exclude()
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(self.move.credit_block_reason)

    def test_exclude_from_what_left(self):
        reminder = self.queued(self.move)
        reminder._register_sent()
        with self.assertRaises(UserError):
            reminder.line_ids[0].action_exclude()
        self.assertEqual(len(reminder.line_ids), 2)

    def test_exclude_from_what_was_passed_over(self):
        """It would bring back a step that counts as done."""
        reminder = self.queued(self.move)
        reminder.action_skip()
        with self.assertRaises(UserError):
            reminder.line_ids[0].action_exclude()
        self.assertEqual(self.move.credit_step_id, self.step_1)

    def test_failed_one_is_passed_over_without_what_came_along(self):
        reminder = self.remind(self.move, self.step_2, state="failed", date_done=False)
        along = self.remind(self.second, self.step_1, state="cancelled")
        along.line_ids.reminder_id = reminder
        reminder.action_skip()
        self.assertEqual((reminder.state, reminder.skipped), ("cancelled", True))
        self.assertEqual(reminder.line_ids.move_id, self.move)
        self.env.invalidate_all()
        self.assertEqual(self.move.credit_step_id, self.step_2)
        self.assertFalse(self.second.credit_step_id)

    # ------------------------------------------------------------------
    # The last moment
    # ------------------------------------------------------------------

    def _deliver_while(self, reminder, act):
        """Deliver; ``act`` comes between the rendering of the batch and its sending."""
        reminder_class = type(reminder)
        render = reminder_class._email_values

        def act_meanwhile(reminders):
            values = render(reminders)
            act()
            return values

        with patch.object(reminder_class, "_email_values", act_meanwhile):
            self.deliver(reminder)
        self.assertFalse(self.emails)
        self.assertEqual(reminder.state, "queued")
        self.assertFalse(reminder.mail_id)
        # The next round checks it again, and says what is true by then.
        self.deliver(reminder)

    def test_paid_between_rendering_and_sending(self):
        reminder = self.queued(self.move, self.second)
        self._deliver_while(reminder, lambda: self.pay(self.move))
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(len(self.emails), 1)
        self.assertClaims(reminder, self.second, 60)

    def test_partly_paid_between_rendering_and_sending(self):
        reminder = self.queued(self.move, self.second)
        self._deliver_while(reminder, lambda: self.pay(self.move, amount=30))
        self.assertEqual(reminder.state, "sent")
        self.assertClaims(reminder, self.move | self.second, 130)

    def test_held_between_rendering_and_sending(self):
        reminder = self.queued(self.move, self.second)
        values = {"partner_id": self.debtor.id, "date_end": TODAY, "reason": "R"}
        self._deliver_while(reminder, lambda: self.env["credit.hold"].create(values))
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(self.emails)

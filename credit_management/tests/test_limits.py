"""Limits per hour and per run."""

from datetime import datetime
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, mute_logger

from ..models.credit_reminder_limits import Limit
from .common import NOW, REMINDER_1, DeliveryCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestLimits(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(REMINDER_1)

    def sending(self, count, company=None):
        company = company or self.company
        for number in range(count):
            self.make_invoice(self.make_debtor(f"Debtor {number}"), company=company)
        run = self.propose(company)
        run.action_confirm()
        return run

    def work(self, **smtp):
        self.env.flush_all()
        with self.smtp(**smtp):
            for _done in self.env["credit.reminder"]._work():
                pass
            self.env.flush_all()
        self.env.invalidate_all()

    def next_delivery(self):
        cron = self.env.ref("credit_management.ir_cron_deliver")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        return max(triggers.mapped("call_at"))

    # ------------------------------------------------------------------
    # Per hour
    # ------------------------------------------------------------------

    def test_rest_waits_for_the_next_hour(self):
        self.company.credit_hour_mails = 2
        run = self.sending(5)
        with freeze_time("2026-06-17 12:20:00"):
            self.work()
            self.assertEqual((run.sent_count, run.queued_count), (2, 3))
            self.assertEqual(self.next_delivery(), datetime(2026, 6, 17, 13))
            self.work()
            self.assertEqual(run.sent_count, 2)
        self.assertEqual(run.state, "sending")
        with freeze_time("2026-06-17 13:00:00"):
            self.work()
            self.assertEqual(run.sent_count, 4)
        with freeze_time("2026-06-17 14:05:00"):
            self.work()
            self.assertEqual(run.sent_count, 5)

    def test_failures_take_no_room(self):
        self.company.credit_hour_mails = 2
        self.make_invoice(self.make_debtor("No address", email=False))
        run = self.sending(3)
        self.work()
        self.assertEqual((run.failed_count, run.sent_count), (1, 2))

    def test_of_one_company(self):
        self.company.credit_hour_mails = 1
        here, there = self.sending(3), self.sending(3, self.other_company)
        self.work()
        self.assertEqual((here.sent_count, there.sent_count), (1, 3))

    def test_of_one_kind(self):
        self.company.credit_hour_mails = 1
        mails = self.sending(2)
        self.policy.step_ids.channel = "letter"
        self.make_invoice(self.debtor)
        self.make_invoice(self.debtor_b)
        letters = self.propose()
        letters.action_confirm()
        self.work()
        self.assertEqual((mails.sent_count, letters.sent_count), (1, 2))

    def test_letters(self):
        self.policy.step_ids.channel = "letter"
        self.company.credit_hour_letters = 2
        run = self.sending(3)
        self.work()
        self.assertEqual(run.sent_count, 2)

    def test_runs_share_the_hour(self):
        self.company.credit_hour_mails = 3
        first, second = self.sending(2), self.sending(2)
        self.work()
        self.assertEqual((first.sent_count, second.sent_count), (2, 1))

    def test_what_others_hold_counts(self):
        """Another worker has three in hand: there is room for one more."""
        self.company.credit_hour_mails = 4
        run = self.sending(6)
        held = run.reminder_ids.sorted("id")[-3:]
        reminder_class = type(self.env["credit.reminder"])
        with patch.object(
            reminder_class, "_claimed_by_others", lambda reminders: held.ids
        ):
            claimed = self.env["credit.reminder"]._claim()
        self.env["credit.reminder"]._release()
        self.assertEqual(len(claimed), 1)

    # ------------------------------------------------------------------
    # Per run
    # ------------------------------------------------------------------

    def test_run_pauses_and_says_why(self):
        self.company.credit_run_mails = 2
        run = self.sending(3)
        self.work()
        self.assertEqual((run.state, run.sent_count), ("paused", 2))
        self.assertIn("2 e-mails per run", run.pause_reason)
        self.assertIn("2 e-mails per run", run.message_ids[0].body)
        self.assertTrue(run.activity_ids)
        self.work()
        self.assertEqual(run.sent_count, 2)

    def test_resumed_the_same_number_goes(self):
        self.company.credit_run_mails = 2
        run = self.sending(5)
        self.work()
        run.action_resume()
        self.assertFalse(run.activity_ids)
        self.work()
        self.assertEqual((run.state, run.sent_count), ("paused", 4))
        run.action_resume()
        self.work()
        self.assertEqual(run.sent_count, 5)

    def test_exactly_the_limit_does_not_pause(self):
        self.company.credit_run_mails = 3
        run = self.sending(3)
        self.work()
        self.env["credit.run"]._close_finished()
        self.assertEqual((run.state, run.sent_count), ("done", 3))

    def test_other_run_goes_on(self):
        self.company.credit_run_mails = 2
        large, small = self.sending(4), self.sending(1)
        self.work()
        self.assertEqual((large.state, large.sent_count), ("paused", 2))
        self.assertEqual(small.sent_count, 1)

    # ------------------------------------------------------------------
    # By cost
    # ------------------------------------------------------------------

    def test_another_addon_limits_a_cost(self):
        """A limit that counts what each reminder costs, here three for each."""
        limits = [Limit("mails", ("email",), "cents", SQL("3"))]
        self.company.credit_hour_mails = 8
        run = self.sending(4)
        reminder_class = type(self.env["credit.reminder"])
        with patch.object(reminder_class, "_limits", lambda reminders: limits):
            self.work()
        self.assertEqual(run.sent_count, 2)

    def test_not_negative(self):
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.company.credit_hour_mails = -1
            self.env.flush_all()

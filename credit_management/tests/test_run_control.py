"""Runs under the hand of people: progress, pause, resume, cancel, report."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOW, REMINDER_1, DeliveryCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRunControl(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(REMINDER_1)
        cls.owner = cls.make_user(
            "owner", email="owner@company.example.com", notification_type="inbox"
        )

    def sending(self, count=3, **values):
        """A run of some debtors, confirmed."""
        for number in range(count):
            self.make_invoice(self.make_debtor(f"Debtor {number}"), **values)
        run = self.propose(values.get("company"))
        run.user_id = self.owner
        run.action_confirm()
        return run

    def work(self, **smtp):
        """One round of the scheduled action, as far as tests may."""
        self.env.flush_all()
        with self.smtp(**smtp):
            for _done in self.env["credit.reminder"]._work():
                pass
            self.env["credit.run"]._close_finished()
            self.env.flush_all()
        self.env.invalidate_all()

    def triggers(self):
        cron = self.env.ref("credit_management.ir_cron_deliver")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    # ------------------------------------------------------------------
    # Progress
    # ------------------------------------------------------------------

    def test_counts(self):
        run = self.sending(4)
        first, second, third, _fourth = run.reminder_ids
        self.assertEqual((run.progress, run.left_count, run.done_count), (0, 4, 0))
        first.state, second.state, third.state = "sent", "failed", "cancelled"
        # One of three: what was left out does not count, what failed is not sent.
        self.assertEqual(round(run.progress), 33)
        self.assertEqual((run.left_count, run.done_count), (1, 2))
        self.assertEqual((run.sent_count, run.failed_count), (1, 1))

    def test_stage_says_what_is_under_way(self):
        """The automatic part leaves while the rest waits for somebody."""
        self.policy.step_ids.automation = "approve"
        self.make_policy(
            {**REMINDER_1, "name": "Automatic"},
            sequence=1,
            partner_domain=f"[('id', '=', {self.debtor_b.id})]",
        )
        self.make_invoice()
        self.make_invoice(self.debtor_b)
        run = self.propose(automatic=True)
        self.assertEqual((run.state, run.stage), ("proposed", "sending"))
        self.assertEqual(run.stage_text, "1 being sent, 1 to confirm or to do")
        run.action_pause()
        self.assertEqual((run.stage, run.stage_text[:6]), ("paused", "1 held"))
        run.action_resume()
        self.work()
        self.assertEqual((run.state, run.stage), ("proposed", "partly"))
        self.assertEqual(run.progress, 50)
        self.assertEqual(run.stage_text, "1 sent, 1 to confirm or to do")
        waiting = run.reminder_ids.filtered(lambda r: r.state == "to_approve")
        waiting.state = "failed"
        run._finish("done")
        self.assertEqual((run.state, run.stage), ("done", "failed"))
        self.assertEqual(run.stage_text, "1 sent, 1 failed")

    def test_stage_before_anything_leaves(self):
        self.assertEqual(self.env["credit.run"].new({}).stage, "draft")
        self.make_invoice()
        run = self.propose()
        self.assertEqual(run.stage, "proposed")
        run.action_confirm()
        run.action_cancel()
        self.assertEqual(run.stage, "cancelled")

    def test_no_reminders_no_progress(self):
        run = self.propose()
        self.assertEqual((run.state, run.progress), ("done", 0))
        self.assertFalse(run.date_end_estimated)

    def test_estimated_end(self):
        """Ten within the last five minutes, thirty are left: fifteen more minutes."""
        run = self.sending(40)
        self.assertFalse(run.date_end_estimated, "nothing is known yet")
        now = datetime(2026, 6, 17, 12)
        for reminder in run.reminder_ids[:10]:
            reminder.write({"state": "sent", "date_sent": now - timedelta(minutes=5)})
        self.env.invalidate_all()
        self.assertEqual(run.date_end_estimated, now + timedelta(minutes=15))
        run.action_pause()
        self.assertFalse(run.date_end_estimated)

    def test_pace_of_long_ago(self):
        run = self.sending(3)
        run.reminder_ids[0].write({"state": "sent", "date_sent": "2026-06-17 11:30:00"})
        self.env.invalidate_all()
        self.assertFalse(run.date_end_estimated)

    def test_list_needs_no_query_per_run(self):
        runs = self.sending(2)
        names = ["progress", "left_count", "failed_count", "date_end_estimated"]
        names += ["stop_text", "unusual_text", "stage", "stage_text"]

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            records.read(names)
            return self.env.cr.sql_log_count - before

        count(runs)
        one = count(runs)
        for number in range(3):
            self.make_invoice(self.make_debtor(f"More {number}"))
            runs |= self.propose()
        runs[1:].action_confirm()
        self.assertEqual(count(runs), one)

    # ------------------------------------------------------------------
    # Pause and resume
    # ------------------------------------------------------------------

    def test_paused_run_holds_what_is_queued(self):
        run = self.sending(2)
        run.action_pause()
        self.assertEqual(run.state, "paused")
        self.assertIn(self.env.user.name, run.pause_reason)
        self.work()
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"queued"})
        self.assertEqual(run.state, "paused")

    def test_other_runs_go_on(self):
        paused = self.sending(1)
        paused.action_pause()
        self.make_invoice(self.debtor_b)
        other = self.propose()
        other.action_confirm()
        there = self.sending(1, company=self.other_company)
        self.work()
        self.assertEqual(paused.reminder_ids.state, "queued")
        self.assertEqual(other.reminder_ids.state, "sent")
        self.assertEqual(there.reminder_ids.state, "sent")

    def test_resume(self):
        run = self.sending(2)
        run.action_pause()
        before = self.triggers()
        run.action_resume()
        self.assertEqual((run.state, run.pause_reason), ("sending", False))
        self.assertGreater(self.triggers(), before)
        self.work()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.sent_count, 2)

    def test_resume_to_where_it_was(self):
        """Automatic steps were on their way, the others wait to be confirmed."""
        self.make_invoice()
        run = self.propose()
        run.reminder_ids.action_approve()
        run.action_pause()
        run.action_resume()
        self.assertEqual(run.state, "proposed")

    def test_pause_in_the_middle_of_a_batch(self):
        """The worker has rendered all; the very next message stays."""
        run = self.sending(3)

        def pause_after_the_first(_addresses):
            if run.state == "sending":
                run.action_pause()
                run.flush_recordset()

        with self.smtp(answer=pause_after_the_first):
            run.reminder_ids._deliver_claimed()
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(len(self.emails), 1)
        self.assertEqual(run.sent_count, 1)
        self.assertEqual(run.queued_count, 2)

    def test_letters_paused_while_rendered(self):
        self.policy.step_ids.channel = "letter"
        run = self.sending(2)
        reminder_class = type(self.env["credit.reminder"])
        render = reminder_class._letter_pdfs

        def pause(reminders):
            run.action_pause()
            run.flush_recordset()
            return render(reminders)

        with patch.object(reminder_class, "_letter_pdfs", pause):
            self.work()
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"queued"})
        self.assertFalse(run.reminder_ids.letter_id)
        run.action_resume()
        self.work()
        self.assertEqual(run.sent_count, 2)

    def test_wrong_state(self):
        run = self.sending(1)
        with self.assertRaises(UserError):
            run.action_resume()
        run.action_pause()
        with self.assertRaises(UserError):
            run.action_pause()
        with self.assertRaises(UserError):
            run.action_confirm()

    # ------------------------------------------------------------------
    # Cancel
    # ------------------------------------------------------------------

    def test_cancel_keeps_what_is_sent(self):
        run = self.sending(3)
        sent = run.reminder_ids[0]
        self.deliver(sent)
        run.action_pause()
        run.action_cancel()
        self.assertEqual(sent.state, "sent")
        self.assertEqual(set((run.reminder_ids - sent).mapped("state")), {"cancelled"})
        self.assertEqual(run.state, "cancelled")
        self.assertFalse(run.cancelling)

    def test_cancel_beside_a_worker(self):
        """What a worker holds is dropped when it has let go of it."""
        run = self.sending(2)
        # As if it were locked: the statement does not see it.
        held = run.reminder_ids[0]
        drop = type(run)._cancel_reminders

        def beside(runs):
            self.env.cr.execute(
                "UPDATE credit_reminder SET state = 'failed' WHERE id = %s", [held.id]
            )
            drop(runs)
            self.env.cr.execute(
                "UPDATE credit_reminder SET state = 'queued' WHERE id = %s", [held.id]
            )
            self.env.invalidate_all()

        with patch.object(type(run), "_cancel_reminders", beside):
            run.action_cancel()
        self.assertEqual((run.state, held.state), ("cancelled", "queued"))
        # Nobody sends it meanwhile.
        with self.smtp():
            for _done in self.env["credit.reminder"]._work():
                pass
        self.assertEqual(held.state, "queued")
        self.env["credit.run"]._close_finished()
        self.assertEqual(held.state, "cancelled")
        self.assertFalse(run.cancelling)

    def test_failed_of_a_cancelled_run_can_be_tried_again(self):
        run = self.sending(2)
        failed = run.reminder_ids[0]
        failed.state = "failed"
        run.action_cancel()
        failed.action_retry()
        self.work()
        self.assertEqual(failed.state, "sent")
        self.assertEqual(run.state, "cancelled")

    # ------------------------------------------------------------------
    # Report
    # ------------------------------------------------------------------

    def test_report(self):
        self.policy.step_ids.fallback_channel = False
        self.make_invoice(amount=100)
        self.make_invoice(currency=self.dollar, amount=70)
        self.make_invoice(self.debtor_b, amount=30)
        self.make_invoice(self.make_debtor("No address", email=False), amount=5)
        left_out = self.make_invoice(self.make_debtor("Left out"), amount=9)
        run = self.propose()
        run.user_id = self.owner
        run.reminder_ids.filtered(
            lambda r: r.partner_id == left_out.partner_id
        ).action_cancel()
        run.action_confirm()
        self.work()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.report["sent"], {"email": 3})
        self.assertEqual(
            dict(run.report["amounts"]), {self.euro.id: 130, self.dollar.id: 70}
        )
        [[reason, count]] = run.report["failed"]
        self.assertIn("No address", reason)
        self.assertEqual(count, 1)
        self.assertEqual(run.report["cancelled"], [["", 1]])
        for text in ("130.00", "70.00", "No address", "Left out by hand"):
            self.assertIn(text, run.report_html)

    def test_report_is_frozen(self):
        run = self.sending(2)
        self.work()
        before = run.report
        run.reminder_ids[0]._register_failure("It came back", fall_back=False)
        self.env["credit.run"]._close_finished()
        self.assertEqual(run.report, before)

    def test_owner_is_told_once(self):
        run = self.sending(1)
        self.work()
        self.env["credit.run"]._close_finished()
        told = run.message_ids.filtered(
            lambda m: m.notified_partner_ids == self.owner.partner_id
        )
        self.assertEqual(len(told), 1)
        self.assertIn("100.00", told.body)

    def test_report_of_a_cancelled_run(self):
        run = self.sending(3)
        self.deliver(run.reminder_ids[0])
        run.action_cancel()
        self.assertEqual(run.report["sent"], {"email": 1})
        self.assertEqual(run.report["cancelled"], [["The run was cancelled.", 2]])

    def test_collector_controls_viewer_does_not(self):
        run = self.sending(1)
        viewer = new_test_user(
            self.env,
            "viewer",
            "credit_management.group_viewer",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        for act in ("action_pause", "action_cancel"):
            with self.assertRaises(UserError):
                getattr(run.with_user(viewer), act)()
        mine = run.with_user(self.owner)
        mine.action_pause()
        mine.action_resume()
        mine.action_pause()
        mine.action_cancel()
        self.assertEqual(run.state, "cancelled")

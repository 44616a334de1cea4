"""A run cut into jobs: who sends what, and what becomes of it when jobs fail."""

import smtplib
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import NOW
from odoo.addons.queue_job.job import Job

from .common import PART_SIZE, QueueCommon

CHANNEL_LOGGER = "odoo.addons.credit_management.models.credit_channel"
EMAIL_LOGGER = "odoo.addons.credit_management.models.credit_reminder_email"
SERVER_LOGGER = "odoo.addons.base.models.ir_mail_server"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestQueue(QueueCommon):
    @mute_logger(CHANNEL_LOGGER, EMAIL_LOGGER, SERVER_LOGGER)
    def cron(self, **smtp):
        with self.smtp(**smtp), self.enter_registry_test_mode():
            self.env.ref("credit_management.ir_cron_deliver").method_direct_trigger()

    # ------------------------------------------------------------------
    # Cutting
    # ------------------------------------------------------------------

    def test_cut_by_debtor_range(self):
        debtors = self.make_debtors(5)
        self.make_invoice(debtors[0], currency=self.dollar)  # a reminder of its own
        run = self.propose(automatic=True)
        jobs = self.jobs_of(run)
        self.assertEqual(run.queued_count, 6)
        self.assertEqual(len(jobs), 3)
        self.assertEqual(self.reminders_of(jobs), run.reminder_ids)
        seen = self.env["res.partner"]
        for job in jobs:
            reminders = self.reminders_of(job)
            channel, first, last = job.args
            self.assertEqual(channel, "email")
            self.assertEqual(job.channel, "root.credit.email")
            self.assertEqual(min(reminders.partner_id.ids), first)
            self.assertEqual(max(reminders.partner_id.ids), last)
            self.assertFalse(seen & reminders.partner_id, "a debtor in two jobs")
            seen |= reminders.partner_id
            self.assertEqual(job.user_id.id, SUPERUSER_ID)
            self.assertEqual(job.company_id, self.company)
        self.assertEqual(run.job_count, 3)
        self.assertEqual(run.job_left_count, 3)

    def test_cut_by_channel(self):
        self.make_debtors(1)
        letters = self.make_policy({"channel": "letter", "delay_days": 5})
        self.make_invoice(self.debtor_b, credit_policy_id=letters.id)
        run = self.propose()
        run.action_confirm()
        jobs = self.jobs_of(run)
        self.assertEqual(
            jobs.mapped("channel"), ["root.credit.email", "root.credit.letter"]
        )
        # A way of delivering that another addon brings gets a channel as well.
        name = self.env["queue.job.channel"]._credit_channel("pigeon")
        self.assertEqual(name, "root.credit.pigeon")
        self.assertEqual(self.env["queue.job.channel"]._credit_channel("pigeon"), name)

    def test_twice_makes_nothing_twice(self):
        self.make_debtors(3)
        run = self.propose(automatic=True)
        jobs = self.jobs_of(run)
        run._start_sending()
        self.assertEqual(self.jobs_of(run), jobs)
        # Also where nobody noticed that they are in jobs: the range is an identity.
        self.reminders_of(jobs).sudo().queue_job_id = False
        run._start_sending()
        self.assertEqual(self.jobs_of(run), jobs)
        self.assertEqual(self.reminders_of(jobs), run.reminder_ids)

    def test_as_many_queries_for_more_reminders(self):
        self.parameters.set_param(PART_SIZE, "100")
        counts = []
        for number in (3, 9):
            self.make_debtors(number, company=self.other_company)
            run = self.propose(self.other_company)
            run.reminder_ids.state = "queued"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run._cut_into_jobs()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(self.reminders_of(self.jobs_of(run)), run.reminder_ids)
            self.assertGreaterEqual(len(run.reminder_ids), number)
            run.action_cancel()
        self.assertLessEqual(counts[1], counts[0])

    def test_part_size_that_is_no_number(self):
        self.parameters.set_param(PART_SIZE, "many")
        self.assertEqual(self.env["credit.run"]._part_size(), 200)
        self.parameters.set_param(PART_SIZE, "0")
        self.assertEqual(self.env["credit.run"]._part_size(), 1)

    # ------------------------------------------------------------------
    # Jobs
    # ------------------------------------------------------------------

    def test_job_delivers_its_part(self):
        """As the runner's controller does it, in an environment of its own."""
        self.make_debtors(3)
        run = self.propose(automatic=True)
        first, second = self.jobs_of(run)
        self.env.flush_all()
        with self.smtp(), self.enter_registry_test_mode():
            job = Job.load(self.env(user=SUPERUSER_ID), first.uuid)
            job.perform()
        self.env.invalidate_all()
        self.assertIn("2", job.result)
        self.assertEqual(set(self.reminders_of(first).mapped("state")), {"sent"})
        self.assertEqual(self.reminders_of(second).state, "queued")
        self.assertEqual(len(self.emails), 2)

    def test_jobs_of_two_companies(self):
        self.make_debtors(1)
        self.make_invoice(self.debtor_b, company=self.other_company)
        runs = [
            self.propose(company, automatic=True)
            for company in (self.company, self.other_company)
        ]
        mine, other = (self.jobs_of(run) for run in runs)
        self.assertEqual(other.company_id, self.other_company)
        with self.smtp():
            self.work(other)
        self.assertEqual(runs[1].reminder_ids.state, "sent")
        self.assertEqual(runs[1].reminder_ids.currency_id, self.dollar)
        self.assertEqual(runs[0].reminder_ids.state, "queued")
        self.assertEqual(self.reminders_of(mine), runs[0].reminder_ids)

    def test_last_job_closes_the_run(self):
        self.make_debtors(3)
        run = self.propose(automatic=True)
        first, second = self.jobs_of(run)
        woken = self.wake_ups()
        with self.smtp():
            self.work(first)
        self.assertEqual(self.wake_ups(), woken)
        with self.smtp():
            self.work(second)
        self.assertEqual(self.wake_ups(), woken + 1)
        self.cron()
        self.assertEqual(run.state, "done")

    @mute_logger(EMAIL_LOGGER, SERVER_LOGGER)
    def test_passing_trouble_is_tried_again(self):
        [debtor] = self.make_debtors(1)
        run = self.propose(automatic=True)
        job = self.jobs_of(run)

        def busy(addresses):
            raise smtplib.SMTPRecipientsRefused({debtor.email: (450, b"Greylisted")})

        with self.smtp(answer=busy):
            self.assertFalse(self.work(job).ignore_retry)
        self.assertEqual(run.reminder_ids.attempts, 1)
        # Later and later: the pattern of the job's function.
        loaded = Job.load(self.env(user=SUPERUSER_ID), job.uuid)
        waits = []
        for loaded.retry in range(1, 9):
            waits.append(loaded._get_retry_seconds())
        self.assertEqual(waits, sorted(waits))
        self.assertGreater(waits[-1], 10 * waits[0])
        with self.smtp():
            self.assertFalse(self.work(job))
        self.assertEqual(run.reminder_ids.state, "sent")

    @mute_logger(CHANNEL_LOGGER)
    def test_poisoned_reminder(self):
        """It is set aside with its error; the job and the others go on."""
        debtors = self.make_debtors(2)
        run = self.propose(automatic=True)
        [job] = self.jobs_of(run)
        reminder_class = type(run.reminder_ids)
        recheck = reminder_class._recheck

        def broken(batch):
            if debtors[0] in batch.partner_id:
                raise ValueError("Broken on purpose")
            return recheck(batch)

        with self.smtp(), patch.object(reminder_class, "_recheck", broken):
            self.assertFalse(self.work(job))
        states = {r.partner_id: r for r in run.reminder_ids}
        self.assertEqual(states[debtors[0]].state, "failed")
        self.assertIn("Broken on purpose", states[debtors[0]].failure_reason)
        self.assertEqual(states[debtors[1]].state, "sent")

    @mute_logger(EMAIL_LOGGER, SERVER_LOGGER)
    def test_fallback_is_nobodys_job(self):
        [debtor] = self.make_debtors(1)
        self.step.fallback_channel = "letter"
        run = self.propose(automatic=True)
        reminder = run.reminder_ids

        def gone(addresses):
            raise smtplib.SMTPRecipientsRefused({debtor.email: (550, b"Unknown")})

        with self.smtp(answer=gone):
            self.work(self.jobs_of(run))
        self.assertEqual(reminder.state, "failed")
        letter = self.fallback_of(reminder)
        self.assertFalse(letter.sudo().queue_job_id)
        self.cron()
        self.assertEqual(letter.state, "sent")

    # ------------------------------------------------------------------
    # Beside the scheduled action
    # ------------------------------------------------------------------

    def test_scheduled_action_leaves_it_to_the_jobs(self):
        self.make_debtors(3)
        run = self.propose(automatic=True)
        self.cron()
        self.assertFalse(self.emails)
        # What belongs to no job is its own.
        reminder = run.reminder_ids[:1]
        reminder.sudo().queue_job_id = False
        self.cron()
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(len(self.emails), 1)

    def test_scheduled_action_takes_over(self):
        """From jobs that failed for good, were cancelled or deleted."""
        self.make_debtors(6)
        run = self.propose(automatic=True)
        failed, cancelled, deleted = self.jobs_of(run)
        failed.state = "failed"
        cancelled.button_cancelled()
        deleted.unlink()
        self.cron()
        self.assertEqual(len(self.emails), 6)
        self.assertEqual(run.state, "done")
        self.assertEqual(run.job_failed_count, 1)

    def test_scheduled_action_where_no_runner_is(self):
        self.make_debtors(2)
        run = self.propose(automatic=True)
        self.runner = False
        self.cron()
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"sent"})
        # The job comes too late, and finds nothing to do.
        self.runner = True
        with self.smtp():
            self.work(self.jobs_of(run))
            self.assertFalse(self.emails)

    def test_no_jobs_without_a_runner(self):
        self.make_debtors(2)
        self.runner = False
        run = self.propose(automatic=True)
        self.assertFalse(self.jobs_of(run))
        self.cron()
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"sent"})

    def test_jobs_that_nobody_begins(self):
        """A runner that is there and gets nowhere must not hold reminders for ever."""
        self.make_debtors(4)
        run = self.propose(automatic=True)
        first, second = self.jobs_of(run)
        now = fields.Datetime.now()
        later = now + timedelta(hours=3)
        with freeze_time(later):
            # The queue is long, but it moves.
            first.write({"state": "done", "date_done": later - timedelta(minutes=5)})
            self.reminders_of(first).state = "cancelled"
            self.cron()
            self.assertFalse(self.emails)
            # It does not.
            first.date_done = now
            self.cron()
            self.assertEqual(len(self.emails), 2)
        self.assertEqual(second.state, "pending")

    # ------------------------------------------------------------------
    # Under the hand of people
    # ------------------------------------------------------------------

    def test_pause_and_resume(self):
        self.make_debtors(4)
        run = self.propose(automatic=True)
        first, second = self.jobs_of(run)
        first.state = "started"
        run.action_pause()
        self.assertEqual(first.state, "started")
        self.assertEqual(second.state, "cancelled")
        self.assertIn("paused", second.result)
        # The one that had begun stops, and is not tried again.
        with self.smtp():
            self.assertFalse(self.work(first))
            self.assertFalse(self.emails)
        first.state = "done"
        self.cron()
        self.assertFalse(self.emails)
        run.action_resume()
        jobs = self.jobs_of(run) - first - second
        self.assertEqual(self.reminders_of(jobs), run.reminder_ids)
        for job in jobs:
            with self.smtp():
                self.work(job)
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"sent"})

    def test_cancel(self):
        self.make_debtors(2)
        run = self.propose(automatic=True)
        run.action_cancel()
        job = self.jobs_of(run)
        self.assertEqual(job.state, "cancelled")
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"cancelled"})

    def test_held_back_is_no_failure(self):
        """What a person or a limit holds is not counted as a try of the job."""
        self.make_debtors(2)
        run = self.propose(automatic=True)
        [job] = self.jobs_of(run)
        stop = self.env["credit.stop"].create(
            {"company_id": self.company.id, "reason": "Wrong prices"}
        )
        with self.smtp():
            error = self.work(job)
            self.assertTrue(error.ignore_retry)
            self.assertTrue(error.seconds)
            self.assertFalse(self.emails)
            stop.sudo().date_end = fields.Datetime.now()
            self.company.credit_hour_mails = 1
            error = self.work(job)
            self.assertTrue(error.ignore_retry)
            self.assertEqual(len(self.emails), 1)
            self.company.credit_hour_mails = 0
            self.assertFalse(self.work(job))
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"sent"})

    def test_limit_of_a_run(self):
        """A run that pauses itself takes back the jobs that have not begun."""
        self.make_debtors(4)
        self.company.credit_run_mails = 1
        run = self.propose(automatic=True)
        first, second = self.jobs_of(run)
        first.state = "started"
        with self.smtp():
            self.assertFalse(self.work(first))
        self.assertEqual(run.state, "paused")
        self.assertEqual(run.sent_count, 1)
        self.assertEqual(second.state, "cancelled")

    # ------------------------------------------------------------------
    # Progress
    # ------------------------------------------------------------------

    def test_progress(self):
        self.make_debtors(6)
        run = self.propose(automatic=True)
        first, second, third = self.jobs_of(run)
        with self.smtp():
            self.work(first)
        first.state = "done"
        second.state = "failed"
        self.env.invalidate_all()
        self.assertEqual(
            (run.job_count, run.job_done_count, run.job_left_count), (3, 1, 1)
        )
        self.assertEqual(run.job_failed_count, 1)
        self.assertEqual((run.done_count, run.left_count), (2, 4))
        action = run.action_view_jobs()
        self.assertEqual(self.jobs.search(action["domain"]), first | second | third)

    def test_estimated_end(self):
        """What waits for other runs' jobs ends after them; what is postponed, later."""
        now = fields.Datetime.now()
        self.make_debtors(2)
        before = self.propose(automatic=True)
        self.make_invoice(self.debtor, company=self.other_company)
        run = self.propose(self.other_company, automatic=True)
        self.assertFalse(run.date_end_estimated, "nothing is known yet")
        done = self.jobs_of(before).copy({"state": "done", "uuid": "done"})
        done.write({"exec_time": 60, "credit_run_id": False})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET date_created = %s WHERE credit_run_id = %s",
            (now - timedelta(minutes=1), before.id),
        )
        run.invalidate_recordset()
        # One worker, two jobs in the queue, a minute each.
        self.assertEqual(run.date_end_estimated, now + timedelta(minutes=2))
        self.jobs_of(run).eta = now + timedelta(hours=1)
        self.env.flush_all()
        run.invalidate_recordset()
        self.assertEqual(run.date_end_estimated, now + timedelta(hours=1))

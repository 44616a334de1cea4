"""A reminder on its way out: what is kept of it, and what becomes of a failure."""

import smtplib
from datetime import date, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext, mute_logger

from .common import REMINDER_1, TODAY, DeliveryCommon

CHANNEL_LOGGER = "odoo.addons.credit_management.models.credit_channel"
EMAIL_LOGGER = "odoo.addons.credit_management.models.credit_reminder_email"
SERVER_LOGGER = "odoo.addons.base.models.ir_mail_server"


def refuse(code, text="Refused", only=""):
    """A server that refuses all mails, or those to one address."""

    def answer(addresses):
        if not only or only in addresses:
            raise smtplib.SMTPRecipientsRefused(
                {address: (code, text.encode()) for address in addresses}
            )

    return answer


@tagged("post_install", "-at_install")
class TestDelivery(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1, cls.step_2, cls.step_3 = cls.policy.step_ids
        cls.move = cls.make_invoice(amount=1234.5)

    # ------------------------------------------------------------------
    # Sent
    # ------------------------------------------------------------------

    def test_sent(self):
        self.step_1.deadline_days = 8
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.delivery_state, "pending")
        self.assertEqual(reminder.date_done, TODAY)
        self.assertEqual(reminder.deadline_date, TODAY + timedelta(days=8))
        self.assertTrue(reminder.date_sent)
        [email] = self.emails
        self.assertEqual(email["smtp_to_list"], [self.debtor.email])
        self.assertEqual(self.move.credit_step_id, self.step_1)
        self.assertEqual(self.move.credit_next_step_id, self.step_2)
        self.assertEqual(self.move.credit_next_date, TODAY + timedelta(days=10))

    def test_sent_once(self):
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.deliver(reminder)
        self.assertFalse(self.emails)
        with self.enter_registry_test_mode(), self.smtp():
            self.env.ref("credit_management.ir_cron_deliver").method_direct_trigger()
            self.assertFalse(self.emails)
        self.assertEqual(len(reminder.message_ids.filtered("mail_ids")), 1)

    def test_evidence(self):
        """What was sent is kept word by word, whatever happens to the rest."""
        reminder = self.queued(self.move)
        self.deliver(reminder)
        [email] = self.emails
        mail = reminder.mail_id
        self.assertEqual(mail.state, "sent")
        self.assertFalse(mail.auto_delete)
        message = mail.mail_message_id
        self.assertIn(message, reminder.message_ids)
        self.assertEqual(message.message_id, mail.message_id)
        self.assertIn(mail.message_id, email["message"])
        self.assertIn(self.move.name, message.body)
        self.assertEqual(
            html2plaintext(message.body).split(), html2plaintext(mail.body_html).split()
        )
        self.assertIn("1,234.50", message.body)
        kept = message.body
        # Changes of later days do not reach into the past.
        self.pay(self.move)
        self.debtor.name = "Another name"
        self.step_1.mail_template_id.body_html = "<p>Something else</p>"
        reminder.invalidate_recordset()
        message.invalidate_recordset()
        self.assertEqual(message.body, kept)
        self.assertEqual(reminder.line_ids.amount_residual, 1234.5)

    def test_evidence_stays(self):
        reminder = self.queued(self.move)
        self.deliver(reminder)
        message, lines = reminder.mail_id.mail_message_id, reminder.line_ids
        for record in (reminder, lines, message):
            with self.subTest(record._name), self.assertRaises(UserError):
                record.sudo().unlink()
        # Tidying up the mail queue leaves the message.
        reminder.mail_id.sudo().unlink()
        self.assertTrue(message.exists())
        self.assertIn(self.move.name, message.body)
        with self.assertRaises(UserError):
            reminder.sudo().unlink()

    def test_what_never_left_may_go(self):
        reminder = self.queued(self.move)
        reminder.action_cancel()
        reminder.sudo().unlink()
        self.assertFalse(reminder.exists())

    def test_day_of_the_company(self):
        reminder = self.queued(self.move)
        # Ten minutes past midnight in Paris.
        with freeze_time("2026-06-17 22:10:00"):
            self.deliver(reminder)
        self.assertEqual(reminder.date_done, date(2026, 6, 18))
        self.assertEqual(str(reminder.date_sent), "2026-06-17 22:10:00")

    def test_letter(self):
        self.step_1.channel = "letter"
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertFalse(self.emails)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.letter_id.raw, b"%PDF-" + reminder.name.encode())
        self.assertIn(reminder.letter_id, reminder.message_ids.attachment_ids)
        self.assertEqual(self.move.credit_step_id, self.step_1)
        with self.assertRaises(UserError):
            reminder.letter_id.sudo().unlink()

    def test_call(self):
        self.step_1.channel = "phone"
        reminder = self.propose().reminder_ids
        reminder.action_approve()
        self.assertEqual(reminder.state, "to_approve")
        reminder.action_mark_done()
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.delivery_state, "delivered")
        self.assertEqual(self.move.credit_step_id, self.step_1)
        self.assertTrue(reminder.message_ids)

    def test_two_companies_and_currencies(self):
        there = self.make_invoice(
            company=self.other_company, currency=self.dollar, amount=700
        )
        here = self.queued(self.move).sudo()
        run = self.propose(self.other_company)
        run.action_confirm()
        other = run.reminder_ids.sudo()
        self.deliver(here | other)
        self.assertEqual(set((here | other).mapped("state")), {"sent"})
        self.assertIn("€", here.mail_id.body_html)
        self.assertIn("700.00", other.mail_id.body_html)
        self.assertNotIn("€", other.mail_id.body_html)
        self.assertNotIn("1,234.50", other.mail_id.body_html)
        self.assertEqual(other.line_ids.move_id, there)

    # ------------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------------

    def test_no_address(self):
        self.debtor.email = "not an address"
        reminder = self.propose().reminder_ids
        with self.assertRaisesRegex(UserError, reminder.name):
            reminder.action_check_alerts()
        reminder.action_approve()
        self.deliver(reminder)
        self.assertFalse(self.emails)
        self.assertEqual(reminder.state, "failed")
        self.assertIn(self.debtor.name, reminder.failure_reason)
        self.assertReason(self.move, "failed")
        self.assertFalse(self.move.credit_step_id)

    def test_fallback_takes_over(self):
        self.step_1.fallback_channel = "letter"
        self.debtor.email = False
        reminder = self.queued(self.move)
        self.deliver(reminder)
        fallback = self.fallback_of(reminder)
        self.assertEqual(fallback.channel, "letter")
        self.assertEqual(fallback.state, "queued")
        self.assertEqual(fallback.step_id, self.step_1)
        self.assertEqual(fallback.line_ids.move_id, self.move)
        self.assertEqual(fallback.amount_total, 1234.5)
        self.assertNotEqual(fallback.name, reminder.name)
        self.assertReason(self.move, "pending")
        self.deliver(fallback)
        self.assertEqual(fallback.state, "sent")
        self.assertEqual(self.move.credit_step_id, self.step_1)
        self.assertReason(self.move, False)

    def test_fallback_to_a_person(self):
        self.step_1.fallback_channel = "phone"
        self.debtor.write({"email": False, "phone": "+33 1 40 20 50 50"})
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertEqual(self.fallback_of(reminder).state, "to_approve")

    def test_fallback_fails_too(self):
        self.step_1.fallback_channel = "letter"
        self.debtor.write({"email": False, "street": False})
        reminder = self.queued(self.move)
        self.deliver(reminder)
        fallback = self.fallback_of(reminder)
        self.deliver(fallback)
        self.assertEqual(fallback.state, "failed")
        self.assertIn("street", fallback.failure_reason)
        self.assertFalse(self.fallback_of(fallback))

    def test_refused_for_good(self):
        self.step_1.fallback_channel = "letter"
        reminder = self.queued(self.move)
        self.deliver(reminder, answer=refuse(550, "No such user"))
        self.assertFalse(self.emails)
        self.assertEqual(reminder.state, "failed")
        self.assertIn("No such user", reminder.failure_reason)
        self.assertFalse(reminder.mail_id)
        self.assertFalse(reminder.date_done)
        self.assertEqual(self.fallback_of(reminder).state, "queued")

    def test_refused_for_now(self):
        """Try again later: the reminder waits, and gives up after some times."""
        self.step_1.fallback_channel = "letter"
        reminder = self.queued(self.move)
        for attempt in range(1, 5):
            self.deliver(reminder, answer=refuse(450, "Greylisted"))
            self.assertEqual(reminder.state, "queued")
            self.assertEqual(reminder.attempts, attempt)
            self.assertIn("Greylisted", reminder.failure_reason)
        self.deliver(reminder, answer=refuse(450, "Greylisted"))
        self.assertEqual(reminder.state, "failed")
        # Nothing says that the address is wrong.
        self.assertFalse(self.fallback_of(reminder))
        reminder.action_retry()
        self.deliver(reminder, answer=refuse(450, "Greylisted"))
        self.assertEqual(reminder.state, "queued")
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        self.assertFalse(reminder.failure_reason)
        self.assertEqual(len(self.emails), 1)

    def _prepared(self):
        """Mails made for reminders that have not left."""
        return self.env["mail.message"].search(
            [("model", "=", "credit.reminder"), ("res_id", "=", False)]
        )

    def test_what_does_not_leave_leaves_nothing(self):
        reminder = self.queued(self.move)
        messages = reminder.message_ids
        mine = [("res_id", "=", reminder.id)]
        files = [("res_model", "=", "credit.reminder"), *mine]
        with patch.object(
            type(reminder), "_annexes", lambda batch: dict.fromkeys(batch.ids, b"%PDF-")
        ):
            for answer in (refuse(450, "Greylisted"), refuse(550, "No such user")):
                self.deliver(reminder, answer=answer)
                self.assertFalse(self._prepared())
                self.assertFalse(self.env["mail.mail"].search(mine))
                self.assertFalse(self.env["ir.attachment"].search(files))
                self.assertEqual(reminder.message_ids, messages)
            reminder.action_retry()
            self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        self.assertTrue(reminder.mail_id.attachment_ids)
        self.assertEqual(
            self.env["ir.attachment"].search(files), reminder.mail_id.attachment_ids
        )

    def test_mails_with_enclosures_go_a_few_at_a_time(self):
        for index in range(2):
            self.make_invoice(self.make_debtor(f"Debtor {index}"))
        reminders = self.queued(self.move)
        path = "odoo.addons.credit_management.models.credit_reminder_email.HEAVY_SIZE"
        with (
            patch(path, 2),
            patch.object(
                type(reminders),
                "_annexes",
                lambda batch: dict.fromkeys(batch.ids, b"%PDF-"),
            ),
        ):
            self.deliver(reminders)
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        self.assertEqual(len(self.emails), 3)

    def test_prepared_mail_is_no_proof(self):
        """Between the making of a mail and its leaving, nobody sees it or sends it."""
        reminder = self.queued(self.move)
        seen = []

        def look(reminder, look=None):
            mail = self.env["mail.mail"].search([], limit=1, order="id desc")
            seen.append((mail.state, mail.res_id, reminder.mail_id))
            return False

        with patch.object(type(reminder), "_items_unchanged", look):
            self.deliver(reminder)
        self.assertEqual(seen, [("cancel", 0, self.env["mail.mail"])])
        self.assertEqual(reminder.state, "queued")
        self.assertFalse(self._prepared())

    def test_mails_of_workers_that_died(self):
        """What was made and not sent goes, once nobody can be at it any more."""
        reminder = self.queued(self.move)
        values = {reminder.id: reminder._email_values()[reminder.id]}
        with self.smtp():
            reminder.sudo()._prepare_mails(values, {})
        prepared = self._prepared()
        self.assertEqual(len(prepared), 1)
        self.env["mail.mail"]._gc_credit_prepared()
        self.assertEqual(self._prepared(), prepared)
        mail = prepared.mail_ids
        self.env.cr.execute(
            "UPDATE mail_mail SET create_date = create_date - INTERVAL '2 days'"
            " WHERE id = %s",
            (mail.id,),
        )
        self.env["mail.mail"]._gc_credit_prepared()
        self.assertFalse(self._prepared())
        self.assertFalse(mail.exists())

    def test_queries_of_a_mail(self):
        """Four statements a mail: a savepoint, one that locks and looks, one that
        records, the savepoint's end."""
        for index in range(11):
            self.make_invoice(self.make_debtor(f"Debtor {index}"))
        reminders = self.queued(self.move)
        self.deliver(reminders[:2])
        counts = []
        for batch in (reminders[2:4], reminders[4:12]):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.deliver(batch)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1] - counts[0], 6 * 4)

    def test_server_unreachable(self):
        self.step_1.fallback_channel = "letter"
        self.make_invoice(self.debtor_b)
        reminders = self.queued(self.move)
        self.assertEqual(len(reminders), 2)
        trigger = self.env["ir.cron.trigger"]
        cron = self.env.ref("credit_management.ir_cron_deliver")
        trigger.sudo().search([("cron_id", "=", cron.id)]).unlink()
        self.deliver(reminders, unreachable=True)
        for reminder in reminders:
            self.assertEqual(reminder.state, "queued")
            self.assertEqual(reminder.attempts, 0)
            self.assertIn("No answer", reminder.failure_reason)
            self.assertFalse(self.fallback_of(reminder))
            self.assertFalse(reminder.mail_id)
        again = trigger.sudo().search([("cron_id", "=", cron.id)])
        self.assertEqual(str(again.call_at), "2026-06-17 12:10:00")
        self.deliver(reminders)
        self.assertEqual(set(reminders.mapped("state")), {"sent"})

    def test_server_hangs_up(self):
        def hang_up(addresses):
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

        reminder = self.queued(self.move)
        self.deliver(reminder, answer=hang_up)
        self.assertEqual(reminder.state, "queued")
        self.assertFalse(reminder.mail_id)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")

    def test_one_refused_others_sent(self):
        self.make_invoice(self.debtor_b)
        reminders = self.queued(self.move)
        self.deliver(reminders, answer=refuse(550, only=self.debtor.email))
        states = {reminder.partner_id: reminder.state for reminder in reminders}
        self.assertEqual(states, {self.debtor: "failed", self.debtor_b: "sent"})

    def test_channel_is_gone(self):
        reminder = self.queued(self.move)
        reminder.flush_recordset()
        self.env.cr.execute(
            "UPDATE credit_reminder SET channel = 'pigeon' WHERE id = %s",
            (reminder.id,),
        )
        reminder.invalidate_recordset()
        self.deliver(reminder)
        self.assertEqual(reminder.state, "failed")
        self.assertIn("pigeon", reminder.failure_reason)

    # ------------------------------------------------------------------
    # The worker
    # ------------------------------------------------------------------

    @mute_logger(CHANNEL_LOGGER, EMAIL_LOGGER, SERVER_LOGGER)
    def _cron(self, **smtp):
        with self.smtp(**smtp), self.enter_registry_test_mode():
            self.env.ref("credit_management.ir_cron_deliver").method_direct_trigger()

    def test_poisoned_reminder(self):
        """One that can't even be checked stays behind; the others leave."""
        self.make_invoice(self.debtor_b)
        reminders = self.queued(self.move)
        poisoned = reminders.filtered(lambda r: r.partner_id == self.debtor)
        reminder_class = type(reminders)
        recheck = reminder_class._recheck

        def broken(batch):
            if poisoned in batch:
                raise ValueError("Broken on purpose")
            return recheck(batch)

        with patch.object(reminder_class, "_recheck", broken):
            self._cron()
        self.assertEqual(poisoned.state, "failed")
        self.assertIn("Broken on purpose", poisoned.failure_reason)
        self.assertEqual((reminders - poisoned).state, "sent")
        self.assertEqual(len(self.emails), 1)
        self.assertEqual(reminders.run_id.state, "done")

    def test_broken_template(self):
        self.make_invoice(
            self.debtor_b, credit_policy_id=self.make_policy(REMINDER_1).id
        )
        template = self.env["mail.template"].create(
            {
                "name": "Broken",
                "model_id": self.env["ir.model"]._get_id("credit.reminder"),
                "body_html": '<p t-out="object.partner_id.name + 1"/>',
                "subject": "Broken",
            }
        )
        self.step_1.mail_template_id = template
        self.step_1.fallback_channel = "letter"
        reminders = self.queued(self.move)
        broken = reminders.filtered(lambda r: r.step_id == self.step_1)
        self._cron()
        self.assertEqual(broken.state, "failed")
        # Our fault is no reason to write a letter.
        self.assertFalse(self.fallback_of(broken))
        self.assertEqual((reminders - broken).state, "sent")

    def test_worker_takes_all_in_batches(self):
        for index in range(5):
            self.make_invoice(self.make_debtor(f"Debtor {index}"))
        reminders = self.queued(self.move)
        claim = type(reminders)._claim
        with patch.object(
            type(reminders),
            "_claim",
            lambda model, seen, **options: claim(model, seen, limit=2, **options),
        ):
            self._cron()
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        self.assertEqual(len(self.emails), 6)
        self.assertEqual(reminders.run_id.state, "done")

    def test_worker_tries_each_once(self):
        """What could not leave waits for the next round, not for the same one."""
        calls = []

        def hang_up(addresses):
            calls.append(addresses)
            if len(calls) > 3:
                raise ValueError("The worker goes in circles")
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

        reminder = self.queued(self.move)
        self._cron(answer=hang_up)
        self.assertEqual(len(calls), 1)
        self.assertEqual(reminder.state, "queued")
        self._cron()
        self.assertEqual(reminder.state, "sent")

    def test_claimed_by_another_worker(self):
        reminder = self.queued(self.move)
        key = 1_668_441_444
        with self.registry.cursor() as other:
            other.execute("SELECT pg_try_advisory_lock(%s, %s)", (key, reminder.id))
            self._cron()
            self.assertFalse(self.emails)
            self.assertEqual(reminder.state, "queued")
            other.execute("SELECT pg_advisory_unlock(%s, %s)", (key, reminder.id))
        self._cron()
        self.assertEqual(len(self.emails), 1)
        self.assertEqual(reminder.state, "sent")

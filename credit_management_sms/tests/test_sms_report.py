"""What providers say late, early, or of messages that nobody is sure of."""

from datetime import datetime, timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW, TODAY

from ..models import credit_sms_report
from ..providers import OdooSms
from .common import MOBILE_E164, SmsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSmsReport(SmsCommon):
    def report(self, uuid, status):
        """What Odoo's service reports, through the route it reports to."""
        answer = self.make_jsonrpc_request(
            "/sms/status",
            {"message_statuses": [{"sms_status": status, "uuids": [uuid]}]},
        )
        self.assertEqual(answer, "OK")
        self.env.invalidate_all()

    def doubtful(self):
        reminder = self.queued(self.move)
        self.text(reminder, sim_error="jsonrpc_exception")
        self.assertEqual(reminder.state, "failed")
        return reminder

    def waiting(self):
        return self.env["credit.sms.report"].sudo().search([])

    # ------------------------------------------------------------------
    # In doubt
    # ------------------------------------------------------------------

    def test_doubt_is_kept(self):
        reminder = self.doubtful()
        self.assertEqual(reminder.sms_uuid, reminder._text_uuid())
        self.assertEqual(reminder.sms_number, MOBILE_E164)
        self.assertIn("1,234.50", reminder.sms_text)
        self.assertEqual(reminder.date_sent, datetime(2026, 6, 17, 12))
        self.assertFalse(reminder.date_done)
        self.assertFalse(self.move.credit_step_id)

    def test_doubt_delivered(self):
        """It left then, not when it was reported; and nobody sends it again."""
        reminder = self.doubtful()
        moment = reminder.date_sent
        with freeze_time("2026-06-19 09:00:00"):
            self.report(reminder.sms_uuid, "delivered")
        self.assertEqual(
            (reminder.state, reminder.delivery_state), ("sent", "delivered")
        )
        self.assertEqual((reminder.date_sent, reminder.date_done), (moment, TODAY))
        self.assertFalse(reminder.failure_reason)
        self.assertEqual(self.move.credit_step_id, self.step_1)
        reminder.action_retry()
        self.text(reminder)
        self.assertFalse(self._sms)

    def test_doubt_on_its_way(self):
        reminder = self.doubtful()
        self.report(reminder.sms_uuid, "sent")
        self.assertEqual((reminder.state, reminder.delivery_state), ("sent", "pending"))

    def test_doubt_delivered_after_somebody_tried_again(self):
        reminder = self.doubtful()
        reminder.action_retry()
        self.report(reminder.sms_uuid, "delivered")
        self.assertEqual(reminder.state, "sent")
        self.text(reminder)
        self.assertFalse(self._sms)

    def test_doubt_did_not_arrive(self):
        reminder = self.doubtful()
        self.report(reminder.sms_uuid, "invalid_destination")
        self.assertEqual(reminder.state, "failed")
        self.assertIn("Invalid Destination", reminder.failure_reason)
        self.assertFalse(reminder.date_sent)
        self.assertEqual(self.fallback_of(reminder).channel, "letter")

    def test_refused_is_no_doubt(self):
        reminder = self.queued(self.move)
        self.text(reminder, sim_error="wrong_number_format")
        self.assertFalse(reminder.date_sent)
        self.report(reminder._text_uuid(), "delivered")
        self.assertEqual(reminder.state, "failed")

    def test_doubt_counts_as_a_contact(self):
        reminder = self.doubtful()
        regime = reminder._reminder_regimes()[reminder]
        regime.contact_ids = [(0, 0, {"channel": "sms", "max_count": 1, "max_days": 7})]
        later = reminder._duplicate_for_channel("sms", "queued")
        self.text(later)
        self.assertEqual(later.state, "queued")
        self.assertEqual(later.contact_after, datetime(2026, 6, 24, 6))
        # Whoever has looked it up and tries again contacts for the first time.
        later.sudo().state = "cancelled"
        reminder.action_retry()
        self.text(reminder)
        self.assertEqual(reminder.state, "sent")

    def test_doubt_is_answered(self):
        reminder = self.doubtful()
        reply = (
            self.env["credit.sms.reply"]
            .sudo()
            ._receive(self.company, "sms", "SM1", MOBILE_E164, "+33700000000", "Who?")
        )
        self.assertEqual(reply.reminder_id, reminder)
        self.assertEqual(reply.answer_id.reminder_id, reminder)
        # Perhaps it is the answer to an earlier one: a person looks it up.
        self.assertEqual(reminder.state, "failed")

    # ------------------------------------------------------------------
    # Before the commit
    # ------------------------------------------------------------------

    def run_cron(self):
        with self.enter_registry_test_mode():
            self.env.ref(
                "credit_management_sms.ir_cron_reports"
            ).method_direct_trigger()
        self.env.invalidate_all()

    def test_report_comes_early(self):
        """It is kept until the message that it is about is committed."""
        reminder = self.queued(self.move)
        uuid = reminder._text_uuid()
        cron = self.env.ref("credit_management_sms.ir_cron_reports")
        self.report(uuid, "delivered")
        self.assertEqual(reminder.state, "queued")
        self.assertEqual(self.waiting().mapped("uuid"), [uuid])
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertTrue(triggers)
        self.run_cron()
        self.assertTrue(self.waiting())
        self.text(reminder)
        self.assertEqual(reminder.delivery_state, "pending")
        self.run_cron()
        self.assertEqual(reminder.delivery_state, "delivered")
        self.assertFalse(self.waiting())

    def test_failure_comes_early(self):
        reminder = self.queued(self.move)
        self.report(reminder._text_uuid(), "invalid_destination")
        self.text(reminder)
        self.run_cron()
        self.assertEqual(reminder.delivery_state, "bounced")
        self.assertIn("Invalid Destination", reminder.failure_reason)
        self.assertEqual(self.fallback_of(reminder).channel, "letter")

    def test_of_no_message_of_ours(self):
        self.report("a" * 32, "delivered")
        [report] = self.waiting()
        report._write({"create_date": datetime(2026, 6, 16, 11)})
        self.run_cron()
        self.assertFalse(self.waiting())

    def test_many_do_not_fill_the_database(self):
        with patch.object(credit_sms_report, "MOST_WAITING", 2):
            with self.assertLogs(credit_sms_report.__name__, "WARNING"):
                for letter in "abc":
                    self.report(letter * 32, "delivered")
        self.assertEqual(len(self.waiting()), 2)

    def test_report_of_another_company(self):
        reminder = self.sent()
        reports = self.env["credit.sms.report"].sudo()
        reports._take(reminder.sms_uuid, "delivered", company=self.other_company)
        self.assertEqual(reminder.delivery_state, "pending")
        reports._take(reminder.sms_uuid, "delivered", company=self.company)
        self.assertEqual(reminder.delivery_state, "delivered")

    # ------------------------------------------------------------------
    # Hours that end while a batch is sent
    # ------------------------------------------------------------------

    def test_hours_end_meanwhile(self):
        """Each message looks at the clock; the others leave in the morning."""
        moves = self.make_invoice(self.debtor_b)
        transmit = OdooSms.transmit
        with freeze_time("2026-06-17 17:59:30") as clock:
            reminders = self.queued(self.move, moves).sorted("id")

            def slowly(provider, *args):
                transmit(provider, *args)
                clock.tick(timedelta(minutes=1))

            with patch.object(OdooSms, "transmit", slowly):
                self.text(reminders)
            first, second = reminders
            self.assertEqual((first.state, second.state), ("sent", "queued"))
            self.assertEqual(len(self._sms), 1)
            self.assertEqual(second.contact_after, datetime(2026, 6, 18, 6))
            self.assertIn("contact hours", second.contact_wait_text)
        with freeze_time("2026-06-18 06:00:00"):
            self.text(second)
        self.assertEqual(second.state, "sent")

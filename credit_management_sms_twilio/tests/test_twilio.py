"""Reminders by SMS through Twilio: over HTTP there, by its webhooks back."""

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import NOW
from odoo.addons.credit_management_sms.tests.common import MOBILE_E164
from odoo.addons.sms_twilio.tools.sms_twilio import (
    generate_twilio_sms_callback_signature,
)

from .common import SENDER, SID, TwilioCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTwilio(TwilioCommon):
    def handed_over(self, **values):
        reminder = self.queued(self.move)
        self.hand_over(reminder)
        return reminder

    def test_sent(self):
        reminder = self.handed_over()
        self.assertEqual(reminder.state, "sent")
        [request] = self.twilio.requests
        self.assertEqual(request["path"], f"/2010-04-01/Accounts/{SID}/Messages.json")
        self.assertEqual((request["From"], request["To"]), (SENDER, MOBILE_E164))
        self.assertEqual(request["Body"], reminder.sms_text)
        self.assertTrue(request["StatusCallback"].endswith(reminder.sms_uuid))
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", reminder.sms_uuid)])
        self.assertEqual(tracker.sms_twilio_sid, f"SM{1:032x}")

    def assertFailed(self, error, falls_back, text):
        self.twilio.errors[None] = error
        reminder = self.handed_over()
        self.assertEqual(reminder.state, "failed")
        self.assertIn(text, reminder.failure_reason)
        self.assertEqual(bool(self.fallback_of(reminder)), falls_back)
        self.assertFalse(reminder.sms_number)

    def test_wrong_number(self):
        self.assertFailed(21211, True, "Invalid 'To' Phone Number")

    def test_unsubscribed(self):
        self.assertFailed(21610, True, "unsubscribed")

    def test_bad_gateway(self):
        self.assertFailed("html", False, "may have left")

    def test_line_goes_dead(self):
        self.assertFailed("silence", False, "may have left")
        self.assertEqual(len(self.twilio.requests), 1)

    def test_account_is_shut(self):
        """It says nothing of debtors: nobody gets a letter for it."""
        for error in (20003, 20429):
            self.twilio.errors[None] = error
            reminder = self.queued(self.move)
            self.hand_over(reminder)
            self.assertEqual(reminder.state, "queued")
            self.assertTrue(reminder.failure_reason)
            self.assertFalse(self.fallback_of(reminder))
            reminder.action_cancel()
            self.env["credit.reminder"].search([]).flush_recordset()
            reminder.sudo().unlink()

    def test_account_is_not_set_up(self):
        self.company.sudo().sms_twilio_account_sid = "AC1"
        reminder = self.handed_over()
        self.assertEqual(reminder.state, "queued")
        self.assertIn("Account SID", reminder.failure_reason)
        self.assertFalse(self.twilio.requests)

    def test_account_of_the_company(self):
        """The other company's account: its own name and word at the door."""
        self.make_invoice(self.debtor_b, company=self.other_company)
        reminder = self.propose(self.other_company).reminder_ids
        reminder.sudo().action_approve()
        self.hand_over(reminder)
        [request] = self.twilio.requests
        self.assertIn(self.other_company.sudo().sms_twilio_account_sid, request["path"])
        # This server knows only the first company's account, and says so.
        self.assertEqual(reminder.state, "queued")
        self.assertIn("Authenticate", reminder.failure_reason)

    # ------------------------------------------------------------------
    # Reports
    # ------------------------------------------------------------------

    @mute_logger("odoo.addons.sms_twilio.controllers.controllers")
    def report(self, reminder, status, **form):
        form = {"SmsStatus": status, "MessageStatus": status, **form}
        signature = generate_twilio_sms_callback_signature(
            self.company.sudo(), reminder.sms_uuid, form
        )
        self.url_open(
            f"/sms_twilio/status/{reminder.sms_uuid}",
            data=form,
            headers={"X-Twilio-Signature": signature},
        )
        self.env.invalidate_all()

    def test_delivered(self):
        reminder = self.handed_over()
        self.report(reminder, "sent")
        self.assertEqual(reminder.delivery_state, "pending")
        self.report(reminder, "delivered")
        self.assertEqual(reminder.delivery_state, "delivered")

    def test_undelivered(self):
        reminder = self.handed_over()
        self.report(
            reminder,
            "undelivered",
            ErrorCode="30005",
            ErrorMessage="Unknown destination handset",
        )
        self.assertEqual(reminder.delivery_state, "bounced")
        self.assertIn("Unknown destination handset", reminder.failure_reason)
        self.assertEqual(self.fallback_of(reminder).channel, "letter")

    def test_unknown_failure(self):
        reminder = self.handed_over()
        self.report(reminder, "failed", ErrorCode="1", ErrorMessage="Something")
        self.assertEqual(reminder.delivery_state, "bounced")
        self.assertIn("Something", reminder.failure_reason)

    def test_sender_is_shown(self):
        company = self.company
        self.assertEqual(company._credit_sms_sender_text("sms"), SENDER)
        self.assertEqual(company._credit_sms_sender_text("whatsapp"), "Not set up")

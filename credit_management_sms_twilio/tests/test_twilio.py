"""Reminders by SMS through Twilio: over HTTP there, by its webhooks back."""

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import NOW
from odoo.addons.credit_management_sms.tests.common import MOBILE_E164
from odoo.addons.sms_twilio.tools.sms_twilio import (
    generate_twilio_sms_callback_signature,
)

from .common import OTHER_SID, OTHER_TOKEN, SENDER, SID, TOKEN, TwilioCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTwilio(TwilioCommon):
    def handed_over(self, move=None):
        reminder = self.queued(move or self.move)
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
        # What may have left keeps what its reports and answers are known by.
        doubtful = "may have left" in text
        self.assertEqual(bool(reminder.sms_number), doubtful)
        self.assertEqual(bool(reminder.sms_uuid), doubtful)

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
    def report(self, reminder, status, company=None, uuid=None, **form):
        company = (company or self.company).sudo()
        uuid = uuid or reminder.sms_uuid
        form = {
            "SmsStatus": status,
            "MessageStatus": status,
            "AccountSid": company.sms_twilio_account_sid,
            **form,
        }
        response = self.url_open(
            f"/sms_twilio/status/{uuid}",
            data=form,
            headers={
                "X-Twilio-Signature": generate_twilio_sms_callback_signature(
                    company, uuid, form
                )
            },
        )
        self.env.invalidate_all()
        return response.status_code

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

    def test_failure_of_ours(self):
        """An account that is suspended is no reason to write letters to debtors."""
        for code in ("30001", "30002"):
            with self.subTest(code):
                reminder = self.handed_over(self.make_invoice())
                self.report(reminder, "undelivered", ErrorCode=code, ErrorMessage="Us")
                self.assertEqual(reminder.delivery_state, "bounced")
                self.assertIn("Us", reminder.failure_reason)
                self.assertFalse(self.fallback_of(reminder))

    def sent_by_the_other_company(self):
        """A message of the other company whose record is vacuumed, as by night."""
        self.make_invoice(self.debtor_b, company=self.other_company)
        reminder = self.propose(self.other_company).reminder_ids
        reminder.sudo().action_approve()
        self.other_company.sudo().write(
            {"sms_twilio_account_sid": SID, "sms_twilio_auth_token": TOKEN}
        )
        self.hand_over(reminder)
        self.assertEqual(reminder.state, "sent")
        self.other_company.sudo().write(
            {
                "sms_twilio_account_sid": OTHER_SID,
                "sms_twilio_auth_token": OTHER_TOKEN,
            }
        )
        self.env["sms.sms"].sudo().search([("uuid", "=", reminder.sms_uuid)]).unlink()
        return reminder

    def test_report_of_the_other_company(self):
        reminder = self.sent_by_the_other_company()
        self.assertEqual(self.report(reminder, "delivered"), 404)
        self.assertEqual(reminder.delivery_state, "pending")
        status = self.report(reminder, "delivered", company=self.other_company)
        self.assertEqual(status, 200)
        self.assertEqual(reminder.delivery_state, "delivered")

    def test_report_comes_early(self):
        """Of which company it is is known by the account that signs."""
        reminder = self.queued(self.move)
        uuid = reminder._text_uuid()
        self.assertEqual(self.report(reminder, "delivered", uuid=uuid), 200)
        self.assertEqual(
            self.report(
                reminder,
                "delivered",
                uuid=uuid,
                company=self.other_company,
                AccountSid=SID,
            ),
            404,
        )
        self.hand_over(reminder)
        self.assertEqual(reminder.delivery_state, "pending")
        self.env["credit.sms.report"].sudo().search([]).ensure_one()
        with self.enter_registry_test_mode():
            self.env.ref(
                "credit_management_sms.ir_cron_reports"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(reminder.delivery_state, "delivered")

    def test_doubt_delivered(self):
        self.twilio.errors[None] = "silence"
        reminder = self.handed_over()
        self.assertEqual(reminder.state, "failed")
        self.assertEqual(self.report(reminder, "delivered"), 200)
        self.assertEqual(
            (reminder.state, reminder.delivery_state), ("sent", "delivered")
        )

    def test_sender_is_shown(self):
        company = self.company
        self.assertEqual(company._credit_sms_sender_text("sms"), SENDER)
        self.assertEqual(company._credit_sms_sender_text("whatsapp"), "Not set up")

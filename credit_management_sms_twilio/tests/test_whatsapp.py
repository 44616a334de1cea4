"""Reminders by WhatsApp: approved texts, or free ones within a day of an answer."""

import json
from datetime import datetime

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW
from odoo.addons.credit_management_sms.tests.common import MOBILE_E164, SMS_STEP

from .common import SENDER, TwilioCommon

CONTENT = "HX" + "a" * 32


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestWhatsapp(TwilioCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.whatsapp = cls.make_policy(
            {**SMS_STEP, "channel": "whatsapp", "fallback_channel": "sms"},
            sequence=-1,
        )
        cls.company.credit_whatsapp_number = SENDER
        cls.content = cls.env["credit.whatsapp.content"].create(
            {
                "company_id": cls.company.id,
                "lang": "en_US",
                "content_sid": CONTENT,
                "body": "From {{1}}: {{2}} is open, see {{3}}. STOP to stop.",
                "variables": "sms_sender, amount_due_text, sms_url",
            }
        )

    def handed_over(self, move=None):
        reminder = self.queued(move or self.move)
        self.hand_over(reminder)
        return reminder

    def test_approved_text(self):
        reminder = self.handed_over()
        self.assertEqual(reminder.state, "sent")
        [request] = self.twilio.requests
        self.assertEqual(request["From"], f"whatsapp:{SENDER}")
        self.assertEqual(request["To"], f"whatsapp:{MOBILE_E164}")
        self.assertEqual(request["ContentSid"], CONTENT)
        self.assertNotIn("Body", request)
        values = json.loads(request["ContentVariables"])
        self.assertEqual(values["2"], "1,234.50 €")
        self.assertEqual(values["3"], reminder.sms_url)
        # The proof is what the debtor read.
        self.assertEqual(
            reminder.sms_text,
            f"From {values['1']}: {values['2']} is open, see {values['3']}. "
            "STOP to stop.",
        )
        self.assertEqual(reminder.sms_sid, f"SM{1:032x}")
        self.assertEqual(reminder.sms_segments, 1)

    def test_off_unless_set_up(self):
        self.company.credit_whatsapp_number = False
        reminder = self.handed_over()
        self.assertEqual(reminder.state, "failed")
        self.assertIn("not set up", reminder.failure_reason)
        self.assertFalse(self.twilio.requests)
        fallback = self.fallback_of(reminder)
        self.assertEqual(fallback.channel, "sms")
        self.hand_over(fallback)
        [request] = self.twilio.requests
        self.assertEqual(request["To"], MOBILE_E164)

    def test_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["res.lang"]._activate_lang("fr_BE")
        french = self.content.copy({"lang": "fr_FR", "content_sid": "HX" + "b" * 32})
        self.debtor.lang = "fr_BE"
        self.handed_over()
        self.assertEqual(self.twilio.requests[0]["ContentSid"], french.content_sid)

    def test_text_of_the_step(self):
        own = self.content.copy(
            {"step_id": self.whatsapp.step_ids.id, "content_sid": "HX" + "c" * 32}
        )
        self.handed_over()
        self.assertEqual(self.twilio.requests[0]["ContentSid"], own.content_sid)

    def test_no_approved_text(self):
        self.content.lang = "en_US"
        self.content.unlink()
        reminder = self.handed_over()
        self.assertEqual(reminder.state, "failed")
        self.assertIn("24 hours", reminder.failure_reason)
        self.assertFalse(self.twilio.requests)

    def wrote(self, at):
        self.env["credit.sms.reply"].sudo().create(
            {
                "company_id": self.company.id,
                "channel": "whatsapp",
                "sid": "SM1",
                "number": MOBILE_E164,
                "date": at,
                "kind": "message",
            }
        )

    def test_within_a_day_of_an_answer(self):
        self.content.unlink()
        self.wrote(datetime(2026, 6, 16, 12, 0, 1))
        reminder = self.handed_over()
        self.assertEqual(reminder.state, "sent")
        [request] = self.twilio.requests
        self.assertEqual(request["Body"], reminder.sms_text)
        self.assertNotIn("ContentSid", request)

    def test_after_a_day(self):
        self.content.unlink()
        self.wrote(datetime(2026, 6, 16, 12, 0, 0))
        self.assertEqual(self.handed_over().state, "failed")
        self.assertFalse(self.twilio.requests)

    def test_sms_opens_no_session(self):
        self.content.unlink()
        self.call(form=self.message("Hello"))
        self.assertEqual(self.handed_over().state, "failed")

    def test_refused(self):
        self.twilio.errors[None] = 63016
        reminder = self.handed_over()
        self.assertEqual(reminder.state, "failed")
        self.assertIn("63016", reminder.failure_reason)
        self.assertEqual(self.fallback_of(reminder).channel, "sms")

    def test_ours_to_mend(self):
        for error in (20429, 21655):
            self.twilio.errors[None] = error
            reminder = self.handed_over()
            self.assertEqual(reminder.state, "queued")
            self.assertIn(str(error), reminder.failure_reason)
            reminder.action_cancel()
            reminder.sudo().unlink()

    def test_in_doubt(self):
        for error in ("html", "silence"):
            self.twilio.errors[None] = error
            reminder = self.handed_over()
            self.assertEqual(reminder.state, "failed")
            self.assertIn("may have left", reminder.failure_reason)
            self.assertFalse(self.fallback_of(reminder))
            reminder.action_cancel()
            reminder.sudo().unlink()

    def test_outside_contact_hours(self):
        reminder = self.queued(self.move)
        with freeze_time("2026-06-17 20:30:00"):
            self.hand_over(reminder)
        self.assertEqual(reminder.state, "queued")
        self.assertFalse(self.twilio.requests)
        self.assertTrue(reminder.contact_wait_text)

    # ------------------------------------------------------------------
    # Back
    # ------------------------------------------------------------------

    def report(self, reminder, status, **form):
        response = self.call(
            f"/status/{reminder.sms_uuid}", {"MessageStatus": status, **form}
        )
        self.assertEqual(response.status_code, 200)

    def test_delivered_and_read(self):
        reminder = self.handed_over()
        self.report(reminder, "sent")
        self.assertEqual(reminder.delivery_state, "pending")
        self.report(reminder, "delivered")
        self.assertEqual(reminder.delivery_state, "delivered")
        self.report(reminder, "read")
        self.assertEqual(reminder.delivery_state, "opened")
        # Reports may overtake each other.
        self.report(reminder, "delivered")
        self.report(reminder, "failed")
        self.assertEqual(reminder.delivery_state, "opened")

    def test_undelivered(self):
        reminder = self.handed_over()
        for _time in range(2):
            self.report(
                reminder, "undelivered", ErrorCode="63024", ErrorMessage="Invalid"
            )
        self.assertEqual(reminder.delivery_state, "bounced")
        self.assertIn("Invalid (63024)", reminder.failure_reason)
        self.assertEqual(self.fallback_of(reminder).mapped("channel"), ["sms"])

    def test_failure_of_ours(self):
        """A sender that is not set up is no reason to try another channel."""
        for code in ("63007", "63018"):
            with self.subTest(code):
                reminder = self.handed_over(self.make_invoice())
                self.report(reminder, "failed", ErrorCode=code, ErrorMessage="Us")
                self.assertEqual(reminder.delivery_state, "bounced")
                self.assertFalse(self.fallback_of(reminder))

    def test_doubt_read(self):
        self.twilio.errors[None] = "silence"
        reminder = self.handed_over()
        self.report(reminder, "read")
        self.assertEqual((reminder.state, reminder.delivery_state), ("sent", "opened"))

    def test_report_comes_early(self):
        reminder = self.queued(self.move)
        uuid = reminder._text_uuid()
        self.call(f"/status/{uuid}", {"MessageStatus": "delivered"})
        self.hand_over(reminder)
        with self.enter_registry_test_mode():
            self.env.ref(
                "credit_management_sms.ir_cron_reports"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(reminder.delivery_state, "delivered")

    def test_report_not_signed(self):
        reminder = self.handed_over()
        response = self.call(
            f"/status/{reminder.sms_uuid}",
            {"MessageStatus": "failed"},
            signature="x",
        )
        self.assertEqual(response.status_code, 403)
        self.assertEqual(reminder.delivery_state, "pending")

    def test_answer(self):
        reminder = self.handed_over()
        self.call(
            form=self.message(
                "Paid", f"whatsapp:{MOBILE_E164}", To=f"whatsapp:{SENDER}"
            )
        )
        reply = self.env["credit.sms.reply"].sudo().search([])
        self.assertEqual((reply.channel, reply.reminder_id), ("whatsapp", reminder))
        self.assertEqual(reply.answer_id.proposal, "paid")

    # ------------------------------------------------------------------
    # What may be entered, and what it costs
    # ------------------------------------------------------------------

    def test_content_is_checked(self):
        for values in (
            {"content_sid": "HX1"},
            {"variables": "sms_sender, amount_due_text"},
            {"variables": "sms_sender, amount_due_text, sms_url, name"},
            {"variables": "sms_sender, amount_due_text, access_version"},
            {"variables": "sms_sender, amount_due_text, items_html"},
            {"body": "{{1}} {{3}} {{4}}"},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.content.write(values)

    def test_sender_is_checked(self):
        for number in (
            "0612345678",
            "whatsapp:+33612345678",
            "+33 6",
            "+33 6 12 34 56 78",
            "abc",
        ):
            with self.subTest(number), self.assertRaises(ValidationError):
                self.company.credit_whatsapp_number = number

    def test_cost_by_message(self):
        self.env["credit.sms.price"].create(
            [
                {"company_id": self.company.id, "channel": channel, "price": price}
                for channel, price in (("sms", 5), ("whatsapp", 0.05))
            ]
        )
        self.content.body = f"{{{{1}}}} {{{{2}}}} {{{{3}}}} {'ê' * 300}"
        run = self.propose()
        [((_run, channel), count)] = run._read_text_groups().items()
        _name, rows = run._text_summary(channel, count)
        self.assertEqual(dict(rows)["Segments"], "1")
        self.assertEqual(dict(rows)["Estimated cost"], "0.05\N{NO-BREAK SPACE}€")
        self.assertEqual(dict(rows)["Sender"], SENDER)

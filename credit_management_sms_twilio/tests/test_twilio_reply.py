"""Answers that Twilio reports: signed, once, and silent."""

from odoo.tests import BaseCase, freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW
from odoo.addons.credit_management_sms.tests.common import MOBILE_E164

from ..twilio import is_signed, sign
from .common import OTHER_SID, OTHER_TOKEN, TOKEN, TwilioCommon


@tagged("post_install", "-at_install")
class TestSignature(BaseCase):
    #: The example of Twilio's own documentation on the security of webhooks.
    URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
    FORM = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }

    def test_example(self):
        signature = sign("12345", self.URL, self.FORM)
        self.assertEqual(signature, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
        self.assertTrue(is_signed("12345", self.URL, self.FORM, signature))

    def test_anything_else(self):
        signature = sign("12345", self.URL, self.FORM)
        form = {**self.FORM, "Digits": "1235"}
        self.assertFalse(is_signed("12345", self.URL, form, signature))
        self.assertFalse(is_signed("12345", self.URL + "3", self.FORM, signature))
        self.assertFalse(is_signed("12346", self.URL, self.FORM, signature))
        for text in (None, "", "é", signature[:-1]):
            self.assertFalse(is_signed("12345", self.URL, self.FORM, text))

    def test_no_account(self):
        """Without a token everybody could sign."""
        for token in ("", False, None):
            signature = sign("", self.URL, self.FORM)
            self.assertFalse(is_signed(token, self.URL, self.FORM, signature))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTwilioReply(TwilioCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder = cls.remind(
            cls.move, cls.step_1, sms_number=MOBILE_E164, delivery_state="delivered"
        )

    def replies(self):
        return self.env["credit.sms.reply"].sudo().search([])

    def test_answer(self):
        response = self.call(form=self.message("Je paie le 25/06"))
        self.assertEqual(response.status_code, 200)
        self.assertIn("text/xml", response.headers["Content-Type"])
        # Nothing is answered: the debtor gets no message for a message.
        self.assertTrue(response.text.endswith("<Response/>"))
        reply = self.replies()
        self.assertEqual(reply.reminder_id, self.reminder)
        self.assertEqual((reply.channel, reply.number), ("sms", MOBILE_E164))
        self.assertEqual(reply.answer_id.proposal, "promise")
        self.assertEqual(self.reminder.delivery_state, "replied")
        self.assertFalse(self.env["credit.promise"].search([]))

    def test_replayed(self):
        form = self.message("Hello")
        for _time in range(3):
            self.assertEqual(self.call(form=form).status_code, 200)
        self.assertEqual(len(self.replies()), 1)
        answers = self.env["credit.answer"].search([("source", "=", "sms")])
        self.assertEqual(len(answers), 1)

    def test_not_signed(self):
        form = self.message("STOP")
        for options in (
            {"signature": "x"},
            {"token": OTHER_TOKEN},
            {"token": ""},
            # Signed for one company, posted to another.
            {"company": self.other_company},
            # Signed by the right token, about another account.
            {"form": {**form, "AccountSid": OTHER_SID}},
        ):
            with self.subTest(options):
                response = self.call(**{"form": form, **options})
                self.assertEqual(response.status_code, 403)
                self.assertFalse(response.text)
        self.assertFalse(self.replies())
        self.assertFalse(self.env["phone.blacklist"].search([]))

    def test_no_such_company(self):
        unknown = self.env["res.company"].browse(10**6)
        url = self.company._credit_twilio_url("").replace(
            f"/{self.company.id}", f"/{unknown.id}"
        )
        with self.assertLogs("odoo.addons.credit_management_sms_twilio", "WARNING"):
            response = self.url_open(
                url.removeprefix(self.company.get_base_url()),
                data=self.message("Hello"),
                headers={"X-Twilio-Signature": sign(TOKEN, url, {})},
            )
        self.assertEqual(response.status_code, 403)

    def test_stop(self):
        self.assertEqual(self.call(form=self.message("STOP")).status_code, 200)
        self.assertTrue(
            self.env["phone.blacklist"].search([("number", "=", MOBILE_E164)])
        )

    def test_stop_by_twilio(self):
        """What Twilio itself took for a wish to stop is one, whatever the word."""
        self.call(form=self.message("Laat me met rust", OptOutType="STOP"))
        self.assertEqual(self.replies().kind, "stop")

    def test_odd_messages(self):
        for sid, text in enumerate(("", "\x00", "💸" * 2000, "<b>paid</b>"), start=10):
            response = self.call(form=self.message(text, sid=sid))
            self.assertEqual(response.status_code, 200)
        self.assertEqual(len(self.replies()), 4)
        bodies = " ".join(self.reminder.message_ids.mapped("body"))
        self.assertNotIn("<b>", bodies)
        # What has no key of a message is none.
        self.call(form={"From": MOBILE_E164, "MessageSid": "x", "Body": "Hello"})
        self.assertEqual(len(self.replies()), 4)

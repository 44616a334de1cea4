"""Two companies with accounts of their own at a Twilio that runs on this machine."""

from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import NOW
from odoo.addons.credit_management_sms.tests.common import SmsCommon

from ..twilio import sign
from .fake_twilio import FakeTwilio

SID, TOKEN = "AC" + "1" * 32, "f" * 32
OTHER_SID, OTHER_TOKEN = "AC" + "2" * 32, "e" * 32
SENDER = "+33755123456"
TWILIO = "https://api.twilio.com"


@freeze_time(NOW)
class TwilioCommon(SmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twilio = FakeTwilio(SID, TOKEN)
        cls.addClassCleanup(cls.twilio.stop)
        for company, sid, token in (
            (cls.company, SID, TOKEN),
            (cls.other_company, OTHER_SID, OTHER_TOKEN),
        ):
            company.sudo().write(
                {
                    "sms_provider": "twilio",
                    "sms_twilio_account_sid": sid,
                    "sms_twilio_auth_token": token,
                    "sms_twilio_number_ids": [
                        (0, 0, {"number": SENDER, "country_id": company.country_id.id})
                    ],
                }
            )

    def setUp(self):
        super().setUp()
        self.twilio.requests.clear()
        self.twilio.errors.clear()

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        # The name leads to this machine, as in a hosts file; all else is HTTP.
        if request.url.startswith(TWILIO):
            request.url = cls.twilio.address + request.url.removeprefix(TWILIO)
        return super()._request_handler(session, request, **options)

    @mute_logger(
        "odoo.addons.credit_management_sms.models.credit_reminder_sms",
        "odoo.addons.sms_twilio.tools.sms_api",
        "odoo.addons.sms.models.sms_sms",
    )
    def hand_over(self, reminders):
        """Deliver a batch as a worker does, to the server on this machine."""
        reminders.sudo()._deliver_claimed()
        self.env.flush_all()
        self.env.invalidate_all()

    @mute_logger("odoo.addons.credit_management_sms_twilio.controllers.twilio")
    def call(self, path="", form=None, company=None, token=TOKEN, signature=None):
        """What Twilio posts to a company's address."""
        company = company or self.company
        form = dict(form or {})
        form.setdefault("AccountSid", SID)
        url = company._credit_twilio_url(path)
        headers = {"X-Twilio-Signature": signature or sign(token, url, form)}
        response = self.url_open(
            url.removeprefix(company.get_base_url()), data=form, headers=headers
        )
        self.env.invalidate_all()
        return response

    def message(self, text, number="+33612345678", sid=1, **form):
        return {
            "MessageSid": f"SM{sid:032x}",
            "From": number,
            "To": SENDER,
            "Body": text,
            **form,
        }

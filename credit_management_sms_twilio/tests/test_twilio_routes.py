"""The addresses for Twilio, called by somebody who is not Twilio."""

from odoo.tests import HttpCase, freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import NOW
from odoo.addons.credit_management.tests.routes_common import RouteWalk, Walker
from odoo.addons.credit_management_sms.tests.common import MOBILE_E164

from .common import SID, TwilioCommon

UUID = "a" * 32


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTwilioRoutes(RouteWalk, TwilioCommon, HttpCase):
    addon = "credit_management_sms_twilio"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder = cls.remind(
            cls.move,
            cls.step_1,
            sms_number=MOBILE_E164,
            sms_uuid=UUID,
            delivery_state="pending",
        )
        new_test_user(cls.env, "clerk", groups="base.group_user")

    def walkers(self):
        values = {"company_id": self.company.id, "uuid": UUID}
        yield Walker("nobody", None, values)
        yield Walker("an employee", "clerk", values)

    def sent(self):
        return {
            "AccountSid": SID,
            "From": MOBILE_E164,
            "MessageSid": "SM" + "1" * 32,
            "Body": "STOP",
            "OptOutType": "STOP",
            "MessageStatus": "delivered",
            "SmsStatus": "delivered",
        }

    def secrets(self):
        return (self.debtor.name, self.company.name, "Traceback")

    def state(self):
        self.env.invalidate_all()
        replies = self.env["credit.sms.reply"].sudo().search_count([])
        return replies, self.reminder.delivery_state, self.debtor.phone

    @mute_logger(
        "odoo.addons.credit_management_sms_twilio.controllers.twilio",
        "odoo.addons.sms_twilio.controllers.controllers",
    )
    def test_all_routes_with_the_wrong_user(self):
        return super().test_all_routes_with_the_wrong_user()

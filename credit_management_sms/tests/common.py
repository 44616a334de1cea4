"""A policy by SMS, debtors with telephones, and a provider that answers as told."""

from odoo.tests import freeze_time
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import NOW, DeliveryCommon
from odoo.addons.sms.tests.common import SMSCase

SMS_STEP = {
    "name": "Text message",
    "delay_days": 5,
    "channel": "sms",
    "automation": "automatic",
}
MOBILE, MOBILE_E164 = "06 12 34 56 78", "+33612345678"
LANDLINE = "01 42 68 53 00"


@freeze_time(NOW)
class SmsCommon(DeliveryCommon, SMSCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(
            {**SMS_STEP, "fallback_channel": "letter"},
            {**SMS_STEP, "name": "Second message", "delay_days": 20},
        )
        cls.step_1, cls.step_2 = cls.policy.step_ids
        cls.debtor.phone = MOBILE
        cls.debtor_b.phone = "+32 470 12 34 56"
        cls.move = cls.make_invoice(amount=1234.5)

    @mute_logger(
        "odoo.addons.credit_management_sms.models.credit_reminder_sms",
        "odoo.addons.sms.models.sms_sms",
    )
    def text(self, reminders, **gateway):
        """Deliver a batch as a worker does. What left is in ``self._sms``."""
        with self.mockSMSGateway(**gateway):
            reminders.sudo()._deliver_claimed()
            self.env.flush_all()
        self.env.invalidate_all()

    def sent(self, move=None):
        """The reminder of an invoice that left by SMS."""
        reminder = self.queued(move or self.move)
        self.text(reminder)
        self.assertEqual(reminder.state, "sent")
        return reminder

from odoo import models

from ..twilio import is_ours


class SmsTracker(models.Model):
    _inherit = "sms.tracker"

    def _action_update_from_twilio_error(self, sms_status, error_code, error_message):
        # EXTENDS sms_twilio: what is ours to mend is no reason to write letters
        trackers = self.with_context(credit_sms_ours=is_ours(error_code))
        return super(SmsTracker, trackers)._action_update_from_twilio_error(
            sms_status, error_code, error_message
        )

"""Reports of Odoo's own SMS, also those that come before what they are about."""

from odoo.http import request, route

from odoo.addons.sms.controllers.main import SmsController

#: Reports without a tracker that are looked at in one request, which needs no password.
MOST_UNTRACKED = 1000


class CreditSmsStatus(SmsController):
    @route()
    def update_sms_status(self, message_statuses):
        # EXTENDS sms, which drops what it has no tracker of (yet)
        result = super().update_sms_status(message_statuses)
        success = request.env["sms.sms"].IAP_TO_SMS_STATE_SUCCESS
        trackers = request.env["sms.tracker"].sudo()
        statuses = [(s["uuids"], s["sms_status"]) for s in message_statuses]
        reported = [uuid for uuids, _status in statuses for uuid in uuids]
        untracked = trackers._credit_untracked(reported[:MOST_UNTRACKED])
        for uuids, status in statuses:
            for tracker in map(untracked.get, uuids):
                if tracker is None:
                    continue
                if status in success:
                    tracker._action_update_from_sms_state(success[status])
                else:
                    tracker._action_update_from_provider_error(status)
        return result

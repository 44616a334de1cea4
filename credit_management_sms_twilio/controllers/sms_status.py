"""Twilio's reports of text messages, at the address that Odoo's own addon gives it."""

from odoo.http import request, route

from odoo.addons.sms_twilio.controllers.controllers import (
    TWILIO_TO_SMS_STATE,
    TWILIO_TO_SMS_STATE_ERRORS,
    SmsTwilioController,
)
from odoo.addons.sms_twilio.tools.sms_twilio import get_twilio_status_callback_url

from ..twilio import is_signed


class CreditSmsTwilioStatus(SmsTwilioController):
    @route()
    def update_sms_status(
        self, uuid, SmsStatus=None, ErrorCode=None, ErrorMessage=None, **kwargs
    ):
        # EXTENDS sms_twilio, which drops what it has no tracker of (yet)
        answer = super().update_sms_status(
            uuid,
            SmsStatus=SmsStatus,
            ErrorCode=ErrorCode,
            ErrorMessage=ErrorMessage,
            **kwargs,
        )
        trackers = request.env["sms.tracker"].sudo()
        for tracker in trackers._credit_untracked([uuid]).values():
            if SmsStatus in TWILIO_TO_SMS_STATE_ERRORS:
                tracker._action_update_from_twilio_error(
                    SmsStatus, ErrorCode, ErrorMessage
                )
            else:
                tracker._action_update_from_sms_state(TWILIO_TO_SMS_STATE[SmsStatus])
        return answer or "OK"

    def _validate_twilio_signature(self, request, uuid):
        # EXTENDS sms_twilio, which takes the company of whoever asks once the message
        # is sent and its record vacuumed
        reminder = request.env["credit.reminder"].sudo()
        reminder = reminder.search([("sms_uuid", "=", uuid)], limit=1)
        messages = request.env["sms.sms"].sudo()
        if not reminder and messages.search_count([("uuid", "=", uuid)], limit=1):
            return super()._validate_twilio_signature(request, uuid)
        params = request.httprequest.form.to_dict()
        # A message that is not committed yet: whoever has the account it names.
        companies = reminder.company_id or request.env["res.company"].sudo().search(
            [("sms_twilio_account_sid", "=", params.get("AccountSid") or False)]
        )
        signature = request.httprequest.headers.get("X-Twilio-Signature")
        return any(
            is_signed(
                company.sms_twilio_auth_token,
                get_twilio_status_callback_url(company, uuid),
                params,
                signature,
            )
            for company in companies
        )

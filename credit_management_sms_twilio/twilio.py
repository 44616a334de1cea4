"""Twilio's API of messages, as far as Odoo's own addon does not speak it.

https://www.twilio.com/docs/messaging/api/message-resource and
https://www.twilio.com/docs/usage/webhooks/webhooks-security, looked at in 2026.
"""

import base64
import hashlib
import hmac
import json

import requests

from odoo.addons.credit_management_sms.providers import (
    InDoubt,
    MessageProvider,
    NotNow,
    Refused,
)
from odoo.addons.sms_twilio.tools.sms_api import SmsApiTwilio

ENDPOINT = "https://api.twilio.com/2010-04-01/Accounts"
TIMEOUT = 10
#: Errors of the account, of the sender or of the pace: they say nothing of the debtor.
#: 20003 authentication, 20005 account not active, 20429 too many requests,
#: 21212/21603/21606 sender, 21655 content, 30001 queue, 30002 account suspended,
#: 63007 no channel for the sender, 63018 rate of the channel.
OWN_ERRORS = frozenset(
    (20003, 20005, 20429, 21212, 21603, 21606, 21655, 30001, 30002, 63007, 63018)
)


def is_ours(code):
    """Whether an error is ours to mend, and says nothing of the debtor.

    :param code: as the API gives it, or as a report does: a number or a text
    """
    return str(code or "") in map(str, OWN_ERRORS)


def sign(token, url, params):
    """The signature that Twilio puts on a request.

    :param str token: the auth token of the account
    :param str url: as it was called, with its query
    :param dict params: the fields of the form
    """
    data = url + "".join(f"{name}{params[name]}" for name in sorted(params))
    digest = hmac.new(token.encode(), data.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def is_signed(token, url, params, signature):
    """Whether a signature is right, told in constant time."""
    expected = sign(token or "", url, params)
    return bool(token) and hmac.compare_digest(
        expected.encode(), (signature or "").encode()
    )


class SmsApiTwilioCredit(SmsApiTwilio):
    """Odoo's own, which tells an account that is shut from a number that is wrong."""

    PROVIDER_TO_SMS_FAILURE_TYPE = SmsApiTwilio.PROVIDER_TO_SMS_FAILURE_TYPE | {
        "twilio_own_error": "twilio_authentication",
    }

    def _twilio_error_code_to_odoo_state(self, response_json):
        code = response_json.get("code") or response_json.get("error_code")
        if code in OWN_ERRORS - {21603}:
            return "twilio_own_error"
        return super()._twilio_error_code_to_odoo_state(response_json)


class TwilioWhatsApp(MessageProvider):
    """WhatsApp by Twilio: texts that Meta approved, or answers within a day."""

    def transmit(self, reminder, message, text):
        company = self.company
        data = {
            "From": f"whatsapp:{company.credit_whatsapp_number}",
            "To": f"whatsapp:{text.number}",
            "StatusCallback": company._credit_twilio_url(f"/status/{text.uuid}"),
        }
        content = reminder._whatsapp_content()
        if content:
            data["ContentSid"] = content.content_sid
            data["ContentVariables"] = json.dumps(content._values(reminder))
        else:
            data["Body"] = text.body
        reminder.sms_sid = self._post(data)

    def _post(self, data):
        """The key of the message, by Twilio.

        :raise Refused: and so on, see :class:`MessageProvider`
        """
        company = self.company
        sid = company.sms_twilio_account_sid
        try:
            response = requests.post(
                f"{ENDPOINT}/{sid}/Messages.json",
                data=data,
                auth=(sid, company.sms_twilio_auth_token),
                timeout=TIMEOUT,
            )
        except requests.exceptions.ConnectTimeout as error:
            raise NotNow(str(error)) from error
        except requests.exceptions.RequestException as error:
            raise InDoubt(str(error)) from error
        if response.status_code >= 500:
            raise InDoubt(f"HTTP {response.status_code}")
        try:
            answer = response.json()
        except ValueError as error:
            raise InDoubt(f"HTTP {response.status_code}") from error
        if response.ok and answer.get("sid"):
            return answer["sid"]
        code = answer.get("code")
        reason = f"{answer.get('message') or response.reason} ({code})"
        if response.status_code in (401, 403, 429) or code in OWN_ERRORS:
            raise NotNow(reason)
        raise Refused(reason)

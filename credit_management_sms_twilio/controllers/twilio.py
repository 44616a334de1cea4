"""What Twilio reports: answers of debtors, and what became of WhatsApp messages.

Every request carries a signature made with the account's own token; what is not signed
by it gets one and the same refusal, whether the company exists or not.
"""

import logging
import re

from odoo import SUPERUSER_ID, http
from odoo.http import request
from odoo.tools import consteq

from ..twilio import is_signed

_logger = logging.getLogger(__name__)

PATH = "/credit_sms/twilio"
#: An answer that says nothing to the debtor.
SILENCE = '<?xml version="1.0" encoding="UTF-8"?><Response/>'
SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
UUID = re.compile(r"[0-9a-f]{32}")
#: Twilio's own word that a message asked to stop.
OPT_OUT = "STOP"


def webhook(path):
    return http.route(
        f"{PATH}/<int:company_id>{path}",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )


class CreditTwilio(http.Controller):
    def _company(self, company_id, path):
        """The company whose account signed the request, as superuser, or None."""
        company = request.env["res.company"].with_user(SUPERUSER_ID).browse(company_id)
        company = company.exists()
        params = request.httprequest.form.to_dict()
        query = request.httprequest.query_string.decode("latin-1")
        url = company._credit_twilio_url(path) if company else path
        signed = is_signed(
            company.sms_twilio_auth_token,
            f"{url}?{query}" if query else url,
            params,
            request.httprequest.headers.get("X-Twilio-Signature"),
        )
        account = params.get("AccountSid") or ""
        if not signed or not consteq(
            account.encode(), (company.sms_twilio_account_sid or "").encode()
        ):
            _logger.warning("A request that Twilio did not sign for %s", company_id)
            return None
        return company

    def _answer(self, text, status=200):
        return request.make_response(
            text, [("Content-Type", "text/xml; charset=utf-8")], status=status
        )

    @webhook("")
    def credit_twilio_reply(self, company_id, **values):
        """A message came in. What it asks for is done once, and nothing is answered."""
        company = self._company(company_id, "")
        if not company:
            return self._answer("", status=403)
        sid = values.get("MessageSid") or ""
        number = values.get("From") or ""
        if SID.fullmatch(sid) and number:
            channel = "whatsapp" if number.startswith("whatsapp:") else "sms"
            company.env["credit.sms.reply"].with_company(company)._receive(
                company,
                channel,
                sid,
                number.removeprefix("whatsapp:").strip(),
                (values.get("To") or "").removeprefix("whatsapp:"),
                values.get("Body"),
                stop=values.get("OptOutType") == OPT_OUT,
            )
        return self._answer(SILENCE)

    @webhook("/status/<string:uuid>")
    def credit_twilio_status(self, company_id, uuid, **values):
        """What became of a WhatsApp message. Told twice, it changes nothing."""
        company = self._company(company_id, f"/status/{uuid}")
        if not company:
            return self._answer("", status=403)
        if UUID.fullmatch(uuid):
            company.env["credit.reminder"]._whatsapp_report(
                company,
                uuid,
                values.get("MessageStatus"),
                values.get("ErrorCode"),
                values.get("ErrorMessage"),
            )
        return self._answer(SILENCE)

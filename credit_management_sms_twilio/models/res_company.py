from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.credit_management_sms.engine import numbers

from ..controllers.twilio import PATH
from ..twilio import SmsApiTwilioCredit


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_whatsapp_number = fields.Char(
        string="WhatsApp sender",
        help="The number that is registered for WhatsApp at Twilio, in international "
        "form. Empty: nothing leaves by WhatsApp.",
    )
    credit_twilio_reply_url = fields.Char(
        string="Address for answers",
        compute="_compute_credit_twilio_reply_url",
        help="Enter it at Twilio, under “A message comes in” of the number and of the "
        "WhatsApp sender, as HTTP POST.",
    )

    def _compute_credit_twilio_reply_url(self):
        for company in self:
            company.credit_twilio_reply_url = company._credit_twilio_url("")

    @api.constrains("credit_whatsapp_number")
    def _check_credit_whatsapp_number(self):
        for company in self:
            number = company.credit_whatsapp_number
            if number and (
                not number.startswith("+")
                or not number[1:].isdigit()
                or numbers.read(number, None) == numbers.INVALID
            ):
                raise ValidationError(
                    self.env._(
                        "The WhatsApp sender is a number such as +32470123456, without "
                        "blanks."
                    )
                )

    def _credit_twilio_url(self, path):
        """The address below which Twilio reports to this company."""
        self.ensure_one()
        return f"{self.get_base_url()}{PATH}/{self.id}{path}"

    def _credit_whatsapp_ready(self):
        company = self.sudo()
        return bool(
            company.credit_whatsapp_number
            and company.sms_twilio_account_sid
            and company.sms_twilio_auth_token
        )

    def _get_sms_api_class(self):
        # EXTENDS sms_twilio
        self.ensure_one()
        if self.sms_provider == "twilio":
            return SmsApiTwilioCredit
        return super()._get_sms_api_class()

    def _credit_sms_sender_text(self, channel):
        # EXTENDS credit_management_sms
        self.ensure_one()
        if channel == "whatsapp":
            return self.credit_whatsapp_number or self.env._("Not set up")
        if self.sms_provider == "twilio":
            senders = self.sudo().sms_twilio_number_ids.mapped("number")
            return ", ".join(senders) or self.env._("Not set up")
        return super()._credit_sms_sender_text(channel)

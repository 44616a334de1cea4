from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import hours


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_sms_sender = fields.Char(
        string="Name in messages",
        help="How messages name the company; empty: by its name.",
    )
    credit_sms_from = fields.Float(
        string="Messages from",
        default=8.0,
        help="The hour, where the debtor is, before which no message leaves.",
    )
    credit_sms_to = fields.Float(
        string="Messages until",
        default=20.0,
        help="The hour, where the debtor is, from which on no message leaves.",
    )
    credit_sms_weekdays = fields.Char(
        string="Days of messages",
        default="1,2,3,4,5,6",
        help="1 is Monday, 7 is Sunday; separated by commas.",
    )
    credit_sms_holidays = fields.Boolean(
        string="Messages on public holidays",
        help="Those of the debtor's country.",
    )

    @api.constrains("credit_sms_from", "credit_sms_to", "credit_sms_weekdays")
    def _check_credit_sms_hours(self):
        for company in self:
            days = (company.credit_sms_weekdays or "").split(",")
            if not 0 <= company.credit_sms_from < company.credit_sms_to <= 24:
                raise ValidationError(
                    self.env._(
                        "The hours of messages go from 0 to 24, the first one earlier."
                    )
                )
            if not all(day.strip() in tuple("1234567") for day in days):
                raise ValidationError(
                    self.env._(
                        "The days of messages go from 1, Monday, to 7, Sunday, "
                        "separated by commas."
                    )
                )

    def _credit_sms_window(self):
        """The company's own hours for messages, in the debtor's time.

        :rtype: ..engine.hours.Window
        """
        company = self.sudo()
        return hours.Window(
            start=round(company.credit_sms_from * 60),
            end=round(company.credit_sms_to * 60),
            weekdays=frozenset(map(int, company.credit_sms_weekdays.split(","))),
            holidays=company.credit_sms_holidays,
        )

    def _credit_sms_money(self, amount):
        """An amount in the company's currency; parts of a cent are shown as such."""
        currency = self.currency_id
        if currency.is_zero(amount) and amount:
            return f"{amount:.5f}".rstrip("0") + f" {currency.name}"
        return currency.format(amount)

    def _credit_sms_sender_text(self, channel):
        """By which sender a channel's messages leave, for who confirms them."""
        self.ensure_one()
        account = (
            self.env["iap.account"]
            .sudo()
            .search(
                [("service_name", "=", "sms"), ("company_ids", "in", [False, self.id])],
                limit=1,
            )
        )
        return account.sender_name or self.env._("Set in the account of Odoo's SMS")

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_sms_sender = fields.Char(
        string="Name in messages",
        help="How messages name the company; empty: by its name.",
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

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_sms_sender = fields.Char(
        string="Name in messages",
        help="How messages name the company; empty: by its name.",
    )

    credit_hour_sms = fields.Float(
        string="Cost of text messages per hour",
        digits=(16, 2),
        help="In the company's currency, by the prices of messages. More wait for the "
        "next hour. 0: no limit.",
    )
    credit_run_sms = fields.Float(
        string="Cost of text messages per run",
        digits=(16, 2),
        help="In the company's currency, by the prices of messages. A run that reaches "
        "it pauses. 0: no limit.",
    )

    _check_credit_sms_limits = models.Constraint(
        "CHECK (credit_hour_sms >= 0 AND credit_run_sms >= 0)",
        "A limit can't be negative.",
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

from odoo import fields, models


class AccountPayment(models.Model):
    _inherit = "account.payment"

    credit_allocation = fields.Selection(
        [("interest", "Interest first"), ("principal", "Principal first")],
        string="Paid on",
        help="What the debtor wants the payment to go to, where it was said. "
        "Otherwise the law decides.",
    )

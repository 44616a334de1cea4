from odoo import fields, models

from ..models.account_payment import ALLOCATIONS


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    credit_allocation = fields.Selection(
        ALLOCATIONS,
        string="Goes first to",
        help="What the debtor wants the payment to go to, where it was said. "
        "Otherwise the law decides.",
    )

    def _create_payment_vals_from_wizard(self, batch_result):
        # EXTENDS account: the debtor's choice
        return {
            **super()._create_payment_vals_from_wizard(batch_result),
            "credit_allocation": self.credit_allocation,
        }

    def _create_payment_vals_from_batch(self, batch_result):
        # EXTENDS account: the debtor's choice
        return {
            **super()._create_payment_vals_from_batch(batch_result),
            "credit_allocation": self.credit_allocation,
        }

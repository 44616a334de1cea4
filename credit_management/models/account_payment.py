from odoo import fields, models

#: What a payment goes to first, as a debtor may say.
ALLOCATIONS = [("interest", "Interest"), ("principal", "Principal")]


class AccountPayment(models.Model):
    _inherit = "account.payment"

    credit_allocation = fields.Selection(
        ALLOCATIONS,
        string="Goes first to",
        help="What the debtor wants the payment to go to, where it was said. "
        "Otherwise the law decides.",
    )

    def write(self, vals):
        # EXTENDS account: a payment without journal entry matches nothing, and yet
        # keeps a promise
        result = super().write(vals)
        if "state" in vals:
            self.filtered(lambda payment: not payment.move_id)._credit_react()
        return result

    def _credit_react(self):
        moves = self.sudo().invoice_ids
        items = moves.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        items._credit_react()

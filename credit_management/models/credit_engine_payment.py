"""Payments on the debtor's page stop reminders, whatever the items are."""

from odoo import api, models
from odoo.tools import SQL


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit.engine: items that are no invoices are paid online too
        own = SQL(
            """aml.id IN (
                SELECT rel.item_id
                  FROM credit_transaction_item_rel rel
                  JOIN payment_transaction tx ON tx.id = rel.transaction_id
                  JOIN payment_provider provider ON provider.id = tx.provider_id
                 WHERE provider.code NOT IN ('none', 'custom')
                   AND (tx.state IN ('pending', 'authorized')
                        OR tx.state = 'done' AND tx.is_post_processed IS NOT TRUE))"""
        )
        return [
            (reason, SQL("(%s OR %s)", condition, own))
            if reason == "in_payment"
            else (reason, condition)
            for reason, condition in super()._block_conditions(company, today, debtors)
        ]

"""Payments that nobody matched: matched from the worklist."""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def action_credit_match(self):
        """Match payments with what their debtor owes, the oldest due date first.

        Within the account and the currency of each payment. What is contested as a
        whole is left alone, items with a contested part come last.

        :raise UserError: if nothing is open that a payment could be matched with
        """
        self.check_access("write")
        for payment in self:
            items = payment._credit_to_match()
            if not items:
                raise UserError(
                    self.env._(
                        "Nothing is open that %s could be matched with.",
                        payment.move_name or payment.display_name,
                    )
                )
            for item in items:
                if payment.reconciled:
                    break
                (payment | item).reconcile()
        return True

    def _credit_to_match(self):
        """The open items that a payment is matched with, in their order."""
        self.ensure_one()
        items = self.search(
            Domain("partner_id", "child_of", self.partner_id.commercial_partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("account_id", "=", self.account_id.id)
            & Domain("currency_id", "=", self.currency_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual_currency", ">", 0)
        )
        if not items:
            return items
        engine = self.env["credit.engine"].sudo()
        undisputed = engine._undisputed(self.company_id, items)
        return items.filtered(lambda item: undisputed.get(item.id, 0) > 0).sorted(
            lambda item: (
                undisputed[item.id] < item.amount_residual_currency,
                item.date_maturity or item.date,
                item.id,
            )
        )

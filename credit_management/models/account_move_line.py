from odoo import models
from odoo.fields import Domain


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "credit.position.mixin"]

    def _credit_items(self):
        # OVERRIDES credit.position.mixin
        return {
            line: line
            for line in self
            if line.parent_state == "posted"
            and line.account_type == "asset_receivable"
            and not line.reconciled
            and line._origin
        }

    def _credit_domain(self, items):
        # OVERRIDES credit.position.mixin
        return Domain("id", "in", items)

    def action_credit_claim(self):
        """Work out what is owed on these items at a date, with interest and charges."""
        return self.env["credit.claim"]._open(self)

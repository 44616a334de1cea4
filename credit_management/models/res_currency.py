from odoo import models
from odoo.fields import Domain


class ResCurrency(models.Model):
    _inherit = "res.currency"

    def _credit_exchange_missing(self, currency, company):
        """The two currencies, if no rate of exchange between them is known.

        Odoo converts one to one then, which nobody may be charged by.

        :return str: such as ``GBP/EUR``; empty if amounts can be converted
        """
        foreign = (self | currency) - company.currency_id
        if self == currency or not foreign:
            return ""
        rates = self.env["res.currency.rate"].sudo()
        known = rates._read_group(
            Domain("currency_id", "in", foreign.ids)
            & Domain("company_id", "in", (False, company.root_id.id)),
            ["currency_id"],
        )
        if len(known) == len(foreign):
            return ""
        return f"{self.name}/{currency.name}"

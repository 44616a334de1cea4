"""Whether debtors can pay online at all."""

from odoo import api, models, tools
from odoo.fields import Domain


class PaymentProvider(models.Model):
    _name = "payment.provider"
    _inherit = ["credit.cached.mixin", "payment.provider"]

    @api.model
    @tools.ormcache("company_id", "currency_id")
    def _credit_is_there(self, company_id, currency_id):
        """Whether some provider takes payments for a company, in a currency.

        Countries and highest amounts are looked at when somebody pays.
        """
        company = self.env["res.company"].browse(company_id)
        domain = (
            Domain(self._check_company_domain(company))
            & Domain("state", "in", ("enabled", "test"))
            & Domain("is_published", "=", True)
            & (
                Domain("available_currency_ids", "=", False)
                | Domain("available_currency_ids", "in", currency_id)
            )
        )
        return bool(self.sudo().search_count(domain, limit=1))

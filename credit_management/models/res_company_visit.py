"""Where the money that visitors take is entered."""

from odoo import fields, models
from odoo.fields import Domain


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_visit_journal_id = fields.Many2one(
        "account.journal",
        string="Money taken at visits",
        check_company=True,
        domain="[('type', 'in', ('cash', 'bank'))]",
        help="Where payments that visitors take wait as drafts. Otherwise the first "
        "cash journal; without any, somebody is asked to enter them.",
    )

    def _credit_visit_journal(self, currency):
        """The journal for money in a currency; empty if there is none."""
        self.ensure_one()
        own = self.credit_visit_journal_id
        journals = own or self.env["account.journal"].search(
            Domain("company_id", "=", self.id) & Domain("type", "=", "cash")
        )
        fitting = journals.filtered(
            lambda j: (
                (j.currency_id or j.company_id.currency_id) == currency
                or not j.currency_id
            )
        )
        return fitting[:1]


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_visit_journal_id = fields.Many2one(
        related="company_id.credit_visit_journal_id", readonly=False
    )

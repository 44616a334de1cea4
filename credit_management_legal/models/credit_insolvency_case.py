"""The insolvency of its debtor, on a case."""

from odoo import api, fields, models


class CreditCase(models.Model):
    _inherit = "credit.case"

    insolvency_id = fields.Many2one(
        "credit.insolvency", compute="_compute_insolvency_id"
    )

    @api.depends("partner_id", "company_id")
    def _compute_insolvency_id(self):
        for company, cases in self.grouped("company_id").items():
            found = cases.partner_id._credit_insolvencies(company)
            for case in cases:
                record = found.get(case.partner_id)
                case.insolvency_id = record and record.id

    def action_note_insolvency(self):
        """Open the form of an insolvency that somebody has reported, to be checked."""
        self.ensure_one()
        # The day of the opening is not that of the report: it is in the register.
        return self.partner_id.action_credit_insolvency()

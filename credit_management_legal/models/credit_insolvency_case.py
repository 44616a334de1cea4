"""The insolvency of its debtor, on a case."""

from odoo import api, fields, models


class CreditCase(models.Model):
    _inherit = "credit.case"

    insolvency_day = fields.Date(
        string="Insolvency since",
        compute="_compute_insolvency_day",
        compute_sudo=True,
        help="The opening of the insolvency that stops items of the case.",
    )
    insolvency_id = fields.Many2one(
        "credit.insolvency", compute="_compute_insolvency_id"
    )

    @api.depends(
        "partner_id.credit_insolvency_date",
        "line_ids.move_line_id",
        "line_ids.date_withdrawn",
    )
    def _compute_insolvency_day(self):
        days = self._items()._credit_insolvency_days()
        for case in self:
            own = [days[id_] for id_ in case._items().ids if id_ in days]
            case.insolvency_day = min(own, default=False)

    @api.depends("insolvency_day", "company_id")
    def _compute_insolvency_id(self):
        self.insolvency_id = False
        concerned = self.filtered("insolvency_day")
        for company, cases in concerned.grouped("company_id").items():
            found = cases.partner_id._credit_insolvencies(company)
            for case in cases:
                record = found.get(case.partner_id)
                case.insolvency_id = record and record.id

    def action_note_insolvency(self):
        """Open the form of an insolvency that somebody has reported, to be checked."""
        self.ensure_one()
        # The day of the opening is not that of the report: it is in the register.
        return self.partner_id.action_credit_insolvency()

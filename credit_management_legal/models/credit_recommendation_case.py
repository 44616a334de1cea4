"""The recommendation on a case: when it is worked out, and as it is shown."""

from odoo import api, fields, models
from odoo.tools import format_date

#: Events at which the case is at a turn.
TURNS = ("opposition", "judgment", "certificate", "missed", "status", "order")
#: Cases at a time whose table is worked out at once; of more when it is asked for.
AT_ONCE = 5


class CreditCase(models.Model):
    _inherit = "credit.case"

    recommendation_rows = fields.Json(
        string="What the ways promise", readonly=True, copy=False
    )
    recommendation_date = fields.Date(string="Worked out on", readonly=True, copy=False)
    recommendation_html = fields.Html(
        string="What to do next", compute="_compute_recommendation_html", sanitize=False
    )

    @api.depends("recommendation_rows", "recommendation_date")
    @api.depends_context("lang")
    def _compute_recommendation_html(self):
        # In sudo: wording figures reads no more than is stored.
        service = self.env["credit.recommendation"].sudo()
        for case in self:
            kept = case.recommendation_rows
            case.recommendation_html = False
            if kept:
                case.recommendation_html = self.env["ir.qweb"]._render(
                    "credit_management_legal.case_recommendation",
                    {
                        "rows": service._rows(case, kept),
                        "day": format_date(self.env, case.recommendation_date),
                        "waiting": case.company_id.sudo().credit_waiting_rate,
                    },
                )

    def action_recommend(self):
        """Work out what each way promises now."""
        self.check_access("read")
        self._recommend()
        return True

    def _recommend(self):
        # In sudo: the table is made of sums of the company's past; no names are told.
        for case in self.sudo():
            service = self.env["credit.recommendation"].sudo()
            case.write(
                {
                    "recommendation_rows": service._kept(case, service._outcomes(case)),
                    "recommendation_date": case.company_id._credit_today(),
                }
            )

    def _react_to_events(self, events):
        # EXTENDS credit.case: the case is at a turn
        result = super()._react_to_events(events)
        cases = events.filtered(lambda event: event.kind in TURNS).case_id
        cases = cases.filtered(lambda case: case.state == "open")
        if len(cases) <= AT_ONCE:
            cases._recommend()
        else:
            cases.sudo().write({"recommendation_rows": False})
        return result


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_waiting_rate = fields.Float(
        string="A year of waiting costs (%)",
        digits=(5, 2),
        default=5.0,
        help="By which money that comes later counts less in recommendations. 0: not.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_waiting_rate = fields.Float(
        related="company_id.credit_waiting_rate", readonly=False
    )

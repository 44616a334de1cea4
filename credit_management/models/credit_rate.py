from odoo import api, fields, models


class CreditRate(models.Model):
    _name = "credit.rate"
    _description = "Interest Rate"
    _order = "series, valid_from desc"

    series = fields.Char(
        required=True, index=True, help="Code of the series, such as FR_B2B_DEFAULT."
    )
    series_id = fields.Many2one(
        "credit.rate.series",
        compute="_compute_series_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="cascade",
    )
    valid_from = fields.Date(required=True)
    rate = fields.Float(digits=(9, 5), required=True, help="Per cent a year.")
    source = fields.Char(help="Where the value was published.")
    confidence = fields.Selection(
        [("high", "High"), ("medium", "Medium"), ("low", "Low")],
        default="medium",
        required=True,
        help="High: legal text or two sources that agree. Medium: one source, or "
        "computed from a sourced value. Low: to be checked.",
    )

    _series_day_unique = models.Constraint(
        "UNIQUE(series, valid_from)",
        "This series has a rate from that day on already.",
    )

    @api.depends("series")
    def _compute_series_id(self):
        codes = self.env["credit.rate.series"].with_context(active_test=False)
        known = {
            series.code: series
            for series in codes.search([("code", "in", self.mapped("series"))])
        }
        for rate in self:
            rate.series_id = known.get(rate.series)

from odoo import api, fields, models


class CreditRateSeries(models.Model):
    _name = "credit.rate.series"
    _description = "Series of Interest Rates"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "code"

    code = fields.Char(required=True, help="Short name, such as FR_B2B_DEFAULT.")
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    frequency = fields.Selection(
        [
            ("half_year", "Every half-year"),
            ("year", "Every year"),
            ("change", "When it changes"),
        ],
        default="change",
        required=True,
        help="How long a value holds. A half-year or a year without its value stops "
        "every calculation that needs it; nothing is carried forward.",
    )
    checked_until = fields.Date(
        help="For rates that change irregularly: the last day for which the latest "
        "value is known to hold. Empty: until it changes.",
    )
    country_id = fields.Many2one("res.country")
    company_id = fields.Many2one(
        "res.company",
        index=True,
        help="A rate agreed by contract belongs to one company.",
    )
    base_code = fields.Char(
        string="Derived from",
        help="The series to which the margin is added to propose a new value.",
    )
    margin = fields.Float(digits=(9, 5), help="Points added to the base.")
    round_half_up = fields.Boolean(
        string="Rounded up to the next half point",
    )
    description = fields.Text(translate=True)
    rate_ids = fields.One2many("credit.rate", "series_id", string="Rates")

    _code_unique = models.Constraint(
        "UNIQUE(code)", "There is a series of rates with this code already."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for series in self:
            series.display_name = f"{series.code}: {series.name}"

from odoo import fields, models

from .credit_regime import KINDS


class CreditTerms(models.Model):
    """What the company's terms and conditions say of late payment.

    Within the floor and the cap of the law; without terms the law alone applies.
    """

    _name = "credit.terms"
    _description = "Terms on Late Payment"
    _inherit = ["mail.thread"]
    _order = "company_id, kind, country_id, date_from desc, id"
    _check_company_auto = True

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KINDS, required=True, tracking=True)
    country_id = fields.Many2one(
        "res.country",
        tracking=True,
        help="For debtors under the law of this country; empty for all.",
    )
    date_from = fields.Date(
        string="For invoices from",
        required=True,
        default=lambda self: self.env.company._credit_today(),
        tracking=True,
    )
    rate_rule = fields.Selection(
        [
            ("legal", "The legal rate"),
            ("fixed", "A fixed rate"),
            ("series", "A published rate and a margin"),
        ],
        default="legal",
        required=True,
        tracking=True,
    )
    rate = fields.Float(digits=(9, 5), help="Per cent a year.", tracking=True)
    rate_series = fields.Char(help="Code of the series of rates.", tracking=True)
    rate_margin = fields.Float(digits=(9, 5), tracking=True)
    compounding = fields.Boolean(
        string="Interest on interest",
        tracking=True,
        help="Interest due for a full year bears interest.",
    )
    indemnity = fields.Boolean(
        string="Claim the fixed indemnity", default=True, tracking=True
    )
    clause_rule = fields.Selection(
        [
            ("none", "No penalty clause"),
            ("legal", "The most that the law allows"),
            ("percent", "A percentage"),
        ],
        default="none",
        required=True,
        tracking=True,
    )
    clause_percent = fields.Float(digits=(9, 5), tracking=True)
    clause_min = fields.Monetary(tracking=True)
    clause_max = fields.Monetary(tracking=True)
    fee_amount = fields.Monetary(
        string="Fee per reminder", tracking=True, help="Only where the law allows it."
    )

from odoo import api, fields, models

from odoo.addons.credit_management.models.credit_regime import CONFIDENCE

from ..engine import insolvency

PROCEDURES = [
    ("safeguard", "Safeguard, preventive restructuring"),
    ("receivership", "Receivership, reorganisation"),
    ("liquidation", "Liquidation, bankruptcy"),
    ("composition", "Composition, moratorium"),
    ("consumer", "Over-indebtedness of a private person"),
    ("other", "Other"),
]


class CreditInsolvencyRule(models.Model):
    """By when claims are declared in an insolvency, by country and procedure."""

    _name = "credit.insolvency.rule"
    _description = "Deadline to Declare Claims"
    _inherit = ["credit.article.mixin"]
    _order = "country_id, procedure nulls first, id"
    _rec_name = "country_id"

    country_id = fields.Many2one(
        "res.country", string="Opened in", required=True, index=True
    )
    procedure = fields.Selection(PROCEDURES, help="Empty: every procedure.")
    active = fields.Boolean(default=True)
    basis = fields.Selection(
        [("publication", "Publication"), ("opening", "Opening")],
        string="Counts from",
        required=True,
        default="publication",
    )
    number = fields.Integer(
        aggregator=None,
        string="Period",
        help="0: only the court says until when, enter its day.",
    )
    unit = fields.Selection(
        [("days", "Days"), ("months", "Months")], default="months", required=True
    )
    abroad = fields.Integer(
        aggregator=None,
        string="Creditors abroad",
        help="For creditors outside the country. 0: the same.",
    )
    relief_months = fields.Integer(
        aggregator=None,
        string="Relief (months)",
        help="From the publication: how long one who was late may ask to be let in.",
    )
    absolute_months = fields.Integer(
        aggregator=None,
        string="End of everything (months)",
        help="From the opening. 0: none is known.",
    )
    set_by_court = fields.Boolean(
        string="The court says the day",
        help="The period is only an alarm until somebody enters that day.",
    )
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)
    source = fields.Char(help="Where it was read, and when.")
    note = fields.Text(translate=True)

    _rule_unique = models.UniqueIndex(
        "(country_id, COALESCE(procedure, ''))",
        "A country has one rule for each procedure.",
    )
    _check_numbers = models.Constraint(
        """CHECK (COALESCE(number, 0) >= 0 AND COALESCE(abroad, 0) >= 0
             AND COALESCE(relief_months, 0) >= 0
             AND COALESCE(absolute_months, 0) >= 0)""",
        "Periods can't be negative.",
    )

    @api.model
    def _find(self, country, procedure):
        """The rule of a country: that of the procedure, else the one for all."""
        rules = self.sudo().search([("country_id", "=", country.id)])
        own = rules.filtered(lambda rule: rule.procedure == procedure)
        return own[:1] or rules.filtered(lambda rule: not rule.procedure)[:1]

    def _to_engine(self):
        """As :mod:`..engine.insolvency` wants it, or None for no rule."""
        if not self:
            return None
        return insolvency.Rule(
            basis=self.basis,
            number=self.number,
            unit=self.unit,
            abroad=self.abroad,
            relief_months=self.relief_months,
            absolute_months=self.absolute_months,
            set_by_court=self.set_by_court,
        )

"""What an act does to a period of limitation, by country: facts with their source."""

from odoo import api, fields, models

from odoo.addons.credit_management.models.credit_regime import CONFIDENCE

from ..engine import limitation

#: What may interrupt a period or let it stand still.
ACTS = [
    ("acknowledgement", "Acknowledgement of the debt"),
    ("part_payment", "Part payment"),
    ("court_claim", "Claim in court, summons"),
    ("filed", "Petition filed"),
    ("served", "Order or claim served"),
    ("judgment", "Judgment, enforceable title"),
    ("enforcement", "Act of enforcement, seizure"),
    ("formal_notice", "Formal notice of a lawyer or bailiff"),
    ("written_demand", "Written demand of the creditor"),
    ("talks", "Negotiation, mediation, conciliation"),
]

#: Acts that let the period of a title begin anew; others lead to a title, or do nothing
#: to it.
OF_TITLES = ("acknowledgement", "part_payment", "enforcement")

#: An act of a procedure that was lost: no country has a rule for it.
LOST = "lost"

#: What the timeline of a case calls the same thing.
OF_EVENTS = {
    "acknowledgement": "acknowledgement",
    "payment": "part_payment",
    "filed": "filed",
    "served": "served",
    "judgment": "judgment",
    "enforcement": "enforcement",
}


class CreditLimitationRule(models.Model):
    """What one kind of act does to limitation where the law of a country governs.

    Where a country has no rule for an act, the act is shown, and moves nothing: an
    alarm too early costs less than one too late.
    """

    _name = "credit.limitation.rule"
    _description = "Effect on Limitation"
    _inherit = ["credit.article.mixin"]
    _order = "country_id, act, id"
    _rec_name = "act"

    country_id = fields.Many2one(
        "res.country",
        string="Law of",
        required=True,
        index=True,
        help="The country of the regime that governs the claim.",
    )
    active = fields.Boolean(default=True)
    act = fields.Selection(ACTS, required=True)
    effect = fields.Selection(
        [
            (limitation.RESTART, "The period begins anew"),
            (limitation.RENEW, "A period of its own begins"),
            (limitation.EXTEND_ONCE, "Prolonged once"),
            (limitation.SUSPEND, "The period stands still"),
            (limitation.POSSIBLE, "Possible: shown, moves nothing"),
            (limitation.NONE, "None"),
        ],
        required=True,
        default=limitation.POSSIBLE,
    )
    number = fields.Integer(
        aggregator=None, string="New period", help="Of one's own, or prolonged by."
    )
    unit = fields.Selection(
        [("days", "Days"), ("months", "Months"), ("years", "Years")],
        default="years",
        required=True,
    )
    least_months = fields.Integer(
        aggregator=None,
        string="Left at least (months)",
        help="After the standstill ends.",
    )
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)
    source = fields.Char(help="Where it was read, and when.")
    note = fields.Text(translate=True)

    _rule_unique = models.Constraint(
        "UNIQUE (country_id, act)", "A country has one rule for each act."
    )
    _check_numbers = models.Constraint(
        """CHECK (COALESCE(number, 0) >= 0 AND COALESCE(least_months, 0) >= 0
             AND (effect NOT IN ('renew', 'extend_once') OR number > 0))""",
        "A period of its own, or one that is prolonged, needs its length.",
    )

    @api.model
    def _by_country(self):
        """{(country id, act): rule}, by one query."""
        return {(rule.country_id.id, rule.act): rule for rule in self.sudo().search([])}

    @api.model
    def _to_act(self, rule, day, until=None, key=None):
        """An act as :mod:`..engine.limitation` wants it.

        :param rule: that of the country, or None where it has none
        """
        if not rule:
            return limitation.Act(day, limitation.POSSIBLE, key=key)
        return limitation.Act(
            day,
            rule.effect,
            number=rule.number,
            unit=rule.unit,
            until=until,
            least=rule.least_months,
            of_title=rule.act in OF_TITLES,
            key=key,
        )


class CreditRegimePeriod(models.Model):
    _inherit = "credit.regime.period"

    limitation_start = fields.Selection(
        [
            ("day", "On the day of the claim"),
            (limitation.YEAR_END, "At the year's end"),
        ],
        string="Limitation runs from",
        help="Empty: from the day of the claim, the invoice or what was delivered "
        "before it.",
    )

    @api.model
    def _set_year_ends(self, names):
        """Say of periods of the core that they run from the end of a year.

        What somebody has set stays.

        :param names: external identifiers without the module
        """
        for name in names:
            period = self.env.ref(f"credit_management.{name}", raise_if_not_found=False)
            if period and not period.limitation_start:
                period.limitation_start = limitation.YEAR_END

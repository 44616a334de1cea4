"""What a legal regime consists of besides its figures."""

from odoo import fields, models

from .credit_regime import CLAIM_KINDS, CONFIDENCE

TOPICS = [
    ("scope", "Scope"),
    ("terms", "Payment terms"),
    ("interest", "Interest: from when"),
    ("rate", "Interest: rate"),
    ("day_count", "Interest: days"),
    ("compounding", "Interest on interest"),
    ("rounding", "Interest: rounding"),
    ("allocation", "Part payments"),
    ("suspension", "Disputes and moratoria"),
    ("insolvency", "Insolvency"),
    ("indemnity", "Fixed indemnity"),
    ("clause", "Penalty clause"),
    ("cost", "Collection costs"),
    ("fee", "Reminder fees"),
    ("wait", "First reminder and waiting period"),
    ("notice", "Formal notice"),
]


class CreditRegimeBasis(models.Model):
    """Where a rule of a regime stands, and how sure that is."""

    _name = "credit.regime.basis"
    _description = "Legal Basis"
    _inherit = ["credit.article.mixin"]
    _order = "regime_id, sequence, id"

    regime_id = fields.Many2one(
        "credit.regime", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    topic = fields.Selection(TOPICS, required=True)
    article = fields.Char(required=True)
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)
    source = fields.Char(help="Where it was read, and when.")
    note = fields.Text(translate=True)

    _topic_unique = models.Constraint(
        "UNIQUE(regime_id, topic)", "A topic has one basis in each regime."
    )


class CreditRegimeScale(models.Model):
    """A tier of a scale: from more than ``above`` on."""

    _name = "credit.regime.scale"
    _description = "Scale of Charges"
    _order = "regime_id, charge, above"

    regime_id = fields.Many2one(
        "credit.regime", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="regime_id.currency_id")
    charge = fields.Selection(
        [("indemnity", "Indemnity"), ("clause", "Penalty clause"), ("cost", "Costs")],
        required=True,
    )
    above = fields.Monetary(help="For claims of more than this amount.")
    fixed = fields.Monetary()
    percent = fields.Float(digits=(9, 5), help="Of the part above the amount.")


class CreditRegimeMention(models.Model):
    """What a document must say by law."""

    _name = "credit.regime.mention"
    _description = "Required Mention"
    _inherit = ["credit.article.mixin"]
    _order = "regime_id, document, sequence, id"

    regime_id = fields.Many2one(
        "credit.regime", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    document = fields.Selection(
        [
            ("first_reminder", "First reminder"),
            ("formal_notice", "Formal notice"),
            ("invoice", "Invoice"),
        ],
        required=True,
    )
    name = fields.Char(required=True, translate=True)
    placeholders = fields.Char(
        help="Fields of a reminder, separated by commas, any of which says it, such as "
        "creditor_text. Empty: a person has to see to it.",
    )
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)


class CreditRegimePeriod(models.Model):
    """A period of the law: limitation, or a deadline of a procedure.

    Two versions of a period live side by side; which one holds depends on the date of
    what ``date_basis`` names.
    """

    _name = "credit.regime.period"
    _description = "Legal Period"
    _inherit = ["credit.article.mixin"]
    _order = "regime_id, topic, claim_kind, date_from"

    regime_id = fields.Many2one(
        "credit.regime", required=True, index=True, ondelete="cascade"
    )
    topic = fields.Selection(
        [("limitation", "Limitation"), ("procedure", "Deadline of a procedure")],
        required=True,
    )
    code = fields.Char(help="For procedures: such as order_service.")
    name = fields.Char(required=True, translate=True)
    claim_kind = fields.Selection(CLAIM_KINDS, default="general", required=True)
    number = fields.Integer(required=True)
    unit = fields.Selection(
        [
            ("days", "Days"),
            ("working_days", "Working days"),
            ("months", "Months"),
            ("years", "Years"),
        ],
        required=True,
        default="years",
    )
    starts = fields.Char(translate=True, help="From when the period runs.")
    date_from = fields.Date(string="Holds from")
    date_to = fields.Date(string="Holds until")
    date_basis = fields.Char(translate=True, help="Which date decides.")
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)
    note = fields.Text(translate=True)


class CreditRegimeContact(models.Model):
    """When and how often a debtor may be contacted by a channel."""

    _name = "credit.regime.contact"
    _description = "Contact Rule"
    _inherit = ["credit.article.mixin"]
    _order = "regime_id, channel, id"

    regime_id = fields.Many2one(
        "credit.regime", required=True, index=True, ondelete="cascade"
    )
    channel = fields.Selection(
        selection=lambda self: self.env["credit.policy.step"]._selection_channel(),
        help="Empty: every channel.",
    )
    allowed = fields.Boolean(default=True)
    hour_from = fields.Float(default=8.0)
    hour_to = fields.Float(default=20.0)
    weekdays = fields.Char(
        default="1,2,3,4,5,6", help="1 is Monday, 7 is Sunday; separated by commas."
    )
    holidays = fields.Boolean(string="On public holidays")
    max_count = fields.Integer(help="Contacts in the period at most. 0: no limit.")
    max_days = fields.Integer(help="Days of the period.")
    silent_days = fields.Integer(
        string="Silent days after a conversation",
        help="Days after a conversation by telephone on which the debtor is not "
        "contacted, unless it asked to be. 0: none. Who collects for others in the "
        "United States may call 7 times in 7 days and not within 7 days after a "
        "conversation (12 CFR 1006.14(b)(2), from a secondary source of 2026).",
    )
    third_parties = fields.Boolean(help="Others than the debtor may be contacted.")
    binding = fields.Boolean(help="A rule of law, not a choice of prudence.")
    confidence = fields.Selection(CONFIDENCE, default="memory", required=True)
    note = fields.Text(translate=True)

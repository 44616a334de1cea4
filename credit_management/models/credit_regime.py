from odoo import fields, models

KINDS = [
    ("business", "Business"),
    ("consumer", "Consumer"),
    ("public", "Public body"),
]
#: Kinds of claims for which the law makes a difference.
CLAIM_KINDS = [
    ("general", "General"),
    ("goods", "Goods"),
    ("services", "Services"),
    ("periodic", "Periodic: rent, subscriptions, utilities"),
    ("transport", "Transport"),
    ("hospitality", "Hotels and restaurants"),
    ("care", "Medical care"),
    ("professional", "Fees of professions"),
    ("telecom", "Electronic communications"),
    ("rent", "Rent of housing"),
    ("insurance", "Insurance premiums"),
    ("bailiff", "Fees of bailiffs"),
    ("scots", "Under the law of Scotland"),
    ("other_commercial", "Commercial claims outside the directive on late payment"),
]
CONFIDENCE = [
    ("text", "Legal text read"),
    ("source", "Secondary source"),
    ("project", "Public project citing the text"),
    ("memory", "To be verified"),
]


class CreditRegime(models.Model):
    """A dated set of legal rules on late payment.

    One record is one version, for one country and one kind of debtor. It applies to
    items that fall due from ``date_from`` to ``date_to``. Versions of one set of rules
    share their ``code``.
    """

    _name = "credit.regime"
    _description = "Legal Regime"
    _order = "country_id, kind, date_from desc, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, index=True, help="Shared by all versions.")
    active = fields.Boolean(default=True)
    country_id = fields.Many2one(
        "res.country", help="The country of the governing law; empty for the fallback."
    )
    scope = fields.Selection(
        [
            ("country", "One country"),
            ("eu", "European Union, where no country's own regime is there"),
            ("none", "Everywhere else"),
        ],
        default="country",
        required=True,
    )
    kind = fields.Selection(KINDS, required=True)
    claim_kind = fields.Selection(CLAIM_KINDS, help="Empty: every kind of claim.")
    date_from = fields.Date(string="For items due from")
    date_to = fields.Date(string="For items due until")
    currency_id = fields.Many2one(
        "res.currency", required=True, help="Currency of the amounts of this regime."
    )
    description = fields.Text(translate=True)

    # Interest
    interest_start = fields.Selection(
        [
            ("none", "No interest"),
            ("due", "The day after the due date"),
            ("notice", "The day after a formal notice"),
            ("reminder", "After the first reminder and its waiting period"),
            ("months", "Some months after the due date"),
        ],
        default="none",
        required=True,
    )
    interest_months = fields.Integer()
    interest_by_contract_only = fields.Boolean(
        help="Interest is due only if the terms say so."
    )
    interest_needs_mention = fields.Boolean(
        string="Only if the invoice says so",
        help="Interest is due only if the invoice says what the law wants said. The "
        "company's terms tell that its invoices do.",
    )
    receipt_days = fields.Integer(
        string="Days after due date and receipt",
        help="So many days after the due date and the receipt of the invoice interest "
        "runs without a formal notice, if no due date was agreed on. 0: it never does.",
    )
    receipt_needs_mention = fields.Boolean(
        string="These days only if the invoice says so",
        help="The company's terms tell that its invoices do.",
    )
    receipt_or_delivery = fields.Boolean(
        string="Delivery stands for receipt",
        help="Where the day on which the invoice was received is not known, these days "
        "count from the delivery.",
    )
    term_max_days = fields.Integer(
        string="Longest term",
        help="Days from the receipt of the invoice. 0: the law sets no limit.",
    )
    term_instead_days = fields.Integer(
        string="A longer term counts as", help="Days from the receipt of the invoice."
    )
    term_max_since = fields.Date(string="For invoices of this day or later")
    rate_series = fields.Char(help="Code of the series of rates.")
    rate_margin = fields.Float(
        digits=(9, 5), aggregator=None, help="Points added to the series."
    )
    contract_rate_allowed = fields.Boolean(default=True)
    floor_series = fields.Char(help="A rate agreed by contract may not be below it.")
    cap_series = fields.Char(help="A rate agreed by contract may not be above it.")
    day_count = fields.Selection(
        [
            ("act/365", "Days / 365"),
            ("act/360", "Days / 360"),
            ("act/act", "Days / days of the year"),
            ("30e/360", "Months of 30 days / 360"),
        ],
        default="act/365",
        required=True,
    )
    compounding = fields.Selection(
        [("none", "None"), ("yearly", "Yearly")], default="none", required=True
    )
    contract_compounding_allowed = fields.Boolean()
    rounding = fields.Selection(
        [("half_up", "Half up"), ("half_even", "Half to even"), ("down", "Down")],
        default="half_up",
        required=True,
        help="How the interest of an item is rounded to the cent: once, in total.",
    )
    allocation = fields.Selection(
        [("interest", "Interest first"), ("principal", "Principal first")],
        default="principal",
        required=True,
        help="What a part payment goes to first.",
    )
    insolvency_stops = fields.Boolean(
        default=True, help="The opening of an insolvency stops interest."
    )
    dispute_suspends = fields.Boolean(help="An open dispute suspends interest.")
    dispute_suspends_after = fields.Integer(
        help="Days after which an unanswered dispute suspends interest."
    )
    suspension_max_days = fields.Integer(help="All suspensions together. 0: no limit.")

    # Fixed amounts
    indemnity_rule = fields.Selection(
        [("none", "None"), ("fixed", "Fixed"), ("scale", "By scale")],
        default="none",
        required=True,
    )
    indemnity_amount = fields.Monetary()
    clause_rule = fields.Selection(
        [
            ("none", "Forbidden"),
            ("free", "As the terms say"),
            ("scale", "As the terms say, up to a scale"),
        ],
        default="none",
        required=True,
    )
    clause_max = fields.Monetary()
    cost_rule = fields.Selection(
        [("none", "None"), ("scale", "By scale")], default="none", required=True
    )
    cost_cumulative = fields.Boolean(default=True)
    cost_min = fields.Monetary()
    cost_max = fields.Monetary()
    cost_small = fields.Monetary(
        string="Small instalments are those below",
        help="Of companies whose claims are periodic. 0: there is no limit for them.",
    )
    cost_small_max = fields.Monetary(
        string="Small instalments cost at most",
        help="All of a debtor together, in so many months.",
    )
    cost_small_months = fields.Integer(string="Within months", default=6)
    fee_rule = fields.Selection(
        [("none", "Forbidden"), ("capped", "Up to an amount")],
        default="none",
        required=True,
    )
    fee_max = fields.Monetary()
    fee_free_count = fields.Integer(
        string="Free reminders", help="So many have to be free of charge."
    )
    fee_free_per = fields.Selection(
        [
            ("claim", "Of each claim"),
            ("dates", "For unpaid due dates in a calendar year"),
        ],
        string="Free reminders are counted",
        default="claim",
        required=True,
    )
    fee_claim_kind = fields.Selection(
        CLAIM_KINDS,
        string="Fees for claims of this kind alone",
        help="Empty: for every kind of claim.",
    )
    fee_beside_clause = fields.Boolean(
        string="Fees beside the penalty clause",
        default=True,
        help="Whether both may be asked for together.",
    )
    scale_ids = fields.One2many("credit.regime.scale", "regime_id", copy=True)

    # Waiting
    first_reminder_required = fields.Boolean(
        help="Nothing may be charged before a free first reminder and its waiting "
        "period."
    )
    held_back = fields.Char(
        default="interest,indemnity,clause,cost,fee",
        help="Charges that wait for the first reminder, separated by commas.",
    )
    wait_days = fields.Integer()
    wait_post_offset = fields.Integer(default=1)
    wait_post_unit = fields.Selection(
        [
            ("calendar", "Calendar days"),
            ("working", "Working days"),
            ("delivery", "Days on which mail is delivered"),
        ],
        default="calendar",
        required=True,
    )
    wait_electronic_offset = fields.Integer(default=1)
    wait_margin_days = fields.Integer(help="Added for safety.")
    notice_days = fields.Integer(
        default=15, help="The least time that a formal notice gives to pay."
    )
    notice_counts_from = fields.Selection(
        [
            ("posting", "Its posting"),
            ("presentation", "Its first presentation"),
            ("receipt", "Its receipt"),
        ],
        string="Registered letters count from",
        default="posting",
        required=True,
        help="When the time to pay that a registered letter gives begins. Where the "
        "law wants receipt, a letter that was not collected counts as no contact.",
    )

    # What the debtor reads, in one sentence each
    interest_sentence = fields.Char(translate=True)
    indemnity_sentence = fields.Char(translate=True)
    clause_sentence = fields.Char(translate=True)
    cost_sentence = fields.Char(translate=True)
    fee_sentence = fields.Char(translate=True)

    basis_ids = fields.One2many("credit.regime.basis", "regime_id", copy=True)
    mention_ids = fields.One2many("credit.regime.mention", "regime_id", copy=True)
    period_ids = fields.One2many("credit.regime.period", "regime_id", copy=True)
    contact_ids = fields.One2many("credit.regime.contact", "regime_id", copy=True)

    _check_period = models.Constraint(
        "CHECK (date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "A regime can't end before it begins.",
    )

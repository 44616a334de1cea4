from odoo import api, fields, models

SOURCES = [
    ("portal", "Debtor's page"),
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("collector", "Collector"),
]


class CreditPromise(models.Model):
    """What a debtor promised to pay for some items by a day.

    Several days with amounts are several promises of one ``series``, for the same
    items. Amounts are in the currency of the items. While a promise is open and its
    ``grace_date`` is not over, its items are not reminded.
    """

    _name = "credit.promise"
    _description = "Promise to Pay"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, index=True
    )
    currency_id = fields.Many2one("res.currency", required=True)
    item_ids = fields.Many2many(
        "account.move.line",
        "credit_promise_item_rel",
        "promise_id",
        "item_id",
        string="Items",
        help="The open items that the debtor promised to pay.",
    )
    move_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_move_ids"
    )
    date = fields.Date(string="Promised for", required=True, tracking=True)
    grace_date = fields.Date(
        string="Grace until",
        required=True,
        help="The last day on which the payment still keeps the promise.",
    )
    date_promised = fields.Date(
        string="Promised on",
        required=True,
        default=lambda self: self.env.company._credit_today(),
    )
    amount = fields.Monetary(required=True, tracking=True)
    amount_before = fields.Monetary(
        string="Promised before",
        readonly=True,
        help="What the earlier promises of the same series come to.",
    )
    series = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The same for promises made together.",
    )
    residual_start = fields.Monetary(
        string="Open at the promise",
        readonly=True,
        help="What the items came to when the promise was made.",
    )
    amount_paid = fields.Monetary(
        string="Paid",
        readonly=True,
        copy=False,
        help="What was paid on the items since, up to the amount promised.",
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("kept", "Kept"),
            ("partly", "Partly kept"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    source = fields.Selection(SOURCES, default="collector", required=True)
    reminder_id = fields.Many2one(
        "credit.reminder",
        string="Answer to",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    user_id = fields.Many2one(
        "res.users", string="Collector", default=lambda self: self.env.user
    )
    note = fields.Text()
    date_closed = fields.Date(string="Closed on", readonly=True, copy=False)
    task_done = fields.Boolean(
        string="Followed up",
        copy=False,
        help="Somebody has seen to the broken promise: it leaves the worklist.",
    )

    _check_amount = models.Constraint(
        "CHECK (amount > 0)", "A promise is for more than nothing."
    )
    _check_grace = models.Constraint(
        "CHECK (grace_date >= date)", "The grace can't be over before the day."
    )
    # What blocks reminders is looked up for every open item of a company.
    _open_idx = models.Index("(company_id, grace_date) WHERE state = 'open'")
    _broken_idx = models.Index(
        "(company_id) WHERE state IN ('broken', 'partly') AND task_done IS NOT TRUE"
    )

    @api.depends("item_ids.move_id")
    def _compute_move_ids(self):
        for promise in self:
            promise.move_ids = promise.item_ids.move_id

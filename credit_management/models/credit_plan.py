from odoo import api, fields, models

from .credit_promise import SOURCES

FREQUENCIES = [
    ("month", "Every month"),
    ("two_weeks", "Every two weeks"),
    ("week", "Every week"),
]


class CreditPlan(models.Model):
    """A debtor pays some items in instalments.

    Amounts are in the currency of the items. The items of an active plan are not
    reminded. Payments settle the instalments in their order.
    """

    _name = "credit.plan"
    _description = "Payment Plan"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env["ir.sequence"].next_by_code("credit.plan"),
    )
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
        "credit_plan_item_rel",
        "plan_id",
        "item_id",
        string="Items",
    )
    move_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_move_ids"
    )
    line_ids = fields.One2many("credit.plan.line", "plan_id", string="Instalments")
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("active", "Active"),
            ("done", "Done"),
            ("broken", "Broken"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
            ("replaced", "Replaced"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    residual_start = fields.Monetary(
        string="Open at the start",
        readonly=True,
        help="What the items came to when the plan was asked for.",
    )
    amount_fee = fields.Monetary(string="Fee")
    amount_interest = fields.Monetary(string="Interest")
    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amount_total",
        store=True,
        help="The items, the fee and the interest.",
    )
    amount_paid = fields.Monetary(string="Paid", readonly=True, copy=False)
    frequency = fields.Selection(FREQUENCIES, default="month", required=True)
    first_date = fields.Date(string="First instalment", required=True)
    number = fields.Integer(string="Instalments", default=3, required=True)
    tolerance_days = fields.Integer(
        string="Tolerance (days)",
        help="Days after which an instalment that is not paid breaks the plan.",
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
    date_requested = fields.Date(
        string="Asked on",
        required=True,
        default=lambda self: self.env.company._credit_today(),
    )
    date_closed = fields.Date(string="Closed on", readonly=True, copy=False)
    accepted_name = fields.Char(
        string="Acknowledged by",
        copy=False,
        help="The name that the debtor gave for the acknowledgement of debt.",
    )
    accepted_date = fields.Datetime(string="Acknowledged at", copy=False)
    accepted_ip = fields.Char(string="IP address", copy=False)
    acknowledgement_html = fields.Html(
        string="Acknowledgement of debt",
        readonly=True,
        copy=False,
        sanitize=False,
        help="The words that the debtor accepted, as they were.",
    )
    acknowledgement_id = fields.Many2one(
        "ir.attachment", string="Acknowledgement (PDF)", readonly=True, copy=False
    )
    replaces_id = fields.Many2one(
        "credit.plan",
        string="Replaces",
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
    )
    replaced_by_ids = fields.One2many(
        "credit.plan", "replaces_id", string="Replaced by", readonly=True
    )
    refuse_reason = fields.Text(string="Why refused", copy=False)
    task_done = fields.Boolean(
        string="Followed up",
        copy=False,
        help="Somebody has seen to the broken plan: it leaves the worklist.",
    )

    _check_number = models.Constraint(
        "CHECK (number > 0)", "A plan has an instalment at least."
    )
    _check_tolerance = models.Constraint(
        "CHECK (tolerance_days >= 0)", "The tolerance can't be negative."
    )
    _active_idx = models.Index("(company_id) WHERE state IN ('requested', 'active')")

    @api.depends("item_ids.move_id")
    def _compute_move_ids(self):
        for plan in self:
            plan.move_ids = plan.item_ids.move_id

    @api.depends("residual_start", "amount_fee", "amount_interest")
    def _compute_amount_total(self):
        for plan in self:
            plan.amount_total = (
                plan.residual_start + plan.amount_fee + plan.amount_interest
            )

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

OPEN_STATES = ("to_approve", "queued")

#: What a reminder said, to whom and when: settled once it has left.
EVIDENCE = {
    "name",
    "run_id",
    "origin",
    "fallback_of_id",
    "company_id",
    "partner_id",
    "contact_id",
    "currency_id",
    "policy_id",
    "step_id",
    "is_thanks",
    "channel",
    "state",
    "skipped",
    "date",
    "date_sent",
    "date_done",
    "day_known",
    "date_opened",
    "deadline_date",
    "wait_until",
    "wait_article",
    "line_ids",
    "amount_residual",
    "amount_credit",
    "amount_interest",
    "amount_indemnity",
    "amount_fee",
    "amount_carried",
    "charges",
    "amount_total",
    "amount_asked",
    "personal_note",
    "mail_id",
    "letter_id",
}


class CreditReminder(models.Model):
    _name = "credit.reminder"
    _description = "Reminder"
    _inherit = ["credit.channel", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    name = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env["ir.sequence"].next_by_code("credit.reminder"),
    )
    run_id = fields.Many2one(
        "credit.run", index=True, readonly=True, ondelete="restrict"
    )
    origin = fields.Selection(
        [
            ("run", "Run"),
            ("manual", "By hand"),
            ("import", "Imported history"),
        ],
        default="manual",
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, index=True, readonly=True
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Recipient",
        domain="[('commercial_partner_id', '=', partner_id)]",
        tracking=True,
    )
    contact_phone = fields.Char(string="Phone", compute="_compute_contact_phone")
    user_id = fields.Many2one("res.users", string="Collector", index="btree_not_null")
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    policy_id = fields.Many2one("credit.policy", readonly=True)
    step_id = fields.Many2one(
        "credit.policy.step", required=True, index=True, readonly=True
    )
    is_thanks = fields.Boolean(
        string="Thank-you",
        readonly=True,
        help="Thanks for a payment: it asks for nothing.",
    )
    group_key = fields.Integer(
        readonly=True,
        help="The invoice, where the policy makes one reminder per invoice.",
    )
    channel = fields.Selection(
        selection=lambda self: self.env["credit.policy.step"]._selection_channel(),
        required=True,
        tracking=True,
    )
    state = fields.Selection(
        [
            ("to_approve", "To do"),
            ("queued", "Queued"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        default="to_approve",
        required=True,
        readonly=True,
        copy=False,
    )
    skipped = fields.Boolean(
        string="Passed over",
        readonly=True,
        copy=False,
        help="The step counts as done although nothing left: the next one follows.",
    )
    delivery_state = fields.Selection(
        [
            ("pending", "Pending"),
            ("delivered", "Delivered"),
            ("opened", "Opened"),
            ("replied", "Replied"),
            ("bounced", "Bounced"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
        help="What became of the reminder after it left.",
    )
    reply_handled = fields.Boolean(
        readonly=True,
        copy=False,
        help="Somebody has read the debtor's reply and dealt with it.",
    )
    date_opened = fields.Datetime(
        string="Opened at",
        readonly=True,
        copy=False,
        help="When the debtor first opened the page of this reminder.",
    )
    date = fields.Date(string="Proposed on", required=True, readonly=True, index=True)
    date_sent = fields.Datetime(
        string="Sent at",
        readonly=True,
        copy=False,
        help="Of one that failed: when it may have left all the same.",
    )
    date_done = fields.Date(
        string="Sent on",
        readonly=True,
        copy=False,
        help="The day in the company's time zone on which the reminder left or its "
        "step was passed over. The next step counts from it.",
    )
    deadline_date = fields.Date(
        string="To be paid by",
        readonly=True,
        copy=False,
        help="The last day of the time given to the debtor.",
    )
    wait_until = fields.Date(
        string="Waiting period until",
        readonly=True,
        copy=False,
        help="The last day of the waiting period that the law sets after this "
        "reminder: no charges, and no next step, before it is over.",
    )
    wait_article = fields.Char(readonly=True, copy=False)
    line_ids = fields.One2many("credit.reminder.line", "reminder_id", copy=True)
    line_count = fields.Integer(compute="_compute_line_count")
    amount_residual = fields.Monetary(string="Open amount", readonly=True)
    amount_credit = fields.Monetary(
        string="Credits",
        readonly=True,
        help="Credit notes and payments of the debtor that are not matched yet.",
    )
    amount_interest = fields.Monetary(string="Interest", readonly=True)
    amount_indemnity = fields.Monetary(string="Indemnity", readonly=True)
    amount_fee = fields.Monetary(
        string="Fees", readonly=True, help="Reminder fee and collection costs."
    )
    amount_carried = fields.Monetary(
        string="Earlier charges",
        readonly=True,
        help="Charges of earlier reminders that are still owed, for what is paid or "
        "for nothing in particular.",
    )
    charges = fields.Json(
        readonly=True,
        copy=False,
        help="Which charges are asked for and on what basis, and which are left out "
        "and why.",
    )
    charge_ids = fields.One2many("credit.charge", "reminder_id", readonly=True)
    amount_total = fields.Monetary(
        string="To pay",
        readonly=True,
        help="Open amounts and charges less the credits.",
    )
    amount_asked = fields.Monetary(
        string="Asked for now",
        compute="_compute_amount_asked",
        store=True,
        help="What is to be paid without what falls due only later, unless all of it "
        "does.",
    )
    amount_overdue = fields.Monetary(compute="_compute_amount_overdue")
    personal_note = fields.Html(
        help="Added to the message, in front of the table of invoices.",
        translate=False,
    )
    failure_reason = fields.Text(readonly=True, copy=False)
    fallback_of_id = fields.Many2one(
        "credit.reminder",
        string="Takes over from",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    fallback_ids = fields.One2many(
        "credit.reminder", "fallback_of_id", string="Taken over by", readonly=True
    )
    mail_id = fields.Many2one(
        "mail.mail", string="E-mail", readonly=True, copy=False, index="btree_not_null"
    )
    letter_id = fields.Many2one("ir.attachment", readonly=True, copy=False)
    printed = fields.Boolean(readonly=True, copy=False)
    access_version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Raised to revoke the links that were sent.",
    )

    # The daily questions: what waits, what failed, who was contacted lately. Sent
    # reminders are the many; the partial index holds the few that are not.
    _company_day_idx = models.Index("(company_id, date_done)")
    _under_way_idx = models.Index(
        "(company_id, state, id) WHERE state IN ('to_approve', 'queued', 'failed')"
    )
    _bounced_idx = models.Index("(company_id) WHERE delivery_state = 'bounced'")
    _replied_idx = models.Index(
        "(company_id) WHERE delivery_state = 'replied' AND reply_handled IS NOT TRUE"
    )
    _unprinted_idx = models.Index(
        "(company_id) WHERE state = 'sent' AND letter_id IS NOT NULL "
        "AND printed IS NOT TRUE"
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("line_ids")
    def _compute_line_count(self):
        for reminder in self:
            reminder.line_count = len(reminder.line_ids)

    @api.depends("amount_total", "line_ids.amount_residual", "line_ids.days_overdue")
    def _compute_amount_asked(self):
        """The sum that texts, totals, transfers and QR codes ask for, in major units.

        What proposals and charges write by SQL follows :meth:`_coming_sql`.
        """
        for reminder in self:
            later = sum(reminder.line_ids._coming().mapped("amount_residual"))
            asked = reminder.currency_id.round(reminder.amount_total - later)
            reminder.amount_asked = max(asked, 0)

    @api.model
    def _coming_sql(self):
        """What ``reminder`` tells of besides what it asks for, as an expression: see
        ``_coming`` of its lines."""
        return SQL(
            """(SELECT CASE WHEN MAX(line.days_overdue) > 0
                            THEN COALESCE(SUM(line.amount_residual)
                                          FILTER (WHERE line.days_overdue < 0), 0)
                            ELSE 0 END
                  FROM credit_reminder_line line
                 WHERE line.reminder_id = reminder.id)"""
        )

    @api.depends("line_ids.amount_residual", "line_ids.days_overdue")
    def _compute_amount_overdue(self):
        for reminder in self:
            overdue = reminder.line_ids.filtered(lambda line: line.days_overdue > 0)
            reminder.amount_overdue = sum(overdue.mapped("amount_residual"))

    @api.depends("contact_id.phone", "partner_id.phone")
    def _compute_contact_phone(self):
        for reminder in self:
            contact = reminder.contact_id
            reminder.contact_phone = contact.phone or reminder.partner_id.phone

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for reminder in self:
            reminder.display_name = f"{reminder.name} {reminder.partner_id.name or ''}"

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        # EXTENDS base
        if not self.env.su and not self._evidence_fields().isdisjoint(vals):
            self._check_not_left()
        if vals.get("delivery_state") == "replied":
            # Another reply is another task.
            vals = {"reply_handled": False, **vals}
        return super().write(vals)

    @api.model
    def _evidence_fields(self):
        """Names of the fields that nobody changes once a reminder has left."""
        return EVIDENCE

    def _check_not_left(self):
        if "sent" in self.sudo().mapped("state"):
            raise UserError(
                self.env._("A reminder that left is evidence: it can't be changed.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_evidence(self):
        if any(reminder.state in ("sent", "failed") for reminder in self):
            raise UserError(
                self.env._("A reminder that left is evidence: it can't be deleted.")
            )

    # ------------------------------------------------------------------
    # Mail thread
    # ------------------------------------------------------------------

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["contact_id"]

    def _credit_proving(self):
        # EXTENDS mail.thread of this addon
        return self.filtered(lambda reminder: reminder.state == "sent")

    def _mail_get_companies(self, default=None):
        # EXTENDS mail; avoids a lookup per record
        return {reminder.id: reminder.company_id for reminder in self}

    @api.model
    def _next_names_sql(self):
        """SQL that takes the next reference, for reminders created by the thousand."""
        sequence = self.env.ref("credit_management.sequence_reminder").sudo()
        prefix, suffix = sequence._get_prefix_suffix()
        return SQL(
            "%s || LPAD(NEXTVAL(%s)::text, %s, '0') || %s",
            prefix,
            f"ir_sequence_{sequence.id:03d}",
            sequence.padding,
            suffix,
        )

from odoo import api, fields, models

from .credit_promise import SOURCES


class CreditDispute(models.Model):
    _name = "credit.dispute"
    _description = "Dispute"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _rec_name = "move_id"

    company_id = fields.Many2one(
        "res.company",
        compute="_compute_from_move",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        compute="_compute_from_move",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('move_type', '=', 'out_invoice'), ('state', '=', 'posted')]",
    )
    reason_id = fields.Many2one(
        "credit.dispute.reason", required=True, ondelete="restrict", tracking=True
    )
    description = fields.Text()
    date = fields.Date(
        required=True, default=lambda self: self.env.company._credit_today()
    )
    date_closed = fields.Date(readonly=True, copy=False)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("accepted", "Accepted"),
            ("partly", "Partly accepted"),
            ("rejected", "Rejected"),
            ("withdrawn", "Withdrawn"),
        ],
        default="open",
        required=True,
        tracking=True,
        copy=False,
        help="An open dispute stops the reminders of its invoice.",
    )
    user_id = fields.Many2one(
        "res.users", string="Responsible", default=lambda self: self.env.user
    )
    currency_id = fields.Many2one(related="move_id.currency_id")
    amount = fields.Monetary(
        string="Disputed amount",
        tracking=True,
        help="Empty: the whole invoice. The rest is still reminded, unless the scope "
        "says otherwise.",
    )
    scope = fields.Selection(
        [
            ("amount", "The disputed amount"),
            ("invoice", "The whole invoice"),
            ("debtor", "Everything the debtor owes"),
        ],
        string="Stops",
        compute="_compute_scope",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    deadline_date = fields.Date(
        string="Answer by",
        compute="_compute_scope",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
    )
    answer = fields.Html(help="What the debtor is answered.")
    amount_accepted = fields.Monetary(
        string="Accepted amount", readonly=True, copy=False, tracking=True
    )
    credit_note_id = fields.Many2one(
        "account.move",
        string="Credit note",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    resume_date = fields.Date(
        string="Reminders go on from",
        copy=False,
        help="After a rejection: the first day on which reminders go on.",
    )
    source = fields.Selection(SOURCES, default="collector", required=True)
    reminder_id = fields.Many2one(
        "credit.reminder",
        string="Answer to",
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Attachments", bypass_search_access=True
    )

    _check_amount = models.Constraint(
        "CHECK (amount IS NULL OR amount >= 0)",
        "A disputed amount can't be negative.",
    )

    # What blocks reminders is looked up for every open item of a company.
    _open_move_idx = models.Index("(move_id) WHERE state = 'open'")

    @api.depends("move_id")
    def _compute_from_move(self):
        for dispute in self:
            dispute.company_id = dispute.move_id.company_id
            dispute.partner_id = dispute.move_id.commercial_partner_id

    @api.depends("move_id")
    def _compute_scope(self):
        for dispute in self:
            dispute.scope = dispute.scope or "amount"
            dispute.deadline_date = dispute.deadline_date

    def action_accept(self):
        """The debtor is right: a credit note is the usual next act.

        Interest and charges that were asked for on the invoice are reversed.
        """
        self._close("accepted")
        self.env["credit.charge"].sudo().search(
            [("invoice_id", "in", self.move_id.ids), ("state", "!=", "reversed")]
        )._reverse()

    def action_reject(self):
        """The claim stands: reminders go on where they had stopped."""
        self._close("rejected")

    def action_withdraw(self):
        """The debtor no longer contests the invoice."""
        self._close("withdrawn")

    def action_reopen(self):
        """Contest the invoice again."""
        self.write({"state": "open", "date_closed": False})

    def _close(self, state):
        for company, disputes in self.grouped("company_id").items():
            disputes.write({"state": state, "date_closed": company._credit_today()})

from odoo import api, fields, models


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

    # What blocks reminders is looked up for every open item of a company.
    _open_move_idx = models.Index("(move_id) WHERE state = 'open'")

    @api.depends("move_id")
    def _compute_from_move(self):
        for dispute in self:
            dispute.company_id = dispute.move_id.company_id
            dispute.partner_id = dispute.move_id.commercial_partner_id

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

from odoo import api, fields, models

CHARGE_KINDS = [
    ("interest", "Late interest"),
    ("indemnity", "Recovery indemnity"),
    ("clause", "Penalty clause"),
    ("cost", "Collection costs"),
    ("fee", "Reminder fee"),
]


class CreditCharge(models.Model):
    """A charge that was claimed from a debtor.

    Interest is claimed in periods that follow one another: the same days never twice.
    What a charge says is settled once it was claimed; it can be booked, waived in part
    or whole, or reversed.
    """

    _name = "credit.charge"
    _description = "Charge"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, index=True, readonly=True
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    kind = fields.Selection(CHARGE_KINDS, required=True, readonly=True)
    # Resetting an invoice to draft may rebuild its journal items.
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Journal item",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
    )
    invoice_id = fields.Many2one(
        "account.move", index="btree_not_null", ondelete="set null", readonly=True
    )
    reminder_id = fields.Many2one(
        "credit.reminder",
        string="Claimed by",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
    )
    regime_id = fields.Many2one("credit.regime", ondelete="restrict", readonly=True)
    date = fields.Date(string="Claimed on", required=True, readonly=True)
    date_from = fields.Date(readonly=True, help="First day of the interest.")
    date_to = fields.Date(readonly=True, help="Last day of the interest.")
    amount = fields.Monetary(readonly=True)
    amount_waived = fields.Monetary(readonly=True)
    amount_open = fields.Monetary(
        compute="_compute_amount_open",
        store=True,
        help="What is claimed and neither waived, booked nor reversed.",
    )
    waive_reason = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("claimed", "Claimed"),
            ("booked", "Booked"),
            ("waived", "Waived"),
            ("reversed", "Reversed"),
        ],
        default="claimed",
        required=True,
        readonly=True,
        tracking=True,
    )
    booking_id = fields.Many2one(
        "account.move",
        string="Booked by",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )

    @api.depends("amount", "amount_waived", "state")
    def _compute_amount_open(self):
        for charge in self:
            charge.amount_open = 0.0
            if charge.state == "claimed":
                charge.amount_open = charge.amount - charge.amount_waived

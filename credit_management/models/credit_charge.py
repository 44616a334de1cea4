from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

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
    or whole, or reversed. Users change it by its actions only.
    """

    _name = "credit.charge"
    _description = "Charge"
    _inherit = ["mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

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
        "account.move",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
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
    date_from = fields.Date(
        string="From", readonly=True, help="First day of the interest."
    )
    date_to = fields.Date(
        string="Until", readonly=True, help="Last day of the interest."
    )
    amount = fields.Monetary(readonly=True)
    amount_waived = fields.Monetary(string="Waived", readonly=True)
    amount_open = fields.Monetary(
        string="Open",
        compute="_compute_amount_open",
        store=True,
        help="What is claimed and neither waived, booked nor reversed.",
    )
    waive_reason = fields.Char(readonly=True)
    is_covered = fields.Boolean(
        string="Covered by a payment",
        compute="_compute_is_covered",
        search="_search_is_covered",
        help="The debtor has paid more than the invoices: the charge can be booked "
        "against it.",
    )
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
    booking_error = fields.Text(readonly=True)

    # The same days of an item are not claimed twice, nor a fixed amount.
    _interest_once = models.UniqueIndex(
        "(move_line_id, date_from) WHERE kind = 'interest' AND state <> 'reversed'",
        "The interest of these days was claimed before.",
    )
    _fixed_once = models.UniqueIndex(
        "(move_line_id, kind) WHERE kind IN ('indemnity', 'clause')"
        " AND state <> 'reversed'",
        "This charge was claimed before.",
    )
    _open_idx = models.Index("(company_id, partner_id) WHERE state = 'claimed'")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("amount", "amount_waived", "state")
    def _compute_amount_open(self):
        for charge in self:
            charge.amount_open = 0.0
            if charge.state == "claimed":
                charge.amount_open = charge.amount - charge.amount_waived

    @api.depends("kind", "invoice_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for charge in self:
            parts = (labels.get(charge.kind), charge.invoice_id.name)
            charge.display_name = " ".join(filter(None, parts))

    @api.depends("state", "amount_open", "partner_id", "currency_id")
    def _compute_is_covered(self):
        covered = self.filtered_domain(self._search_is_covered("in", [True]))
        for charge in self:
            charge.is_covered = charge in covered

    def _search_is_covered(self, operator, value):
        if operator != "in":
            return NotImplemented
        engine = self.env["credit.engine"].sudo()
        queries = [
            SQL(
                """(SELECT charge.id
                      FROM credit_charge charge
                      JOIN (%s) credit ON credit.debtor_id = charge.partner_id
                           AND credit.currency_id = charge.currency_id
                     WHERE charge.company_id = %s AND charge.state = 'claimed'
                       AND credit.amount > 0)""",
                engine._credits_sql(company),
                company.id,
            )
            for company in self.env.companies
        ]
        self.env.flush_all()
        domain = fields.Domain("id", "in", SQL(" UNION ALL ").join(queries))
        return fields.Domain.OR(domain if wanted else ~domain for wanted in value)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_may_act(self):
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "credit_management.group_collector"
        ):
            raise AccessError(
                self.env._("Charges are booked and waived by collectors.")
            )

    def action_reverse(self):
        """Give up the charges as if they had never been claimed.

        What was booked is credited; days of interest may be claimed anew. By managers:
        else it would be a way round the limit of what a collector may waive.
        """
        self._check_may_act()
        if not self.env.su and not self.env.user.has_group(
            "credit_management.group_manager"
        ):
            raise AccessError(
                self.env._("Charges are reversed by managers; you may waive them.")
            )
        self._reverse()
        return True

    def _reverse(self):
        """Reverse the charges, those that are reversed already excepted."""
        charges = self.sudo()._lock()
        charges.filtered(lambda c: c.state == "booked")._credit_booking()
        charges.filtered(lambda c: c.state != "reversed").state = "reversed"

    def _take_back(self):
        """Forget what was claimed by a reminder that never arrived.

        What cannot be reversed says why: the news of the bounce must not be lost.
        """
        try:
            with self.env.cr.savepoint():
                self._reverse()
        except UserError as error:
            self.invalidate_recordset()
            self.booking_error = str(error)

    def _waive(self, amount, reason):
        """Waive a part or the whole of one charge.

        :param float amount: in the charge's currency, up to what is open
        :param str reason: why, for those who look at it later
        :raise UserError: if it is not open, the amount does not fit or no reason is
            given
        """
        self.ensure_one()
        self._check_may_act()
        charge = self.sudo()._lock()
        currency = charge.currency_id
        amount = currency.round(amount)
        if charge.state == "booked":
            raise UserError(
                self.env._("A charge in the books is not waived but reversed.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the charge is waived."))
        if (
            currency.compare_amounts(amount, 0) <= 0
            or currency.compare_amounts(amount, charge.amount_open) > 0
        ):
            raise UserError(
                self.env._(
                    "%(amount)s cannot be waived: %(open)s is open.",
                    amount=currency.format(amount),
                    open=currency.format(charge.amount_open),
                )
            )
        charge.amount_waived += amount
        charge.waive_reason = reason.strip()
        if currency.is_zero(charge.amount_open):
            charge.state = "waived"
        charge._message_log(
            body=self.env._(
                "%(amount)s waived: %(reason)s",
                amount=currency.format(amount),
                reason=reason,
            )
        )

    def _lock(self):
        """Lock the charges and read them anew; nobody else is at them."""
        if self.try_lock_for_update(allow_referencing=True) != self:
            raise UserError(self.env._("Somebody else is working on these charges."))
        self.invalidate_recordset(["state", "amount_waived", "amount_open"])
        return self

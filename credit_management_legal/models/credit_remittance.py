"""What a third party hands on: statement, check, and what differs."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_amount

from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import remittance as engine

#: What is compared with the statement of the third party.
COMPARED = ("collected", "fee", "tax", "remitted")


class CreditRemittance(models.Model):
    """A statement of a third party about what it collected, earned and hands on.

    Amounts are in ``currency_id``. ``amount_*`` is what was worked out, ``stated_*``
    what the third party says. What is booked is what it says, once somebody has
    accepted the difference.
    """

    _name = "credit.remittance"
    _description = "Remittance"
    _inherit = ["credit.number.mixin", "mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(string="Number")
    company_id = fields.Many2one(
        "res.company",
        string="Creditor",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    party_id = fields.Many2one(
        "res.partner",
        string="Third party",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain=[("credit_party_role", "!=", False)],
        tracking=True,
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._credit_today(),
        help="Of the statement.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    reference = fields.Char(
        string="Their number",
        copy=False,
        help="Of the statement: none is booked twice.",
    )
    fees_only = fields.Boolean(
        string="Fees and costs only", help="Nothing is handed on: a bill alone."
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("checked", "Checked"),
            ("booked", "Booked"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("credit.remittance.line", "remittance_id")
    line_count = fields.Integer(compute="_compute_line_count", string="Number of lines")
    amount_collected = fields.Monetary(
        string="Collected", compute="_compute_amounts", store=True
    )
    amount_fee = fields.Monetary(
        string="Fees and costs", compute="_compute_amounts", store=True
    )
    amount_tax = fields.Monetary(string="Tax", compute="_compute_amounts", store=True)
    amount_kept = fields.Monetary(string="Kept", compute="_compute_amounts", store=True)
    amount_remitted = fields.Monetary(
        string="Handed on", compute="_compute_amounts", store=True
    )
    amount_to_pay = fields.Monetary(
        string="Fee left to pay",
        compute="_compute_amounts",
        store=True,
        help="What of the fee and its tax was not kept: to be paid to the third party.",
    )
    has_statement = fields.Boolean(
        string="They sent a statement",
        help="What it says is compared with what was worked out.",
    )
    stated_collected = fields.Monetary(string="Collected, they say")
    stated_fee = fields.Monetary(string="Fees and costs, they say")
    stated_tax = fields.Monetary(string="Tax, they say")
    stated_remitted = fields.Monetary(string="Handed on, they say")
    difference_text = fields.Text(
        string="Differences", compute="_compute_difference_text"
    )
    difference_reason = fields.Char(
        string="Accepted because",
        copy=False,
        tracking=True,
        help="Why the statement is booked although it says something else.",
    )
    accepted_by_id = fields.Many2one(
        "res.users", string="Accepted by", readonly=True, copy=False
    )
    bank_journal_id = fields.Many2one(
        "account.journal",
        string="Received in",
        check_company=True,
        domain=[("type", "in", ("bank", "cash"))],
        help="Where the money arrived: a payment is registered there. Empty: it is "
        "matched with the bank statement later.",
    )
    bill_id = fields.Many2one(
        "account.move",
        string="Vendor bill",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    bank_payment_id = fields.Many2one(
        "account.payment",
        string="Payment received",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    move_ids = fields.One2many(
        "account.move", "credit_remittance_id", string="Journal entries"
    )
    move_count = fields.Integer(
        compute="_compute_move_count", string="Number of entries"
    )
    unread_text = fields.Text(
        string="Rows that can't be used",
        readonly=True,
        copy=False,
        help="Of the statement that was read from a file.",
    )

    _reference_once = models.UniqueIndex(
        "(company_id, party_id, reference)"
        " WHERE reference IS NOT NULL AND state <> 'cancelled'",
        "This statement of the third party is there already.",
    )

    # ------------------------------------------------------------------
    # Computes and constraints
    # ------------------------------------------------------------------

    @api.depends("line_ids.collected", "line_ids.fee", "line_ids.tax", "line_ids.kept")
    def _compute_amounts(self):
        for remittance in self:
            lines = remittance.line_ids
            currency = remittance.currency_id or self.env.company.currency_id
            for name in ("collected", "fee", "tax", "kept"):
                total = currency.round(sum(lines.mapped(name)))
                remittance[f"amount_{name}"] = total
            remittance.amount_remitted = currency.round(
                remittance.amount_collected - remittance.amount_kept
            )
            remittance.amount_to_pay = currency.round(
                remittance.amount_fee + remittance.amount_tax - remittance.amount_kept
            )

    @api.depends("line_ids")
    def _compute_line_count(self):
        for remittance in self:
            remittance.line_count = len(remittance.line_ids)

    @api.depends(
        "has_statement",
        "amount_collected",
        "amount_fee",
        "amount_tax",
        "amount_remitted",
        "stated_collected",
        "stated_fee",
        "stated_tax",
        "stated_remitted",
    )
    @api.depends_context("lang")
    def _compute_difference_text(self):
        labels = {
            "collected": self.env._("Collected"),
            "fee": self.env._("Fees and costs"),
            "tax": self.env._("Tax"),
            "remitted": self.env._("Handed on"),
        }
        for remittance in self:
            unit = 10**remittance.currency_id.decimal_places
            remittance.difference_text = "\n".join(
                self.env._(
                    "%(what)s: %(expected)s was worked out, they say %(stated)s "
                    "(%(difference)s)",
                    what=labels[name],
                    expected=remittance._money(remittance[f"amount_{name}"]),
                    stated=remittance._money(remittance[f"stated_{name}"]),
                    difference=f"{'+' if amount > 0 else ''}"
                    f"{remittance._money(amount / unit)}",
                )
                for name, amount in remittance._differences().items()
            )

    def _compute_move_count(self):
        counts = dict(
            self.env["account.move"]._read_group(
                [("credit_remittance_id", "in", self.ids)],
                ["credit_remittance_id"],
                ["__count"],
            )
        )
        for remittance in self:
            remittance.move_count = counts.get(remittance, 0)

    @api.constrains("line_ids", "currency_id", "company_id", "party_id")
    def _check_lines(self):
        for remittance in self:
            for line in remittance.line_ids:
                case = line.case_id
                if (
                    case.company_id != remittance.company_id
                    or case.currency_id != remittance.currency_id
                    or case.party_id != remittance.party_id
                ):
                    raise ValidationError(
                        self.env._(
                            "%(case)s is not of this creditor, third party and "
                            "currency.",
                            case=case.name,
                        )
                    )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        # EXTENDS base: what was checked is what is booked
        settled = {"party_id", "company_id", "currency_id", "line_ids", "fees_only"}
        settled |= {"has_statement", *(f"stated_{name}" for name in COMPARED)}
        if not settled.isdisjoint(vals) and any(r.state != "draft" for r in self):
            raise UserError(
                self.env._("Take the remittance back to draft before changing it.")
            )
        return super().write(vals)

    def _credit_proving(self):
        # EXTENDS mail.thread of credit_management
        return self.filtered(lambda remittance: remittance.state == "booked")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        if any(r.state == "booked" or r.sudo().move_ids for r in self):
            raise UserError(self.env._("A remittance that was booked stays on record."))

    # ------------------------------------------------------------------
    # Checking
    # ------------------------------------------------------------------

    def _check_manager(self):
        """Remittances are checked and booked by managers.

        :raise AccessError: for others
        """
        manager = "credit_management.group_manager"
        if not self.env.su and not self.env.user.has_group(manager):
            raise AccessError(
                self.env._("Remittances are checked and booked by managers of credit.")
            )

    def _money(self, amount):
        return format_amount(self.env, amount, self.currency_id)

    def _minor(self, name):
        return to_minor(self[name], self.currency_id)

    def _differences(self):
        """What the statement says less what was worked out, in minor units, by name."""
        self.ensure_one()
        if not self.has_statement:
            return {}
        return engine.differences(
            {name: self._minor(f"amount_{name}") for name in COMPARED},
            {name: self._minor(f"stated_{name}") for name in COMPARED},
        )

    def _to_book(self):
        """The amounts that are booked, in minor units: of the statement, if there is.

        ``kept`` is what the third party holds back of what it collected.
        """
        self.ensure_one()
        source = "stated" if self.has_statement else "amount"
        amounts = {name: self._minor(f"{source}_{name}") for name in COMPARED}
        amounts["kept"] = amounts["collected"] - amounts["remitted"]
        return amounts

    def action_fill(self):
        """Put in what the third party reported and did not hand on, and its fees."""
        for remittance in self:
            remittance._check_state("draft")
            remittance._fill()
        return True

    def action_work_out(self):
        """Work the fees and taxes out anew."""
        for remittance in self:
            remittance._check_state("draft")
            remittance._work_out()
        return True

    def action_check(self):
        """Settle what is to be booked.

        :raise UserError: if nothing is there, a payment can't be handed on, or the
            statement differs and nobody says why it is accepted
        """
        self._check_manager()
        for remittance in self:
            remittance._check_state("draft")
            if not remittance.line_ids:
                raise UserError(
                    self.env._(
                        "%s is empty: fill it in with what was reported, or read the "
                        "statement from a file.",
                        remittance.name,
                    )
                )
            remittance._work_out()
            remittance.line_ids._check_payments()
            if remittance._differences():
                if not (remittance.difference_reason or "").strip():
                    raise UserError(
                        self.env._(
                            "The statement says something else than was worked out. "
                            "Correct it, or fill in “Accepted because”:\n"
                            "%(differences)s",
                            differences=remittance.difference_text,
                        )
                    )
                remittance.accepted_by_id = self.env.user
            else:
                remittance.accepted_by_id = False
            remittance.state = "checked"
        return True

    def action_draft(self):
        """Back to draft, to change something."""
        self._check_manager()
        for remittance in self:
            remittance._check_state("checked", "cancelled")
        self.state = "draft"
        return True

    def _check_state(self, *states):
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(remittance)s is “%(state)s”: this is possible where it is "
                    "%(wanted)s.",
                    remittance=self.name,
                    state=labels[self.state],
                    wanted=", ".join(f"“{labels[state]}”" for state in states),
                )
            )

    def action_view_moves(self):
        """Open the journal entries of the remittance."""
        self.ensure_one()
        return self.move_ids._get_records_action(name=self.env._("Journal entries"))

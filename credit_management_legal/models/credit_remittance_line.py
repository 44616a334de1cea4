"""The lines of a remittance: which there are, and what each earns."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import allocation, fees

#: Fee of a case that each kind of line is a part of.
FEE_OF = {
    "payment": "success",
    "direct": "success",
    "undone": "success",
    "opening": "opening",
    "failure": "failure",
}


class CreditRemittanceLine(models.Model):
    """A payment that is handed on, or something that the third party earns beside it.

    ``fee`` is without tax; for a cost it is the cost. All is negative for a payment
    that was taken back.
    """

    _name = "credit.remittance.line"
    _description = "Line of a Remittance"
    _order = "remittance_id, date, id"

    remittance_id = fields.Many2one(
        "credit.remittance", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="remittance_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(
        related="remittance_id.currency_id", store=True, precompute=True
    )
    state = fields.Selection(
        related="remittance_id.state", store=True, precompute=True, index=True
    )
    case_id = fields.Many2one(
        "credit.case", required=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="case_id.partner_id")
    kind = fields.Selection(
        [
            ("payment", "Payment"),
            ("undone", "Payment taken back"),
            ("direct", "Fee on what we received"),
            ("opening", "Fee to open the case"),
            ("failure", "Fee without success"),
            ("cost", "Cost of an act"),
        ],
        default="payment",
        required=True,
    )
    payment_id = fields.Many2one(
        "credit.case.payment",
        string="Payment reported",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('case_id', '=', case_id), ('state', '=', 'reported'), "
        "('received_by', '=', 'party')]",
    )
    cost_id = fields.Many2one(
        "credit.case.cost",
        index="btree_not_null",
        ondelete="restrict",
    )
    date = fields.Date(required=True)
    mode = fields.Selection(
        [(fees.GROSS, "Gross"), (fees.NET, "Net")],
        string="Handed on",
        compute="_compute_mode",
        store=True,
        precompute=True,
        help="By the mandate: net is what is left after the fee.",
    )
    tax_id = fields.Many2one(
        "account.tax", compute="_compute_mode", store=True, precompute=True
    )
    collected = fields.Monetary(
        compute="_compute_collected", store=True, precompute=True
    )
    fee = fields.Monetary(string="Fee or cost", readonly=True)
    tax = fields.Monetary(string="Tax amount", readonly=True)
    kept = fields.Monetary(readonly=True)
    remitted = fields.Monetary(string="Net", compute="_compute_remitted", store=True)
    stated_fee = fields.Monetary(string="Fee, they say", readonly=True)
    stated_tax = fields.Monetary(string="Tax, they say", readonly=True)

    _payment_once = models.UniqueIndex(
        "(payment_id, kind) WHERE payment_id IS NOT NULL AND state <> 'cancelled'",
        "This payment is in a remittance already.",
    )
    _cost_once = models.UniqueIndex(
        "(cost_id) WHERE cost_id IS NOT NULL AND state <> 'cancelled'",
        "This cost is in a remittance already.",
    )

    @api.depends("case_id.mandate_id", "cost_id.tax_id", "kind")
    def _compute_mode(self):
        for line in self:
            mandate = line.case_id.mandate_id
            line.mode = mandate.remittance or fees.GROSS
            line.tax_id = line.cost_id.tax_id if line.cost_id else mandate.tax_id

    @api.depends("payment_id.amount", "kind")
    def _compute_collected(self):
        signs = {"payment": 1, "undone": -1}
        for line in self:
            line.collected = line.payment_id.amount * signs.get(line.kind, 0)

    @api.depends("collected", "kept")
    def _compute_remitted(self):
        for line in self:
            line.remitted = line.collected - line.kept

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        lines = super().create(vals_list)
        lines._check_draft()
        lines.remittance_id._check_lines()
        return lines

    def write(self, vals):
        # EXTENDS base
        self._check_draft()
        return super().write(vals)

    def unlink(self):
        # EXTENDS base
        self._check_draft()
        return super().unlink()

    def _check_draft(self):
        if any(line.remittance_id.state != "draft" for line in self):
            raise UserError(
                self.env._("Take the remittance back to draft before changing it.")
            )

    def _check_payments(self):
        """Refuse payments that can't be handed on, or not twice.

        :raise UserError: naming the payment and why
        """
        for line in self.filtered(lambda line: line.kind == "payment"):
            payment = line.payment_id.sudo()
            if payment.state != "reported" or payment.received_by != "party":
                raise UserError(
                    self.env._(
                        "%(case)s: the payment of %(payment)s is no payment that the "
                        "third party still has. Take it out.",
                        case=line.case_id.name,
                        payment=payment.display_name or "?",
                    )
                )


class CreditRemittance(models.Model):
    _inherit = "credit.remittance"

    # ------------------------------------------------------------------
    # Which lines there are
    # ------------------------------------------------------------------

    def _cases(self):
        """The cases that a statement of this third party may be about."""
        self.ensure_one()
        return (
            self.env["credit.case"]
            .sudo()
            .search(
                Domain("company_id", "=", self.company_id.id)
                & Domain("party_id", "=", self.party_id.id)
                & Domain("currency_id", "=", self.currency_id.id)
                & Domain("state", "!=", "draft"),
                order="id",
            )
        )

    def _fill(self):
        """Add lines for all that is there to be handed on or billed."""
        self.ensure_one()
        cases = self._cases()
        vals_list = []
        if not self.fees_only:
            vals_list += self._payment_vals(cases)
        vals_list += self._cost_vals(cases)
        self.env["credit.remittance.line"].create(
            [{"remittance_id": self.id, **vals} for vals in vals_list]
        )
        self._work_out(cases)

    def _payment_vals(self, cases):
        """Payments that are with the third party, and those taken back since."""
        payments = (
            self.env["credit.case.payment"]
            .sudo()
            .search(
                Domain("case_id", "in", cases.ids)
                & Domain("state", "in", ("reported", "undone"))
                & Domain("received_by", "=", "party"),
                order="date, id",
            )
        )
        taken = (
            self.env["credit.remittance.line"]
            .sudo()
            ._read_group(
                [("payment_id", "in", payments.ids), ("state", "!=", "cancelled")],
                ["payment_id", "kind"],
            )
        )
        taken = set(taken)
        vals_list = []
        for payment in payments:
            kind = "payment" if payment.state == "reported" else "undone"
            if (payment, kind) in taken:
                continue
            day = payment.date if kind == "payment" else payment.date_undone
            vals_list.append(
                {
                    "case_id": payment.case_id.id,
                    "kind": kind,
                    "payment_id": payment.id,
                    "date": day,
                }
            )
        return vals_list

    def _cost_vals(self, cases):
        """Costs that the third party advanced and may ask for."""
        costs = cases.cost_ids.sudo()._billable()
        costs = costs.filtered(
            lambda cost: (
                cost.currency_id == self.currency_id and cost.party_id == self.party_id
            )
        )
        return [
            {
                "case_id": cost.case_id.id,
                "kind": "cost",
                "cost_id": cost.id,
                "date": cost.date,
            }
            for cost in costs.sorted("date")
        ]

    @api.model
    def _make_fee_drafts(self, mandates):
        """Drafts of what is earned and not billed: one for each third party.

        :return: those in which there is something
        """
        made = self.browse()
        groups = mandates.grouped(lambda m: (m.company_id, m.party_id))
        for company, party in groups:
            cases = (
                self.env["credit.case"]
                .sudo()
                .search(
                    Domain("company_id", "=", company.id)
                    & Domain("party_id", "=", party.id)
                    & Domain("state", "!=", "draft")
                )
            )
            for currency in cases.currency_id:
                draft = self.search(
                    Domain("company_id", "=", company.id)
                    & Domain("party_id", "=", party.id)
                    & Domain("currency_id", "=", currency.id)
                    & Domain("fees_only", "=", True)
                    & Domain("state", "=", "draft"),
                    limit=1,
                )
                remittance = draft or self.create(
                    {
                        "company_id": company.id,
                        "party_id": party.id,
                        "currency_id": currency.id,
                        "date": company._credit_today(),
                        "fees_only": True,
                    }
                )
                remittance._fill()
                if remittance.line_ids:
                    made |= remittance
                elif not draft:
                    remittance.unlink()
        return made

    # ------------------------------------------------------------------
    # What they earn
    # ------------------------------------------------------------------

    def _work_out(self, cases=None):
        """Work out fee, tax, and what is kept of each line.

        Lines for fees that are due beside payments are added and taken away as needed.

        :param cases: those whose fees are looked at; by default those of the lines
        """
        self.ensure_one()
        if cases is None:
            cases = self.line_ids.case_id.sudo()
        collected = cases._collected(for_fee=True)
        billed = self._billed(cases)
        due = {}
        for case in cases:
            own = collected.get(case.id, [])
            parts = case._fee_parts(own)
            for kind, fee in parts.items():
                due[case, kind] = fee - billed.get((case.id, kind), 0)
        self._add_fee_lines(due)
        amounts = {}
        for case, lines in self.line_ids.grouped("case_id").items():
            own = collected.get(case.id, [])
            amounts.update(self._line_fees(case.sudo(), lines, own, due))
        self._write_amounts(amounts)

    def _billed(self, cases):
        """Fees that earlier remittances billed: {(case id, kind): minor units}."""
        rows = (
            self.env["credit.remittance.line"]
            .sudo()
            ._read_group(
                Domain("case_id", "in", cases.ids)
                & Domain("state", "=", "booked")
                & Domain("kind", "in", list(FEE_OF))
                & Domain("remittance_id", "!=", self.id),
                ["case_id", "kind"],
                ["fee:sum"],
            )
        )
        billed = defaultdict(int)
        for case, kind, fee in rows:
            billed[case.id, FEE_OF[kind]] += to_minor(fee, self.currency_id)
        return billed

    def _add_fee_lines(self, due):
        """Have a line for each fee beside payments that is due, and none that is not.

        :param due: {(case, kind of fee): minor units not billed yet}
        """
        own = {
            (line.case_id, line.kind): line
            for line in self.line_ids
            if line.kind in ("direct", "opening", "failure")
        }
        undone = self.line_ids.filtered(lambda line: line.kind == "undone").case_id
        vals_list, gone = [], self.env["credit.remittance.line"]
        for (case, fee), amount in due.items():
            kind = "direct" if fee == "success" else fee
            line = own.get((case, kind))
            # What is given back stands at the payment that was taken back.
            wanted = amount and not (kind == "direct" and case in undone)
            if wanted and not line:
                vals_list.append(
                    {
                        "remittance_id": self.id,
                        "case_id": case.id,
                        "kind": kind,
                        "date": self.date,
                    }
                )
            elif line and not wanted:
                gone |= line
        gone.unlink()
        self.env["credit.remittance.line"].create(vals_list)

    def _line_fees(self, case, lines, collected, due):
        """What the lines of one case earn: {line: minor units}.

        Each payment earns what the fee grows by it, in the order of their days.

        :param collected: (age, minor units) that are in the books
        :param due: see :meth:`_add_fee_lines`
        """
        amounts = {}
        undone = lines.filtered(lambda line: line.kind == "undone")
        for line in lines.sorted(lambda line: (line.date, line.id)):
            if line.kind == "cost":
                amounts[line] = to_minor(line.cost_id.amount, self.currency_id)
            elif line.kind == "undone":
                first = line == undone[:1]
                amounts[line] = due.get((case, "success"), 0) if first else 0
            elif line.kind != "payment":
                amounts[line] = due.get((case, FEE_OF[line.kind]), 0)
        payments = lines.filtered(lambda line: line.kind == "payment")
        mandate = case.mandate_id
        if not mandate:
            return {**dict.fromkeys(payments, 0), **amounts}
        scale = mandate._to_engine(case.currency_id, case.date_opened)
        before = tuple(collected)
        for line, shares in self._principal_shares(case, payments).items():
            after = (*before, *shares)
            amounts[line] = fees.success_fee(scale, after) - fees.success_fee(
                scale, before
            )
            before = after
        return amounts

    def _principal_shares(self, case, payments):
        """What payments pay of the items: {line: [(age in days, minor units)]}.

        In the order in which they are taken.
        """
        if not payments:
            return {}
        dues = {
            line.move_line_id.id: (case.date_opened - line.date_due).days
            for line in case.line_ids
            if line.move_line_id
        }
        made = allocation.allocate_all(
            [
                (line.payment_id.id, line.payment_id.date, line.payment_id._minor())
                for line in payments
            ],
            case._owed(),
            case._allocation()[0],
        )
        return {
            line: [
                (dues[share.owed.key[1]], share.amount)
                for share in made[line.payment_id.id].shares
                if share.owed.kind == allocation.PRINCIPAL
            ]
            for line in payments.sorted(lambda p: (p.payment_id.date, p.payment_id.id))
        }

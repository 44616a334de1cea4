"""Payments that a third party reports: received by it, handed on, or refused."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import allocation


class CreditCasePayment(models.Model):
    """A payment of a debtor in a case, as it was reported.

    What the third party received is in the books once it is handed on by a remittance.
    What we received is there by itself: the report tells where to look for it.
    """

    _name = "credit.case.payment"
    _description = "Payment Reported in a Credit Case"
    _inherit = ["credit.case.money.mixin"]
    _order = "date desc, id desc"

    currency_id = fields.Many2one(
        related="case_id.currency_id", store=True, precompute=True
    )
    date = fields.Date(
        string="Paid on",
        required=True,
        default=lambda self: self.env.company._credit_today(),
    )
    amount = fields.Monetary(required=True)
    received_by = fields.Selection(
        [("party", "The third party"), ("creditor", "Us")],
        string="Received by",
        default="party",
        required=True,
    )
    reference = fields.Char(
        help="By which the third party knows the payment: no two of a case share it."
    )
    state = fields.Selection(
        [
            ("reported", "Reported"),
            ("received", "Received by us"),
            ("remitted", "Handed on"),
            ("undone", "Taken back"),
            ("refused", "Refused"),
        ],
        default="reported",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many(
        "credit.remittance.line", "payment_id", string="Lines of remittances"
    )
    move_id = fields.Many2one(
        "account.move",
        string="Booked by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    charge_ids = fields.Many2many(
        "credit.charge",
        "credit_case_payment_charge_rel",
        "payment_id",
        "charge_id",
        string="Charges booked with it",
        readonly=True,
        copy=False,
    )
    made_charge_ids = fields.Many2many(
        "credit.charge",
        "credit_case_payment_made_rel",
        "payment_id",
        "charge_id",
        string="Interest claimed with it",
        readonly=True,
        copy=False,
    )
    paid = fields.Json(
        string="Went to",
        readonly=True,
        copy=False,
        help="What it paid, in minor units: costs, interest, charges, principal, and "
        "the rest in the debtor's favour.",
    )
    paid_text = fields.Char(
        string="It paid", compute="_compute_paid_text", compute_sudo=True
    )
    date_undone = fields.Date(string="Taken back on", readonly=True, copy=False)

    _reference_once = models.UniqueIndex(
        "(case_id, reference) WHERE reference IS NOT NULL AND state <> 'refused'",
        "This payment was reported already.",
    )
    _check_amount = models.Constraint(
        "CHECK (amount > 0)", "A payment is more than zero."
    )
    _waiting_idx = models.Index(
        "(company_id, party_id) WHERE state = 'reported' AND received_by = 'party'"
    )

    @api.depends("date", "amount", "currency_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for payment in self:
            payment.display_name = self.env._(
                "%(amount)s on %(day)s",
                amount=payment.currency_id.format(payment.amount)
                if payment.currency_id
                else payment.amount,
                day=format_date(self.env, payment.date),
            )

    @api.depends("paid")
    @api.depends_context("lang")
    def _compute_paid_text(self):
        for payment in self:
            payment.paid_text = payment.case_id._paid_text(payment.paid) or False

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: never twice; what is noted by hand stands on the timeline too
        self._check_references(vals_list)
        payments = super().create(vals_list)
        payments._check_once()
        byhand = payments.filtered(lambda payment: not payment.event_id)
        events = self.env["credit.case"]._add_events(
            [
                {
                    "case_id": payment.case_id.id,
                    "kind": "payment",
                    "name": payment.display_name,
                    "date": payment.date,
                    "amount": payment.amount,
                }
                for payment in byhand
            ]
        )
        for payment, event in zip(byhand, events, strict=True):
            payment.event_id = event
        return payments

    def write(self, vals):
        # EXTENDS base: what was decided on is settled
        settled = {"amount", "date", "case_id", "received_by", "reference"}
        if not settled.isdisjoint(vals) and any(p.state != "reported" for p in self):
            raise UserError(
                self.env._("A payment that was handed on or refused is settled.")
            )
        result = super().write(vals)
        if not settled.isdisjoint(vals):
            self._check_once()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        if any(payment.state != "reported" for payment in self):
            raise UserError(
                self.env._("A payment that was handed on or refused stays on record.")
            )

    @api.model
    def _check_references(self, vals_list):
        """Refuse references that payments of the same case have, in words.

        :raise UserError: naming the payment that is there already
        """
        wanted = {
            (vals.get("case_id"), vals["reference"])
            for vals in vals_list
            if vals.get("reference")
        }
        if not wanted:
            return
        known = self.sudo().search(
            [
                ("case_id", "in", [case_id for case_id, _reference in wanted]),
                ("reference", "in", [reference for _case_id, reference in wanted]),
                ("state", "!=", "refused"),
            ]
        )
        for payment in known:
            if (payment.case_id.id, payment.reference) in wanted:
                raise UserError(payment._twice_text())

    def _twice_text(self):
        return self.env._(
            "%(case)s: the payment of %(payment)s was reported already. Give each its "
            "own reference if there are two.",
            case=self.case_id.name,
            payment=self.display_name,
        )

    def _check_once(self):
        """Refuse what looks like a payment that is there already.

        :raise UserError: for the same reference, or for the same amount on the same day
            of which not both have a reference
        """
        groups = self.sudo().search(
            [("case_id", "in", self.case_id.ids), ("state", "!=", "refused")]
        )
        for payment in self.sudo():
            for other in groups:
                if other == payment or other.case_id != payment.case_id:
                    continue
                same = (
                    other.reference == payment.reference
                    if other.reference and payment.reference
                    else other.date == payment.date
                    and other.received_by == payment.received_by
                    and not payment.currency_id.compare_amounts(
                        other.amount, payment.amount
                    )
                )
                if same:
                    raise UserError(other._twice_text())

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_manager(self):
        """What is reported is decided on by managers.

        :raise AccessError: for others
        """
        manager = "credit_management.group_manager"
        if not self.env.su and not self.env.user.has_group(manager):
            raise AccessError(
                self.env._("Payments in cases are decided on by managers of credit.")
            )

    def action_receive(self):
        """Confirm that we received it: it is in the books as any other payment."""
        self._check_manager()
        reported = self.filtered(lambda payment: payment.state == "reported")
        for payment in reported:
            if payment.received_by != "creditor":
                raise UserError(
                    self.env._(
                        "The third party received %(payment)s: it is handed on by a "
                        "remittance.",
                        payment=payment.display_name,
                    )
                )
        reported.state = "received"
        return True

    def action_refuse(self):
        """Refuse a report, for a reason.

        :raise UserError: without a reason, or for one in a remittance
        """
        self._check_manager()
        for payment in self.filtered(lambda payment: payment.state == "reported"):
            if not (payment.refuse_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Fill in “Refused because” of the payment of %s: the third "
                        "party reads it.",
                        payment.display_name,
                    )
                )
            remittance = payment._remittance()
            if remittance:
                raise UserError(
                    self.env._(
                        "The payment of %(payment)s is in %(remittance)s: take it out "
                        "there first.",
                        payment=payment.display_name,
                        remittance=remittance.name,
                    )
                )
            payment.state = "refused"
        return True

    def action_undo(self):
        """Take a payment back that was handed on: the third party had to return it.

        Its entry is reversed and its items are open again; what was kept and handed on
        is settled by the next remittance.
        """
        self._check_manager()
        for payment in self:
            if payment.state != "remitted":
                raise UserError(
                    self.env._(
                        "The payment of %s is not in the books: there is nothing to "
                        "take back.",
                        payment.display_name,
                    )
                )
            payment.sudo()._unbook()
            payment.write(
                {
                    "state": "undone",
                    "date_undone": payment.company_id._credit_today(),
                }
            )
            payment.case_id.sudo()._add_event(
                "status",
                self.env._("Taken back: %s", payment.display_name),
                amount=-payment.amount,
            )
        return True

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _minor(self):
        """The amount in minor units."""
        self.ensure_one()
        return to_minor(self.amount, self.currency_id)

    def _remittance(self):
        """The remittance in which it is being handed on or was, or none."""
        lines = self.sudo().line_ids.filtered(
            lambda line: line.kind == "payment" and line.state != "cancelled"
        )
        return lines.remittance_id[:1]

    def _paid_summary(self, made):
        """What a payment went to, to be kept: {kind: minor units}, ``rest`` included.

        :param made: :class:`engine.allocation.Allocation`
        """
        return {
            **{kind: made.of(kind) for kind in allocation.KINDS if made.of(kind)},
            **({"rest": made.rest} if made.rest else {}),
        }

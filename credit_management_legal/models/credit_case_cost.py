"""What acts in a case cost: who paid, who bears it, and whether the debtor owes it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.credit_management.models.credit_article import article_text
from odoo.addons.credit_management.report.wording import labelled

from .credit_cost_rule import SCALE, TITLE

COST_KINDS = [
    ("court", "Court fee"),
    ("tax", "Tax"),
    ("stamp", "Stamp duty"),
    ("bailiff", "Bailiff"),
    ("lawyer", "Lawyer"),
    ("postage", "Postage"),
    ("enquiry", "Enquiry"),
    ("other", "Other"),
]


class CreditCaseCost(models.Model):
    """A cost of an act in a case, reported by the third party or noted by hand.

    ``amount`` is without tax, in ``currency_id``; ``amount_claimed`` is what the debtor
    is asked for, in the currency of the case. Once accepted the amounts are settled.
    """

    _name = "credit.case.cost"
    _description = "Cost of a Credit Case"
    _inherit = ["credit.case.money.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    case_currency_id = fields.Many2one(
        related="case_id.currency_id", string="Currency of the case"
    )
    date = fields.Date(
        required=True, default=lambda self: self.env.company._credit_today()
    )
    name = fields.Char(string="What", required=True)
    kind = fields.Selection(COST_KINDS, default="other", required=True)
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    amount = fields.Monetary(required=True, help="Without tax.")
    tax_id = fields.Many2one(
        "account.tax",
        check_company=True,
        domain=[("type_tax_use", "=", "purchase"), ("amount_type", "=", "percent")],
    )
    amount_tax = fields.Monetary(
        string="Tax amount", compute="_compute_amount_total", store=True
    )
    amount_total = fields.Monetary(
        string="Total", compute="_compute_amount_total", store=True
    )
    advanced_by = fields.Selection(
        [("creditor", "Us"), ("party", "The third party")],
        string="Advanced by",
        default="party",
        required=True,
        help="Who paid it first.",
    )
    recoverable = fields.Boolean(
        help="The debtor owes it. Whether the law allows that is looked at when it is "
        "added to the claim."
    )
    basis = fields.Char(
        string="On what ground",
        help="For example the judgment that awards it, or the proof of what was spent.",
    )
    amount_claimed = fields.Monetary(
        string="To be claimed",
        compute="_compute_amount_claimed",
        store=True,
        readonly=False,
        precompute=True,
        currency_field="case_currency_id",
        help="What the debtor is asked for: by default the cost without tax, which the "
        "creditor deducts.",
    )
    charge_id = fields.Many2one(
        "credit.charge",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="What the debtor owes for it.",
    )
    in_claim = fields.Boolean(
        string="In the claim", compute="_compute_in_claim", store=True
    )
    unclaimed_text = fields.Text(
        string="Not in the claim because",
        compute="_compute_unclaimed_text",
        help="Why a cost that the debtor is to bear is not in the claim.",
    )
    bill_id = fields.Many2one(
        "account.move",
        string="Vendor bill",
        copy=False,
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
        domain="[('move_type', 'in', ('in_invoice', 'in_receipt'))]",
    )
    state = fields.Selection(
        [
            ("reported", "Reported"),
            ("accepted", "Accepted"),
            ("refused", "Refused"),
        ],
        default="reported",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )

    _check_amount = models.Constraint("CHECK (amount > 0)", "A cost is more than zero.")

    @api.depends("case_id")
    def _compute_currency_id(self):
        for cost in self:
            cost.currency_id = cost.currency_id or cost.case_id.currency_id

    @api.depends("amount", "tax_id", "currency_id")
    def _compute_amount_total(self):
        for cost in self:
            cost.amount_tax = 0.0
            if cost.tax_id and cost.currency_id:
                made = cost.tax_id.compute_all(cost.amount, cost.currency_id)
                cost.amount_tax = made["total_included"] - made["total_excluded"]
            cost.amount_total = cost.amount + cost.amount_tax

    @api.depends("amount", "currency_id", "case_id")
    def _compute_amount_claimed(self):
        for cost in self:
            if not cost.currency_id or not cost.case_id:
                cost.amount_claimed = cost.amount
                continue
            cost.amount_claimed = cost.currency_id._convert(
                cost.amount,
                cost.case_id.currency_id,
                cost.case_id.company_id,
                cost.date or fields.Date.context_today(cost),
            )

    @api.depends("charge_id.state")
    def _compute_in_claim(self):
        for cost in self:
            charge = cost.sudo().charge_id
            cost.in_claim = bool(charge) and charge.state != "reversed"

    @api.depends("state", "in_claim", "recoverable", "basis", "case_id")
    def _compute_unclaimed_text(self):
        for cost in self:
            cost.unclaimed_text = (
                cost.state == "accepted"
                and not cost.in_claim
                and cost._debtor_bears()
                and (
                    cost._claim_refused()
                    or self.env._("A manager has not added it to the claim yet.")
                )
            )

    @api.constrains("amount_claimed", "amount_total")
    def _check_claimed(self):
        for cost in self.filtered(lambda c: c.currency_id == c.case_currency_id):
            currency = cost.currency_id
            if currency.compare_amounts(cost.amount_claimed, cost.amount_total) > 0:
                raise ValidationError(
                    self.env._(
                        "%(cost)s: the debtor is asked for more (%(claimed)s) than it "
                        "cost (%(total)s).",
                        cost=cost.name,
                        claimed=currency.format(cost.amount_claimed),
                        total=currency.format(cost.amount_total),
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: what is noted by hand stands on the timeline too
        costs = super().create(vals_list)
        byhand = costs.filtered(lambda cost: not cost.event_id)
        events = self.env["credit.case"]._add_events(
            [
                {
                    "case_id": cost.case_id.id,
                    "kind": "cost",
                    "name": cost.name,
                    "date": cost.date,
                    "amount": cost.currency_id._convert(
                        cost.amount, cost.case_currency_id, cost.company_id, cost.date
                    ),
                }
                for cost in byhand
            ]
        )
        for cost, event in zip(byhand, events, strict=True):
            cost.event_id = event
        return costs

    def write(self, vals):
        # EXTENDS base: what was accepted or refused is settled
        settled = {"amount", "currency_id", "tax_id", "case_id", "advanced_by"}
        # A settled one that is reported once more could be changed and deleted.
        rewriting = not settled.isdisjoint(vals) or vals.get("state") == "reported"
        if rewriting and any(c.state != "reported" for c in self):
            raise UserError(
                self.env._(
                    "The amounts of a cost are settled once it was accepted or refused."
                )
            )
        if "amount_claimed" in vals and any(cost.in_claim for cost in self):
            raise UserError(
                self.env._("Take the cost out of the claim first, then change it.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        if any(cost.state != "reported" or cost.in_claim for cost in self):
            raise UserError(
                self.env._("A cost that was accepted or refused stays on record.")
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_manager(self):
        """Costs are decided on by managers.

        :raise AccessError: for others
        """
        manager = "credit_management.group_manager"
        if not self.env.su and not self.env.user.has_group(manager):
            raise AccessError(
                self.env._("Costs are accepted and claimed by managers of credit.")
            )

    def action_accept(self):
        """Agree to bear the costs; those that are recoverable join the claim.

        Where the mandate lets the debtor bear costs, they do so wherever the law
        allows it; where it does not, they stay with the creditor, and the cost says
        why.
        """
        self._check_manager()
        reported = self.filtered(lambda cost: cost.state == "reported")
        reported.write({"state": "accepted", "refuse_reason": False})
        for cost in reported:
            refused = cost._claim_refused() if cost._debtor_bears() else ""
            if cost._debtor_bears() and not refused:
                cost._add_to_claim()
            elif refused:
                cost.message_post(body=refused)
        return True

    def _debtor_bears(self):
        self.ensure_one()
        return self.recoverable or self.case_id.mandate_id.cost_bearer == "debtor"

    def action_refuse(self):
        """Refuse what was reported, for a reason.

        :raise UserError: without a reason
        """
        self._check_manager()
        for cost in self.filtered(lambda cost: cost.state == "reported"):
            if not (cost.refuse_reason or "").strip():
                raise UserError(
                    self.env._(
                        "Fill in “Refused because” of %s: the third party reads it.",
                        cost.name,
                    )
                )
            cost.state = "refused"
        return True

    def action_claim(self):
        """Add the cost to the claim.

        :raise UserError: where the law of the debtor's country forbids it, with the
            article
        """
        self._check_manager()
        for cost in self:
            if cost.in_claim:
                continue
            if cost.state != "accepted":
                raise UserError(self.env._("Accept %s first.", cost.name))
            refused = cost._claim_refused()
            if refused:
                raise UserError(refused)
            cost._add_to_claim()
        return True

    def action_unclaim(self):
        """Take the cost out of the claim again; what is in the books is credited."""
        self._check_manager()
        self.sudo().charge_id._reverse()
        self.recoverable = False
        return True

    def _add_to_claim(self):
        """What the debtor owes for it, as a charge like others."""
        self.ensure_one()
        charge = (
            self.env["credit.charge"]
            .sudo()
            ._claim(
                [
                    {
                        "company_id": self.company_id.id,
                        "partner_id": self.partner_id.id,
                        "currency_id": self.case_currency_id.id,
                        "kind": "cost",
                        "amount": self.amount_claimed,
                        "date": self.company_id._credit_today(),
                        "regime_id": self.case_id._regime().id,
                    }
                ]
            )
        )
        self.write({"charge_id": charge.id, "recoverable": True})
        charge._compute_display_name()

    def _claim_refused(self):
        """Why the cost may not be added to the claim, with the article; or nothing."""
        self.ensure_one()
        case = self.case_id
        regime = case._regime()
        rule = self.env["credit.cost.rule"]._of(regime)
        values = {
            "cost": self.name,
            "article": article_text(self.env, rule["article"]),
            "regime": regime.name or "",
            "note": rule["note"],
        }
        title = case._title_day()
        has_title = bool(title and title <= self.company_id._credit_today())
        agreed = rule["contract_allowed"] and self.basis
        text = ""
        if rule["claimable"] == TITLE and not has_title:
            text = self.env._(
                "%(cost)s can't be added to the claim (%(regime)s): without an "
                "enforceable title costs stay with the creditor, %(article)s. %(note)s",
                **values,
            )
        elif rule["claimable"] == SCALE and not has_title and not agreed:
            text = self.env._(
                "%(cost)s can't be added to the claim (%(regime)s): without an "
                "enforceable title the debtor owes costs by the scale of the law only, "
                "%(article)s. %(note)s",
                **values,
            )
        elif not self.basis:
            text = self.env._(
                "%(cost)s can't be added to the claim yet (%(regime)s): costs are "
                "claimed on proof, %(article)s. Fill in “On what ground”.",
                **values,
            )
        if text and rule["confidence"] == "memory":
            text += " " + self.env._("This rule is to be verified.")
        return text


class CreditCharge(models.Model):
    _inherit = "credit.charge"

    cost_ids = fields.One2many(
        "credit.case.cost",
        "charge_id",
        string="Costs of a case",
        groups="credit_management.group_viewer",
    )

    @api.depends_context("lang")
    def _compute_display_name(self):
        # EXTENDS credit_management: which cost it is
        result = super()._compute_display_name()
        for charge in self.filtered(lambda c: c.kind == "cost").sudo():
            cost = charge.cost_ids[:1]
            if cost:
                charge.display_name = labelled(self.env, charge.display_name, cost.name)
        return result

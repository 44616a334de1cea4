from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..engine import plans

FREQUENCIES = [
    ("month", "Every month"),
    ("two_weeks", "Every two weeks"),
    ("week", "Every week"),
]


class CreditPlan(models.Model):
    """A debtor pays some items in instalments.

    Amounts are in the currency of the items. The items of a plan that is asked for or
    active are not reminded. Payments settle the instalments in their order; what comes
    in after the items are paid settles fee and interest. What becomes of these, and
    what the law has against them, stands in ``credit_plan_charges``.
    """

    _name = "credit.plan"
    _description = "Payment Plan"
    _inherit = ["credit.number.mixin", "credit.agreement.mixin"]
    _order = "id desc"
    _check_company_auto = True

    item_ids = fields.Many2many(
        "account.move.line",
        "credit_plan_item_rel",
        "plan_id",
        "item_id",
        string="Items",
    )
    resume_step_ids = fields.Many2many(
        "credit.policy.step",
        "credit_plan_resume_rel",
        "plan_id",
        "step_id",
        string="Reminders go on at",
        readonly=True,
        copy=False,
        help="What the policies name for a broken plan: due at once.",
    )
    line_ids = fields.One2many("credit.plan.line", "plan_id", string="Instalments")
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("active", "Active"),
            ("done", "Paid off"),
            ("broken", "Not honoured"),
            ("refused", "Refused"),
            ("cancelled", "Called off"),
            ("replaced", "Replaced"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    amount_fee = fields.Monetary(
        string="Fee of the plan",
        compute="_compute_terms",
        store=True,
        readonly=False,
    )
    amount_interest = fields.Monetary(
        string="Interest",
        readonly=True,
        help="On what is left at each instalment, at the rate of the day on which the "
        "plan is made; it ends when the items are paid.",
    )
    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amount_total",
        store=True,
        help="The items, the fee and the interest.",
    )
    amount_next = fields.Monetary(
        string="Next amount",
        compute="_compute_next",
        store=True,
        help="Of the next instalment.",
    )
    date_next = fields.Date(string="Next on", compute="_compute_next", store=True)
    frequency = fields.Selection(FREQUENCIES, default="month", required=True)
    first_date = fields.Date(
        string="First instalment",
        required=True,
        default=lambda self: self.env.company._credit_day_to_pay(months=1),
    )
    number = fields.Integer(string="Number of instalments", default=3, required=True)
    tolerance_days = fields.Integer(
        string="Tolerance (days)",
        compute="_compute_terms",
        store=True,
        readonly=False,
        help="Days after which an instalment that is not paid breaks the plan.",
    )
    date_requested = fields.Date(
        string="Asked on",
        required=True,
        default=lambda self: self.env.company._credit_today(),
    )
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
        readonly=True,
        copy=False,
        index="btree_not_null",
        check_company=True,
    )
    replaced_by_ids = fields.One2many(
        "credit.plan", "replaces_id", string="Replaced by", readonly=True
    )
    refuse_reason = fields.Text(string="Why refused", copy=False)

    _check_number = models.Constraint(
        "CHECK (number > 0)", "A plan has an instalment at least."
    )
    _check_tolerance = models.Constraint(
        "CHECK (tolerance_days >= 0)", "The tolerance can't be negative."
    )
    _active_idx = models.Index("(company_id) WHERE state IN ('requested', 'active')")

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("item_ids")
    def _compute_terms(self):
        for plan in self:
            items = plan.item_ids._origin
            policy = self.env["credit.policy"]._answer_policy(items)
            plan.tolerance_days = policy.plan_tolerance_days
            plan.amount_fee = 0.0
            if items and policy.plan_fee:
                today = items.company_id._credit_today()
                wanted = self._policy_amounts(items, policy)["fee"]
                planned = self._planned_items(items, today)[1]
                fee, _refused = self._allowed_fee(items, planned, wanted, today)
                plan.amount_fee = plan._major(fee)

    @api.depends("residual_start", "amount_fee", "amount_interest")
    def _compute_amount_total(self):
        for plan in self:
            plan.amount_total = (
                plan.residual_start + plan.amount_fee + plan.amount_interest
            )

    @api.depends("state", "line_ids.amount_paid", "line_ids.date", "line_ids.amount")
    def _compute_next(self):
        """Nothing comes next of a plan that is refused or over."""
        for plan in self:
            line = plan.line_ids.browse()
            if plan.state in ("requested", "active"):
                line = plan._next_line()
            plan.date_next = line.date
            plan.amount_next = line.amount - line.amount_paid

    def _next_line(self):
        """The first instalment that is not paid in full."""
        self.ensure_one()
        return self.line_ids.sorted(lambda line: (line.date, line.sequence)).filtered(
            lambda line: (
                line.currency_id
                and line.currency_id.compare_amounts(line.amount, line.amount_paid) > 0
            )
        )[:1]

    @api.constrains("line_ids", "state")
    def _check_total(self):
        for plan in self.filtered(lambda p: p.state == "active"):
            total = sum(plan.line_ids.mapped("amount"))
            if plan.currency_id.compare_amounts(total, plan.amount_total):
                raise ValidationError(
                    self.env._("The instalments don't come to the total of the plan.")
                )

    def _subject_for_debtor(self):
        # EXTENDS credit.response.mixin
        return self.env._("Your payment plan %s", self.name)

    @api.model
    def _told_fields(self):
        # EXTENDS credit.response.mixin
        return super()._told_fields() | {"date_requested"}

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base
        plans_ = super().create(vals_list)
        plans_._check_free()
        if not self.env.context.get("credit_schedule_later"):
            # A plan without instalments would be none. In sudo: whoever agrees to one
            # need not read journal items.
            plans_.sudo().filtered(
                lambda plan: plan.state == "requested" and not plan.line_ids
            )._schedule()
        return plans_

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def _check_state(self, *states):
        self.check_access("write")
        if any(plan.state not in states for plan in self):
            raise UserError(self.env._("The plan is past that."))

    def action_schedule(self):
        """Show the instalments that number, frequency and first day make."""
        self._check_state("requested")
        self._schedule()
        return True

    def action_accept(self):
        """Agree to the plan: its items wait for as long as it is kept.

        :raise UserError: if it would begin with an instalment that is late, or what
            it is about is paid otherwise
        """
        self._check_state("requested")
        self._check_free()
        for plan in self:
            if not plan.line_ids:
                plan._schedule()
        self.sudo()._check_not_late()
        self.sudo()._activate()
        self._tell_decision("mail_template_plan_accepted")
        return True

    def action_refuse(self):
        """Turn the request down: reminders go on."""
        self._check_state("requested")
        self.sudo()._close(
            "refused", self.env._("The payment plan was refused: reminders go on.")
        )
        self._tell_decision("mail_template_plan_refused")
        return True

    def action_cancel(self):
        """End the plan: reminders go on."""
        self._check_state("requested", "active")
        self.sudo()._close(
            "cancelled", self.env._("The payment plan was ended: reminders go on.")
        )
        return True

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def _activate(self):
        for plan in self:
            plan.state = "active"
            earlier = self.env["credit.promise"].search(
                Domain("item_ids", "in", plan.item_ids.ids)
                & Domain("state", "=", "open")
            )
            earlier.with_env(plan.env).action_cancel()
            plan._log_items(
                plan.env._(
                    "Payment plan %(plan)s: %(total)s in %(number)s instalments. No "
                    "reminders while it is kept.",
                    plan=plan.name,
                    total=plan.currency_id.format(plan.amount_total),
                    number=len(plan.line_ids),
                )
            )
        self._claim_fee()
        self._file_schedule()
        self._settle()

    def _close(self, state, body):
        for company, group in self.grouped("company_id").items():
            today = company._credit_today()
            active = group.filtered(lambda plan: plan.state == "active")
            group.write({"state": state, "date_closed": today})
            active._end_interest(today)
        if state != "done":
            self.line_ids._drop()
        self._log_items(body)

    def _paid_sums(self):
        """{plan: what was paid, minor units}: items first, then fee and interest."""
        open_sums = self._open_sums()
        settled = self._charges_settled()
        paid = {
            plan: settled[plan]
            + max(0, plan._minor(plan.residual_start) - open_sums.get(plan.id, 0))
            for plan in self
        }
        through = self.filtered(
            lambda plan: (
                open_sums.get(plan.id, 0) <= 0
                and plan.amount_total > plan.residual_start
            )
        )
        engine = self.env["credit.engine"].sudo()
        for company, plans_ in through.grouped("company_id").items():
            credits_ = engine._credits(company, plans_.partner_id.ids)
            for plan in plans_:
                rest = credits_.get((plan.partner_id.id, plan.currency_id.id), 0)
                paid[plan] += max(0, plan._minor(rest))
        return paid

    def _settle(self):
        """Settle the instalments of active plans by what was paid.

        In sudo: a payment says what became of a plan, whoever enters it. A plan that
        was done is active again when its payment is taken back; interest that ended
        with the payment does not begin anew. What is under way breaks nothing.
        """
        self._close_paid_requests()
        running = self.filtered(lambda plan: plan.state in ("active", "done"))
        running -= running._being_corrected()
        running.filtered(lambda plan: plan.state == "active")._follow_interest()
        coming = running._coming()
        for plan, paid in running._paid_sums().items():
            begun = coming[plan]
            plan = plan._in_house()
            today = plan.company_id._credit_today()
            lines = plan.line_ids.sorted(lambda line: (line.date, line.sequence))
            amounts = [plan._minor(line.amount) for line in lines]
            if plan.state == "done":
                # Its credit may have been used for something else meanwhile.
                if paid >= plan._minor(plan.residual_start):
                    continue
                plan.write({"state": "active", "date_closed": False})
            facts, hoped = [], []
            parts = plans.settle(amounts, paid)
            awaited = plans.settle(amounts, max(0, paid) + begun)
            for line, amount, part, most in zip(
                lines, amounts, parts, awaited, strict=True
            ):
                facts.append((line.date, amount, part))
                hoped.append((line.date, amount, most))
                values = {
                    "amount_paid": plan._major(part),
                    "state": plans.line_state(line.date, amount, part, today, most),
                }
                changed = {k: v for k, v in values.items() if line[k] != v}
                if changed:
                    line.write(changed)
            plan.amount_paid = plan._major(min(paid, sum(amounts)))
            state = plans.plan_state(facts, plan.tolerance_days, today)
            if state == "broken" and begun:
                state = plans.plan_state(hoped, plan.tolerance_days, today)
                state = "broken" if state == "broken" else "active"
            if state == "done":
                plan._close("done", plan.env._("The payment plan is paid."))
            elif state == "broken":
                plan._close(
                    "broken",
                    plan.env._(
                        "An instalment was not paid: the payment plan is broken, "
                        "reminders go on."
                    ),
                )
                plan._resume()

    def _coming(self):
        """{plan: what is under way of its items, fee and interest, in minor units}."""
        begun = self._under_way()
        charges = self.env["credit.account"]._charges_under_way(self.charge_ids)
        return {
            plan: sum(amount for _day, amount in begun[plan])
            + plan._minor(sum((plan.charge_ids & charges).mapped("amount_open")))
            for plan in self
        }

    def _adapt(self, change):
        """Make the last instalments smaller, or the last one larger.

        :param float change: of what was open at the start
        """
        if change < 0:
            self.line_ids = self._shortened_lines(-change)
        elif self.line_ids:
            last = self.line_ids.sorted(lambda line: (line.date, line.sequence))[-1:]
            values = {"amount": last.amount + change}
            self.line_ids = [fields.Command.update(last.id, values)]

    def _follow_interest(self):
        """Claim what interest has become due; none runs once the items are paid."""
        open_sums = self._open_sums()
        for plan in self:
            if plan.item_ids and open_sums.get(plan.id, 0) <= 0:
                plan._end_interest(plan._paid_off_on())
            else:
                plan._accrue(plan.company_id._credit_today())

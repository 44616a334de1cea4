from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine import plans
from ..engine.coming import rate_on
from .credit_regime_resolution import to_minor

FREQUENCIES = [
    ("month", "Every month"),
    ("two_weeks", "Every two weeks"),
    ("week", "Every week"),
]


class CreditPlan(models.Model):
    """A debtor pays some items in instalments.

    Amounts are in the currency of the items. The items of a plan that is asked for or
    active are not reminded. Payments settle the instalments in their order; what comes
    in after the items are paid settles fee and interest.
    """

    _name = "credit.plan"
    _description = "Payment Plan"
    _inherit = ["credit.agreement.mixin"]
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        string="Reference",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env["ir.sequence"].next_by_code("credit.plan"),
    )
    item_ids = fields.Many2many(
        "account.move.line",
        "credit_plan_item_rel",
        "plan_id",
        "item_id",
        string="Items",
    )
    line_ids = fields.One2many("credit.plan.line", "plan_id", string="Instalments")
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("active", "Active"),
            ("done", "Done"),
            ("broken", "Broken"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
            ("replaced", "Replaced"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    amount_fee = fields.Monetary(
        string="Fee", compute="_compute_terms", store=True, readonly=False
    )
    amount_interest = fields.Monetary(
        string="Interest",
        readonly=True,
        help="On what is left at each instalment, at the rate of the day on which the "
        "plan is made.",
    )
    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amount_total",
        store=True,
        help="The items, the fee and the interest.",
    )
    amount_next = fields.Monetary(
        string="Next amount", compute="_compute_next", help="Of the next instalment."
    )
    date_next = fields.Date(string="Next on", compute="_compute_next")
    frequency = fields.Selection(FREQUENCIES, default="month", required=True)
    first_date = fields.Date(
        string="First instalment",
        required=True,
        default=lambda self: fields.Date.add(
            self.env.company._credit_today(), months=1
        ),
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
            plan.amount_fee = items and self._policy_amounts(items, policy)["fee"]

    @api.depends("residual_start", "amount_fee", "amount_interest")
    def _compute_amount_total(self):
        for plan in self:
            plan.amount_total = (
                plan.residual_start + plan.amount_fee + plan.amount_interest
            )

    @api.depends("line_ids.amount_paid", "line_ids.date", "line_ids.amount")
    def _compute_next(self):
        for plan in self:
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

    # ------------------------------------------------------------------
    # Offering
    # ------------------------------------------------------------------

    @api.model
    def _policy_amounts(self, items, policy):
        """Fee and smallest instalment of a policy, in the currency of the items."""
        company = items.company_id
        today = company._credit_today()

        def convert(amount):
            return company.currency_id._convert(
                amount, items.currency_id, company, today
            )

        return {
            "fee": convert(policy.plan_fee),
            "min_amount": convert(policy.plan_min_amount),
        }

    @api.model
    def _interest_of(self, items, instalments, today):
        """Interest of a plan in minor units, at the rates of ``today``.

        Each item bears the rate that its regime and terms give it; one without a known
        rate bears none.
        """
        book = self.env["credit.rate"].sudo()._book(items.company_id)
        weighted = whole = 0
        for row in self.env["credit.engine"]._assess_items(items, today).values():
            percent = 0
            if row["regime"].interest_start != "none":
                percent = rate_on(book, row["regime"], row["terms"], today) or 0
            weighted += row["residual"] * percent
            whole += row["residual"]
        if not whole or not weighted:
            return 0
        return plans.interest(instalments, weighted / whole, today)

    @api.model
    def _offer(self, items, number, frequency, first_date, fee=None):
        """What a plan would come to. Writes nothing.

        :param items: open journal items of one debtor, company and currency
        :param float fee: instead of the policy's, in the items' currency
        :return: dict(schedule: tuple of (day, amount), fee, interest, total, residual,
            refusals: texts for the debtor, within: whether it is accepted at once)
        :raise UserError: in words for the debtor, if no such plan can be made
        """
        policy = self.env["credit.policy"]._answer_policy(items)
        company, currency = items.company_id, items.currency_id
        today = company._credit_today()
        amounts = self._policy_amounts(items, policy)
        fee = to_minor(amounts["fee"] if fee is None else fee, currency)
        residual = to_minor(sum(items._credit_claimable().values()), currency)
        step = max(1, to_minor(currency.rounding, currency))
        try:
            schedule = plans.schedule(
                residual + fee, number, first_date, frequency, step
            )
            interest = 0
            if policy.plan_interest == "legal":
                interest = self._interest_of(items, schedule, today)
                schedule = plans.schedule(
                    residual + fee + interest, number, first_date, frequency, step
                )
        except (ValueError, OverflowError) as error:
            raise UserError(
                self.env._("A plan of that many instalments can't be made.")
            ) from error
        limits = plans.PlanLimits(
            policy.plan_max_number,
            to_minor(amounts["min_amount"], currency),
            policy.plan_max_days,
        )
        codes = plans.within_limits(schedule, limits, today)
        texts = self._refusal_texts(limits, today, currency)
        if "past" in codes:
            raise UserError(texts["past"])
        unit = 10**currency.decimal_places
        return {
            "schedule": tuple(
                (day, currency.round(amount / unit)) for day, amount in schedule
            ),
            "fee": currency.round(fee / unit),
            "interest": currency.round(interest / unit),
            "residual": currency.round(residual / unit),
            "total": currency.round((residual + fee + interest) / unit),
            "refusals": [texts[code] for code in codes],
            "within": not codes and policy.plan_auto,
        }

    @api.model
    def _refusal_texts(self, limits, today, currency):
        _ = self.env._
        last = fields.Date.add(today, days=limits.max_days)
        least = limits.min_amount / 10**currency.decimal_places
        return {
            "number": _("More than %s instalments.", limits.max_number),
            "amount": _("Instalments of less than %s.", currency.format(least)),
            "duration": _("The last instalment after %s.", format_date(self.env, last)),
            "past": _("The first instalment can't be in the past."),
        }

    @api.model
    def _request(
        self,
        items,
        number,
        frequency,
        first_date,
        source="portal",
        reminder=None,
        accepted_name=None,
        accepted_ip=None,
        acknowledgement_html=None,
        note=None,
    ):
        """Ask for a plan: active at once inside the policy's limits, else a request.

        :return: the plan
        :raise UserError: in words for the debtor, if there is one already or none can
            be made
        """
        running = self.search(
            Domain("item_ids", "in", items.ids)
            & Domain("state", "in", ("requested", "active"))
        )
        if running:
            raise UserError(self.env._("There is a plan for these invoices already."))
        offer = self._offer(items, number, frequency, first_date)
        before = self.search_count(
            Domain("item_ids", "in", items.ids) & Domain("state", "=", "broken"),
            limit=1,
        )
        partner = items.partner_id.commercial_partner_id[:1]
        collector = partner.with_company(items.company_id).credit_user_id
        plan = self.create(
            {
                "item_ids": [fields.Command.set(items.ids)],
                "number": number,
                "frequency": frequency,
                "first_date": first_date,
                "date_requested": items.company_id._credit_today(),
                "source": source,
                "reminder_id": reminder.id if reminder else False,
                "user_id": collector.id or (source != "portal" and self.env.uid),
                "accepted_name": accepted_name,
                "accepted_date": accepted_name and fields.Datetime.now(),
                "accepted_ip": accepted_ip,
                "acknowledgement_html": acknowledgement_html,
                "note": note,
            }
        )
        plan._schedule(offer)
        # Whoever broke a plan asks a person for the next one.
        if offer["within"] and not before:
            plan._activate()
        else:
            plan._log_items(
                self.env._("A payment plan was asked for: no reminders meanwhile.")
            )
        return plan

    def _schedule(self, offer=None):
        """Make the instalments anew."""
        for plan in self:
            offer = offer or self._offer(
                plan.item_ids,
                plan.number,
                plan.frequency,
                plan.first_date,
                fee=plan.amount_fee,
            )
            plan.write(
                {
                    "residual_start": offer["residual"],
                    "amount_fee": offer["fee"],
                    "amount_interest": offer["interest"],
                    "line_ids": [
                        fields.Command.clear(),
                        *(
                            fields.Command.create(
                                {"sequence": index, "date": day, "amount": amount}
                            )
                            for index, (day, amount) in enumerate(
                                offer["schedule"], start=1
                            )
                        ),
                    ],
                }
            )
            offer = None

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
        """Agree to the plan: its items wait for as long as it is kept."""
        self._check_state("requested")
        for plan in self:
            if not plan.line_ids:
                plan._schedule()
        self.sudo()._activate()
        return True

    def action_refuse(self):
        """Turn the request down: reminders go on."""
        self._check_state("requested")
        self.sudo()._close(
            "refused", self.env._("The payment plan was refused: reminders go on.")
        )
        return True

    def action_cancel(self):
        """End the plan: reminders go on."""
        self._check_state("requested", "active")
        self.sudo()._close(
            "cancelled", self.env._("The payment plan was ended: reminders go on.")
        )
        return True

    def action_renegotiate(self):
        """Make a new plan of what is left. The old one stays as it was."""
        self.ensure_one()
        self._check_state("active", "broken")
        items = self.item_ids.filtered(lambda item: not item.reconciled)
        if not items:
            raise UserError(self.env._("Nothing is left to be paid."))
        old = self.sudo()
        old.write({"state": "replaced", "date_closed": self.company_id._credit_today()})
        plan = old.create(
            {
                "item_ids": [fields.Command.set(items.ids)],
                "number": max(
                    1, len(old.line_ids.filtered(lambda line: line.state != "paid"))
                ),
                "frequency": old.frequency,
                "first_date": max(
                    old._next_line().date or fields.Date.today(),
                    self.company_id._credit_today(),
                ),
                "source": "collector",
                "user_id": self.env.uid,
                "replaces_id": old.id,
                "reminder_id": old.reminder_id.id,
                "amount_fee": 0,
            }
        )
        plan._schedule()
        plan._log_items(self.env._("The payment plan is renegotiated."))
        return plan.sudo(False)._get_records_action(name=self.env._("Payment Plan"))

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
            earlier.action_cancel()
            plan._log_items(
                self.env._(
                    "Payment plan %(plan)s: %(total)s in %(number)s instalments. No "
                    "reminders while it is kept.",
                    plan=plan.name,
                    total=plan.currency_id.format(plan.amount_total),
                    number=len(plan.line_ids),
                )
            )
        self._settle()

    def _close(self, state, body):
        for company, group in self.grouped("company_id").items():
            group.write({"state": state, "date_closed": company._credit_today()})
        self._log_items(body)

    def _paid_sums(self):
        """{plan: what was paid, minor units}: items first, then fee and interest."""
        open_sums = self._open_sums()
        paid = {
            plan: max(0, plan._minor(plan.residual_start) - open_sums.get(plan.id, 0))
            for plan in self
        }
        through = self.filtered(
            lambda plan: (
                not open_sums.get(plan.id) and plan.amount_total > plan.residual_start
            )
        )
        engine = self.env["credit.engine"].sudo()
        for company, plans_ in through.grouped("company_id").items():
            rows = self.env.execute_query(
                engine._credits_sql(company, plans_.partner_id.ids)
            )
            credits_ = {(row[0], row[1]): row[2] for row in rows}
            for plan in plans_:
                rest = credits_.get((plan.partner_id.id, plan.currency_id.id), 0)
                paid[plan] += max(0, plan._minor(float(rest)))
        return paid

    def _settle(self):
        """Settle the instalments of active plans by what was paid.

        In sudo: a payment says what became of a plan, whoever enters it. A plan that
        was done is active again when its payment is taken back.
        """
        running = self.filtered(lambda plan: plan.state in ("active", "done"))
        for plan, paid in running._paid_sums().items():
            today = plan.company_id._credit_today()
            lines = plan.line_ids.sorted(lambda line: (line.date, line.sequence))
            amounts = [plan._minor(line.amount) for line in lines]
            if plan.state == "done":
                # Its credit may have been used for something else meanwhile.
                if paid >= plan._minor(plan.residual_start):
                    continue
                plan.write({"state": "active", "date_closed": False})
            facts = []
            parts = plans.settle(amounts, paid)
            for line, amount, part in zip(lines, amounts, parts, strict=True):
                facts.append((line.date, amount, part))
                values = {
                    "amount_paid": plan._major(part),
                    "state": plans.line_state(line.date, amount, part, today),
                }
                changed = {k: v for k, v in values.items() if line[k] != v}
                if changed:
                    line.write(changed)
            plan.amount_paid = plan._major(min(paid, sum(amounts)))
            state = plans.plan_state(facts, plan.tolerance_days, today)
            if state == "done":
                plan._close("done", self.env._("The payment plan is paid."))
            elif state == "broken":
                plan._close(
                    "broken",
                    self.env._(
                        "An instalment was not paid: the payment plan is broken, "
                        "reminders go on."
                    ),
                )
                self.env["credit.policy"]._resume_after_break(plan.item_ids)

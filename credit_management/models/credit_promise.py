from datetime import timedelta
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import get_lang

from ..engine import promises
from ..report.wording import date_text, day_text
from .credit_regime_resolution import to_minor

#: Days within which anybody may promise, a collector too.
MAX_DAYS = 3650


class CreditPromise(models.Model):
    """What a debtor promised to pay for some items by a day.

    Several days with amounts are several promises of one ``series``, for the same
    items. Amounts are in the currency of the items. While a promise is open and its
    ``grace_date`` is not over, its items are not reminded.
    """

    _name = "credit.promise"
    _description = "Promise to Pay"
    _inherit = ["credit.agreement.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    item_ids = fields.Many2many(
        "account.move.line",
        "credit_promise_item_rel",
        "promise_id",
        "item_id",
        string="Items",
        help="The open items that the debtor promised to pay.",
    )
    resume_step_ids = fields.Many2many(
        "credit.policy.step",
        "credit_promise_resume_rel",
        "promise_id",
        "step_id",
        string="Reminders go on at",
        readonly=True,
        copy=False,
        help="What the policies name for a broken promise: due at once.",
    )
    date = fields.Date(
        string="Promised for",
        required=True,
        tracking=True,
        default=lambda self: self.env.company._credit_day_to_pay(days=7),
    )
    grace_date = fields.Date(
        string="Grace until",
        compute="_compute_grace_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The last day on which the payment still keeps the promise.",
    )
    date_promised = fields.Date(
        string="Promised on",
        required=True,
        default=lambda self: self.env.company._credit_today(),
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
    )
    amount_before = fields.Monetary(
        string="Promised before",
        readonly=True,
        help="What the earlier promises of the same series come to.",
    )
    series = fields.Char(
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The same for promises made together.",
    )
    state = fields.Selection(
        [
            ("open", "Running"),
            ("kept", "Kept"),
            ("partly", "Partly kept"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )

    late_text = fields.Char(compute="_compute_late_text")

    _check_amount = models.Constraint(
        "CHECK (amount > 0)", "A promise is for more than nothing."
    )
    _check_grace = models.Constraint(
        "CHECK (grace_date >= date)", "The grace can't be over before the day."
    )
    # What blocks reminders is looked up for every open item of a company.
    _open_idx = models.Index("(company_id, grace_date) WHERE state = 'open'")
    _broken_idx = models.Index(
        "(company_id) WHERE state IN ('broken', 'partly') AND task_done IS NOT TRUE"
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("date")
    def _compute_grace_date(self):
        for promise in self:
            policy = self.env["credit.policy"]._answer_policy(promise.item_ids._origin)
            promise.grace_date = promise.date and promise.date + timedelta(
                days=policy.promise_grace_days
            )

    @api.depends("residual_start", "amount_credit")
    def _compute_amount(self):
        """By default all that is owed, less what was paid and nobody has matched."""
        for promise in self:
            promise.amount = promise.amount or promise.amount_net

    @api.depends("partner_id", "date")
    def _compute_display_name(self):
        for promise in self:
            day = format_date(self.env, promise.date) if promise.date else ""
            promise.display_name = f"{promise.partner_id.name or ''} {day}".strip()

    def _subject_for_debtor(self):
        # EXTENDS credit.response.mixin
        lang = get_lang(self.env).code
        return self.env._("Your promise for %s", date_text(self.date, "long", lang))

    @api.depends("date", "item_ids")
    @api.depends_context("lang")
    def _compute_late_text(self):
        """Collectors may agree to a later day than debtors may promise alone.

        In sudo: whoever agrees need not read journal items.
        """
        for promise in self:
            promise.late_text = False
            items = promise.sudo().item_ids._origin
            if promise.date and len(items.company_id) == 1:
                today = items.company_id._credit_today()
                last = promises.last_day(self._engine_limits(items), today)
                if promise.date > last:
                    promise.late_text = self.env._(
                        "The policy lets debtors promise a day until %s: you agree to "
                        "a later one.",
                        day_text(self.env, last),
                    )

    def _check_day(self, today=None):
        """A promise is for a day that is not over, and within some years.

        No constraint: once it is made, its day passes.

        :param date today: the day of a change; by default that of the promise
        :raise ValidationError: if it is for another day
        """
        limits = promises.PromiseLimits(max_days=MAX_DAYS)
        for promise in self.filtered(lambda promise: promise.state == "open"):
            last = promises.last_day(limits, promise.date_promised)
            if promise.date < (today or promise.date_promised):
                raise ValidationError(self.env._("The day is in the past."))
            if promise.date > last:
                raise ValidationError(
                    self.env._(
                        "Please choose a day until %s.", day_text(self.env, last)
                    )
                )

    def _check_amount_open(self):
        """What somebody types is at most what is open.

        No constraint: where an invoice is corrected, what was open is worked out anew
        before the amount follows it.

        :raise ValidationError: if more is promised
        """
        for promise in self:
            left = promise.residual_start - promise.amount_before
            if promise.currency_id.compare_amounts(promise.amount, left) > 0:
                raise ValidationError(
                    self.env._(
                        "No more than %s can be promised: so much is open.",
                        promise.currency_id.format(left),
                    )
                )

    @api.model
    def _told_fields(self):
        # EXTENDS credit.response.mixin
        return super()._told_fields() | {"date_promised"}

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: what was promised before for these items no longer applies
        vals_list = [self._add_missing_default_values(vals) for vals in vals_list]
        items = self.env["account.move.line"]
        for vals in vals_list:
            items |= self.new({"item_ids": vals.get("item_ids")}).item_ids._origin
        earlier = self._search_on(items)
        earlier.filtered(lambda promise: promise.state == "open").action_cancel()
        created = super().create(vals_list)
        created._check_free()
        created._check_day()
        created._check_amount_open()
        for promise in created:
            promise._log_items(
                self.env._(
                    "%(amount)s promised for %(day)s: no reminders until %(grace)s.",
                    amount=promise.currency_id.format(promise.amount),
                    day=format_date(self.env, promise.date),
                    grace=format_date(self.env, promise.grace_date),
                )
            )
        return created

    def write(self, vals):
        # EXTENDS base: nobody promises more than there is
        result = super().write(vals)
        if "amount" in vals:
            self._check_amount_open()
        if "date" in vals:
            for company, promises_ in self.grouped("company_id").items():
                promises_._check_day(company._credit_today())
        return result

    # ------------------------------------------------------------------
    # Making
    # ------------------------------------------------------------------

    @api.model
    def _promise_limits(self, items):
        """What the debtor may promise by itself for some open items.

        :param items: journal items of one debtor, company and currency
        :return: dict(last_date, min_amount, residual), amounts in the items' currency
        """
        today = items.company_id._credit_today()
        limits = self._engine_limits(items)
        residual = sum(items._credit_claimable().values())
        currency = items.currency_id
        least = promises.smallest(to_minor(residual, currency), limits)
        return {
            "last_date": promises.last_day(limits, today),
            "min_amount": currency.round(least / 10**currency.decimal_places),
            "residual": residual,
        }

    @api.model
    def _engine_limits(self, items):
        policy = self.env["credit.policy"]._answer_policy(items)
        return promises.PromiseLimits(policy.promise_max_days, policy.promise_min_share)

    @api.model
    def _make(
        self,
        items,
        wanted,
        source="portal",
        reminder=None,
        note=None,
        enforce=True,
    ):
        """Promise to pay some items.

        :param items: open journal items of one debtor, company and currency
        :param wanted: (day, amount in the items' currency) of each promise
        :param bool enforce: hold it against what the policy lets debtors do by
            themselves; a collector may agree to more
        :return: the promises
        :raise UserError: in words for the debtor, if it may not be promised
        """
        today = items.company_id._credit_today()
        currency = items.currency_id
        ordered = sorted((day, to_minor(amount, currency)) for day, amount in wanted)
        residual = to_minor(sum(items._credit_claimable().values()), currency)
        self._check_left(residual)
        limits = self._engine_limits(items) if enforce else None
        limits = limits or promises.PromiseLimits(max_days=MAX_DAYS)
        codes = promises.check(ordered, residual, limits, today)
        if codes:
            raise UserError(self._refusal_texts(items, limits)[codes[0]])
        if enforce:
            self._search_on(items)._refuse_again()
        company = items.company_id
        debtor = items.partner_id.commercial_partner_id[:1].with_company(company)
        house = self._in_house(company, debtor.credit_user_id)
        series = uuid4().hex if len(ordered) > 1 else False
        before, vals_list = 0, []
        for day, amount in ordered:
            vals_list.append(
                {
                    "item_ids": [fields.Command.set(items.ids)],
                    "date": day,
                    "date_promised": today,
                    "amount": currency.round(amount / 10**currency.decimal_places),
                    "amount_before": before / 10**currency.decimal_places,
                    "series": series,
                    "source": source,
                    "reminder_id": reminder.id if reminder else False,
                    "user_id": debtor.credit_user_id.id
                    or (False if source == "portal" else self.env.uid),
                    "note": note,
                }
            )
            before += amount
        return house.create(vals_list).with_env(self.env)

    @api.model
    def _search_on(self, items):
        """Promises, of whatever state but cancelled, on any of some items."""
        return self.search(
            Domain("item_ids", "in", items.ids) & Domain("state", "!=", "cancelled")
        )

    def _refuse_again(self):
        """A debtor puts off its debts once; then it talks to somebody.

        :raise UserError: if something is promised or was broken on these items
        """
        if any(promise.state == "open" for promise in self):
            raise UserError(self.env._("These invoices are promised already."))
        if any(promise.state in ("broken", "partly") for promise in self):
            raise UserError(
                self.env._(
                    "An earlier promise for these invoices was not kept. Please "
                    "contact us."
                )
            )

    @api.model
    def _refusal_texts(self, items, limits):
        _ = self.env._
        today = items.company_id._credit_today()
        left = sum(items._credit_claimable().values())
        much = _("This is more than is open.")
        if items.currency_id.compare_amounts(left, sum(items._credit_open().values())):
            much = _(
                "No more than %s can be promised: the rest is disputed or to be "
                "credited.",
                items.currency_id.format(left),
            )
        return {
            "nothing": _("Please say what you will pay, and when."),
            "past": _("The day is in the past."),
            "late": _(
                "Please choose a day until %s.",
                day_text(self.env, promises.last_day(limits, today)),
            ),
            "twice": _("The same day stands there twice."),
            "much": much,
            "little": _(
                "Please promise at least %s %% of what is open.", limits.min_share
            ),
        }

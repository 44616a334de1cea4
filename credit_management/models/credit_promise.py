from datetime import timedelta
from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date
from odoo.tools.misc import get_lang, split_every

from ..engine import promises
from ..report.wording import date_text, day_text
from .credit_regime_resolution import to_minor

#: Promises that the scheduled action closes before it commits.
BATCH = 200
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
    def _compute_late_text(self):
        """Collectors may agree to a later day than debtors may promise alone."""
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

    def _check_day(self):
        """A promise is for a day that is not over, and within some years.

        No constraint: once it is made, its day passes.

        :raise ValidationError: if it is for another day
        """
        limits = promises.PromiseLimits(max_days=MAX_DAYS)
        for promise in self.filtered(lambda promise: promise.state == "open"):
            last = promises.last_day(limits, promise.date_promised)
            if promise.date < promise.date_promised:
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
            self._check_day()
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

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Drop the promise, as if it had not been made: reminders go on."""
        self.check_access("write")
        for company, group in (
            self.sudo().filtered(lambda p: p.state == "open").grouped("company_id")
        ).items():
            group.write({"state": "cancelled", "date_closed": company._credit_today()})
            group._log_items(self.env._("The promise was cancelled: reminders go on."))
        return True

    def action_settle(self):
        """Look at what was paid, now rather than by the scheduled action."""
        self.check_access("write")
        self.sudo()._settle()
        return True

    def _paid_in_time(self):
        """{promise: what was paid on its items by its grace date, minor units}.

        What a bank statement brought in later, but was paid in time, counts.
        """
        open_sums = self._open_sums()
        given_up = self._given_up()
        self.env.flush_all()
        late = dict.fromkeys(self, 0)
        for promise_id, is_note, amount in self.env.execute_query(self._late_sql()):
            promise = self.browse(promise_id)
            # What was disputed is nobody's payment, whenever it is credited.
            late[promise] += max(0, amount - given_up[promise] * is_note)
        return {
            promise: promise._minor(promise.residual_start)
            - open_sums.get(promise.id, 0)
            - late[promise]
            for promise in self
        }

    def _late_sql(self):
        """What was matched after the grace: (promise id, by a credit note?, amount).

        What was paid online counts from the day on which it was begun.
        """
        return SQL(
            """SELECT promise.id, paid.move_type = 'out_refund',
                      SUM(ROUND(part.debit_amount_currency
                          * POWER(10::numeric, currency.decimal_places)))::bigint
                 FROM credit_promise promise
                 JOIN res_company company ON company.id = promise.company_id
                 JOIN credit_promise_item_rel rel ON rel.promise_id = promise.id
                 JOIN account_partial_reconcile part
                   ON part.debit_move_id = rel.item_id
                  AND part.max_date > promise.grace_date
                 JOIN account_move_line credit ON credit.id = part.credit_move_id
                 JOIN account_move paid ON paid.id = credit.move_id
                 JOIN res_currency currency ON currency.id = part.debit_currency_id
                 LEFT JOIN account_payment payment
                   ON payment.id = paid.origin_payment_id
                 LEFT JOIN payment_transaction tx
                   ON tx.id = payment.payment_transaction_id
                WHERE promise.id = ANY(%s)
                  AND ((tx.create_date AT TIME ZONE 'UTC'
                        AT TIME ZONE COALESCE(company.credit_tz, 'UTC'))::date
                       <= promise.grace_date) IS NOT TRUE
                GROUP BY promise.id, 2""",
            self.ids,
        )

    def _settle(self):
        """Close promises that are kept or broken; open those whose payment is undone.

        In sudo: a payment says what became of a promise, whoever enters it. While one
        that was begun in time is under way nothing is broken.
        """
        settled = self.filtered(lambda promise: promise.state != "cancelled")
        settled -= settled._being_corrected()
        # Of a series the first part decides on the rest.
        settled = settled.sorted(lambda promise: (promise.date, promise.id))
        awaiting = settled._awaiting()
        paid_in_time = settled._paid_in_time()
        besides = settled._paid_besides(paid_in_time)
        for promise, paid in paid_in_time.items():
            if promise.state == "cancelled":
                continue
            paid -= besides[promise]
            today = promise.company_id._credit_today()
            before = promise._minor(promise.amount_before)
            amount = promise._minor(promise.amount)
            state = promises.outcome(paid, before, amount, promise.grace_date, today)
            if promise in awaiting:
                state = "kept" if state == "kept" else "open"
            part = promise._major(promises.paid_part(paid, before, amount))
            values = {}
            if promise.currency_id.compare_amounts(promise.amount_paid, part):
                values["amount_paid"] = part
            rest = promise._major(besides[promise])
            if promise.currency_id.compare_amounts(promise.amount_besides, rest):
                values["amount_besides"] = rest
            if promise.state != state:
                values["state"] = state
                values["date_closed"] = False if state == "open" else today
                values["task_done"] = False
                values["resume_step_ids"] = [fields.Command.clear()]
            if values:
                promise.write(values)
            if "state" in values:
                promise._in_house()._log_outcome()

    def _awaiting(self):
        """Open promises of which a payment is under way that was begun in time."""
        running = self.filtered(lambda promise: promise.state == "open")
        under_way = running._under_way()
        return running.filtered(
            lambda promise: any(
                day <= promise.grace_date for day, _amount in under_way[promise]
            )
        )

    def _paid_so_far(self):
        # EXTENDS credit.agreement.mixin: promises of a series count one after another
        if not self.series:
            return self.amount_paid
        series = self.search([("series", "=", self.series)])
        return sum(series.mapped("amount_paid"))

    def _adapt(self, change):
        """Promise no more than there is to pay, and all of it where all was promised.

        :param float change: of what was open at the start
        """
        before = self.residual_start - change
        left = self.residual_start - self.amount_before
        promised = self.amount_before + self.amount
        whole = not self.currency_id.compare_amounts(promised, before)
        if left > 0 and (whole or self.amount > left):
            self.amount = left

    def _log_outcome(self):
        """Say on the invoices what became of the promise, and resume reminders."""
        self.ensure_one()
        day = format_date(self.env, self.date)
        text = {
            "kept": self.env._("The promise for %s was kept.", day),
            "open": self.env._(
                "The payment was taken back: the promise for %s is open again.", day
            ),
            "partly": self.env._(
                "The promise for %(day)s was kept in part (%(paid)s of %(amount)s): "
                "reminders go on.",
                day=day,
                paid=self.currency_id.format(self.amount_paid),
                amount=self.currency_id.format(self.amount),
            ),
            "broken": self.env._(
                "The promise for %s was broken: reminders go on.", day
            ),
        }[self.state]
        self._log_items(text)
        if self.state in ("partly", "broken"):
            self._resume()

    @api.model
    def _cron_close(self):
        """Close what was not kept by its day and grace, company by company."""
        overdue = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("grace_date", "<", company._credit_today())
            for company in self.env["res.company"].search([])
        )
        domain = Domain("state", "=", "open") & overdue
        # Each is looked at once: those that a payment under way may keep stay open.
        todo = self.search(domain, order="id").ids
        done = 0
        for ids in split_every(BATCH, todo):
            self.browse(ids).try_lock_for_update().filtered_domain(domain)._settle()
            done += len(ids)
            if not self.env["ir.cron"]._commit_progress(
                len(ids), remaining=len(todo) - done
            ):
                break

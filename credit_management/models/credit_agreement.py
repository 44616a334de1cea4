"""What promises and plans have in common: the items they are about."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..engine import agreements
from .credit_account import UNDER_WAY
from .credit_regime_resolution import to_minor


def to_major(amount, currency):
    """An amount in major units from one in minor units."""
    return currency.round(amount / 10**currency.decimal_places)


class CreditAgreementMixin(models.AbstractModel):
    """An agreement with a debtor about open items of one company and currency.

    The models define ``item_ids`` and ``resume_step_ids``. Amounts are in the currency
    of the items.
    """

    _name = "credit.agreement.mixin"
    _description = "Agreement with a Debtor"
    _inherit = ["credit.claimed.mixin", "credit.items.mixin"]

    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_debtor",
        store=True,
        precompute=True,
        required=True,
    )
    residual_start = fields.Monetary(
        string="Open at the start",
        compute="_compute_residual_start",
        store=True,
        precompute=True,
        help="What the items came to when it was agreed, without what is disputed.",
    )
    disputed_start = fields.Monetary(
        string="Disputed at the start",
        compute="_compute_residual_start",
        store=True,
        precompute=True,
        help="What was disputed of the items when it was agreed: none of it.",
    )
    credited_start = fields.Monetary(
        string="Credited before",
        compute="_compute_residual_start",
        store=True,
        precompute=True,
        help="Credit notes that were matched with the items when it was agreed.",
    )
    amount_paid = fields.Monetary(
        string="Paid",
        readonly=True,
        copy=False,
        help="What was paid on the items since.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        # Whoever enters it; nobody where a job does.
        default=lambda self: self.env.user.filtered("active"),
    )
    note = fields.Text(tracking=True)
    date_closed = fields.Date(string="Closed on", readonly=True, copy=False)
    task_done = fields.Boolean(
        string="Followed up",
        readonly=True,
        copy=False,
        help="Somebody has seen to it after it was broken: it leaves the worklist.",
    )

    @api.depends("item_ids")
    def _compute_debtor(self):
        # Whose it is does not change while its invoices are corrected.
        for record in self.filtered(lambda r: r.item_ids or not r.partner_id):
            items = record.item_ids
            record.company_id = items.company_id[:1]
            record.partner_id = items.partner_id.commercial_partner_id[:1]
            record.currency_id = items.currency_id[:1]

    @api.depends("item_ids")
    def _compute_residual_start(self):
        # Once it is agreed, corrections change it: see `_items_changed`.
        fresh = self.filtered(lambda record: not record._origin)
        for record, values in fresh._start_values().items():
            record.update(values)

    def _start_values(self):
        """What the items come to when something is agreed on them: {record: values}.

        In sudo, as all that follows: whoever agrees need not read journal items.
        """
        items = self.sudo().item_ids._origin
        claimable, open_ = items._credit_claimable(), items._credit_open()
        credited = items._credit_notes()
        values = {}
        for record in self:
            own = record.sudo().item_ids._origin
            agreed = sum(claimable.get(item, 0.0) for item in own)
            values[record] = {
                "residual_start": agreed,
                "disputed_start": max(0.0, sum(open_[item] for item in own) - agreed),
                "credited_start": sum(
                    amount for item in own for _credit, amount in credited.get(item, ())
                ),
            }
        return values

    @api.model
    def _check_left(self, amount):
        """Refuse to agree on what is contested, credited or paid as a whole.

        :param amount: what may be agreed on, in any unit
        :raise UserError: if it is nothing
        """
        if amount <= 0:
            raise UserError(
                self.env._(
                    "Nothing is left to agree on: it is disputed, to be credited or "
                    "paid."
                )
            )

    @api.constrains("item_ids")
    def _check_items(self):
        for record in self:
            items = record.item_ids
            if not items:
                raise ValidationError(self.env._("Say which items it is about."))
            if (
                len(items.company_id) > 1
                or len(items.currency_id) > 1
                or len(items.partner_id.commercial_partner_id) > 1
            ):
                raise ValidationError(
                    self.env._("The items are not of one debtor, company and currency.")
                )
            if any(
                item.account_type != "asset_receivable"
                or item.parent_state != "posted"
                or item.amount_currency < 0
                for item in items
            ):
                raise ValidationError(
                    self.env._("Only posted invoices can be promised or planned.")
                )

    def _items(self):
        # EXTENDS credit.claimed.mixin
        return self.item_ids

    # ------------------------------------------------------------------
    # What may be agreed on
    # ------------------------------------------------------------------

    def _kept_out(self, items):
        """Of which items neither a promise nor a plan may be made, and why.

        A hook for whoever asks for items otherwise.

        :param items: journal items of one debtor and company
        :return: {item id: a text that says what to do instead}
        """
        return {}

    def _check_free(self):
        """Refuse an agreement on what is paid otherwise.

        :raise UserError: in words for the collector, if a plan runs on the items or
            they are kept out
        """
        running = (
            self.env["credit.plan"]
            .sudo()
            .search(
                Domain("item_ids", "in", self.sudo().item_ids.ids)
                & Domain("state", "=", "active")
            )
        )
        for record in self.sudo():
            for text in self.browse(record.id)._kept_out(record.item_ids).values():
                raise UserError(text)
            plans = running.filtered(lambda plan, r=record: plan.item_ids & r.item_ids)
            if record._name == "credit.plan":
                plans -= record
            if plans:
                raise UserError(
                    self.env._(
                        "Payment plan %(plan)s runs for some of these invoices: "
                        "agree on new terms there, or end it first.",
                        plan=plans[0].name,
                    )
                )

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _unmatched_credits(self):
        """Payments and credit notes of the debtors that nobody has matched.

        In the currency of the items, without what other open promises count on.

        :return: {record: amount}, none below zero
        """
        engine = self.env["credit.engine"].sudo()
        amounts = {}
        for company, records in self.grouped("company_id").items():
            debtors = records.partner_id
            found = engine._credits(company, debtors.ids) if company else {}
            groups = (
                self.env["credit.promise"]
                .sudo()
                ._read_group(
                    Domain("company_id", "=", company.id)
                    & Domain("partner_id", "in", debtors.ids)
                    & Domain("state", "=", "open")
                    & Domain("id", "not in", records._origin.ids),
                    ["partner_id", "currency_id"],
                    ["amount_credit:sum"],
                )
            )
            counted = {
                (debtor.id, currency.id): amount for debtor, currency, amount in groups
            }
            for record in records:
                key = (record.partner_id.id, record.currency_id.id)
                amounts[record] = max(0.0, found.get(key, 0.0) - counted.get(key, 0.0))
        return amounts

    def _minor(self, amount):
        self.ensure_one()
        return to_minor(amount, self.currency_id)

    def _major(self, amount):
        self.ensure_one()
        return to_major(amount, self.currency_id)

    def _open_sums(self):
        """What is still open of what was agreed on: {id: amount in minor units}.

        What was disputed at the start is none of it. Less than nothing is open where
        some of that was paid too.
        """
        given_up = self._given_up()
        open_ = self.sudo().item_ids._credit_open()
        sums = {}
        for record in self.filtered("currency_id"):
            items = record.sudo().item_ids
            agreed = record._minor(record.residual_start)
            sums[record.id] = agreed - agreements.paid(
                agreed,
                record._minor(record.disputed_start),
                given_up[record],
                sum(record._minor(open_[item]) for item in items),
            )
        return sums

    def _given_up(self):
        """{record: what was credited since of what was disputed, in minor units}."""
        given_up = dict.fromkeys(self, 0)
        disputed = self.filtered("disputed_start")
        credited = disputed.sudo().item_ids._credit_notes()
        for record in disputed:
            counted = record._credits_counted()
            since = -record.credited_start + sum(
                amount
                for item in record.sudo().item_ids
                for credit, amount in credited.get(item, ())
                if credit not in counted
            )
            given_up[record] = agreements.given_up(
                record._minor(record.disputed_start), record._minor(since)
            )
        return given_up

    def _credits_counted(self):
        """Credits that were left out of what was agreed on: matching pays nothing."""
        return self.env["account.move.line"]

    def _under_way(self):
        """Payments of the items that were begun and are not in the books.

        :return: {record: [(day on which it was begun, amount in minor units)]}
        """
        found = {record: [] for record in self}
        items = self.sudo().item_ids
        if not items:
            return found
        self.env.flush_all()
        shares = {}
        for item_id, transaction_id, share in self.env.execute_query(
            self.env["credit.account"]._transactions_sql(items, UNDER_WAY)
        ):
            shares.setdefault(item_id, []).append((transaction_id, share))
        if not shares:
            return found
        open_ = items._credit_open()
        transactions = self.env["payment.transaction"].sudo()
        transactions = transactions.browse(
            {tx_id for own in shares.values() for tx_id, _share in own}
        )
        by_id = {tx.id: tx for tx in transactions}
        for record in self:
            amounts = {}
            for item in record.sudo().item_ids:
                for tx_id, share in shares.get(item.id, ()):
                    part = record._minor(open_[item]) if share is None else share
                    amounts[tx_id] = amounts.get(tx_id, 0) + part
            for tx_id, amount in sorted(amounts.items()):
                tx = by_id[tx_id]
                amount = min(amount, to_minor(tx.amount, tx.currency_id))
                if amount > 0:
                    day = record.company_id._credit_day(tx.create_date)
                    found[record].append((day, amount))
        return found

    def _log_items(self, body):
        """Write down, on the invoices, what stops or resumes their reminders."""
        for record in self:
            record.sudo().move_ids._credit_log(body)

    def _items_changed(self):
        # EXTENDS credit.items.mixin: what was open is what is open now and was paid
        self.ensure_one()
        before = self.residual_start
        agreed, disputed = self._minor(before), self._minor(self.disputed_start)
        paid = self._minor(self._paid_so_far())
        open_ = self._open_sums().get(self.id, 0)
        agreed, disputed = agreements.corrected(
            agreed, disputed, open_ + paid + disputed
        )
        self.residual_start = self._major(agreed)
        self.disputed_start = self._major(disputed)
        change = self.residual_start - before
        if not self.currency_id.is_zero(change):
            self._adapt(change)
            self._log_items(
                self.env._(
                    "%(record)s follows the invoice: %(amount)s is open now.",
                    record=self.display_name,
                    amount=self.currency_id.format(self._major(agreed - paid)),
                )
            )
        self._settle()

    def _paid_so_far(self):
        """What was paid on the items since it was agreed, as far as it is known."""
        return self.amount_paid

    def _resume(self):
        """Let reminders go on at the steps that policies name for a broken word."""
        self.ensure_one()
        steps = self.env["credit.policy"]._resume_after_break(self.item_ids)
        self.resume_step_ids = [fields.Command.set(steps.ids)]

    def action_task_done(self):
        """It has been seen to: it leaves the worklist."""
        self.check_access("write")
        self.sudo().task_done = True
        return True

    def action_view_items(self):
        """Open the items that it is about."""
        self.ensure_one()
        view = self.env.ref("credit_management.credit_item_view_list")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Items of %s", self.display_name),
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [(view.id, "list")],
            "domain": [("id", "in", self.item_ids.ids)],
        }

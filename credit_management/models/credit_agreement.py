"""What promises and plans have in common: the items they are about."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

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
    amount_paid = fields.Monetary(
        string="Paid",
        readonly=True,
        copy=False,
        help="What was paid on the items since.",
    )
    user_id = fields.Many2one(
        "res.users", string="Collector", default=lambda self: self.env.user
    )
    note = fields.Text()
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
        amounts = self.item_ids._origin._credit_claimable()
        # Once it is agreed, corrections change it: see `_items_changed`.
        for record in self.filtered(lambda record: not record._origin):
            record.residual_start = sum(
                amounts.get(item, 0.0) for item in record.item_ids._origin
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
        """What is still open on the items: {id: amount in minor units}.

        A payment without journal entry leaves the residual as it is; the debtor has
        paid all the same.
        """
        self.env.flush_all()
        field = self._fields["item_ids"]
        rows = self.env.execute_query(
            SQL(
                """SELECT rel.%(column)s,
                          SUM(CASE WHEN move.payment_state
                                        IN ('paid', 'in_payment', 'reversed') THEN 0
                                   ELSE ROUND(aml.amount_residual_currency
                                        * POWER(10::numeric, currency.decimal_places))
                              END)::bigint
                     FROM %(relation)s rel
                     JOIN account_move_line aml ON aml.id = rel.item_id
                     JOIN account_move move ON move.id = aml.move_id
                     JOIN res_currency currency ON currency.id = aml.currency_id
                    WHERE rel.%(column)s = ANY(%(ids)s)
                    GROUP BY rel.%(column)s""",
                column=SQL.identifier(field.column1),
                relation=SQL.identifier(field.relation),
                ids=self.ids,
            )
        )
        return dict(rows)

    def _log_items(self, body):
        """Write down, on the invoices, what stops or resumes their reminders."""
        for record in self:
            record.sudo().move_ids._credit_log(body)

    def _items_changed(self):
        # EXTENDS credit.items.mixin: what was open is what is open now and was paid
        self.ensure_one()
        before = self.residual_start
        paid = self._minor(self._paid_so_far())
        open_ = self._open_sums().get(self.id, 0)
        self.residual_start = self._major(open_ + paid)
        change = self.residual_start - before
        if not self.currency_id.is_zero(change):
            self._adapt(change)
            self._log_items(
                self.env._(
                    "%(record)s follows the invoice: %(amount)s is open now.",
                    record=self.display_name,
                    amount=self.currency_id.format(self._major(open_)),
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

"""Payments and credit notes that nobody has matched, and what is promised beside them.

What the debtor promises is what is owed less what it has paid already without anybody
having matched it. Matching these credits later is no payment of the promise.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CreditPromise(models.Model):
    _inherit = "credit.promise"

    amount_credit = fields.Monetary(
        string="Unmatched credits",
        compute="_compute_amount_credit",
        store=True,
        precompute=True,
        help="Payments and credit notes of the debtor that nobody had matched when it "
        "was promised, as far as the promise is for less than what was open.",
    )
    amount_net = fields.Monetary(
        string="Owed after credits",
        compute="_compute_amount_net",
        help="What was open, less the unmatched credits.",
    )
    credit_item_ids = fields.Many2many(
        "account.move.line",
        "credit_promise_credit_rel",
        "promise_id",
        "item_id",
        string="Credits counted on",
        readonly=True,
        copy=False,
    )

    @api.depends("item_ids", "residual_start")
    def _compute_amount_credit(self):
        # Once it is promised, it is settled; see `_count_credits`.
        fresh = self.filtered(lambda promise: not promise._origin)
        credits_ = fresh._unmatched_credits()
        for promise in fresh:
            promise.amount_credit = min(
                credits_[promise], max(0.0, promise.residual_start)
            )

    @api.depends("residual_start", "amount_credit")
    def _compute_amount_net(self):
        for promise in self:
            promise.amount_net = promise.residual_start - promise.amount_credit

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS credit.promise
        created = super().create(vals_list)
        created.filtered("amount_credit")._count_credits()
        return created

    def _count_credits(self):
        """Keep which credits the promise counts on: those that it leaves out."""
        for promise in self.sudo():
            left_out = promise.residual_start - promise.amount_before - promise.amount
            left_out = max(0.0, min(promise.amount_credit, left_out))
            promise.amount_credit = left_out
            if promise.currency_id.is_zero(left_out):
                continue
            items = self.env["account.move.line"]
            promise.credit_item_ids = items.search(
                promise._open_domain() & Domain("amount_residual_currency", "<", 0)
            ) | items.browse(promise._received_ids())

    def _open_domain(self):
        """What is open of the debtors, in the companies and currencies of the promises.

        Of several promises it is more than each of them is about.
        """
        return (
            Domain("partner_id.commercial_partner_id", "in", self.partner_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & Domain("currency_id", "in", self.currency_id.ids)
            & Domain("account_type", "=", "asset_receivable")
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
        )

    def _received_ids(self):
        """Items of money of the debtor that waits at the bank."""
        self.ensure_one()
        received = self.env["credit.engine"]._received_sql(
            self.company_id, self.partner_id.ids
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT item_id FROM (%s) received WHERE currency_id = %s",
                received,
                self.currency_id.id,
            )
        )
        return [item_id for (item_id,) in rows]

    def _credited(self, paid):
        """What credits pay of the items, or are still to pay: {promise: minor units}.

        Those that wait to be matched pay what else is due first: the page takes them
        off the whole. But who pays exactly what was promised counts on them for the
        rest of the items. In sudo: sums of the debtor's items.

        :param dict paid: {promise: what was paid of its items in time, minor units}
        """
        used = self._credits_used()
        credited = {promise: used.get(promise.id, 0) for promise in self}
        beside = self.sudo().filtered("amount_credit")
        due_besides = beside._due_besides()
        for promise in beside:
            waiting = min(
                promise._minor(promise.amount_credit) - credited[promise],
                promise._minor(
                    -sum(promise.credit_item_ids.mapped("amount_residual_currency"))
                ),
            )
            due = due_besides[promise]
            if paid[promise] == promise._minor(promise.amount):
                due = 0
            credited[promise] += max(0, waiting - due)
        return credited

    def _due_besides(self):
        """What else the debtors owe that is due by today: {promise: minor units}."""
        items = self.env["account.move.line"].search_fetch(
            self._open_domain() & Domain("amount_residual_currency", ">", 0),
            [
                "amount_residual_currency",
                "company_id",
                "currency_id",
                "date_maturity",
                "partner_id",
            ],
        )
        today = {company: company._credit_today() for company in self.company_id}
        owed = items.filtered(
            lambda item: (
                item.date_maturity and item.date_maturity <= today[item.company_id]
            )
        ).grouped(
            lambda item: (
                item.company_id,
                item.partner_id.commercial_partner_id,
                item.currency_id,
            )
        )
        due = {}
        for promise in self:
            key = (promise.company_id, promise.partner_id, promise.currency_id)
            others = owed.get(key, items.browse()) - promise.item_ids
            due[promise] = promise._minor(
                sum(others.mapped("amount_residual_currency"))
            )
        return due

    def _credits_used(self):
        """What of these credits was matched with the items since: {id: minor units}."""
        self.flush_model(["amount_credit", "credit_item_ids", "item_ids"])
        self.env["account.partial.reconcile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT promise.id,
                          LEAST(
                              ROUND(promise.amount_credit
                                  * POWER(10::numeric, currency.decimal_places)),
                              SUM(ROUND(part.debit_amount_currency
                                  * POWER(10::numeric, currency.decimal_places)))
                          )::bigint
                     FROM credit_promise promise
                     JOIN credit_promise_item_rel rel ON rel.promise_id = promise.id
                     JOIN credit_promise_credit_rel credit
                       ON credit.promise_id = promise.id
                     JOIN account_partial_reconcile part
                       ON part.debit_move_id = rel.item_id
                      AND part.credit_move_id = credit.item_id
                     JOIN res_currency currency ON currency.id = promise.currency_id
                    WHERE promise.id = ANY(%s) AND promise.amount_credit > 0
                    GROUP BY promise.id, promise.amount_credit,
                             currency.decimal_places""",
                self.ids,
            )
        )
        return dict(rows)

    def _credits_counted(self):
        # EXTENDS credit.agreement.mixin
        return self.sudo().credit_item_ids

    def _paid_in_time(self):
        # EXTENDS credit.promise
        used = self._credits_used()
        return {
            promise: paid - used.get(promise.id, 0)
            for promise, paid in super()._paid_in_time().items()
        }

    def _paid_so_far(self):
        # EXTENDS credit.promise: what the credits paid is open no more either
        used = self._credits_used().get(self.id, 0)
        return super()._paid_so_far() + self._major(used)

"""Promises of a part: which payments are for the rest, that was not promised."""

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import promises
from .credit_regime_resolution import to_minor


class CreditPromise(models.Model):
    _inherit = "credit.promise"

    amount_besides = fields.Monetary(
        string="Paid besides",
        readonly=True,
        copy=False,
        help="What was paid of the rest of the items, that was not promised.",
    )

    def _paid_besides(self, paid):
        """What of the payments is for what was not promised: {promise: minor units}.

        What was paid online goes where the debtor said: what was promised is chosen
        by name, all else is for the rest first. A transfer says nothing. The page asks
        for the rest that is due and for the promise on its day, so a transfer pays
        what falls due first. Once the grace is over it keeps the promise instead:
        nobody who paid as much as was promised is told to have broken its word.

        :param dict paid: {promise: what was paid of its items in time, minor units}
        """
        besides = dict.fromkeys(self, 0)
        credited = self._credited(paid)
        promised = self._promised()
        rests = {
            # What was open and is neither promised nor credited.
            promise: promise._minor(promise.residual_start - promised[promise])
            - credited[promise]
            for promise in self
        }
        partial = self.filtered(lambda promise: rests[promise] > 0)
        if not partial:
            return besides
        named = partial._paid_online()
        open_ = partial.sudo().item_ids._credit_open()
        for promise in partial:
            rest = rests[promise]
            later = sum(
                to_minor(open_[item], promise.currency_id)
                for item in promise.sudo().item_ids
                if (item.date_maturity or item.date) > promise.date
            )
            first = max(0, rest - later)
            if promise.company_id._credit_today() > promise.grace_date:
                first = 0
            besides[promise] = promises.besides(
                paid[promise],
                rest,
                first,
                named.get((promise.id, False), 0),
                named.get((promise.id, True), 0),
            )
        return besides

    def _promised(self):
        """What was promised of the items, in the whole series: {promise: amount}."""
        series = [name for name in self.mapped("series") if name]
        sums = dict(
            self._read_group(Domain("series", "in", series), ["series"], ["amount:sum"])
        )
        return {
            promise: sums[promise.series] if promise.series else promise.amount
            for promise in self
        }

    def _paid_online(self):
        """What debtors chose to pay on the page since they promised, and in time.

        :return: {(promise id, whether it was chosen as what was promised): minor units}
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT matched.promise_id, tx.credit_promise_id IS NOT NULL,
                          SUM(matched.amount)::bigint
                     FROM (%s) matched
                     JOIN payment_transaction own ON own.id = matched.transaction_id
                     -- What is captured of a payment was chosen with it.
                     JOIN payment_transaction tx
                       ON tx.id = COALESCE(own.source_transaction_id, own.id)
                    WHERE tx.credit_shares IS NOT NULL
                      AND tx.create_date >= matched.promised_on
                      AND matched.in_time
                    GROUP BY 1, 2""",
                self._matched_sql(),
            )
        )
        return {(promise_id, named): amount for promise_id, named, amount in rows}

    def _paid_so_far(self):
        # EXTENDS credit.promise
        return super()._paid_so_far() + self.amount_besides

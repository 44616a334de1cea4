"""Payments that are under way, or were begun a moment ago, for items and charges."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .credit_account import UNDER_WAY

#: A payment that was begun elsewhere and not finished is in the way for so long.
DRAFT_MINUTES = 15


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _transactions_of(self, items, condition):
        """Transactions for some of the items, or for their invoices as a whole.

        :param SQL condition: on ``tx``
        :return: ``{item id: [transaction id]}``
        """
        found = {}
        if items:
            for item_id, transaction_id, _share in self.env.execute_query(
                self._transactions_sql(items, condition)
            ):
                found.setdefault(item_id, []).append(transaction_id)
        return found

    @api.model
    def _transactions_sql(self, items, condition):
        """Query of (item id, transaction id, share): see :meth:`_transactions_of`.

        The share is in minor units, and empty where it is the whole item.
        """
        return SQL(
            """SELECT rel.item_id, tx.id AS transaction_id,
                      CASE WHEN tx.credit_shares IS NOT NULL
                           THEN COALESCE((tx.credit_shares ->> rel.item_id::text)
                                         ::bigint, 0) END AS share
                     FROM payment_transaction tx
                     JOIN credit_transaction_item_rel rel
                       ON rel.transaction_id = tx.id
                     JOIN payment_provider provider ON provider.id = tx.provider_id
                    WHERE rel.item_id IN %(items)s AND %(condition)s
                      AND provider.code NOT IN ('none', 'custom')
                    UNION
                   SELECT aml.id, tx.id, NULL
                     FROM payment_transaction tx
                     JOIN account_invoice_transaction_rel rel
                       ON rel.transaction_id = tx.id
                     JOIN account_move_line aml ON aml.move_id = rel.invoice_id
                     JOIN payment_provider provider ON provider.id = tx.provider_id
                    WHERE aml.id IN %(items)s AND %(condition)s
                      AND provider.code NOT IN ('none', 'custom')
                      -- One that names its items does not stand for whole invoices.
                      AND NOT EXISTS (SELECT FROM credit_transaction_item_rel own
                                       WHERE own.transaction_id = tx.id)""",
            items=tuple(items.ids) or (0,),
            condition=condition,
        )

    @api.model
    def _charges_under_way(self, charges):
        """Those of the charges that are being paid, or are paid and can't be booked:
        a payment without a journal entry matches nothing."""
        unbooked = SQL(
            """tx.state = 'done' AND EXISTS (
                SELECT FROM account_payment payment
                 WHERE payment.id = tx.payment_id AND payment.move_id IS NULL
                   AND payment.state IN ('in_process', 'paid'))"""
        )
        condition = SQL("(%s OR %s)", UNDER_WAY, unbooked)
        found = self._transactions_of_charges(charges, condition)
        return charges.filtered(lambda charge: charge.id in found)

    @api.model
    def _transactions_of_charges(self, charges, condition):
        """Transactions for some of the charges: ``{charge id: [transaction id]}``.

        :param SQL condition: on ``tx``
        """
        found = {}
        if not charges:
            return found
        self.env.flush_all()
        for charge_id, transaction_id in self.env.execute_query(
            SQL(
                """SELECT rel.charge_id, tx.id
                     FROM payment_transaction tx
                     JOIN credit_transaction_charge_rel rel
                       ON rel.transaction_id = tx.id
                     JOIN payment_provider provider ON provider.id = tx.provider_id
                    WHERE rel.charge_id = ANY(%s) AND %s
                      AND provider.code NOT IN ('none', 'custom')""",
                charges.ids,
                condition,
            )
        ):
            found.setdefault(charge_id, []).append(transaction_id)
        return found

    @api.model
    def _begun(self, account, items, charges):
        """Payments of the items or charges that somebody began a moment ago, in another
        window.

        :return: transactions, the latest last
        """
        since = fields.Datetime.now() - timedelta(minutes=DRAFT_MINUTES)
        condition = SQL("tx.state = 'draft' AND tx.create_date >= %s", since)
        found = [
            *self._transactions_of(items, condition).values(),
            *self._transactions_of_charges(charges, condition).values(),
        ]
        ids = sorted({id_ for ids in found for id_ in ids})
        return account.env["payment.transaction"].browse(ids)

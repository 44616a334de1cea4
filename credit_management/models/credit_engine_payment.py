"""Payments on the debtor's page stop reminders, whatever the items are."""

from odoo import api, models
from odoo.tools import SQL


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit.engine: items that are no invoices are paid online too
        own = SQL(
            """aml.id IN (
                SELECT rel.item_id
                  FROM credit_transaction_item_rel rel
                  JOIN payment_transaction tx ON tx.id = rel.transaction_id
                  JOIN payment_provider provider ON provider.id = tx.provider_id
                 WHERE provider.code NOT IN ('none', 'custom')
                   AND (tx.state IN ('pending', 'authorized')
                        OR tx.state = 'done' AND tx.is_post_processed IS NOT TRUE))"""
        )
        return [
            (reason, SQL("(%s OR %s)", condition, own))
            if reason == "in_payment"
            else (reason, condition)
            for reason, condition in super()._block_conditions(company, today, debtors)
        ]

    @api.model
    def _unbooked_sql(self, invoices):
        """What was paid of items without a journal entry: a query for (item_id,
        amount).

        Such a payment leaves the residual as it is, and the state of the invoice is the
        same whatever the amount. It goes to the invoices that it is for in the order of
        their due dates, and to the items of each in theirs; one in another currency
        pays all of them. As Odoo has it, one that was matched with the
        bank counts no more where something is matched with the invoice.

        :param SQL invoices: what the id of an invoice is compared with
        """
        return SQL(
            """SELECT item.id AS item_id,
                      LEAST(item.amount_residual_currency, GREATEST(0, paid.amount
                          - COALESCE(SUM(item.amount_residual_currency) OVER (
                                PARTITION BY item.move_id
                                ORDER BY COALESCE(item.date_maturity, item.date),
                                         item.id
                                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
                            ), 0))) AS amount
                 FROM (
                    SELECT share.move_id, SUM(share.amount) AS amount FROM (
                        SELECT bill.id AS move_id,
                               CASE WHEN payment.currency_id <> bill.currency_id
                                    THEN bill.amount_residual
                                    ELSE LEAST(bill.amount_residual,
                                               GREATEST(0, payment.amount
                                        - COALESCE(SUM(bill.amount_residual) OVER (
                                            PARTITION BY payment.id
                                            ORDER BY COALESCE(bill.invoice_date_due,
                                                              bill.date), bill.id
                                            ROWS BETWEEN UNBOUNDED PRECEDING
                                                 AND 1 PRECEDING), 0)))
                               END AS amount
                          FROM account_payment payment
                          JOIN account_move__account_payment rel
                            ON rel.payment_id = payment.id
                          JOIN account_move bill ON bill.id = rel.invoice_id
                         WHERE payment.id IN (
                                SELECT own.payment_id
                                  FROM account_move__account_payment own
                                 WHERE own.invoice_id %(invoices)s)
                           AND payment.move_id IS NULL
                           AND payment.payment_type = 'inbound'
                           AND bill.payment_state IN ('paid', 'in_payment')
                           AND bill.amount_residual > 0
                           AND (payment.state = 'in_process'
                                OR payment.state = 'paid' AND NOT EXISTS (
                                    SELECT FROM account_move_line matched
                                      JOIN account_partial_reconcile part
                                        ON part.debit_move_id = matched.id
                                     WHERE matched.move_id = bill.id))
                    ) share GROUP BY share.move_id
                 ) paid
                 JOIN account_move_line item ON item.move_id = paid.move_id
                 JOIN account_account account ON account.id = item.account_id
                WHERE account.account_type = 'asset_receivable'
                  AND item.amount_residual_currency > 0""",
            invoices=invoices,
        )

    @api.model
    def _unbooked_of_item(self):
        """The same of one item, as an expression on ``aml`` and ``move``."""
        return SQL(
            """(CASE WHEN move.payment_state IN ('paid', 'in_payment')
                THEN COALESCE((SELECT unbooked.amount FROM (%s) unbooked
                                WHERE unbooked.item_id = aml.id), 0)
                ELSE 0 END)""",
            self._unbooked_sql(SQL("= move.id")),
        )

    @api.model
    def _paid_by_state_sql(self):
        """Whether an item is paid though it has a residual, on ``aml`` and ``move``.

        A payment without journal entry leaves the residual as it is.
        """
        return SQL(
            """(move.payment_state = 'reversed'
                OR move.payment_state IN ('paid', 'in_payment')
                   AND aml.amount_residual_currency <= %s)""",
            self._unbooked_of_item(),
        )

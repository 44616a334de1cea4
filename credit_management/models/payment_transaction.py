import logging

from odoo import fields, models
from odoo.exceptions import UserError

from .credit_agreement import to_major

_logger = logging.getLogger(__name__)


class PaymentTransaction(models.Model):
    _inherit = "payment.transaction"

    credit_item_ids = fields.Many2many(
        "account.move.line",
        "credit_transaction_item_rel",
        "transaction_id",
        "item_id",
        string="Items paid",
        readonly=True,
        copy=False,
        help="What the debtor chose to pay, matched in the order of due dates.",
    )
    credit_shares = fields.Json(
        string="Shares of the items",
        readonly=True,
        copy=False,
        help="What is paid of each item, in the minor unit of the currency.",
    )
    credit_charge_ids = fields.Many2many(
        "credit.charge",
        "credit_transaction_charge_rel",
        "transaction_id",
        "charge_id",
        string="Charges paid",
        readonly=True,
        copy=False,
    )
    credit_promise_id = fields.Many2one(
        "credit.promise",
        string="Promise paid",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What the debtor chose to pay because it was promised.",
    )
    credit_reminder_id = fields.Many2one(
        "credit.reminder",
        string="Paid after",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The reminder whose link led to the payment.",
    )

    credit_set_aside = fields.Boolean(
        string="Set aside",
        readonly=True,
        copy=False,
        help="The debtor began another payment of the same instead. Money that arrives "
        "all the same is entered.",
    )

    def _update_state(self, allowed_states, target_state, state_message):
        # EXTENDS payment: what was set aside may have been paid in another window
        aside = self.browse()
        if target_state in ("pending", "authorized", "done"):
            aside = self.filtered("credit_set_aside")
        transactions = super(PaymentTransaction, self - aside)._update_state(
            allowed_states, target_state, state_message
        )
        if aside:
            transactions |= super(PaymentTransaction, aside)._update_state(
                (*allowed_states, "cancel"), target_state, state_message
            )
        if target_state in ("pending", "authorized", "done"):
            transactions._credit_touch_items()
        return transactions

    def _credit_set_aside(self):
        """Give up payments that were begun and not finished, for another one."""
        self.credit_set_aside = True
        self._set_canceled(
            state_message=self.env._("Another payment was begun instead.")
        )

    def _credit_touch_items(self):
        """Let whoever sends a reminder at this very moment notice the payment.

        The sender locks the items and looks at payments under way. Its look may be
        older than this payment; an item that was changed since makes it look again.
        """
        items = self.credit_item_ids | self.invoice_ids.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.env["credit.account"]._touch(items)
        self.env["credit.account"]._touch(self.credit_charge_ids)

    def _get_invoices_to_notify(self):
        # EXTENDS account_payment: documents that are no invoices are told too
        return super()._get_invoices_to_notify() | self.credit_item_ids.move_id

    def _create_payment(self, **extra_create_values):
        # EXTENDS account_payment: only the chosen items are matched, in their order
        self.ensure_one()
        source = self
        if self.source_transaction_id and (
            self.operation == self.source_transaction_id.operation
        ):
            source = self.source_transaction_id
        items, charges = source.credit_item_ids, source.credit_charge_ids
        if not items and not charges:
            return super()._create_payment(**extra_create_values)
        invoices = self.invoice_ids
        values = {"invoice_ids": invoices, **extra_create_values}
        if account := items[:1].account_id:
            values["destination_account_id"] = account.id
        # Odoo would match the payment with whole invoices.
        self.invoice_ids = False
        payment = super()._create_payment(**values)
        self.invoice_ids = invoices
        # In sudo: an accountant may post-process what books charges.
        source.sudo()._credit_match_payment(payment.sudo())
        return payment

    def _credit_match_payment(self, payment):
        """Match a payment with the items, then or before with the charges.

        Of each item as much as the debtor was shown, and what is left then with what is
        not contested of them. What was paid by other means in the meantime is left out,
        and the rest stays in the debtor's favour.
        """
        self.ensure_one()
        # Without a journal entry nothing can be matched, and charges would stay open.
        paid = payment.move_id.line_ids.filtered(
            lambda line: line.account_id == payment.destination_account_id
        )[:1]
        if not paid:
            return
        items = self.credit_item_ids
        self.env["credit.account"]._lock_items(items)
        documents = self._credit_book_charges()
        claims = documents.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        if self.company_id.credit_pay_charges_first:
            self._credit_match(paid, claims)
        self._credit_match_items(paid, items)
        if not self.company_id.credit_pay_charges_first:
            self._credit_match(paid, claims)

    def _credit_match_items(self, paid, items):
        """Match the items as they were chosen, the oldest first."""
        items = items.sorted(lambda item: (item.date_maturity or item.date, item.id))
        shares = self.credit_shares or {}
        self._credit_match(
            paid,
            items,
            {
                item: to_major(shares.get(str(item.id), 0), item.currency_id)
                for item in items
            },
        )
        if items and not paid.reconciled:
            # Of what was matched a moment ago.
            self.env.flush_all()
            undisputed = self.env["credit.engine"]._undisputed(
                self.company_id, items, waiting=False
            )
            self._credit_match(
                paid, items, {item: undisputed.get(item.id, 0.0) for item in items}
            )

    def _credit_match(self, paid, items, limits=None):
        """Match a payment with open items in their order.

        :param dict limits: the most that is matched of each, by default all of it
        """
        for item in items:
            if paid.reconciled:
                break
            if (
                item.reconciled
                or item.parent_state != "posted"
                or item.account_id != paid.account_id
            ):
                continue
            lines = item | paid
            if limits is not None:
                if item.currency_id.compare_amounts(limits[item], 0) <= 0:
                    continue
                limit = (item.id, paid.id, limits[item])
                lines = lines.with_context(credit_limit=limit)
            lines.reconcile()

    def _credit_book_charges(self):
        """Book the charges that were paid, also where they are only shown otherwise.

        Money that was received for a charge is income: left unbooked, the charge would
        be asked for again. Where the company has named no accounts for charges, their
        part stays in the debtor's favour, and the charge says why it is not booked.
        """
        charges = self.credit_charge_ids.filtered(lambda c: c.amount_open > 0)
        if not charges:
            return self.env["account.move"]
        try:
            with self.env.cr.savepoint():
                return charges._book()
        except UserError as error:
            _logger.warning("Charges %s could not be booked: %s", charges.ids, error)
            charges.invalidate_recordset()
            charges.booking_error = str(error)
            return self.env["account.move"]

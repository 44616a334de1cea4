"""Paying online: what may be paid, for how much, and never twice.

What a debtor chose travels as a short text, so that the page to pay can be opened
again, gone back to and opened twice: it is a question, not an act.

``i.12-15[.c]``   these items, and with ``c`` the charges of their currency
``o.1``           all that is overdue in a currency, with charges, less the credits
``p.15000.1``     a part, in minor units of a currency: the oldest first
``l.7``           an instalment of a plan
``s.7``           a promise

The text proves nothing. Each time it is worked out anew from what is open now; the
transaction is made while the items are locked, and only for the amount that was shown.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..engine.inputs import BadInput, parse_ids, parse_number
from .credit_account import Refused

#: A payment that was begun elsewhere and not finished is in the way for so long.
DRAFT_MINUTES = 15


@dataclass(frozen=True)
class Due:
    """What a choice comes to now: items, charges and the amount for all of them."""

    choice: str
    items: Any
    charges: Any
    amount: float
    currency: Any


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    # ------------------------------------------------------------------
    # What is to be paid
    # ------------------------------------------------------------------

    @api.model
    def _due(self, account, choice):
        """Work out what a choice comes to now.

        :param str choice: from anybody
        :return: :class:`Due`
        :raise Refused: if it is not understood, or something of it is not open now
        """
        kind, _dot, rest = (choice or "").partition(".")
        known = {
            "i": self._due_items,
            "o": self._due_overdue,
            "p": self._due_part,
            "l": self._due_instalment,
            "s": self._due_promise,
        }
        if kind not in known or len(rest) > 6000:
            raise self._not_open(account)
        try:
            due = known[kind](account, rest)
        except BadInput:
            raise self._not_open(account) from None
        if due.currency.compare_amounts(due.amount, 0) <= 0:
            raise self._not_open(account)
        return due

    @api.model
    def _not_open(self, account):
        # One answer for what is paid, never was or belongs to others.
        return Refused(
            account.env._(
                "Some of what you chose is not open any more: it may have been paid "
                "in the meantime. Please look at your account and choose again."
            )
        )

    @api.model
    def _rows_now(self, account):
        rows = self._item_rows(account, self._open_items(account))
        return [row for row in rows if row["amount"] > 0]

    @api.model
    def _due_of_rows(self, account, choice, rows, charges, amount=None):
        items = account.env["account.move.line"].browse(row["id"] for row in rows)
        currency = items.currency_id | charges.currency_id
        if len(currency) != 1:
            raise Refused(
                account.env._("Please pay the amounts of one currency at a time.")
                if currency
                else account.env._("Please choose what you want to pay.")
            )
        if any(not row["payable"] for row in rows):
            raise Refused(
                account.env._(
                    "A payment of some of these items is under way. Please wait until "
                    "it is settled: it may take some days."
                )
            )
        if amount is None:
            amount = sum(row["amount"] for row in rows)
            amount += sum(charges.mapped("amount_open"))
        return Due(choice, items, charges, currency.round(amount), currency)

    @api.model
    def _due_items(self, account, rest):
        ids, _dot, with_charges = rest.partition(".")
        wanted = parse_ids(ids.split("-")) if ids else []
        if with_charges not in ("", "c"):
            raise BadInput("choice")
        rows = [row for row in self._rows_now(account) if row["id"] in wanted]
        if len(rows) != len(wanted):
            raise self._not_open(account)
        charges = account.env["credit.charge"]
        if with_charges:
            charges = self._open_charges(account)
            if rows:
                currency = rows[0]["currency"]
                charges = charges.filtered(lambda c: c.currency_id == currency)
            elif len(charges.currency_id) > 1:
                charges = charges.filtered(
                    lambda c: c.currency_id == charges[0].currency_id
                )
        return self._due_of_rows(account, f"i.{rest}", rows, charges)

    @api.model
    def _due_overdue(self, account, rest):
        currency_id = parse_number(rest, least=1)
        items = self._open_items(account)
        rows = self._item_rows(account, items)
        charges = self._open_charges(account)
        totals = {c.id: total for c, total in self._totals(rows, charges).items()}
        if currency_id not in totals:
            raise self._not_open(account)
        rows = [
            row for row in rows if row["wanted"] and row["currency"].id == currency_id
        ]
        charges = charges.filtered(lambda c: c.currency_id.id == currency_id)
        if not rows and not charges:
            raise self._not_open(account)
        amount = totals[currency_id]["pay"]
        return self._due_of_rows(account, f"o.{rest}", rows, charges, amount)

    @api.model
    def _due_part(self, account, rest):
        minor, _dot, currency_id = rest.partition(".")
        minor = parse_number(minor, least=1)
        currency_id = parse_number(currency_id, least=1)
        rows = [
            row
            for row in self._rows_now(account)
            if row["payable"] and row["currency"].id == currency_id
        ]
        charges = self._open_charges(account).filtered(
            lambda c: c.currency_id.id == currency_id
        )
        currency = account.env["res.currency"].browse(
            [row["currency"].id for row in rows[:1]] or charges.currency_id.ids
        )
        if not currency:
            raise self._not_open(account)
        amount = currency.round(minor / 10**currency.decimal_places)
        owed = sum(row["amount"] for row in rows) + sum(charges.mapped("amount_open"))
        if currency.compare_amounts(amount, owed) > 0:
            raise Refused(
                account.env._("This is more than you owe: %s.", currency.format(owed))
            )
        chosen, rest_amount = [], amount
        charged = sum(charges.mapped("amount_open"))
        if account.company.credit_pay_charges_first:
            rest_amount -= charged
        for row in rows:
            if currency.compare_amounts(rest_amount, 0) <= 0:
                break
            chosen.append(row)
            rest_amount -= row["amount"]
        if (
            not account.company.credit_pay_charges_first
            and currency.compare_amounts(rest_amount, 0) <= 0
        ):
            charges = charges.browse()
        return self._due_of_rows(account, f"p.{rest}", chosen, charges, amount)

    @api.model
    def _due_instalment(self, account, rest):
        line = account.env["credit.plan.line"].search(
            Domain("id", "=", parse_number(rest, least=1))
            & Domain("plan_id.partner_id", "=", account.debtor.id)
            & Domain("plan_id.company_id", "=", account.company.id)
            & Domain("plan_id.state", "=", "active")
            & Domain("state", "in", ("open", "late"))
        )
        if not line:
            raise self._not_open(account)
        plan = line.plan_id
        charges = plan.charge_ids.filtered(lambda c: c.amount_open > 0)
        return self._due_of_answer(
            account,
            f"l.{rest}",
            plan.item_ids,
            line.amount - line.amount_paid,
            charges,
        )

    @api.model
    def _due_promise(self, account, rest):
        promise = account.env["credit.promise"].search(
            Domain("id", "=", parse_number(rest, least=1))
            & Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
            & Domain("state", "=", "open")
        )
        if not promise:
            raise self._not_open(account)
        paid = promise.residual_start - sum(
            promise.item_ids.mapped("amount_residual_currency")
        )
        paid = min(max(paid - promise.amount_before, 0), promise.amount)
        return self._due_of_answer(
            account, f"s.{rest}", promise.item_ids, promise.amount - paid
        )

    @api.model
    def _due_of_answer(self, account, choice, items, amount, charges=None):
        """What was agreed on, at most what is still open of it.

        :param charges: of a plan: they are paid once its items are
        """
        rows = [row for row in self._rows_now(account) if row["item"] in items]
        charges = charges or account.env["credit.charge"]
        if not rows and not charges:
            raise self._not_open(account)
        left = sum(row["amount"] for row in rows)
        if not choice.startswith("l."):
            amount = min(amount, left)
        elif amount <= left:
            charges = charges.browse()
        return self._due_of_rows(account, choice, rows, charges, amount)

    # ------------------------------------------------------------------
    # What is under way
    # ------------------------------------------------------------------

    @api.model
    def _transactions_of(self, items, condition):
        """Transactions for some of the items, or for their invoices as a whole.

        :param SQL condition: on ``tx``
        :return: ``{item id: [transaction id]}``
        """
        found = {}
        if items:
            for item_id, transaction_id in self.env.execute_query(
                self._transactions_sql(items, condition)
            ):
                found.setdefault(item_id, []).append(transaction_id)
        return found

    @api.model
    def _transactions_sql(self, items, condition):
        """Query of (item id, transaction id): see :meth:`_transactions_of`."""
        return SQL(
            """SELECT rel.item_id, tx.id AS transaction_id
                     FROM payment_transaction tx
                     JOIN credit_transaction_item_rel rel
                       ON rel.transaction_id = tx.id
                     JOIN payment_provider provider ON provider.id = tx.provider_id
                    WHERE rel.item_id IN %(items)s AND %(condition)s
                      AND provider.code NOT IN ('none', 'custom')
                    UNION
                   SELECT aml.id, tx.id
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
    def _begun(self, account, items):
        """Payments of the items that somebody began a moment ago, in another window.

        :return: transactions, the latest last
        """
        since = fields.Datetime.now() - timedelta(minutes=DRAFT_MINUTES)
        found = self._transactions_of(
            items, SQL("tx.state = 'draft' AND tx.create_date >= %s", since)
        )
        ids = sorted({id_ for ids in found.values() for id_ in ids})
        return account.env["payment.transaction"].browse(ids)

    # ------------------------------------------------------------------
    # The transaction
    # ------------------------------------------------------------------

    @api.model
    def _payer(self, account):
        """In whose name it is paid: somebody of the debtor's, never a stranger."""
        user = account.env.user
        if (
            not user._is_public()
            and user.partner_id.commercial_partner_id == account.debtor
        ):
            return account.env["res.partner"].browse(user.partner_id.id)
        return account.debtor

    @api.model
    def _transaction_values(self, account, choice, amount, again=0):
        """Check once more, with the items locked, and say what the transaction is for.

        :param float amount: what the debtor was shown
        :param int again: the latest payment begun elsewhere that the debtor was told
            of and wants to leave aside
        :return: (:class:`Due`, values of the transaction)
        :raise Refused: if it is not what was shown any more, or is being paid
        """
        due = self._due(account, choice)
        self._lock_items(due.items)
        if due.charges:
            due.charges.lock_for_update(allow_referencing=True)
        # Anew, now that nobody else can pay or begin to pay the same.
        account.env.invalidate_all()
        due = self._due(account, choice)
        if not isinstance(amount, (int, float)) or isinstance(amount, bool):
            raise self._not_open(account)
        if due.currency.compare_amounts(due.amount, amount):
            raise Refused(
                account.env._(
                    "The amount has changed in the meantime: it is %s now. Please go "
                    "back to your account.",
                    due.currency.format(due.amount),
                )
            )
        begun = self._begun(account, due.items)
        if begun and begun[-1].id > again:
            raise Refused(
                account.env._(
                    "A payment of this was begun a moment ago, perhaps in another "
                    "window. Finish it there, or open the page to pay again."
                )
            )
        invoices = due.items.move_id.filtered(lambda m: m.is_sale_document())
        return due, {
            "invoice_ids": [Command.set(invoices.ids)],
            "credit_item_ids": [Command.set(due.items.ids)],
            "credit_charge_ids": [Command.set(due.charges.ids)],
            "credit_reminder_id": account.reminder.id,
        }

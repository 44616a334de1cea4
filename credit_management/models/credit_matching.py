"""Payments that nobody matched: whose they are, and matched from the worklist."""

from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ..report import payment as references


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    # ------------------------------------------------------------------
    # What a payment names
    # ------------------------------------------------------------------

    @api.model
    def _credit_named(self, company, labels):
        """Whom and what the labels of payments name, by the same queries for all.

        By references of reminders and debtors, and by numbers and references of
        invoices that are not paid.

        :param labels: texts
        :return: list of (debtors, items), one for each label
        """
        found = [
            (
                references.numbers_in_text(label),
                references.numbers_in_text(label, "debtor"),
                references.documents_in_text(label),
            )
            for label in labels
        ]
        sent, told, written = (set().union(*sets) for sets in zip(*found, strict=True))
        reminders = self.env["credit.reminder"].search(
            Domain("id", "in", list(sent)) & Domain("company_id", "=", company.id)
        )
        debtors = self.env["res.partner"].search(
            Domain("id", "in", list(told))
            & Domain("company_id", "in", (False, company.id))
        )
        moves = self.env["account.move"].search(
            Domain("company_id", "=", company.id)
            & Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted")
            & Domain("payment_state", "in", ("not_paid", "partial"))
            & (
                Domain("name", "in", list(written))
                | Domain("payment_reference", "in", list(written))
            )
        )
        # Read for all of them at once.
        payers = reminders.partner_id | moves.partner_id | debtors
        items = reminders.line_ids.move_line_id | moves.line_ids
        (payers.commercial_partner_id, items.mapped("partner_id"))
        moves_of = defaultdict(set)
        for move in moves:
            moves_of[move.name].add(move.id)
            moves_of[move.payment_reference].add(move.id)
        named = []
        for own_sent, own_told, own_written in found:
            own = reminders.browse(own_sent.intersection(reminders.ids))
            bills = moves.browse(
                set().union(*(moves_of.get(text, ()) for text in own_written))
            )
            payers = own.partner_id | bills.commercial_partner_id
            payers |= debtors.browse(own_told.intersection(debtors.ids))
            items = own.line_ids.move_line_id | bills.line_ids
            named.append((payers.commercial_partner_id, items))
        return named

    # ------------------------------------------------------------------
    # Matching
    # ------------------------------------------------------------------

    def action_credit_match(self):
        """Match payments with what their debtor owes, within the currency of each.

        What a payment names by a reference comes first, then the oldest due date. What
        is contested as a whole is left alone, items with a contested part come last.
        Money that waits on the bank's suspense account goes to the debtor's account.

        :raise UserError: if nothing is open that a payment could be matched with
        """
        self.check_access("write")
        for payment in self:
            items = payment._credit_to_match()
            if not items:
                raise UserError(
                    self.env._(
                        "Nothing is open that %s could be matched with.",
                        payment.move_name or payment.display_name,
                    )
                )
            if payment.account_id != items.account_id:
                payment._credit_receive(items.account_id)
            for item in items:
                if payment.reconciled:
                    break
                (payment | item).reconcile()
        return True

    def _credit_match_hint(self):
        """What :meth:`action_credit_match` would pay, for whoever is about to ask."""
        self.ensure_one()
        waiting = self.account_type != "asset_receivable"
        left = -(self.amount_currency if waiting else self.amount_residual_currency)
        names = []
        for item in self._credit_to_match():
            if self.currency_id.compare_amounts(left, 0) <= 0:
                break
            names.append(item.move_name)
            left -= item.amount_residual_currency
        if not names:
            return self.env._("Nothing is open in %s.", self.currency_id.name)
        text = self.env._("It pays %s.", ", ".join(dict.fromkeys(names)))
        if self.currency_id.compare_amounts(left, 0) > 0:
            rest = self.env._("%s are left over.", self.currency_id.format(left))
            text = f"{text} {rest}"
        return text

    def _credit_receive(self, account):
        """Book money that waits on the suspense account of a bank to the debtor."""
        self.ensure_one()
        self.move_id.with_context(skip_readonly_check=True).write(
            {"line_ids": [Command.update(self.id, {"account_id": account.id})]}
        )

    def _credit_to_match(self):
        """The open items that a payment is matched with, in their order.

        They are of one account: that of the payment, or for money that waits at the
        bank that of the first.
        """
        self.ensure_one()
        waiting = self.account_type != "asset_receivable"
        items = self.search(
            Domain("partner_id", "child_of", self.partner_id.commercial_partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & (
                Domain("account_type", "=", "asset_receivable")
                & Domain("account_id.non_trade", "=", False)
                if waiting
                else Domain("account_id", "=", self.account_id.id)
            )
            & Domain("currency_id", "=", self.currency_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("amount_residual_currency", ">", 0)
        )
        if not items:
            return items
        engine = self.env["credit.engine"].sudo()
        undisputed = engine._undisputed(self.company_id, items, waiting=False)
        label = " ".join(filter(None, (self.name, self.ref, self.payment_id.memo)))
        [(_debtors, named)] = self.sudo()._credit_named(self.company_id, [label])
        items = items.filtered(lambda item: undisputed.get(item.id, 0) > 0).sorted(
            lambda item: (
                undisputed[item.id] < item.amount_residual_currency,
                item not in named,
                item.date_maturity or item.date,
                item.id,
            )
        )
        return items.filtered(lambda item: item.account_id == items[0].account_id)

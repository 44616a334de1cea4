"""A remittance in the books: payments, the bill of the fees, what was kept, the bank.

For each payment the third party owes us what it received, instead of the debtor: its
clearing account against the items and charges that are paid, each line matched with
what it pays. The fee is a vendor bill; what the third party kept of it pays the bill.
What arrives at the bank settles the rest of the clearing account.
"""

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor


class CreditRemittance(models.Model):
    _inherit = "credit.remittance"

    def action_book(self):
        """Book what was checked; all of it or nothing.

        :raise UserError: if something has changed since it was checked, or an account
            or journal is missing
        """
        self._check_manager()
        for remittance in self:
            # In sudo: managers of credit book remittances, accountants or not.
            remittance.sudo()._book()
        return True

    def _book(self):
        self.ensure_one()
        if self.try_lock_for_update(allow_referencing=True) != self:
            raise UserError(self.env._("Somebody else is working on %s.", self.name))
        self.invalidate_recordset(["state"])
        self._check_state("checked")
        self._check_unchanged()
        payments = self.line_ids.filtered(lambda line: line.kind == "payment")
        for payment in payments.payment_id.sorted(lambda p: (p.date, p.id)):
            payment._book(self)
        amounts = self._to_book()
        self.bill_id = self._make_fee_bill(amounts)
        self._book_kept(amounts["kept"])
        # From now on the lines are settled.
        self.state = "booked"
        if self.bill_id and self.company_id.credit_fee_bill_post:
            self.bill_id.action_post()
        self._match_bill()
        self._book_bank(amounts["remitted"])
        self._match_clearing()
        self._tell_cases()

    def _check_unchanged(self):
        """Work out once more what was checked.

        :raise UserError: if it comes to something else now
        """
        names = ("collected", "fee", "tax", "kept")
        before = [(line.id, *(line[n] for n in names)) for line in self.line_ids]
        self.state = "draft"
        self._work_out()
        self.line_ids._check_payments()
        after = [(line.id, *(line[n] for n in names)) for line in self.line_ids]
        if sorted(before) != sorted(after):
            raise UserError(
                self.env._(
                    "Something was paid or billed since %s was checked, and its fees "
                    "come to something else now. Take it back to draft and check it "
                    "again.",
                    self.name,
                )
            )
        self.state = "checked"

    # ------------------------------------------------------------------
    # The bill
    # ------------------------------------------------------------------

    def _make_fee_bill(self, amounts):
        """The vendor bill of fees and costs; a refund where fees are given back.

        :param dict amounts: see :meth:`_to_book`
        """
        lines = self.line_ids.filtered("fee").sorted(lambda line: (line.date, line.id))
        vals_list = [line._bill_line_vals() for line in lines]
        stated = amounts["fee"] - self._minor("amount_fee")
        if stated:
            tax = lines.tax_id[:1]
            account = self.company_id.credit_party_fee_account_id
            vals_list.append(
                {
                    "name": self.env._(
                        "Difference accepted: %s", self.difference_reason or ""
                    ),
                    "quantity": 1,
                    "price_unit": to_major(stated, self.currency_id),
                    "tax_ids": [Command.set(tax.ids)],
                    **({"account_id": account.id} if account else {}),
                }
            )
        if not vals_list:
            return self.env["account.move"]
        bill = self.env["credit.case.cost"]._make_bill(
            self.company_id,
            self.party_id,
            self.currency_id,
            vals_list,
            ref=self.reference or self.name,
            credit_remittance_id=self.id,
        )
        self._fit_tax(bill, amounts["tax"])
        lines.cost_id.sudo().write({"bill_id": bill.id})
        return bill

    def _fit_tax(self, bill, tax):
        """Let the bill have the tax that the third party invoices.

        Its way of rounding may be another: a line of tax takes the difference.

        :param int tax: in minor units
        """
        sign = -1 if bill.move_type == "in_refund" else 1
        missing = sign * tax - to_minor(bill.amount_tax, self.currency_id)
        if not missing:
            return
        tax_line = bill.line_ids.filtered("tax_line_id")[:1]
        if not tax_line:
            raise UserError(
                self.env._(
                    "The statement has a tax on the fee, and the mandate has none: "
                    "enter the tax in the mandate."
                )
            )
        amount = tax_line.amount_currency + sign * to_major(missing, self.currency_id)
        bill.write(
            {"line_ids": [Command.update(tax_line.id, {"amount_currency": amount})]}
        )
        if to_minor(bill.amount_tax, self.currency_id) != sign * tax:
            raise UserError(
                self.env._("The tax of the bill can't be made that of the statement.")
            )

    # ------------------------------------------------------------------
    # Entries
    # ------------------------------------------------------------------

    def _clearing_account(self):
        return self.company_id._credit_clearing_account(self.party_id)

    def _entry_line(self, name, account, partner, amount, day, **values):
        """A line of a journal entry.

        :param int amount: minor units of the currency; a credit is negative
        """
        currency = self.currency_id
        company = self.company_id
        major = to_major(amount, currency)
        return {
            "name": name,
            "account_id": account.id,
            "partner_id": partner.id,
            "currency_id": currency.id,
            "amount_currency": major,
            "balance": currency._convert(major, company.currency_id, company, day),
            "tax_ids": [Command.clear()],
            **values,
        }

    def _make_entry(self, lines, day, ref, **values):
        """A posted journal entry of this remittance.

        The first line takes what conversion leaves, so that it balances.
        """
        first, *others = lines
        first["balance"] = -sum(line["balance"] for line in others)
        move = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(
                {
                    "move_type": "entry",
                    "company_id": self.company_id.id,
                    "journal_id": self.company_id._credit_remittance_journal().id,
                    "date": day,
                    "ref": ref,
                    "credit_remittance_id": self.id,
                    "line_ids": [Command.create(line) for line in (first, *others)],
                    **values,
                }
            )
        )
        move.action_post()
        return move

    def _book_kept(self, kept):
        """What the third party held back pays its bill.

        :param int kept: minor units; negative where it gives a fee back
        """
        if not kept:
            return
        party = self.party_id.with_company(self.company_id)
        if not self.bill_id:
            raise UserError(
                self.env._(
                    "The third party kept %(amount)s, and no fee and no cost of it is "
                    "known: correct the statement.",
                    amount=self._money(to_major(kept, self.currency_id)),
                )
            )
        text = self.env._("Kept by %s", self.party_id.display_name)
        payable = self.bill_id.line_ids.filtered(
            lambda line: line.account_type == "liability_payable"
        ).account_id[:1]
        self._make_entry(
            [
                self._entry_line(
                    text, self._clearing_account(), party, -kept, self.date
                ),
                self._entry_line(
                    text,
                    payable or party.property_account_payable_id,
                    party,
                    kept,
                    self.date,
                ),
            ],
            self.date,
            self.reference or self.name,
        )

    def _match_bill(self):
        """Pay the bill by what was kept, as soon as it is posted."""
        self.ensure_one()
        if self.bill_id.state != "posted" or self.state != "booked":
            return
        lines = self.move_ids.line_ids.filtered(
            lambda line: (
                line.account_type == "liability_payable"
                and line.parent_state == "posted"
                and not line.reconciled
                and line.partner_id.commercial_partner_id
                == self.party_id.commercial_partner_id
            )
        )
        if len(lines.account_id) == 1 and len(lines) > 1:
            lines.reconcile()

    def _book_bank(self, remitted):
        """Register what arrived, where it is said in which journal.

        :param int remitted: minor units
        :raise UserError: if the journal has no account for payments that are on their
            way
        """
        if not self.bank_journal_id or not remitted:
            return
        payment = (
            self.env["account.payment"]
            .with_company(self.company_id)
            .create(
                {
                    "payment_type": "inbound" if remitted > 0 else "outbound",
                    "partner_type": "customer",
                    "partner_id": self.party_id.id,
                    "amount": to_major(abs(remitted), self.currency_id),
                    "currency_id": self.currency_id.id,
                    "date": self.date,
                    "journal_id": self.bank_journal_id.id,
                    "memo": self.reference or self.name,
                    "destination_account_id": self._clearing_account().id,
                }
            )
        )
        payment.action_post()
        if not payment.move_id:
            raise UserError(
                self.env._(
                    "Payments in %(journal)s are not booked before they are on the "
                    "bank statement: leave “Received in” empty, and match the bank "
                    "statement with %(account)s.",
                    journal=self.bank_journal_id.display_name,
                    account=self._clearing_account().display_name,
                )
            )
        payment.move_id.credit_remittance_id = self
        self.bank_payment_id = payment

    def _match_clearing(self):
        """Match what is open between us and the third party by remittances."""
        account = self._clearing_account()
        if not account.reconcile:
            return
        lines = self.env["account.move.line"].search(
            Domain("account_id", "=", account.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("currency_id", "=", self.currency_id.id)
            & Domain("partner_id", "child_of", self.party_id.commercial_partner_id.id)
            & Domain("parent_state", "=", "posted")
            & Domain("reconciled", "=", False)
            & Domain("move_id.credit_remittance_id.party_id", "=", self.party_id.id),
            order="date, id",
        )
        signs = {line.balance > 0 for line in lines}
        if len(signs) > 1:
            lines.reconcile()

    def _tell_cases(self):
        """Note on the timelines what was handed on.

        The debtor paid before: there the amount stands, and limitation counts from it.
        """
        self.env["credit.case"]._add_events(
            [
                {
                    "case_id": line.case_id.id,
                    "kind": "status",
                    "name": self.env._(
                        "Handed on in %(remittance)s: %(payment)s",
                        remittance=self.name,
                        payment=line.payment_id.display_name,
                    ),
                    "date": self.company_id._credit_today(),
                    "origin": "system",
                }
                for line in self.line_ids
                if line.kind == "payment"
            ]
        )

    # ------------------------------------------------------------------
    # Undoing
    # ------------------------------------------------------------------

    def action_cancel(self):
        """Take a remittance out of the books again; its payments are reported anew.

        :raise UserError: if one of its payments was taken back since
        """
        self._check_manager()
        for remittance in self:
            remittance._check_state("draft", "checked", "booked")
            if remittance.state == "booked":
                remittance.sudo()._unbook()
            remittance.state = "cancelled"
        # From now on its statement and its payments may be in another one.
        self.env.flush_all()
        return True

    def _unbook(self):
        """Reverse all that was booked."""
        self.ensure_one()
        payments = self.line_ids.filtered(lambda line: line.kind == "payment")
        payments = payments.payment_id
        undone = payments.filtered(lambda payment: payment.state != "remitted")
        if undone:
            raise UserError(
                self.env._(
                    "The payment of %(payment)s was taken back since: %(remittance)s "
                    "can't be cancelled as a whole.",
                    payment=undone[0].display_name,
                    remittance=self.name,
                )
            )
        bank = self.bank_payment_id.with_context(credit_unbook=True)
        if bank:
            bank.move_id.line_ids.remove_move_reconcile()
            bank.action_draft()
            bank.action_cancel()
        self.line_ids.cost_id.write({"bill_id": False})
        if self.bill_id.state == "draft":
            self.bill_id.button_cancel()
        for payment in payments:
            payment._unbook()
        payments.write({"state": "reported", "move_id": False, "paid": False})
        open_moves = self.move_ids.filtered(
            lambda move: (
                move.state == "posted"
                and not move.reversed_entry_id
                and not move.reversal_move_ids
                and move != bank.move_id
            )
        )
        if open_moves:
            today = self.company_id._credit_today()
            open_moves._reverse_moves(
                [
                    {
                        "date": today,
                        "invoice_date": today if move.is_invoice() else False,
                        "ref": self.env._("Cancelled: %s", self.name),
                        "credit_remittance_id": self.id,
                    }
                    for move in open_moves
                ],
                cancel=True,
            )

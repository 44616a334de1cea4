"""Whom the debtor of a case is told to pay: its creditor or the third party."""

from odoo import models

from odoo.addons.credit_management.report.payment import format_account


class CreditCase(models.Model):
    _inherit = "credit.case"

    def _pays_party(self):
        """Whether the mandate has debtors pay the third party."""
        self.ensure_one()
        case = self.sudo()
        return bool(case.party_id) and case.mandate_id.payments_to == "party"

    def _payee_account(self):
        """The bank account that letters of the case name, possibly none."""
        self.ensure_one()
        case = self.sudo()
        accounts = case.env["res.partner.bank"]
        if case._pays_party():
            return accounts._credit_fittest(
                case.party_id, case.company_id, case.currency_id
            )
        return accounts._credit_payee(
            case.company_id, case.currency_id, case._items().move_id
        )

    def _payee_reference(self):
        """By which whoever receives a payment knows what it is for."""
        self.ensure_one()
        return self._pays_party() and self.party_reference or self.name

    def _party_transfers(self):
        """How to pay the third party by transfer, a text for each of these cases."""
        texts = []
        for case in self:
            account = case._payee_account()
            if account:
                texts.append(
                    self.env._(
                        "By transfer to %(account)s, %(holder)s, reference "
                        "%(reference)s",
                        account=format_account(account.acc_number),
                        holder=account.acc_holder_name or account.partner_id.name,
                        reference=case._payee_reference(),
                    )
                )
        return texts


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _payee_case(self):
        """The case of which the third party is to be paid, or none."""
        case = self.sudo().act_id.case_id
        return case if case and case._pays_party() else case.browse()

    def _compute_bank_account_id(self):
        # EXTENDS credit_management: what goes to the third party goes to its account
        result = super()._compute_bank_account_id()
        for reminder in self.filtered("act_id"):
            if case := reminder._payee_case():
                reminder.bank_account_id = case._payee_account()
        return result

    def _compute_payment_reference(self):
        # EXTENDS credit_management
        result = super()._compute_payment_reference()
        for reminder in self.filtered("act_id"):
            if case := reminder._payee_case():
                reminder.payment_reference = case._payee_reference()
        return result

    def _payment_values(self):
        # EXTENDS credit_management
        values = super()._payment_values()
        if case := self._payee_case():
            values["beneficiary"] = (
                self.bank_account_id.acc_holder_name or case.party_id.name
            )
        return values

    def _render_payment(self, button=True):
        # EXTENDS credit_management: nothing of it can be paid on the debtor's page
        return super()._render_payment(button=button and not self._payee_case())

"""Where debtors pay to: one of the company's accounts, and the QR code for it."""

from odoo import api, models, tools


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    @api.model
    def _credit_payee(self, company, currency, moves):
        """The account to pay ``moves`` to, possibly none.

        The one that they name if they agree, else the company's fittest for the
        currency; never one of another currency, which Odoo names for want of better.
        """

        named = moves.partner_bank_id.filtered(
            lambda bank: bank.active and bank.currency_id.id in (False, currency.id)
        )
        if len(named) == 1:
            return named
        return self._credit_fittest(company.partner_id, company, currency)

    @api.model
    def _credit_fittest(self, holder, company, currency):
        """The account of ``holder`` to pay a claim of ``company`` to, possibly none."""
        return holder.bank_ids.filtered(
            lambda bank: (
                bank.company_id.id in (False, company.id)
                and bank.currency_id.id in (False, currency.id)
            )
        ).sorted(
            lambda bank: (
                bank.currency_id != currency,
                not bank.allow_out_payment,
                bank.sequence,
                bank.id,
            )
        )[:1]

    def _credit_qr_payload(self, debtor, currency, amount, reference):
        """What the QR code of a transfer says, by Odoo's own generator, or False.

        :param float amount: in major units
        """
        amount = currency.round(amount)
        if not self or not 0 < amount < 1_000_000_000:
            return False
        arguments = {
            "qr_method": "sct_qr",
            "amount": amount,
            "currency": currency,
            "debtor_partner": debtor,
            "free_communication": reference,
            "structured_communication": reference,
        }
        if not self._credit_takes_qr(self.id, self.acc_number, currency.id):
            return False
        if self._check_for_qr_code_errors(**arguments):
            return False
        return self._get_qr_code_generation_params(**arguments)["value"]

    @api.model
    @tools.ormcache("account_id", "number", "currency_id")
    def _credit_takes_qr(self, account_id, number, currency_id):
        """Whether an account takes transfers by QR code: euros, within SEPA.

        Kept in memory, since the members of SEPA change by upgrades.

        :param str number: of the account, so that another one is looked at anew
        """
        return not self.browse(account_id)._get_error_messages_for_qr(
            "sct_qr",
            self.env["res.partner"],
            self.env["res.currency"].browse(currency_id),
        )

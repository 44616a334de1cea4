"""Where the money of cases is booked, and what mandates say of it."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

#: Domains of accounts.
EXPENSES = "[('account_type', 'in', ('expense', 'expense_direct_cost'))]"


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_clearing_account_id = fields.Many2one(
        "account.account",
        string="Collected by third parties",
        check_company=True,
        domain="[('reconcile', '=', True), ('account_type', 'in', "
        "('asset_receivable', 'asset_current', 'liability_current'))]",
        help="What third parties have received and not handed on yet. Empty: their own "
        "receivable account.",
    )
    credit_remittance_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of remittances",
        check_company=True,
        domain="[('type', '=', 'general')]",
        help="Empty: the first journal for miscellaneous entries.",
    )
    credit_party_fee_account_id = fields.Many2one(
        "account.account",
        string="Fees of third parties",
        check_company=True,
        domain=EXPENSES,
        help="Empty: the account that vendor bills take by themselves.",
    )
    credit_party_cost_account_id = fields.Many2one(
        "account.account",
        string="Costs of acts",
        check_company=True,
        domain=EXPENSES,
        help="Empty: the account that vendor bills take by themselves.",
    )
    credit_fee_bill_post = fields.Boolean(
        string="Post bills of fees at once",
        help="Otherwise they are drafts until an accountant posts them.",
    )

    def _credit_remittance_journal(self):
        """The journal in which remittances are booked.

        :raise UserError: if the company has none
        """
        self.ensure_one()
        journal = self.sudo().credit_remittance_journal_id
        if not journal:
            journal = (
                self.env["account.journal"]
                .sudo()
                .search(
                    Domain("company_id", "parent_of", self.id)
                    & Domain("type", "=", "general"),
                    limit=1,
                )
            )
        if not journal:
            raise UserError(
                self.env._(
                    "%s has no journal for miscellaneous entries, in which remittances "
                    "could be booked.",
                    self.name,
                )
            )
        return journal

    def _credit_clearing_account(self, party):
        """The account on which a third party owes what it has collected."""
        self.ensure_one()
        account = self.sudo().credit_clearing_account_id
        if not account:
            account = party.sudo().with_company(self).property_account_receivable_id
        return account


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_clearing_account_id = fields.Many2one(
        related="company_id.credit_clearing_account_id", readonly=False
    )
    credit_remittance_journal_id = fields.Many2one(
        related="company_id.credit_remittance_journal_id", readonly=False
    )
    credit_party_fee_account_id = fields.Many2one(
        related="company_id.credit_party_fee_account_id", readonly=False
    )
    credit_party_cost_account_id = fields.Many2one(
        related="company_id.credit_party_cost_account_id", readonly=False
    )
    credit_fee_bill_post = fields.Boolean(
        related="company_id.credit_fee_bill_post", readonly=False
    )


class CreditMandate(models.Model):
    _inherit = "credit.mandate"

    fee_direct = fields.Boolean(
        string="Also on what we receive",
        default=True,
        help="The success fee is earned on what the debtor pays to us as well.",
    )
    fee_monthly = fields.Boolean(
        string="Fees billed monthly",
        help="Once a month what is earned and not billed yet is put into a draft, to "
        "be checked and booked. Otherwise somebody asks for it.",
    )

    @api.constrains("tax_id")
    def _check_tax_excluded(self):
        for mandate in self:
            if mandate.tax_id.price_include:
                raise ValidationError(
                    self.env._(
                        "“%(tax)s” is included in prices, and the fees of "
                        "“%(mandate)s” are without tax: choose a tax that is added.",
                        tax=mandate.tax_id.name,
                        mandate=mandate.name,
                    )
                )

    def action_bill_fees(self):
        """Put what is earned and not billed yet into a draft to be looked at.

        :raise UserError: if nothing is to be billed
        """
        remittances = self.env["credit.remittance"]._make_fee_drafts(self)
        if not remittances:
            raise UserError(
                self.env._("No fee and no cost of these mandates is to be billed.")
            )
        return remittances._get_records_action(name=self.env._("Fees to bill"))

    @api.model
    def _cron_bill_fees(self):
        """Draft the fees of mandates that are billed monthly."""
        mandates = self.sudo().search([("fee_monthly", "=", True)])
        self.env["ir.cron"]._commit_progress(remaining=len(mandates))
        for mandate in mandates:
            self.env["credit.remittance"]._make_fee_drafts(mandate)
            if not self.env["ir.cron"]._commit_progress(1):
                break


class AccountMove(models.Model):
    _inherit = "account.move"

    credit_remittance_id = fields.Many2one(
        "credit.remittance",
        string="Remittance",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    credit_case_interest = fields.Boolean(
        string="Interest booked apart",
        readonly=True,
        copy=False,
        help="The payment of a debtor in a case paid interest that is booked as a "
        "charge: what is left of it is principal.",
    )

    def button_draft(self):
        # EXTENDS account: what a remittance booked is undone there, all of it
        for move in self.sudo():
            remittance = move.credit_remittance_id
            if (
                move.move_type == "entry"
                and remittance.state == "booked"
                and not self.env.context.get("credit_unbook")
            ):
                raise UserError(
                    self.env._(
                        "%(move)s was booked by %(remittance)s: cancel that, or take "
                        "the payment back in its case.",
                        move=move.name,
                        remittance=remittance.name,
                    )
                )
        return super().button_draft()

    def _post(self, soft=True):
        # EXTENDS account: the bill of a fee that was kept already is paid by that
        posted = super()._post(soft)
        for remittance in posted.credit_remittance_id.sudo():
            remittance._match_bill()
        return posted

"""Money on the bank: whose it is, by the references that debtors were told to give."""

from collections import defaultdict

from odoo import api, models


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS account: money that nobody is named for belongs to the debtor whose
        # reference it came with, so that nobody is reminded of what is here already
        self._credit_name_debtors(vals_list)
        return super().create(vals_list)

    @api.model
    def _credit_name_debtors(self, vals_list):
        """Fill in the partner of lines to be created where their label names one.

        A reference that stands for several invoices is found by nobody else: matching
        in Odoo compares labels with the references of journal entries.
        """
        by_company = defaultdict(list)
        for vals in vals_list:
            if vals.get("partner_id") or not (vals.get("amount") or 0) > 0:
                continue
            journal = self.env["account.journal"].browse(vals.get("journal_id"))
            if not journal and vals.get("statement_id"):
                statement = self.env["account.bank.statement"]
                journal = statement.browse(vals["statement_id"]).journal_id
            if journal and (vals.get("payment_ref") or vals.get("ref")):
                by_company[journal.company_id].append(vals)
        # Whoever books what the bank says need not see reminders.
        items = self.env["account.move.line"].sudo()
        for company, unnamed in by_company.items():
            named = items._credit_named(
                company,
                [
                    " ".join(filter(None, (vals.get("payment_ref"), vals.get("ref"))))
                    for vals in unnamed
                ],
            )
            for vals, (debtors, _items) in zip(unnamed, named, strict=True):
                # Where a label names several, somebody has to look at it.
                if len(debtors) == 1:
                    vals["partner_id"] = debtors.id

"""Vendor bills for what third parties advanced in cases."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from odoo.addons.credit_management.report.wording import labelled


class CreditCaseCost(models.Model):
    _inherit = "credit.case.cost"

    def _billable(self):
        """Costs that the third party advanced and may invoice to the creditor.

        What stands in one of its statements is billed with that.
        """
        costs = self.filtered(
            lambda cost: (
                cost.state == "accepted"
                and cost.advanced_by == "party"
                and not cost.bill_id
                and not cost._party_bears()
            )
        )
        # In sudo: a cost is not billed twice, whoever may see the statement.
        remitted = (
            self.env["credit.remittance.line"]
            .sudo()
            .search(
                Domain("cost_id", "in", costs.ids) & Domain("state", "!=", "cancelled")
            )
        )
        return costs - remitted.cost_id

    def _party_bears(self):
        """Whether its contract lets the third party bear what it advanced."""
        self.ensure_one()
        mandate = self.case_id.mandate_id
        return mandate.party_id == self.party_id and mandate.cost_bearer == "party"

    def action_bill(self):
        """Draft vendor bills for what third parties advanced, one for each of them.

        :raise UserError: if none of these costs is to be billed
        """
        self._check_manager()
        costs = self._billable()
        if not costs:
            raise UserError(
                self.env._(
                    "None of these costs is to be billed: only those that are "
                    "accepted, that the third party advanced and does not bear by its "
                    "mandate, that have no bill yet and stand in no remittance."
                )
            )
        bills = self.env["account.move"]
        groups = costs.grouped(lambda c: (c.company_id, c.party_id, c.currency_id))
        for (company, party, currency), own in groups.items():
            bill = self._make_bill(
                company,
                party,
                currency,
                [cost._bill_line_vals() for cost in own.sorted("date")],
            )
            own.bill_id = bill
            bills |= bill
        return bills._get_records_action(name=self.env._("Vendor bills"))

    def _bill_line_vals(self):
        self.ensure_one()
        account = self.company_id.sudo().credit_party_cost_account_id
        return {
            "name": labelled(self.env, self.case_id.name, self.name),
            "quantity": 1,
            "price_unit": self.amount,
            "tax_ids": [Command.set(self.tax_id.ids)],
            **({"account_id": account.id} if account else {}),
        }

    @api.model
    def _make_bill(self, company, party, currency, lines, **values):
        """A draft vendor bill of a third party, or a refund where it owes us.

        In sudo: managers of credit need not be accountants, and a draft books nothing.

        :param lines: list of values of its lines; ``price_unit`` may be negative
        """
        owed = sum(line["price_unit"] for line in lines)
        refund = currency.compare_amounts(owed, 0) < 0
        sign = -1 if refund else 1
        today = company._credit_today()
        return (
            self.env["account.move"]
            .sudo()
            .with_company(company)
            .create(
                {
                    "move_type": "in_refund" if refund else "in_invoice",
                    "company_id": company.id,
                    "partner_id": party.id,
                    "currency_id": currency.id,
                    "invoice_date": today,
                    "date": today,
                    "invoice_line_ids": [
                        Command.create(
                            {**line, "price_unit": sign * line["price_unit"]}
                        )
                        for line in lines
                    ],
                    **values,
                }
            )
        )

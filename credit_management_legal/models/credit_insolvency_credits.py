"""What is taken off a claim that is declared: credits of the debtor, and what a third
party holds.

Debts that were mutual at the opening are set off (France: L622-7 C. com. and 1347 C.
civ.; Germany: 94 InsO), and who paid the third party has paid. Each is a line of its
own, so that the declaration says both, and the net.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_agreement import to_major

from .credit_insolvency_hold import AROSE


class CreditInsolvencyLine(models.Model):
    _inherit = "credit.insolvency.line"

    payment_id = fields.Many2one(
        "credit.case.payment", index="btree_not_null", ondelete="set null"
    )

    def _taken_off(self):
        """Why a line is taken off: ``held``, ``set_off``, or empty for a claim."""
        if self.principal >= 0:
            return ""
        return "set_off" if self.move_line_id else "held"

    @api.depends("principal", "payment_id")
    def _compute_standing(self):
        # EXTENDS credit_management_legal: what is taken off says why
        result = super()._compute_standing()
        for line in self.filtered(lambda line: line.principal < 0):
            line.standing = (
                self.env._("Received by the third party")
                if line._taken_off() == "held"
                else self.env._("Credit, to be set off")
            )
        return result


class CreditInsolvency(models.Model):
    _inherit = "credit.insolvency"

    def _line_values(self, company):
        # EXTENDS credit_management_legal: where something is declared, less this
        vals_list, left_out, missing = super()._line_values(company)
        if vals_list:
            vals_list += self._set_off_lines(company) + self._held_lines(company)
        return vals_list, left_out, missing

    def _set_off_lines(self, company):
        """Values of lines for credits of the debtor that were open at the opening.

        As with claims, what was matched since with a claim from before is not open;
        nor is what paid documents that book charges, whenever these were made, or
        what was taken back since.
        """
        self.env.flush_all()
        accounts = self.env["credit.engine"].sudo()._receivable_accounts(company)
        open_at = dict(
            self.env.execute_query(
                SQL(
                    """SELECT own.id,
                              ROUND((own.amount_residual_currency
                                     - COALESCE(later.sum, 0))
                                    * POWER(10::numeric, currency.decimal_places))
                                  ::bigint
                         FROM account_move_line own
                         JOIN res_currency currency ON currency.id = own.currency_id
                         JOIN res_partner partner ON partner.id = own.partner_id
                         LEFT JOIN LATERAL (
                            SELECT SUM(part.credit_amount_currency)
                              FROM account_partial_reconcile part
                              JOIN account_move_line aml
                                ON aml.id = part.debit_move_id
                              JOIN account_move move ON move.id = aml.move_id
                             WHERE part.credit_move_id = own.id
                               AND move.credit_is_charge IS NOT TRUE
                               AND move.reversed_entry_id IS DISTINCT FROM own.move_id
                               AND %(arose)s > %(day)s
                         ) later ON TRUE
                        WHERE partner.commercial_partner_id = %(partner)s
                          AND own.company_id = %(company)s
                          AND own.account_id = ANY(%(accounts)s)
                          AND own.parent_state = 'posted' AND own.date <= %(day)s
                          AND own.amount_currency < 0
                          AND own.amount_residual_currency
                              - COALESCE(later.sum, 0) < 0
                        ORDER BY own.id""",
                    arose=AROSE,
                    day=self.date_opened,
                    partner=self.partner_id.id,
                    company=company.id,
                    accounts=list(accounts),
                )
            )
        )
        # In sudo, as the claims: sums of this debtor and company.
        items = self.env["account.move.line"].sudo().browse(open_at)
        return [
            {
                "company_id": company.id,
                "currency_id": item.currency_id.id,
                "move_line_id": item.id,
                "name": item.move_name,
                "date_invoice": item.date,
                "date_due": item.date,
                "principal": to_major(open_at[item.id], item.currency_id),
            }
            for item in items
        ]

    def _held_lines(self, company):
        """Values of lines for what third parties got until the opening, and still have.

        What nobody of us has accepted yet is not taken off.
        """
        payments = self.env["credit.case.payment"].sudo()
        payments = payments.search(
            Domain("case_id.partner_id", "=", self.partner_id.id)
            & Domain("case_id.company_id", "=", company.id)
            & Domain("state", "=", "reported")
            & Domain("received_by", "=", "party")
            & Domain("date", "<=", self.date_opened),
            order="date, id",
        )
        return [
            {
                "company_id": company.id,
                "currency_id": payment.currency_id.id,
                "payment_id": payment.id,
                "move_line_id": False,
                "name": payment.case_id.name,
                "date_invoice": payment.date,
                "date_due": payment.date,
                "principal": -payment.amount,
            }
            for payment in payments.filtered(lambda payment: not payment.is_unconfirmed)
        ]

"""Addresses to be mended, in the worklist."""

from odoo import api, models
from odoo.tools import SQL


class CreditTask(models.Model):
    _inherit = "credit.task"

    @api.model
    def _task_parts(self, companies, engine):
        # EXTENDS credit_management: an address is a task while somebody who owes
        # something has it
        return [
            *super()._task_parts(companies, engine),
            *(self._address_part(company, engine) for company in companies),
        ]

    @api.model
    def _address_part(self, company, engine):
        return self._part(
            "address",
            "credit.address",
            "address",
            SQL(
                """credit_address address
                     JOIN firm ON firm.id = address.company_id
                     JOIN (
                        SELECT partner.email_normalized,
                               MIN(partner.commercial_partner_id) AS debtor_id
                          FROM res_partner partner
                         WHERE partner.active AND partner.email_normalized IN (
                                SELECT email FROM credit_address
                                 WHERE unusable AND company_id = %(company)s)
                         GROUP BY partner.email_normalized
                     ) holder ON holder.email_normalized = address.email
                     JOIN LATERAL (
                        SELECT SUM(aml.amount_residual) AS amount,
                               MIN(COALESCE(aml.date_maturity, aml.date)) AS oldest
                          FROM account_move_line aml
                          JOIN res_partner payer ON payer.id = aml.partner_id
                         WHERE payer.commercial_partner_id = holder.debtor_id
                           AND aml.amount_residual > 0 AND %(open)s
                     ) owed ON owed.amount > 0
                    WHERE address.unusable AND address.company_id = %(company)s""",
                company=company.id,
                open=engine._open_items_where(company),
            ),
            partner=SQL("holder.debtor_id"),
            user=SQL("NULL::int"),
            currency=SQL("firm.currency_id"),
            date=SQL("address.date_bounce::date"),
            days=SQL("firm.today - owed.oldest"),
            amount=SQL("owed.amount"),
        )

    def _summary_of(self, record):
        # EXTENDS credit_management
        if self.res_model == "credit.address":
            return "\n".join(filter(None, (record.email, record.reason)))
        return super()._summary_of(record)

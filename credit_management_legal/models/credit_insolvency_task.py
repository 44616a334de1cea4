"""Insolvencies in the worklist: claims that wait to be declared."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_task import NUMBER

NUMBER["insolvency"] = 34


class CreditTask(models.Model):
    _inherit = "credit.task"

    kind = fields.Selection(selection_add=[("insolvency", "Claim to declare")])

    @api.model
    def _task_parts(self, companies, engine):
        # EXTENDS credit_management
        return [
            *super()._task_parts(companies, engine),
            *(self._insolvency_part(company, engine) for company in companies),
        ]

    @api.model
    def _insolvency_part(self, company, engine):
        """Those of the company, and those for all while none is its own.

        What was written off since the opening is a loss in our books and still a claim:
        it is declared like what is open. Once the deadline is over the day for relief
        is told, then the end of all.
        """
        return self._part(
            "insolvency",
            "credit.insolvency",
            "insolvency",
            SQL(
                """credit_insolvency insolvency
                     JOIN firm ON firm.id = %(company)s
                     JOIN LATERAL (
                        SELECT SUM(claim.amount) AS amount,
                               MIN(COALESCE(claim.date_maturity, claim.date)) AS oldest
                          FROM (
                            SELECT aml.amount_residual AS amount,
                                   aml.date_maturity, aml.date
                              FROM account_move_line aml
                              JOIN res_partner payer ON payer.id = aml.partner_id
                             WHERE payer.commercial_partner_id = insolvency.partner_id
                               AND aml.amount_residual > 0 AND %(open)s
                             UNION ALL
                            SELECT line.amount * aml.balance
                                       / NULLIF(aml.amount_currency, 0),
                                   aml.date_maturity, aml.date
                              FROM credit_write_off lost
                              JOIN credit_write_off_line line
                                ON line.write_off_id = lost.id
                              JOIN account_move_line aml ON aml.id = line.move_line_id
                             WHERE lost.partner_id = insolvency.partner_id
                               AND lost.company_id = %(company)s
                               AND lost.state = 'booked'
                               AND lost.date >= insolvency.date_opened
                          ) claim
                     ) owed ON owed.amount > 0
                    WHERE insolvency.state = 'open'
                      AND insolvency.date_declared IS NULL
                      AND insolvency.nothing_declared IS NOT TRUE
                      AND (insolvency.company_id = %(company)s
                           OR insolvency.company_id IS NULL AND %(for_all)s
                              AND NOT EXISTS (
                                SELECT FROM credit_insolvency own
                                 WHERE own.partner_id = insolvency.partner_id
                                   AND own.company_id = %(company)s
                                   AND own.state = 'open'))""",
                company=company.id,
                # One task, whatever companies are looked at.
                for_all=company == self.env.company,
                open=engine._open_items_where(company),
            ),
            company=SQL("%s::int", company.id),
            currency=SQL("firm.currency_id"),
            date=SQL("insolvency.date_opened"),
            deadline=SQL(
                """CASE WHEN insolvency.date_deadline >= firm.today
                             THEN insolvency.date_deadline
                        WHEN insolvency.date_relief >= firm.today
                             THEN insolvency.date_relief
                        WHEN insolvency.date_absolute >= firm.today
                             THEN insolvency.date_absolute
                        ELSE insolvency.date_deadline END"""
            ),
            days=SQL("firm.today - owed.oldest"),
            amount=SQL("owed.amount"),
        )

    def _summary_of(self, record):
        # EXTENDS credit_management
        if self.res_model == "credit.insolvency":
            return record.deadline_text
        return super()._summary_of(record)

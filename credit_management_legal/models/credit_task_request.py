"""Requests of third parties, in the worklist."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_task import NUMBER

# The numbers of the kinds of tasks are one list over all addons.
NUMBER["case_request"] = 31


class CreditTask(models.Model):
    _inherit = "credit.task"

    kind = fields.Selection(
        selection_add=[("case_request", "Request of a third party")],
        # Nothing is stored of a task: there is nothing to be done about it.
        ondelete={"case_request": lambda tasks: None},
    )

    @api.model
    def _task_parts(self, companies, engine):
        # EXTENDS credit_management
        return [*super()._task_parts(companies, engine), self._request_part(companies)]

    @api.model
    def _request_part(self, companies):
        """Requests that wait, with what is open in their cases."""
        owed = """(SELECT {what}
              FROM credit_case_line line
              JOIN account_move_line aml ON aml.id = line.move_line_id
             WHERE line.case_id = asked.case_id AND line.date_withdrawn IS NULL
               AND aml.reconciled IS NOT TRUE)"""
        return self._part(
            "case_request",
            "credit.case.request",
            "asked",
            SQL(
                """credit_case_request asked
                     JOIN firm ON firm.id = asked.company_id
                    WHERE asked.state = 'open' AND asked.company_id = ANY(%s)""",
                companies.ids,
            ),
            date=SQL("asked.date"),
            days=SQL(
                owed.format(
                    what="firm.today - MIN(COALESCE(aml.date_maturity, aml.date))"
                )
            ),
            amount=SQL(owed.format(what="SUM(aml.amount_residual_currency)")),
        )

    def _title_of(self, record):
        # EXTENDS credit_management
        if self.res_model == "credit.case.request":
            firm = record.sudo().firm_id.display_name
            return " · ".join((record.display_name, firm))
        return super()._title_of(record)

    def _summary_of(self, record):
        # EXTENDS credit_management
        if self.res_model == "credit.case.request":
            return record._wish_text()
        return super()._summary_of(record)

"""Deadlines of cases in the worklist."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.credit_management.models import credit_task

from ..engine.deadline import ACT, BEFORE

KIND = "case_deadline"
# The number of the kind is part of a task's id, see KINDS. No kind has the number 0, so
# that 32 is free even where ids are made of 32 numbers for each record.
credit_task.NUMBER[KIND] = 32
credit_task.ACTS[KIND] = {"done": "action_handled"}


class CreditTask(models.Model):
    _inherit = "credit.task"

    kind = fields.Selection(selection_add=[(KIND, "Deadline of a case")])

    @api.model
    def _task_parts(self, companies, engine):
        # EXTENDS credit_management
        return [
            *super()._task_parts(companies, engine),
            self._deadline_part(companies.ids),
        ]

    @api.model
    def _deadline_part(self, company_ids):
        """What we have to do soon, and what was missed until somebody takes note."""
        return self._part(
            KIND,
            "credit.case.deadline",
            "deadline",
            SQL(
                """credit_case_deadline deadline
                     JOIN credit_case owed ON owed.id = deadline.case_id
                     JOIN credit_procedure_deadline rule ON rule.id = deadline.rule_id
                     JOIN res_company own ON own.id = deadline.company_id
                     JOIN firm ON firm.id = deadline.company_id
                    WHERE deadline.company_id = ANY(%s) AND (
                          (deadline.state = 'open' AND deadline.role IN %s
                           AND rule.actor IN ('creditor', 'party')
                           AND deadline.date <= firm.today + own.credit_deadline_first)
                       OR (deadline.state = 'missed' AND deadline.is_current
                           AND rule.actor IS DISTINCT FROM 'court'
                           AND deadline.handled IS NOT TRUE))""",
                company_ids,
                (ACT, BEFORE),
            ),
            currency=SQL("owed.currency_id"),
            date=SQL("COALESCE(owed.date_opened, owed.create_date::date)"),
            deadline=SQL("deadline.date"),
            days=SQL(
                """(SELECT MAX(firm.today - line.date_due) FROM credit_case_line line
                     WHERE line.case_id = owed.id AND line.date_withdrawn IS NULL)"""
            ),
            amount=SQL(
                """(SELECT SUM(aml.amount_residual_currency)
                      FROM credit_case_line line
                      JOIN account_move_line aml ON aml.id = line.move_line_id
                     WHERE line.case_id = owed.id AND line.date_withdrawn IS NULL)"""
            ),
        )

    def _summary_of(self, record):
        # EXTENDS credit_management
        if self.res_model == "credit.case.deadline":
            rule = record.rule_id
            parts = [record.display_state, rule.consequence, rule.remedy]
            return "\n".join(part for part in parts if part)
        return super()._summary_of(record)

    def action_note_event(self):
        """Note what was done about the deadline."""
        self.ensure_one()
        return self._record().action_note()

    def action_open_case(self):
        """Open the case whose deadline it is."""
        self.ensure_one()
        return self._record().action_open_case()

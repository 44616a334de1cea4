"""Proposed cases, in the worklist of those who decide on them."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_task import NUMBER
from odoo.addons.credit_management.report.wording import labelled

from ..engine.checks import OK

NUMBER["case_proposed"] = 36


class CreditTask(models.Model):
    _inherit = "credit.task"

    kind = fields.Selection(
        selection_add=[("case_proposed", "Hand-off to decide")],
        # Nothing is stored of a task: there is nothing to be done about it.
        ondelete={"case_proposed": lambda tasks: None},
    )

    @api.model
    def _task_parts(self, companies, engine):
        # EXTENDS credit_management: managers decide, others could do nothing about it
        parts = super()._task_parts(companies, engine)
        manager = "credit_management.group_manager"
        if self.env.su or self.env.user.has_group(manager):
            parts = [*parts, self._proposal_part(companies)]
        return parts

    @api.model
    def _proposal_part(self, companies):
        """Proposals, with what is open of them: until then reminders wait."""
        return self._part(
            "case_proposed",
            "credit.case",
            "proposed",
            SQL(
                """(SELECT draft.id, draft.company_id, draft.partner_id,
                           draft.currency_id, draft.create_date::date AS date,
                           MAX(firm.today - COALESCE(aml.date_maturity, aml.date))
                               AS days,
                           SUM(aml.amount_residual_currency) AS amount
                      FROM credit_case draft
                      JOIN firm ON firm.id = draft.company_id
                      JOIN credit_case_line line ON line.case_id = draft.id
                      JOIN account_move_line aml ON aml.id = line.move_line_id
                     WHERE draft.state = 'draft' AND draft.company_id = ANY(%s)
                       AND aml.reconciled IS NOT TRUE
                     GROUP BY draft.id, firm.today) proposed""",
                companies.ids,
            ),
            # Any manager may decide: each of them sees it as a task of their own.
            user=SQL("%s::int", self.env.uid),
            date=SQL("proposed.date"),
            days=SQL("proposed.days"),
            amount=SQL("proposed.amount"),
        )

    def _summary_of(self, record):
        # EXTENDS credit_management
        if self.kind != "case_proposed":
            return super()._summary_of(record)
        rows = self.env["credit.handover"]._rows(record.checks)
        parts = [
            self.env._("Proposed by %s", record.sudo().create_uid.name),
            *(
                labelled(self.env, row["label"], row["text"])
                for row in rows
                if row["level"] != OK
            ),
        ]
        return "\n".join(parts)

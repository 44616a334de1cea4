"""What is in the hands of a third party is not reminded, whatever the policy."""

from odoo import api, models
from odoo.tools import SQL


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _selection_block_reason(self):
        # EXTENDS credit_management
        reasons = super()._selection_block_reason()
        after = [code for code, _label in reasons].index("no_policy")
        reasons[after:after] = [
            ("case", self.env._("In a case")),
            ("proposed", self.env._("Hand-off waits for a decision")),
        ]
        return reasons

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit_management: the items, and what books charges on them or costs
        # of the case: whoever has the case asks for these too; and what was proposed,
        # lest a debtor be reminded once more between a proposal and its decision
        booked = self.env["credit.case"]._charges_sql(
            SQL(
                """opened.company_id = %s AND charge.state = 'booked'
                   AND charge.booking_id IS NOT NULL""",
                company.id,
            )
        )
        return [
            *super()._block_conditions(company, today, debtors),
            (
                "case",
                SQL(
                    """(aml.id IN (
                        SELECT line.move_line_id
                          FROM credit_case_line line
                         WHERE line.is_open AND line.company_id = %(company)s)
                        OR move.credit_is_charge AND move.id IN (
                            SELECT document.booking_id
                              FROM (%(booked)s) own
                              JOIN credit_charge document
                                ON document.id = own.charge_id))""",
                    company=company.id,
                    booked=booked,
                ),
            ),
            ("proposed", self._proposed_sql(company)),
        ]

    @api.model
    def _proposed_sql(self, company):
        """Condition on ``aml``: in a proposed case, and in no open one.

        With ``credit_deciding`` in the context nothing is: that a case was proposed
        does not speak against opening it.
        """
        if self.env.context.get("credit_deciding"):
            return SQL("FALSE")
        return SQL(
            """aml.id IN (
                SELECT line.move_line_id
                  FROM credit_case_line line
                  JOIN credit_case proposed ON proposed.id = line.case_id
                 WHERE proposed.state = 'draft' AND proposed.company_id = %s
                   AND line.move_line_id IS NOT NULL
                   AND NOT EXISTS (
                        SELECT FROM credit_case_line held
                         WHERE held.is_open
                           AND held.move_line_id = line.move_line_id))""",
            company.id,
        )

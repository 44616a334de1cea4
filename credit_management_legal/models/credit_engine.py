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
        reasons.insert(after, ("case", self.env._("In a case")))
        return reasons

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit_management: the items, and what books charges on them or costs
        # of the case: whoever has the case asks for these too
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
        ]

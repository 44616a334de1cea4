from odoo import models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _credit_react(self):
        # EXTENDS credit_management: a case of which all is paid is paid, a proposal is
        # gone, and what is paid of items counts for their limitation. In sudo: whoever
        # enters it.
        super()._credit_react()
        if not self.ids:
            return
        cases = self.env["credit.case"].sudo()
        rows = self.env.execute_query(
            SQL(
                """SELECT case_id, move_line_id FROM credit_case_line
                    WHERE is_open AND move_line_id = ANY(%(ids)s)
                    UNION
                   SELECT line.case_id, NULL
                     FROM credit_case_line line
                     JOIN credit_case proposed ON proposed.id = line.case_id
                    WHERE proposed.state = 'draft'
                      AND line.move_line_id = ANY(%(ids)s)
                    UNION
                   SELECT case_id, NULL FROM (%(charges)s) own""",
                ids=self.ids,
                charges=cases._charges_sql(
                    SQL("charge.booking_id = ANY(%s)", self.sudo().move_id.ids)
                ),
            )
        )
        if not rows:
            return
        found = cases.browse({row[0] for row in rows})
        found._settle()
        found._drop_paid_proposals()
        items = self.sudo().browse({row[1] for row in rows} - {None})
        for company, own in items.grouped("company_id").items():
            self.env["credit.limitation"].sudo()._refresh(company, items=own)

    def action_credit_case(self):
        """Hand these items over to a third party, after some checks."""
        return self.env["credit.case.open"]._open(self)

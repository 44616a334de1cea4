from odoo import models
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _credit_react(self):
        # EXTENDS credit_management: a case whose items are paid is paid
        super()._credit_react()
        if not self.ids:
            return
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT case_id FROM credit_case_line
                    WHERE is_open AND move_line_id = ANY(%s)""",
                self.ids,
            )
        )
        if rows:
            self.env["credit.case"].sudo().browse(row[0] for row in rows)._settle()

    def action_credit_case(self):
        """Hand these items over to a third party, after some checks."""
        return self.env["credit.case.open"]._open(self)

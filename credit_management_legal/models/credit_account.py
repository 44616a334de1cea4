"""What the debtor's page tells of items in a case."""

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_account import Refused


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _status_codes(self):
        # EXTENDS credit_management
        return (*super()._status_codes(), "case")

    @api.model
    def _status_label(self, account, code, day, amount, currency):
        # EXTENDS credit_management
        if code == "case":
            return account.env._("Handed over for collection")
        return super()._status_label(account, code, day, amount, currency)

    @api.model
    def _statuses_sql(self, items):
        # EXTENDS credit_management
        return SQL(
            """%s UNION ALL
               SELECT line.move_line_id, 'case', NULL, NULL
                 FROM credit_case_line line
                WHERE line.is_open AND line.move_line_id IN %s""",
            super()._statuses_sql(items),
            tuple(items.ids) or (0,),
        )

    @api.model
    def _check_not_busy(self, account, items):
        # EXTENDS credit_management: whoever has the case agrees on how it is paid
        checked = super()._check_not_busy(account, items)
        taken = self.env["credit.case"].sudo()._in_running_case(items)
        if taken:
            raise Refused(
                account.env._(
                    "Some of what you ticked has been handed over for collection. "
                    "Please talk to whoever wrote to you about it, or write to us."
                )
            )
        return checked

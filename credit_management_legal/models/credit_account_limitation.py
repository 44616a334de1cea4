"""What is past its limitation is not asked for on the debtor's page either.

In some countries the debt lives on and the debtor has to plead limitation, in others a
court raises it for consumers. Everywhere it may be paid, and nowhere is it asked for:
no sum has it, and neither promise nor plan is taken, which might bring it back to
life. What a manager lets be reminded all the same is asked for, see
``credit_limitation_hold``.
"""

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_account import Refused


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _status_codes(self):
        # EXTENDS credit_management
        return (*super()._status_codes(), "limitation")

    @api.model
    def _held_codes(self):
        # EXTENDS credit_management
        return {**super()._held_codes(), "limitation": True}

    @api.model
    def _status_label(self, account, code, day, amount, currency):
        # EXTENDS credit_management
        if code == "limitation":
            return account.env._("Past its limitation period: not asked for")
        return super()._status_label(account, code, day, amount, currency)

    @api.model
    def _past_limitation_sql(self, account, items):
        """Query of the items that are past their limitation, as the nightly job has
        found: (item id, code, day, amount)."""
        return SQL(
            """SELECT past.move_line_id, 'limitation', past.date, NULL::numeric
                 FROM credit_limitation_item past
                WHERE past.move_line_id = ANY(%s::int[]) AND past.date < %s
                  AND past.allowed_by_id IS NULL
                  -- Whoever opened a case has decided on it.
                  AND NOT EXISTS (SELECT FROM credit_case_line line
                                   WHERE line.is_open
                                     AND line.move_line_id = past.move_line_id)""",
            items.ids,
            account.today,
        )

    @api.model
    def _statuses_sql(self, account, items):
        # EXTENDS credit_management
        past = self._past_limitation_sql(account, items)
        return [*super()._statuses_sql(account, items), ("limitation", past)]

    @api.model
    def _present_sql(self, account, items):
        # EXTENDS credit_management
        past = self._past_limitation_sql(account, items)
        conditions = super()._present_sql(account, items)
        return {**conditions, "limitation": SQL("EXISTS (%s)", past)}

    @api.model
    def _held_groups(self, account, rows):
        # EXTENDS credit_management_legal
        groups = super()._held_groups(account, rows)
        past = [row for row in rows if row["held"] == "limitation"]
        if past:
            groups.append(
                {
                    "title": account.env._("Past their limitation period"),
                    "text": account.env._(
                        "They are past their limitation period: they are not asked "
                        "for, and are not part of what is owed now. Tick the invoices "
                        "if you want to pay them all the same."
                    ),
                    "person": account.env["res.partner"],
                    "transfers": [],
                    "rows": past,
                }
            )
        return groups

    @api.model
    def _check_not_busy(self, account, items):
        # EXTENDS credit_management: nobody is led to acknowledge what is not asked for
        checked = super()._check_not_busy(account, items)
        account.env.flush_all()
        if account.env.execute_query(self._past_limitation_sql(account, items)):
            raise Refused(
                account.env._(
                    "Some of what you ticked is past its limitation period: it is not "
                    "asked for, and needs no promise or plan."
                )
            )
        return checked

    @api.model
    def _acknowledgement_interrupts(self, account, items):
        # EXTENDS credit_management: a period that is over is interrupted by nothing.
        # In sudo: the day is a fact of the item; what is new since last night has one.
        days = [day for day in items.sudo().mapped("limitation_date") if day]
        return super()._acknowledgement_interrupts(account, items) and not any(
            day < account.today for day in days
        )

"""What there is about a debtor at all.

Most debtors promise, plan and contest nothing. To plan a long query costs PostgreSQL
more than to find out, once for the page, that it would find nothing.
"""

from odoo import api, models
from odoo.tools import SQL


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _present(self, account, items):
        """Of what kinds there is something, open or ended: see :meth:`_present_sql`.

        :param items: the items of the debtor that are looked at
        :return: frozenset of kinds
        """
        account.env.flush_all()
        conditions = self._present_sql(account, items)
        [found] = account.env.execute_query(
            SQL("SELECT %s", SQL(", ").join(conditions.values()))
        )
        return frozenset(
            kind for kind, there in zip(conditions, found, strict=True) if there
        )

    @api.model
    def _present_sql(self, account, items):
        """Conditions: {kind: whether there may be some}. Addons add theirs.

        An invoice may be of a contact that has moved to another firm since: what stands
        on an item counts, whoever said it.
        """
        values = {
            "debtor": account.debtor.id,
            "company": account.company.id,
            "items": items.ids,
            "moves": items.move_id.ids,
        }
        of_items = """EXISTS (SELECT FROM {table} WHERE partner_id = %(debtor)s
                                 AND company_id = %(company)s)
                      OR EXISTS (SELECT FROM {rel} WHERE item_id = ANY(%(items)s))"""
        return {
            "promise": SQL(
                of_items.format(table="credit_promise", rel="credit_promise_item_rel"),
                **values,
            ),
            "plan": SQL(
                of_items.format(table="credit_plan", rel="credit_plan_item_rel"),
                **values,
            ),
            "dispute": SQL(
                """EXISTS (SELECT FROM credit_dispute WHERE company_id = %(company)s
                              AND (partner_id = %(debtor)s
                                   OR move_id = ANY(%(moves)s)))""",
                **values,
            ),
            "answer": SQL(
                """EXISTS (SELECT FROM credit_answer WHERE company_id = %(company)s
                              AND partner_id = %(debtor)s)""",
                **values,
            ),
        }

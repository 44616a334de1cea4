"""Limitation in the worklist."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_article import article_text
from odoo.addons.credit_management.models.credit_task import ACTS, NUMBER

NUMBER["limitation"] = 33
NUMBER["limitation_past"] = 35
ACTS["limitation"] = ACTS["limitation_past"] = {"done": "action_seen"}


class CreditTask(models.Model):
    _inherit = "credit.task"

    kind = fields.Selection(
        selection_add=[
            ("limitation", "Limitation near"),
            ("limitation_past", "Limitation past"),
        ]
    )

    @api.model
    def _task_parts(self, companies, engine):
        # EXTENDS credit_management: one task for all items of a debtor that come near
        return [
            *super()._task_parts(companies, engine),
            self._limitation_part(
                "limitation",
                # As somebody was told of them.
                SQL(
                    """near.warned IS NOT NULL AND near.warned < COALESCE(near.seen, 12)
                       AND near.date >= firm.today"""
                ),
            ),
            self._limitation_part(
                "limitation_past",
                SQL("COALESCE(near.seen, 12) > 0 AND near.date < firm.today"),
            ),
        ]

    @api.model
    def _pressing_sql(self):
        # EXTENDS credit_management: a word that is not kept revives no claim
        return SQL(
            """%s AND NOT EXISTS (
                    SELECT FROM credit_limitation_item past
                      JOIN firm ON firm.id = past.company_id
                     WHERE past.move_line_id = aml.id AND past.date < firm.today
                       AND past.allowed_by_id IS NULL)""",
            super()._pressing_sql(),
        )

    @api.model
    def _limitation_part(self, kind, condition):
        """The item that runs out first stands for all others of its debtor.

        :param SQL condition: on ``near``, an item that is kept, and ``firm``
        """
        return self._part(
            kind,
            "credit.limitation.item",
            "first",
            SQL(
                """(SELECT DISTINCT ON (near.company_id, near.partner_id) near.*,
                           aml.date_maturity, firm.today, firm.currency_id,
                           SUM(aml.amount_residual) OVER debtor AS open_amount
                      FROM credit_limitation_item near
                      JOIN firm ON firm.id = near.company_id
                      JOIN account_move_line aml ON aml.id = near.move_line_id
                     WHERE %s AND aml.reconciled IS NOT TRUE
                    WINDOW debtor AS (PARTITION BY near.company_id, near.partner_id)
                     ORDER BY near.company_id, near.partner_id, near.date, near.id
                   ) first""",
                condition,
            ),
            user=SQL("NULL::int"),
            date=SQL("first.write_date::date"),
            deadline=SQL("first.date"),
            days=SQL("first.today - first.date_maturity"),
            amount=SQL("first.open_amount"),
        )

    def _title_of(self, record):
        # EXTENDS credit_management
        if self.kind == "limitation_past":
            return self.env._("Limitation past: %s", record.move_name)
        if self.res_model == "credit.limitation.item":
            return self.env._("Limitation: %s", record.move_name)
        return super()._title_of(record)

    def _summary_of(self, record):
        # EXTENDS credit_management
        if self.res_model != "credit.limitation.item":
            return super()._summary_of(record)
        period = record.period_id
        article = article_text(self.env, period.article)
        parts = [
            f"{period.name} ({article})" if article else period.name,
            not record.certain
            and self.env._(
                "The kind of the claim is not known: the shortest period counts."
            ),
            record.case_id.display_name,
        ]
        return "\n".join(part for part in parts if part)

    def action_open(self):
        # EXTENDS credit_management: the debtor's items with their last days
        self.ensure_one()
        if self.res_model == "credit.limitation.item":
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "credit_management_legal.credit_limitation_item_action"
            )
            domain = [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
            return dict(action, domain=domain, context={})
        return super().action_open()

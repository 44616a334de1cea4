"""Until when items can be enforced: what is kept of it, by item and on cases."""

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.credit_management.models.credit_engine_charges import array_of

#: Items worked out at a time.
CHUNK = 20000


class CreditLimitation(models.AbstractModel):
    _inherit = "credit.limitation"

    @api.model
    def _open_ids(self, company, items=None, debtors=None, after=0, limit=None):
        """Ids of open claims, in their order."""
        engine = self.env["credit.engine"].sudo()
        where = [
            engine._open_items_where(company, None if debtors is None else debtors.ids)
        ]
        if items is not None:
            where.append(SQL("aml.id = ANY(%s::int[])", array_of(items.ids)))
        return [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    """SELECT aml.id FROM account_move_line aml
                        WHERE %s AND aml.amount_residual_currency > 0 AND aml.id > %s
                        ORDER BY aml.id LIMIT %s""",
                    SQL(" AND ").join(where),
                    after,
                    limit,
                )
            )
        ]

    @api.model
    def _refresh(self, company, items=None, debtors=None):
        """Keep the limits of some open items, or of all of a company.

        What is not open any more is forgotten, but where debtors are asked about.

        :return int: how many were looked at
        """
        self.env.flush_all()
        seen, after = 0, 0
        while True:
            ids = self._open_ids(company, items, debtors, after, CHUNK)
            if ids:
                self._keep(company, self._worked_out(company, ids), ids)
                seen, after = seen + len(ids), ids[-1]
            if len(ids) < CHUNK:
                break
        if debtors is None:
            self._forget(company, items)
        self.env["credit.limitation.item"].invalidate_model()
        self.env["credit.case.line"].invalidate_model(["limitation_date"])
        self.env["credit.case"].invalidate_model(["limitation_date"])
        self.env["account.move.line"].invalidate_model(["limitation_date"])
        self.env["account.move"].invalidate_model(["limitation_date"])
        return seen

    @api.model
    def _keep(self, company, rows, ids):
        """Write what was worked out beside the items and on their cases.

        A warning that was given counts no more once the day is a later one.
        """
        columns = [
            (item_id, row["debtor_id"], limit.day, limit.certain, limit.period.key)
            for item_id, row, limit in rows
        ]
        unknown = set(ids) - {column[0] for column in columns}
        if unknown:
            self.env.execute_query(
                SQL(
                    """DELETE FROM credit_limitation_item
                        WHERE move_line_id = ANY(%s::int[]) RETURNING id""",
                    array_of(unknown),
                )
            )
        if columns:
            items, debtors, days, certain, periods = zip(*columns, strict=True)
            self.env.execute_query(
                SQL(
                    """INSERT INTO credit_limitation_item AS known (
                            move_line_id, partner_id, date, certain, period_id,
                            company_id, create_uid, create_date, write_uid, write_date)
                       SELECT found.*, %(company)s, %(uid)s, NOW() AT TIME ZONE 'UTC',
                              %(uid)s, NOW() AT TIME ZONE 'UTC'
                         FROM UNNEST(%(items)s::int[], %(debtors)s::int[],
                                     %(days)s::date[], %(certain)s::bool[],
                                     %(periods)s::int[]) found
                       ON CONFLICT (move_line_id) DO UPDATE
                          SET partner_id = EXCLUDED.partner_id, date = EXCLUDED.date,
                              certain = EXCLUDED.certain,
                              period_id = EXCLUDED.period_id,
                              company_id = EXCLUDED.company_id,
                              write_date = EXCLUDED.write_date,
                              warned = CASE WHEN EXCLUDED.date > known.date THEN NULL
                                            ELSE known.warned END,
                              seen = CASE WHEN EXCLUDED.date > known.date THEN NULL
                                          ELSE known.seen END,
                              allowed_by_id =
                                  CASE WHEN EXCLUDED.date > known.date THEN NULL
                                       ELSE known.allowed_by_id END
                        WHERE (known.date, known.certain, known.partner_id,
                               known.period_id, known.company_id)
                              IS DISTINCT FROM
                              (EXCLUDED.date, EXCLUDED.certain, EXCLUDED.partner_id,
                               EXCLUDED.period_id, EXCLUDED.company_id)
                       RETURNING id""",
                    company=company.id,
                    uid=self.env.uid,
                    items=list(items),
                    debtors=list(debtors),
                    days=list(days),
                    certain=list(certain),
                    periods=list(periods),
                )
            )
        self._keep_on_cases(company, ids)

    @api.model
    def _keep_on_cases(self, company, ids):
        """The limits of items on their lines in cases, the earliest on the cases."""
        self.env.execute_query(
            SQL(
                """WITH changed AS (
                    UPDATE credit_case_line line SET limitation_date = item.date
                      FROM account_move_line aml
                      LEFT JOIN credit_limitation_item item
                        ON item.move_line_id = aml.id
                     WHERE aml.id = line.move_line_id
                       AND aml.id = ANY(%(ids)s::int[])
                       AND line.company_id = %(company)s
                       AND line.limitation_date IS DISTINCT FROM item.date
                    RETURNING line.id, line.case_id, line.limitation_date
                ), earliest AS (
                    SELECT line.case_id, MIN(CASE WHEN changed.id IS NULL
                                                  THEN line.limitation_date
                                                  ELSE changed.limitation_date END)
                               AS day
                      FROM credit_case_line line
                      LEFT JOIN changed ON changed.id = line.id
                     WHERE line.case_id IN (SELECT case_id FROM changed)
                       AND line.date_withdrawn IS NULL
                     GROUP BY line.case_id
                )
                UPDATE credit_case SET limitation_date = earliest.day
                  FROM earliest WHERE earliest.case_id = credit_case.id
                RETURNING credit_case.id""",
                ids=array_of(ids),
                company=company.id,
            )
        )

    @api.model
    def _forget(self, company, items=None):
        """What is not open any more has no alarm, and counts for none of its case.

        :param items: those that are looked at; None for all
        """
        among = SQL("TRUE")
        if items is not None:
            among = SQL("aml.id = ANY(%s::int[])", array_of(items.ids))
        over = SQL(
            """(aml.reconciled OR aml.parent_state <> 'posted'
                OR aml.amount_residual_currency <= 0) AND %s""",
            among,
        )
        self.env.execute_query(
            SQL(
                """DELETE FROM credit_limitation_item item
                    USING account_move_line aml
                    WHERE aml.id = item.move_line_id AND item.company_id = %s AND %s
                   RETURNING item.id""",
                company.id,
                over,
            )
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT line.move_line_id
                     FROM credit_case_line line
                     JOIN account_move_line aml ON aml.id = line.move_line_id
                    WHERE line.limitation_date IS NOT NULL AND line.company_id = %s
                      AND %s""",
                company.id,
                over,
            )
        )
        if rows:
            self._keep_on_cases(company, [row[0] for row in rows])

"""What debtors answered, and how it stops reminders: disputes, promises, plans."""

from odoo import api, models
from odoo.tools import SQL


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _selection_block_reason(self):
        # EXTENDS credit.engine
        reasons = super()._selection_block_reason()
        after = [code for code, _label in reasons].index("dispute") + 1
        reasons[after:after] = [
            ("promise", self.env._("Promised")),
            ("plan", self.env._("In a payment plan")),
            ("answer", self.env._("Debtor says it is paid")),
        ]
        return reasons

    @api.model
    def _withheld_sql(self, company, today, debtors=None):
        """What disputes keep out of reminders: a query for (move_id, partner_id,
        amount, whole, scope).

        An open dispute, what was rejected of one while its delay runs, and what was
        accepted while its credit note is not posted yet.

        :param date today: None leaves out what only waits for its delay: nobody
            contests it, and it may be paid and agreed on
        """
        return SQL(
            """SELECT dispute.move_id, dispute.partner_id, dispute.scope,
                      CASE WHEN dispute.state IN ('accepted', 'partly')
                           THEN CASE WHEN note.state = 'draft'
                                     THEN dispute.amount_accepted ELSE 0 END
                                + CASE WHEN %(delayed)s
                                       THEN GREATEST(0, COALESCE(dispute.amount, 0)
                                                        - dispute.amount_accepted)
                                       ELSE 0 END
                           ELSE dispute.amount END AS amount,
                      COALESCE(dispute.state = 'open' OR %(delayed)s, FALSE)
                          AND (COALESCE(dispute.amount, 0) = 0
                               OR dispute.scope <> 'amount') AS whole
                 FROM credit_dispute dispute
                 LEFT JOIN account_move note ON note.id = dispute.credit_note_id
                WHERE dispute.company_id = %(company)s
                  AND %(of_debtors)s
                  AND (dispute.scope <> 'none'
                       AND (dispute.state = 'open' OR %(delayed)s)
                       OR dispute.state IN ('accepted', 'partly')
                          AND note.state = 'draft')""",
            company=company.id,
            of_debtors=self._of_debtors(
                SQL.identifier("dispute", "partner_id"), debtors
            ),
            delayed=SQL(
                """(dispute.state IN ('rejected', 'partly')
                    AND dispute.resume_date > %s)""",
                today,
            ),
        )

    @api.model
    def _claimable_sql(self, company, today, debtors=None):
        """What may be claimed of an item: what is not disputed of it, less what was
        paid without a journal entry.

        In the currency of the item, as an expression on ``aml`` and ``move``; the one
        place that says it. For ``today`` see :meth:`_withheld_sql`.
        """
        return SQL(
            "(%s - %s)",
            self._undisputed_sql(company, today, debtors),
            self._unbooked_of_item(),
        )

    @api.model
    def _undisputed_sql(self, company, today, debtors=None):
        """The residual of an item less what is disputed of it.

        In the currency of the item, as an expression on ``aml``. A disputed part of an
        invoice in instalments is taken from those that fall due last.
        """
        withheld = self._withheld_sql(company, today, debtors)
        return SQL(
            """(aml.amount_residual_currency - CASE
                WHEN aml.move_id IN (SELECT move_id FROM (%(withheld)s) withheld
                                      WHERE NOT whole)
                THEN LEAST(aml.amount_residual_currency, GREATEST(0, (
                    SELECT SUM(amount) FROM (%(withheld)s) withheld
                     WHERE withheld.move_id = aml.move_id AND NOT whole
                ) - COALESCE((
                    SELECT SUM(later.amount_residual_currency)
                      FROM account_move_line later
                     WHERE later.move_id = aml.move_id
                       AND later.account_id = aml.account_id
                       AND later.amount_residual_currency > 0
                       AND (COALESCE(later.date_maturity, later.date), later.id)
                           > (COALESCE(aml.date_maturity, aml.date), aml.id)
                ), 0)))
                ELSE 0 END)""",
            withheld=withheld,
        )

    @api.model
    def _contested_sql(self, company, today, debtors=None):
        """Whether a dispute leaves nothing to claim of an item: a condition on ``aml``,
        ``move`` and ``partner``. For ``today`` see :meth:`_withheld_sql`.
        """
        return SQL(
            """(move.id IN (
                SELECT move_id FROM (%(withheld)s) withheld WHERE whole)
            OR partner.commercial_partner_id IN (
                SELECT partner_id FROM (%(withheld)s) withheld
                 WHERE whole AND scope = 'debtor')
            OR %(claimable)s <= 0)""",
            withheld=self._withheld_sql(company, today, debtors),
            claimable=self._claimable_sql(company, today, debtors),
        )

    @api.model
    def _undisputed(self, company, items, waiting=True):
        """What is not contested of some items of a company: {id: amount}.

        In the currency of each item. Nothing is where the dispute stops the whole
        invoice, or all that the debtor owes.

        :param bool waiting: leave out also what was not accepted and waits for its
            delay: it is not reminded yet, but may be paid at any time
        """
        # Most debtors dispute nothing: it costs more to plan the long query than to
        # find out that it is not needed.
        rows = self.env.execute_query(
            SQL(
                """SELECT aml.id, GREATEST(aml.amount_residual_currency, 0),
                          move.payment_state IN ('paid', 'in_payment')
                          OR EXISTS (
                            SELECT FROM credit_dispute dispute
                             WHERE dispute.company_id = %s
                               AND (dispute.move_id = move.id OR dispute.partner_id
                                    = partner.commercial_partner_id))
                     FROM account_move_line aml
                     JOIN account_move move ON move.id = aml.move_id
                     JOIN res_partner partner ON partner.id = aml.partner_id
                    WHERE aml.id = ANY(%s)""",
                company.id,
                items.ids,
            )
        )
        found = {row[0]: float(row[1]) for row in rows}
        in_question = [row[0] for row in rows if row[2]]
        if in_question:
            found.update(self._undisputed_of(company, in_question, waiting))
        return found

    @api.model
    def _undisputed_of(self, company, item_ids, waiting):
        """The same, of items that may be contested, or paid without a journal entry."""
        today = company._credit_today() if waiting else None
        rows = self.env.execute_query(
            SQL(
                """SELECT aml.id, CASE WHEN %s THEN 0 ELSE GREATEST(%s, 0) END
                     FROM account_move_line aml
                     JOIN account_move move ON move.id = aml.move_id
                     JOIN res_partner partner ON partner.id = aml.partner_id
                    WHERE aml.id = ANY(%s)""",
                self._contested_sql(company, today),
                self._undisputed_sql(company, today),
                item_ids,
            )
        )
        return {row[0]: float(row[1]) for row in rows}

    @api.model
    def _resumed_sql(self, company):
        """Steps at which reminders go on at once after a broken promise or plan: a
        query for (item_id, step_id)."""
        return SQL(
            """SELECT rel.item_id, at.step_id
                 FROM credit_promise promise
                 JOIN credit_promise_item_rel rel ON rel.promise_id = promise.id
                 JOIN credit_promise_resume_rel at ON at.promise_id = promise.id
                WHERE promise.state IN ('broken', 'partly')
                  AND promise.company_id = %(company)s
                UNION ALL
               SELECT rel.item_id, at.step_id
                 FROM credit_plan plan
                 JOIN credit_plan_item_rel rel ON rel.plan_id = plan.id
                 JOIN credit_plan_resume_rel at ON at.plan_id = plan.id
                WHERE plan.state = 'broken' AND plan.company_id = %(company)s""",
            company=company.id,
        )

    @api.model
    def _resumed_steps(self, company, item_ids):
        """The same for some items: {item id: set of step ids}."""
        rows = self.env.execute_query(
            SQL(
                "SELECT item_id, step_id FROM (%s) resumed WHERE item_id = ANY(%s)",
                self._resumed_sql(company),
                list(item_ids),
            )
        )
        found = {}
        for item_id, step_id in rows:
            found.setdefault(item_id, set()).add(step_id)
        return {item_id: frozenset(ids) for item_id, ids in found.items()}

    @api.model
    def _block_conditions(self, company, today, debtors=None):
        # EXTENDS credit.engine
        return [
            *super()._block_conditions(company, today, debtors),
            ("dispute", self._contested_sql(company, today, debtors)),
            (
                "promise",
                SQL(
                    """aml.id IN (
                        SELECT rel.item_id
                          FROM credit_promise promise
                          JOIN credit_promise_item_rel rel
                            ON rel.promise_id = promise.id
                         WHERE promise.state = 'open'
                           AND promise.company_id = %s
                           AND promise.grace_date >= %s)""",
                    company.id,
                    today,
                ),
            ),
            (
                "plan",
                SQL(
                    """aml.id IN (
                        SELECT rel.item_id
                          FROM credit_plan plan
                          JOIN credit_plan_item_rel rel ON rel.plan_id = plan.id
                         WHERE (plan.state = 'active' OR plan.state = 'requested'
                                AND plan.hold_until >= %s)
                           AND plan.company_id = %s)""",
                    today,
                    company.id,
                ),
            ),
            (
                "answer",
                SQL(
                    """(aml.id IN (
                        SELECT rel.item_id
                          FROM credit_answer answer
                          JOIN credit_answer_item_rel rel ON rel.answer_id = answer.id
                         WHERE %(running)s)
                    OR partner.commercial_partner_id IN (
                        SELECT answer.partner_id
                          FROM credit_answer answer
                         WHERE %(running)s
                           AND NOT EXISTS (SELECT FROM credit_answer_item_rel rel
                                            WHERE rel.answer_id = answer.id)))""",
                    running=SQL(
                        """answer.state = 'new' AND answer.kind = 'paid'
                       AND answer.company_id = %s AND answer.hold_until >= %s""",
                        company.id,
                        today,
                    ),
                ),
            ),
        ]

"""The position of each open item, and the step that follows it.

What :mod:`..engine.decision` says of one item, said of all items at once: a change here
is a change there.
"""

from odoo import api, models
from odoo.tools import SQL

#: The day from which the delay of a step counts, by trigger. A step behind another
#: that never left counts from the due date.
BASE_DAYS = {
    "issue": SQL("placed.issued"),
    "due": SQL("placed.due"),
    "previous": SQL("COALESCE(placed.last_day, placed.due)"),
}


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _decision_sql(self, policies, company, today, debtors=None):
        """From the position of an item to its next step, or to what blocks it.

        What reached the debtor of an item is found by one number for each of its
        reminders that grows with the rank of the step, then with the day, then with the
        reminder: their maximum is the position. Sorting all lines for it, or joining
        items with the steps of their policies first, takes several times as long.
        """
        return SQL(
            """reached AS (
                SELECT item.id AS item_id,
                       MAX((step.rank::bigint << 48)
                           + (GREATEST(reminder.date_done - DATE '2000-01-01', 0)
                              ::bigint << 31)
                           + reminder.id)
                           -- No join: the steps of its policy would be looked for
                           -- before the reminders of the item.
                           FILTER (WHERE step.policy_id =
                               COALESCE(item.own_policy_id, debtor.policy_id)) AS last
                  FROM item
                  JOIN debtor ON debtor.id = item.debtor_id
                  JOIN credit_reminder_line line ON line.move_line_id = item.id
                  JOIN credit_reminder reminder ON reminder.id = line.reminder_id
                  JOIN step ON step.id = line.step_id
                 WHERE reminder.state = 'sent'
                       AND reminder.delivery_state IS DISTINCT FROM 'bounced'
                    OR reminder.state = 'cancelled' AND reminder.skipped
                 GROUP BY item.id
            ),
            attempt AS (
                SELECT line.move_line_id, line.step_id,
                       BOOL_OR(reminder.state IN ('to_approve', 'queued')) AS pending,
                       -- What a fallback took over that was cancelled starts anew.
                       BOOL_OR((reminder.state = 'failed'
                                OR reminder.delivery_state = 'bounced')
                           AND NOT EXISTS (
                                SELECT FROM credit_reminder heir
                                 WHERE heir.fallback_of_id = reminder.id
                                   AND heir.state = 'cancelled')) AS failed
                  FROM credit_reminder reminder
                  JOIN credit_reminder_line line ON line.reminder_id = reminder.id
                 WHERE reminder.company_id = %(company)s AND %(of_debtors)s
                   AND (reminder.state IN ('to_approve', 'queued', 'failed')
                        OR reminder.state = 'sent'
                           AND reminder.delivery_state = 'bounced')
                 GROUP BY line.move_line_id, line.step_id
            ),
            pending AS (SELECT DISTINCT move_line_id FROM attempt WHERE pending),
            resumed AS (
                SELECT item_id, ARRAY_AGG(step_id) AS steps
                  FROM (%(resumed)s) agreed
                 GROUP BY item_id
            ),
            placed AS (
                SELECT item.id, item.move_id, item.currency_id, item.debtor_id,
                       item.residual, item.amount, item.open_amount,
                       item.open_company, item.issued, item.due, item.reason,
                       COALESCE(item.own_policy_id, debtor.policy_id) AS policy_id,
                       (reached.last >> 48)::int AS position,
                       reminder.date_done AS last_day, reminder.deadline_date,
                       reminder.channel AS last_channel, resumed.steps AS resumed
                  FROM item
                  JOIN debtor ON debtor.id = item.debtor_id
                  LEFT JOIN resumed ON resumed.item_id = item.id
                  LEFT JOIN reached ON reached.item_id = item.id
                  LEFT JOIN credit_reminder reminder
                    ON reminder.id = (reached.last & 2147483647)::int
            ),
            stepped AS (
                SELECT placed.*, %(next_step)s AS next_step_id FROM placed
                -- Worked out once, not wherever the column is used.
                OFFSET 0
            ),
            decided AS MATERIALIZED (
                SELECT judged.*,
                       -- One column: its share is guessed well enough for good plans.
                       judged.due_now AND judged.reason IS NULL AS eligible
                  FROM (
                    SELECT placed.id, placed.move_id, placed.currency_id,
                           placed.debtor_id, placed.residual, placed.amount,
                           placed.open_amount, placed.open_company, placed.issued,
                           placed.due,
                           placed.policy_id, placed.position, placed.last_day,
                           placed.deadline_date, placed.last_channel,
                           placed.next_step_id, following.rank AS next_rank,
                           COALESCE(CASE following.trigger
                                    WHEN 'issue' THEN %(from_issue)s
                                    WHEN 'due' THEN %(from_due)s
                                    ELSE %(from_previous)s
                                END <= following.base_limit
                                OR following.id = ANY(placed.resumed)
                                   AND following.base_limit IS NOT NULL, FALSE)
                               AND (placed.deadline_date IS NULL
                                    OR placed.deadline_date < %(today)s) AS due_now,
                           CASE WHEN placed.reason IS NOT NULL THEN placed.reason
                                WHEN placed.policy_id IS NULL THEN 'no_policy'
                                WHEN pending.move_line_id IS NOT NULL THEN 'pending'
                                WHEN following.id IS NULL THEN 'finished'
                                WHEN attempt.failed THEN 'failed'
                           END AS reason
                      FROM stepped placed
                      LEFT JOIN step following ON following.id = placed.next_step_id
                      LEFT JOIN pending ON pending.move_line_id = placed.id
                      LEFT JOIN attempt ON attempt.move_line_id = placed.id
                           AND attempt.step_id = placed.next_step_id
                  ) judged
            )""",
            company=company.id,
            resumed=self._resumed_sql(company),
            of_debtors=self._of_debtors(
                SQL.identifier("reminder", "partner_id"), debtors
            ),
            next_step=self._next_step_sql(policies, company, today),
            from_issue=BASE_DAYS["issue"],
            from_due=BASE_DAYS["due"],
            from_previous=BASE_DAYS["previous"],
            today=today,
        )

    @api.model
    def _next_step_sql(self, policies, company, today):
        """The id of the next step of ``placed``: each policy as a chain of conditions.

        What is known of a step beforehand is settled here; PostgreSQL is asked only
        what depends on the item.
        """
        chains = []
        for policy in policies:
            steps = self._policy_steps(policy, company, today)
            if not steps:
                continue
            cases = [
                # A new item begins at the latest step that is due.
                SQL(
                    """WHEN placed.position IS NULL AND %s
                            AND (%s <= %s::date OR %s = ANY(placed.resumed)) THEN %s""",
                    self._alive_sql(step, today),
                    BASE_DAYS[step.trigger],
                    limit,
                    step.id,
                    step.id,
                )
                for step, _record, limit in reversed(steps)
                if limit and step.rank <= self._last_entry(policy, steps)
                if step.trigger != "previous"
            ]
            cases += [
                SQL(
                    "WHEN COALESCE(placed.position, 0) < %s AND %s THEN %s",
                    step.rank,
                    self._alive_sql(step, today),
                    step.id,
                )
                for step, _record, _limit in steps
            ]
            chains.append(
                SQL("WHEN %s THEN CASE %s END", policy.id, SQL(" ").join(cases))
            )
        if not chains:
            return SQL("NULL::int")
        return SQL("CASE placed.policy_id %s END", SQL(" ").join(chains))

    @api.model
    def _last_entry(self, policy, steps):
        """The rank up to which a new item may begin: 0 if only at the first step.

        Never past a step that the law requires.
        """
        if policy.entry != "latest":
            return 0
        required = (step.rank for step, _record, _limit in steps if step.required)
        return min(required, default=len(steps))

    @api.model
    def _alive_sql(self, step, today):
        """The condition that the moment for a step has not passed for good.

        As :func:`..engine.decision.is_stale`.
        """
        if step.required:
            return SQL("TRUE")
        if step.accompanies:
            return SQL("placed.last_channel IS DISTINCT FROM %s", step.channel)
        if step.trigger == "previous" or (
            step.trigger == "due" and step.delay_days >= 0
        ):
            return SQL("TRUE")
        return SQL(
            "(placed.due >= %s OR %s + %s >= placed.due)",
            today,
            BASE_DAYS[step.trigger],
            step.delay_days,
        )

"""Select, decide and group, for all open items of a company in one statement.

The statement is a chain of common table expressions, each one stage of the flow:

``step``      the steps of the company's policies, with the last base day that makes
              each one due today (see :mod:`..engine.calendar`)
``item``      open receivable items, the policy of each, and what blocks it by itself
``reached``   the last step that reached the debtor, by item
``attempt``   reminders under way or failed, by item and step
``decided``   the next step of each item, if it is due, or why it is blocked
``ranked``, ``claimed``, ``netted``
              due items with what their group (debtor, currency, policy) comes to,
              credits netted
``weighed``   all items with the reasons that only the group knows
``evaluated`` the same with the day from which the debtor may be contacted again

Groups are windows over their items, never tables of their own that would have to be
joined again: PostgreSQL cannot know how many rows a stage will have, and a join of two
stages can turn quadratic.

The rule for one item stands in plain Python in :mod:`..engine.decision`.
"""

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_policy_step import MANUAL_CHANNELS


class CreditEngine(models.AbstractModel):
    _name = "credit.engine"
    _description = "Credit Engine"

    # ------------------------------------------------------------------
    # Reasons
    # ------------------------------------------------------------------

    @api.model
    def _selection_block_reason(self):
        """Why an open item is not reminded. Other addons add theirs."""
        _ = self.env._
        return [
            ("paid", _("Paid, not matched with the bank yet")),
            ("in_payment", _("Online payment under way")),
            ("no_followup", _("Excluded from follow-up")),
            ("hold", _("On hold")),
            ("dispute", _("Disputed")),
            ("no_policy", _("No policy")),
            ("pending", _("Reminder in preparation")),
            ("failed", _("Delivery failed")),
            ("finished", _("All steps done")),
            ("credit", _("Covered by credits of the debtor")),
            ("minimum", _("Below the minimum amount")),
            ("interval", _("Debtor contacted recently")),
        ]

    @api.model
    def _block_conditions(self, company, today):
        """What blocks an item by itself, the first that holds being the reason.

        :return: list of (reason, SQL condition on ``aml``, ``move`` and ``partner``)

        Conditions are uncorrelated ``IN (SELECT …)`` wherever they can be: PostgreSQL
        then reads each table once, however many items there are.
        """
        hold = SQL(
            """FROM credit_hold hold
               JOIN res_partner held ON held.id = hold.partner_id
              WHERE hold.active AND hold.company_id = %(company)s
                AND %(today)s BETWEEN hold.date_start AND hold.date_end""",
            company=company.id,
            today=today,
        )
        return [
            (
                "paid",
                # A payment without journal entry leaves the residual as it is.
                SQL("move.payment_state IN ('paid', 'in_payment', 'reversed')"),
            ),
            (
                "in_payment",
                SQL(
                    """move.id IN (
                        SELECT rel.invoice_id
                          FROM account_invoice_transaction_rel rel
                          JOIN payment_transaction tx ON tx.id = rel.transaction_id
                          JOIN payment_provider provider
                            ON provider.id = tx.provider_id
                         WHERE provider.code NOT IN ('none', 'custom')
                           AND (tx.state IN ('pending', 'authorized')
                                OR tx.state = 'done'
                                   AND tx.is_post_processed IS NOT TRUE)
                    )"""
                ),
            ),
            (
                "no_followup",
                SQL("(aml.no_followup OR move.payment_state = 'blocked')"),
            ),
            (
                "hold",
                SQL(
                    """(move.id IN (SELECT hold.move_id %(hold)s
                                    AND hold.move_id IS NOT NULL)
                    OR partner.commercial_partner_id IN (
                        SELECT held.commercial_partner_id %(hold)s
                           AND hold.move_id IS NULL))""",
                    hold=hold,
                ),
            ),
        ]

    # ------------------------------------------------------------------
    # Building blocks
    # ------------------------------------------------------------------

    @api.model
    def _steps_sql(self, policies, company, today):
        """The steps as a table. ``base_limit`` is the last base day due today."""
        calendar = company._credit_calendar()
        working_today = calendar.is_working(today)
        rows = []
        for policy in policies:
            records = policy._sequence_steps()
            steps = records._to_decision_steps()
            barrier = min((s.rank for s in steps if s.required), default=len(steps))
            for record, step in zip(records, steps, strict=True):
                limit = None
                if working_today or not step.only_working_days:
                    limit = calendar.latest_base(
                        today, step.delay_days, step.working_days
                    )
                rows.append(
                    SQL(
                        "(%s, %s, %s, %s, %s, %s::date, %s, %s, %s, %s, %s, %s, %s,"
                        " %s)",
                        step.id,
                        policy.id,
                        step.rank,
                        step.trigger,
                        step.delay_days,
                        limit,
                        step.required,
                        step.accompanies,
                        step.channel,
                        policy.entry == "latest"
                        and step.rank <= barrier
                        and step.trigger != "previous",
                        record.automation,
                        record.formal_notice,
                        record.ignore_interval,
                        record.to_escalation,
                    )
                )
        if not rows:
            rows.append(
                SQL(
                    "(0, 0, 0, '', 0, NULL::date, false, false, '', false, '', false,"
                    " false, false)"
                )
            )
        return SQL(
            """step (id, policy_id, rank, trigger, delay_days, base_limit, required,
                     accompanies, channel, can_jump, automation, formal_notice,
                     ignore_interval, to_escalation) AS (VALUES %s)""",
            SQL(", ").join(rows),
        )

    @api.model
    def _receivable_accounts(self, company):
        """Ids of the customers' accounts of ``company``.

        Ids, not a subquery: PostgreSQL then knows from its statistics how many items
        to expect.
        """
        accounts = (
            self.env["account.account"]
            .sudo()
            .with_company(company)
            .with_context(active_test=False)
            .search(
                Domain("account_type", "=", "asset_receivable")
                & Domain("non_trade", "=", False)
                & Domain("company_ids", "parent_of", company.id)
            )
        )
        return tuple(accounts.ids) or (0,)

    @api.model
    def _open_items_where(self, company, debtors=None):
        """Open receivable lines of ``company``: claims and credits alike."""
        conditions = [
            SQL("aml.company_id = %s", company.id),
            SQL("aml.parent_state = 'posted'"),
            SQL("aml.reconciled IS NOT TRUE"),
            SQL("aml.account_id IN %s", self._receivable_accounts(company)),
        ]
        if debtors is not None:
            conditions.append(
                SQL(
                    """aml.partner_id IN (SELECT id FROM res_partner
                                           WHERE commercial_partner_id IN %s)""",
                    tuple(debtors) or (0,),
                )
            )
        return SQL(" AND ").join(conditions)

    @api.model
    def _items_sql(self, policies, company, today, debtors=None):
        reasons = [
            SQL("WHEN %s THEN %s", condition, reason)
            for reason, condition in self._block_conditions(company, today)
        ]
        return SQL(
            """item AS MATERIALIZED (
                SELECT aml.id, aml.move_id, aml.currency_id,
                       debtor.id AS debtor_id,
                       %(claimable)s AS residual,
                       aml.amount_residual * %(claimable)s
                           / aml.amount_residual_currency AS residual_company,
                       COALESCE(move.invoice_date, aml.date) AS issued,
                       COALESCE(aml.date_maturity, aml.date) AS due,
                       %(policy)s AS policy_id,
                       CASE %(reasons)s END AS reason
                  FROM account_move_line aml
                  JOIN account_move move ON move.id = aml.move_id
                  JOIN res_partner partner ON partner.id = aml.partner_id
                  JOIN res_partner debtor ON debtor.id = partner.commercial_partner_id
                 WHERE %(where)s AND aml.amount_residual_currency > 0
            )""",
            claimable=self._claimable_sql(company, today),
            policy=self._policy_sql(policies, company),
            reasons=SQL(" ").join(reasons),
            where=self._open_items_where(company, debtors),
        )

    @api.model
    def _policy_sql(self, policies, company):
        """The policy of an item, in terms of ``move`` and ``debtor``.

        The invoice's own, else the debtor's, else the first that fits the debtor.
        """
        partner_model = self.env["res.partner"].sudo().with_company(company)
        # The customers of a policy are a property of the customers alone: archived
        # ones still owe.
        partner_model = partner_model.with_context(active_test=False)
        cases = [
            SQL(
                "WHEN debtor.id IN %s THEN %s",
                partner_model._search(policy._debtor_domain()).subselect(),
                policy.id,
            )
            for policy in policies.filtered("active")
        ]
        return SQL(
            "COALESCE(move.credit_policy_id, %s, %s)",
            partner_model._field_to_sql("debtor", "credit_policy_id"),
            SQL("CASE %s END", SQL(" ").join(cases)) if cases else SQL("NULL"),
        )

    @api.model
    def _decision_sql(self, company, today):
        """From the position of an item to its next step, or to what blocks it."""
        return SQL(
            """reached AS (
                SELECT DISTINCT ON (line.move_line_id)
                       line.move_line_id, step.rank, reminder.date_done,
                       reminder.deadline_date, reminder.channel, step.id AS step_id
                  FROM item
                  JOIN credit_reminder_line line ON line.move_line_id = item.id
                  JOIN credit_reminder reminder ON reminder.id = line.reminder_id
                  JOIN step ON step.id = line.step_id
                       AND step.policy_id = item.policy_id
                 WHERE reminder.state = 'sent'
                       AND reminder.delivery_state IS DISTINCT FROM 'bounced'
                    OR reminder.state = 'cancelled' AND reminder.skipped
                 ORDER BY line.move_line_id, step.rank DESC, reminder.date_done DESC,
                          reminder.id DESC
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
                 WHERE reminder.company_id = %(company)s
                   AND (reminder.state IN ('to_approve', 'queued', 'failed')
                        OR reminder.state = 'sent'
                           AND reminder.delivery_state = 'bounced')
                 GROUP BY line.move_line_id, line.step_id
            ),
            pending AS (SELECT DISTINCT move_line_id FROM attempt WHERE pending),
            decided AS (
                SELECT item.id, item.move_id, item.currency_id,
                       item.debtor_id, item.residual, item.residual_company,
                       item.issued, item.due, item.policy_id,
                       reached.rank AS position, reached.step_id,
                       reached.date_done AS last_day, reached.deadline_date,
                       reached.channel AS last_channel,
                       following.id AS next_step_id, following.rank AS next_rank,
                       COALESCE(following.due_now, FALSE) AS due_now,
                       CASE WHEN item.reason IS NOT NULL THEN item.reason
                            WHEN item.policy_id IS NULL THEN 'no_policy'
                            WHEN pending.move_line_id IS NOT NULL THEN 'pending'
                            WHEN following.id IS NULL THEN 'finished'
                            WHEN attempt.failed THEN 'failed'
                       END AS reason
                  FROM item
                  LEFT JOIN reached ON reached.move_line_id = item.id
                  LEFT JOIN pending ON pending.move_line_id = item.id
                  LEFT JOIN LATERAL (
                    SELECT candidate.id, candidate.rank, candidate.due_now
                      FROM (
                        SELECT step.id, step.rank, step.can_jump,
                               step.base_limit IS NOT NULL
                                   AND (base.day <= step.base_limit
                                        OR (item.id, step.id) IN (%(resumed)s))
                                   AND (reached.deadline_date IS NULL
                                        OR reached.deadline_date < %(today)s)
                                   AS due_now
                          FROM step
                         CROSS JOIN LATERAL (SELECT CASE step.trigger
                                   WHEN 'issue' THEN item.issued
                                   WHEN 'due' THEN item.due
                                   ELSE COALESCE(reached.date_done, item.due)
                               END AS day) base
                         WHERE step.policy_id = item.policy_id
                           AND step.rank > COALESCE(reached.rank, 0)
                           AND (step.required OR CASE
                                   WHEN step.accompanies
                                        AND step.channel = reached.channel THEN FALSE
                                   WHEN step.trigger = 'previous'
                                        OR item.due >= %(today)s THEN TRUE
                                   ELSE base.day + step.delay_days >= item.due
                               END)
                      ) candidate
                     ORDER BY CASE WHEN candidate.can_jump AND reached.rank IS NULL
                                        AND candidate.due_now
                                   THEN -candidate.rank
                                   ELSE candidate.rank END
                     LIMIT 1
                  ) following ON TRUE
                  LEFT JOIN attempt ON attempt.move_line_id = item.id
                       AND attempt.step_id = following.id
            )""",
            company=company.id,
            today=today,
            resumed=self._resumed_sql(company),
        )

    @api.model
    def _credits_sql(self, company, debtors=None):
        """Credit notes and payments of each debtor that no claim has used yet.

        Credits count whatever their journal, also where they are excluded from
        follow-up: asking too little is mended more easily than asking too much.
        """
        return SQL(
            """SELECT debtor_id, currency_id, SUM(amount) AS amount
                 FROM (
                    SELECT partner.commercial_partner_id AS debtor_id, aml.currency_id,
                           -aml.amount_residual_currency AS amount
                      FROM account_move_line aml
                      JOIN res_partner partner ON partner.id = aml.partner_id
                     WHERE %(where)s AND aml.amount_residual_currency < 0
                     UNION ALL
                    -- Payments registered without a journal entry, for no invoice.
                    SELECT partner.commercial_partner_id, payment.currency_id,
                           payment.amount
                      FROM account_payment payment
                      JOIN res_partner partner ON partner.id = payment.partner_id
                     WHERE payment.company_id = %(company)s
                       AND payment.move_id IS NULL
                       AND payment.state IN ('in_process', 'paid')
                       AND payment.payment_type = 'inbound'
                       AND payment.partner_type = 'customer'
                       AND NOT EXISTS (
                            SELECT FROM account_move__account_payment rel
                             WHERE rel.payment_id = payment.id)
                 ) unmatched
                GROUP BY debtor_id, currency_id""",
            where=self._open_items_where(company, debtors),
            company=company.id,
        )

    @api.model
    def _grouping_sql(self, policies, company, today, debtors=None):
        """Due items by debtor, currency and policy; credits go to the oldest group.

        The steps are compared within a policy only: an item that follows a policy of
        its own makes a group of its own.
        """
        longest = max(policies.mapped("min_interval_days"), default=0)
        rules = [
            SQL(
                "(%s, %s, %s::numeric, %s)",
                policy.id,
                policy.grouping == "invoice",
                str(policy.min_amount),
                policy.min_interval_days,
            )
            for policy in policies
        ] or [SQL("(0, false, 0::numeric, 0)")]
        return SQL(
            """rule (policy_id, by_invoice, min_amount, min_interval) AS (
                VALUES %(rules)s
            ),
            credit AS (%(credit)s),
            contact AS (
                SELECT partner_id AS debtor_id,
                       MAX(date_done) FILTER (WHERE state = 'sent') AS last_day,
                       BOOL_OR(state <> 'sent') AS pending
                  FROM credit_reminder
                 WHERE company_id = %(company)s AND is_thanks IS NOT TRUE
                   -- On which day an imported step was taken nobody knows.
                   AND origin <> 'import'
                   AND (state = 'sent' AND date_done > %(horizon)s
                            AND delivery_state IS DISTINCT FROM 'bounced'
                        OR state IN ('to_approve', 'queued')
                            AND channel NOT IN %(manual)s)
                 GROUP BY partner_id
            ),
            ranked AS (
                SELECT due_item.*,
                       FIRST_VALUE(formal_notice) OVER highest AS in_formal_notice,
                       FIRST_VALUE(ignore_interval) OVER highest AS free_of_interval
                  FROM (
                    SELECT decided.*, step.formal_notice, step.ignore_interval,
                           rule.min_amount, rule.min_interval,
                           -- What the law requires is said in a reminder of its own:
                           -- carried along by a higher step it would not be said.
                           CASE WHEN rule.by_invoice THEN decided.move_id
                                WHEN step.required THEN -1 - step.id
                                ELSE 0 END AS group_key
                      FROM decided
                      JOIN step ON step.id = decided.next_step_id
                      JOIN rule ON rule.policy_id = decided.policy_id
                     WHERE decided.due_now AND decided.reason IS NULL
                  ) due_item
                WINDOW highest AS (
                    PARTITION BY debtor_id, currency_id, policy_id, group_key
                    ORDER BY next_rank DESC)
            ),
            claimed AS (
                SELECT ranked.*,
                       SUM(residual) OVER its_group AS group_residual,
                       SUM(residual_company) OVER its_group AS group_company,
                       MIN(due) OVER its_group AS oldest
                  FROM ranked
                 -- What is not overdue has no place in a formal notice.
                 WHERE NOT (in_formal_notice AND due >= %(today)s)
                WINDOW its_group AS (
                    PARTITION BY debtor_id, currency_id, policy_id, group_key)
            ),
            netted AS (
                SELECT claimed.*,
                       -- Up to and with its own group, the oldest group first.
                       LEAST(group_residual, GREATEST(0, COALESCE(credit.amount, 0)
                           - SUM(residual) OVER so_far + group_residual))
                           AS group_credit
                  FROM claimed
                  LEFT JOIN credit USING (debtor_id, currency_id)
                WINDOW so_far AS (
                    PARTITION BY debtor_id, currency_id
                    ORDER BY oldest, policy_id, group_key)
            ),
            weighed AS (
                SELECT id, move_id, currency_id, debtor_id, residual, issued, due,
                       policy_id, position, step_id, last_day, deadline_date,
                       last_channel, next_step_id, next_rank, due_now,
                       reason AS verdict, FALSE AS proposable, 0 AS group_key,
                       0 AS group_residual, 0 AS group_credit
                  FROM decided
                 WHERE NOT due_now OR reason IS NOT NULL
                 UNION ALL
                SELECT id, move_id, currency_id, debtor_id, residual, issued, due,
                       policy_id, position, step_id, last_day, deadline_date,
                       last_channel, next_step_id, next_rank, due_now,
                       NULL, FALSE, group_key, 0, 0
                  FROM ranked
                 WHERE in_formal_notice AND due >= %(today)s
                 UNION ALL
                SELECT id, move_id, currency_id, debtor_id, residual, issued, due,
                       policy_id, position, step_id, last_day, deadline_date,
                       last_channel, next_step_id, next_rank, due_now,
                       verdict, verdict IS NULL, group_key, group_residual, group_credit
                  FROM (
                    SELECT netted.*,
                           CASE WHEN group_residual <= group_credit THEN 'credit'
                                WHEN group_company * (group_residual - group_credit)
                                     / group_residual < min_amount THEN 'minimum'
                                WHEN free_of_interval THEN NULL
                                WHEN contact.pending THEN 'pending'
                                WHEN contact.last_day > %(today)s - min_interval
                                     THEN 'interval'
                           END AS verdict
                      FROM netted
                      LEFT JOIN contact USING (debtor_id)
                  ) judged
            ),
            evaluated AS (
                SELECT weighed.*,
                       -- The first day on which the debtor may be contacted again.
                       CASE WHEN NOT step.ignore_interval
                            THEN contact.last_day + rule.min_interval END AS free_from
                  FROM weighed
                  LEFT JOIN step ON step.id = weighed.next_step_id
                  LEFT JOIN rule ON rule.policy_id = weighed.policy_id
                  LEFT JOIN contact ON contact.debtor_id = weighed.debtor_id
            )""",
            rules=SQL(", ").join(rules),
            credit=self._credits_sql(company, debtors),
            company=company.id,
            today=today,
            horizon=today - timedelta(days=longest),
            manual=MANUAL_CHANNELS,
        )

    @api.model
    def _evaluation_sql(self, company, today, debtors=None):
        """The whole chain, ending in ``evaluated``; to be put behind ``WITH``."""
        self.env.flush_all()
        policies = self.env["credit.policy"]._get_company_policies(company)
        return SQL(
            "%s, %s, %s, %s",
            self._steps_sql(policies, company, today),
            self._items_sql(policies, company, today, debtors),
            self._decision_sql(company, today),
            self._grouping_sql(policies, company, today, debtors),
        )

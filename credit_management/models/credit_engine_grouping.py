"""Due items by debtor: what the group knows of credits, minimum and interval."""

from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from .credit_policy_step import MANUAL_CHANNELS


class CreditEngine(models.AbstractModel):
    _inherit = "credit.engine"

    @api.model
    def _credits_sql(self, company, debtors=None, day=None):
        """Credit notes and payments of each debtor that no claim has used yet.

        Credits count whatever their journal, also where they are excluded from
        follow-up: asking too little is mended more easily than asking too much. So
        does money that is on the bank: see :meth:`_received_sql`.

        :param debtors: ids of debtors; None for all
        :param date day: without those dated later; None for all
        """
        return SQL(
            """SELECT debtor_id, currency_id, SUM(amount) AS amount
                 FROM (
                    SELECT partner.commercial_partner_id AS debtor_id, aml.currency_id,
                           -aml.amount_residual_currency AS amount
                      FROM account_move_line aml
                      JOIN res_partner partner ON partner.id = aml.partner_id
                     WHERE %(where)s AND aml.amount_residual_currency < 0
                       AND %(until)s
                     UNION ALL
                    -- Payments registered without a journal entry, for no invoice.
                    SELECT partner.commercial_partner_id, payment.currency_id,
                           payment.amount
                      FROM %(registered)s AND payment.move_id IS NULL
                       AND NOT EXISTS (
                            SELECT FROM account_move__account_payment rel
                             WHERE rel.payment_id = payment.id)
                     UNION ALL
                    SELECT debtor_id, currency_id, amount
                      FROM (%(received)s) received
                 ) unmatched
                GROUP BY debtor_id, currency_id""",
            where=self._open_items_where(company, debtors),
            registered=self._registered_sql(company, debtors, day),
            received=self._received_sql(company, debtors, day),
            until=SQL("aml.date <= %s", day) if day else SQL("TRUE"),
        )

    @api.model
    def _registered_sql(self, company, debtors=None, day=None):
        """Payments of debtors as an accountant registers them: what follows FROM."""
        return SQL(
            """account_payment payment
                      JOIN res_partner partner ON partner.id = payment.partner_id
                     WHERE payment.company_id = %s
                       AND payment.payment_type = 'inbound'
                       AND payment.partner_type = 'customer'
                       AND payment.state IN ('in_process', 'paid')
                       AND %s AND %s""",
            company.id,
            self._of_debtors(SQL.identifier("payment", "partner_id"), debtors),
            SQL("payment.date <= %s", day) if day else SQL("TRUE"),
        )

    @api.model
    def _received_sql(self, company, debtors=None, day=None):
        """Money of debtors on the bank that nobody has matched nor registered.

        A query for (item_id, debtor_id, currency_id, amount, amount_company, date):
        the journal items that wait on the suspense accounts, amounts above zero. A line
        of the amount of a payment that was registered by hand, and waits for its line,
        is that payment.
        """
        return SQL(
            """SELECT item_id, debtor_id, currency_id, amount, amount_company, date
                 FROM (
                    SELECT waiting.id AS item_id, waiting.currency_id,
                           payer.commercial_partner_id AS debtor_id,
                           -waiting.amount_currency AS amount,
                           -waiting.balance AS amount_company, waiting.date,
                           ROW_NUMBER() OVER (
                                PARTITION BY payer.commercial_partner_id,
                                             waiting.currency_id,
                                             waiting.amount_currency
                                ORDER BY waiting.date, waiting.id) AS turn
                      FROM account_bank_statement_line line
                      JOIN account_journal journal ON journal.id = line.journal_id
                      JOIN account_move_line waiting
                        ON waiting.move_id = line.move_id
                       AND waiting.account_id = journal.suspense_account_id
                      JOIN res_partner payer ON payer.id = waiting.partner_id
                     WHERE line.company_id = %(company)s
                       AND line.is_reconciled IS NOT TRUE
                       AND waiting.parent_state = 'posted'
                       AND waiting.amount_currency < 0
                       AND %(of_debtors)s AND %(until)s
                 ) received
                 LEFT JOIN (
                    SELECT partner.commercial_partner_id AS debtor_id,
                           payment.currency_id, payment.amount,
                           ROW_NUMBER() OVER (
                                PARTITION BY partner.commercial_partner_id,
                                             payment.currency_id, payment.amount
                           ) AS turn, TRUE AS registered
                      FROM %(registered)s
                       -- Without a journal entry it is matched in name only as long
                       -- as its invoice is open.
                       AND (payment.is_matched IS NOT TRUE
                            OR payment.move_id IS NULL AND EXISTS (
                                SELECT FROM account_move__account_payment rel
                                  JOIN account_move bill ON bill.id = rel.invoice_id
                                 WHERE rel.payment_id = payment.id
                                   AND bill.amount_residual <> 0))
                 ) expected USING (debtor_id, currency_id, amount, turn)
                WHERE registered IS NULL""",
            company=company.id,
            of_debtors=self._of_debtors(
                SQL.identifier("waiting", "partner_id"), debtors
            ),
            until=SQL("waiting.date <= %s", day) if day else SQL("TRUE"),
            registered=self._registered_sql(company, debtors, day),
        )

    @api.model
    def _credits(self, company, debtor_ids, day=None):
        """The same as figures: {(debtor id, currency id): amount in major units}."""
        self.env.flush_all()
        rows = self.env.execute_query(self._credits_sql(company, debtor_ids, day))
        return {(debtor, currency): float(amount) for debtor, currency, amount in rows}

    @api.model
    def _has_loose_money(self, company, debtor_ids):
        """Whether debtors may have paid what is on none of their accounts.

        Quick to ask: :meth:`_credits` takes PostgreSQL many times as long to plan.
        """
        self.env.flush_all()
        [[found]] = self.env.execute_query(
            SQL(
                """SELECT EXISTS (
                        SELECT FROM account_bank_statement_line line
                          JOIN res_partner payer ON payer.id = line.partner_id
                         WHERE line.company_id = %(company)s
                           AND line.is_reconciled IS NOT TRUE
                           AND payer.commercial_partner_id = ANY(%(debtors)s)
                    ) OR EXISTS (
                        SELECT FROM %(registered)s AND payment.move_id IS NULL)""",
                registered=self._registered_sql(company, debtor_ids),
                company=company.id,
                debtors=list(debtor_ids),
            )
        )
        return found

    @api.model
    def _grouping_sql(self, policies, company, today, debtors=None):
        """Due items by debtor, currency and policy; credits go to the oldest group.

        The steps are compared within a policy only: an item that follows a policy of
        its own makes a group of its own.
        """
        longest = max(policies.mapped("min_interval_days"), default=0)
        return SQL(
            """credit AS (%(credit)s),
            contact AS (
                SELECT partner_id AS debtor_id,
                       MAX(date_done) FILTER (WHERE state = 'sent') AS last_day,
                       BOOL_OR(state <> 'sent') AS pending
                  FROM credit_reminder reminder
                 WHERE company_id = %(company)s AND is_thanks IS NOT TRUE
                   AND %(of_debtors)s
                   -- Unless the file said so, nobody knows on which day an imported
                   -- step was taken.
                   AND (origin <> 'import' OR day_known)
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
                    SELECT decided.id, decided.move_id, decided.currency_id,
                           decided.debtor_id, decided.residual, decided.amount,
                           decided.open_amount,
                           decided.open_company * decided.residual
                               / decided.open_amount AS residual_company,
                           decided.issued, decided.due, decided.policy_id,
                           decided.position, decided.last_day, decided.deadline_date,
                           decided.last_channel, decided.next_step_id,
                           decided.next_rank, decided.due_now,
                           step.formal_notice, step.ignore_interval,
                           step.min_amount, step.min_interval,
                           -- What the law requires is said in a reminder of its own:
                           -- carried along by a higher step it would not be said.
                           CASE WHEN step.by_invoice THEN decided.move_id
                                WHEN step.required THEN -1 - step.id
                                ELSE 0 END AS group_key
                      FROM decided
                      JOIN step ON step.id = decided.next_step_id
                     WHERE decided.eligible
                  ) due_item
                WINDOW highest AS (
                    PARTITION BY debtor_id, currency_id, policy_id, group_key
                    ORDER BY next_rank DESC)
            ),
            claimed AS (
                SELECT ranked.*,
                       SUM(residual) OVER its_group AS group_residual,
                       SUM(residual_company) OVER its_group AS group_company,
                       SUM(residual) FILTER (WHERE due < %(today)s)
                           OVER its_group AS group_overdue,
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
            judged AS (
                SELECT id, move_id, currency_id, debtor_id, residual, amount,
                       open_amount, issued, due, policy_id, position, last_day,
                       deadline_date, last_channel, next_step_id, next_rank, due_now,
                       group_key, group_residual, group_credit,
                       -- What falls due later is no reason to remind of what is
                       -- covered.
                       CASE WHEN group_residual <= group_credit
                                 OR group_overdue <= group_credit THEN 'credit'
                            WHEN group_company * (group_residual - group_credit)
                                 / group_residual < min_amount THEN 'minimum'
                            WHEN free_of_interval THEN NULL
                            WHEN contact.pending THEN 'pending'
                            WHEN contact.contacted > %(today)s - min_interval
                                 THEN 'interval'
                       END AS verdict
                  FROM netted
                  LEFT JOIN (SELECT debtor_id, pending, last_day AS contacted
                               FROM contact) contact USING (debtor_id)
            ),
            weighed AS NOT MATERIALIZED (
                SELECT id, move_id, currency_id, debtor_id, residual, issued, due,
                       policy_id, position, last_day, deadline_date, last_channel,
                       next_step_id, next_rank, due_now,
                       reason AS verdict, FALSE AS proposable
                  FROM decided
                 WHERE NOT eligible
                 UNION ALL
                SELECT id, move_id, currency_id, debtor_id, residual, issued, due,
                       policy_id, position, last_day, deadline_date, last_channel,
                       next_step_id, next_rank, due_now, NULL, FALSE
                  FROM ranked
                 WHERE in_formal_notice AND due >= %(today)s
                 UNION ALL
                SELECT id, move_id, currency_id, debtor_id, residual, issued, due,
                       policy_id, position, last_day, deadline_date, last_channel,
                       next_step_id, next_rank, due_now, verdict, verdict IS NULL
                  FROM judged
            ),
            evaluated AS (
                SELECT weighed.*, taken.id AS step_id,
                       contact.last_day AS contacted,
                       -- The first day on which the debtor may be contacted again.
                       CASE WHEN NOT step.ignore_interval
                            THEN contact.last_day + step.min_interval END AS free_from
                  FROM weighed
                  LEFT JOIN step ON step.id = weighed.next_step_id
                  LEFT JOIN step taken ON taken.policy_id = weighed.policy_id
                       AND taken.rank = weighed.position
                  LEFT JOIN contact ON contact.debtor_id = weighed.debtor_id
            )""",
            credit=self._credits_sql(company, debtors),
            company=company.id,
            of_debtors=self._of_debtors(
                SQL.identifier("reminder", "partner_id"), debtors
            ),
            today=today,
            horizon=today - timedelta(days=longest),
            manual=MANUAL_CHANNELS,
        )

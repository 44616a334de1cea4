"""Thank-yous: a word after the payment."""

from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from .credit_policy_step import MANUAL_CHANNELS

#: Payments older than this many days are not thanked for any more: the first run of
#: a company, or one after a long pause, does not thank for last year.
HORIZON_DAYS = 7


class CreditRun(models.Model):
    _inherit = "credit.run"

    def _thanks_sql(self, policies):
        calendar = self.company_id._credit_calendar()
        working_today = calendar.is_working(self.date)
        rows = []
        for policy in policies:
            for step in policy.step_ids.filtered(lambda s: s.trigger == "payment"):
                if step.only_working_days and not working_today:
                    continue
                working = step.delay_unit == "working"
                limit = calendar.latest_base(self.date, step.delay_days, working)
                rows.append(
                    SQL(
                        "(%s, %s, %s, %s::date, %s::date, %s, %s, %s, %s)",
                        step.id,
                        policy.id,
                        step.sequence,
                        limit,
                        limit - timedelta(days=HORIZON_DAYS),
                        step.payment_condition,
                        step.channel,
                        step.automation,
                        step.to_escalation,
                    )
                )
        return rows

    def _propose_thanks(self, hold_automatic):
        """Thank for items fully paid of late, in time or after a reminder.

        Never twice for an item, and never where a credit note alone settled it. Nobody
        is thanked and reminded of something else on one morning: the word waits until
        the reminder is a day old. A call or a visit may never be made, so none waits
        for it.

        :return int: the number of thank-yous
        """
        engine = self.env["credit.engine"]
        policies = self.env["credit.policy"]._get_company_policies(self.company_id)
        steps = self._thanks_sql(policies)
        if not steps:
            return 0
        rows = self.env.execute_query(
            SQL(
                """WITH thanks (id, policy_id, sequence, last_day, first_day, condition,
                         channel, automation, to_escalation) AS (VALUES %(steps)s),
            touched AS (
                -- Claims that a payment of the last days was matched with.
                SELECT DISTINCT part.debit_move_id AS id
                  FROM account_move_line payment_line
                  JOIN account_partial_reconcile part
                    ON part.credit_move_id = payment_line.id
                 WHERE payment_line.company_id = %(company)s
                   AND payment_line.account_id IN %(accounts)s
                   AND payment_line.parent_state = 'posted'
                   AND payment_line.date >= (SELECT MIN(first_day) FROM thanks)
                   AND payment_line.date <= %(date)s
            ),
            item AS MATERIALIZED (
                SELECT aml.id, aml.move_id, aml.currency_id, aml.amount_currency,
                       aml.move_name, debtor.id AS debtor_id,
                       %(policy)s AS policy_id,
                       COALESCE(move.invoice_date, aml.date) AS issued,
                       COALESCE(aml.date_maturity, aml.date) AS due,
                       settlement.day AS settled
                  FROM touched
                  JOIN account_move_line aml ON aml.id = touched.id
                  JOIN account_move move ON move.id = aml.move_id
                  JOIN res_partner partner ON partner.id = aml.partner_id
                  JOIN res_partner debtor ON debtor.id = partner.commercial_partner_id
                 CROSS JOIN LATERAL (
                    SELECT MAX(part.max_date) AS day,
                           BOOL_OR(journal.type IN ('bank', 'cash', 'credit')) AS paid
                      FROM account_partial_reconcile part
                      JOIN account_move_line other ON other.id = part.credit_move_id
                      JOIN account_journal journal ON journal.id = other.journal_id
                     WHERE part.debit_move_id = aml.id
                 ) settlement
                 WHERE aml.reconciled AND aml.balance > 0
                   AND aml.parent_state = 'posted'
                   AND move.move_type = 'out_invoice'
                   AND settlement.paid
                   AND settlement.day <= %(date)s
                   AND NOT EXISTS (
                        SELECT FROM credit_reminder_line line
                          JOIN credit_reminder reminder
                            ON reminder.id = line.reminder_id
                         WHERE line.move_line_id = aml.id AND reminder.is_thanks)
            ),
            deserved_any AS (
                SELECT DISTINCT ON (item.id) item.*, thanks.id AS step_id,
                       thanks.channel, thanks.automation, thanks.to_escalation
                  FROM item
                  JOIN thanks ON thanks.policy_id = item.policy_id
                 CROSS JOIN LATERAL (SELECT EXISTS (
                        SELECT FROM credit_reminder_line line
                          JOIN credit_reminder reminder
                            ON reminder.id = line.reminder_id
                         WHERE line.move_line_id = item.id
                           AND reminder.state = 'sent'
                           AND reminder.delivery_state IS DISTINCT FROM 'bounced'
                           AND reminder.date_done <= item.settled) AS yes) reminded
                 WHERE item.settled BETWEEN thanks.first_day AND thanks.last_day
                   AND CASE thanks.condition
                            WHEN 'in_time' THEN item.settled <= item.due
                            WHEN 'after_reminder' THEN item.settled > item.due
                                                       AND reminded.yes
                            ELSE item.settled <= item.due OR reminded.yes END
                 ORDER BY item.id, thanks.sequence, thanks.id
            ),
            spoken_to AS MATERIALIZED (
                SELECT reminder.partner_id AS debtor_id
                  FROM credit_reminder reminder
                 WHERE reminder.company_id = %(company)s
                   AND reminder.partner_id IN (SELECT debtor_id FROM deserved_any)
                   AND reminder.is_thanks IS NOT TRUE
                   AND reminder.origin <> 'import'
                   AND (reminder.state IN ('to_approve', 'queued')
                            AND reminder.channel NOT IN %(manual)s
                        OR reminder.state = 'sent' AND reminder.date_done = %(date)s)
            ),
            deserved AS (
                SELECT * FROM deserved_any
                 WHERE debtor_id NOT IN (SELECT debtor_id FROM spoken_to)
            ),
            proposal AS (
                INSERT INTO credit_reminder (
                    name, run_id, origin, company_id, partner_id, contact_id, user_id,
                    currency_id, policy_id, step_id, channel, state, date, group_key,
                    is_thanks, skipped, printed, access_version,
                    amount_residual, amount_credit, amount_interest, amount_indemnity,
                    amount_fee, amount_total, amount_asked,
                    create_uid, create_date, write_uid, write_date)
                SELECT %(next_name)s, %(run)s, 'run', %(company)s, top.debtor_id,
                       COALESCE(contact.id, top.debtor_id), %(collector)s,
                       top.currency_id, top.policy_id, top.step_id, top.channel,
                       CASE WHEN top.automation = 'automatic'
                                 AND NOT %(hold_automatic)s
                                 AND top.channel NOT IN %(manual)s
                            THEN 'queued' ELSE 'to_approve' END,
                       %(date)s, 0, TRUE, FALSE, FALSE, 1, 0, 0, 0, 0, 0, 0, 0,
                       %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s,
                       NOW() AT TIME ZONE 'UTC'
                  FROM (
                    SELECT DISTINCT debtor_id, currency_id, policy_id, step_id, channel,
                           automation, to_escalation
                      FROM deserved) top
                  JOIN res_partner debtor_partner ON debtor_partner.id = top.debtor_id
                  LEFT JOIN LATERAL (%(contact)s) contact ON TRUE
                RETURNING id, partner_id, currency_id, step_id
            ),
            proposal_line AS (
                INSERT INTO credit_reminder_line (
                    reminder_id, move_line_id, move_id, step_id, currency_id, name,
                    date_invoice, date_due, days_overdue, amount_original,
                    amount_residual, amount_interest, amount_indemnity,
                    create_uid, create_date, write_uid, write_date)
                SELECT proposal.id, deserved.id, deserved.move_id, deserved.step_id,
                       deserved.currency_id, deserved.move_name, deserved.issued,
                       deserved.due, deserved.settled - deserved.due,
                       deserved.amount_currency, 0, 0, 0, %(uid)s,
                       NOW() AT TIME ZONE 'UTC', %(uid)s, NOW() AT TIME ZONE 'UTC'
                  FROM deserved
                  JOIN proposal ON proposal.partner_id = deserved.debtor_id
                       AND proposal.currency_id = deserved.currency_id
                       AND proposal.step_id = deserved.step_id
            )
            SELECT COUNT(*) FROM proposal""",
                steps=SQL(", ").join(steps),
                company=self.company_id.id,
                accounts=engine._receivable_accounts(self.company_id),
                date=self.date,
                policy=engine._policy_sql(policies, self.company_id),
                next_name=self.env["credit.reminder"]._next_names_sql(),
                run=self.id,
                collector=self._collector_sql(),
                hold_automatic=hold_automatic,
                manual=MANUAL_CHANNELS,
                uid=self.env.uid,
                contact=self._contact_sql(),
            )
        )
        return rows[0][0]

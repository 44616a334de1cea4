"""Where the tasks of the worklist come from."""

from odoo import api, models
from odoo.tools import SQL

from .credit_task import NUMBER


class CreditTask(models.Model):
    _inherit = "credit.task"

    @api.model
    def _task_parts(self, companies, engine):
        """The sources of tasks: list of (kind, query). Other addons add theirs."""
        return [
            *self._reminder_parts(companies),
            *self._agreement_parts(companies.ids),
            *self._ledger_parts(companies, engine),
        ]

    @api.model
    def _part(self, kind, model, alias, source, **columns):
        """One source of tasks.

        :param SQL source: where they come from, ``alias`` among it, with conditions
        :param columns: SQL of the columns of a task: ``date``, ``days`` (overdue) and
            ``amount`` (in ``currency``) are required; ``company``, ``partner``,
            ``user``, ``currency`` and ``deadline`` are those of the record otherwise
        :return: (kind, query)
        """
        row = SQL(
            """%(alias)s.id::bigint * 64 + %(number)s AS id, %(kind)s AS kind,
               %(model)s AS res_model, %(alias)s.id AS res_id,
               %(company)s AS company_id, %(partner)s AS partner_id,
               %(user)s AS user_id, %(currency)s AS currency_id,
               %(date)s AS date, %(deadline)s AS deadline_date,
               COALESCE(%(days)s, 0)::int AS days,
               COALESCE(%(amount)s, 0)::numeric AS amount""",
            alias=SQL.identifier(alias),
            number=NUMBER[kind],
            kind=kind,
            model=model,
            company=columns.get("company", SQL.identifier(alias, "company_id")),
            partner=columns.get("partner", SQL.identifier(alias, "partner_id")),
            user=columns.get("user", SQL.identifier(alias, "user_id")),
            currency=columns.get("currency", SQL.identifier(alias, "currency_id")),
            date=columns["date"],
            deadline=columns.get("deadline", SQL("NULL::date")),
            days=columns["days"],
            amount=columns["amount"],
        )
        return kind, SQL("SELECT %s FROM %s", row, source)

    @api.model
    def _pressing_sql(self):
        """The condition that debtors may be pressed for ``aml``; ``firm`` says what day
        it is. A hook for what may be paid, and is asked of nobody.
        """
        return SQL("TRUE")

    @api.model
    def _agreement_parts(self, company_ids):
        """Promises and plans that were broken, plans asked for, disputes to answer."""
        # The oldest open item of an agreement says how long it is overdue.
        oldest = """(SELECT MAX(firm.today - COALESCE(aml.date_maturity, aml.date))
                       FROM {rel} rel
                       JOIN account_move_line aml ON aml.id = rel.item_id
                       JOIN firm ON firm.id = aml.company_id
                      WHERE rel.{column} = {alias}.id
                        AND aml.reconciled IS NOT TRUE)"""
        promise_days = SQL(
            oldest.format(
                rel="credit_promise_item_rel", column="promise_id", alias="promise"
            )
        )
        plan_days = SQL(
            oldest.format(rel="credit_plan_item_rel", column="plan_id", alias="plan")
        )
        return [
            self._part(
                "promise_broken",
                "credit.promise",
                "promise",
                SQL(
                    """credit_promise promise
                        WHERE promise.state IN ('broken', 'partly')
                          AND promise.task_done IS NOT TRUE
                          AND promise.company_id = ANY(%s)
                          AND EXISTS (
                            SELECT FROM credit_promise_item_rel rel
                              JOIN account_move_line aml ON aml.id = rel.item_id
                             WHERE rel.promise_id = promise.id
                               AND aml.reconciled IS NOT TRUE AND %s)""",
                    company_ids,
                    self._pressing_sql(),
                ),
                date=SQL("COALESCE(promise.date_closed, promise.date)"),
                days=promise_days,
                amount=SQL("promise.amount - COALESCE(promise.amount_paid, 0)"),
            ),
            *(
                self._part(
                    kind,
                    "credit.plan",
                    "plan",
                    SQL(
                        """credit_plan plan
                            WHERE plan.state = %s AND plan.task_done IS NOT TRUE
                              AND plan.company_id = ANY(%s)
                              AND (plan.state = 'requested' OR EXISTS (
                                SELECT FROM credit_plan_item_rel rel
                                  JOIN account_move_line aml ON aml.id = rel.item_id
                                 WHERE rel.plan_id = plan.id
                                   AND aml.reconciled IS NOT TRUE AND %s))""",
                        state,
                        company_ids,
                        self._pressing_sql(),
                    ),
                    date=day,
                    days=plan_days,
                    amount=SQL("plan.amount_total - COALESCE(plan.amount_paid, 0)"),
                )
                for kind, state, day in (
                    ("plan_broken", "broken", SQL("plan.date_closed")),
                    ("plan_request", "requested", SQL("plan.date_requested")),
                )
            ),
            self._part(
                "dispute",
                "credit.dispute",
                "dispute",
                SQL(
                    # Looked up one by one: PostgreSQL would read all invoices there
                    # are. As aggregates, since it then leaves them out of a count.
                    """credit_dispute dispute
                         JOIN firm ON firm.id = dispute.company_id
                         LEFT JOIN LATERAL (
                            SELECT MAX(currency_id) AS currency_id,
                                   MAX(invoice_date_due) AS invoice_date_due,
                                   MAX(amount_residual) AS amount_residual
                              FROM account_move WHERE id = dispute.move_id
                         ) move ON TRUE
                        WHERE dispute.state = 'open'"""
                ),
                currency=SQL("move.currency_id"),
                date=SQL("dispute.date"),
                deadline=SQL("dispute.deadline_date"),
                days=SQL("firm.today - move.invoice_date_due"),
                amount=SQL(
                    """CASE WHEN COALESCE(dispute.amount, 0) = 0
                            THEN move.amount_residual
                            ELSE LEAST(dispute.amount, move.amount_residual)
                       END"""
                ),
            ),
        ]

    @api.model
    def _reminder_parts(self, companies):
        """Reminders to approve, calls to make, letters to print, what came back."""
        waiting = SQL("reminder.state = 'to_approve'")
        manual = SQL("reminder.channel IN ('phone', 'visit')")
        alone = SQL(
            """NOT EXISTS (SELECT FROM credit_reminder heir
                            WHERE heir.fallback_of_id = reminder.id)"""
        )
        conditions = {
            "approval": [SQL("%s AND NOT %s", waiting, manual)],
            "call": [SQL("%s AND %s", waiting, self._call_condition(companies))],
            "letter": [
                SQL(
                    """reminder.state = 'sent' AND reminder.letter_id IS NOT NULL
                       AND reminder.printed IS NOT TRUE"""
                )
            ],
            # Two parts: each has an index of its own.
            "bounce": [
                SQL("reminder.state = 'failed' AND %s", alone),
                SQL(
                    """reminder.delivery_state = 'bounced'
                       AND reminder.state = 'sent' AND %s
                       -- First somebody looks at the address.
                       AND reminder.address_check IS DISTINCT FROM 'open'""",
                    alone,
                ),
            ],
            "post": [
                SQL(
                    """reminder.postal_state = 'to_post' AND reminder.state = 'sent'
                       AND (reminder.printed OR reminder.letter_id IS NULL)
                       AND reminder.postal_provider IS NULL
                       AND reminder.postal_batch_id IS NULL"""
                )
            ],
            "postal_address": [SQL("reminder.address_check = 'open'")],
            "reply": [
                SQL(
                    """reminder.state = 'sent' AND reminder.delivery_state = 'replied'
                       AND reminder.reply_handled IS NOT TRUE
                       -- A reply that is a message of its own is a task already.
                       AND NOT EXISTS (
                            SELECT FROM credit_answer answer
                             WHERE answer.reminder_id = reminder.id
                               AND answer.state = 'new')"""
                )
            ],
        }
        return [
            self._part(
                kind,
                "credit.reminder",
                "reminder",
                SQL(
                    """credit_reminder reminder
                         JOIN firm ON firm.id = reminder.company_id
                        WHERE %s AND reminder.company_id = ANY(%s)""",
                    condition,
                    companies.ids,
                ),
                date=SQL("COALESCE(reminder.date_done, reminder.date)"),
                days=SQL(
                    """(SELECT firm.today - MIN(line.date_due)
                          FROM credit_reminder_line line
                         WHERE line.reminder_id = reminder.id)"""
                ),
                amount=SQL("reminder.amount_asked"),
            )
            for kind, alternatives in conditions.items()
            for condition in alternatives
        ]

    @api.model
    def _ledger_parts(self, companies, engine):
        """Messages, payments that nobody matched, and charges to book."""
        overdue = """{what}
              FROM account_move_line aml
              JOIN res_partner partner ON partner.id = aml.partner_id
             WHERE partner.commercial_partner_id = {debtor}
               AND aml.company_id = firm.id AND aml.parent_state = 'posted'
               AND aml.reconciled IS NOT TRUE AND aml.amount_residual > 0
               AND aml.account_id = ANY(%(accounts)s)
               AND COALESCE(aml.date_maturity, aml.date) < firm.today)"""
        total = "(SELECT SUM(aml.amount_residual)"
        oldest = "(SELECT firm.today - MIN(COALESCE(aml.date_maturity, aml.date))"
        accounts = list(
            {
                id_
                for company in companies
                for id_ in engine._receivable_accounts(company)
            }
        )

        def owed(what, debtor):
            return SQL(overdue.format(what=what, debtor=debtor), accounts=accounts)

        def named(what):
            return SQL(
                what
                + """
                      FROM credit_answer_item_rel rel
                      JOIN account_move_line aml ON aml.id = rel.item_id
                     WHERE rel.answer_id = answer.id
                       AND aml.reconciled IS NOT TRUE)"""
            )

        def unmatched(joins, where, debtor, amount):
            """Payments of debtors who owe something: ``joins`` follow the firm."""
            return self._part(
                "unmatched_payment",
                "account.move.line",
                "unmatched",
                SQL(
                    """account_move_line unmatched
                         JOIN firm ON firm.id = unmatched.company_id
                         %s CROSS JOIN LATERAL (
                            -- Otherwise it would be looked up for each mention.
                            SELECT %s AS days OFFSET 0) owed
                        WHERE %s AND owed.days IS NOT NULL""",
                    joins,
                    owed(oldest, debtor),
                    where,
                ),
                partner=SQL(debtor),
                user=SQL("NULL::int"),
                currency=SQL("firm.currency_id"),
                date=SQL("unmatched.date"),
                days=SQL("owed.days"),
                amount=SQL(amount),
            )

        return [
            self._part(
                "answer",
                "credit.answer",
                "answer",
                SQL(
                    """credit_answer answer
                         JOIN firm ON firm.id = answer.company_id
                        WHERE answer.state = 'new'"""
                ),
                currency=SQL("firm.currency_id"),
                date=SQL("answer.date"),
                deadline=SQL("answer.hold_until"),
                # Of what it names, if anything: the same money is not counted twice.
                days=SQL(
                    "COALESCE(%s, %s)",
                    named(oldest),
                    owed(oldest, "answer.partner_id"),
                ),
                amount=SQL(
                    "COALESCE(%s, %s)",
                    named(total),
                    owed(total, "answer.partner_id"),
                ),
            ),
            unmatched(
                SQL(
                    """JOIN account_move move ON move.id = unmatched.move_id
                       JOIN res_partner payer ON payer.id = unmatched.partner_id"""
                ),
                SQL(
                    """unmatched.parent_state = 'posted'
                        AND unmatched.reconciled IS NOT TRUE
                        AND unmatched.amount_residual < 0
                        AND unmatched.account_id = ANY(%s)
                        AND move.move_type = 'entry'""",
                    accounts,
                ),
                "payer.commercial_partner_id",
                "-unmatched.amount_residual",
            ),
            *(
                unmatched(
                    SQL(
                        "JOIN (%s) received ON received.item_id = unmatched.id",
                        engine._received_sql(company),
                    ),
                    SQL("TRUE"),
                    "received.debtor_id",
                    "received.amount_company",
                )
                for company in companies
            ),
            *(
                self._part(
                    "charge_to_book",
                    "credit.charge",
                    "charge",
                    SQL(
                        """credit_charge charge
                             JOIN (%s) credit ON credit.debtor_id = charge.partner_id
                                  AND credit.currency_id = charge.currency_id
                             JOIN firm ON firm.id = charge.company_id
                            WHERE charge.state = 'claimed' AND credit.amount > 0
                              AND charge.company_id = %s""",
                        engine._credits_sql(company),
                        company.id,
                    ),
                    user=SQL("NULL::int"),
                    date=SQL("charge.date"),
                    days=SQL("firm.today - charge.date"),
                    amount=SQL("charge.amount_open"),
                )
                # Also where charges are only shown: once they are paid, somebody has
                # to book them, or to waive them, or the money pays the next invoice.
                for company in companies
            ),
        ]

"""The charges of reminders: what each asks for, what it leaves out and why.

Charges are worked out when a reminder is proposed and again when it leaves, by one and
the same way: facts of all its items in a few queries, arithmetic in plain Python, one
statement that writes. When it has left, what it asked for is kept as ``credit.charge``.
"""

from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from .credit_engine_accounts import account_summary
from .credit_engine_charges import among, array_of

#: Fields of the database that hold what was worked out.
AMOUNTS = ("amount_interest", "amount_indemnity", "amount_cost")


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    # ------------------------------------------------------------------
    # Working out
    # ------------------------------------------------------------------

    def _refresh_charges(self, day=None):
        """Work out the charges of reminders that have not left yet.

        :param date day: the day of the claim; today in the company's time zone by
            default
        :return: the reminders whose charges cannot be worked out, because a rate is
            missing; they say which in ``failure_reason``
        """
        stopped = self.browse()
        self.fetch(["company_id", "currency_id", "is_thanks", "partner_id", "step_id"])
        claims = self.filtered(lambda reminder: not reminder.is_thanks)
        for company, reminders in claims.grouped("company_id").items():
            stopped |= reminders._refresh_company_charges(
                company, day or company._credit_today()
            )
        return stopped

    def _refresh_company_charges(self, company, day):
        self.env.flush_all()
        wanted = {step.id: step._wanted_charges() for step in self.step_id}
        engine = self.env["credit.engine"].sudo()
        work = engine._charge_work(company, day)
        accounts = engine._charge_accounts(work, self._charge_lines(), wanted)
        self._write_charges(accounts, work)
        missing = {id_: a.missing for id_, a in accounts.items() if a.missing}
        texts = self.env["credit.rate.series"]._missing_sentences([*missing.values()])
        for reminder, text in zip(self.browse(missing), texts, strict=True):
            reminder.failure_reason = text
        return self.browse(missing)

    def _charge_lines(self):
        """The lines of the reminders for :meth:`credit.engine._charge_accounts`.

        A reminder without lines has one that names no item.
        """
        return self.env.execute_query(
            SQL(
                """SELECT line.id, reminder.id, line.move_line_id, reminder.step_id
                     FROM credit_reminder reminder
                     LEFT JOIN credit_reminder_line line
                       ON line.reminder_id = reminder.id
                    WHERE reminder.id %s
                    ORDER BY reminder.id, line.id""",
                among(self.ids),
            )
        )

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _write_charges(self, accounts, work):
        """Write what was worked out, in two statements however many reminders."""
        units = {c.id: Decimal(1).scaleb(-c.decimal_places) for c in self.currency_id}
        unit = {reminder.id: units[reminder.currency_id.id] for reminder in self}
        line_rows = [
            (line, *(amount * unit[reminder_id] for amount in amounts))
            for reminder_id, account in accounts.items()
            for line, amounts in account.lines.items()
        ]
        if line_rows:
            self.env.execute_query(
                SQL(
                    """UPDATE credit_reminder_line line
                          SET amount_interest = given.interest,
                              amount_indemnity = given.indemnity,
                              amount_cost = given.cost
                         FROM UNNEST(%s::int[], %s::numeric[], %s::numeric[],
                                     %s::numeric[])
                              AS given (id, interest, indemnity, cost)
                        WHERE line.id = given.id
                          AND (line.amount_interest IS DISTINCT FROM given.interest
                               OR line.amount_indemnity
                                  IS DISTINCT FROM given.indemnity
                               OR line.amount_cost IS DISTINCT FROM given.cost)
                    RETURNING line.id""",
                    *map(array_of, zip(*line_rows, strict=True)),
                )
            )
        carried = self._charges_carried(work.company)
        self.env.execute_query(
            SQL(
                """UPDATE credit_reminder reminder
                      SET amount_interest = total.interest,
                          amount_indemnity = total.indemnity,
                          amount_fee = total.cost + given.fee,
                          amount_carried = given.carried,
                          amount_total = COALESCE(reminder.amount_residual, 0)
                              - COALESCE(reminder.amount_credit, 0) + total.interest
                              + total.indemnity + total.cost + given.fee
                              + given.carried,
                          amount_asked = GREATEST(0,
                              COALESCE(reminder.amount_residual, 0)
                              - COALESCE(reminder.amount_credit, 0) + total.interest
                              + total.indemnity + total.cost + given.fee
                              + given.carried - %s),
                          charges = given.charges::jsonb
                     FROM UNNEST(%s::int[], %s::numeric[], %s::numeric[], %s::text[])
                          AS given (id, fee, carried, charges)
                    CROSS JOIN LATERAL (
                        SELECT COALESCE(SUM(line.amount_interest), 0) AS interest,
                               COALESCE(SUM(line.amount_indemnity), 0) AS indemnity,
                               COALESCE(SUM(line.amount_cost), 0) AS cost
                          FROM credit_reminder_line line
                         WHERE line.reminder_id = given.id) total
                    WHERE reminder.id = given.id
                RETURNING reminder.id""",
                self._coming_sql(),
                self.ids,
                [accounts[id_].fee * unit[id_] for id_ in self.ids],
                [carried.get(id_, Decimal(0)) for id_ in self.ids],
                [
                    account_summary(accounts[id_], unit[id_], work, final=True)
                    for id_ in self.ids
                ],
            )
        )
        self.invalidate_recordset(
            ["amount_interest", "amount_indemnity", "amount_fee", "amount_carried"]
            + ["amount_total", "amount_asked", "charges"],
            flush=False,
        )
        self.env["credit.reminder.line"].invalidate_model(list(AMOUNTS), flush=False)

    @api.model
    def _settled_late_sql(self, company):
        """The condition that ``item`` was settled late, in part at least."""
        return SQL(
            """EXISTS (
                SELECT FROM account_partial_reconcile part
                  JOIN account_move_line other ON other.id = part.credit_move_id
                  JOIN account_move settling ON settling.id = other.move_id
                 WHERE part.debit_move_id = item.id
                   AND other.date > COALESCE(item.date_maturity, item.date)
                   AND (settling.move_type <> 'out_refund' OR NOT %s))""",
            company.credit_note_retroactive,
        )

    def _charges_carried(self, company):
        """Charges still owed that belong to no open item: {reminder id: amount}.

        Fees of earlier reminders, and charges on what has been paid meanwhile. The
        debtor's first reminder of a currency carries them, so that no two do. What
        belongs to an open item waits for the reminder that claims this item. What was
        paid in time, though entered late, owes nothing; nor does what was credited as
        a whole, where credit notes count from the start.
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT MIN(reminder.id), owed.amount
                     FROM credit_reminder reminder
                     JOIN (
                        SELECT charge.partner_id, charge.currency_id,
                               SUM(charge.amount_open) AS amount
                          FROM credit_charge charge
                          LEFT JOIN account_move_line item
                            ON item.id = charge.move_line_id
                         WHERE charge.company_id = %(company)s
                           AND charge.state = 'claimed' AND charge.amount_open <> 0
                           AND charge.partner_id = ANY(%(debtors)s)
                           AND (item.id IS NULL
                                OR item.reconciled AND %(late)s)
                           -- The instalments of a plan that runs pay its charges.
                           AND NOT EXISTS (
                                SELECT FROM credit_plan plan
                                 WHERE plan.id = charge.plan_id
                                   AND plan.state = 'active')
                           AND NOT EXISTS (
                                SELECT FROM credit_reminder claiming
                                 WHERE claiming.id = charge.reminder_id
                                   AND claiming.state = 'sent'
                                   AND claiming.run_id IN (%(runs)s))
                         GROUP BY charge.partner_id, charge.currency_id
                     ) owed USING (partner_id, currency_id)
                    WHERE reminder.id = ANY(%(ids)s)
                    GROUP BY owed.partner_id, owed.currency_id, owed.amount
                   HAVING NOT EXISTS (
                        SELECT FROM credit_reminder other
                         WHERE other.company_id = %(company)s
                           AND other.partner_id = owed.partner_id
                           AND other.currency_id = owed.currency_id
                           AND other.amount_carried > 0
                           AND (other.state IN ('to_approve', 'queued')
                                OR other.state = 'sent'
                                   AND other.delivery_state
                                       IS DISTINCT FROM 'bounced'
                                   AND other.run_id IN (%(runs)s))
                           AND other.id <> ALL(%(ids)s))""",
                late=self._settled_late_sql(company),
                runs=SQL(
                    "SELECT run_id FROM credit_reminder WHERE id = ANY(%s)", self.ids
                ),
                company=company.id,
                debtors=self.partner_id.ids,
                ids=self.ids,
            )
        )
        return dict(rows)

    # ------------------------------------------------------------------
    # Once it has left
    # ------------------------------------------------------------------

    def _register_charges(self):
        """Keep what the reminders asked for: it is claimed now.

        It was worked out together with what the debtor reads: what is kept is what was
        said. One statement, however many reminders.

        :return bool: whether anything was claimed for the first time
        """
        # A proposal says the sums alone. Every reminder is checked again before it
        # leaves, and whatever calls this without that must not lose a claim.
        unsettled = self.filtered(lambda r: r.charges and "new" not in r.charges)
        unsettled._refresh_charges()
        self.flush_recordset(["charges", "date_done"])
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO credit_charge
                       (company_id, partner_id, currency_id, reminder_id, date, kind,
                        amount, amount_open, state, regime_id, move_line_id,
                        invoice_id, date_from, date_to, create_uid, create_date,
                        write_uid, write_date)
                   SELECT reminder.company_id, reminder.partner_id,
                          reminder.currency_id, reminder.id, reminder.date_done,
                          given.kind, given.amount, given.amount, 'claimed',
                          given.regime_id, given.move_line_id, given.invoice_id,
                          given.date_from, given.date_to, %(user)s, %(now)s, %(user)s,
                          %(now)s
                     FROM credit_reminder reminder
                    CROSS JOIN LATERAL ROWS FROM (
                        JSONB_TO_RECORDSET(reminder.charges -> 'new')
                            AS (kind text, amount numeric, regime_id int,
                                move_line_id int, invoice_id int, date_from date,
                                date_to date)
                    ) WITH ORDINALITY AS given
                          (kind, amount, regime_id, move_line_id, invoice_id,
                           date_from, date_to, place)
                    WHERE reminder.id = ANY(%(ids)s)
                    ORDER BY reminder.id, given.place
                RETURNING id""",
                ids=self.ids,
                user=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self.invalidate_recordset(["charge_ids"], flush=False)
        return bool(rows)

    def _claims_anew(self):
        """Whether the reminder claims something that was not claimed before."""
        self.ensure_one()
        return bool((self.charges or {}).get("new"))

    def _trigger_booking(self):
        """Have charges booked now, where the company books what it claims."""
        if "sent" in self.company_id.sudo().mapped("credit_charge_booking"):
            self.env.ref("credit_management.ir_cron_book").sudo()._trigger()

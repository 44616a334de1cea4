"""From what is due to reminders: one statement selects, another one inserts.

In between lies a temporary table. So the charges are worked out before anything is
written, and every row is written once: to update rows that were just inserted costs as
much as the insertion, as PostgreSQL checks all their foreign keys again.
"""

import gc
from bisect import bisect_left
from contextlib import contextmanager
from decimal import Decimal
from operator import itemgetter

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.regime import CHARGES
from .credit_engine_accounts import account_summary
from .credit_engine_charges import among, array_of
from .credit_policy_step import MANUAL_CHANNELS

#: Items whose charges are in memory at once: some 3 kB each.
FETCHED_AT_ONCE = 50_000
#: Tables whose size decides how the ledger is searched.
JUDGED_TABLES = (
    "account_move",
    "account_move_line",
    "credit_reminder",
    "credit_reminder_line",
    "res_partner",
)
#: Bytes below which no plan takes long.
SMALL_TABLE = 256 * 1024
#: Rows that may have come or changed since they were counted: as many, and as large a
#: part of the table, as PostgreSQL itself lets pass before it counts anew.
FEW_CHANGES = 50
SHARE_OF_CHANGES = 0.1


@contextmanager
def garbage_left():
    """Don't look for garbage meanwhile.

    Of a hundred thousand items at once none is garbage, and Python would go through
    all of them again and again to find that out.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class CreditRun(models.Model):
    _inherit = "credit.run"

    def _look_at_tables(self):
        """Have PostgreSQL count the tables of which it knows too little.

        It does so by itself within a minute or two of a change, but not of what this
        transaction has written; and a vacuum that passes while a ledger is being
        imported sees none of its rows, and writes down that the tables are empty.
        Planned for a handful of items, the proposal of three thousand has taken more
        than twenty minutes. What another transaction is counting is left to it.
        """
        tables = ", ".join(f"'{table}'" for table in JUDGED_TABLES)
        self.env.cr.execute(
            SQL(
                "DO %s",
                f"""DECLARE name text; BEGIN
                    FOR name IN
                        SELECT relname FROM pg_class
                         WHERE oid = ANY(ARRAY[{tables}]::regclass[]::oid[])
                           AND (reltuples = 0 AND pg_relation_size(oid) > {SMALL_TABLE}
                                OR pg_stat_get_mod_since_analyze(oid)
                                   + pg_stat_get_xact_tuples_inserted(oid)
                                   > {FEW_CHANGES} + {SHARE_OF_CHANGES} * reltuples)
                    LOOP EXECUTE format('ANALYZE (SKIP_LOCKED) %I', name); END LOOP;
                END""",
            )
        )

    def _select_proposal(self):
        """Put what is due into the temporary table ``credit_proposal``.

        One row for each item, with the number of its reminder and its place in it; the
        first one stands at the highest step.

        :return: {why items are not reminded, or ``proposed`` or ``waiting``: number}
        """
        self._look_at_tables()
        engine = self.env["credit.engine"]
        engine._keep_items(self.company_id, self.date)
        self.env.cr.execute(
            SQL(
                """CREATE TEMP TABLE credit_proposal (
                       reminder_id int, place int, item_id int, move_id int,
                       debtor_id int, currency_id int, policy_id int, step_id int,
                       group_key int, channel varchar, automation varchar,
                       to_escalation boolean, issued date, due date, amount numeric,
                       open_amount numeric, residual numeric, group_residual numeric,
                       group_credit numeric) ON COMMIT DROP"""
            )
        )
        rows = self.env.execute_query(
            SQL(
                """WITH %(evaluation)s,
            chosen AS (
                SELECT judged.*, step.channel, step.automation, step.to_escalation,
                       ROW_NUMBER() OVER (
                           PARTITION BY debtor_id, currency_id, judged.policy_id,
                                        group_key
                           ORDER BY next_rank DESC, judged.id) AS place
                  FROM judged
                  JOIN step ON step.id = judged.next_step_id
                 WHERE verdict IS NULL
            ),
            numbered AS (
                -- The first line of a group takes the number of its reminder: lines
                -- and reminders need no join to find each other.
                SELECT taken.*, MAX(new_id) OVER (
                           PARTITION BY debtor_id, currency_id, policy_id, group_key)
                           AS reminder_id
                  FROM (
                    SELECT chosen.*,
                           CASE WHEN place = 1
                                THEN NEXTVAL('credit_reminder_id_seq') END AS new_id
                      FROM chosen
                  ) taken
            ),
            stored AS (
                INSERT INTO credit_proposal
                SELECT reminder_id, place, id, move_id, debtor_id, currency_id,
                       policy_id, next_step_id, group_key, channel, automation,
                       to_escalation, issued, due, amount, open_amount, residual,
                       group_residual, group_credit
                  FROM numbered
            )
            SELECT COALESCE(verdict, CASE WHEN proposable THEN 'proposed'
                                          ELSE 'waiting' END), COUNT(*)
              FROM weighed
             GROUP BY 1""",
                evaluation=engine._evaluation_sql(
                    self.company_id, self.date, kept=True
                ),
            )
        )
        self.env.cr.execute(SQL("DROP TABLE credit_item"))
        return dict(rows)

    def _insert_proposal(self, hold_automatic):
        """Make reminders of ``credit_proposal``, with their charges.

        :param bool hold_automatic: leave automatic steps to approve as well
        """
        asking = self._asking_steps()
        rows = self.env.execute_query(
            SQL(
                """SELECT reminder_id FROM credit_proposal
                    WHERE place = 1 AND (step_id = ANY(%(steps)s) OR debtor_id IN (
                            SELECT partner_id FROM credit_charge
                             WHERE company_id = %(company)s AND state = 'claimed'
                               AND amount_open <> 0))
                    ORDER BY reminder_id""",
                steps=asking.ids,
                company=self.company_id.id,
            )
        )
        charged = [row[0] for row in rows]
        self.env.cr.execute(
            SQL(
                """CREATE TEMP TABLE credit_proposal_charge (
                       reminder_id int, interest bigint, indemnity bigint, fee bigint,
                       summary text, missing text) ON COMMIT DROP;
                   CREATE TEMP TABLE credit_proposal_item_charge (
                       item_id int, interest bigint, indemnity bigint, cost bigint)
                       ON COMMIT DROP"""
            )
        )
        work = self.env["credit.engine"].sudo()._charge_work(self.company_id, self.date)
        with garbage_left():
            for facts in self._charge_facts_in_parts(charged):
                self._keep_charges(*self._proposed_charges(work, facts))
        self._insert_reminders(hold_automatic)
        self.env.cr.execute(
            SQL(
                """DROP TABLE credit_proposal, credit_proposal_charge,
                              credit_proposal_item_charge"""
            )
        )
        # What follows looks for much that was only just inserted.
        self._look_at_tables()
        self._carry_charges()

    def _asking_steps(self):
        """The steps that ask for charges."""
        flags = [Domain(f"charge_{kind}", "=", True) for kind in CHARGES]
        steps = self.env["credit.policy.step"].sudo().with_context(active_test=False)
        return steps.search(Domain.OR(flags))

    def _charge_facts_in_parts(self, reminder_ids):
        """What decides on the charges of proposed reminders, as lists of dictionaries.

        One question for all, whose answer is fetched in parts: asked by parts,
        PostgreSQL would go through the ledger for each. No reminder is in two of them.
        """
        if not reminder_ids:
            return
        engine = self.env["credit.engine"].sudo()
        self.env.cr.execute(
            SQL(
                """-- All rows are wanted: no plan that is quick with the first only.
                   SET LOCAL cursor_tuple_fraction = 1;
                   DECLARE credit_proposal_fact NO SCROLL CURSOR FOR
                   %s
                    WHERE item.reminder_id %s
                    ORDER BY item.reminder_id, item.place""",
                engine._charge_facts_sql(
                    self.company_id,
                    SQL("credit_proposal"),
                    more=SQL("item.reminder_id, item.step_id, "),
                ),
                among(reminder_ids),
            )
        )
        fetch = SQL("FETCH %s FROM credit_proposal_fact", FETCHED_AT_ONCE)
        facts, more = [], True
        while more:
            rows = self.env.execute_query(fetch)
            more = len(rows) == FETCHED_AT_ONCE
            # The names once for all: Odoo would look them up for each value.
            names = [column.name for column in self.env.cr.description]
            facts += [dict(zip(names, row, strict=True)) for row in rows]
            end = len(facts)
            if more:
                # The last reminder may go on in the next part.
                number = itemgetter("reminder_id")
                end = bisect_left(facts, number(facts[-1]), key=number)
            if end:
                yield engine._refined_facts(facts[:end])
            facts = facts[end:]
        self.env.cr.execute(SQL("CLOSE credit_proposal_fact"))

    def _proposed_charges(self, work, facts):
        """What some of the proposed reminders ask for.

        :param Work work: that of the run's company and day
        :param facts: see :meth:`_charge_facts_in_parts`
        :return: ([(item id, interest, indemnity and clause, costs)], [(reminder id,
            interest, indemnity and clause, costs and fee, what ``charges`` keeps,
            why the reminder has to wait or None)]); amounts in minor units
        """
        # The first one of a reminder stands at its step.
        tops, currencies, lines = {}, {}, []
        for fact in facts:
            item_id, reminder_id = fact["id"], fact["reminder_id"]
            if reminder_id not in tops:
                tops[reminder_id] = fact["step_id"]
                currencies[reminder_id] = fact["currency_id"]
            lines.append((item_id, reminder_id, item_id, tops[reminder_id]))
        steps = self.env["credit.policy.step"].sudo().browse(set(tops.values()))
        wanted = {step.id: step._wanted_charges() for step in steps}
        engine = self.env["credit.engine"].sudo()
        accounts = engine._charge_accounts(work, lines, wanted, facts)
        units = self._minor_units(set(currencies.values()))
        missing = self.env["credit.rate.series"]._missing_sentences(
            [account.missing for account in accounts.values()]
        )
        amounts, reminders = [], []
        for (reminder_id, account), lacks in zip(
            accounts.items(), missing, strict=True
        ):
            amounts += [(item_id, *sums) for item_id, sums in account.lines.items()]
            interest, indemnity, costs = account.totals()
            reminders.append(
                (
                    reminder_id,
                    interest,
                    indemnity,
                    costs + account.fee,
                    account_summary(
                        account, units[currencies[reminder_id]], work, final=False
                    ),
                    lacks,
                )
            )
        return amounts, reminders

    def _minor_units(self, currency_ids):
        """{currency id: its minor unit} of some currencies."""
        currencies = self.env["res.currency"].browse(currency_ids)
        return {c.id: Decimal(1).scaleb(-c.decimal_places) for c in currencies}

    def _keep_charges(self, lines, reminders):
        """Put charges beside ``credit_proposal``.

        :param lines: charges by item, see :meth:`_proposed_charges`
        :param reminders: charges by reminder
        """
        items, interests, indemnities, costs = (
            zip(*lines, strict=True) if lines else [()] * 4
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO credit_proposal_item_charge
                   SELECT * FROM UNNEST(%s::int[], %s::bigint[], %s::bigint[],
                                        %s::bigint[])""",
                array_of(items),
                array_of(interests),
                array_of(indemnities),
                array_of(costs),
            )
        )
        ids, interests, indemnities, fees, summaries, missing = zip(
            *reminders, strict=True
        )
        self.env.cr.execute(
            SQL(
                """INSERT INTO credit_proposal_charge
                   SELECT * FROM UNNEST(%s::int[], %s::bigint[], %s::bigint[],
                                        %s::bigint[], %s::text[], %s::text[])""",
                array_of(ids),
                array_of(interests),
                array_of(indemnities),
                array_of(fees),
                list(summaries),
                list(missing),
            )
        )

    def _insert_reminders(self, hold_automatic):
        """Insert the reminders of ``credit_proposal``, their lines and charges.

        In one statement for all: in parts, each would read the ledger anew.

        :param bool hold_automatic: leave automatic steps to approve as well
        """
        currencies = self.env["res.currency"].with_context(active_test=False)
        units = self._minor_units(currencies.search([("id", "!=", False)]).ids)
        self.env.cr.execute(
            SQL(
                """WITH minor (currency_id, unit) AS (VALUES %(units)s),
            coming AS MATERIALIZED (
                SELECT reminder_id, SUM(residual) AS in_time,
                       COALESCE(SUM(residual) FILTER (WHERE due > %(date)s), 0)
                           AS amount
                  FROM credit_proposal
                 WHERE due >= %(date)s
                 GROUP BY reminder_id
            ),
            proposal AS (
                INSERT INTO credit_reminder (
                    id, name, run_id, origin, company_id, partner_id, contact_id,
                    user_id, currency_id, policy_id, step_id, channel, state, date,
                    group_key, is_thanks, skipped, printed, access_version, attempts,
                    amount_residual, amount_credit, amount_interest, amount_indemnity,
                    amount_fee, amount_carried, amount_total, amount_asked, charges,
                    failure_reason,
                    create_uid, create_date, write_uid, write_date)
                SELECT top.reminder_id, %(next_name)s, %(run)s, 'run', %(company)s,
                       top.debtor_id, COALESCE(contact.id, top.debtor_id),
                       %(collector)s, top.currency_id, top.policy_id,
                       top.step_id, top.channel,
                       -- For which a rate is missing waits until somebody enters it.
                       CASE WHEN top.automation = 'automatic'
                                 AND NOT %(hold_automatic)s
                                 AND top.channel NOT IN %(manual)s
                                 AND charged.missing IS NULL
                            THEN 'queued' ELSE 'to_approve' END,
                       %(date)s, top.group_key, FALSE, FALSE, FALSE, 1, 0,
                       top.group_residual, top.group_credit,
                       COALESCE(charged.interest * minor.unit, 0),
                       COALESCE(charged.indemnity * minor.unit, 0),
                       COALESCE(charged.fee * minor.unit, 0), 0,
                       total.amount,
                       GREATEST(0, total.amount
                           - CASE WHEN coming.in_time < top.group_residual
                                  THEN coming.amount ELSE 0 END),
                       charged.summary::jsonb, charged.missing,
                       %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s,
                       NOW() AT TIME ZONE 'UTC'
                  FROM credit_proposal top
                  JOIN minor ON minor.currency_id = top.currency_id
                  JOIN res_partner debtor_partner ON debtor_partner.id = top.debtor_id
                  LEFT JOIN credit_proposal_charge charged
                    ON charged.reminder_id = top.reminder_id
                  LEFT JOIN coming ON coming.reminder_id = top.reminder_id
                 CROSS JOIN LATERAL (
                    SELECT top.group_residual - top.group_credit
                           + COALESCE((charged.interest + charged.indemnity
                                       + charged.fee) * minor.unit, 0) AS amount) total
                  LEFT JOIN LATERAL (%(contact)s) contact ON TRUE
                 WHERE top.place = 1
            )
            INSERT INTO credit_reminder_line (
                reminder_id, move_line_id, move_id, step_id, currency_id, name,
                date_invoice, date_due, days_overdue, amount_original,
                amount_residual, amount_interest, amount_indemnity, amount_cost,
                create_uid, create_date, write_uid, write_date)
            SELECT item.reminder_id, item.item_id, item.move_id, item.step_id,
                   item.currency_id, aml.move_name, item.issued, item.due,
                   %(date)s - item.due, aml.amount_currency, item.residual,
                   COALESCE(given.interest * minor.unit, 0),
                   COALESCE(given.indemnity * minor.unit, 0),
                   COALESCE(given.cost * minor.unit, 0),
                   %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s,
                   NOW() AT TIME ZONE 'UTC'
              FROM credit_proposal item
              JOIN minor ON minor.currency_id = item.currency_id
              JOIN account_move_line aml ON aml.id = item.item_id
              LEFT JOIN credit_proposal_item_charge given
                ON given.item_id = item.item_id""",
                units=SQL(", ").join(
                    SQL("(%s, %s::numeric)", id_, str(unit))
                    for id_, unit in units.items()
                ),
                next_name=self.env["credit.reminder"]._next_names_sql(),
                run=self.id,
                company=self.company_id.id,
                collector=self._collector_sql(),
                hold_automatic=hold_automatic,
                manual=MANUAL_CHANNELS,
                date=self.date,
                uid=self.env.uid,
                contact=self._contact_sql(),
            )
        )

    def _carry_charges(self):
        """Add to the reminders what is still owed of earlier ones, for no open item."""
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM credit_reminder
                    WHERE run_id = %(run)s AND is_thanks IS NOT TRUE AND partner_id IN (
                            SELECT partner_id FROM credit_charge
                             WHERE company_id = %(company)s AND state = 'claimed'
                               AND amount_open <> 0)""",
                run=self.id,
                company=self.company_id.id,
            )
        )
        reminders = self.env["credit.reminder"].browse([row[0] for row in rows])
        carried = reminders._charges_carried(self.company_id) if reminders else {}
        if carried:
            self.env.cr.execute(
                SQL(
                    """UPDATE credit_reminder reminder
                          SET amount_carried = given.amount,
                              amount_total = reminder.amount_total + given.amount,
                              amount_asked = GREATEST(0, reminder.amount_total
                                  + given.amount - %s)
                         FROM UNNEST(%s::int[], %s::numeric[]) AS given (id, amount)
                        WHERE reminder.id = given.id""",
                    reminders._coming_sql(),
                    array_of(carried),
                    array_of(carried.values()),
                )
            )

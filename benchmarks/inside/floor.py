"""What PostgreSQL itself takes: select, group and insert, and nothing else.

The tables are like those of the reminders, with the same columns, foreign keys and
indexes; everything is rolled back.
"""

from collections import Counter
from datetime import date, timedelta

from odoo.tools import SQL

import prepare
from meter import Meter

COLUMNS = SQL(
    """aml.id, aml.move_id, aml.currency_id, aml.move_name, aml.amount_currency,
       partner.commercial_partner_id AS debtor_id,
       aml.amount_residual_currency AS residual,
       COALESCE(move.invoice_date, aml.date) AS issued,
       COALESCE(aml.date_maturity, aml.date) AS due"""
)
FROM = SQL(
    """account_move_line aml
       JOIN account_move move ON move.id = aml.move_id
       JOIN res_partner partner ON partner.id = aml.partner_id"""
)


def _open(env, company):
    return SQL(
        """aml.company_id = %s AND aml.parent_state = 'posted'
           AND aml.reconciled IS NOT TRUE AND aml.account_id IN %s
           AND aml.amount_residual_currency > 0 AND aml.no_followup IS NOT TRUE
           AND move.payment_state IN ('not_paid', 'partial')
           AND move.id NOT IN (SELECT move_id FROM credit_dispute
                                WHERE state = 'open')
           AND move.id NOT IN (SELECT move_id FROM credit_hold
                                WHERE active AND move_id IS NOT NULL)""",
        company.id,
        env["credit.engine"]._receivable_accounts(company),
    )


def everything(env, progress=print):
    """The floor of proposing for all items that are overdue."""
    due = SQL("COALESCE(aml.date_maturity, aml.date) < %s", date.today())
    selections = {
        company: SQL(
            "SELECT %s FROM %s WHERE %s AND %s",
            COLUMNS,
            FROM,
            _open(env, company),
            due,
        )
        for company in prepare.companies(env)
    }
    return _measure(env, selections, {}, progress)


def ordinary(env, progress=print):
    """The floor of an ordinary day: one look at all open items, and the few due."""
    since = date.today() - timedelta(days=prepare.SECOND_DAYS)
    selections, scans = {}, {}
    for company in prepare.companies(env):
        selections[company] = SQL(
            """SELECT %s FROM %s
                 JOIN credit_reminder_line line ON line.move_line_id = aml.id
                 JOIN credit_reminder reminder ON reminder.id = line.reminder_id
                WHERE reminder.company_id = %s AND reminder.state = 'sent'
                  AND reminder.date_done <= %s AND %s""",
            COLUMNS,
            FROM,
            company.id,
            since,
            _open(env, company),
        )
        scans[company] = SQL(
            "SELECT COUNT(*), SUM(aml.amount_residual) FROM %s WHERE %s",
            FROM,
            _open(env, company),
        )
    return _measure(env, selections, scans, progress)


def _measure(env, selections, scans, progress):
    runs = []
    for number in range(2):
        progress(f"run {number + 1}")
        with env.cr.savepoint() as savepoint:
            runs.append(_run(env, selections, scans))
            savepoint.rollback()
    return min(runs, key=lambda run: run["seconds"])


def _run(env, selections, scans):
    step = prepare.policy(env)._sequence_steps()[0]
    _make_tables(env)
    total = Counter()
    for company, selection in selections.items():
        with Meter(env) as selecting:
            if company in scans:
                env.cr.execute(scans[company])
            env.cr.execute(SQL("CREATE TEMP TABLE bench_item AS %s", selection))
            total["items"] += env.cr.rowcount
        with Meter(env) as inserting:
            total["groups"] += _insert(env, company, step)
        total["select_seconds"] += selecting.seconds
        total["select_cpu"] += selecting.cpu
        total["seconds"] += selecting.seconds + inserting.seconds
        total["cpu"] += selecting.cpu + inserting.cpu
        env.cr.execute("DROP TABLE bench_item")
    return dict(total)


def _insert(env, company, step):
    stamp = SQL("1, NOW() AT TIME ZONE 'UTC', 1, NOW() AT TIME ZONE 'UTC'")
    env.cr.execute(
        SQL(
            """INSERT INTO bench_reminder (
                   name, origin, company_id, partner_id, contact_id, currency_id,
                   policy_id, step_id, channel, state, date, amount_residual,
                   amount_total, create_uid, create_date, write_uid, write_date)
               SELECT 'R', 'run', %(company)s, debtor_id, debtor_id, currency_id,
                      %(policy)s, %(step)s, 'email', 'to_approve', %(today)s,
                      SUM(residual), SUM(residual), %(stamp)s
                 FROM bench_item GROUP BY debtor_id, currency_id""",
            company=company.id,
            policy=step.policy_id.id,
            step=step.id,
            today=date.today(),
            stamp=stamp,
        )
    )
    groups = env.cr.rowcount
    env.cr.execute(
        SQL(
            """INSERT INTO bench_line (
                   reminder_id, move_line_id, move_id, step_id, currency_id, name,
                   date_invoice, date_due, days_overdue, amount_original,
                   amount_residual, create_uid, create_date, write_uid, write_date)
               SELECT bench_reminder.id, item.id, item.move_id, %(step)s,
                      item.currency_id, item.move_name, item.issued, item.due,
                      %(today)s - item.due, item.amount_currency, item.residual,
                      %(stamp)s
                 FROM bench_item item
                 JOIN bench_reminder ON bench_reminder.partner_id = item.debtor_id
                      AND bench_reminder.currency_id = item.currency_id
                      AND bench_reminder.company_id = %(company)s""",
            step=step.id,
            today=date.today(),
            stamp=stamp,
            company=company.id,
        )
    )
    return groups


def _make_tables(env):
    for table, copy in (
        ("credit_reminder", "bench_reminder"),
        ("credit_reminder_line", "bench_line"),
    ):
        env.cr.execute(
            SQL(
                """CREATE TABLE %(copy)s (LIKE %(table)s INCLUDING ALL);
                   CREATE SEQUENCE %(sequence)s;
                   ALTER TABLE %(copy)s ALTER id SET DEFAULT NEXTVAL(%(name)s)""",
                copy=SQL.identifier(copy),
                table=SQL.identifier(table),
                sequence=SQL.identifier(f"{copy}_seq"),
                name=f"{copy}_seq",
            )
        )
        keys = env.execute_query(
            SQL(
                """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
                    WHERE contype = 'f' AND conrelid = %s::regclass""",
                table,
            )
        )
        for name, definition in keys:
            definition = definition.replace(
                "REFERENCES credit_reminder(", "REFERENCES bench_reminder("
            )
            env.cr.execute(
                SQL(
                    "ALTER TABLE %s ADD CONSTRAINT %s %s",
                    SQL.identifier(copy),
                    SQL.identifier(name),
                    SQL(definition),
                )
            )

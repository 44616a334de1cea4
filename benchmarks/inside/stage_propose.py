"""Proposing: everything at once, with charges, and on an ordinary day."""

from collections import Counter

from odoo.tools import SQL

import prepare
from meter import Meter, best

CHARGES = ("charge_interest", "charge_indemnity")


def select(env, progress=print):
    """Select and decide for all open items; nothing is written."""
    engine = env["credit.engine"]
    runs, verdicts = [], Counter()
    for _number in range(2):
        env.invalidate_all()
        with Meter(env) as meter:
            for company in prepare.companies(env):
                today = company._credit_today()
                engine._keep_items(company, today)
                query = SQL(
                    """WITH %s SELECT COALESCE(verdict, CASE WHEN proposable
                              THEN 'proposed' ELSE 'waiting' END), COUNT(*)
                         FROM weighed GROUP BY 1""",
                    engine._evaluation_sql(company, today, kept=True),
                )
                verdicts += Counter(dict(env.execute_query(query)))
                env.cr.execute("DROP TABLE credit_item")
        items = sum(verdicts.values())
        runs.append(meter.figures(items, verdicts=dict(verdicts)))
        verdicts.clear()
    return best(runs)


def propose(env, runs=2, charges=False, keep=False, progress=print):
    """Propose for both companies.

    :param int runs: how often; the quickest counts
    :param bool charges: with interest and indemnities by regime
    :param bool keep: leave the proposal of the last run in the database
    :return: figures, or None where proposals know no charges
    """
    if charges and not hasattr(env["credit.reminder"], "_refresh_charges"):
        return None
    results = []
    for number in range(runs):
        progress(f"run {number + 1} of {runs}")
        with env.cr.savepoint() as savepoint:
            if charges:
                steps = prepare.policy(env).step_ids
                steps.write(dict.fromkeys(CHARGES, True))
            results.append(_propose(env))
            if not keep or number < runs - 1:
                savepoint.rollback()
        env.invalidate_all()
    return best(results)


def _propose(env):
    runs = env["credit.run"]
    for company in prepare.companies(env):
        runs |= runs.with_company(company).create(
            {"company_id": company.id, "date": company._credit_today()}
        )
    env.flush_all()
    env.invalidate_all()
    with Meter(env) as meter:
        for run in runs:
            run._propose(hold_automatic=True)
        env.flush_all()
    [(items, reminders, charged)] = env.execute_query(
        SQL(
            # Nothing is committed, so no statistics know of these rows yet: a join
            # would compare each with each.
            """SELECT COUNT(*), COUNT(DISTINCT reminder_id),
                      COUNT(*) FILTER (WHERE amount_interest > 0)
                 FROM credit_reminder_line
                WHERE reminder_id = ANY(ARRAY(
                          SELECT id FROM credit_reminder WHERE run_id IN %s))""",
            tuple(runs.ids),
        )
    )
    return meter.figures(items, reminders=reminders, charged=charged)


def approve(env, progress=print):
    """Confirm the runs: every reminder of theirs is approved."""
    runs = env["credit.run"].search([("state", "=", "proposed")])
    count = sum(runs.mapped("to_approve_count"))
    env.invalidate_all()
    with Meter(env) as meter:
        runs.action_confirm()
        env.flush_all()
    return meter.figures(count)

"""The ledger of the benchmarks, made and looked at inside Odoo."""

import sys
from datetime import date
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks" / "inside"))

from odoo.tools import SQL  # noqa: E402

import ledger  # noqa: E402
import ledger_check  # noqa: E402
import prepare  # noqa: E402
import stage_propose  # noqa: E402


def story(env, size, debtors, damages):
    """Make a ledger, look for faults, put some in and look again, then propose.

    :param damages: statements; none of them is kept
    """
    ledger.make(env, size, debtors, str(date.today()), progress=_quiet)
    return {
        "counts": _counts(env),
        "faults": ledger_check.check(env, progress=_quiet),
        "found": [_damage(env, statement) for statement in damages],
        "figures": _propose(env),
    }


def _counts(env):
    return env.execute_query_dict(
        SQL(
            """SELECT COUNT(*) AS invoices,
                      COUNT(DISTINCT company_id) AS companies,
                      COUNT(DISTINCT currency_id) AS currencies,
                      COUNT(DISTINCT commercial_partner_id) AS debtors,
                      COUNT(*) FILTER (WHERE payment_state = 'paid') AS paid,
                      COUNT(*) FILTER (WHERE payment_state = 'partial') AS part,
                      MIN(invoice_date_due) - CURRENT_DATE AS first,
                      MAX(invoice_date_due) - CURRENT_DATE AS last
                 FROM account_move
                WHERE move_type = 'out_invoice' AND state = 'posted'"""
        )
    )[0]


def _damage(env, statement):
    with env.cr.savepoint() as savepoint:
        env.cr.execute(SQL(statement))
        env.invalidate_all()
        faults = ledger_check.check(env, sample=50, progress=_quiet)
        savepoint.rollback()
    return faults


def _propose(env):
    prepare.set_up(env, progress=_quiet)
    return stage_propose.propose(env, runs=1, keep=True, progress=_quiet)


def _quiet(_text):
    """Tests show no progress."""

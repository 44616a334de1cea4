"""Make a ledger of the size asked for in a database without data."""

import json
from collections import Counter
from datetime import date
from time import perf_counter

import ledger_copy
import ledger_plan
import ledger_prototypes

#: Where the database keeps what it holds.
PARAMETER = "benchmark.ledger"


def make(env, size, debtors, today, progress=print):
    """Fill the database; the caller commits.

    :param int size: posted customer invoices
    :param int debtors: debtors
    :param str today: the day of the ledger, as text
    :param progress: function of a text
    :return: dict of the rows by table and the seconds
    """
    started = perf_counter()
    today = date.fromisoformat(today)
    for code in sorted({profile.lang for profile in ledger_prototypes.PROFILES}):
        env["res.lang"]._activate_lang(code)
    env = env(context={**env.context, "tracking_disable": True, "lang": "en_US"})
    progress("companies")
    companies = ledger_prototypes.make_companies(env)
    prototypes = ledger_prototypes.make_debtors(env)
    families = ledger_prototypes.make_families(
        env, companies, prototypes, today, progress
    )
    progress("the plan")
    planned = ledger_plan.make_debtors(debtors, ledger_prototypes.PROFILES)
    documents = ledger_plan.make_documents(
        size, planned, ledger_copy.currencies_of_houses(), today
    )
    ranks = Counter(document.debtor.number for document in documents)
    progress(f"{debtors} debtors")
    partner_ids = ledger_copy.copy_debtors(env, planned, prototypes, ranks)
    rows = ledger_copy.rows_of_documents(env)
    with ledger_copy.without_indexes(env, progress):
        ledger_copy.load(
            env,
            "bench_plan",
            ledger_copy.PLAN,
            ledger_copy.plan_rows(env, documents, families, companies, partner_ids),
        )
        counts = ledger_copy.copy_documents(rows, families, progress)
        env.cr.execute("DROP TABLE bench_plan")
    for table in ledger_copy.TABLES:
        ledger_copy.set_sequence(env, table)
    env.invalidate_all()
    facts = {
        "size": size,
        "debtors": debtors,
        "day": str(today),
        "companies": companies.ids,
        "big_debtor": partner_ids[ledger_plan.BIG_DEBTOR],
        "rows": dict(counts),
        "seconds": round(perf_counter() - started, 1),
    }
    env["ir.config_parameter"].set_param(PARAMETER, json.dumps(facts))
    return facts

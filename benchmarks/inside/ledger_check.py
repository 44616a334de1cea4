"""Whether a ledger made by copies is one that the ORM could have made.

All rows are checked by SQL, a sample is computed again by the ORM, and an invoice is
paid and another posted as a user would.
"""

import random

from odoo.tools import SQL

#: Each finds documents that contradict themselves.
CONTRADICTIONS = {
    "entries that don't balance": """
        SELECT move_id FROM account_move_line GROUP BY move_id
        HAVING ROUND(SUM(balance), 2) <> 0""",
    "items whose open amount is not what is left": """
        SELECT line.move_id
          FROM account_move_line line
          JOIN account_account account ON account.id = line.account_id
          LEFT JOIN (
            SELECT id, SUM(amount) AS amount, SUM(currency) AS currency
              FROM (
                SELECT debit_move_id AS id, amount, debit_amount_currency AS currency
                  FROM account_partial_reconcile
                 UNION ALL
                SELECT credit_move_id, -amount, -credit_amount_currency
                  FROM account_partial_reconcile) part
             GROUP BY id) matched ON matched.id = line.id
         WHERE account.reconcile
           AND (ROUND(line.balance - COALESCE(matched.amount, 0)
                    - line.amount_residual, 2) <> 0
             OR ROUND(line.amount_currency - COALESCE(matched.currency, 0)
                    - line.amount_residual_currency, 2) <> 0
             OR line.reconciled IS DISTINCT FROM
                (line.amount_residual = 0 AND line.amount_residual_currency = 0))""",
    "invoices whose open amount is not that of their items": """
        SELECT move.id
          FROM account_move move
          JOIN account_move_line line ON line.move_id = move.id
               AND line.display_type = 'payment_term'
         GROUP BY move.id
        HAVING ROUND(SUM(line.amount_residual_currency)
                     * CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                     - move.amount_residual, 2) <> 0""",
    "items that are not like their entry": """
        SELECT line.move_id
          FROM account_move_line line
          JOIN account_move move ON move.id = line.move_id
         WHERE (line.move_name, line.date, line.parent_state, line.company_id,
                line.journal_id)
               IS DISTINCT FROM (move.name, move.date, move.state, move.company_id,
                                 move.journal_id)
            OR line.partner_id IS DISTINCT FROM move.partner_id""",
    "numbers with gaps": """
        SELECT MIN(id) FROM account_move WHERE name <> '/'
         GROUP BY journal_id, sequence_prefix
        HAVING MAX(sequence_number) - MIN(sequence_number) + 1 <> COUNT(*)""",
    "debtors that belong to nobody": """
        SELECT id FROM res_partner
         WHERE commercial_partner_id IS DISTINCT FROM COALESCE(parent_id, id)""",
}


def check(env, sample=200, progress=print):
    """Look for what the ORM would not have made; nothing is changed.

    :return: list of sentences, empty if all is well
    """
    faults = []
    for what, query in CONTRADICTIONS.items():
        progress(what)
        rows = env.execute_query(SQL(query + " LIMIT 5"))
        if rows:
            faults.append(f"{what}: {[row[0] for row in rows]}")
    env = env(context={**env.context, "tracking_disable": True})
    progress(f"{sample} invoices computed again")
    faults += _recompute(env, sample)
    progress("a payment and an invoice")
    with env.cr.savepoint() as savepoint:
        faults += _pay(env)
        faults += _post(env)
        savepoint.rollback()
    env.invalidate_all()
    return faults


def _recompute(env, sample):
    """Compute again what the ORM computes and stores; compare."""
    ids = [
        id_
        for (id_,) in env.execute_query(
            SQL("SELECT id FROM account_move WHERE move_type = 'out_invoice'")
        )
    ]
    ids = random.Random(len(ids)).sample(ids, min(sample, len(ids)))
    moves = env["account.move"].browse(ids)
    partials = moves.line_ids.matched_debit_ids | moves.line_ids.matched_credit_ids
    payments = (partials.debit_move_id | partials.credit_move_id).move_id - moves
    moves |= payments
    faults = []
    for records in (
        moves.commercial_partner_id,
        moves,
        moves.line_ids,
        moves.origin_payment_id,
        partials,
    ):
        faults += _recompute_records(records)
    return faults


def _recompute_records(records):
    """Only fields that nobody can set: the others keep what they were given."""
    env = records.env
    fields = [
        field
        for field in records._fields.values()
        if field.store and field.column_type and field.compute and field.readonly
    ]
    if not records or not fields:
        return []
    before = _read(records, fields)
    with env.cr.savepoint() as savepoint:
        for field in fields:
            env.add_to_compute(field, records)
        env.flush_all()
        after = _read(records, fields)
        savepoint.rollback()
    env.invalidate_all()
    faults = {}
    for id_, values in before.items():
        for name, value in values.items():
            if value != after[id_][name] and (value or after[id_][name]):
                faults.setdefault(name, (id_, value, after[id_][name]))
    return [
        f"{records._name} {id_}: {name} is {value!r}, the ORM computes {computed!r}"
        for name, (id_, value, computed) in faults.items()
    ]


def _read(records, fields):
    rows = records.env.execute_query_dict(
        SQL(
            "SELECT id, %s FROM %s WHERE id IN %s",
            SQL(", ").join(SQL.identifier(field.name) for field in fields),
            SQL.identifier(records._table),
            tuple(records.ids),
        )
    )
    return {row["id"]: row for row in rows}


def _pay(env):
    """Pay an invoice in full by the wizard."""
    move = env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("payment_state", "=", "partial")], limit=1
    )
    if not move:
        return ["No invoice is paid in part"]
    before = move.amount_residual
    register = (
        env["account.payment.register"]
        .with_company(move.company_id)
        .with_context(active_model="account.move", active_ids=move.ids)
    )
    payment = register.create({})._create_payments()
    faults = []
    if not before or move.amount_residual or move.payment_state != "paid":
        faults.append(f"{move.name} is {move.payment_state} after it was paid")
    if not all(line.full_reconcile_id for line in _claims(move)):
        faults.append(f"{move.name} was paid and is not reconciled")
    if payment.amount != before:
        faults.append(f"{payment.name} is {payment.amount}, not {before}")
    return faults


def _post(env):
    """Post an invoice: its number follows the last one."""
    last = env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("state", "=", "posted")],
        order="sequence_prefix desc, sequence_number desc",
        limit=1,
    )
    copy = last.copy({"invoice_date": last.invoice_date, "date": last.date})
    copy.action_post()
    if copy.sequence_number != last.sequence_number + 1 or (
        copy.sequence_prefix != last.sequence_prefix
    ):
        return [f"{copy.name} was posted after {last.name}"]
    return []


def _claims(moves):
    return moves.line_ids.filtered(lambda line: line.account_type == "asset_receivable")

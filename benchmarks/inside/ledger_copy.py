"""Copies of documents by ``INSERT … SELECT``, with all rows that belong to them.

Each row of a prototype becomes one statement that copies it for all documents of its
family at once. What differs between the copies comes from the table ``bench_plan``,
which is filled by ``COPY``; what points from one row of a document to another points
to the copy's own rows. Ids are given in the order of the days, and the tables are put
into that order, as they would have grown.
"""

import io
import re
from collections import Counter
from contextlib import contextmanager

from odoo.tools import SQL

from ledger_prototypes import HOUSES, PROFILES, TOKEN

#: Tables with rows of their own in each document, by the columns of the plan that hold
#: the id of a document's first row in them.
TABLES = (
    "account_move",
    "account_move_line",
    "account_payment",
    "account_partial_reconcile",
    "account_full_reconcile",
)
#: Relations between rows of a document, or from them to what all have in common.
RELATIONS = (
    "account_move_line_account_tax_rel",
    "account_account_tag_account_move_line_rel",
    "account_move__account_payment",
)
NUMBERED = re.compile(r"^(?P<journal>.*?/)(?P<year>\d{4})/(?P<number>\d{5,})$")


class Rows:
    """How the columns of a table are filled; one object per table and database."""

    def __init__(self, env, table):
        self.env = env
        self.table = table
        columns = env.execute_query(
            SQL(
                """SELECT column_name, data_type FROM information_schema.columns
                    WHERE table_name = %s AND table_schema = CURRENT_SCHEMA
                      AND is_generated = 'NEVER' ORDER BY ordinal_position""",
                table,
            )
        )
        self.types = dict(columns)
        self.targets = dict(
            env.execute_query(
                SQL(
                    """SELECT attribute.attname, target.relname
                         FROM pg_constraint fk
                         JOIN pg_attribute attribute ON attribute.attrelid = fk.conrelid
                              AND attribute.attnum = fk.conkey[1]
                         JOIN pg_class target ON target.oid = fk.confrelid
                        WHERE fk.contype = 'f' AND fk.conrelid = %s::regclass""",
                    table,
                )
            )
        )
        model = next((m for m in env.registry.values() if m._table == table), None)
        fields = model._fields if model is not None else {}
        self.money = {
            name
            for name in self.types
            if name in fields
            and fields[name].type == "monetary"
            or name == "price_unit"
        }

    def read(self, ids):
        """The rows with these ids, as dictionaries."""
        query = SQL(
            "SELECT * FROM %s WHERE id IN %s ORDER BY id",
            SQL.identifier(self.table),
            tuple(ids) or (0,),
        )
        return self.env.execute_query_dict(query)

    def copy(self, row, changes, source):
        """Copy one row for every row of ``source``.

        :param dict row: the row to be copied
        :param dict changes: SQL by column, in terms of ``old`` and ``plan``
        :param SQL source: what to copy it for, a table or query named ``plan``
        :return int: how many there are now
        """
        values = [changes.get(name, SQL.identifier("old", name)) for name in self.types]
        keys = [name for name in row if name == "id"] or list(row)
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s AS old CROSS JOIN %s WHERE %s",
                SQL.identifier(self.table),
                SQL(", ").join(map(SQL.identifier, self.types)),
                SQL(", ").join(values),
                SQL.identifier(self.table),
                source,
                SQL(" AND ").join(
                    SQL("%s = %s", SQL.identifier("old", key), row[key]) for key in keys
                ),
            )
        )
        return self.env.cr.rowcount


def replaced(column, row, *pairs):
    """SQL of a text column in which some texts are replaced, or None if it has none.

    :param pairs: (text, SQL of what stands for it)
    """
    value = row[column]
    sql = None
    for text, replacement in pairs:
        if text and text in value:
            sql = SQL(
                "REPLACE(%s, %s, %s)",
                sql or SQL.identifier("old", column),
                text,
                replacement,
            )
    return sql


def load(env, table, columns, rows):
    """Make a table of its own and fill it by ``COPY``; ``rows`` are tuples."""
    env.cr.execute(
        SQL(
            """DROP TABLE IF EXISTS %(table)s;
               CREATE UNLOGGED TABLE %(table)s (%(cols)s)""",
            table=SQL.identifier(table),
            cols=SQL(", ").join(
                SQL("%s %s", SQL.identifier(name), SQL(kind))
                for name, kind in columns.items()
            ),
        )
    )
    lines = io.StringIO()
    for row in rows:
        lines.write("\t".join(map(str, row)) + "\n")
    lines.seek(0)
    env.cr.copy_from(lines, table, columns=list(columns))
    env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))


def next_id(env, table):
    """The id that the next row of a table would get."""
    query = SQL("SELECT COALESCE(MAX(id), 0) + 1 FROM %s", SQL.identifier(table))
    return env.execute_query(query)[0][0]


def set_sequence(env, table):
    """Let the ORM's rows follow after the copied ones."""
    env.execute_query(
        SQL("SELECT SETVAL(%s, %s, FALSE)", f"{table}_id_seq", next_id(env, table))
    )


# ----------------------------------------------------------------------
# Debtors
# ----------------------------------------------------------------------


def copy_debtors(env, debtors, prototypes, ranks):
    """Copy the prototypes' rows; return ``{number: partner id}``.

    :param debtors: list of :class:`ledger_plan.Debtor`
    :param prototypes: list of (debtor, contact), a pair for each profile
    :param ranks: how many documents each debtor has, by number
    """
    env.flush_all()
    first = next_id(env, "res_partner")
    ids, contact_ids = {}, {}
    for debtor in debtors:
        ids[debtor.number] = first + len(ids) + len(contact_ids)
        if PROFILES[debtor.profile].has_contact:
            contact_ids[debtor.number] = ids[debtor.number] + 1
    load(
        env,
        "bench_debtor",
        {
            "profile": "int",
            "partner_id": "int",
            "contact_id": "int",
            "token": "text",
            "vat": "text",
            "rank": "int",
        },
        (
            (
                debtor.profile,
                ids[debtor.number],
                contact_ids.get(debtor.number, 0),
                f"{debtor.number:07}",
                debtor.vat,
                ranks[debtor.number],
            )
            for debtor in debtors
        ),
    )
    rows = Rows(env, "res_partner")
    for number, (debtor, contact) in enumerate(prototypes):
        source = SQL("(SELECT * FROM bench_debtor WHERE profile = %s) plan", number)
        for row in rows.read((debtor | contact).ids):
            changes = _partner_changes(rows, row, debtor, contact)
            rows.copy(row, changes, source)
    set_sequence(env, "res_partner")
    env.cr.execute("ANALYZE res_partner; DROP TABLE bench_debtor")
    env.invalidate_all()
    return ids


def _partner_changes(rows, row, debtor, contact):
    own = {debtor.id: SQL("plan.partner_id"), contact.id: SQL("plan.contact_id")}
    vat = debtor.vat or ""
    pairs = [(TOKEN, SQL("plan.token"))]
    if vat:
        pairs += [(vat, SQL("plan.vat")), (vat[2:], SQL("SUBSTR(plan.vat, 3)"))]
    changes = {"id": own[row["id"]]}
    for column, kind in rows.types.items():
        value = row[column]
        if column == "customer_rank" and row["id"] == debtor.id:
            changes[column] = SQL("plan.rank")
        elif rows.targets.get(column) == "res_partner" and value in own:
            changes[column] = own[value]
        elif kind in ("text", "character varying") and value:
            sql = replaced(column, row, *pairs)
            if sql:
                changes[column] = sql
    return changes


# ----------------------------------------------------------------------
# Documents
# ----------------------------------------------------------------------

PLAN = {
    "family": "int",
    "partner_id": "int",
    "token": "text",
    "shift": "int",
    "factor": "int",
    "invoice_name": "text",
    "invoice_prefix": "text",
    "invoice_number": "int",
    "payment_name": "text",
    "payment_prefix": "text",
    "payment_number": "int",
    **dict.fromkeys(TABLES, "int"),
}


class Numbers:
    """The next numbers of the journals, after those that are there."""

    def __init__(self, env):
        self._last = Counter()
        for prefix, company, last in env.execute_query(
            SQL(
                """SELECT sequence_prefix, company_id, MAX(sequence_number)
                     FROM account_move WHERE state = 'posted' GROUP BY 1, 2"""
            )
        ):
            self._last[company, prefix] = last

    def take(self, company, name, day):
        """Number a copy of the document ``name``.

        :return: (name, what stands before the number, number); empty for no name
        """
        if not name:
            return "", "", 0
        match = NUMBERED.match(name)
        if not match:
            raise ValueError(f"Numbers like {name} are not what the benchmark copies")
        prefix = f"{match['journal']}{day.year}/"
        self._last[company, prefix] += 1
        number = self._last[company, prefix]
        return f"{prefix}{number:05}", prefix, number


def plan_rows(env, documents, families, companies, partner_ids):
    """The rows of ``bench_plan``: what each document's rows are, by id and number."""
    numbers = Numbers(env)
    following = {table: next_id(env, table) for table in TABLES}
    index = {(f.house, f.currency, f.shape): i for i, f in enumerate(families)}
    days = [_days(env, family) for family in families]
    for document in documents:
        house = document.debtor.house
        key = index[house, document.currency, document.shape]
        family = families[key]
        shift = document.due - family.due
        company = companies[house].id
        invoiced, paid = days[key]
        yield (
            key,
            partner_ids[document.debtor.number],
            f"{document.debtor.number:07}",
            shift.days,
            document.factor,
            *numbers.take(company, family.invoice_name, invoiced and invoiced + shift),
            *numbers.take(company, family.payment_name, paid and paid + shift),
            *(following[table] for table in TABLES),
        )
        for table in TABLES:
            following[table] += len(family.rows[table])


def _days(env, family):
    """The accounting days of a family's invoice and payment; None for what is not."""
    moves = env["account.move"].browse(family.rows["account_move"])
    by_kind = {bool(move.origin_payment_id): move.date for move in moves}
    return by_kind.get(False), by_kind.get(True)


def rows_of_documents(env):
    """How to copy the rows of documents, as long as their foreign keys are there."""
    return {table: Rows(env, table) for table in (*TABLES, *RELATIONS)}


def copy_documents(rows_by_table, families, progress):
    """Copy what ``bench_plan`` says; return the number of rows by table."""
    counts = Counter()
    for table in TABLES:
        rows = rows_by_table[table]
        for key, family in enumerate(families):
            source = SQL("(SELECT * FROM bench_plan WHERE family = %s) plan", key)
            for row in rows.read(family.rows[table]):
                changes = _document_changes(rows, row, family)
                counts[table] += rows.copy(row, changes, source)
        progress(f"{counts[table]} rows of {table}")
    for table in RELATIONS:
        rows = rows_by_table[table]
        for key, family in enumerate(families):
            source = SQL("(SELECT * FROM bench_plan WHERE family = %s) plan", key)
            for row in _related(rows, family):
                counts[table] += rows.copy(row, _own_rows(rows, row, family), source)
    return counts


def _related(rows, family):
    conditions = [
        SQL("%s IN %s", SQL.identifier(column), tuple(family.rows[target]) or (0,))
        for column, target in rows.targets.items()
        if target in family.rows
    ]
    return rows.env.execute_query_dict(
        SQL(
            "SELECT * FROM %s WHERE %s",
            SQL.identifier(rows.table),
            SQL(" AND ").join(conditions),
        )
    )


def _own(family, table, id_):
    """SQL of the id of the copy's own row."""
    return SQL("%s + %s", SQL.identifier("plan", table), family.rows[table].index(id_))


def _own_rows(rows, row, family):
    """SQL of the columns that point to other rows of the same document."""
    return {
        column: _own(family, target, row[column])
        for column, target in rows.targets.items()
        if row[column] in family.rows.get(target, ())
    }


def _document_changes(rows, row, family):
    changes = _own_rows(rows, row, family)
    changes["id"] = _own(family, rows.table, row["id"])
    is_payment = bool(row.get("origin_payment_id"))
    kind = "payment" if is_payment else "invoice"
    if rows.table == "account_move":
        changes["sequence_prefix"] = SQL.identifier("plan", f"{kind}_prefix")
        changes["sequence_number"] = SQL.identifier("plan", f"{kind}_number")
    pairs = (
        (family.invoice_name, SQL("plan.invoice_name")),
        (family.payment_name, SQL("plan.payment_name")),
        (TOKEN, SQL("plan.token")),
    )
    for column, data_type in rows.types.items():
        value = row[column]
        if column in changes or not value or value is True:
            continue
        old = SQL.identifier("old", column)
        if rows.targets.get(column) == "res_partner" and value == family.partner_id:
            changes[column] = SQL("plan.partner_id")
        elif column in rows.money:
            changes[column] = SQL("%s * plan.factor", old)
        elif data_type == "date":
            changes[column] = SQL("%s + plan.shift", old)
        elif column == "matching_number":
            partial = value.startswith("P")
            table = "account_partial_reconcile" if partial else "account_full_reconcile"
            changes[column] = SQL(
                "%s || (%s)::text",
                "P" if partial else "",
                _own(family, table, int(value.removeprefix("P"))),
            )
        elif data_type in ("text", "character varying"):
            sql = replaced(column, row, *pairs)
            if sql:
                changes[column] = sql
    return changes


# ----------------------------------------------------------------------
# Indexes
# ----------------------------------------------------------------------


@contextmanager
def without_indexes(env, progress):
    """Load tables without their indexes and foreign keys, and make them again after.

    That the foreign keys can be made again says that all rows are where they should.
    """
    tables = (*TABLES, *RELATIONS)
    keys = env.execute_query(
        SQL(
            """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
                 FROM pg_constraint
                WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])""",
            list(tables),
        )
    )
    indexes = env.execute_query(
        SQL(
            """SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
                 FROM pg_index
                WHERE indrelid = ANY(%s::regclass[])
                  AND NOT EXISTS (SELECT FROM pg_constraint
                                   WHERE conindid = indexrelid AND contype <> 'f')""",
            list(tables),
        )
    )
    for table, name, _definition in keys:
        env.cr.execute(
            SQL("ALTER TABLE %s DROP CONSTRAINT %s", SQL(table), SQL.identifier(name))
        )
    for name, _definition in indexes:
        env.cr.execute(SQL("DROP INDEX %s", SQL(name)))
    yield
    env.cr.execute("SET LOCAL maintenance_work_mem = '512MB'")
    for table in TABLES:
        progress(f"{table} in order")
        env.cr.execute(
            SQL("CLUSTER %s USING %s", SQL(table), SQL.identifier(f"{table}_pkey"))
        )
    for name, definition in indexes:
        progress(f"index {name}")
        env.cr.execute(SQL(definition.replace("%", "%%")))
    for table, name, definition in keys:
        progress(f"foreign key {name}")
        env.cr.execute(
            SQL(
                "ALTER TABLE %s ADD CONSTRAINT %s %s",
                SQL(table),
                SQL.identifier(name),
                SQL(definition.replace("%", "%%")),
            )
        )


def currencies_of_houses():
    """For each house its own currency and the foreign one."""
    return [(house.currency, house.foreign) for house in HOUSES]

"""What installing and upgrading prepare, so that big databases wait for nothing."""

from lxml import etree

from odoo.fields import Domain
from odoo.tools import SQL, file_open
from odoo.tools.misc import split_every

from .engine import identity

#: Partners whose kind is worked out at a time.
BATCH_SIZE = 10_000


def shipped_html(path, name, field):
    """The HTML that a data file gives a field of a record, for those that had none.

    :param str path: of the file, the addon first
    :param str name: the record's, without the addon
    """
    with file_open(path, "rb") as file:
        tree = etree.parse(file)
    [node] = tree.iterfind(f".//record[@id='{name}']/field[@name='{field}']")
    return "".join(
        etree.tostring(part, method="html", encoding="unicode") for part in node
    )


def add_kind_columns(cr):
    """Add the columns of a debtor's kind in law, filled with what holds for most.

    A column with a constant default is added without rewriting the table.
    """
    for name, value in (
        ("credit_legal_kind", "consumer"),
        ("credit_kind_basis", "unknown"),
    ):
        column = SQL.identifier(name)
        cr.execute(
            SQL(
                """ALTER TABLE res_partner
                     ADD COLUMN IF NOT EXISTS %s VARCHAR DEFAULT %s""",
                column,
                value,
            )
        )
        cr.execute(SQL("ALTER TABLE res_partner ALTER COLUMN %s DROP DEFAULT", column))


def work_out_kinds(env):
    """Work out the kind of the partners of whom something is known.

    Written by statements of thousands: hundred thousands of customers have a number,
    and nothing else depends on their kind yet.
    """
    partners = (
        env["res.partner"]
        .with_context(active_test=False)
        .search(
            Domain("vat", "!=", False)
            | Domain("company_registry", "!=", False)
            | Domain("credit_kind", "!=", False),
            order="id",
        )
    )
    env.flush_all()
    for ids in split_every(BATCH_SIZE, partners.ids, list):
        rows = env.execute_query(
            SQL(
                """SELECT partner.id, partner.credit_kind, country.code, partner.vat,
                          partner.company_registry, partner.credit_kind_proof
                     FROM res_partner partner
                     LEFT JOIN res_country country ON country.id = partner.country_id
                    WHERE partner.id = ANY(%s)""",
                ids,
            )
        )
        kinds = [(row[0], *identity.legal_kind(*row[1:])) for row in rows]
        env.cr.execute(
            SQL(
                """UPDATE res_partner partner
                      SET credit_legal_kind = known.kind,
                          credit_kind_basis = known.basis
                     FROM UNNEST(%s, %s, %s) AS known(id, kind, basis)
                    WHERE partner.id = known.id
                      AND (partner.credit_legal_kind, partner.credit_kind_basis)
                          IS DISTINCT FROM (known.kind, known.basis)""",
                *(list(column) for column in zip(*kinds, strict=True)),
            )
        )
    partners.invalidate_recordset(["credit_legal_kind", "credit_kind_basis"])


def pre_init_hook(env):
    """Before the tables are made."""
    add_kind_columns(env.cr)


def post_init_hook(env):
    """After the addon is installed."""
    work_out_kinds(env)

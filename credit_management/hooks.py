"""What installing and upgrading prepare, so that big databases wait for nothing."""

from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import split_every

#: Partners whose kind is worked out at a time.
BATCH_SIZE = 1000


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
    """Work out the kind of the partners of whom something is known."""
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
    for batch in split_every(BATCH_SIZE, partners.ids, partners.browse):
        batch._compute_credit_legal_kind()
        env.flush_all()
        env.invalidate_all()


def pre_init_hook(env):
    """Before the tables are made."""
    add_kind_columns(env.cr)


def post_init_hook(env):
    """After the addon is installed."""
    work_out_kinds(env)

"""Promises, plans and messages name the invoices of their items."""

from odoo.tools import SQL

ABOUT_ITEMS = ("promise", "plan", "answer")


def migrate(cr, version):
    for name in ABOUT_ITEMS:
        relation = "_".join(sorted(("account_move", f"credit_{name}")))
        cr.execute(
            SQL(
                """INSERT INTO %(relation)s (%(column)s, account_move_id)
                   SELECT DISTINCT rel.%(own)s, aml.move_id
                     FROM %(items)s rel
                     JOIN account_move_line aml ON aml.id = rel.item_id
                       ON CONFLICT DO NOTHING""",
                relation=SQL.identifier(f"{relation}_rel"),
                column=SQL.identifier(f"credit_{name}_id"),
                own=SQL.identifier(f"{name}_id"),
                items=SQL.identifier(f"credit_{name}_item_rel"),
            )
        )

"""Install an addon in a running Odoo, as its button does, and measure it.

Usage: install.py DATABASE ADDON RESULT [option of Odoo …]. The figures are written to
the file and kept in the database.
"""

import json
import sys
from pathlib import Path

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry

import worker
from meter import Meter

#: Tables that grow with the ledger: rewriting one locks out everybody for long.
LARGE = ("account_move", "account_move_line", "account_payment", "res_partner")
PARAMETER = "benchmark.install"


def file_numbers(registry):
    """The file that holds each of the large tables: another one if rewritten."""
    with registry.cursor() as cr:
        cr.execute(
            "SELECT relname, relfilenode FROM pg_class WHERE relname IN %s", [LARGE]
        )
        return dict(cr.fetchall())


def main(database, addon, result, *options):
    registry = worker.start(database, options)
    before = file_numbers(registry)
    with Meter() as meter:
        registry = Registry.new(database, update_module=True, install_modules=[addon])
    after = file_numbers(registry)
    figures = meter.figures(
        1, rewritten=[table for table in LARGE if before[table] != after[table]]
    )
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        state = env["ir.module.module"].search([("name", "=", addon)]).state
        if state != "installed":
            raise RuntimeError(f"{addon} is {state}")
        env["ir.config_parameter"].set_param(PARAMETER, json.dumps(figures))
    Path(result).write_text(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])

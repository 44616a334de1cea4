"""Limitation is worked out again at once, not only in the night.

Periods of single trades no longer count for claims of unknown kind, and what is past
its limitation is not reminded: a day of the old kind would stop what can be claimed for
years.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    env.ref("credit_management_legal.ir_cron_limitation")._trigger()

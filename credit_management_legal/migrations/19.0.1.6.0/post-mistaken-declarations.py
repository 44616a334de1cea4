"""What was declared in an insolvency that was noted by mistake is declared no more."""

from odoo import SUPERUSER_ID, api
from odoo.fields import Domain


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    records = env["credit.insolvency"].search(
        Domain("state", "=", "cancelled") & Domain("date_declared", "!=", False)
    )
    records.write({"date_declared": False, "amount_declared": 0})

"""Cases show the last status that stands, not one that was struck."""

from odoo import SUPERUSER_ID, api
from odoo.fields import Domain


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    struck = env["credit.case.event"].search(
        Domain("report_type", "=", "status") & Domain("active", "=", False)
    )
    struck.case_id._restore_party_status()

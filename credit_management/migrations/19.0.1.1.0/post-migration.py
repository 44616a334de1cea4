from odoo import SUPERUSER_ID, api

from odoo.addons.credit_management.hooks import work_out_kinds


def migrate(cr, version):
    work_out_kinds(api.Environment(cr, SUPERUSER_ID, {}))

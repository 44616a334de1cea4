from odoo.addons.credit_management.hooks import add_kind_columns


def migrate(cr, version):
    add_kind_columns(cr)

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_registered_provider = fields.Selection(
        related="company_id.credit_registered_provider",
        readonly=False,
        groups="base.group_system",
    )
    credit_registered_folder = fields.Char(
        related="company_id.credit_registered_folder",
        readonly=False,
        groups="base.group_system",
    )

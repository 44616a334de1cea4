from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_snailmail = fields.Boolean(
        related="company_id.credit_snailmail", readonly=False
    )

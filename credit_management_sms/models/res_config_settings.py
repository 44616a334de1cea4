from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_sms_sender = fields.Char(
        related="company_id.credit_sms_sender", readonly=False
    )

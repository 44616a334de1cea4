from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_sms_sender = fields.Char(
        related="company_id.credit_sms_sender", readonly=False
    )
    credit_hour_sms = fields.Float(related="company_id.credit_hour_sms", readonly=False)
    credit_run_sms = fields.Float(related="company_id.credit_run_sms", readonly=False)

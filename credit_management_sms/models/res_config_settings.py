from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_sms_sender = fields.Char(
        related="company_id.credit_sms_sender", readonly=False
    )
    credit_sms_from = fields.Float(related="company_id.credit_sms_from", readonly=False)
    credit_sms_to = fields.Float(related="company_id.credit_sms_to", readonly=False)
    credit_sms_weekdays = fields.Char(
        related="company_id.credit_sms_weekdays", readonly=False
    )
    credit_sms_holidays = fields.Boolean(
        related="company_id.credit_sms_holidays", readonly=False
    )

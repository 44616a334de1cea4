from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_whatsapp_number = fields.Char(
        related="company_id.credit_whatsapp_number", readonly=False
    )
    credit_twilio_reply_url = fields.Char(related="company_id.credit_twilio_reply_url")

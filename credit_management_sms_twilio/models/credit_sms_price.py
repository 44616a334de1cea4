from odoo import fields, models


class CreditSmsPrice(models.Model):
    _inherit = "credit.sms.price"

    channel = fields.Selection(
        selection_add=[("whatsapp", "WhatsApp")], ondelete={"whatsapp": "cascade"}
    )

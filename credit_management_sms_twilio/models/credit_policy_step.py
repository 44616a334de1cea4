from odoo import fields, models


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    channel = fields.Selection(
        selection_add=[("whatsapp", "WhatsApp")], ondelete={"whatsapp": "set email"}
    )

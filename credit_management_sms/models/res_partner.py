from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    credit_sms_optout = fields.Boolean(
        string="No reminders by text message",
        tracking=True,
        groups="credit_management.group_viewer",
        help="Reminders to this contact go by the fallback channel of their step.",
    )

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_auto_run = fields.Boolean(
        related="company_id.credit_auto_run", readonly=False
    )
    credit_tz = fields.Selection(related="company_id.credit_tz", readonly=False)
    credit_letter_window = fields.Selection(
        related="company_id.credit_letter_window", readonly=False
    )
    credit_letter_duplex = fields.Boolean(
        related="company_id.credit_letter_duplex", readonly=False
    )
    credit_link_days = fields.Integer(
        related="company_id.credit_link_days", readonly=False
    )
    credit_pay_charges_first = fields.Boolean(
        related="company_id.credit_pay_charges_first", readonly=False
    )

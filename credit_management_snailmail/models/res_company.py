from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_snailmail = fields.Boolean(
        string="Post reminder letters",
        help="Letters leave by Odoo's postal service instead of the office's printer. "
        "It costs credits of In-App Purchases.",
    )

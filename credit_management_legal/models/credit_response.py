from odoo import fields, models


class CreditResponseMixin(models.AbstractModel):
    _inherit = "credit.response.mixin"

    source = fields.Selection(
        selection_add=[("party", "Third party")], ondelete={"party": "set default"}
    )

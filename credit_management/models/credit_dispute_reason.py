from odoo import fields, models


class CreditDisputeReason(models.Model):
    _name = "credit.dispute.reason"
    _description = "Reason of a Dispute"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

from odoo import fields, models


class CreditPostalRow(models.Model):
    _name = "credit.postal.row"
    _description = "Bad Row of a Return File"
    _order = "file_id, number"

    file_id = fields.Many2one(
        "credit.postal.file", required=True, index=True, ondelete="cascade"
    )
    number = fields.Integer(string="Row", help="Number of the row in the file.")
    reference = fields.Char()
    tracking_number = fields.Char()
    reason = fields.Char()

from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_deadline_first = fields.Integer(
        string="Announce deadlines (days ahead)",
        default=14,
        required=True,
        help="Deadlines of cases are announced so many days ahead.",
    )
    credit_deadline_last = fields.Integer(
        string="Announce again (days ahead)",
        default=3,
        required=True,
        help="And once more so many days ahead. 0: once is enough.",
    )

    _check_credit_deadlines = models.Constraint(
        "CHECK (credit_deadline_first >= credit_deadline_last"
        " AND credit_deadline_last >= 0)",
        "Deadlines are announced once more after the first time, not before.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_deadline_first = fields.Integer(
        related="company_id.credit_deadline_first", readonly=False
    )
    credit_deadline_last = fields.Integer(
        related="company_id.credit_deadline_last", readonly=False
    )

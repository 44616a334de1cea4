"""What contacts cost, and how long an answer stops them."""

from odoo import fields, models

#: Channels of this addon, each with the field of its cost.
COSTS = {
    "email": "credit_cost_email",
    "letter": "credit_cost_letter",
    "registered_letter": "credit_cost_registered",
    "phone": "credit_cost_phone",
    "visit": "credit_cost_visit",
}


class ResCompany(models.Model):
    _inherit = "res.company"

    credit_reply_days = fields.Integer(
        string="An answer stops reminders",
        default=7,
        help="Days for which a debtor who answered by e-mail is not reminded, unless "
        "somebody has handled the answer sooner. 0: answers stop nothing.",
    )
    credit_cost_email = fields.Monetary(string="Cost of an e-mail")
    credit_cost_letter = fields.Monetary(
        string="Cost of a letter", help="Postage, paper and handling."
    )
    credit_cost_registered = fields.Monetary(string="Cost of a registered letter")
    credit_cost_phone = fields.Monetary(
        string="Cost of a call", help="Of one contact, with the time that it takes."
    )
    credit_cost_visit = fields.Monetary(string="Cost of a visit")

    _check_credit_reply_days = models.Constraint(
        "CHECK (credit_reply_days >= 0)", "Days can't be negative."
    )
    _check_credit_costs = models.Constraint(
        """CHECK (COALESCE(credit_cost_email, 0) >= 0
                  AND COALESCE(credit_cost_letter, 0) >= 0
                  AND COALESCE(credit_cost_registered, 0) >= 0
                  AND COALESCE(credit_cost_phone, 0) >= 0
                  AND COALESCE(credit_cost_visit, 0) >= 0)""",
        "A contact can't cost less than nothing.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_reply_days = fields.Integer(
        related="company_id.credit_reply_days", readonly=False
    )
    credit_cost_email = fields.Monetary(
        related="company_id.credit_cost_email", readonly=False
    )
    credit_cost_letter = fields.Monetary(
        related="company_id.credit_cost_letter", readonly=False
    )
    credit_cost_registered = fields.Monetary(
        related="company_id.credit_cost_registered", readonly=False
    )
    credit_cost_phone = fields.Monetary(
        related="company_id.credit_cost_phone", readonly=False
    )
    credit_cost_visit = fields.Monetary(
        related="company_id.credit_cost_visit", readonly=False
    )

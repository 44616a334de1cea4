from odoo import fields, models


class CreditPlanLine(models.Model):
    """An instalment of a plan: what is to be paid by a day."""

    _name = "credit.plan.line"
    _description = "Payment Plan Instalment"
    _order = "plan_id, date, sequence, id"

    plan_id = fields.Many2one(
        "credit.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    partner_id = fields.Many2one(related="plan_id.partner_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    plan_state = fields.Selection(related="plan_id.state", string="Plan")
    sequence = fields.Integer(default=1)
    date = fields.Date(string="Due on", required=True)
    amount = fields.Monetary(required=True)
    amount_paid = fields.Monetary(string="Paid", readonly=True, copy=False)
    state = fields.Selection(
        [("open", "Open"), ("late", "Late"), ("paid", "Paid")],
        default="open",
        required=True,
        readonly=True,
        copy=False,
    )
    told = fields.Date(
        string="Told on",
        readonly=True,
        copy=False,
        help="The day on which the debtor was told that it falls due soon.",
    )

    _check_amount = models.Constraint(
        "CHECK (amount > 0)", "An instalment is more than nothing."
    )
    _open_idx = models.Index("(date) WHERE state IN ('open', 'late')")

"""What debtors may promise, plan and dispute under a policy."""

from odoo import fields, models


class CreditPolicy(models.Model):
    _inherit = "credit.policy"

    promise_max_days = fields.Integer(
        string="Promises within (days)",
        default=30,
        help="The furthest day that a debtor may promise by itself.",
    )
    promise_min_share = fields.Integer(
        string="Smallest share promised (%)",
        default=0,
        help="Of what is open on the items that are promised.",
    )
    promise_grace_days = fields.Integer(
        string="Grace after a promise (days)",
        default=3,
        help="A payment takes its time: the promise is broken after these days only.",
    )
    plan_max_number = fields.Integer(
        string="Instalments at most",
        default=6,
        help="0: debtors ask for plans, a collector decides on each.",
    )
    plan_min_amount = fields.Monetary(
        string="Smallest instalment", help="In the company's currency."
    )
    plan_max_days = fields.Integer(
        string="Plans within (days)",
        default=180,
        help="The furthest day of the last instalment.",
    )
    plan_fee = fields.Monetary(
        string="Fee of a plan",
        help="In the company's currency, added to what is owed.",
    )
    plan_interest = fields.Selection(
        [("none", "None"), ("legal", "Late interest")],
        string="Interest of a plan",
        default="none",
        required=True,
        help="Late interest goes on at the rate of the law or of the terms until "
        "each instalment.",
    )
    plan_tolerance_days = fields.Integer(
        string="Tolerance of a plan (days)",
        default=5,
        help="Days after which an instalment that is not paid breaks the plan.",
    )
    plan_tell_days = fields.Integer(
        string="Told before an instalment (days)",
        default=3,
        help="Days before its due date on which the debtor is told of an instalment.",
    )
    plan_auto = fields.Boolean(
        string="Plans within the limits are accepted at once", default=True
    )
    dispute_scope = fields.Selection(
        [
            ("amount", "The disputed amount"),
            ("invoice", "The whole invoice"),
            ("debtor", "Everything the debtor owes"),
        ],
        string="A dispute stops",
        default="amount",
        required=True,
    )
    dispute_days = fields.Integer(
        string="Answer to a dispute within (days)", default=10
    )
    dispute_resume_days = fields.Integer(
        string="Delay after a rejected dispute (days)",
        default=0,
        help="Days given to the debtor after the answer, before reminders go on.",
    )
    broken_step_id = fields.Many2one(
        "credit.policy.step",
        string="After a broken promise",
        domain="[('policy_id', '=', id), ('trigger', '!=', 'payment')]",
        ondelete="set null",
        help="The step at which reminders go on; empty: the next one. A step required "
        "by law is not passed over.",
    )
    paid_claim_days = fields.Integer(
        string="“I have paid” holds (days)",
        default=7,
        help="Days during which the payment is looked for before reminders go on.",
    )

    _check_answers = models.Constraint(
        """CHECK (promise_max_days >= 0 AND promise_grace_days >= 0
                  AND promise_min_share BETWEEN 0 AND 100
                  AND plan_max_number >= 0 AND plan_min_amount >= 0
                  AND plan_max_days >= 0 AND plan_fee >= 0
                  AND plan_tolerance_days >= 0 AND plan_tell_days >= 0
                  AND dispute_days >= 0 AND dispute_resume_days >= 0
                  AND paid_claim_days >= 0)""",
        "Days and amounts can't be negative, and a share is at most 100 %.",
    )

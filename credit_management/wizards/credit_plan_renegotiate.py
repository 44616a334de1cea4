from odoo import api, fields, models
from odoo.exceptions import UserError


class CreditPlanRenegotiate(models.TransientModel):
    """What becomes of the fee and the interest of a plan that gets new terms."""

    _name = "credit.plan.renegotiate"
    _description = "New terms of a payment plan"

    plan_id = fields.Many2one("credit.plan", required=True, readonly=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    amount_left = fields.Monetary(
        string="Fee and interest still owed", compute="_compute_amount_left"
    )
    charges = fields.Selection(
        [
            ("carry", "The new plan takes them over"),
            ("waive", "They are waived"),
        ],
        string="What becomes of them",
    )
    reason = fields.Char(help="It stands on each charge that is waived.")

    @api.depends("plan_id")
    def _compute_amount_left(self):
        for wizard in self:
            wizard.amount_left = wizard.plan_id._charges_left()

    def action_confirm(self):
        """Make the new plan.

        :return: the action that opens it
        """
        self.ensure_one()
        if not self.charges:
            raise UserError(
                self.env._("Say what becomes of the fee and the interest so far.")
            )
        if self.charges == "waive" and not self.reason:
            raise UserError(self.env._("Say why they are waived."))
        return self.plan_id._renegotiate(
            waive_reason=self.reason if self.charges == "waive" else None
        )

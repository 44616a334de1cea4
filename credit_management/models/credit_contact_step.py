"""How often and when a step calls before it goes on."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..engine import slots


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    attempt_count = fields.Integer(
        string="Attempts",
        default=3,
        help="Calls that are tried at least before the debtor counts as not reached "
        "and the policy goes on: by the fallback channel, else with the next step.",
    )
    attempt_gap_days = fields.Integer(
        string="Days between attempts",
        default=1,
        help="Days of the debtor's calendar between two attempts at least.",
    )
    attempt_vary_time = fields.Boolean(
        string="At different times of day",
        default=True,
        help="In the morning, at midday, in the afternoon and in the evening, as far "
        "as the contact hours allow.",
    )
    attempt_vary_weekday = fields.Boolean(
        string="On different weekdays",
        default=True,
    )

    @api.constrains("attempt_count", "attempt_gap_days")
    def _check_attempts(self):
        for step in self:
            if step.attempt_count < 1 or not 0 <= step.attempt_gap_days <= 14:
                raise ValidationError(
                    self.env._(
                        "Step “%(step)s”: at least one attempt, and attempts at most "
                        "a fortnight apart.",
                        step=step.name,
                    )
                )

    def _call_plan(self):
        """How the step calls.

        :rtype: ..engine.slots.Plan
        """
        self.ensure_one()
        return slots.Plan(
            attempts=self.attempt_count,
            gap_days=self.attempt_gap_days,
            vary_time=self.attempt_vary_time,
            vary_weekday=self.attempt_vary_weekday,
        )

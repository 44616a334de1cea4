"""Steps that hand over to an agency.

There is no ``_channel_text_agency``: nothing is written to the debtor, so that no first
reminder or formal notice that the law asks for can be one.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    channel = fields.Selection(
        selection_add=[("agency", "Hand over to an agency")],
        # Without the addon somebody has to see to it; no e-mail takes its place.
        ondelete={
            "agency": lambda steps: steps.write(
                {"channel": "letter", "automation": "manual"}
            )
        },
    )
    mandate_id = fields.Many2one(
        "credit.mandate",
        check_company=True,
        ondelete="restrict",
        domain=[("kind", "=", "amicable")],
        help="Who takes the case. Empty: the first mandate in force that covers the "
        "debtor's country.",
    )

    @api.constrains("channel", "fallback_channel")
    def _check_agency(self):
        for step in self:
            if step.fallback_channel == "agency":
                raise ValidationError(
                    self.env._(
                        "Step “%s”: handing over is a step of its own, and takes over "
                        "from no message that failed.",
                        step.name,
                    )
                )
            if step.channel == "agency" and step.trigger == "payment":
                raise ValidationError(
                    self.env._("Nobody is handed over for having paid.")
                )

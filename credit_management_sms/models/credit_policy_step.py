"""Steps that leave by text message.

There is no ``_channel_text_sms``: a text message is too short for what the law wants
said, so that no first reminder or formal notice that the law asks for can be one.
"""

from odoo import api, fields, models

from odoo.addons.credit_management.engine.variants import SECOND


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    channel = fields.Selection(
        selection_add=[("sms", "SMS")], ondelete={"sms": "set email"}
    )
    sms_template_id = fields.Many2one(
        "sms.template",
        string="SMS template",
        domain=[("model", "=", "credit.reminder")],
        ondelete="restrict",
        help="Empty: the text that comes for this kind of step. It is sent in the "
        "language of the debtor.",
    )

    sms_variant_template_id = fields.Many2one(
        "sms.template",
        string="Second SMS template",
        domain=[("model", "=", "credit.reminder")],
        ondelete="restrict",
        help="For the share of the debtors who get the second wording.",
    )

    def _has_variant(self, channel):
        # EXTENDS credit_management
        if channel == "sms":
            return bool(self.sms_variant_template_id)
        return super()._has_variant(channel)

    @api.constrains("sms_variant_template_id")
    def _check_sms_variant(self):
        self._check_variant()

    def _sms_template(self, thanks=False):
        """The text of the step, else the one made for its kind.

        :return: the template; none if somebody deleted it
        """
        self.ensure_one()
        if self.env.context.get("credit_wording") == SECOND:
            return self.sms_variant_template_id
        if self.sms_template_id:
            return self.sms_template_id
        kind = "thanks" if thanks else self._sms_kind()
        name = f"credit_management_sms.sms_template_{kind}"
        # Not `ref`, which costs a query each time.
        template_id = self.env["ir.model.data"]._xmlid_to_res_id(name)
        return self.env["sms.template"].browse(template_id)

    def _sms_kind(self):
        if self._comes_before_due():
            return "pre_due"
        steps = self.policy_id._sequence_steps()
        contacts = steps.filtered(lambda step: not step._comes_before_due())
        return "first_reminder" if self == contacts[:1] else "second_reminder"

    def _comes_before_due(self):
        return self.trigger == "due" and self.delay_days < 0

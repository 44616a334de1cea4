"""Two wordings of a step, to learn which one is answered and paid more often."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

from ..engine import variants


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    variant_percent = fields.Integer(
        string="Share of the second wording (%)",
        help="So many of a hundred debtors get the second wording of this step, always "
        "the same ones. 0: everybody gets the first.",
    )
    variant_template_id = fields.Many2one(
        "mail.template",
        string="Second e-mail template",
        domain=[("model", "=", "credit.reminder")],
        ondelete="restrict",
    )
    variant_letter_text = fields.Html(
        string="Second text of the letter",
        translate=True,
        sanitize_attributes=False,
        help="It may show what the first text may.",
    )

    _check_variant_percent = models.Constraint(
        "CHECK (variant_percent BETWEEN 0 AND 100)",
        "The share of the second wording is between 0 and 100 %.",
    )

    @api.constrains("variant_percent", "variant_template_id", "variant_letter_text")
    def _check_variant(self):
        for step in self:
            if step.variant_percent and not step._has_variants():
                raise ValidationError(
                    self.env._(
                        "Step “%s” has no second wording to send.",
                        step.name,
                    )
                )
        self._check_mentions()

    def _has_variants(self):
        """Whether there is a second wording for any channel."""
        self.ensure_one()
        channels = filter(None, (self.channel, self.fallback_channel))
        return any(self._has_variant(channel) for channel in channels)

    def _has_variant(self, channel):
        """Whether there is a second wording for a channel; other addons add theirs."""
        self.ensure_one()
        if channel == "email":
            return bool(self.variant_template_id)
        if channel in ("letter", "registered_letter"):
            if not is_html_empty(self.variant_letter_text):
                return True
            return is_html_empty(self.letter_text) and bool(self.variant_template_id)
        return False

    def _wording_for(self, debtor, channel):
        """The wording that a debtor gets by a channel; False if there is but one."""
        self.ensure_one()
        if not self.variant_percent or not self._has_variant(channel):
            return False
        return variants.choose(debtor.id, self.id, self.variant_percent)

    def _own_template(self):
        """The e-mail template that the step names, by the wording of the context."""
        self.ensure_one()
        if self.env.context.get("credit_wording") == variants.SECOND:
            return self.variant_template_id or self.mail_template_id
        return self.mail_template_id

    def _letter_text(self, wording=False):
        """The text of the letter, in the language of the environment."""
        self.ensure_one()
        if wording == variants.SECOND and not is_html_empty(self.variant_letter_text):
            return self.variant_letter_text
        return self.letter_text

    def _unsaid(self, channel, required, langs):
        # EXTENDS credit_management: both wordings say what the law wants said
        unsaid = super()._unsaid(channel, required, langs)
        if self.env.context.get("credit_wording") or not self._has_variant(channel):
            return unsaid
        second = self.with_context(credit_wording=variants.SECOND)
        return list(dict.fromkeys([*unsaid, *second._unsaid(channel, required, langs)]))


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    variant = fields.Selection(
        [(variants.FIRST, "A: the first"), (variants.SECOND, "B: the second")],
        string="Wording",
        readonly=True,
        copy=False,
        help="Which wording of the step the debtor got, where there are two.",
    )

    def _evidence_fields(self):
        # EXTENDS credit_management
        return super()._evidence_fields() | {"variant"}

    def _wording(self):
        """The wording of the reminder, as it left or as it would leave."""
        self.ensure_one()
        if self.state == "sent":
            return self.variant
        if self.is_thanks or not self.step_id.variant_percent:
            return False
        return self.sudo().step_id._wording_for(self.partner_id, self.channel)

    def _recheck(self):
        # EXTENDS credit_management: settled before anything is rendered
        kept = super()._recheck()
        changed = kept.filtered(
            lambda reminder: reminder.variant != reminder._wording()
        )
        for wording, reminders in changed.grouped(lambda r: r._wording()).items():
            reminders.variant = wording
        return kept

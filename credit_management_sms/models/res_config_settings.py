from odoo import api, fields, models

from ..engine import segments


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    credit_sms_sender = fields.Char(
        related="company_id.credit_sms_sender", readonly=False
    )
    credit_sms_sender_warning = fields.Char(
        string="What the name costs", compute="_compute_credit_sms_sender_warning"
    )
    credit_hour_sms = fields.Float(related="company_id.credit_hour_sms", readonly=False)
    credit_run_sms = fields.Float(related="company_id.credit_run_sms", readonly=False)

    @api.depends("company_id", "credit_sms_sender")
    def _compute_credit_sms_sender_warning(self):
        """What of the name makes every message cost more, and the name without it."""
        for settings in self:
            name = segments.simplify(
                settings.credit_sms_sender or settings.company_id.name or ""
            )
            lacking, plain = segments.outside(name), segments.plain(name)
            text = False
            if lacking:
                text = self.env._(
                    "Telephones lack “%s”: with this name every message takes up to "
                    "three times the segments.",
                    " ".join(lacking),
                )
            if lacking and not segments.outside(plain):
                text += " " + self.env._("“%s” would not.", plain)
            settings.credit_sms_sender_warning = text

from odoo import api, models


class MailTrackingValue(models.Model):
    """What a field said before is part of the message that tells of its change."""

    _inherit = "mail.tracking.value"

    def write(self, vals):
        # EXTENDS base
        if not self.env.su:
            self.mail_message_id._check_credit_evidence()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_credit_evidence(self):
        self.mail_message_id._check_credit_evidence()

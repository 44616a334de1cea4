from odoo import api, models
from odoo.exceptions import UserError


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_credit_evidence(self):
        """What was sent to a debtor, and what came back, does not vanish."""
        messages = self.sudo().filtered(
            lambda m: m.model == "credit.reminder" and m.message_type != "comment"
        )
        reminders = self.env["credit.reminder"].sudo().browse(messages.mapped("res_id"))
        if "sent" in reminders.exists().mapped("state"):
            raise UserError(
                self.env._("A message of a reminder that left is evidence: it stays.")
            )

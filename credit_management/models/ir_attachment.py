from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_credit_evidence(self):
        """Letters and enclosures of reminders that left do not vanish."""
        filed = self.sudo().filtered(lambda a: a.res_model == "credit.reminder")
        if not filed:
            return
        evidence = (
            self.env["mail.message"]
            .sudo()
            .search_count(
                Domain("model", "=", "credit.reminder")
                & Domain("attachment_ids", "in", filed.ids)
                & Domain("message_type", "!=", "comment"),
                limit=1,
            )
        )
        letters = (
            self.env["credit.reminder"]
            .sudo()
            .search_count([("letter_id", "in", filed.ids)], limit=1)
        )
        if evidence or letters:
            raise UserError(
                self.env._("This file belongs to a reminder that left: it stays.")
            )

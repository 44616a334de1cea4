from odoo import models


class SnailmailLetter(models.Model):
    _inherit = "snailmail.letter"

    def write(self, vals):
        """Tell the reminder what became of its letter."""
        # EXTENDS snailmail
        result = super().write(vals)
        state = vals.get("state")
        if state not in ("sent", "error"):
            return result
        letters = self.filtered(lambda letter: letter.model == "credit.reminder")
        for letter in letters:
            reminder = self.env["credit.reminder"].browse(letter.res_id).exists()
            if state == "sent":
                reminder._register_outcome("delivered")
            elif reminder.state == "sent" and reminder.delivery_state != "bounced":
                reminder._register_failure(
                    self.env._("The postal service refused the letter.")
                )
        return result

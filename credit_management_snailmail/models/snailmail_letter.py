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

    def _snailmail_print_valid_address(self):
        """Hand letters to the postal service, unless their company has stopped.

        A letter that was filed before the stop switch was used waits in the queue of
        the service: it leaves with the next round after the stop has ended.
        """
        # EXTENDS snailmail
        reminders = self.filtered(lambda letter: letter.model == "credit.reminder")
        # In sudo: whoever posts letters need not be somebody of credit management.
        stops = self.env["credit.stop"].sudo()._current(reminders.company_id)
        held = reminders.filtered(lambda letter: letter.company_id in stops.company_id)
        if leaving := self - held:
            return super(SnailmailLetter, leaving)._snailmail_print_valid_address()
        return None

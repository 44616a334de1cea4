from odoo import models


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _deliver_letter(self):
        """Hand the letters that were filed to the postal service.

        The very PDF that is the evidence is posted: nothing is printed twice. The
        service takes letters from its own queue, by its own scheduled action, and what
        it says of them comes back to the reminder. Filing and handing over are one
        transaction: no letter is filed and never posted.
        """
        super()._deliver_letter()
        posted = self.filtered(
            lambda reminder: (
                reminder.company_id.credit_snailmail
                and reminder.state == "sent"
                and reminder.channel == "letter"
                and reminder.letter_id
                and not reminder.printed
            )
        )
        if not posted:
            return
        # In sudo: a collector sends letters, and may not write postal orders as such.
        letters = (
            self.env["snailmail.letter"]
            .sudo()
            .create(
                [
                    {
                        "partner_id": reminder.contact_id.id,
                        "model": self._name,
                        "res_id": reminder.id,
                        "company_id": reminder.company_id.id,
                        "attachment_id": reminder.letter_id.id,
                    }
                    for reminder in posted
                ]
            )
        )
        posted.printed = True
        letters._snailmail_print(immediate=False)

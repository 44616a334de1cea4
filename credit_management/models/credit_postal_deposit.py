"""The slip with which registered letters are deposited at the post office."""

import base64

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

REPORT = "credit_management.action_report_deposit"


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def action_print_deposit(self):
        """Print the slip for the registered letters among these."""
        letters = self._to_deposit()
        if not letters:
            raise UserError(
                self.env._("None of these is a registered letter on paper.")
            )
        return self.env.ref(REPORT).report_action(letters, config=False)

    def _to_deposit(self):
        """The registered letters on paper among these, which are not withdrawn."""
        return self.filtered(
            lambda r: (
                r.channel == "registered_letter"
                and r.state == "sent"
                and r.postal_state != "withdrawn"
                and not r.postal_provider
            )
        )

    def _deposit_slips(self):
        """One slip for each company, in its own language: the post office reads it.

        :return: list of dictionaries: ``company``, ``lang``, ``date``, ``sender`` and
            ``letters``, which are dictionaries of ``number``, ``reference``,
            ``recipient`` (lines), ``service``, ``tracking`` and ``barcode`` (a data
            URI, empty without a tracking number)
        """
        slips = []
        for company, letters in self._to_deposit().grouped("company_id").items():
            home = company.sudo().partner_id
            # The order in which they lie on the counter.
            letters = letters.sorted("name").with_context(lang=home.lang)
            slips.append(
                {
                    "company": company.sudo(),
                    "lang": home.lang,
                    "date": format_date(letters.env, company._credit_today()),
                    "sender": letters[0]._address_lines(home),
                    "letters": [
                        letter._deposit_row(number)
                        for number, letter in enumerate(letters, 1)
                    ],
                }
            )
        return slips

    def _deposit_row(self, number):
        """One letter of a slip, see :meth:`_deposit_slips`."""
        letter = self.sudo()
        batches = self.env["credit.postal.batch"]
        service = letter.postal_batch_id.registered_service
        service = (
            service or batches.default_get(["registered_service"])["registered_service"]
        )
        labels = dict(
            batches._fields["registered_service"]._description_selection(self.env)
        )
        return {
            "number": number,
            "reference": letter.name,
            "recipient": letter._address_lines(letter.contact_id or letter.partner_id),
            "service": labels[service],
            "tracking": letter.tracking_number or "",
            "barcode": letter._tracking_barcode(),
        }

    def _tracking_barcode(self):
        """The tracking number as a bar code, as a data URI; empty without one."""
        if not self.tracking_number:
            return ""
        image = self.env["ir.actions.report"].barcode(
            "Code128", self.tracking_number, width=500, height=70
        )
        return "data:image/png;base64," + base64.b64encode(image).decode()


class CreditPostalBatch(models.Model):
    _inherit = "credit.postal.batch"

    def action_print_deposit(self):
        """Print the slip for the registered letters of the batch."""
        return self.line_ids.reminder_id.filtered(
            lambda letter: letter.postal_batch_id in self
        ).action_print_deposit()

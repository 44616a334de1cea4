"""The letter channels: paper from the office's own printer."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..report.batch import Letter, merge


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _alerts_letter(self):
        alerts = {}
        for reminder in self:
            contact = reminder.contact_id
            missing = [
                label
                for name, label in (
                    ("street", self.env._("street")),
                    ("zip", self.env._("postcode")),
                    ("city", self.env._("city")),
                    ("country_id", self.env._("country")),
                )
                if not contact[name]
            ]
            if missing:
                alerts[reminder] = self.env._(
                    "The postal address of %(contact)s lacks: %(missing)s.",
                    contact=contact.display_name,
                    missing=", ".join(missing),
                )
        return self._alerts_of_address(self) | alerts

    def _alerts_registered_letter(self):
        electronic = self._electronic_letters()
        return (self - electronic)._alerts_letter() | electronic._alerts_electronic()

    def _deliver_letter(self):
        """Print letters to PDF, each filed on its reminder.

        Nothing leaves the database here: letters and their states are one transaction.
        Who prints them, or which service posts them, comes after.
        """
        pdfs = self._letter_pdfs()
        # Rendering takes long. Let go of the snapshot, so that the last look sees what
        # was paid, paused or stopped meanwhile.
        self._commit()
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.invalidate_recordset(["state"])
        with locked._last_looks() as looks:
            locked = locked.filtered(lambda r: r._items_unchanged(looks[r.id]))
        locked._file_letters(pdfs)
        locked._register_sent()

    def _file_letters(self, pdfs):
        """File letters on their reminders: {reminder id: PDF}."""
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": f"{reminder.name.replace('/', '-')}.pdf",
                        "raw": pdfs[reminder.id],
                        "mimetype": "application/pdf",
                        "res_model": self._name,
                        "res_id": reminder.id,
                    }
                    for reminder in self
                ]
            )
        )
        for reminder, attachment in zip(self, attachments, strict=True):
            reminder.letter_id = attachment
            reminder._message_log(
                body=self.env._("Letter to %s", reminder.contact_id.display_name),
                attachment_ids=attachment.ids,
            )

    def _deliver_registered_letter(self):
        """Electronically to those who accept it, on paper to all others."""
        electronic = self._electronic_letters()
        (self - electronic)._deliver_letter()
        electronic._deliver_electronic()

    @api.model
    def _letters_to_print_domain(self):
        return [
            ("channel", "in", ("letter", "registered_letter")),
            ("state", "=", "sent"),
            ("printed", "=", False),
            ("letter_id", "!=", False),
        ]

    def _letters_pdf(self, duplex=None):
        """The letters in one PDF: as they left, or as they would leave now.

        :param bool duplex: see :meth:`action_print_letters`
        :raise UserError: where there is none, where one was dropped or taken back, or
            where one left in another way: printed now it would say something else than
            what was sent
        """
        if duplex is None:
            duplex = any(self.company_id.mapped("credit_letter_duplex"))
        for reminder in self.filtered(lambda r: r.state == "cancelled")[:1]:
            raise UserError(
                self.env._(
                    "%s was cancelled: its letter leaves no more.", reminder.name
                )
            )
        fresh = self.filtered(lambda reminder: not reminder.letter_id)
        for reminder in fresh.filtered(lambda r: r.state == "sent")[:1]:
            raise UserError(
                self.env._("%s has left without a letter of ours.", reminder.name)
            )
        pdfs = fresh._letter_pdfs()
        letters = []
        for reminder in self.sudo():
            contact = reminder.contact_id or reminder.partner_id
            letters.append(
                Letter(
                    content=pdfs.get(reminder.id) or reminder.letter_id.raw,
                    country=contact.country_id.code or "",
                    postcode=contact.zip or "",
                    name=contact.commercial_partner_id.name or "",
                )
            )
        if not letters:
            raise UserError(self.env._("There is no letter to print."))
        return merge(letters, duplex=duplex)

    def action_print_letters(self, duplex=None):
        """Put the letters into one file for the printer, in the order of the post.

        Those that ask for more than is owed by now are taken back instead.

        :param bool duplex: start each letter on a new sheet when printing both sides;
            by default as the company prints
        :return: the action that downloads the file, and tells what was taken back
        """
        self.check_access("write")
        gone = self._take_back_outdated()
        letters = self - gone
        if gone and not letters:
            return gone._tell_taken_back()
        content = letters._letters_pdf(duplex)
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": self.env._(
                        "Letters of %s.pdf", fields.Date.context_today(self)
                    ),
                    "raw": content,
                    "mimetype": "application/pdf",
                }
            )
        )
        filed = letters.filtered(lambda r: r.letter_id and r.state == "sent")
        filed.sudo().printed = True
        download = {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "download",
        }
        return gone._tell_taken_back(download) if gone else download

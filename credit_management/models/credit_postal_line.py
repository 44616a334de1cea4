import hashlib
import io

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every
from odoo.tools.pdf import PdfFileReader, PdfReadError

#: Letters whose PDF is in memory at a time.
CHUNK = 20


class CreditPostalLine(models.Model):
    """A letter in a batch. It stays there as history when it was not posted."""

    _name = "credit.postal.line"
    _description = "Letter of a Postal Batch"
    _order = "batch_id, country_code, postcode, id"
    _rec_name = "reminder_id"

    batch_id = fields.Many2one(
        "credit.postal.batch", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True)
    reminder_id = fields.Many2one(
        "credit.reminder",
        string="Letter",
        required=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(related="reminder_id.partner_id")
    tracking_number = fields.Char(related="reminder_id.tracking_number")
    registered = fields.Boolean()
    address = fields.Text(help="Line by line, as it was when the letter was put in.")
    postcode = fields.Char()
    country_code = fields.Char()
    filename = fields.Char(required=True)
    pages = fields.Integer()
    sha256 = fields.Char(string="SHA-256", required=True)
    state = fields.Selection(
        [
            ("waiting", "Without news"),
            ("posted", "Posted"),
            ("failed", "Not posted"),
            ("released", "Taken back"),
        ],
        default="waiting",
        required=True,
    )
    date = fields.Date(string="On")
    reason = fields.Char()

    _once_idx = models.UniqueIndex(
        "(reminder_id) WHERE state IN ('waiting', 'posted')",
        "A letter is in one postal batch at a time.",
    )
    _failed_idx = models.Index("(reminder_id, date) WHERE state = 'failed'")

    @api.model
    def _add_lines(self, batch, letters):
        """The lines of letters: what of them goes to the print shop."""
        values = []
        for ids in split_every(CHUNK, letters.sudo().ids):
            chunk = letters.sudo().browse(ids)
            for letter in chunk:
                contact = letter.contact_id or letter.partner_id
                content = letter.letter_id.raw
                values.append(
                    {
                        "batch_id": batch.id,
                        "company_id": letter.company_id.id,
                        "reminder_id": letter.id,
                        "registered": letter.channel == "registered_letter",
                        "address": self._address(letter, contact),
                        "postcode": contact.zip,
                        "country_code": contact.country_id.code,
                        "filename": f"{letter.name.replace('/', '-')}.pdf",
                        "pages": self._pages(letter, content),
                        "sha256": hashlib.sha256(content).hexdigest(),
                    }
                )
            chunk.letter_id.invalidate_recordset(["raw", "datas"], flush=False)
        # Lines that were let go a moment ago must not stand in the way of new ones.
        self.flush_model(["state"])
        return self.create(values)

    @api.model
    def _address(self, letter, contact):
        # Not more lines than an envelope has: the last ones are town and country.
        lines = list(letter._address_lines(contact))
        return "\n".join(lines[:3] + lines[3:][-3:])

    @api.model
    def _pages(self, letter, content):
        try:
            return len(PdfFileReader(io.BytesIO(content), strict=False).pages)
        except (PdfReadError, ValueError, KeyError, OSError) as error:
            raise UserError(
                self.env._(
                    "The file of %(letter)s can't be read: %(reason)s",
                    letter=letter.name,
                    reason=error,
                )
            ) from error

    def action_take_out(self):
        """Take a letter out of a batch that was not handed over yet."""
        self.batch_id.check_access("write")
        if set(self.batch_id.mapped("state")) - {"draft"}:
            raise UserError(
                self.env._("A batch that the print shop has can't be changed.")
            )
        lines = self.sudo()
        lines._release()
        lines.unlink()
        return True

    def _release(self):
        """Let go of letters that were not posted: they wait for the printer again."""
        waiting = self.filtered(lambda line: line.state == "waiting")
        waiting.write({"state": "released"})
        waiting._come_back()

    def _come_back(self):
        letters = self.reminder_id.sudo()
        letters.write({"printed": False, "postal_batch_id": False})

    # ------------------------------------------------------------------
    # What the print shop says
    # ------------------------------------------------------------------

    @api.model
    def _failures(self, letters):
        """What is known of failures: {(reminder id, day)}."""
        lines = self.search_fetch(
            [("reminder_id", "in", letters.ids), ("state", "=", "failed")],
            ["reminder_id", "date"],
        )
        return {(line.reminder_id.id, line.date) for line in lines}

    @api.model
    def _settle(self, happened, failed):
        """Note on the lines of batches what became of their letters.

        :param list happened: of ``Happened``
        :param list failed: (reminder id, day, reason)
        """
        posted = {}
        for entry in happened:
            posted.setdefault(entry.reminder_id, entry.day)
        lines = self.search(
            [
                ("reminder_id", "in", [*posted, *(id_ for id_, _d, _r in failed)]),
                ("state", "=", "waiting"),
            ]
        )
        by_letter = lines.grouped("reminder_id")
        letter_model = self.env["credit.reminder"]
        for day in sorted(set(posted.values())):
            own = self.browse(
                by_letter[letter].id
                for letter in letter_model.browse(
                    id_ for id_, on in posted.items() if on == day
                )
                if letter in by_letter
            )
            own.write({"state": "posted", "date": day})
        gone = self.browse()
        for id_, day, reason in failed:
            line = by_letter.get(letter_model.browse(id_))
            if line:
                line.write({"state": "failed", "date": day, "reason": reason})
                gone |= line
        gone._come_back()
        for batch in lines.batch_id:
            if batch.state == "exported" and not batch.waiting_count:
                batch.state = "done"


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    postal_batch_id = fields.Many2one(
        "credit.postal.batch",
        string="Postal batch",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The print shop has the letter: it is printed nowhere else.",
    )

    @api.model
    def _evidence_fields(self):
        # EXTENDS
        return super()._evidence_fields() | {"postal_batch_id"}

    def action_postal_batch(self):
        """Hand letters to a print shop: put them into a new postal batch.

        Those that ask for more than is owed by now are taken back instead.
        """
        gone = self._take_back_outdated()
        batches = self.env["credit.postal.batch"]._make(self - gone)
        if gone and not batches:
            return gone._tell_taken_back()
        action = batches._get_records_action(name=self.env._("Postal batch"))
        return gone._tell_taken_back(action) if gone else action

    def _check_not_in_batch(self):
        """What a print shop has is neither printed nor posted by somebody else."""
        taken = self.filtered(
            lambda r: r.postal_batch_id.state in ("draft", "exported")
        )
        if taken:
            raise UserError(
                self.env._(
                    "%(letter)s is in the postal batch %(batch)s. Take it out, or "
                    "cancel the batch, first.",
                    letter=taken[0].name,
                    batch=taken[0].postal_batch_id.name,
                )
            )

    def action_print_letters(self, duplex=None):
        # EXTENDS
        self._check_not_in_batch()
        return super().action_print_letters(duplex=duplex)

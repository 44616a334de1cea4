"""Letters for a print shop: one ZIP with the PDFs and a list of them."""

import csv
import hashlib
import io
import tempfile
import zipfile

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..ledger import harmless
from .credit_postal import LETTER_CHANNELS

#: Every file of a ZIP bears this moment: the same letters make the same bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)
#: Bytes of a ZIP that are kept in memory; what is longer goes to the disk.
MEMORY = 8 * 1024 * 1024
INDEX = "index.csv"
ADDRESS_LINES = 6


class CreditPostalBatch(models.Model):
    """Letters that a print shop prints and posts, and what became of each.

    A letter is in one batch at a time and is printed nowhere else meanwhile. Those that
    the print shop could not post, or whose batch is cancelled, come back.
    """

    _name = "credit.postal.batch"
    _description = "Postal Batch"
    _inherit = ["credit.number.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [
            ("draft", "In preparation"),
            ("exported", "With the print shop"),
            ("done", "Posted"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    service = fields.Selection(
        [("standard", "Standard"), ("priority", "Priority")],
        string="Letters",
        default="priority",
        required=True,
        help="How plain letters go.",
    )
    registered_service = fields.Selection(
        [
            ("registered", "Registered"),
            ("registered_receipt", "Registered with advice of receipt"),
        ],
        string="Registered letters",
        default="registered_receipt",
        required=True,
    )
    duplex = fields.Boolean(string="Both sides", help="Print on both sides.")
    colour = fields.Boolean(string="In colour")
    line_ids = fields.One2many("credit.postal.line", "batch_id", string="Letters in it")
    file_ids = fields.One2many(
        "credit.postal.file", "batch_id", string="Return files", readonly=True
    )
    line_count = fields.Integer(
        string="Number of letters", compute="_compute_counts", compute_sudo=True
    )
    page_count = fields.Integer(
        string="Pages", compute="_compute_counts", compute_sudo=True
    )
    waiting_count = fields.Integer(
        string="Without news", compute="_compute_counts", compute_sudo=True
    )
    failed_count = fields.Integer(
        string="Not posted", compute="_compute_counts", compute_sudo=True
    )
    date_exported = fields.Datetime(
        string="With the print shop since", readonly=True, copy=False
    )
    sha256 = fields.Char(
        string="SHA-256 of the ZIP",
        readonly=True,
        copy=False,
        help="The ZIP can be downloaded again: it is the same, byte for byte.",
    )

    @api.depends("line_ids.state", "line_ids.pages")
    def _compute_counts(self):
        for batch in self:
            lines = batch.line_ids
            batch.line_count = len(lines)
            batch.page_count = sum(lines.mapped("pages"))
            states = lines.mapped("state")
            batch.waiting_count = states.count("waiting")
            batch.failed_count = states.count("failed")

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    def write(self, vals):
        # EXTENDS base: how letters go was said to the print shop
        settled = {"service", "registered_service", "duplex", "colour"}
        rewriting = settled & set(vals) or vals.get("state") == "draft"
        if rewriting and set(self.mapped("state")) - {"draft"}:
            raise UserError(
                self.env._("A batch that the print shop has can't be changed.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_exported(self):
        if set(self.mapped("state")) - {"draft", "cancelled"}:
            raise UserError(
                self.env._("A batch that the print shop has had is evidence: it stays.")
            )
        self.line_ids._release()

    # ------------------------------------------------------------------
    # Letters
    # ------------------------------------------------------------------

    @api.model
    def _make(self, letters):
        """Make batches of letters, one for each company.

        :raise UserError: if one of them is no letter that waits for the printer
        """
        batches = self.browse()
        for company, own in letters.grouped("company_id").items():
            batch = self.create(
                {"company_id": company.id, "duplex": company.credit_letter_duplex}
            )
            batch._add(own)
            batches |= batch
        return batches

    def _add(self, letters):
        """Put letters into the batch: nobody else prints them from now on."""
        self.ensure_one()
        letters.check_access("write")
        if self.state != "draft":
            raise UserError(
                self.env._("A batch that the print shop has can't be changed.")
            )
        if letters.try_lock_for_update(allow_referencing=True) != letters:
            raise UserError(self.env._("Somebody else is working on these letters."))
        letters.invalidate_recordset(["state", "printed", "postal_batch_id"])
        for letter in letters:
            if (
                letter.channel not in LETTER_CHANNELS
                or letter.state != "sent"
                or letter.printed
                or not letter.letter_id
                or letter.company_id != self.company_id
            ):
                raise UserError(
                    self.env._("%s does not wait to be printed.", letter.name)
                )
        lines = self.env["credit.postal.line"].sudo()._add_lines(self, letters)
        letters.sudo().write({"printed": True, "postal_batch_id": self.id})
        return lines

    def action_add_waiting(self):
        """Put in every letter of the company that waits for the printer."""
        self.ensure_one()
        letters = self.env["credit.reminder"].search(
            [
                *self.env["credit.reminder"]._letters_to_print_domain(),
                ("company_id", "=", self.company_id.id),
            ]
        )
        if not letters:
            raise UserError(self.env._("No letter waits to be printed."))
        gone = letters._take_back_outdated()
        self._add(letters - gone)
        return gone._tell_taken_back() if gone else True

    # ------------------------------------------------------------------
    # Handing over
    # ------------------------------------------------------------------

    def action_export(self):
        """Hand the letters over: make the ZIP and download it.

        Those that ask for more than is owed by now are taken back instead.
        """
        self.ensure_one()
        self.check_access("write")
        gone = self.env["credit.reminder"]
        if self.state == "draft":
            if not self.line_ids:
                raise UserError(self.env._("There is no letter in this batch."))
            lines = self.sudo().line_ids
            gone = lines.reminder_id._take_back_outdated()
            lines.filtered(lambda line: line.reminder_id in gone).action_take_out()
            if not self.line_ids:
                return gone._tell_taken_back()
            with self._archive() as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            self.write(
                {
                    "state": "exported",
                    "date_exported": fields.Datetime.now(),
                    "sha256": digest,
                }
            )
        download = self.action_download()
        return gone._tell_taken_back(download) if gone else download

    def action_download(self):
        """Download the ZIP."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/credit/postal/{self.id}.zip",
            "target": "download",
        }

    def _archive(self):
        """The ZIP: every PDF and the index, the same bytes each time.

        :return: a file at its beginning, on the disk as soon as it is large; whoever
            asked for it closes it
        """
        self.ensure_one()
        lines = self.sudo().line_ids
        stream = tempfile.SpooledTemporaryFile(max_size=MEMORY)
        try:
            with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
                _put(archive, INDEX, self._index(lines))
                for line in lines:
                    letter = line.reminder_id.letter_id
                    content = letter.raw
                    # One PDF at a time is in memory, not all of them.
                    letter.invalidate_recordset(["raw", "datas"], flush=False)
                    if hashlib.sha256(content).hexdigest() != line.sha256:
                        raise UserError(
                            self.env._(
                                "The file of %s is not what it was: it can't leave.",
                                line.reminder_id.name,
                            )
                        )
                    _put(archive, line.filename, content)
        except BaseException:
            stream.close()
            raise
        stream.seek(0)
        return stream

    def _index(self, lines):
        """The list of letters for the print shop, as CSV."""
        output = io.StringIO()
        writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
        writer.writerow(
            ["number", "file", "reference", "service", "registered", "duplex"]
            + ["colour", "pages", "sha256"]
            + [f"address_{index}" for index in range(1, ADDRESS_LINES + 1)]
            + ["country"]
        )
        for number, line in enumerate(lines, start=1):
            registered = line.registered
            service = self.registered_service if registered else self.service
            address = (line.address or "").split("\n")
            address += [""] * (ADDRESS_LINES - len(address))
            writer.writerow(
                [number, line.filename, line.reminder_id.name, service]
                + [int(registered), int(self.duplex), int(self.colour)]
                + [line.pages, line.sha256]
                + [harmless(part) for part in address]
                + [line.country_code or ""]
            )
        return output.getvalue().encode("utf-8-sig")

    # ------------------------------------------------------------------
    # Afterwards
    # ------------------------------------------------------------------

    def action_import(self):
        """Import what the print shop says of the letters."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Return file"),
            "res_model": "credit.postal.file",
            "view_mode": "form",
            "context": {
                "default_batch_id": self.id,
                "default_company_id": self.company_id.id,
            },
        }

    def action_cancel(self):
        """Take back the letters that were not posted: they wait for the printer again.

        What the print shop has posted stays posted.
        """
        self.check_access("write")
        open_batches = self.filtered(lambda b: b.state in ("draft", "exported"))
        self.env["credit.reminder"]._lock_postal(open_batches.company_id)
        open_batches.sudo().line_ids._release()
        open_batches.state = "cancelled"
        return True


def _put(archive, name, content):
    info = zipfile.ZipInfo(name, MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    # The same on every system: a regular file, readable by all.
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    archive.writestr(info, content)

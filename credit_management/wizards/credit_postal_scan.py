"""Tracking numbers by a barcode reader: it types, presses Enter, and the next comes."""

from odoo import api, fields, models

from ..engine import postal


class CreditPostalScan(models.TransientModel):
    """Letters in the order of the pile, each waiting for the number of its label.

    The reference of a letter may be scanned as well, where the pile is in disorder: it
    becomes the one whose number comes next.
    """

    _name = "credit.postal.scan"
    _description = "Scan of Tracking Numbers"

    scanned = fields.Char(
        string="Scan here", help="The number on the label, or a letter's reference."
    )
    line_ids = fields.One2many("credit.postal.scan.line", "scan_id", string="Letters")
    current = fields.Char(string="Next letter", readonly=True)
    message = fields.Char(readonly=True)
    post = fields.Boolean(
        string="Posted today",
        default=True,
        help="The letters that have a number go to the post today.",
    )

    @api.model
    def _start(self, letters):
        """A scan of letters, in the order in which they were printed."""
        pile = letters.sorted(
            lambda r: (
                r.contact_id.country_id.code or "",
                r.contact_id.zip or "",
                r.partner_id.name or "",
            )
        )
        scan = self.create(
            {
                "line_ids": [
                    fields.Command.create(
                        {
                            "sequence": index,
                            "reminder_id": letter.id,
                            "tracking_number": letter.tracking_number,
                        }
                    )
                    for index, letter in enumerate(pile)
                ]
            }
        )
        scan._show_next()
        return scan

    def _show_next(self, line=None):
        """Say whose number is awaited."""
        line = line or self.line_ids.filtered(lambda x: not x.tracking_number)[:1]
        self.current = line.reminder_id.display_name or False
        for other in self.line_ids:
            other.is_next = other == line

    @api.onchange("scanned")
    def _onchange_scanned(self):
        """Take what was scanned, and empty the field for the next one."""
        text = (self.scanned or "").strip()
        if not text:
            return
        self.scanned = False
        self.message = False
        named = self.line_ids.filtered(lambda x: x.reminder_id.name == text)[:1]
        if named:
            named.tracking_number = False
            self._show_next(named)
            return
        number = postal.clean_number(text)
        line = self.line_ids.filtered("is_next")[:1]
        if postal.number_problem(number):
            self.message = self.env._("“%s” is no tracking number: scan again.", text)
        elif number in self.line_ids.mapped("tracking_number"):
            self.message = self.env._("“%s” was scanned already.", number)
        elif not line:
            self.message = self.env._("Every letter has its number.")
        else:
            line.tracking_number = number
            self._show_next()

    def action_save(self):
        """Keep the numbers, and note that these letters went to the post."""
        self.ensure_one()
        letters = self.env["credit.reminder"]
        numbers = {}
        letters._lock_postal(self.line_ids.reminder_id.company_id)
        for line in self.line_ids.filtered("tracking_number"):
            letter = line.reminder_id
            letter.check_access("write")
            # Each against the others here, and against all that are on their way.
            numbers[letter.id] = letter._checked_number(
                line.tracking_number, replace=True
            )
            letters |= letter
        letters.sudo()._set_numbers(numbers)
        if self.post:
            letters.action_post_today()
        return {"type": "ir.actions.act_window_close"}


class CreditPostalScanLine(models.TransientModel):
    _name = "credit.postal.scan.line"
    _description = "Letter of a Scan"
    _order = "scan_id, sequence, id"

    scan_id = fields.Many2one(
        "credit.postal.scan", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer()
    reminder_id = fields.Many2one(
        "credit.reminder", string="Letter", required=True, ondelete="cascade"
    )
    contact_id = fields.Many2one(related="reminder_id.contact_id")
    tracking_number = fields.Char()
    is_next = fields.Boolean()

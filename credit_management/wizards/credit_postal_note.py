import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.credit_postal import POSTAL_STATES


class CreditPostalNote(models.TransientModel):
    """Note by hand what became of a letter, with its proof; or correct it."""

    _name = "credit.postal.note"
    _description = "Note on a Letter"

    reminder_id = fields.Many2one(
        "credit.reminder", string="Letter", required=True, readonly=True
    )
    postal_state = fields.Selection(related="reminder_id.postal_state")
    known_number = fields.Char(
        string="Number so far", related="reminder_id.tracking_number"
    )
    state = fields.Selection(
        [pair for pair in POSTAL_STATES if pair[0] not in ("to_post", "withdrawn")],
        string="What happened",
        required=True,
        default=lambda self: self._default_state(),
    )
    date = fields.Date(
        string="On", required=True, default=lambda self: self._default_date()
    )
    tracking_number = fields.Char()
    note = fields.Char(help="What the carrier says of it.")
    proof = fields.Binary(attachment=False)
    proof_name = fields.Char()
    correct = fields.Boolean(
        string="This is a correction",
        help="What was noted by mistake, and whatever was noted after it, is struck "
        "out. It stays in the list of events.",
    )
    reason = fields.Char(string="What was wrong")

    @api.model
    def _default_state(self):
        """What comes next most often."""
        letter = self.env["credit.reminder"].browse(
            self.env.context.get("default_reminder_id")
        )
        under_way = letter.postal_state in ("posted", "presented")
        registered = letter.channel == "registered_letter"
        if under_way:
            return "received" if registered else "undeliverable"
        return "posted"

    @api.model
    def _default_date(self):
        letter = self.env["credit.reminder"].browse(
            self.env.context.get("default_reminder_id")
        )
        return (letter.company_id or self.env.company)._credit_today()

    def action_save(self):
        """Note it; a state that can't be is refused, with the reason."""
        self.ensure_one()
        if self.correct and not (self.reason or "").strip():
            raise UserError(self.env._("Say why it is corrected."))
        proof = []
        if self.proof:
            name = self.proof_name or self.env._("Proof")
            proof = [(name, base64.b64decode(self.proof))]
        self.reminder_id._note_postal(
            self.state,
            self.date,
            number=self.tracking_number or "",
            note=self.note or "",
            proof=proof,
            reason=self.reason if self.correct else None,
        )
        return {"type": "ir.actions.act_window_close"}

from odoo import api, fields, models
from odoo.exceptions import UserError

from .credit_postal import POSTAL_STATES


class CreditPostalEvent(models.Model):
    """One thing that became of a letter: what is said of it rests on these.

    Events are added, never changed or deleted. One that was wrong is struck out by a
    correction, which says who did it and why; it stays in the list.
    """

    _name = "credit.postal.event"
    _description = "Postal Event of a Letter"
    _order = "reminder_id, id"
    _rec_name = "state"

    reminder_id = fields.Many2one(
        "credit.reminder",
        string="Letter",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one("res.company", required=True)
    state = fields.Selection(POSTAL_STATES, string="What happened", required=True)
    date = fields.Date(string="On", required=True, help="The day on which it happened.")
    source = fields.Selection(
        [
            ("manual", "By hand"),
            ("file", "Return file"),
            ("provider", "Electronic carrier"),
        ],
        string="Known from",
        required=True,
    )
    file_id = fields.Many2one(
        "credit.postal.file", string="Return file", index="btree_not_null"
    )
    user_id = fields.Many2one("res.users", string="Noted by", required=True)
    note = fields.Char(help="What the carrier says of it, or why it was corrected.")
    correction = fields.Boolean(
        help="Takes the place of what was noted before by mistake."
    )
    struck = fields.Boolean(
        string="Struck out",
        help="A later correction says that this did not happen, or not on this day.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Proof", bypass_search_access=True
    )

    _standing_idx = models.UniqueIndex(
        "(reminder_id, state) WHERE struck IS NOT TRUE",
        "This has been noted of the letter already.",
    )

    def write(self, vals):
        # EXTENDS base: proof is added to, and events are struck out, nothing else
        if not set(vals) <= {"struck", "correction", "attachment_ids"}:
            raise UserError(
                self.env._("What became of a letter is evidence: it can't be changed.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ever(self):
        raise UserError(
            self.env._("What became of a letter is evidence: it can't be deleted.")
        )

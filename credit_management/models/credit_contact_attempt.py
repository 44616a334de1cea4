"""Attempts to speak with a debtor, and what came of each."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

OUTCOMES = [
    ("reached", "Reached"),
    ("call_back", "Call back"),
    ("voicemail", "Message left"),
    ("no_answer", "No answer"),
    ("busy", "Busy"),
    ("wrong_person", "Wrong person"),
    ("wrong_number", "Wrong number"),
]
#: What may still change of an attempt: all else is evidence.
OPEN_FIELDS = {"note", "repaired"}


class CreditContactAttempt(models.Model):
    _name = "credit.contact.attempt"
    _description = "Contact Attempt"
    _order = "date desc, id desc"
    _check_company_auto = True

    reminder_id = fields.Many2one(
        "credit.reminder",
        required=True,
        index=True,
        readonly=True,
        check_company=True,
        ondelete="restrict",
    )
    reminder_ids = fields.Many2many(
        "credit.reminder",
        "credit_contact_attempt_reminder_rel",
        "attempt_id",
        "reminder_id",
        string="Reminders",
        readonly=True,
        help="All that the debtor was called about.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, index=True, readonly=True
    )
    contact_id = fields.Many2one("res.partner", string="Called", readonly=True)
    channel = fields.Selection(
        selection=lambda self: self.env["credit.policy.step"]._selection_channel(),
        default="phone",
        required=True,
        readonly=True,
    )
    date = fields.Datetime(
        string="At", required=True, default=lambda self: fields.Datetime.now()
    )
    number = fields.Char(string="Telephone number", help="In international form.")
    outcome = fields.Selection(OUTCOMES, required=True)
    callback_at = fields.Datetime(
        string="Call back at", help="When the debtor asked to be called."
    )
    incoming = fields.Boolean(
        string="The debtor called",
        help="Rules on hours and on how often do not apply to it.",
    )
    outside = fields.Boolean(
        string="Outside the rules",
        readonly=True,
        help="Made at a moment at which the contact rules allow none, and recorded by "
        "a manager.",
    )
    repaired = fields.Boolean(
        string="Number seen to",
        readonly=True,
        help="Somebody has looked after the wrong number.",
    )
    note = fields.Text()
    user_id = fields.Many2one(
        "res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )

    _debtor_idx = models.Index("(company_id, partner_id, date)")
    _wrong_idx = models.Index(
        "(company_id) WHERE outcome = 'wrong_number' AND repaired IS NOT TRUE"
    )

    @api.depends("partner_id", "outcome")
    def _compute_display_name(self):
        labels = dict(self._fields["outcome"]._description_selection(self.env))
        for attempt in self:
            name = attempt.partner_id.name or ""
            attempt.display_name = f"{name}: {labels.get(attempt.outcome, '')}"

    @api.constrains("outcome", "callback_at", "date")
    def _check_moments(self):
        for attempt in self:
            if attempt.outcome == "call_back" and not attempt.callback_at:
                raise ValidationError(
                    self.env._("When does the debtor want to be called back?")
                )
            if attempt.callback_at and attempt.callback_at <= attempt.date:
                raise ValidationError(
                    self.env._("A debtor is called back after the attempt.")
                )
            # A minute for clocks that differ.
            if attempt.date > fields.Datetime.now() + timedelta(minutes=1):
                raise ValidationError(
                    self.env._("An attempt that is still to come can't be recorded.")
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: an attempt moves its call on
        self.browse().check_access("create")
        attempts = self.browse()
        # One by one: each counts for the next.
        for vals in vals_list:
            reminder = self.env["credit.reminder"].browse(vals["reminder_id"])
            vals = {**reminder._attempt_defaults(), **vals}
            vals["outside"] = reminder._check_attempt(
                fields.Datetime.to_datetime(vals.get("date")) or fields.Datetime.now(),
                incoming=vals.get("incoming"),
            )
            attempt = super().create([vals])
            reminder._note_contact()
            reminder._register_attempt(attempt)
            attempts |= attempt
        return attempts

    def write(self, vals):
        # EXTENDS base
        if not self.env.su and not OPEN_FIELDS.issuperset(vals):
            raise UserError(
                self.env._("An attempt is evidence: only its note can be changed.")
            )
        return super().write(vals)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_repaired(self):
        """The wrong number has been seen to: it leaves the worklist."""
        self.check_access("write")
        self.repaired = True
        return True

    def action_partner(self):
        """Open the contact whose number is wrong."""
        self.ensure_one()
        return (self.contact_id or self.partner_id)._get_records_action()

    def action_record(self):
        """Close the dialog in which the attempt was noted."""
        return {"type": "ir.actions.act_window_close"}

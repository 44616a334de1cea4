from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: What is noted anew as it was, unless somebody says otherwise.
TAKEN_OVER = ("date", "kind", "name", "note", "amount", "in_person")


class CreditCaseCorrect(models.TransientModel):
    """Strike an entry of a timeline: say why, and note what is right instead."""

    _name = "credit.case.correct"
    _description = "Correct an Entry of a Case"

    event_id = fields.Many2one("credit.case.event", required=True, readonly=True)
    case_id = fields.Many2one(related="event_id.case_id")
    currency_id = fields.Many2one(related="event_id.currency_id")
    procedure_id = fields.Many2one(related="event_id.procedure_id")
    reason = fields.Char(
        required=True, help="It stays beside the entry, which is struck."
    )
    renew = fields.Boolean(
        string="Note it anew",
        default=True,
        help="Without it the entry is struck, and nothing takes its place.",
    )
    date = fields.Date(compute="_compute_taken_over", store=True, readonly=False)
    kind = fields.Selection(
        lambda self: (
            self.env["credit.case.event"]
            ._fields["kind"]
            ._description_selection(self.env)
        ),
        compute="_compute_taken_over",
        store=True,
        readonly=False,
    )
    name = fields.Char(
        string="What", compute="_compute_taken_over", store=True, readonly=False
    )
    note = fields.Text(
        string="In detail", compute="_compute_taken_over", store=True, readonly=False
    )
    amount = fields.Monetary(compute="_compute_taken_over", store=True, readonly=False)
    in_person = fields.Boolean(
        compute="_compute_taken_over", store=True, readonly=False
    )
    procedure_stage_id = fields.Many2one(
        "credit.procedure.stage",
        string="Act",
        compute="_compute_taken_over",
        store=True,
        readonly=False,
        domain="[('procedure_id', '=', procedure_id)]",
    )

    @api.model_create_multi
    def create(self, vals_list):
        # EXTENDS base: where one of these is given, none of the others is computed
        events = self.env["credit.case.event"]
        known = self.env.context.get("default_event_id")
        return super().create(
            [
                {**events.browse(vals.get("event_id", known))._taken_over(), **vals}
                for vals in vals_list
            ]
        )

    @api.depends("event_id")
    def _compute_taken_over(self):
        for wizard in self:
            wizard.update(wizard.event_id._taken_over())

    @api.onchange("procedure_stage_id")
    def _onchange_procedure_stage_id(self):
        if self.procedure_stage_id:
            self.kind = self.procedure_stage_id.event_kind

    def action_correct(self):
        """Strike the entry; what is right stands on the timeline in its place."""
        self.ensure_one()
        event = self.event_id
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: it stays with the case."))
        event._strike(reason)
        if self.renew:
            self.env["credit.case.event"].create(
                {
                    "case_id": event.case_id.id,
                    "procedure_stage_id": self.procedure_stage_id.id,
                    "attachment_ids": [Command.set(event.attachment_ids.ids)],
                    **{name: self[name] for name in TAKEN_OVER},
                }
            )
        return {"type": "ir.actions.act_window_close"}


class CreditCaseEvent(models.Model):
    _inherit = "credit.case.event"

    def _taken_over(self):
        """What an entry says, as values of what is noted in its place."""
        return {
            "procedure_stage_id": self.procedure_stage_id.id,
            **{name: self[name] for name in TAKEN_OVER},
        }

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import format_date

from ..engine import deadline as engine


class CreditCaseNote(models.TransientModel):
    """Note an act of the procedure: which one, on which day. Two clicks.

    What may follow at the stage of the case comes first; everything else of the
    procedure is a click away. So is what is no act, such as a call; without a procedure
    nothing else is noted.
    """

    _name = "credit.case.note"
    _description = "Note an Event"

    case_id = fields.Many2one("credit.case", required=True, readonly=True)
    procedure_id = fields.Many2one(related="case_id.procedure_id")
    currency_id = fields.Many2one(related="case_id.currency_id")
    is_other = fields.Boolean(
        string="Something else",
        compute="_compute_is_other",
        store=True,
        readonly=False,
        precompute=True,
        help="No act of the procedure: a call, a letter, a visit.",
    )
    kind = fields.Selection(
        lambda self: (
            self.env["credit.case.event"]
            ._fields["kind"]
            ._description_selection(self.env)
        ),
        default="contact",
    )
    name = fields.Char(string="What")
    amount = fields.Monetary(help="Where it is about one: a cost, a payment.")
    show_all = fields.Boolean(string="All acts of the procedure")
    choice_ids = fields.Many2many(
        "credit.procedure.stage", compute="_compute_choice_ids"
    )
    stage_id = fields.Many2one(
        "credit.procedure.stage",
        string="What was done",
        compute="_compute_stage_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', choice_ids)]",
    )
    event_kind = fields.Selection(related="stage_id.event_kind")
    date = fields.Date(
        required=True, default=lambda self: self.env.company._credit_today()
    )
    in_person = fields.Boolean(
        string="To the debtor in person",
        help="Service in person opens other deadlines.",
    )
    note = fields.Text(string="In detail")
    attachment_ids = fields.Many2many("ir.attachment", string="Documents")
    deadline_text = fields.Text(
        string="Deadlines that follow", compute="_compute_deadline_text"
    )

    unusual_text = fields.Text(string="Unusual", compute="_compute_unusual_text")

    @api.depends("case_id")
    def _compute_is_other(self):
        for wizard in self:
            wizard.is_other = not wizard.case_id.procedure_id

    @api.depends("show_all", "case_id")
    def _compute_choice_ids(self):
        for wizard in self:
            case = wizard.case_id
            every = case.procedure_id.stage_ids
            likely = case.stage_id.next_ids or every[:1].next_ids
            if case.stage_id.event_kind == "hearing":
                # Hearings are put off to another day.
                likely |= case.stage_id
            wizard.choice_ids = every if wizard.show_all else likely

    @api.depends("choice_ids")
    def _compute_stage_id(self):
        for wizard in self:
            if wizard.stage_id not in wizard.choice_ids._origin:
                expected = wizard.case_id.stage_id._following()[:1]
                wizard.stage_id = expected or wizard.choice_ids[:1]._origin

    @api.depends("is_other", "stage_id", "date", "in_person")
    @api.depends_context("lang")
    def _compute_deadline_text(self):
        for wizard in self:
            rows = wizard.case_id._would_follow(
                not wizard.is_other and wizard.stage_id, wizard.date, wizard.in_person
            )
            wizard.deadline_text = "\n".join(rows)

    @api.depends("is_other", "stage_id", "date")
    @api.depends_context("lang")
    def _compute_unusual_text(self):
        for wizard in self:
            stage = not wizard.is_other and wizard.stage_id
            texts = wizard.case_id._unusual_texts(stage, wizard.date)
            wizard.unusual_text = "\n".join(texts)

    def action_note(self):
        """Note the event: stage and deadlines follow."""
        self.ensure_one()
        case = self.case_id
        case.check_access("read")
        stage = self.stage_id.browse() if self.is_other else self.stage_id
        kind = self.kind if self.is_other else stage.event_kind
        name = (self.name or "").strip() if self.is_other else stage.name
        if not kind or not name:
            raise UserError(self.env._("Say what was done."))
        self.env["credit.case.event"].create(
            {
                "case_id": case.id,
                "kind": kind,
                "name": name,
                "procedure_stage_id": stage.id,
                "amount": self.is_other and self.amount,
                "date": self.date,
                "in_person": self.in_person and kind == "served",
                "note": self.note,
                "attachment_ids": [Command.set(self.attachment_ids.ids)],
            }
        )
        return {"type": "ir.actions.act_window_close"}


class CreditCase(models.Model):
    _inherit = "credit.case"

    def action_note_event(self):
        """Note what was done in the case."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Note an event"),
            "res_model": "credit.case.note",
            "view_mode": "form",
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    def _would_follow(self, stage, day, in_person):
        """The deadlines that an act would open, one a line. Writes nothing."""
        self.ensure_one()
        if not stage or not day:
            return []
        acts = self._procedural_acts().sorted(lambda event: (event.date, event.id))
        new = engine.Event(stage.code, day, in_person, key="new")
        made = self.procedure_id._outlook(
            self,
            [*acts._to_engine(), new],
            self.company_id._credit_today(),
        )
        rules = self.env["credit.procedure.deadline"]
        return [
            self.env._(
                "%(day)s: %(deadline)s",
                day=format_date(self.env, one.day),
                deadline=rules.browse(one.rule.key).name,
            )
            for one in made.deadlines
            if one.event.key == "new" and one.state == engine.OPEN
        ]

"""Events that are acts of a procedure."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.credit_management.models.credit_article import article_text
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor

from ..engine import deadline as engine
from ..engine import procedure as choice

#: What moves deadlines when it is corrected.
MOVING = frozenset(("date", "procedure_stage_id", "in_person", "kind", "case_id"))


class CreditCaseEvent(models.Model):
    _inherit = "credit.case.event"

    procedure_stage_id = fields.Many2one(
        "credit.procedure.stage",
        string="Act",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('procedure_id', '=', procedure_id)]",
        help="Which act of the procedure it is: deadlines run from it, or are met.",
    )
    procedure_id = fields.Many2one(related="case_id.procedure_id")

    @api.onchange("procedure_stage_id")
    def _onchange_procedure_stage_id(self):
        if self.procedure_stage_id:
            self.kind = self.procedure_stage_id.event_kind
            self.name = self.name or self.procedure_stage_id.name

    @api.constrains("procedure_stage_id", "case_id", "date")
    def _check_act(self):
        """Refuse an act of ours that the law does not allow yet, or not at all.

        What a third party reports has happened: it is kept, and shown on the case.
        """
        for event in self.filtered(lambda e: e.origin == "creditor"):
            stage, case = event.procedure_stage_id, event.case_id
            if not stage or stage.procedure_id != case.procedure_id:
                continue
            if stage.starts:
                case.with_context(credit_procedure_day=event.date)._check_procedure()
            if stage._is_lacking(case, event.date):
                raise ValidationError(
                    self.env._(
                        "“%(act)s” may not be done before “%(first)s” (%(article)s). "
                        "Note that first, with its day.",
                        act=stage.name,
                        first=stage.requires_id.name,
                        article=article_text(self.env, stage.article),
                    )
                )

    def write(self, vals):
        # EXTENDS base: a corrected day moves the deadlines that run from it, and the
        # limitation; what was struck counts no more
        self = self.with_context(active_test=True)
        cases = self.case_id
        result = super().write(vals)
        if vals.keys() & MOVING and not self.env.context.get("credit_assigning"):
            self._assign_acts()
            (cases | self.case_id)._refresh_deadlines()
            (cases | self.case_id)._refresh_limitation()
        return result

    def unlink(self):
        # EXTENDS base
        self = self.with_context(active_test=True)  # what was struck counts no more
        acts = self.filtered("procedure_stage_id")
        cases = acts.case_id
        # What the deadlines themselves told moves nothing.
        moved = self.filtered(lambda event: event.kind != "missed").case_id
        # Deadlines that ran from it go with it, and so does what was said of them.
        deadlines = self.env["credit.case.deadline"].sudo()
        deadlines = deadlines.search([("event_id", "in", acts.ids)])
        deadlines._take_back()
        deadlines._drop_activities("mail_activity_deadline", deadlines)
        result = super().unlink()
        cases.exists()._refresh_deadlines()
        moved.exists()._refresh_limitation()
        return result

    def _to_engine(self):
        """As :class:`engine.deadline.Event`; the key is the id."""
        return [
            engine.Event(
                event.procedure_stage_id.code, event.date, event.in_person, event.id
            )
            for event in self
        ]

    def _assign_acts(self):
        """Find out which act each event is where nobody said so.

        An event of another procedure, and one that is no act, is left as it is.
        """
        plain = self.filtered(
            lambda event: (
                event.active
                and event.case_id.procedure_id
                and event.kind in choice.PROCEDURAL
                and event.procedure_stage_id.procedure_id != event.case_id.procedure_id
            )
        ).sorted(lambda event: (event.date, event.id))
        if not plain:
            return
        known = self.sudo().search(
            [
                ("active", "=", True),
                ("case_id", "in", plain.case_id.ids),
                ("procedure_stage_id", "!=", False),
                ("id", "not in", plain.ids),
            ],
            order="date, id",
        )
        by_case = known.grouped("case_id")
        for event in plain.sudo().with_context(credit_assigning=True):
            case = event.case_id.sudo()
            stages = case.procedure_id.stage_ids
            earlier = by_case.get(case, known.browse()).filtered(
                lambda one, event=event, case=case: (
                    one.procedure_stage_id.procedure_id == case.procedure_id
                    and one.date <= event.date
                )
            )
            done = earlier.sorted(lambda one: (one.date, one.id)).procedure_stage_id
            last = done[-1:] or stages[:1]
            code = choice.act_of(
                event.kind,
                [(stage.code, stage.event_kind) for stage in stages],
                done.mapped("code"),
                last._following().mapped("code"),
            )
            event.procedure_stage_id = stages.filtered(lambda s, c=code: s.code == c)
            if event.procedure_stage_id:
                by_case[case] = by_case.get(case, known.browse()) | event


class CreditProcedureStage(models.Model):
    _inherit = "credit.procedure.stage"

    def _is_lacking(self, case, day):
        """Whether what has to come before this act is missing in a case."""
        self.ensure_one()
        first = self.requires_id
        if not first or (self.requires_court or case.court_kind) != case.court_kind:
            return False
        if self.requires_max:
            principal = case._procedure_principal(day, self.currency_id)
            if principal > to_minor(self.requires_max, self.currency_id):
                return False
        return not any(
            event.procedure_stage_id == first and event.date <= day
            for event in case.sudo().event_ids
        )

"""Acts of a procedure in the order of their days: none before what it presupposes.

Which act presupposes which follows from what may follow each. What we note ourselves is
refused where the days contradict each other; what others report, and what the debtor
does, has happened: it is kept, and shown on the case. Courts move hearings and do
without: these are presupposed by nothing.
"""

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..engine import procedure as choice


class CreditProcedure(models.Model):
    _inherit = "credit.procedure"

    def _presupposed(self):
        """{code of an act: groups of codes of which one has to come before it}."""
        self.ensure_one()
        stages = self.stage_ids
        hearings = stages.filtered(lambda stage: stage.event_kind == "hearing")
        done_without = set(hearings.mapped("code"))
        needs = choice.presupposed(
            (stage.code, stage.starts, stage.next_ids.mapped("code"))
            for stage in stages
        )
        return {
            code: [group for group in groups if not group & done_without]
            for code, groups in needs.items()
        }


class CreditCaseEvent(models.Model):
    _inherit = "credit.case.event"

    @api.constrains("procedure_stage_id", "case_id", "date")
    def _check_order(self):
        """
        :raise ValidationError: if an act of ours lies before one that it presupposes
        """
        if self.env.context.get("credit_assigning"):
            return  # which act it is was only guessed
        for case in self.filtered("procedure_stage_id").case_id:
            for act, first in case._out_of_order():
                noted = (act | first) & self
                ours = act.origin == first.origin == "creditor"
                if noted and ours and act.procedure_stage_id.actor != "debtor":
                    raise ValidationError(case._order_text(act, first))


class CreditCase(models.Model):
    _inherit = "credit.case"

    @api.depends("event_ids.date")
    def _compute_procedure_warning(self):
        # EXTENDS credit_management_legal: with acts whose days contradict each other
        result = super()._compute_procedure_warning()
        for case in self.filtered("procedure_id"):
            texts = [case._order_text(*pair) for pair in case._out_of_order()]
            lines = [case.procedure_warning, *texts]
            case.procedure_warning = "\n".join(filter(None, lines))
        return result

    def _procedural_acts(self):
        """Entries that are acts of the procedure, and count."""
        self.ensure_one()
        return self.sudo().event_ids.filtered(
            lambda event: (
                event.procedure_stage_id
                and event.procedure_stage_id.procedure_id == self.procedure_id
            )
        )

    def _out_of_order(self, new=()):
        """[(act, the act that it presupposes and that lies after it)].

        :param new: acts that are not noted yet
        """
        acts = [*self._procedural_acts(), *new]
        if len(acts) < 2:
            return []
        return choice.out_of_order(
            ((act, act.procedure_stage_id.code, act.date) for act in acts),
            self.procedure_id._presupposed(),
        )

    def _order_text(self, act, first):
        return self.env._(
            "“%(act)s” is of %(day)s, before “%(first)s” of %(first_day)s, without "
            "which it can't be: one of the two days is wrong.",
            act=act.procedure_stage_id.name,
            day=format_date(self.env, act.date),
            first=first.procedure_stage_id.name,
            first_day=format_date(self.env, first.date),
        )

    def _unusual_texts(self, stage, day):
        """What is unusual about an act on a day, in sentences: it may be noted."""
        self.ensure_one()
        if not stage or not day:
            return []
        new = self.env["credit.case.event"].new(
            {"procedure_stage_id": stage.id, "date": day}
        )
        texts = [
            self._order_text(*pair) for pair in self._out_of_order([new]) if new in pair
        ]
        # Of what is noted later it was just said that one of the two days is wrong.
        known = set(self._procedural_acts().procedure_stage_id.mapped("code"))
        names = {one.code: one.name for one in self.procedure_id.stage_ids}
        lacking = [
            self.env._(" or ").join(names[code] for code in names if code in group)
            for group in self.procedure_id._presupposed().get(stage.code, ())
            if not group & known
        ]
        if lacking:
            texts.append(
                self.env._(
                    "Not noted until that day: %s. Note it first, with its day.",
                    ", ".join(lacking),
                )
            )
        if stage.event_kind == "enforcement" and not (
            self.title_date and self.title_date <= day
        ):
            texts.append(self.env._("There is no enforceable title on that day."))
        return texts

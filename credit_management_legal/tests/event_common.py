"""What was noted on a timeline, and is changed or corrected."""

from odoo.tests import Form

from .procedure_common import ProcedureCommon


class EventCommon(ProcedureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.credit_limitation_kind = "general"
        cls.collector = cls.make_user("collector", "group_collector")
        cls.manager = cls.make_user("manager", "group_manager")
        cls.viewer = cls.make_user("viewer", "group_viewer")
        cls.bailiff = cls.make_party("Bailiff", credit_party_role="bailiff")

    def setUp(self):
        super().setUp()
        with self.on("2026-09-07"):
            self.case = self.judicial("fr_order", party_id=self.bailiff.id)
        self.act(self.case, "order", "2026-09-14")

    def typed(self, day, user=None, **values):
        """An entry that somebody types in."""
        with self.on(day):
            events = self.env["credit.case.event"].with_user(user or self.collector)
            return events.create(
                {
                    "case_id": self.case.id,
                    "kind": "contact",
                    "name": "Called",
                    "note": "Will pay",
                    **values,
                }
            )

    def served(self, day, user=None):
        stage = self.case.procedure_id.stage_ids.filtered(lambda s: s.code == "served")
        return self.typed(
            day, user, kind="served", name="Served", procedure_stage_id=stage.id
        )

    def last_day(self):
        self.env.invalidate_all()
        return self.case.line_ids.move_line_id.limitation_date

    def correct(self, event, reason, user=None, **values):
        wizards = self.env["credit.case.correct"].with_user(user or self.collector)
        action = event.with_user(user or self.collector).action_correct()
        form = Form(wizards.with_context(**action["context"]))
        form.reason = reason
        for name, value in values.items():
            form[name] = value
        return form.save().action_correct()

"""A claim before a court, in the browser."""

from odoo.tests import HttpCase, freeze_time, tagged

from .procedure_common import ProcedureCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-09-14 10:00:00")
class TestProcedureTour(ProcedureCommon, HttpCase):
    def test_note_events(self):
        case = self.judicial()
        self.make_user("manager", "group_manager")
        self.env.flush_all()
        action = "credit_management_legal.credit_case_action"
        self.start_tour(
            f"/odoo/action-{action}/{case.id}", "credit_procedure", login="manager"
        )
        self.assertEqual(
            case.event_ids.procedure_stage_id.sorted("sequence").mapped("code"),
            ["filed", "costs_paid", "order"],
        )
        self.assertEqual(case.next_deadline_date.isoformat(), "2026-12-14")

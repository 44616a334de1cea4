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

    def test_timeline_of_a_collector(self):
        """Who may not change the case notes, changes and strikes on its timeline."""
        case = self.make_case(self.make_invoice(self.debtor, overdue=50))
        collector = self.make_user("collector", "group_collector")
        events = self.env["credit.case.event"].with_user(collector)
        with freeze_time("2026-09-13 10:00:00"):
            visit = events.create(
                {"case_id": case.id, "kind": "visit", "name": "Visited"}
            )
        self.env.flush_all()
        action = "credit_management_legal.credit_case_action"
        self.start_tour(
            f"/odoo/action-{action}/{case.id}", "credit_timeline", login="collector"
        )
        self.env.invalidate_all()
        self.assertFalse(visit.active)
        self.assertNotIn("Called: pays on Monday", case.event_ids.mapped("name"))

"""What the acts of a procedure are to limitation, and what a title is to costs."""

from datetime import date

from odoo.tests import tagged

from .procedure_common import BELGIAN, ProcedureCommon


@tagged("post_install", "-at_install")
class TestProcedureLimitation(ProcedureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.credit_limitation_kind = "general"

    def begin(self, code="fr_order", **values):
        with self.on("2026-09-07"):
            case = self.judicial(code, **values)
        self.before = self.last_day(case)
        return case

    def last_day(self, case):
        self.env.invalidate_all()
        return case.line_ids.move_line_id.limitation_date

    def test_refused_petition_renews_nothing(self):
        case = self.begin()
        self.act(case, "filed", "2026-09-08")
        self.act(case, "refused", "2026-09-20")
        self.assertEqual(self.last_day(case), self.before)

    def test_order_that_is_served(self):
        """In time it interrupts: five years from its service."""
        case = self.begin()
        self.act(case, "order", "2026-09-14")
        self.act(case, "served", "2026-12-14")
        self.assertEqual(self.last_day(case), date(2031, 12, 14))

    def test_void_order_interrupts_nothing(self):
        case = self.begin()
        self.act(case, "order", "2026-09-14")
        self.act(case, "served", "2026-12-15")
        self.assertEqual(case.procedure_outcome, "void")
        self.assertEqual(self.last_day(case), self.before)
        with self.on("2026-12-16"):
            acts = case._limitation_acts()
        lost = [row for row in acts if row["date"] == date(2026, 12, 15)]
        self.assertEqual(
            [(row["label"], row["counted"]) for row in lost],
            [("Act of a procedure that was lost", False)],
        )

    def test_title_after_waiting(self):
        """Nobody opposes: ten years from the day on which it can be enforced."""
        case = self.begin()
        self.act(case, "order", "2026-09-14")
        self.act(case, "served", "2026-12-14", in_person=True)
        self.cron("2027-01-15")
        self.cron("2027-02-16")
        self.env.invalidate_all()
        self.assertEqual(case.procedure_outcome, "title")
        self.env["credit.limitation"].sudo()._refresh(case.company_id)
        self.assertEqual(self.last_day(case), date(2037, 2, 16))
        # Costs of courts and bailiffs may be asked for from then on.
        self.assertEqual(case._title_day(), case.title_date)
        case.date_title = "2027-02-01"
        self.assertEqual(case._title_day(), date(2027, 2, 1))

    def test_demand_that_is_served_is_no_claim(self):
        self.in_country(self.company, "be")
        self.in_country(self.debtor, "be", company_registry=False, vat=BELGIAN)
        case = self.begin("be_uncontested")
        self.act(case, "demanded", "2026-09-08", origin="party")
        self.assertEqual(case.stage_id.code, "demanded")
        self.assertEqual(self.last_day(case), self.before)

    def test_every_act_says_what_it_is(self):
        """No act that ends a procedure without a title begins a period."""
        stages = self.env["credit.procedure.stage"].search([])
        served = stages.filtered(lambda s: s.event_kind == "served" and s.starts)
        demands = served.filtered(lambda s: s.code == "demanded")
        self.assertEqual(set(demands.mapped("limitation_act")), {"none"})

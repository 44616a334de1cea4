"""Acts of a procedure in the order of their days."""

from datetime import date

from odoo.tests import Form, tagged

from ..engine import procedure as choice
from .procedure_common import ProcedureCommon

STAGES = (
    ("prepare", False, ("filed",)),
    ("filed", True, ("order", "refused")),
    ("order", False, ("served",)),
    ("refused", False, ()),
    ("served", False, ("enforcement", "opposition")),
    ("opposition", False, ("hearing",)),
    ("hearing", False, ("judgment",)),
    ("judgment", False, ("enforcement",)),
    ("enforcement", False, ()),
)


@tagged("post_install", "-at_install")
class TestProcedureOrder(ProcedureCommon):
    def test_what_is_presupposed(self):
        needs = choice.presupposed(STAGES)
        self.assertEqual(needs["prepare"], set())
        self.assertEqual(needs["filed"], set())
        self.assertEqual(needs["served"], {"filed", "order"})
        # With or without a judgment.
        self.assertEqual(needs["enforcement"], {"filed", "order", "served"})

    def test_out_of_order(self):
        needs = choice.presupposed(STAGES)

        def found(**days):
            acts = [(code, code, date(2026, 9, day)) for code, day in days.items()]
            return choice.out_of_order(acts, needs)

        self.assertEqual(found(order=2, served=2), [])
        self.assertEqual(found(served=1), [])
        self.assertEqual(found(order=2, served=1), [("served", "order")])
        # The procedure began anew.
        acts = [("a", "order", 1), ("b", "served", 2), ("c", "order", 3)]
        self.assertEqual(choice.out_of_order(acts, needs), [])

    def test_served_before_the_order(self):
        case = self.judicial("fr_order")
        self.act(case, "order", "2026-09-14")
        with self.refused("“Order served on the debtor” is of 09/10/2026, before"):
            self.act(case, "served", "2026-09-20", on="2026-09-10")
        served = self.act(case, "served", "2026-09-20")
        with self.on("2026-09-20"), self.refused("which it can't be"):
            served.date = "2026-09-10"

    def test_order_after_what_presupposes_it(self):
        case = self.judicial("fr_order")
        self.act(case, "served", "2026-09-14")
        with self.refused("which it can't be"):
            self.act(case, "order", "2026-09-20")
        self.act(case, "order", "2026-09-20", on="2026-09-10")
        self.assertNotIn("can't be", case.procedure_warning or "")

    def test_what_others_did_is_kept_and_told(self):
        case = self.judicial("fr_order")
        self.act(case, "order", "2026-09-14")
        self.act(case, "served", "2026-09-20", on="2026-09-10", origin="party")
        self.assertIn("which it can't be", case.procedure_warning)

    def test_the_debtor_may_be_early(self):
        case = self.judicial("fr_order")
        self.act(case, "order", "2026-09-14")
        self.act(case, "served", "2026-09-20")
        self.act(case, "opposition", "2026-09-21", on="2026-09-15")
        self.assertIn("which it can't be", case.procedure_warning)

    def test_a_hearing_that_was_put_off(self):
        case = self.judicial("fr_interim")
        self.act(case, "summons", "2026-09-01")
        self.act(case, "hearing", "2026-09-02", on="2026-10-20")
        self.act(case, "order", "2026-09-20")
        self.assertNotIn("can't be", case.procedure_warning or "")

    def test_unusual(self):
        case = self.judicial("fr_order")
        with self.on("2026-09-20"):
            form = Form(
                self.env["credit.case.note"].with_context(
                    default_case_id=case.id, default_show_all=True
                )
            )
            form.stage_id = self.stage(case, "filed")
            self.assertFalse(form.unusual_text)
            form.stage_id = self.stage(case, "enforcement")
            self.assertIn("Not noted until that day: ", form.unusual_text)
            self.assertIn("no enforceable title", form.unusual_text)
            # It may be noted all the same.
            form.save().action_note()
        self.assertEqual(case.stage_id.code, "enforcement")

    def stage(self, case, code):
        return case.procedure_id.stage_ids.filtered(lambda stage: stage.code == code)

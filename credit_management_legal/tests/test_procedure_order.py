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
        self.assertEqual(needs["served"], {frozenset({"filed"}), frozenset({"order"})})
        # With or without a judgment.
        self.assertEqual(
            needs["enforcement"],
            {frozenset({"filed"}), frozenset({"order"}), frozenset({"served"})},
        )

    def test_a_round_that_begins_later(self):
        """What comes of the beginning presupposes it, also where it begins a round."""
        stages = [
            (code, code in ("filed", "order"), nexts) for code, _, nexts in STAGES
        ]
        self.assertEqual(choice.presupposed(stages), choice.presupposed(STAGES))
        alone = [("a", True, ("b",)), ("b", True, ("a",))]
        self.assertEqual(
            choice.presupposed(alone), {"a": frozenset(), "b": frozenset()}
        )

    def test_one_of_two_judgments(self):
        stages = (
            ("summons", True, ("judgment", "default")),
            ("judgment", False, ("served",)),
            ("default", False, ("served",)),
            ("served", False, ()),
        )
        needs = choice.presupposed(stages)
        self.assertEqual(
            needs["served"],
            {frozenset({"summons"}), frozenset({"judgment", "default"})},
        )
        for acts, found in (
            ([("s", "served", 1)], []),
            ([("j", "default", 2), ("s", "served", 1)], [("s", "j")]),
            ([("j", "default", 2), ("k", "judgment", 1), ("s", "served", 1)], []),
            (
                [("j", "default", 3), ("k", "judgment", 2), ("s", "served", 1)],
                [("s", "k")],
            ),
        ):
            self.assertEqual(choice.out_of_order(acts, needs), found)

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

    def test_petition_after_the_order(self):
        case = self.judicial("fr_order")
        self.act(case, "order", "2026-09-14")
        with self.refused("“Petition filed” of 09/20/2026, without which it can't be"):
            self.act(case, "filed", "2026-09-20")

    def test_service_before_the_judgment(self):
        """Whichever of the two judgments it is, it comes first."""
        for code in ("judgment", "default_judgment"):
            case = self.judicial("fr_summons")
            self.act(case, "served", "2026-09-14")
            with self.refused("which it can't be"):
                self.act(case, code, "2026-09-20")
            self.act(case, code, "2026-09-20", on="2026-09-10")
            self.assertNotIn("can't be", case.procedure_warning or "")

    def test_one_of_two_judgments_is_lacking(self):
        case = self.judicial("fr_summons")
        self.act(case, "summons", "2026-09-01")
        form = self.noting(case, "served", "2026-09-20")
        self.assertIn(": Judgment or Judgment by default. Note", form.unusual_text)
        self.act(case, "judgment", "2026-09-18")
        self.assertFalse(self.noting(case, "served", "2026-09-20").unusual_text)

    def test_refusal_is_told_before(self):
        """As the wizard is filled in, not only once it is refused."""
        case = self.judicial("fr_order")
        self.act(case, "filed", "2026-09-01")
        self.act(case, "served", "2026-09-10")
        form = self.noting(case, "order", "2026-09-20")
        self.assertIn("of 09/10/2026, before “", form.unusual_text)
        with self.on("2026-09-20"), self.refused("which it can't be"):
            form.save().action_note()
        with self.on("2026-09-20"):
            form = self.noting(case, "order", "2026-09-20")
            form.date = "2026-09-05"
            self.assertFalse(form.unusual_text)
        # What is noted, and wrong, was said of the two days: not that it is lacking.
        self.act(case, "order", "2026-09-21", on="2026-09-05")
        early = self.noting(case, "served", "2026-09-20")
        with self.on("2026-09-20"):
            early.date = "2026-09-03"
        self.assertIn("before “", early.unusual_text)
        self.assertNotIn("Not noted", early.unusual_text)

    def noting(self, case, code, day):
        """The wizard that notes an act, on that day."""
        with self.on(day):
            wizards = self.env["credit.case.note"]
            form = Form(
                wizards.with_context(default_case_id=case.id, default_show_all=True)
            )
            form.stage_id = self.stage(case, code)
        return form

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

"""What is printed is not filed by that: somebody notes it, once it is."""

from odoo.tests import Form, tagged

from odoo.addons.credit_management.tests.common import TODAY

from ..models.credit_paper_facts import answer_name
from .insolvency_common import InsolvencyCommon
from .paper_common import PaperCommon
from .procedure_common import SIREN, ProcedureCommon
from .track_common import TrackCommon

ANSWERS = {
    "court": "Tribunal de commerce de Paris",
    "creditor_form": "société anonyme",
    "creditor_representative": "sa présidence",
    "notice_date": "1er juin 2026",
}


@tagged("post_install", "-at_install")
class TestPaperFiling(PaperCommon, ProcedureCommon, InsolvencyCommon):
    def order(self):
        case = self.make_case(
            self.move, kind="judicial", procedure_id=self.procedure("fr_order").id
        )
        self.debtor.company_registry = SIREN
        case._keep_paper_answers(ANSWERS)
        return case

    def print_paper(self, case, code):
        action = case.action_papers()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        wizard.paper_id = self.env["credit.paper"]._of(code)
        return wizard.action_print()

    def test_printing_files_nothing(self):
        case = self.order()
        action = self.print_paper(case, "order_fr")
        self.assertEqual(case.event_ids.kind, "document")
        self.assertEqual(len(case.event_ids.attachment_ids), 1)
        self.assertEqual(case.stage_id.code, "prepare")
        self.assertFalse(case.deadline_ids)
        # Whoever has filed it meanwhile notes it at once, the others later.
        self.assertEqual(action["tag"], "display_notification")
        self.assertIn("/web/content/", action["params"]["links"][0]["url"])
        note = action["params"]["next"]
        self.assertEqual(note["res_model"], "credit.case.note")
        form = Form(self.env["credit.case.note"].with_context(**note["context"]))
        self.assertEqual((form.stage_id.code, form.date), ("filed", TODAY))
        form.save().action_note()
        self.assertEqual(case.stage_id.code, "filed")
        self.assertEqual(
            case.deadline_ids.rule_id.mapped("code"), ["court_costs"], "it begins now"
        )
        # Printed again to mend a word: nothing follows from that.
        again = self.print_paper(case, "order_fr")
        self.assertEqual(again["type"], "ir.actions.act_url")
        self.assertEqual(case.stage_id.code, "filed")
        self.assertEqual(
            sorted(case.event_ids.mapped("kind")), ["document", "document", "filed"]
        )

    def test_filed_twice_appoints_no_lawyer(self):
        """What neither follows nor is the first act of its kind is not guessed."""
        case = self.order()
        case._add_event("filed", "Petition")
        self.assertEqual(case.stage_id.code, "filed")
        twice = case._add_event("filed", "Petition, corrected")
        self.assertFalse(twice.procedure_stage_id)
        self.assertEqual((case.stage_id.code, case.next_actor), ("filed", "creditor"))

    def test_incomplete_is_offered_to_nobody(self):
        case = self.order()
        case._keep_paper_answers({"court": ""})
        action = self.print_paper(case, "order_fr")
        self.assertEqual(action["type"], "ir.actions.act_url")
        self.assertEqual(case.event_ids.kind, "document")
        self.assertIn("Printed without: Juridiction", case.event_ids.note)

    def test_begins_anew(self):
        """A petition after a void order is awaited again."""
        case = self.order()
        self.act(case, "filed", "2026-05-01")
        with self.on("2026-06-17"):
            case._refresh_deadlines()
            self.assertEqual(case.procedure_outcome, "void")
            note = self.print_paper(case, "order_fr")["params"]["next"]
            form = Form(self.env["credit.case.note"].with_context(**note["context"]))
            self.assertEqual(form.stage_id.code, "filed")

    def test_claim_in_an_insolvency(self):
        case = self.make_file()
        record = self.declare(procedure="receivership")
        incomplete = self.print_paper(case, "insolvency_claim")
        self.assertEqual(incomplete["type"], "ir.actions.act_url")
        missing = self.env["credit.paper"]._of("insolvency_claim")
        gaps = missing._values(case)["gaps"]
        case._keep_paper_answers(
            {answer_name(missing, gap["code"]): "néant" for gap in gaps}
        )
        action = self.print_paper(case, "insolvency_claim")
        self.assertEqual(
            (action["params"]["next"]["res_model"], action["params"]["next"]["res_id"]),
            (record._name, record.id),
        )
        printed = case.event_ids.filtered("attachment_ids")
        self.assertEqual(printed.mapped("kind"), ["document", "document"])
        self.assertFalse(record.date_declared)
        self.assertNotIn("declaration", case.event_ids.mapped("kind"))


@tagged("post_install", "-at_install")
class TestTrackIncomplete(TrackCommon):
    def test_an_incomplete_paper_does_no_stage(self):
        case = self.make_file()
        self.lawyer.sequence = 0
        act = self.advance("2026-06-22")
        self.assertEqual(act.stage_id, self.lawyer)
        field = self.env["credit.paper.field"].create(
            {"paper_id": self.lawyer_paper.id, "code": "creditor_form"}
        )
        for complete in (False, True):
            field.required = not complete
            action = act.action_paper()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            self.assertEqual(bool(wizard.missing_text), not complete)
            wizard.action_print()
            self.assertEqual(act.state, "done" if complete else "to_do")
        kinds = case.event_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["document", "letter"])

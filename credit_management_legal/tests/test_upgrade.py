"""The scripts that bring older databases up to date: what they change, no more."""

from pathlib import Path
from runpy import run_path

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW

from .insolvency_common import InsolvencyCommon

FOLDER = Path(__file__).parents[1] / "migrations"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestUpgrade(InsolvencyCommon):
    def upgrade(self, script, version="19.0.1.2.0"):
        self.env.flush_all()
        run_path(str(FOLDER / version / script))["migrate"](self.env.cr, "19.0.1.1.0")
        self.env.invalidate_all()

    def test_acts_that_interrupt_nothing(self):
        stage = self.env.ref(
            "credit_management_legal.procedure_be_summary_stage_demanded"
        )
        chosen = self.env.ref("credit_management_legal.procedure_eu_small_stage_served")
        stage.limitation_act = False
        chosen.limitation_act = "judgment"
        self.upgrade("post-acts-and-limitation.py")
        self.assertEqual(stage.limitation_act, "none")
        self.assertEqual(chosen.limitation_act, "judgment")

    def test_day_of_an_insolvency_that_ended_with_a_plan(self):
        record = self.declare()
        record.outcome = "continued"
        record.action_close()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET credit_insolvency_date = NULL WHERE id = %s",
            [self.debtor.id],
        )
        self.upgrade("post-insolvency-days.py")
        self.assertEqual(self.debtor.credit_insolvency_date, self.opened)

    def test_what_insolvencies_told(self):
        """Their entries are theirs, and can be corrected by them."""
        case = self.make_case(self.make_invoice(overdue=100, amount=1000))
        record = self.declare()
        record.action_work_out()
        record.action_declared()
        told = case.event_ids.filtered("insolvency_id")
        self.assertEqual(set(told.mapped("kind")), {"status", "declaration"})
        told.sudo().insolvency_id = False
        for _time in range(2):
            self.upgrade("post-insolvency-told.py", "19.0.1.5.0")
            self.assertEqual(case.event_ids.filtered("insolvency_id"), told)
        record.date_declared = False
        self.assertEqual(case.event_ids.filtered("insolvency_id").kind, "status")

    def test_procedures(self):
        """Twice comes to the same as once: what is there stays."""
        small = self.env.ref("credit_management_legal.procedure_fr_small")
        small.limit_interest = False
        for _time in range(2):
            self.upgrade("post-procedures.py")
            self.assertTrue(small.limit_interest)

    def test_what_a_court_decided_proves_the_costs(self):
        """As if it came from before: the order counts as the day of paying."""

        def known(name):
            return self.env.ref(f"credit_management_legal.procedure_fr_order_{name}")

        rule = known("deadline_court_costs")
        stages = known("stage_order") | known("stage_refused")
        paid = known("stage_costs_paid")
        rule.write({"met_ids": [Command.set((paid | stages).ids)], "proved_ids": False})
        for _time in range(2):
            self.upgrade("post-proved-in-time.py", "19.0.1.7.0")
            self.assertEqual((rule.met_ids, rule.proved_ids), (paid, stages))

    def test_words_of_papers(self):
        """What was shipped is replaced; words of somebody's own stay."""
        text = self.env.ref("credit_management_legal.paper_order_be_text_nl")
        receipt = self.env.ref("credit_management_legal.paper_payment_receipt_text_fr")
        shipped = text.body, receipt.body
        text.body = text.body.replace(
            "{{ further }}, en van de kosten", ", met de rente en de kosten"
        )
        receipt.body = receipt.body.replace(
            "{{ behalf }}", "agissant pour {{ creditor_name }}, {{ mandate }}"
        )
        own = self.env.ref("credit_management_legal.paper_order_be_text_fr")
        own.body = "<p>{{ total }}, outre les intérêts et les dépens.</p>"
        self.upgrade("post-words-of-papers.py", "19.0.1.4.0")
        self.assertEqual((text.body, receipt.body), shipped)
        self.assertIn("outre les intérêts et les dépens", own.body)

    def test_no_lawyer_for_small_claims(self):
        """What was void for want of a lawyer runs again; what was set stays."""
        rule = self.env.ref(
            "credit_management_legal.procedure_fr_order_deadline_lawyer"
        )
        rule.write({"principal_above": 0, "article": "1418 and 1419 CPC"})
        case = self.make_case(
            self.make_invoice(overdue=100, amount=3000),
            kind="judicial",
            procedure_id=rule.procedure_id.id,
            court_kind="judicial",
        )
        case._add_event(
            rule.after_id.event_kind,
            rule.after_id.name,
            date="2026-05-15",
            procedure_stage_id=rule.after_id.id,
        )
        self.assertEqual(case.procedure_outcome, "void")
        for _time in range(2):
            self.upgrade("post-lawyer-threshold.py", "19.0.1.4.0")
            self.assertEqual(rule.principal_above, 10000)
            self.assertEqual(rule.article, "761, 1418 and 1419 CPC")
            self.assertEqual(case.procedure_outcome, "running")
            self.assertFalse(case.event_ids.filtered(lambda e: e.kind == "missed"))
        rule.principal_above = 12000
        self.upgrade("post-lawyer-threshold.py", "19.0.1.4.0")
        self.assertEqual(rule.principal_above, 12000)

    def test_filed_by_printing(self):
        """A request that was noted as filed when it was printed is asked about."""
        cases = [
            self.make_case(self.make_invoice(overdue=100, amount=3000), kind="judicial")
            for _number in range(3)
        ]
        files = self.env["ir.attachment"].create(
            [
                {
                    "name": "Request.pdf",
                    "raw": b"%PDF",
                    "res_model": "credit.case",
                    "res_id": case.id,
                }
                for case in cases
            ]
        )
        for case, file in zip(cases[:2], files[:2], strict=True):
            case._add_event("filed", "Request", attachment_ids=[(4, file.id)])
        self.env["credit.case.event"].create(
            {
                "case_id": cases[2].id,
                "kind": "filed",
                "name": "Filed",
                "attachment_ids": [(4, files[2].id)],
            }
        )
        cases[1].action_close("Test")
        self.upgrade("post-filed-by-printing.py", "19.0.1.5.0")
        asked = self.env["mail.activity"].search([("summary", "=", "Was it filed?")])
        self.assertEqual(asked.mapped("res_id"), cases[0].ids)
        self.assertIn("“Request” was noted as filed", asked.note)

    def test_recommendations_in_words_are_let_go(self):
        case = self.make_case(self.make_invoice(overdue=100, amount=1000))
        case.recommendation_rows = [{"label": "Lawsuit", "best": True, "closed": ""}]
        self.upgrade("post-recommendation.py", "19.0.1.5.0")
        self.assertFalse(case.recommendation_rows)
        self.assertFalse(case.recommendation_html)

    def test_day_of_the_checks(self):
        case = self.make_case(self.make_invoice(overdue=100), opened=False)
        case.action_open()
        case.date_opened = "2026-03-02"
        case.date_checked = False
        self.upgrade("post-checked-on.py", "19.0.1.5.0")
        self.assertEqual(str(case.date_checked), "2026-03-02")

    def test_limitation_is_worked_out_again(self):
        triggers = self.env["ir.cron.trigger"].sudo()
        before = triggers.search([])
        self.upgrade("post-limitation-dates.py")
        cron = self.env.ref("credit_management_legal.ir_cron_limitation")
        self.assertEqual((triggers.search([]) - before).cron_id, cron)

    def test_apostrophes_of_the_papers(self):
        script = run_path(str(FOLDER / "19.0.1.8.0" / "post-apostrophes.py"))
        shipped = {}
        for texts, fields in (
            (script["TEXTS"], ("title", "body")),
            (script["LAWS"], ("law_text",)),
        ):
            for name, words in texts.items():
                text = self.env.ref(f"credit_management_legal.{name}")
                for field in fields:
                    shipped[text, field] = value = str(text[field])
                    self.assertNotRegex(value, r"\w'\w")
                    for old in words:
                        value = value.replace(old.replace("'", "’"), old)
                    text[field] = value
                for old in words:
                    self.assertTrue(any(old in str(text[field]) for field in fields))
        own = self.env.ref("credit_management_legal.paper_lawyer_letter_text_fr")
        own.title = "Ce que j'ai écrit"
        shipped[own, "title"] = "Ce que j'ai écrit"
        self.upgrade("post-apostrophes.py", "19.0.1.8.0")
        for (text, field), value in shipped.items():
            self.assertEqual(str(text[field]), value)

"""What people see and do of procedures: alarms, worklist, notes, rights, path."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from .procedure_common import ProcedureCommon

ANNOUNCED = "credit_management_legal.mail_activity_deadline"


@tagged("post_install", "-at_install")
class TestProcedureScreen(ProcedureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.make_user("collector", "group_collector")
        cls.viewer = cls.make_user("viewer", "group_viewer")

    def ordered(self, **values):
        """A case whose order of 14 September has to be served by 14 December."""
        with self.on("2026-09-07"):
            case = self.judicial("fr_order", **values)
        self.act(case, "order", "2026-09-14")
        return case

    def announced(self, case):
        return case.activity_ids.filtered(
            lambda one: one.activity_type_id == self.env.ref(ANNOUNCED)
        )

    # ------------------------------------------------------------------
    # Ahead of time
    # ------------------------------------------------------------------

    def test_announced_twice(self):
        case = self.ordered(user_id=self.collector.id)
        self.cron("2026-11-29")
        self.assertFalse(self.announced(case))
        self.cron("2026-11-30")
        first = self.announced(case)
        self.assertEqual(first.user_id, self.collector)
        self.assertEqual(first.date_deadline, date(2026, 12, 14))
        self.assertEqual(first.summary, "Service of the order")
        self.cron("2026-12-10")
        self.assertEqual(self.announced(case), first)
        self.cron("2026-12-11")
        second = self.announced(case)
        self.assertEqual(len(second), 1)
        self.assertNotEqual(second, first)
        self.cron("2026-12-12")
        self.assertEqual(self.announced(case), second)
        # Done: nothing is left to be announced.
        self.act(case, "served", "2026-12-12")
        self.assertFalse(self.announced(case))

    def test_as_the_company_wishes(self):
        self.company.write({"credit_deadline_first": 30, "credit_deadline_last": 0})
        case = self.ordered()
        self.cron("2026-11-14")
        first = self.announced(case)
        self.assertTrue(first)
        self.cron("2026-12-14")
        self.assertEqual(self.announced(case), first)

    def test_a_moved_day_is_announced_anew(self):
        case = self.ordered()
        self.cron("2026-12-01")
        order = case.event_ids.filtered(lambda event: event.kind == "order")
        with self.on("2026-12-01"):
            order._strike("Made on another day")
        self.act(case, "order", "2026-12-01", on="2026-09-28")
        self.assertEqual(self.states(case)["service"], ("open", "2026-12-28"))
        self.assertFalse(self.announced(case))
        self.cron("2026-12-14")
        self.assertEqual(self.announced(case).date_deadline, date(2026, 12, 28))

    def test_days_of_each_company(self):
        """In New York it is still the day before."""
        self.in_country(self.other_company, "us")
        with self.on("2026-09-07"):
            move = self.make_invoice(
                company=self.other_company, currency=self.dollar, overdue=100
            )
            case = self.make_case(
                move, kind="judicial", procedure_id=self.procedure("fr_order").id
            )
        self.act(case, "order", "2026-09-14")
        own = self.ordered()
        with self.enter_registry_test_mode(), freeze_time("2026-12-15 02:00:00"):
            self.env.ref(
                "credit_management_legal.ir_cron_deadlines"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(self.states(own)["service"][0], "missed")
        self.assertEqual(self.states(case)["service"][0], "open")

    # ------------------------------------------------------------------
    # Filters and the worklist
    # ------------------------------------------------------------------

    def test_filters(self):
        case = self.ordered()
        cases = self.env["credit.case"]
        soon = [("next_deadline_date", "<=", "today +7d"), ("id", "=", case.id)]
        with self.on("2026-12-06"):
            self.assertFalse(cases.search(soon))
        with self.on("2026-12-07"):
            self.assertEqual(cases.search(soon), case)
        self.cron("2026-12-15")
        missed = [("deadline_missed", "=", True), ("id", "=", case.id)]
        self.assertEqual(cases.search(missed), case)

    def test_worklist(self):
        case = self.ordered(user_id=self.collector.id)
        tasks = self.env["credit.task"].with_user(self.collector)
        mine = [("kind", "=", "case_deadline"), ("partner_id", "=", self.debtor.id)]
        with self.on("2026-11-29"):
            self.assertFalse(tasks.search(mine))
        with self.on("2026-12-01"):
            task = tasks.search(mine)
            self.assertEqual(task.res_id, case.deadline_ids[:1].id)
            self.assertEqual(task.name, f"Service of the order · {case.name}")
            self.assertEqual(
                (task.user_id, task.deadline_date, task.amount),
                (self.collector, date(2026, 12, 14), 1000),
            )
            self.assertIn("void", task.summary)
            self.assertEqual(task.action_open_case()["res_id"], case.id)
            self.assertEqual(task.action_note_event()["res_model"], "credit.case.note")
        self.cron("2026-12-15")
        with self.on("2026-12-15"):
            task = tasks.search(mine)
            self.assertIn("File a new petition", task.summary)
            task.with_context(act="done").action_act()
            self.assertFalse(tasks.search(mine))
        self.assertTrue(case.deadline_missed)
        self.assertIn(
            "Taken note of what was missed: Service of the order",
            " ".join(case.message_ids.mapped("body")),
        )
        # The numbers of all tasks differ.
        with self.on("2026-12-15"):
            ids = self.env["credit.task"].search([]).ids
        self.assertEqual(len(ids), len(set(ids)))

    # ------------------------------------------------------------------
    # Noting an event
    # ------------------------------------------------------------------

    def test_two_clicks(self):
        case = self.ordered()
        with self.on("2026-10-01"):
            action = case.with_user(self.collector).action_note_event()
            wizards = self.env["credit.case.note"].with_user(self.collector)
            form = Form(wizards.with_context(**action["context"]))
            self.assertEqual(form.stage_id.code, "served")
            self.assertEqual(form.date, date(2026, 10, 1))
            self.assertIn("Opposition of the debtor", form.deadline_text)
            form.in_person = True
            form.save().action_note()
        self.assertEqual(case.stage_id.code, "served")
        event = case.event_ids[:1]
        self.assertEqual((event.kind, event.in_person), ("served", True))
        self.assertEqual(event.author_id, self.collector.partner_id)
        with self.on("2026-10-02"):
            action = case.action_note_event()
            form = Form(self.env["credit.case.note"].with_context(**action["context"]))
            likely = self.env["credit.procedure.stage"].browse(form.choice_ids.ids)
            self.assertEqual(
                set(likely.mapped("code")), {"enforcement", "opposition", "first_act"}
            )
            form.show_all = True
            self.assertEqual(len(form.choice_ids.ids), len(case.procedure_id.stage_ids))

    def note(self, case, **values):
        """What a collector fills in."""
        action = case.with_user(self.collector).action_note_event()
        wizards = self.env["credit.case.note"].with_user(self.collector)
        form = Form(wizards.with_context(**action["context"]))
        for name, value in values.items():
            form[name] = value
        form.save().action_note()
        return case.event_ids.sorted("id")[-1]

    def test_noted_without_a_procedure(self):
        """A call in an amicable case, by whoever may not change the case."""
        with self.on("2026-09-07"):
            case = self.make_case(self.make_invoice(self.debtor, overdue=50))
            self.assertFalse(case.with_user(self.collector).can_edit)
            event = self.note(case, name="Called: pays on Friday", amount=12)
            self.assertEqual((event.kind, event.amount), ("contact", 12))
            self.assertEqual(event.author_id, self.collector.partner_id)
            case = case.with_user(self.collector)
            with self.assertRaisesRegex(UserError, "Say what was done"):
                self.env["credit.case.note"].with_user(self.collector).create(
                    {"case_id": case.id, "name": " "}
                ).action_note()

    def test_something_else_in_a_procedure(self):
        case = self.ordered()
        with self.on("2026-10-01"):
            event = self.note(case, is_other=True, name="Called", kind="contact")
        self.assertFalse(event.procedure_stage_id)
        self.assertEqual(case.stage_id.code, "order")

    def test_entry_opened_on_its_own(self):
        """A collector changes and deletes on the day itself, though not the case."""
        case = self.ordered()
        with self.on("2026-10-01"):
            event = self.note(case, is_other=True, name="Called")
            event = event.with_user(self.collector)
            action = event.action_open_entry()
            view = self.env["ir.ui.view"].browse(action["views"][0][0])
            with Form(event, view=view) as form:
                form.name = "Called twice"
            self.assertEqual(event.name, "Called twice")
            with self.assertRaises(AssertionError):
                Form(case.with_user(self.collector)).kind = "amicable"
            with self.assertRaises(AssertionError):
                Form(case.with_user(self.collector)).timeline_ids.new()
            event.action_delete()
            self.assertFalse(event.exists())

    def test_reports_find_their_act(self):
        """An event that names no act becomes the one that is expected."""
        case = self.ordered()
        with self.on("2026-10-05"):
            case._add_event("served", "Signified", origin="party", date="2026-10-02")
            case._add_event("letter", "A letter", origin="party", date="2026-10-02")
        self.assertEqual(case.stage_id.code, "served")
        self.assertEqual(self.states(case)["opposition"], ("open", "2026-11-02"))
        self.assertEqual(
            case.event_ids.procedure_stage_id.mapped("code"), ["served", "order"]
        )

    def test_procedure_chosen_after_the_events(self):
        with self.on("2026-09-20"):
            case = self.judicial()
            case._add_event("order", "Order", date="2026-09-14")
            case._add_event("served", "Served", date="2026-09-20")
            case._add_event("filed", "Petition", date="2026-09-08")
            case.procedure_id = self.procedure("fr_order")
        self.assertEqual(case.stage_id.code, "served")
        self.assertEqual(self.states(case)["service"], ("met", "2026-12-14"))
        with self.on("2026-09-21"):
            case.procedure_id = False
        self.assertFalse(case.deadline_ids)
        self.assertFalse(case.stage_id or case.next_deadline_date)

    def test_deleted_event(self):
        case = self.ordered()
        self.cron("2026-12-01")
        self.assertTrue(self.announced(case))
        self.cron("2026-12-15")
        with self.on("2026-12-15"):
            case.event_ids.filtered(lambda e: e.kind == "order").sudo().unlink()
        self.assertFalse(case.deadline_ids)
        self.assertFalse(case.event_ids)
        self.assertFalse(case.deadline_missed or case.activity_ids)

    def test_deleted_event_that_was_announced(self):
        case = self.ordered()
        self.cron("2026-12-01")
        self.assertTrue(self.announced(case))
        with self.on("2026-12-01"):
            case.event_ids.sudo().unlink()
        self.assertFalse(case.activity_ids)

    def test_hearings(self):
        with self.on("2026-09-07"):
            case = self.judicial("fr_summons")
        self.act(case, "summons", "2026-09-08")
        with self.on("2026-09-08"):
            stage = case.procedure_id.stage_ids.filtered(lambda s: s.code == "hearing")
            case._add_event(
                "hearing", "Hearing", date="2026-10-05", procedure_stage_id=stage.id
            )
        self.assertDeadlines(
            case,
            summons_commercial=("met", "2026-09-20"),
            filing_commercial=("open", "2026-09-27"),
        )
        self.assertEqual(case.next_deadline_date, date(2026, 9, 27))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management_legal.credit_case_event_action_hearing"
        )
        found = self.env["credit.case.event"].search([("kind", "=", "hearing")])
        self.assertEqual(found.case_id, case)
        self.assertEqual(action["views"][0][1], "calendar")

    # ------------------------------------------------------------------
    # Who may what
    # ------------------------------------------------------------------

    def test_rights(self):
        case = self.ordered()
        row = case.deadline_ids[:1]
        self.assertTrue(row.with_user(self.viewer).display_state)
        for user in (self.viewer, self.collector):
            with self.assertRaises(AccessError):
                row.with_user(user).state = "met"
            with self.assertRaises(AccessError):
                case.procedure_id.with_user(user).name = "Mine"
            with self.assertRaises(AccessError):
                case.procedure_id.deadline_ids[:1].with_user(user).number = 12
        with self.assertRaises(AccessError):
            row.with_user(self.viewer).action_handled()
        with self.assertRaises(AccessError):
            self.env["credit.case.note"].with_user(self.viewer).create(
                {"case_id": case.id}
            )
        neighbour = self.make_user("neighbour", "group_manager", self.other_company)
        rows = self.env["credit.case.deadline"].with_user(neighbour)
        self.assertFalse(rows.search([("case_id", "=", case.id)]))
        with self.assertRaises(AccessError):
            row.with_user(neighbour).read(["date"])
        with self.assertRaises(AccessError):
            row.with_user(neighbour).action_handled()

    # ------------------------------------------------------------------
    # The way of a case through its procedure
    # ------------------------------------------------------------------

    def test_path(self):
        case = self.ordered()
        with self.on("2026-09-20"):
            path = case.with_user(self.viewer).procedure_path_html
        self.assertIn("Order for payment made", path)
        self.assertIn("may follow", path)
        self.assertIn("Order served on the debtor", path)

    def first_paper(self, case):
        wizard = self.env["credit.paper.print"].browse(case.action_papers()["res_id"])
        return wizard.paper_id.code

    def test_paper_of_the_act_that_comes_next(self):
        self.debtor.write({"vat": False, "country_id": self.env.ref("base.fr").id})
        case = self.judicial("fr_order")
        suited = self.env["credit.paper"].search(
            self.env["credit.paper"]._suited_domain(case)
        )
        self.assertNotEqual(suited[:1].code, "order_fr")
        self.assertEqual(self.first_paper(case), "order_fr")
        self.act(case, "prepare", "2026-06-10")
        self.assertEqual(self.first_paper(case), "order_fr")
        # Nothing of this procedure is to be printed any more.
        self.act(case, "filed", "2026-06-11")
        self.act(case, "order", "2026-06-12")
        self.assertEqual(self.first_paper(case), suited[:1].code)

    def test_codes_of_papers_are_checked(self):
        stage = self.procedure("fr_order").stage_ids.filtered("starts")[:1]
        with self.refused("there is no paper “nonsense”"):
            stage.paper_codes = "order_fr, nonsense"
        stage.paper_codes = " order_fr , order_be,"
        self.assertEqual(stage._paper_codes(), ["order_fr", "order_be"])

    def test_own_rules(self):
        procedure = self.procedure("de_order")
        objection, application = procedure.deadline_ids[:2]
        with self.refused("run from the end of each other"):
            objection.after_rule_id = application
            application.after_rule_id = objection
            procedure._check_rules()
        foreign = self.procedure("fr_order").stage_ids[:1]
        with self.refused("its own procedure"):
            objection.met_ids = foreign
        with self.refused("before it begins"):
            objection.write({"date_from": "2026-02-01", "date_to": "2026-01-01"})
        with self.refused("name the country"):
            procedure.country_id = False

    # ------------------------------------------------------------------
    # Many
    # ------------------------------------------------------------------

    def test_queries_do_not_grow_with_the_cases(self):
        counts = []
        for number in (3, 12):
            cases = self.env["credit.case"]
            for _index in range(number):
                cases |= self.ordered()
            with self.on("2026-12-01"):
                rows = self.env["credit.case.deadline"].sudo()
                before = self.env.cr.sql_log_count
                told = rows._announce(self.company, date(2026, 12, 1))
                self.env.flush_all()
                announced = self.env.cr.sql_log_count - before
            self.assertEqual(told, number)
            with self.on("2026-12-15"):
                before = self.env.cr.sql_log_count
                cases._refresh_deadlines()
                self.env.flush_all()
                refreshed = self.env.cr.sql_log_count - before
            self.assertEqual(set(cases.mapped("deadline_missed")), {True})
            with self.on("2026-12-15"):
                before = self.env.cr.sql_log_count
                self.env["credit.case.event"].create(
                    [
                        {
                            "case_id": case.id,
                            "kind": "served",
                            "name": "Served",
                            "date": "2026-12-15",
                        }
                        for case in cases
                    ]
                )
                self.env.flush_all()
                noted = self.env.cr.sql_log_count - before
            counts.append((announced, refreshed, noted))
        # A chunk of rows more or less, but nothing for each case.
        for few, many in zip(*counts, strict=True):
            self.assertLessEqual(many, few + 3, counts)

"""Appointments: when they may be, how they are planned, and who has refused them."""

from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY
from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisit(VisitCommon):
    def collector(self, companies=None):
        companies = companies or self.company
        return new_test_user(
            self.env,
            "visits",
            groups="base.group_user,credit_management.group_collector",
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
        )

    # ------------------------------------------------------------------
    # When
    # ------------------------------------------------------------------

    def test_hours_are_those_at_the_door(self):
        visit = self.plan_visit(self.waiting(self.move), hour_from=9.5)
        # Summer in Paris.
        self.assertEqual(visit.start_at, datetime(2026, 6, 17, 7, 30))
        self.assertEqual(visit.stop_at, datetime(2026, 6, 17, 15, 0))

    def test_never_outside_the_hours(self):
        reminder = self.waiting(self.move)
        for hours in ((7, 9), (19, 21), (21, 22)):
            with self.subTest(hours), self.assertRaises(ValidationError):
                self.plan_visit(reminder, hour_from=hours[0], hour_to=hours[1])
        # To the last minute.
        self.plan_visit(reminder, hour_from=8, hour_to=20)

    def test_never_on_a_sunday_or_a_holiday(self):
        reminder = self.waiting(self.move)
        with self.assertRaisesRegex(ValidationError, "Dupont"):
            self.plan_visit(reminder, day=self.in_days(4))
        with self.assertRaises(ValidationError):
            # The national holiday in France.
            self.plan_visit(reminder, day=self.in_days(27))
        with self.assertRaises(ValidationError):
            visit = self.plan_visit(reminder)
            visit.date = self.in_days(4)

    def test_belgian_consumers_never_at_night(self):
        """XIX.10 par. 3: whatever the company's own hours are."""
        belgian = self.make_debtor(
            "Peeters",
            is_company=False,
            street="Rue Haute 1",
            zip="1000",
            city="Bruxelles",
            country_id=self.env.ref("base.be").id,
        )
        self.company.write({"credit_contact_from": 5, "credit_contact_to": 24})
        reminder = self.waiting(self.make_invoice(belgian))
        for hours in ((7, 9), (21, 23)):
            with self.subTest(hours), self.assertRaises(ValidationError):
                self.plan_visit(reminder, hour_from=hours[0], hour_to=hours[1])
        # The shipped rule of prudence is narrower than the law.
        self.plan_visit(reminder, hour_from=8, hour_to=20)

    def test_a_missed_visit_counts_for_the_frequency(self):
        reminder = self.waiting(self.move)
        self.report(self.plan_visit(reminder, hour_to=11), "absent")
        with self.assertRaisesRegex(ValidationError, "at most 1"):
            self.plan_visit(reminder, hour_from=14)
        self.plan_visit(reminder, day=self.in_days(1))

    def test_a_planned_visit_takes_its_place(self):
        """What leaves meanwhile leaves room for it; it is not in its own way."""
        self.company.credit_contact_week = 1
        reminder = self.waiting(self.move)
        visit = self.plan_visit(reminder, day=self.in_days(2))
        letter = reminder._duplicate_for_channel("letter", "queued")
        letter._within_contact_rules()
        self.assertEqual(letter.contact_after.date(), self.in_days(8))
        self.assertIn("at most 1 contact in 7 days", letter.contact_wait_text)
        visit.hour_to = 16
        visit.date = self.in_days(1)
        visit.action_cancel()
        letter.contact_after = False
        self.assertEqual(letter._within_contact_rules(), letter)

    def test_one_visit_a_day_for_all_that_a_debtor_owes(self):
        first = self.waiting(self.move)
        second = self.waiting(self.make_invoice(overdue=8))
        wizard = self.env["credit.visit.plan"].create(
            {
                "company_id": self.company.id,
                "firm_id": self.firm.id,
                "date": self.in_days(1),
                "reminder_ids": [(6, 0, (first | second).ids)],
            }
        )
        self.assertEqual(wizard.fitting_ids, first)
        self.assertIn(second.name, wizard.problem_text)
        self.assertIn("one visit a day", wizard.problem_text)

    def test_somebody_has_to_go(self):
        reminder = self.waiting(self.move)
        with self.assertRaises(ValidationError):
            self.plan_visit(reminder, firm_id=False)
        with self.assertRaises(ValidationError):
            self.plan_visit(reminder, user_id=self.visitor.id)

    def test_without_a_reminder(self):
        visit = self.env["credit.visit"].create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "user_id": self.visitor.id,
                "date": TODAY,
            }
        )
        self.assertEqual(visit.address_id, self.debtor)
        with self.assertRaises(ValidationError):
            visit.hour_to = 23

    # ------------------------------------------------------------------
    # Rounds
    # ------------------------------------------------------------------

    def test_a_round_for_each_visitor_and_day(self):
        here = self.plan_visit(self.waiting(self.move))
        there = self.plan_visit(self.waiting(self.foreign))
        self.assertEqual(here.round_id, there.round_id)
        there.date = self.in_days(1)
        self.assertNotEqual(here.round_id, there.round_id)
        there.write({"date": TODAY, "firm_id": False, "user_id": self.visitor.id})
        self.assertNotEqual(here.round_id, there.round_id)
        abroad = self.plan_visit(self.waiting(self.abroad))
        self.assertEqual(abroad.round_id.company_id, self.other_company)

    def test_receipts_are_numbered_by_company(self):
        here = self.plan_visit(self.waiting(self.move))
        second = self.plan_visit(self.waiting(self.foreign))
        abroad = self.plan_visit(self.waiting(self.abroad))
        self.assertEqual(here.receipt_number, "RC/2026/00001")
        self.assertEqual(second.receipt_number, "RC/2026/00002")
        self.assertEqual(abroad.receipt_number, "RC/2026/00001")

    def test_route_by_town_and_street(self):
        places = [
            ("B", "78000", "Versailles", "9 rue Carnot"),
            ("C", "75001", "Paris", "2 rue de Rivoli"),
            ("D", "78000", "Versailles", "1 rue Carnot"),
            ("E", "75001", "Paris", "10 rue de Rivoli"),
        ]
        reminders = self.env["credit.reminder"]
        for name, code, town, street in places:
            debtor = self.make_debtor(name, zip=code, city=town, street=street)
            reminders |= self.waiting(self.make_invoice(debtor))
        wizard = self.env["credit.visit.plan"].create(
            {
                "company_id": self.company.id,
                "firm_id": self.firm.id,
                "date": TODAY,
                "reminder_ids": [Command.set(reminders.ids)],
            }
        )
        action = wizard.action_plan()
        rounds = self.env["credit.visit.round"].browse(action["res_id"])
        visits = rounds.visit_ids.sorted("sequence")
        self.assertEqual(visits.mapped("partner_id.name"), ["C", "E", "D", "B"])
        self.assertEqual(rounds.towns, "Paris, Versailles")

    def test_wizard_leaves_out_and_says_why(self):
        self.debtor_b.credit_visit_refused_on = TODAY
        # Setting the flag has moved on what waited: these come later.
        reminders = self.waiting(self.move) | self.waiting(self.foreign)
        wizard = self.env["credit.visit.plan"].create(
            {
                "company_id": self.company.id,
                "user_id": self.visitor.id,
                "date": TODAY,
                "reminder_ids": [Command.set(reminders.ids)],
            }
        )
        self.assertEqual(wizard.fitting_ids, reminders[0])
        self.assertIn("Martin SA: The debtor has refused visits", wizard.problem_text)
        wizard.place = "59, Lille"
        self.assertFalse(wizard.fitting_ids)
        with self.assertRaises(UserError):
            wizard.action_plan()
        wizard.place = "lyon, 750"
        self.assertEqual(wizard.fitting_ids, reminders[0])

    def test_route_sheet_and_papers(self):
        visit = self.plan_visit(self.waiting(self.move), note="Ring twice")
        abroad = self.plan_visit(self.waiting(self.foreign))
        report = self.env["ir.actions.report"]
        content, _kind = report._render_qweb_html(
            "credit_management.report_visit_route", visit.round_id.ids
        )
        text = content.decode()
        for part in (
            "Dupont SARL",
            "1 rue de la Paix",
            "100.00",
            "Ring twice",
            "80.",
        ):
            self.assertIn(part, text)
        content, _kind = report._render_qweb_html(
            "credit_management.report_visit_paper", (visit | abroad).ids
        )
        text = content.decode()
        for part in (
            "Porte-à-porte SA",
            "may end the visit at any time",
            self.move.name,
            visit.receipt_number,
            self.foreign.name,
        ):
            self.assertIn(part, text)

    def test_papers_speak_the_debtors_language(self):
        """Each of them, whoever prints them: the text as well as the sums."""
        self.env["res.lang"]._activate_lang("fr_FR")
        for name, text in (("paper", "Your rights"), ("receipt", "Received from")):
            self.env["ir.ui.view"].search(
                [("key", "=", f"credit_management.visit_{name}")]
            ).update_field_translations("arch_db", {"fr_FR": {text: f"FR {text}"}})
        visit = self.plan_visit(self.waiting(self.move))
        visit.sudo().write(
            {"paid_amount": 10, "paid_currency_id": self.company.currency_id.id}
        )
        self.debtor.lang = "fr_FR"
        report = self.env["ir.actions.report"].with_context(lang="en_US")
        for name in ("paper", "receipt"):
            content, _kind = report._render_qweb_html(
                f"credit_management.report_visit_{name}", visit.ids
            )
            with self.subTest(paper=name):
                self.assertIn(
                    "FR Your rights" if name == "paper" else "FR Received from",
                    content.decode(),
                )

    # ------------------------------------------------------------------
    # Refusals
    # ------------------------------------------------------------------

    def test_refusal_says_who_and_drops_what_is_planned(self):
        reminder = self.waiting(self.move)
        visit = self.plan_visit(reminder)
        collector = self.collector()
        collector.group_ids |= self.env.ref("base.group_partner_manager")
        partner = self.debtor.with_user(collector)
        partner.write(
            {"credit_visit_refused_on": TODAY, "credit_visit_refused_note": "By phone"}
        )
        self.assertEqual(self.debtor.credit_visit_refused_by, collector)
        self.assertEqual(visit.state, "cancelled")
        self.assertIn("refused", visit.cancel_reason)
        # No fallback: the step counts as passed, and the next one comes.
        self.assertEqual(reminder.state, "cancelled")
        self.assertTrue(reminder.skipped)
        self.assertIn("refused visits", reminder.failure_reason)
        self.move.invalidate_recordset()
        self.assertEqual(self.move.credit_next_step_id, self.policy.step_ids[1])
        with self.assertRaisesRegex(ValidationError, "visits"):
            self.plan_visit(self.waiting(self.move))
        partner.action_credit_visits_allowed()
        self.assertFalse(self.debtor.credit_visit_refused_by)
        self.assertFalse(self.debtor.credit_visit_refused_note)

    def test_refusal_is_towards_one_company(self):
        self.debtor_b.with_company(self.other_company).credit_visit_refused_on = TODAY
        self.assertFalse(self.debtor_b.credit_visit_refused_on)
        self.plan_visit(self.waiting(self.foreign))
        with self.assertRaises(ValidationError):
            self.plan_visit(self.waiting(self.abroad))

    def test_refusal_of_a_contact_is_the_debtors(self):
        contact = self.make_debtor("Pierre", is_company=False, parent_id=self.debtor.id)
        contact.credit_visit_refused_on = TODAY
        self.assertEqual(self.debtor.credit_visit_refused_on, TODAY)

    def test_fallback_of_a_refused_visit(self):
        self.step.fallback_channel = "letter"
        reminder = self.waiting(self.move)
        self.debtor.credit_visit_refused_on = TODAY
        self.assertEqual(reminder.state, "failed")
        self.assertEqual(reminder.fallback_ids.channel, "letter")

    def test_a_step_required_by_law_is_not_passed_over(self):
        self.step.legally_required = True
        reminder = self.waiting(self.move)
        self.debtor.credit_visit_refused_on = TODAY
        self.assertEqual(reminder.state, "failed")
        self.assertIn("refused visits", reminder.failure_reason)
        self.assertReason(self.move, "failed")

    def test_no_fallback_to_a_visit_that_is_refused(self):
        step = self.make_policy(
            {"channel": "email", "fallback_channel": "visit"}
        ).step_ids
        self.debtor.credit_visit_refused_on = TODAY
        reminder = self.waiting(self.move, step)
        reminder._register_failure("No address")
        self.assertEqual(reminder.state, "failed")
        self.assertFalse(reminder.fallback_ids)
        other = self.waiting(self.foreign, step)
        other._register_failure("No address")
        self.assertEqual(other.fallback_ids.channel, "visit")

    @mute_logger("odoo.addons.credit_management.models.credit_run")
    def test_proposal_of_refused_visits(self):
        self.debtor.credit_visit_refused_on = TODAY
        run = self.propose()
        passed = run.reminder_ids.filtered(lambda r: r.partner_id == self.debtor)
        waiting = run.reminder_ids - passed
        self.assertTrue(passed.skipped)
        self.assertIn("refused visits", passed.failure_reason)
        self.assertEqual(waiting.mapped("channel"), ["visit"])
        self.assertEqual(waiting.mapped("state"), ["to_approve"])
        self.move.invalidate_recordset()
        self.assertEqual(self.move.credit_step_id, self.step)

    def test_proposal_with_a_fallback(self):
        self.step.write({"fallback_channel": "email", "automation": "automatic"})
        self.debtor.credit_visit_refused_on = TODAY
        run = self.propose(automatic=True)
        by_debtor = run.reminder_ids.grouped("partner_id")
        self.assertEqual(by_debtor[self.debtor].channel, "email")
        self.assertEqual(by_debtor[self.debtor].state, "queued")
        self.assertIn("refused", by_debtor[self.debtor].message_ids.mapped("body")[0])
        self.assertEqual(by_debtor[self.debtor_b].channel, "visit")

    def test_proposal_costs_no_query_per_item(self):
        def make(count, start):
            debtors = [self.make_debtor(f"D{start + i}") for i in range(count)]
            for debtor in debtors:
                self.make_invoice(debtor)
            self.env["res.partner"].browse(
                d.id for d in debtors
            ).credit_visit_refused_on = TODAY
            self.env.flush_all()

        def queries():
            before = self.env.cr.sql_log_count
            self.propose()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        make(3, 0)
        self.propose()
        make(3, 10)
        few = queries()
        make(12, 20)
        many = queries()
        self.assertLessEqual(many, few)

    # ------------------------------------------------------------------
    # Rights
    # ------------------------------------------------------------------

    def test_companies_keep_to_themselves(self):
        here = self.plan_visit(self.waiting(self.move))
        abroad = self.plan_visit(self.waiting(self.abroad))
        collector = self.collector()
        visits = self.env["credit.visit"].with_user(collector)
        self.assertIn(here, visits.search([]))
        self.assertNotIn(abroad, visits.search([]))
        rounds = self.env["credit.visit.round"].with_user(collector)
        self.assertNotIn(abroad.round_id, rounds.search([]))
        with self.assertRaises(AccessError):
            visits.browse(abroad.id).read(["partner_id"])

    def test_viewers_only_look(self):
        visit = self.plan_visit(self.waiting(self.move))
        viewer = new_test_user(
            self.env,
            "looks",
            groups="base.group_user,credit_management.group_viewer",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        own = visit.with_user(viewer)
        self.assertEqual(own.city, "Paris")
        for act in (own.action_cancel, own.action_replan):
            with self.assertRaises(AccessError):
                act()
        with self.assertRaises(AccessError):
            own.round_id.action_revoke_link()
        with self.assertRaises(AccessError):
            own.round_id.read(["link"])

    def test_a_report_is_evidence(self):
        visit = self.plan_visit(self.waiting(self.move))
        collector = self.collector()
        own = visit.with_user(collector)
        own.note = "Ring twice"
        for name, value in (("state", "done"), ("outcome", "met"), ("score", 100)):
            with self.subTest(name), self.assertRaises(UserError):
                own[name] = value
        self.report(visit)
        for name, value in (("date", self.in_days(1)), ("said", "Nothing")):
            with self.subTest(name), self.assertRaises(UserError):
                own[name] = value
        with self.assertRaises(UserError):
            visit.unlink()

    def test_done_otherwise_needs_no_visit(self):
        reminder = self.waiting(self.move)
        visit = self.plan_visit(reminder)
        reminder.action_mark_done()
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(visit.state, "cancelled")

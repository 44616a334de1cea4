"""Limitation of items and cases: kinds, acts, what is kept, warnings, the worklist."""

import base64
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW, TODAY, days_ago

from .common import CaseCommon


@tagged("post_install", "-at_install")
class TestLimitationItems(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # A year in France, in one of the trades that have a period of their own.
        companies = cls.company | cls.other_company
        companies.credit_limitation_kind = "transport"
        cls.limits = cls.env["credit.limitation"]
        cls.kept = cls.env["credit.limitation.item"]
        cls.kept.search([]).unlink()
        # A business in France by its number, a consumer in Belgium.
        cls.debtor.write({"vat": "FR23334175221", "credit_kind": "business"})
        cls.belgian = cls.make_debtor(
            "Peeters",
            is_company=False,
            country_id=cls.env.ref("base.be").id,
            credit_kind="consumer",
        )
        cls.agency = cls.make_party("Agency")
        cls.lawyer = cls.make_party("Lawyer", credit_party_role="lawyer")
        cls.collector = cls.make_user("limits_collector", "group_collector")
        cls.manager = cls.make_user("limits_manager", "group_manager")

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    def day(self, move):
        self.env.invalidate_all()
        return self.items(move).limitation_date

    def issue(self, day, partner=None, **values):
        return self.make_invoice(
            partner, overdue=(TODAY - day).days - 1, issued=day, **values
        )

    def note(self, move, kind, day, **values):
        return self.env["credit.limitation.act"].create(
            {
                "company_id": move.company_id.id,
                "partner_id": move.commercial_partner_id.id,
                "kind": kind,
                "date": day,
                "attachment_ids": [
                    Command.create(
                        {"name": "Deed.pdf", "datas": base64.b64encode(b"%PDF-")}
                    )
                ],
                **values,
            }
        )

    # ------------------------------------------------------------------
    # Kinds and periods
    # ------------------------------------------------------------------

    def test_unknown_takes_the_shortest(self):
        self.company.credit_limitation_kind = False
        french = self.issue(date(2025, 3, 1))
        belgian = self.issue(date(2025, 3, 1), self.belgian)
        # Neither telecommunications (one year) nor restaurants (six months).
        self.assertEqual(self.day(french), date(2030, 3, 1))
        self.assertEqual(self.day(belgian), date(2026, 3, 1))

    def test_kind_of_invoice_category_company(self):
        move = self.issue(date(2025, 3, 1), self.belgian)
        self.company.credit_limitation_kind = "periodic"
        self.assertEqual(self.day(move), date(2030, 3, 1))
        parent = self.env["product.category"].create(
            {"name": "Things", "credit_claim_kind": "goods"}
        )
        child = self.env["product.category"].create(
            {"name": "Small things", "parent_id": parent.id}
        )
        product = self.env["product.product"].create(
            {"name": "Thing", "categ_id": child.id}
        )
        move.invoice_line_ids.product_id = product
        self.assertEqual(self.day(move), date(2026, 3, 1))
        move.credit_claim_kind = "general"
        self.assertEqual(self.day(move), date(2035, 3, 1))

    def test_kinds_of_single_countries(self):
        """Telecommunications, rent, premiums, bailiffs, Scotland; else what is near."""
        self.company.credit_limitation_kind = False
        british = self.make_debtor("Printers", country_id=self.env.ref("base.uk").id)
        tenant = self.make_debtor("Anna", is_company=False)
        for debtor, kind, year in (
            (self.debtor, "telecom", 2026),
            (self.debtor, "insurance", 2027),
            # A home; a lease of business premises has the general period.
            (tenant, "rent", 2028),
            (self.debtor, "rent", 2030),
            (self.belgian, "bailiff", 2026),
            (self.belgian, "insurance", 2028),
            # Periodic, as no other period is named.
            (self.belgian, "rent", 2030),
            (british, "general", 2031),
            (british, "scots", 2030),
            # Nobody knows which law: the shorter period.
            (british, False, 2030),
        ):
            move = self.issue(date(2025, 3, 1), debtor)
            move.credit_claim_kind = kind
            with self.subTest(kind=kind, year=year):
                self.assertEqual(self.day(move), date(year, 3, 1))

    def test_german_year_end(self):
        german = self.make_debtor("Muster", country_id=self.env.ref("base.de").id)
        move = self.issue(date(2025, 3, 1), german)
        self.assertEqual(self.day(move), date(2028, 12, 31))

    def test_earlier_delivery(self):
        move = self.issue(date(2025, 3, 1))
        move.credit_claim_kind = "general"
        self.assertEqual(self.day(move), date(2030, 3, 1))
        move.delivery_date = date(2025, 1, 31)
        self.assertEqual(self.day(move), date(2030, 1, 31))

    def test_two_companies(self):
        move = self.issue(date(2025, 3, 1))
        other = self.issue(date(2025, 3, 1), company=self.other_company)
        self.company.credit_limitation_kind = "general"
        self.limits._refresh(self.company)
        self.limits._refresh(self.other_company)
        self.assertEqual(self.day(move), date(2030, 3, 1))
        self.assertEqual(self.day(other), date(2026, 3, 1))
        user = self.collector
        found = self.kept.with_user(user).search([])
        self.assertIn(self.items(move), found.move_line_id)
        self.assertNotIn(self.items(other).id, found.mapped("move_line_id.id"))

    # ------------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------------

    def test_act_of_hand(self):
        move = self.issue(date(2025, 9, 1))
        move.credit_claim_kind = "general"
        other = self.issue(date(2025, 9, 1))
        other.credit_claim_kind = "general"
        self.limits._refresh(self.company)
        act = self.note(
            move,
            "acknowledgement",
            date(2026, 1, 10),
            item_ids=[Command.set(self.items(move).ids)],
        )
        self.assertIn("2240", act.effect_text)
        self.assertEqual(self.day(move), date(2031, 1, 10))
        self.assertEqual(self.day(other), date(2030, 9, 1))
        act.item_ids = [Command.clear()]
        self.assertEqual(self.day(other), date(2031, 1, 10))
        act.active = False
        self.assertEqual(self.day(move), date(2030, 9, 1))
        with self.assertRaisesRegex(ValidationError, "on record"):
            act.sudo().unlink()
        with self.assertRaisesRegex(UserError, "it stays as it is"):
            act.attachment_ids.unlink()

    def test_proof_is_needed(self):
        move = self.issue(date(2025, 9, 1))
        with self.assertRaisesRegex(ValidationError, "Proof"):
            self.note(move, "enforcement", TODAY, attachment_ids=False)
        with self.assertRaisesRegex(ValidationError, "Date"):
            self.note(move, "enforcement", date(2026, 6, 18))

    def test_letters_interrupt_nothing_in_france(self):
        move = self.issue(date(2025, 9, 1))
        move.credit_claim_kind = "general"
        for kind in ("formal_notice", "written_demand"):
            self.note(move, kind, date(2026, 1, 10))
        self.assertEqual(self.day(move), date(2030, 9, 1))

    def test_belgian_lawyer(self):
        move = self.issue(date(2025, 9, 1), self.belgian)
        move.credit_claim_kind = "goods"
        self.note(move, "formal_notice", date(2026, 6, 1))
        self.assertEqual(self.day(move), date(2027, 6, 1))
        self.note(move, "formal_notice", date(2026, 6, 10))
        self.assertEqual(self.day(move), date(2027, 6, 1))

    def test_part_payment_is_only_possible(self):
        move = self.issue(date(2025, 9, 1))
        move.credit_claim_kind = "general"
        self.pay(move, 40, day=date(2026, 2, 1))
        self.assertEqual(self.day(move), date(2030, 9, 1))
        (limit,) = self.limits._limits(self.items(move), possible=True).values()
        self.assertEqual([act.day for act in limit.possible], [date(2026, 2, 1)])
        self.limits._refresh(self.company)
        html = self.kept.search([("move_line_id", "=", self.items(move).id)])
        self.assertIn("Part payment", html.working_html)
        self.assertIn("does not count", html.working_html)

    def test_part_payment_where_a_rule_lets_it_count(self):
        """A company that has decided so: the day moves as soon as it is paid."""
        rule = self.env["credit.limitation.rule"].search(
            [("country_id.code", "=", "FR"), ("act", "=", "part_payment")]
        )
        rule.effect = "restart"
        move = self.issue(date(2025, 9, 1), credit_claim_kind="general")
        case = self.make_case(move)
        self.assertEqual(case.limitation_date, date(2030, 9, 1))
        self.pay(move, 40, day=date(2026, 2, 1))
        self.assertEqual(self.day(move), date(2031, 2, 1))
        self.assertEqual(case.limitation_date, date(2031, 2, 1))

    def test_paid_items_count_no_more_for_their_case(self):
        old = self.issue(date(2025, 9, 1), credit_claim_kind="general")
        new = self.issue(date(2025, 11, 1), credit_claim_kind="general")
        case = self.make_case(old | new)
        self.assertEqual(case.limitation_date, date(2030, 9, 1))
        self.pay(old, 40, day=date(2026, 2, 1))
        self.assertEqual(case.limitation_date, date(2030, 9, 1))
        payment = self.pay(old, day=date(2026, 2, 2))
        self.assertEqual(case.limitation_date, date(2030, 11, 1))
        payment.move_id.line_ids.remove_move_reconcile()
        self.assertEqual(case.limitation_date, date(2030, 9, 1))

    def test_enforcement_of_a_title_renews_its_own_period(self):
        move = self.issue(date(2025, 9, 1), credit_claim_kind="general")
        case = self.make_case(move, party_id=self.lawyer.id)
        case._add_event("judgment", "Judgment", date=date(2026, 1, 15))
        self.assertEqual(case.limitation_date, date(2036, 1, 15))
        case._add_event("served", "Judgment served", date=date(2026, 2, 20))
        self.assertEqual(case.limitation_date, date(2036, 1, 15))
        case._add_event("enforcement", "Seizure", date=date(2026, 5, 4))
        self.assertEqual(case.limitation_date, date(2036, 5, 4))

    def test_title_entered_by_hand_stands_on_the_timeline(self):
        """It begins the period of a title, is corrected, and goes with the day."""
        move = self.issue(date(2025, 9, 1), credit_claim_kind="general")
        case = self.make_case(move, party_id=self.lawyer.id)
        case.date_title = date(2026, 5, 4)
        event = case.event_ids.filtered(lambda e: e.kind == "judgment")
        self.assertEqual(
            (event.date, event.name), (date(2026, 5, 4), "Enforceable title")
        )
        self.assertEqual(case.limitation_date, date(2036, 5, 4))
        case.date_title = date(2026, 5, 20)
        self.assertEqual(event.date, date(2026, 5, 20))
        self.assertEqual(case.limitation_date, date(2036, 5, 20))
        # Nothing is reckoned from a day that is still to come.
        case.date_title = date(2026, 8, 1)
        self.assertEqual(event.date, TODAY)
        case.date_title = False
        self.assertFalse(event.exists())
        self.assertEqual(case.limitation_date, date(2030, 9, 1))

    def test_one_year_is_no_years(self):
        case = self.make_case(
            self.issue(date(2026, 3, 1), credit_claim_kind="transport")
        )
        self.assertIn(": 1 year [", case.limitation_html)

    def test_acknowledgement_of_a_plan(self):
        move = self.issue(date(2025, 9, 1))
        move.credit_claim_kind = "general"
        plan = self.env["credit.plan"].create(
            {"item_ids": [Command.set(self.items(move).ids)]}
        )
        self.assertEqual(self.day(move), date(2030, 9, 1))
        # Late in the evening in UTC it is the next day in Paris.
        plan.write({"accepted_name": "D", "accepted_date": "2026-06-16 23:30:00"})
        self.assertEqual(self.day(move), date(2031, 6, 17))

    def test_events_of_a_case(self):
        move = self.issue(date(2025, 9, 1))
        move.credit_claim_kind = "general"
        case = self.make_case(move, party_id=self.lawyer.id)
        self.assertEqual(case.limitation_date, date(2030, 9, 1))
        case._add_event("filed", "Petition", date=date(2026, 5, 1))
        self.assertEqual(case.limitation_date, date(2030, 9, 1))
        case._add_event("letter", "Notice", date=date(2026, 5, 2), origin="party")
        case._add_event("served", "Order served", date=date(2026, 5, 20))
        self.assertEqual(case.limitation_date, date(2031, 5, 20))
        acts = case._limitation_acts()
        self.assertEqual(
            [(row["date"].day, row["counted"]) for row in acts],
            [(1, False), (2, False), (20, True)],
        )
        self.assertIn("Order or claim served", case.limitation_html)
        case._add_event("judgment", "Judgment", date=date(2026, 6, 1))
        self.assertEqual(case.limitation_date, date(2036, 6, 1))

    def test_earliest_of_a_case(self):
        old = self.issue(date(2025, 9, 1), credit_claim_kind="general")
        new = self.issue(date(2025, 11, 1), credit_claim_kind="general")
        case = self.make_case(old | new)
        self.assertEqual(case.limitation_date, date(2030, 9, 1))
        case.line_ids.filtered(
            lambda line: line.move_line_id == self.items(old)
        ).action_withdraw("Comes back")
        self.assertEqual(case.limitation_date, date(2030, 11, 1))
        cases = self.env["credit.case"].search(
            [("partner_id", "=", self.debtor.id)], order="limitation_date"
        )
        self.assertEqual(cases, case)

    # ------------------------------------------------------------------
    # What is kept, and searched
    # ------------------------------------------------------------------

    def test_kept_and_forgotten(self):
        move = self.issue(date(2025, 9, 1))
        self.assertEqual(self.limits._refresh(self.company), 1)
        self.assertEqual(self.limits._refresh(self.company), 1)
        self.assertEqual(self.kept.search_count([]), 1)
        lines = self.env["account.move.line"].search(
            [("limitation_date", "<=", "2026-09-01"), ("company_id", "!=", False)]
        )
        self.assertEqual(lines, self.items(move))
        self.assertFalse(
            self.env["account.move.line"].search([("limitation_date", "<", TODAY)])
        )
        self.assertEqual(move.limitation_date, date(2026, 9, 1))
        self.pay(move)
        self.limits._refresh(self.company)
        self.assertFalse(self.kept.search_count([]))

    def test_flat_number_of_queries(self):
        def count(moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.limits._refresh(self.company)
            return self.cr.sql_log_count - before

        moves = self.issue(date(2025, 9, 1))
        count(moves)
        few = count(moves)
        for number in range(8):
            moves |= self.issue(
                date(2025, 1, 1 + number), self.make_debtor(f"D{number}")
            )
        count(moves)
        self.assertLessEqual(count(moves), few)

    # ------------------------------------------------------------------
    # Warnings
    # ------------------------------------------------------------------

    def warn(self, day):
        with freeze_time(f"{day} 12:00:00"):
            self.limits._refresh(self.company)
            return self.kept._warn(self.company)

    def test_once_a_stage(self):
        self.debtor.with_company(self.company).credit_user_id = self.collector
        move = self.issue(date(2025, 9, 1))
        self.assertFalse(self.warn("2026-02-28"))
        first = self.warn("2026-03-02")
        self.assertEqual(
            (first.res_model, first.res_id, first.user_id),
            ("res.partner", self.debtor.id, self.collector),
        )
        self.assertIn("09/01/2026", first.summary)
        self.assertIn(move.name, first.note)
        self.assertFalse(self.warn("2026-03-03"))
        second = self.warn("2026-06-02")
        self.assertFalse(first.exists())
        self.assertTrue(self.warn("2026-08-05"))
        self.assertFalse(second.exists())
        self.assertIn("over", self.warn("2026-09-02").summary)
        self.assertFalse(self.warn("2026-09-03"))

    def test_interrupted_warns_again(self):
        self.issue(date(2025, 9, 1))
        self.assertTrue(self.warn("2026-03-02"))
        with freeze_time("2026-03-10 12:00:00"):
            self.note(
                self.env["account.move"].search(
                    [("partner_id", "=", self.debtor.id)], limit=1
                ),
                "enforcement",
                date(2026, 3, 10),
            )
        self.assertFalse(self.warn("2026-03-11"))
        self.assertTrue(self.warn("2026-09-11"))

    def test_long_over_is_only_listed(self):
        self.issue(date(2020, 9, 1))
        self.assertFalse(self.warn("2026-06-17"))
        self.assertEqual(self.kept.search([]).warned, 0)

    def test_case_is_told_for_its_items(self):
        moves = self.issue(date(2025, 9, 1)) | self.issue(date(2025, 9, 2))
        loose = self.issue(date(2025, 9, 3))
        case = self.make_case(moves, user_id=self.manager.id)
        told = self.warn("2026-06-17")
        self.assertEqual(set(told.mapped("res_model")), {"credit.case", "res.partner"})
        of_case = told.filtered(lambda a: a.res_model == "credit.case")
        self.assertEqual((of_case.res_id, of_case.user_id), (case.id, self.manager))
        self.assertNotIn(loose.name, of_case.note)

    def test_worklist(self):
        self.issue(date(2025, 9, 1), amount=70)
        self.issue(date(2025, 9, 2), amount=30)
        self.warn("2026-06-17")
        tasks = self.env["credit.task"].with_user(self.collector)
        task = tasks.search([("kind", "=", "limitation")])
        self.assertEqual(
            (len(task), task.amount, task.deadline_date, task.partner_id),
            (1, 100, date(2026, 9, 1), self.debtor),
        )
        self.assertIn("INV", task.name)
        # Which rule says so, with its article.
        self.assertIn("Carriage of goods (L133-6 C. com.)", task.summary)
        self.assertEqual(task.action_open()["res_model"], "credit.limitation.item")
        task.with_context(act="done").action_act()
        self.env.invalidate_all()
        self.assertFalse(tasks.search([("kind", "=", "limitation")]))
        self.warn("2026-08-05")
        self.assertTrue(tasks.search([("kind", "=", "limitation")]))

    def test_past_is_not_reminded_by_itself(self):
        """The reason is told; a manager may have it reminded all the same."""
        self.make_policy()
        past = self.issue(date(2025, 5, 1))
        fine = self.issue(date(2026, 5, 1))
        self.limits._refresh(self.company)
        items = self.items(past)
        self.assertEqual(items.credit_block_reason, "limitation")
        self.assertIn("Past limitation since", items.credit_block_text)
        self.assertFalse(self.items(fine).credit_block_reason)
        self.assertEqual(past.credit_block_reason, "limitation")
        reminders = self.propose().reminder_ids
        self.assertEqual(reminders.line_ids.move_id, fine)
        reminders.action_cancel()
        row = self.kept.search([("move_line_id", "=", items.id)])
        with self.assertRaises(AccessError):
            row.with_user(self.collector).action_remind_anyway()
        row.with_user(self.manager).action_remind_anyway()
        self.assertEqual(row.allowed_by_id, self.manager)
        self.env.invalidate_all()
        self.assertFalse(items.credit_block_reason)
        # What is worked out again changes nothing, unless the day is a later one.
        self.limits._refresh(self.company)
        self.assertTrue(row.allowed_by_id)
        past.credit_claim_kind = "general"
        self.env.invalidate_all()
        self.assertFalse(row.allowed_by_id)
        self.assertFalse(items.credit_block_reason)

    def test_worklist_of_what_is_past(self):
        self.issue(date(2023, 9, 1), amount=70)
        self.issue(date(2025, 6, 1), amount=30)
        self.limits._refresh(self.company)
        tasks = self.env["credit.task"].with_user(self.collector)
        task = tasks.search([("kind", "=", "limitation_past")])
        self.assertEqual(
            (len(task), task.amount, task.deadline_date),
            (1, 100, date(2024, 9, 1)),
        )
        self.assertIn("Limitation past", task.name)
        self.assertFalse(tasks.search([("kind", "=", "limitation")]))
        task.with_context(act="done").action_act()
        self.env.invalidate_all()
        self.assertFalse(tasks.search([("kind", "=", "limitation_past")]))

    def test_task_numbers_do_not_meet(self):
        """A number of 32 and more needs its own place in the identity of tasks."""
        self.issue(date(2025, 9, 1))
        self.warn("2026-06-17")
        ids = self.env["credit.task"].search([]).ids
        self.assertEqual(len(ids), len(set(ids)))
        task = self.env["credit.task"].search([("kind", "=", "limitation")])
        self.assertEqual(task.id, task.res_id * 64 + 33)

    def test_rights(self):
        move = self.issue(date(2025, 9, 1))
        self.limits._refresh(self.company)
        viewer = self.make_user("limits_viewer", "group_viewer")
        row = self.kept.with_user(viewer).search([])
        self.assertEqual(row.date, date(2026, 9, 1))
        for user in (viewer, self.collector, self.manager):
            with self.assertRaises(AccessError):
                row.with_user(user).write({"date": days_ago(1)})
        with self.assertRaises(AccessError):
            self.env["credit.limitation.act"].with_user(viewer).create(
                {"partner_id": move.partner_id.id, "kind": "talks"}
            )
        with self.assertRaises(AccessError):
            row.with_user(viewer).action_seen()

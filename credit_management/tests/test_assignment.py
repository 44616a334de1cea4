"""Debtors go to collectors by rules; what was chosen by hand stays."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import BaseCase, freeze_time, tagged

from ..engine.assignment import share, stand_ins
from .common import NOW
from .test_task import TaskCommon


@tagged("post_install", "-at_install")
class TestShare(BaseCase):
    @settings(max_examples=60, deadline=None)
    @given(
        amounts=st.lists(st.integers(1, 10**6), max_size=30),
        loads=st.lists(st.integers(0, 5), min_size=1, max_size=4),
    )
    def test_even(self, amounts, loads):
        """No collector ends up with two debtors more than another one who was given
        any."""
        before = dict(enumerate(loads))
        after = dict(before)
        chosen = share(list(enumerate(amounts)), after)
        self.assertEqual(len(chosen), len(amounts))
        given_any = {c for c in after if after[c] > before[c]}
        for collector in given_any:
            self.assertLessEqual(after[collector], min(after.values()) + 1)

    def test_by_amount(self):
        loads = {"a": 0, "b": 0}
        chosen = share([(1, 100), (2, 60), (3, 30), (4, 5)], loads, by_amount=True)
        self.assertEqual(chosen, {1: "a", 2: "b", 3: "b", 4: "b"})
        self.assertEqual(share([(1, 100)], {}), {})

    def test_stand_ins(self):
        self.assertEqual(stand_ins(1, {}), {1})
        self.assertEqual(stand_ins(1, {2: 1, 3: 2, 4: None}), {1, 2, 3})
        self.assertEqual(stand_ins(1, {1: 2, 2: 1}), {1, 2})


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAssignment(TaskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.make_user("first")
        cls.other = cls.make_user("other")
        cls.model = cls.env["credit.assignment.rule"]

    def rule(self, *users, company=None, **values):
        return self.model.create(
            {
                "name": "Rule",
                "company_id": (company or self.company).id,
                "user_ids": [Command.set([user.id for user in users])],
                **values,
            }
        )

    def assign(self, **values):
        self.model._assign(self.company, **values)
        self.env.invalidate_all()
        return [
            debtor.with_company(self.company).credit_user_id
            for debtor in (self.debtor, self.debtor_b)
        ]

    def test_in_turn_before_a_run(self):
        rule = self.rule(self.first, self.other)
        run = self.propose()
        self.env.invalidate_all()
        # Owes 300, then 50: the first one first.
        self.assertEqual(self.debtor.credit_user_id, self.first)
        self.assertEqual(self.debtor_b.credit_user_id, self.other)
        self.assertEqual(rule.debtor_count, 2)
        for reminder in run.reminder_ids:
            self.assertEqual(reminder.user_id, reminder.partner_id.credit_user_id)

    def test_first_rule_that_fits(self):
        self.debtor_b.category_id = self.env["res.partner.category"].create(
            {"name": "Public"}
        )
        self.rule(self.first, category_ids=self.debtor_b.category_id.ids)
        self.rule(self.other)
        self.assertEqual(self.assign(), [self.other, self.first])

    def test_amount_language_portfolio(self):
        nobody = self.env["res.users"]
        rule = self.rule(self.first, min_amount=100, max_amount=1000)
        self.assertEqual(self.assign(), [self.first, nobody])
        rule.active = False
        self.env["res.lang"]._activate_lang("nl_NL")
        self.debtor_b.lang = "nl_NL"
        dutch = self.rule(
            self.other, lang_ids=[self.env["res.lang"]._get_data(code="nl_NL").id]
        )
        self.assertEqual(self.assign(), [self.first, self.other])
        dutch.active = False
        self.debtor_b.credit_user_id = False
        self.debtor_b.user_id = self.first
        self.rule(self.other, salesperson_ids=self.first.ids)
        self.assertEqual(self.assign(), [self.first, self.other])

    def test_manual_choice_stays(self):
        self.rule(self.first)
        self.debtor.credit_user_id = self.other
        self.assertEqual(self.assign(again=True), [self.other, self.first])
        self.debtor_b.credit_user_id = self.other
        self.assertFalse(self.debtor_b.credit_user_rule_id)
        self.assertEqual(self.assign(again=True), [self.other, self.other])

    def test_assigned_anew(self):
        rule = self.rule(self.first)
        self.assign()
        rule.user_ids = self.other
        self.assertEqual(self.assign(), [self.first, self.first])
        self.assertEqual(self.assign(again=True), [self.other, self.other])

    def test_companies_apart(self):
        self.rule(self.first, company=self.other_company)
        nobody = self.env["res.users"]
        self.assertEqual(self.assign(), [nobody, nobody])
        self.model._assign(self.other_company)
        there = self.debtor_b.with_company(self.other_company)
        self.assertEqual(there.credit_user_id, self.first)
        self.assertFalse(self.debtor_b.credit_user_id)

    def test_refused(self):
        for values in (
            {"min_amount": 10, "max_amount": 5},
            {"partner_domain": "[('nowhere', '=', 1)]"},
            {"partner_domain": "["},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.rule(self.first, **values)
        with self.assertRaises(ValidationError):
            self.rule()
        with self.assertRaises(AccessError):
            self.model.with_user(self.first).create(
                {"name": "Mine", "user_ids": [Command.set(self.first.ids)]}
            )

    # ------------------------------------------------------------------
    # Absence
    # ------------------------------------------------------------------

    def absence(self, user, substitute, first="2026-06-15", last="2026-06-19"):
        return (
            self.env["credit.absence"]
            .with_user(user)
            .create(
                {
                    "user_id": user.id,
                    "substitute_id": substitute.id,
                    "date_from": first,
                    "date_to": last,
                }
            )
        )

    def test_who_stands_in_sees_the_tasks(self):
        reminder = self.remind(
            self.move, self.step_1, state="to_approve", user_id=self.first.id
        )

        def mine(user):
            self.env.invalidate_all()
            found = self.env["credit.reminder"].with_user(user)
            domain = [("is_mine", "=", True), ("id", "=", reminder.id)]
            tasks = self.env["credit.task"].with_user(user)
            listed = tasks.search([("is_mine", "=", True), ("kind", "=", "approval")])
            found = found.search(domain)
            self.assertEqual(bool(found), bool(listed))
            self.assertEqual(bool(found), reminder.with_user(user).is_mine)
            return bool(found)

        self.assertTrue(mine(self.first))
        self.assertFalse(mine(self.other))
        self.absence(self.first, self.other)
        self.assertTrue(mine(self.first))
        self.assertTrue(mine(self.other))
        with freeze_time("2026-06-20 12:00:00"):
            self.assertFalse(mine(self.other))

    def test_absent_get_no_new_debtors(self):
        self.absence(self.first, self.other)
        self.rule(self.first, self.other)
        self.assertEqual(self.assign(), [self.other, self.other])

    def test_absences_refused(self):
        self.absence(self.first, self.other)
        for first, last in (("2026-06-19", "2026-06-25"), ("2026-07-02", "2026-07-01")):
            with self.subTest(first), self.assertRaises(ValidationError):
                self.absence(self.first, self.other, first, last)
        with self.assertRaises(ValidationError):
            self.absence(self.other, self.other)
        with self.assertRaises(AccessError):
            self.env["credit.absence"].with_user(self.other).create(
                {
                    "user_id": self.first.id,
                    "date_from": "2026-08-01",
                    "date_to": "2026-08-02",
                }
            )

    # ------------------------------------------------------------------
    # Load
    # ------------------------------------------------------------------

    def test_load(self):
        self.debtor.credit_user_id = self.first
        self.absence(self.first, self.other)
        self.remind(
            self.move,
            self.step_1,
            state="to_approve",
            channel="phone",
            user_id=self.first.id,
        )
        self.remind(self.second, self.step_1, state="to_approve")
        self.env.invalidate_all()
        loads = self.env["credit.collector.load"].search(
            [("company_id", "=", self.company.id)]
        )
        mine = loads.filtered(lambda load: load.user_id == self.first)
        self.assertEqual((mine.debtor_count, mine.amount), (1, 300))
        self.assertEqual((mine.amount_overdue, mine.call_count), (300, 1))
        self.assertIn("stands in", mine.away_text)
        nobody = loads.filtered(lambda load: not load.user_id)
        # A hundred dollars are fifty euros.
        self.assertEqual((nobody.debtor_count, nobody.amount), (1, 50))
        self.assertEqual((nobody.call_count, nobody.approval_count), (0, 1))
        abroad = self.env["credit.collector.load"].with_company(self.other_company)
        self.assertFalse(abroad.search([("user_id", "=", self.first.id)]).amount)

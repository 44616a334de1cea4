"""Which policy applies, and what a policy may be."""

import re
from datetime import timedelta

from lxml import etree
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import REMINDER_1, TODAY, CreditCommon, days_ago


@tagged("post_install", "-at_install")
class TestPolicy(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.general = cls.make_policy(REMINDER_1, name="General", sequence=20)
        cls.special = cls.make_policy(
            REMINDER_1,
            name="Special",
            sequence=10,
            partner_domain="[('name', 'ilike', 'dupont')]",
        )
        cls.chosen = cls.make_policy(
            REMINDER_1, name="Chosen", partner_domain="[('id', '=', 0)]"
        )
        cls.move = cls.make_invoice()
        cls.move_b = cls.make_invoice(cls.debtor_b)

    def assertPolicy(self, move, policy):
        """The policy is the one to which the next step belongs."""
        move.invalidate_recordset()
        self.assertEqual(move.credit_next_step_id.policy_id, policy)
        if not policy:
            self.assertEqual(move.credit_block_reason, "no_policy")

    # ------------------------------------------------------------------
    # Precedence
    # ------------------------------------------------------------------

    def test_first_that_fits(self):
        self.assertPolicy(self.move, self.special)
        self.assertPolicy(self.move_b, self.general)
        self.general.sequence = 5
        self.assertPolicy(self.move, self.general)

    def test_contact_follows_its_debtor(self):
        contact = self.env["res.partner"].create(
            {"name": "Somebody", "parent_id": self.debtor.id}
        )
        self.assertPolicy(self.make_invoice(contact), self.special)

    def test_subsidiary_is_a_debtor_of_its_own(self):
        subsidiary = self.make_debtor("Filiale SAS", parent_id=self.debtor_b.id)
        self.assertEqual(subsidiary.commercial_partner_id, subsidiary)
        self.assertPolicy(self.make_invoice(subsidiary), self.general)

    def test_own_policy_of_the_debtor(self):
        self.debtor.credit_policy_id = self.chosen
        self.assertPolicy(self.move, self.chosen)
        self.assertPolicy(self.move_b, self.general)

    def test_own_policy_of_the_debtor_is_one_company_s(self):
        self.debtor.with_company(self.other_company).credit_policy_id = self.chosen
        elsewhere = self.make_invoice(company=self.other_company)
        self.assertPolicy(self.move, self.special)
        self.assertPolicy(elsewhere, self.chosen)

    def test_invoice_has_the_last_word(self):
        self.debtor.credit_policy_id = self.chosen
        self.move.credit_policy_id = self.general
        self.assertPolicy(self.move, self.general)

    def test_none(self):
        self.general.active = False
        self.assertPolicy(self.move, self.special)
        self.assertPolicy(self.move_b, self.env["credit.policy"])

    def test_archived_takes_nobody_new_but_keeps_its_own(self):
        self.special.active = False
        self.assertPolicy(self.move, self.general)
        self.debtor.credit_policy_id = self.special
        self.assertPolicy(self.move, self.special)

    def test_archived_debtor_still_owes(self):
        self.debtor.active = False
        self.assertPolicy(self.move, self.special)

    def test_policy_of_one_company(self):
        self.special.company_id = self.other_company
        elsewhere = self.make_invoice(company=self.other_company)
        self.assertPolicy(self.move, self.general)
        self.assertPolicy(elsewhere, self.special)

    def test_branch_follows_its_parent_s_policies(self):
        branch = self.env["res.company"].create(
            {
                "name": "Branch",
                "parent_id": self.company.id,
                "country_id": self.company.country_id.id,
            }
        )
        self.env.cr.precommit.run()  # the branch takes over the chart of accounts
        self.env.user.company_ids |= branch
        self.special.company_id = self.company
        self.general.company_id = self.other_company
        move = self.make_invoice(company=branch)
        self.assertEqual(move.company_id, branch)
        self.assertPolicy(move, self.special)
        move.credit_policy_id = self.special

    def test_policy_of_another_company_can_not_be_chosen(self):
        self.chosen.company_id = self.other_company
        with self.assertRaises(UserError):
            self.move.credit_policy_id = self.chosen
        with self.assertRaises(UserError):
            self.debtor.credit_policy_id = self.chosen

    def test_deleted_policy_is_chosen_no_more(self):
        self.debtor.credit_policy_id = self.chosen
        self.move_b.credit_policy_id = self.chosen
        self.chosen.unlink()
        self.assertPolicy(self.move, self.special)
        self.assertPolicy(self.move_b, self.general)

    def test_position_is_kept_by_policy(self):
        """In another policy an item begins anew; back in the first one it goes on."""
        self.remind(self.move, self.special.step_ids, days_ago(1))
        self.assertEqual(self.move.credit_block_reason, "finished")
        self.move.credit_policy_id = self.chosen
        self.assertPolicy(self.move, self.chosen)
        self.assertFalse(self.move.credit_step_id)
        self.move.credit_policy_id = False
        self.assertReason(self.move, "finished")

    # ------------------------------------------------------------------
    # Whom it fits
    # ------------------------------------------------------------------

    def test_domain_must_be_one(self):
        wrong = (
            "[('no_such_field', '=', 1)]",
            "name = 1",
            "[('name', '=')]",
            "[('name', '=', uid)]",
            "__import__('os')",
            "[",
        )
        for domain in wrong:
            with self.subTest(domain), self.assertRaises(ValidationError):
                self.general.partner_domain = domain

    def test_customers_of_a_policy(self):
        action = self.special.action_view_partners()
        partners = self.env["res.partner"].search(action["domain"])
        self.assertIn(self.debtor, partners)
        self.assertNotIn(self.debtor_b, partners)
        self.assertEqual(self.special.partner_count, len(partners))

    def test_a_debtor_belongs_to_the_first_policy_that_fits(self):
        def of(policy):
            domain = policy.action_view_partners()["domain"]
            return self.env["res.partner"].search(domain)

        both = self.debtor | self.debtor_b
        self.special.sequence, self.general.sequence = 1, 2
        self.env.flush_all()
        self.assertEqual(of(self.special) & both, self.debtor)
        self.assertEqual(of(self.general) & both, self.debtor_b)
        self.debtor.with_company(self.company).credit_policy_id = self.general
        self.assertEqual(of(self.general) & both, both)
        self.assertFalse(of(self.special) & both)
        self.special.sequence = 3
        self.debtor.with_company(self.company).credit_policy_id = False
        self.env.flush_all()
        self.assertEqual(of(self.general) & both, both)
        self.assertFalse(of(self.special) & both)

    # ------------------------------------------------------------------
    # What it may say
    # ------------------------------------------------------------------

    def test_only_due_steps_come_before(self):
        step = self.general.step_ids
        step.delay_days = -3
        for trigger in ("issue", "previous", "payment"):
            with self.subTest(trigger), self.assertRaises(ValidationError):
                step.trigger = trigger

    def test_fallback_is_another_channel(self):
        step = self.general.step_ids
        step.fallback_channel = "letter"
        with self.assertRaises(ValidationError):
            step.fallback_channel = "email"

    def test_nothing_negative(self):
        step = self.general.step_ids
        for record, field in (
            (self.general, "min_amount"),
            (self.general, "min_interval_days"),
            (step, "lapse_days"),
            (step, "deadline_days"),
        ):
            with (
                self.subTest(field),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                record[field] = -1
                record.flush_recordset()

    def test_copy_has_its_own_steps(self):
        copy = self.special.copy()
        self.assertNotEqual(copy.name, self.special.name)
        self.assertEqual(len(copy.step_ids), 1)
        self.assertFalse(copy.step_ids & self.special.step_ids)

    def test_used_steps_stay(self):
        self.remind(self.move, self.special.step_ids)
        with self.assertRaises(ValidationError):
            self.special.step_ids.unlink()
        with self.assertRaises(ValidationError):
            self.special.step_ids = [Command.clear()]
        with self.assertRaises(ValidationError):
            self.special.unlink()
        self.general.unlink()
        self.assertFalse(self.general.exists())

    def test_thanks_are_no_part_of_the_order(self):
        policy = self.make_policy({"trigger": "payment"}, REMINDER_1)
        thanks, reminder = policy.step_ids
        self.assertEqual(policy._sequence_steps(), reminder)
        self.assertEqual(
            [step.rank for step in policy._sequence_steps()._to_decision_steps()], [1]
        )
        self.assertEqual(thanks.trigger, "payment")

    # ------------------------------------------------------------------
    # The ones that come along
    # ------------------------------------------------------------------

    def test_ready_policies_work(self):
        """Each takes an invoice from its first step to its end, by steps that go up."""
        policies = self.env["credit.policy"].with_context(active_test=False)
        data = self.env["ir.model.data"].search(
            [("module", "=", "credit_management"), ("model", "=", "credit.policy")]
        )
        policies = policies.browse(data.mapped("res_id")).exists()
        self.assertTrue(policies)
        for policy in policies:
            with self.subTest(policy.name):
                policy.min_interval_days = 0
                policy.min_amount = 0
                debtor = self.make_debtor(f"Debtor {policy.id}")
                move = self.make_invoice(debtor, 0, credit_policy_id=policy.id)
                self._walk(move, policy)

    def _walk(self, move, policy):
        """Remind on every day that is announced, until nothing is left."""
        taken = self.env["credit.policy.step"]
        day = TODAY - timedelta(days=30)
        for _day in range(100):
            with freeze_time(f"{day} 12:00:00"):
                move.invalidate_recordset()
                step, following = move.credit_next_step_id, move.credit_next_date
                if not step:
                    break
                self.assertGreaterEqual(following, day)
                if following == day:
                    self.assertTrue(move.credit_is_due)
                    self.remind(move, step, day)
                    taken |= step
            day = following
        self.assertReason(move, "finished")
        self.assertEqual(taken, taken.sorted(lambda s: (s.sequence, s.id)))
        steps = policy._sequence_steps()
        self.assertLessEqual(steps.filtered("legally_required"), taken)
        self.assertEqual(taken[-1:], steps[-1:])

    def test_lists_add_no_days_and_rates(self):
        """Under a group of a list, their sum would say nothing."""
        views = self.env["ir.ui.view"].search(
            [
                ("model", "=like", "credit.%"),
                ("type", "=", "list"),
                ("mode", "=", "primary"),
            ]
        )
        self.assertTrue(views)
        meant = re.compile(r"(^|_)(days|months|percent|rate|margin|hour|row)(_|$)")
        for view in views:
            model = self.env[view.model]
            arch = etree.fromstring(model.get_view(view.id, "list")["arch"])
            for node in arch.iterfind("field"):
                field = model._fields[node.get("name")]
                added = field.store and field.aggregator == "sum"
                if field.type in ("integer", "float") and meant.search(field.name):
                    self.assertFalse(added, field)

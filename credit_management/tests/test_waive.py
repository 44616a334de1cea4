"""Waiving charges by the wizard: how much, by whom, and why."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .charges_common import ChargesCommon
from .common import days_ago


@tagged("post_install", "-at_install")
class TestWaive(ChargesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.credit_waive_limit = 50
        cls.move = cls.make_invoice(overdue=25, amount=1000)
        cls.interest = cls.make_charge("interest", 6.85)
        cls.indemnity = cls.make_charge("indemnity", 40)
        cls.fee = cls.make_charge("fee", 10)
        cls.all = cls.interest | cls.indemnity | cls.fee
        cls.collector = cls.make_user("collector", "credit_management.group_collector")
        cls.manager = cls.make_user("manager", "credit_management.group_manager")
        cls.viewer = cls.make_user("viewer", "credit_management.group_viewer")

    @classmethod
    def make_user(cls, login, group):
        companies = cls.company | cls.other_company
        return new_test_user(
            cls.env,
            login,
            group,
            company_id=cls.company.id,
            company_ids=[Command.set(companies.ids)],
        )

    def wizard(self, charges, user=None, **values):
        model = self.env["credit.charge.waive"].with_user(user or self.collector)
        return model.with_context(
            active_model="credit.charge",
            active_ids=charges.ids,
            allowed_company_ids=charges.company_id.ids,
        ).create({"reason": "Goodwill", **values})

    # ------------------------------------------------------------------
    # How much
    # ------------------------------------------------------------------

    def test_all(self):
        wizard = self.wizard(self.indemnity)
        self.assertEqual((wizard.charge_count, wizard.amount_open), (1, 40))
        wizard.action_waive()
        self.assertEqual(self.indemnity.state, "waived")
        self.assertEqual(self.indemnity.waive_reason, "Goodwill")
        self.assertEqual(self.interest.amount_waived, 0)

    def test_share(self):
        self.wizard(self.interest | self.fee, mode="share", share=50).action_waive()
        self.assertEqual(self.interest.amount_waived, 3.43)
        self.assertEqual(self.interest.amount_open, 3.42)
        self.assertEqual(self.fee.amount_open, 5)
        for share in (0, -5, 100.5):
            wizard = self.wizard(self.indemnity, mode="share", share=share)
            with self.subTest(share=share), self.assertRaises(UserError):
                wizard.action_waive()

    def test_amount_is_spread_to_the_cent(self):
        self.wizard(self.all, mode="amount", amount=33.33).action_waive()
        self.assertAlmostEqual(sum(self.all.mapped("amount_waived")), 33.33)
        # 33.33 × 6.85 / 56.85, 29.31(6) × 40 / 50, and the rest.
        self.assertEqual(
            self.all.mapped("amount_waived"),
            [4.02, 23.45, 5.86],
        )
        self.assertEqual(set(self.all.mapped("state")), {"claimed"})

    def test_amount_that_does_not_fit(self):
        for amount in (0, -1, 56.86):
            wizard = self.wizard(self.all, self.manager, mode="amount", amount=amount)
            with self.subTest(amount=amount), self.assertRaises(UserError):
                wizard.action_waive()
        self.assertFalse(any(self.all.mapped("amount_waived")))

    def test_what_is_settled(self):
        self.indemnity._waive(40, "Before")
        with self.assertRaisesRegex(UserError, "no longer open"):
            self.wizard(self.all).action_waive()

    def test_reason_is_required(self):
        form = Form(
            self.env["credit.charge.waive"].with_context(
                active_model="credit.charge", active_ids=self.indemnity.ids
            )
        )
        with self.assertRaises(AssertionError):
            form.save()
        with self.assertRaises(UserError):
            self.wizard(self.indemnity, reason="  ").action_waive()

    # ------------------------------------------------------------------
    # By whom
    # ------------------------------------------------------------------

    def test_collectors_up_to_the_limit(self):
        with self.assertRaisesRegex(AccessError, "Ask a manager"):
            self.wizard(self.all).action_waive()
        self.assertFalse(any(self.all.mapped("amount_waived")))
        self.wizard(self.all, mode="amount", amount=50).action_waive()
        self.assertAlmostEqual(sum(self.all.mapped("amount_waived")), 50)

    def test_limit_is_not_passed_in_small_steps(self):
        self.wizard(self.indemnity).action_waive()
        self.wizard(self.fee).action_waive()
        with self.assertRaises(AccessError):
            self.wizard(self.interest, mode="amount", amount=0.01).action_waive()
        # Another debtor, and what is long ago, count for themselves.
        other = self.make_invoice(self.make_debtor("Petit SARL"), overdue=25)
        self.wizard(self.make_charge("indemnity", 40, other)).action_waive()
        (self.indemnity | self.fee).date = days_ago(365)
        self.wizard(self.interest).action_waive()
        self.assertEqual(self.interest.state, "waived")

    def test_managers_beyond(self):
        self.assertFalse(self.wizard(self.all, self.manager).limit_text)
        self.assertIn("50", self.wizard(self.all).limit_text)
        self.wizard(self.all, self.manager).action_waive()
        self.assertEqual(set(self.all.mapped("state")), {"waived"})

    def test_viewers_do_not(self):
        with self.assertRaises(AccessError):
            self.wizard(self.indemnity, self.viewer)

    def test_zero_limit(self):
        self.company.credit_waive_limit = 0
        with self.assertRaises(AccessError):
            self.wizard(self.fee, mode="amount", amount=0.01).action_waive()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.company.credit_waive_limit = -1
            self.company.flush_recordset()

    # ------------------------------------------------------------------
    # Companies and currencies
    # ------------------------------------------------------------------

    def test_limit_in_the_currency_of_the_company(self):
        """A euro is two dollars: 100 dollars are 50 euros."""
        move = self.make_invoice(overdue=25, currency=self.dollar)
        charge = self.make_charge("indemnity", 100, move)
        other = self.make_charge("fee", 0.1, move)
        with self.assertRaises(AccessError):
            self.wizard(charge | other).action_waive()
        self.wizard(charge).action_waive()
        self.assertEqual(charge.state, "waived")

    def test_several_currencies_have_no_amount(self):
        move = self.make_invoice(overdue=25, currency=self.dollar)
        both = self.fee | self.make_charge("fee", 10, move)
        wizard = self.wizard(both, mode="amount", amount=5)
        self.assertFalse(wizard.currency_id)
        with self.assertRaisesRegex(UserError, "several currencies"):
            wizard.action_waive()
        self.wizard(both, mode="share", share=10).action_waive()
        self.assertEqual(both.mapped("amount_waived"), [1, 1])

    def test_each_company_has_its_limit(self):
        self.other_company.credit_waive_limit = 5
        move = self.make_invoice(company=self.other_company, overdue=25)
        theirs = self.make_charge("fee", 10, move)
        with self.assertRaisesRegex(AccessError, "Other company"):
            self.wizard(self.fee | theirs).action_waive()
        self.assertEqual(self.fee.amount_waived, 0)
        self.wizard(theirs, mode="share", share=50).action_waive()
        self.assertEqual(theirs.amount_waived, 5)

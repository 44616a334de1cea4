"""What the screens say of charges: hints, reasons, counts, filters."""

from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from ..engine import charges
from .charges_common import CHARGED_2, EMAIL_1, ChargesCommon
from .common import TODAY, DeliveryCommon, days_ago

GROUPS = ("viewer", "collector", "manager")


@tagged("post_install", "-at_install")
class TestChargeScreens(ChargesCommon, DeliveryCommon):
    # ------------------------------------------------------------------
    # Policies
    # ------------------------------------------------------------------

    def test_step_says_what_the_law_forbids(self):
        policy = self.make_policy(
            EMAIL_1, debtor_kind="business", company_id=self.company.id
        )
        step = policy.step_ids
        self.assertEqual(step.charge_forbidden, "clause,cost,fee")
        self.assertIn(
            "reminder fee (art. 3)",
            step.charge_hint,
        )
        self.assertRegex(step.charge_hint, "^“Business in France”: not allowed")
        self.assertNotIn("late interest", step.charge_hint)

    def test_step_says_what_is_held_back(self):
        policy = self.make_policy(
            EMAIL_1, debtor_kind="consumer", company_id=self.company.id
        )
        step = policy.step_ids
        self.assertEqual(step.charge_forbidden, "indemnity,cost")
        self.assertIn(
            "only after a free first reminder and its waiting period (art. 4): "
            "late interest, penalty clause, reminder fee",
            step.charge_hint,
        )

    def test_step_of_a_policy_for_everybody(self):
        step = self.make_policy(EMAIL_1).step_ids
        self.assertFalse(step.charge_forbidden)
        self.assertIn("for whom it is written", step.charge_hint)

    def test_forbidden_charge_cannot_be_ticked(self):
        policy = self.make_policy(
            EMAIL_1, debtor_kind="business", company_id=self.company.id
        )
        with Form(policy.step_ids) as step:
            step.charge_interest = True
            with self.assertRaises(AssertionError):
                step.charge_fee = True

    # ------------------------------------------------------------------
    # Reminders
    # ------------------------------------------------------------------

    def test_reminder_says_what_it_claims(self):
        move = self.make_invoice(overdue=25, amount=1000)
        policy = self.make_policy(EMAIL_1, {**CHARGED_2, "charge_clause": True})
        self.remind(move, policy.step_ids[0], day=days_ago(20))
        reminder = self.queued(move)
        space = "\N{NO-BREAK SPACE}"
        self.assertIn(
            f"Late interest: 6.85{space}€, at 10{space}% now. Business in France",
            reminder.claimed_html,
        )
        self.assertIn("Recovery indemnity: 40.00", reminder.claimed_html)
        self.assertIn("Penalty clause: the law allows none", reminder.withheld_html)
        self.assertEqual(reminder.charge_count, 0)
        self.deliver(reminder)
        self.assertEqual(reminder.charge_count, 2)
        action = reminder.action_view_charges()
        found = self.env["credit.charge"].search(action["domain"])
        self.assertEqual(found, reminder.charge_ids)
        self.assertEqual(move.credit_charge_count, 2)
        self.assertEqual(self.debtor.credit_charge_count, 2)
        self.assertEqual(self.debtor_b.credit_charge_count, 0)
        found = self.env["credit.charge"].search(
            move.action_view_credit_charges()["domain"]
        )
        self.assertEqual(found, reminder.charge_ids)

    def test_each_reason_has_its_sentence(self):
        texts = self.env["credit.charge"]
        reasons = {
            value
            for name, value in vars(charges).items()
            if name.isupper() and isinstance(value, str) and name.lower() == value
        } - {"interest", "indemnity", "clause", "cost", "fee"}
        self.assertGreater(len(reasons), 6)
        for reason in reasons:
            with self.subTest(reason):
                text = texts._withheld_text("interest", reason, "art. 9")
                self.assertTrue(text.startswith("Late interest: "))
                self.assertTrue(text.endswith(" (art. 9)"))
                self.assertNotIn(f": {reason} (", text)
        text = texts._withheld_text("fee", "waiting", "art. 4", TODAY)
        end = "the waiting period of the law runs until 17 Jun 2026 (art. 4)"
        self.assertEqual(text, f"Reminder fee: {end}")

    def test_missing_rate_goes_by_its_name(self):
        """In the reader's language; debtors are not told of our series."""
        series = self.make_series("TEST_GONE", {})
        series.name = "Rate of the bank"
        reason = ("interest", "rate_missing", "art. 9", None, "TEST_GONE", "2026-S2")
        charges_of = self.env["credit.charge"].with_user
        viewer = new_test_user(self.env, "rates", "credit_management.group_viewer")
        self.assertEqual(
            charges_of(viewer)._withheld_text(*reason),
            "Late interest: there is no rate “Rate of the bank” for 2026-S2 (art. 9)",
        )
        portal = new_test_user(self.env, "owes", "base.group_portal")
        self.assertEqual(
            charges_of(portal)._withheld_text(*reason),
            "Late interest: the rate is not known (art. 9)",
        )

    def test_nothing_said_without_charges(self):
        reminder = self.remind(self.make_invoice(), self.make_policy(EMAIL_1).step_ids)
        self.assertFalse(reminder.claimed_html)
        self.assertFalse(reminder.withheld_html)

    def test_waiting_period_is_told_while_it_runs(self):
        reminder = self.remind(
            self.make_invoice(),
            self.make_policy(EMAIL_1).step_ids,
            wait_until=TODAY,
            wait_article="art. 4",
        )
        self.assertIn("until 06/17/2026 (art. 4)", reminder.waiting_text)
        reminder.wait_until = days_ago(1)
        self.assertFalse(reminder.waiting_text)

    # ------------------------------------------------------------------
    # Rates
    # ------------------------------------------------------------------

    def test_missing_rates_are_found(self):
        old = self.make_series("TEST_OLD", {"2025-07-01": 9}, frequency="half_year")
        new = self.make_series("TEST_NEW", {"2026-01-01": 9}, frequency="half_year")
        self.env["credit.rate"].create(
            {"series": "TEST_NEW", "valid_from": "2026-07-01", "rate": 9}
        )
        self.assertTrue(old.is_missing)
        self.assertFalse(new.is_missing)
        series = self.env["credit.rate.series"]
        missing = series.search([("is_missing", "=", True)])
        self.assertIn(old, missing)
        self.assertNotIn(new, missing)
        self.assertIn(new, series.search([("is_missing", "=", False)]))
        self.assertFalse(old.rate_today)
        self.assertEqual(new.rate_today, "9\N{NO-BREAK SPACE}%")

    # ------------------------------------------------------------------
    # Customers, settings
    # ------------------------------------------------------------------

    def test_customers_whose_kind_is_not_known(self):
        unknown = self.make_debtor("Who knows")
        unproven = self.make_debtor("Says so", credit_kind="business")
        proven = self.make_debtor(
            "Shows it", credit_kind="business", credit_kind_proof="Extract, 2 March"
        )
        partners = self.env["res.partner"]
        view = partners.get_view(view_type="search")["arch"]
        self.assertIn("Kind unknown", view)
        self.assertIn("Declared business without proof", view)
        found = partners.search([("credit_kind_basis", "=", "unknown")])
        self.assertIn(unknown, found)
        self.assertNotIn(unproven, found)
        found = partners.search([("credit_kind_basis", "=", "unproven")])
        self.assertIn(unproven, found)
        self.assertNotIn(proven, found)

    def test_settings(self):
        income = self.company_data["default_account_revenue"]
        settings = Form(self.env["res.config.settings"].with_company(self.company))
        settings.credit_charge_booking = "sent"
        settings.credit_interest_account_id = income
        settings.credit_waive_limit = 75
        settings.credit_claim_kind = "services"
        settings.save().execute()
        self.assertEqual(self.company.credit_charge_booking, "sent")
        self.assertEqual(self.company.credit_interest_account_id, income)
        self.assertEqual(self.company.credit_waive_limit, 75)
        self.assertEqual(self.company.credit_claim_kind, "services")
        self.assertEqual(self.other_company.credit_charge_booking, "shown")

    # ------------------------------------------------------------------
    # Views and menus
    # ------------------------------------------------------------------

    def test_views_open(self):
        # Invoicing's own menus are for those who work on invoices.
        invoicing = {
            "viewer": "account.group_account_invoice",
            "collector": "credit_management.group_collector",
            "manager": "account.group_account_manager",
        }
        users = [
            new_test_user(
                self.env,
                group,
                f"credit_management.group_{group},{invoicing[group]}",
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            for group in GROUPS
        ]
        kinds = {
            "credit.regime": ("list", "form", "search"),
            "credit.rate.series": ("list", "form", "search"),
            "credit.rate": ("list", "graph", "search"),
            "credit.terms": ("list", "form", "search"),
            "credit.charge": ("list", "form", "search", "pivot", "graph"),
            "credit.claim": ("form",),
        }
        for model, views in kinds.items():
            for user in users:
                for kind in views:
                    self.env[model].with_user(user).get_view(view_type=kind)
        menus = {
            "menu_credit_charge": users,
            "menu_credit_charge_report": users,
            "menu_credit_regime_read": users,
            "menu_credit_rate_series_read": users,
            "menu_credit_regime": users[2:],
            "menu_credit_rate_series": users[2:],
            "menu_credit_terms": users[2:],
        }
        for name, allowed in menus.items():
            menu = self.env.ref(f"credit_management.{name}")
            for user in users:
                ids = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
                parents = {int(id_) for id_ in menu.parent_path.split("/") if id_}
                with self.subTest(menu=name, user=user.login):
                    self.assertEqual(parents <= set(ids), user in allowed)

"""Fee and interest of plans in the ledger: claimed once, paid by the instalments."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged

from .charges_common import CHARGED_2, EMAIL_1, ChargesCommon
from .common import TODAY, DeliveryCommon


@tagged("post_install", "-at_install")
class TestPlanCharges(ChargesCommon, DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(
            EMAIL_1, CHARGED_2, plan_interest="legal", plan_fee=10
        )
        cls.business.write({"fee_rule": "capped", "fee_max": 6})
        cls.move = cls.make_invoice(overdue=30, amount=1000)

    def plan(self, move=None, days=(73, 146)):
        items = self.items(move or self.move)
        return self.env["credit.plan"]._request(
            items, len(days), "month", TODAY + timedelta(days=days[0])
        )

    def at(self, days):
        return freeze_time(f"{TODAY + timedelta(days=days)} 12:00:00")

    def follow(self, days):
        """The scheduled action, some days from today."""
        with self.at(days), self.mock_mail_gateway(), self.enter_registry_test_mode():
            self.env.ref("credit_management.ir_cron_plans").method_direct_trigger()
        self.env.invalidate_all()

    def test_fee_within_the_law(self):
        plan = self.plan()
        self.assertEqual(plan.amount_fee, 6)
        fee = plan.charge_ids
        self.assertEqual((fee.kind, fee.amount, fee.state), ("fee", 6, "claimed"))
        self.assertEqual(fee.regime_id, self.business)
        self.assertIn(plan.name, fee.display_name)

    def test_fee_in_the_currency_of_the_items(self):
        move = self.make_invoice(overdue=30, currency=self.dollar)
        plan = self.plan(move)
        # 6 euros are 12 dollars.
        self.assertEqual((plan.amount_fee, plan.currency_id), (12, self.dollar))

    def test_left_out_with_the_reason(self):
        consumer = self.make_invoice(self.debtor_b, overdue=30)
        plan = self.plan(consumer)
        self.assertEqual((plan.amount_fee, plan.amount_interest), (0, 0))
        self.assertFalse(plan.charge_ids)
        for text in ("Reminder fee", "Late interest", "art. 4"):
            self.assertIn(text, plan.withheld_html)
        # Nobody writes one in by hand.
        self.policy.plan_auto = False
        other = self.plan(self.make_invoice(self.debtor_b, overdue=30))
        other.amount_fee = 5
        other.action_schedule()
        self.assertEqual((other.amount_fee, other.amount_total), (0, 100))
        self.assertIn("art. 4", other.withheld_html)

    def test_interest_is_claimed_instalment_by_instalment(self):
        plan = self.plan()
        first, second = plan.line_ids.mapped("date")
        self.assertEqual(plan.accrual_date, first)
        self.assertEqual(sum(plan.line_ids.mapped("amount")), plan.amount_total)
        # About 10 % of 1,006 for 73 days, then of half of it for a month.
        self.assertAlmostEqual(plan.amount_interest, 24.2, delta=0.2)
        self.follow(72)
        self.assertEqual(len(plan.charge_ids), 1)
        with self.at(73):
            self.pay(self.move, plan.line_ids[0].amount)
        self.follow(73)
        claimed = plan.charge_ids.filtered(lambda c: c.kind == "interest")
        self.assertEqual(claimed.date_from, TODAY + timedelta(days=1))
        self.assertEqual((claimed.date_to, claimed.amount), (first, 20))
        self.assertEqual(claimed.invoice_id, self.move)
        self.follow(74)
        self.assertEqual(len(plan.charge_ids), 2)
        self.assertEqual(plan.accrual_date, second)

    def test_paid_to_the_end(self):
        plan = self.plan()
        for line in plan.line_ids:
            day = (line.date - TODAY).days
            self.assertEqual(plan.state, "active")
            with self.at(day):
                left = self.move.amount_residual
                self.pay(self.move, min(line.amount, left), day=line.date)
                if line.amount > left:
                    self.make_payment(amount=line.amount - left, day=line.date)
            self.follow(day)
        self.assertEqual(plan.state, "done")
        interest = plan.charge_ids.filtered(lambda c: c.kind == "interest")
        self.assertAlmostEqual(sum(interest.mapped("amount")), plan.amount_interest)
        # Booked against what was paid too much, as other charges are.
        self.company.credit_charge_booking = "paid"
        for kind in ("interest", "indemnity", "fee"):
            self.company[f"credit_{kind}_account_id"] = self.company_data[
                "default_account_revenue"
            ]
        self.assertTrue(all(plan.charge_ids.mapped("is_covered")))
        plan.charge_ids.action_book()
        document = plan.charge_ids.booking_id
        self.assertIn(document.payment_state, ("paid", "in_payment"))
        self.assertEqual(plan.state, "done")

    def test_paid_off_early(self):
        plan = self.plan()
        with self.at(10):
            self.pay(self.move, day=TODAY + timedelta(days=10))
        self.follow(10)
        # 10 % of 1,000 for ten days, and the fee.
        self.assertEqual(plan.amount_interest, 2.74)
        self.assertAlmostEqual(plan.amount_total, 1008.74)
        self.assertAlmostEqual(sum(plan.line_ids.mapped("amount")), 1008.74)
        interest = plan.charge_ids.filtered(lambda c: c.kind == "interest")
        self.assertEqual(interest.date_to, TODAY + timedelta(days=10))
        self.assertEqual(plan.state, "active")
        plan.charge_ids._reverse()
        self.assertEqual(plan.state, "done")

    def test_waived(self):
        plan = self.plan()
        with self.at(73):
            self.pay(self.move, plan.line_ids[0].amount)
            self.pay(self.move, day=TODAY + timedelta(days=73))
            for charge in plan.charge_ids:
                self.assertEqual(plan.state, "active")
                charge._waive(charge.amount_open, "Paid so early")
        self.assertEqual(plan.state, "done")

    def test_broken_and_reminded(self):
        plan = self.plan()
        self.remind(self.move, self.policy.step_ids[0])
        self.follow(79)
        self.assertEqual(plan.state, "broken")
        # The days until the plan broke are claimed, those after it are not.
        claimed = plan.charge_ids.filtered(lambda c: c.kind == "interest")
        self.assertEqual(max(claimed.mapped("date_to")), TODAY + timedelta(days=79))
        with self.at(81):
            reminder = self.queued(self.move)
            before = sum(claimed.mapped("amount"))
            # 111 days since the due date, at 10 % on 1,000: nothing twice.
            self.assertEqual(reminder.amount_interest, 30.41)
            self.assertEqual(reminder.amount_carried, 6)
            self.deliver(reminder)
        own = reminder.charge_ids.filtered(lambda c: c.kind == "interest")
        self.assertEqual(own.date_from, TODAY + timedelta(days=80))
        self.assertAlmostEqual(own.amount + before, 30.41)

    def test_a_plan_that_runs_is_not_asked_for_by_reminders(self):
        other = self.make_invoice(overdue=30)
        self.plan()
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.line_ids.move_id, other)
        self.assertEqual(reminder.amount_carried, 0)

    def renegotiated(self, plan, user=None, **values):
        """The plan that the dialog makes of another one."""
        action = plan.with_user(user or self.env.user).action_renegotiate()
        self.assertEqual(action["res_model"], "credit.plan.renegotiate")
        wizard = self.env[action["res_model"]].with_user(user or self.env.user)
        wizard = wizard.browse(action["res_id"])
        wizard.write(values)
        return self.env["credit.plan"].browse(wizard.action_confirm()["res_id"])

    def test_new_terms_are_asked_about_the_old_charges(self):
        plan = self.plan()
        with self.at(40):
            action = plan.action_renegotiate()
            wizard = self.env[action["res_model"]].browse(action["res_id"])
            # Fee and 40 of 73 days of interest.
            self.assertAlmostEqual(wizard.amount_left, 6 + 20 * 40 / 73, delta=0.01)
            self.assertEqual((plan.state, len(plan.charge_ids)), ("active", 1))
            with self.assertRaises(UserError):
                wizard.action_confirm()
            wizard.charges = "waive"
            with self.assertRaises(UserError):
                wizard.action_confirm()

    def test_new_terms_take_over_what_is_owed(self):
        plan = self.plan()
        with self.at(40):
            new = self.renegotiated(plan, charges="carry")
            claimed = plan.charge_ids
            interest = claimed.filtered(lambda c: c.kind == "interest")
            self.assertEqual(interest.date_to, TODAY + timedelta(days=40))
            owed = sum(claimed.mapped("amount_open"))
            self.assertFalse(new.amount_fee)
            self.assertAlmostEqual(new.amount_carried, owed)
            self.assertAlmostEqual(
                new.amount_total, 1000 + owed + new.amount_interest, places=2
            )
            self.assertAlmostEqual(sum(new.line_ids.mapped("amount")), new.amount_total)
            self.assertEqual((plan.state, len(plan.line_ids)), ("replaced", 2))
            new.action_accept()
            self.assertEqual(new.state, "active")
            # Now the instalments of the new plan pay them, and no reminder does.
            self.assertEqual(claimed.plan_id, new)
            for charge in claimed:
                charge._waive(charge.amount_open, "Agreed")
            self.assertEqual(new._charges_settled()[new], round(owed * 100))

    def test_charges_that_change_meanwhile(self):
        plan = self.plan()
        with self.at(40):
            new = self.renegotiated(plan, charges="carry")
            fee = plan.charge_ids.filtered(lambda c: c.kind == "fee")
            fee._waive(2, "A part of it")
            with self.assertRaises(UserError):
                new.action_accept()
            new.action_schedule()
            new.action_accept()
            # What was waived before is none of the new plan.
            self.assertEqual(new._charges_settled()[new], 0)

    def test_new_terms_waive_what_is_owed(self):
        plan = self.plan()
        collector = self.make_user("collector")
        with self.at(40):
            self.company.credit_waive_limit = 10
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.renegotiated(plan, collector, charges="waive", reason="Agreed")
            self.company.credit_waive_limit = 50
            new = self.renegotiated(plan, collector, charges="waive", reason="Agreed")
        self.assertEqual(set(plan.charge_ids.mapped("state")), {"waived"})
        self.assertEqual(set(plan.charge_ids.mapped("waive_reason")), {"Agreed"})
        self.assertFalse(new.amount_carried or new.carried_charge_ids)

    # ------------------------------------------------------------------
    # Policies
    # ------------------------------------------------------------------

    def refused(self, message, **values):
        values = {"company_id": self.company.id, "plan_fee": 1, **values}
        with self.assertRaisesRegex(ValidationError, message):
            self.make_policy(EMAIL_1, **values)

    def test_policy_against_the_law(self):
        self.consumer.write({"fee_rule": "none", "interest_start": "none"})
        self.refused(r"no fee is allowed.*Consumer in France", debtor_kind="consumer")
        self.refused(
            "knows no interest",
            debtor_kind="consumer",
            plan_fee=0,
            plan_interest="legal",
        )
        self.refused(r"at most.*6\.00.*art\. 3", debtor_kind="business", plan_fee=6.5)
        policy = self.make_policy(
            EMAIL_1, company_id=self.company.id, debtor_kind="business", plan_fee=6
        )
        with self.assertRaises(ValidationError):
            policy.debtor_kind = "consumer"
        self.business.fee_rule = "none"
        self.refused(r"no fee.*art\. 3", debtor_kind="business")

    def test_policy_of_no_company(self):
        self.make_policy(EMAIL_1, debtor_kind="consumer", plan_fee=99)

"""Payment plans in the ledger: limits, instalments in order, tolerance, new terms."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MailCommon

from .answers_common import AnswersCommon
from .common import TODAY


@tagged("post_install", "-at_install")
class TestPlan(AnswersCommon, MailCommon):
    def _follow(self, offset):
        """The scheduled action, some days from today."""
        day = TODAY + timedelta(days=offset)
        with freeze_time(f"{day} 12:00:00"), self.mock_mail_gateway():
            with self.enter_registry_test_mode():
                self.env.ref("credit_management.ir_cron_plans").method_direct_trigger()
        self.env.invalidate_all()

    def test_inside_the_limits(self):
        for move in (self.move, self.foreign, self.abroad):
            with self.subTest(move.currency_id.name):
                plan = self.plan(move, number=3)
                self.assertEqual(plan.state, "active")
                self.assertEqual(plan.line_ids.mapped("amount"), [33.33, 33.33, 33.34])
                self.assertEqual(plan.amount_total, 100)
                self.assertReason(move, "plan")
                self.assertIn(plan.name, self.notes(move))

    def test_outside_the_limits(self):
        self.policy.plan_max_number = 2
        plan = self.plan(number=3)
        self.assertEqual(plan.state, "requested")
        self.assertReason(self.move, "plan")
        plan.action_accept()
        self.assertEqual(plan.state, "active")
        other = self.plan(self.second, number=3)
        other.action_refuse()
        self.assertReason(self.second, False)
        self.assertIn("refused", self.notes(self.second))

    def test_a_policy_that_asks_a_person(self):
        self.policy.plan_auto = False
        self.assertEqual(self.plan().state, "requested")

    def test_what_is_refused_at_once(self):
        self.plan()
        count = self.env["credit.plan"].search_count([])
        for moves, number, days in (
            (self.move, 2, 7),  # there is one
            (self.second, 0, 7),
            (self.second, -3, 7),
            (self.second, 10**9, 7),
            (self.second, 2, -1),
        ):
            with self.subTest(number=number, days=days):
                with self.assertRaises(UserError):
                    self.plan(moves, number=number, days=days)
        self.assertEqual(self.env["credit.plan"].search_count([]), count)

    def test_offer_writes_nothing(self):
        self.policy.write({"plan_max_number": 2, "plan_min_amount": 50})
        offer = self.env["credit.plan"]._offer(
            self.items(self.foreign), 3, "month", TODAY
        )
        self.assertFalse(offer["within"])
        self.assertEqual(len(offer["refusals"]), 2)
        # 50 euros are 100 dollars.
        self.assertIn("100.00", " ".join(offer["refusals"]))
        self.assertFalse(self.env["credit.plan"].search([]))

    def test_payments_settle_in_order(self):
        plan = self.plan(self.move | self.second, number=3)
        self.pay(self.second, 150)
        self.assertEqual(plan.line_ids.mapped("amount_paid"), [100, 50, 0])
        self.assertEqual(plan.line_ids.mapped("state"), ["paid", "open", "open"])
        self.assertEqual((plan.amount_next, plan.amount_paid), (50, 150))
        self.pay(self.move)
        self.pay(self.second)
        self.assertEqual(plan.state, "done")
        self.items(self.second).remove_move_reconcile()
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.line_ids.mapped("amount_paid"), [100, 0, 0])

    def test_breaks_after_the_tolerance(self):
        plan = self.plan()
        self._follow(12)
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.line_ids.mapped("state"), ["late", "open"])
        self._follow(13)
        self.assertEqual(plan.state, "broken")
        self.assertIn("plan is broken", self.notes(self.move))
        with freeze_time(f"{TODAY + timedelta(days=13)} 12:00:00"):
            self.assertReason(self.move, False)
        # The next one is for a person to decide.
        again = self.plan(days=30)
        self.assertEqual(again.state, "requested")

    def test_told_once_before_each_instalment(self):
        plan = self.plan()
        self._follow(3)
        self.assertFalse(self._new_mails)
        self._follow(4)
        self.assertEqual(len(self._new_mails), 1)
        self.assertEqual(self._new_mails.recipient_ids, self.debtor)
        self.assertIn("50.00", self._new_mails.body_html)
        self._follow(4)
        self._follow(6)
        self.assertFalse(self._new_mails)
        self.assertTrue(plan.line_ids[0].told)
        self.assertFalse(plan.line_ids[1].told)
        self.assertTrue(plan.message_ids.filtered(lambda m: "50.00" in m.body))

    def test_who_has_paid_is_not_told(self):
        self.plan()
        self.pay(self.move, 50)
        self._follow(5)
        self.assertFalse(self._new_mails)

    def test_told_in_the_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        self.plan()
        self._follow(5)
        self.assertIn("50,00", self._new_mails.body_html)

    def test_new_terms_keep_the_old_plan(self):
        plan = self.plan(self.move | self.second, number=3)
        self.pay(self.second, 100)
        action = plan.action_renegotiate()
        new = self.env["credit.plan"].browse(action["res_id"])
        self.assertEqual(plan.state, "replaced")
        self.assertEqual(len(plan.line_ids), 3)
        self.assertEqual(new.replaces_id, plan)
        self.assertEqual((new.amount_total, len(new.line_ids)), (200, 2))
        new.number = 4
        new.action_schedule()
        self.assertEqual(new.line_ids.mapped("amount"), [50] * 4)
        new.action_accept()
        self.assertReason(self.move, "plan")

    def test_takes_over_from_a_promise(self):
        promise = self.promise()
        self.plan()
        self.assertEqual(promise.state, "cancelled")

    def test_rights(self):
        plan = self.plan(number=12)
        abroad = self.make_user("abroad", companies=self.other_company)
        viewer = self.make_user("viewer", "group_viewer")
        collector = self.make_user("collector")
        for user in (abroad, viewer):
            with self.assertRaises(AccessError):
                plan.with_user(user).action_accept()
        with self.assertRaises(AccessError):
            plan.line_ids.with_user(abroad).read(["amount"])
        plan.with_user(collector).action_accept()
        self.assertEqual(plan.state, "active")

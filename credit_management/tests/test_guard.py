"""The safety net: what is unusual waits for a person."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .common import NOTICE, NOW, REMINDER_1, TODAY, DeliveryCommon, days_ago


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestGuard(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(REMINDER_1, NOTICE)
        cls.company.credit_guard_percent = 100
        cls.manager = cls.make_user("manager", "group_manager")
        cls.collector = cls.make_user("collector")

    def history(self, debtors, amount, company=None):
        """Three runs of the past of the same size."""
        company = company or self.company
        self.env["credit.run"].create(
            [
                {
                    "company_id": company.id,
                    "date": days_ago(day),
                    "state": "done",
                    "debtor_count": debtors,
                    "amount_proposed": amount,
                }
                for day in (1, 2, 3)
            ]
        )

    def invoices(self, count, **values):
        for number in range(count):
            self.make_invoice(self.make_debtor(f"Debtor {number}"), **values)

    def accept(self, run, user=None, reason="End of the month"):
        wizard = self.env["credit.run.accept"].with_user(user or self.manager)
        wizard.create({"run_id": run.id, "reason": reason}).action_accept()

    # ------------------------------------------------------------------
    # Size
    # ------------------------------------------------------------------

    def test_usual_run_leaves(self):
        self.history(6, 600)
        self.invoices(11, amount=50)
        run = self.propose(automatic=True)
        self.assertFalse(run.unusual)
        self.assertEqual((run.debtor_count, run.amount_proposed), (11, 550))
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"queued"})

    def test_too_many_debtors(self):
        self.history(5, 100000)
        self.invoices(11)
        run = self.propose(automatic=True)
        self.assertTrue(run.unusual)
        self.assertEqual(run.state, "proposed")
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"to_approve"})
        self.assertIn("reminded: 11;", run.unusual_text)
        self.assertIn("is 5", run.unusual_text)
        self.assertIn("reminded: 11;", run.message_ids[0].body)
        self.assertIn(self.manager, run.activity_ids.user_id)
        self.assertNotIn(self.collector, run.activity_ids.user_id)

    def test_amount_in_the_currency_of_the_company(self):
        """Eleven times 100 dollars are 550 euros."""
        self.history(100, 300)
        self.invoices(11, currency=self.dollar, amount=100)
        run = self.propose(automatic=True)
        self.assertFalse(run.unusual)
        self.assertEqual(run.amount_proposed, 550)
        run.action_cancel()
        self.env["credit.run"].search(
            [("amount_proposed", "=", 300)]
        ).state = "cancelled"
        self.history(100, 200)
        run = self.propose(automatic=True)
        self.assertTrue(run.unusual)
        self.assertIn("550.00", run.unusual_text)
        self.assertIn("200.00", run.unusual_text)

    def test_history_of_another_company(self):
        self.history(1, 1, self.other_company)
        self.invoices(11)
        self.assertFalse(self.propose(automatic=True).unusual)

    def test_cancelled_and_unusual_runs_are_no_measure(self):
        self.history(1, 1)
        runs = self.env["credit.run"].search([("debtor_count", "=", 1)])
        runs[0].state = "cancelled"
        self.invoices(11)
        self.assertFalse(self.propose(automatic=True).unusual)

    # ------------------------------------------------------------------
    # Bank
    # ------------------------------------------------------------------

    def test_ledger_without_the_bank(self):
        self.company.credit_guard_ledger_days = 7
        self.make_payment(self.debtor_b, day=days_ago(8))
        self.make_invoice()
        run = self.propose(automatic=True)
        self.assertTrue(run.unusual)
        self.assertIn("8 days ago", run.unusual_text)

    def test_ledger_with_the_bank(self):
        self.company.credit_guard_ledger_days = 7
        self.make_payment(self.debtor_b, day=days_ago(8))
        self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.company_data["default_journal_bank"].id,
                "date": days_ago(7),
                "payment_ref": "Something",
                "amount": 1,
            }
        )
        self.make_invoice()
        self.assertFalse(self.propose(automatic=True).unusual)

    def test_payment_to_come_is_none(self):
        self.company.credit_guard_ledger_days = 7
        self.make_payment(self.debtor_b, day=days_ago(30))
        self.make_payment(self.debtor_b, day=days_ago(-3))
        self.make_invoice()
        self.assertTrue(self.propose(automatic=True).unusual)

    def test_never_any_payment(self):
        self.company.credit_guard_ledger_days = 7
        self.make_payment(company=self.other_company, day=days_ago(90))
        self.make_invoice()
        self.assertFalse(self.propose(automatic=True).unusual)

    # ------------------------------------------------------------------
    # It is right, go on
    # ------------------------------------------------------------------

    def _unusual(self, **values):
        self.company.credit_guard_ledger_days = 7
        self.make_payment(self.debtor_b, day=days_ago(8))
        self.make_invoice()
        noticed = self.make_invoice(self.make_debtor("Noticed"), overdue=60)
        self.remind(noticed, self.policy.step_ids[0], days_ago(30))
        return self.propose(automatic=True, **values)

    def test_go_on(self):
        run = self._unusual()
        self.accept(run)
        self.assertFalse(run.unusual)
        self.assertEqual(run.accepted_user_id, self.manager)
        self.assertEqual(str(run.accepted_date), NOW)
        self.assertEqual(run.accepted_reason, "End of the month")
        self.assertIn("End of the month", run.message_ids[0].body)
        self.assertFalse(run.activity_ids)
        # The automatic step goes, the one to approve waits as ever.
        states = {r.step_id.name: r.state for r in run.reminder_ids}
        self.assertEqual(
            states, {"First reminder": "queued", "Formal notice": "to_approve"}
        )
        self.assertEqual(run.state, "proposed")

    def test_go_on_and_leave(self):
        run = self._unusual()
        self.accept(run)
        with self.smtp():
            for _done in self.env["credit.reminder"]._work():
                pass
        self.env.invalidate_all()
        self.assertEqual(run.sent_count, 1)

    def test_run_by_hand_waits_as_well(self):
        self.company.credit_guard_ledger_days = 7
        self.make_payment(self.debtor_b, day=days_ago(8))
        self.make_invoice()
        run = self.propose()
        with self.assertRaisesRegex(UserError, "8 days ago"):
            run.action_confirm()
        self.accept(run)
        self.assertEqual(run.reminder_ids.state, "to_approve")
        run.action_confirm()
        self.assertEqual(run.reminder_ids.state, "queued")

    def test_managers_only(self):
        run = self._unusual()
        with self.assertRaises(AccessError):
            self.accept(run, self.collector)
        with self.assertRaises(AccessError):
            run.with_user(self.collector)._accept("Because")
        self.assertTrue(run.unusual)

    def test_scheduled_action_waits(self):
        self.company.credit_auto_run = True
        self.company.credit_guard_ledger_days = 7
        self.make_payment(self.debtor_b, day=days_ago(8))
        self.make_invoice()
        with self.enter_registry_test_mode():
            self.env.ref("credit_management.ir_cron_propose").method_direct_trigger()
        run = self.env["credit.run"].search(
            [("automatic", "=", True), ("date", "=", TODAY)]
        )
        self.assertTrue(run.unusual)
        self.assertEqual(run.reminder_ids.state, "to_approve")

    # ------------------------------------------------------------------
    # Failures
    # ------------------------------------------------------------------

    def _failing(self, bad, good):
        self.company.write({"credit_guard_failures": 50, "credit_guard_last": 4})
        for number in range(good):
            self.make_invoice(self.make_debtor(f"Good {number}"))
        for number in range(bad):
            self.make_invoice(self.make_debtor(f"Bad {number}", email=False))
        run = self.propose()
        run.action_confirm()
        return run

    def _work(self, run, size=4):
        """A worker that takes so many at a time."""
        self.env.flush_all()
        with self.smtp():
            while claimed := self.env["credit.reminder"]._claim(limit=size):
                claimed._deliver_claimed()
                self.env["credit.reminder"]._release()
                if run.state == "paused":
                    break
        self.env.invalidate_all()

    def test_failing_run_pauses(self):
        self.policy.step_ids[0].fallback_channel = "letter"
        run = self._failing(bad=9, good=3)
        self._work(run)
        self.assertEqual(run.state, "paused")
        self.assertIn("4 of the last 4", run.pause_reason)
        self.assertTrue(run.activity_ids)
        # Nor do the letters leave that take over.
        self.assertTrue(run.reminder_ids.filtered(lambda r: r.channel == "letter"))
        self._work(run)
        self.assertFalse(
            run.reminder_ids.filtered(
                lambda r: r.channel == "letter" and r.state == "sent"
            )
        )

    def test_half_may_fail(self):
        run = self._failing(bad=2, good=2)
        self._work(run)
        self.assertEqual((run.state, run.failed_count), ("sending", 2))

    def test_known_failures_do_not_pause_again(self):
        run = self._failing(bad=5, good=0)
        self._work(run)
        self.assertEqual((run.state, run.failed_count), ("paused", 4))
        run.action_resume()
        self._work(run)
        self.assertEqual((run.state, run.failed_count), ("sending", 5))

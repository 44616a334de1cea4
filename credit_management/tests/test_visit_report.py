"""What follows from a visitor's report: reminder, promise, payment, risk, file."""

from datetime import timedelta

from odoo.fields import Domain
from odoo.tests import freeze_time, new_test_user, tagged

from .common import NOW, TODAY
from .visit_common import VisitCommon

SEEN = {"activity": "active", "willingness": "willing", "ability": "able"}


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitReport(VisitCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder = cls.waiting(cls.move)
        cls.visit = cls.plan_visit(cls.reminder)

    def payments(self, company=None):
        return self.env["account.payment"].search(
            Domain("memo", "=like", "RC/%")
            & Domain("company_id", "=", (company or self.company).id)
        )

    def answers(self):
        return self.env["credit.answer"].search([("source", "=", "visit")])

    # ------------------------------------------------------------------
    # The policy goes on
    # ------------------------------------------------------------------

    def test_met_is_a_contact(self):
        self.assertTrue(self.report(self.visit))
        self.assertEqual(self.visit.state, "done")
        self.assertEqual(self.reminder.state, "sent")
        self.assertEqual(self.reminder.delivery_state, "delivered")
        self.move.invalidate_recordset()
        self.assertEqual(self.move.credit_step_id, self.step)
        self.assertEqual(self.move.credit_next_step_id, self.policy.step_ids[1])

    def test_paid_meanwhile_is_no_contact(self):
        self.pay(self.move)
        self.report(self.visit)
        self.assertEqual(self.visit.state, "done")
        self.assertEqual(self.reminder.state, "cancelled")
        self.assertFalse(self.reminder.skipped)

    def test_missed_waits_for_another_visit(self):
        self.report(self.visit, "absent")
        self.assertEqual(self.visit.state, "missed")
        self.assertEqual(self.reminder.state, "to_approve")
        self.assertReason(self.move, "pending")
        action = self.visit.action_replan()
        again = self.env["credit.visit"].with_context(**action["context"])
        again = again.create({"date": self.in_days(1)})
        self.assertEqual(again.reminder_id, self.reminder)
        self.assertEqual(again.replaces_id, self.visit)
        self.assertEqual(again.firm_id, self.firm)
        self.assertEqual((self.visit | again).mapped("attempt"), [1, 2])

    def test_after_the_last_attempt_the_step_is_passed(self):
        self.report(self.visit, "absent")
        again = self.plan_visit(self.reminder, day=self.in_days(1))
        self.report(again, "other")
        self.assertEqual(self.reminder.state, "cancelled")
        self.assertTrue(self.reminder.skipped)
        self.assertIn("not met; visits: 2", self.reminder.failure_reason)
        self.move.invalidate_recordset()
        self.assertEqual(self.move.credit_step_id, self.step)

    def test_after_the_last_attempt_the_fallback_comes(self):
        self.step.write({"visit_attempts": 1, "fallback_channel": "letter"})
        self.report(self.visit, "absent")
        self.assertEqual(self.reminder.state, "failed")
        self.assertEqual(self.reminder.fallback_ids.channel, "letter")

    def test_moved_goes_to_data_repair(self):
        self.report(self.visit, "moved", said="The flat is empty.")
        self.assertEqual(self.visit.state, "missed")
        self.assertTrue(self.reminder.skipped)
        self.assertEqual(self.answers().kind, "wrong_address")
        self.assertEqual(self.answers().partner_id, self.debtor)

    def test_refused_at_the_door(self):
        self.report(self.visit, "refused")
        self.assertEqual(self.visit.state, "refused")
        self.assertEqual(self.debtor.credit_visit_refused_on, TODAY)
        self.assertFalse(self.debtor.credit_visit_refused_by)
        self.assertIn(self.visit.name, self.debtor.credit_visit_refused_note)
        self.assertTrue(self.reminder.skipped)

    def test_refused_towards_an_own_visitor(self):
        visit = self.plan_visit(self.waiting(self.foreign), visitor=self.visitor)
        self.report(visit, "refused")
        self.assertEqual(self.debtor_b.credit_visit_refused_by, self.visitor)

    def test_only_once(self):
        self.assertTrue(self.report(self.visit, paid_amount=10, paid_method="cash"))
        self.assertFalse(self.report(self.visit, "absent"))
        self.assertEqual(self.visit.state, "done")
        self.assertEqual(len(self.payments()), 1)

    # ------------------------------------------------------------------
    # Promises
    # ------------------------------------------------------------------

    def test_promise_beside_the_contact(self):
        """What is promised must not take its items away from the reminder."""
        self.report(self.visit, promised_date=self.in_days(7))
        self.assertEqual(self.reminder.state, "sent")
        promise = self.visit.promise_id
        self.assertEqual(promise.amount, 100)
        self.assertEqual(promise.source, "visit")
        self.assertEqual(promise.item_ids, self.items(self.move))
        self.assertEqual(promise.reminder_id, self.reminder)

    def test_promise_of_a_part_in_another_currency(self):
        visit = self.plan_visit(self.waiting(self.foreign))
        self.report(visit, promised_date=self.in_days(7), promised_amount=60)
        self.assertEqual(visit.promise_id.amount, 60)
        self.assertEqual(visit.promise_id.currency_id, self.dollar)

    def test_promise_that_can_not_be_made_is_not_lost(self):
        for number, (day, amount) in enumerate(((-1, 50), (7, 500))):
            with self.subTest(day):
                reminder = self.waiting(self.foreign)
                visit = self.plan_visit(reminder, day=self.in_days(number))
                self.report(
                    visit, promised_date=self.in_days(day), promised_amount=amount
                )
                self.assertEqual(visit.state, "done")
                self.assertFalse(visit.promise_id)
                answer = self.answers()[:1]
                self.assertEqual(answer.kind, "message")
                self.assertIn("could not be noted", answer.text)

    # ------------------------------------------------------------------
    # Money
    # ------------------------------------------------------------------

    def test_money_waits_as_a_draft(self):
        self.report(self.visit, paid_amount=40, paid_method="cash")
        payment = self.visit.payment_id
        self.assertEqual(payment.state, "draft")
        self.assertEqual(payment.amount, 40)
        self.assertEqual(payment.currency_id, self.euro)
        self.assertEqual(payment.partner_id, self.debtor)
        self.assertEqual(payment.journal_id.type, "cash")
        self.assertEqual(payment.memo, self.visit.receipt_number)
        self.assertIn(self.visit.receipt_number, payment.activity_ids.summary)
        # Nothing is in the books before somebody has counted it.
        self.assertEqual(self.move.amount_residual, 100)
        payment.action_post()
        self.assertEqual(len(self.payments()), 1)

    def test_money_in_the_companys_journal_and_currency(self):
        self.company.credit_visit_journal_id = self.company_data["default_journal_bank"]
        visit = self.plan_visit(self.waiting(self.foreign))
        self.report(visit, paid_amount=80, paid_method="card")
        self.assertEqual(
            visit.payment_id.journal_id, self.company_data["default_journal_bank"]
        )
        self.assertEqual(visit.payment_id.currency_id, self.dollar)
        there = self.plan_visit(self.waiting(self.abroad))
        self.report(there, paid_amount=5, paid_method="cash")
        self.assertEqual(there.payment_id.company_id, self.other_company)
        self.assertEqual(len(self.payments(self.other_company)), 1)

    def test_without_a_journal_somebody_is_asked(self):
        self.env["account.journal"].search(
            Domain("type", "=", "cash") & Domain("company_id", "=", self.company.id)
        ).active = False
        self.report(self.visit, paid_amount=40, paid_method="cash")
        self.assertFalse(self.visit.payment_id)
        self.assertIn(self.visit.receipt_number, self.visit.activity_ids.summary)

    def test_the_collector_is_asked_to_count(self):
        collector = new_test_user(
            self.env,
            "counts",
            groups="base.group_user,credit_management.group_collector",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        self.debtor.credit_user_id = collector
        self.report(self.visit, paid_amount=40, paid_method="cash")
        self.assertEqual(self.visit.payment_id.activity_ids.user_id, collector)

    def test_receipt(self):
        report = self.env["ir.actions.report"]
        self.report(
            self.visit, paid_amount=40, paid_method="cash", met_name="Ms Dupont"
        )
        self.assertTrue(self.visit.action_print_receipt())
        content, _kind = report._render_qweb_html(
            "credit_management.report_visit_receipt", self.visit.ids
        )
        text = content.decode()
        for part in (self.visit.receipt_number, "40.00", "Cash", "Ms Dupont"):
            self.assertIn(part, text)

    # ------------------------------------------------------------------
    # Risk and file
    # ------------------------------------------------------------------

    def test_what_was_seen_stays_with_the_debtor(self):
        self.report(self.visit, **SEEN)
        self.assertEqual(self.visit.score, 100)
        self.assertEqual(self.debtor.credit_solvency_score, 100)
        self.assertEqual(self.debtor.credit_solvency_date, TODAY)
        there = self.debtor.with_company(self.other_company)
        self.assertFalse(there.credit_solvency_date)

    def test_older_reports_come_after_newer_ones(self):
        late = self.plan_visit(self.reminder, day=TODAY - timedelta(days=1))
        self.report(self.visit, **SEEN)
        self.report(late, activity="none", ability="unable")
        self.assertEqual(late.score, 0)
        self.assertEqual(self.debtor.credit_solvency_score, 100)

    def test_one_glance_says_nothing(self):
        self.report(self.visit, "absent", activity="none")
        self.assertFalse(self.visit.has_score)
        self.assertFalse(self.debtor.credit_solvency_date)

    def test_file_and_invoices(self):
        self.report(
            self.visit,
            promised_date=self.in_days(7),
            paid_amount=10,
            paid_method="cash",
        )
        self.debtor.invalidate_recordset()
        timeline = self.debtor.credit_timeline_html
        self.assertIn("Visited", timeline)
        self.assertIn("Met the debtor", timeline)
        notes = " ".join(self.move.message_ids.mapped("body"))
        self.assertIn(self.visit.receipt_number, notes)
        self.assertEqual(
            [e["kind"] for e in self.debtor_b._credit_events(self.company)], []
        )

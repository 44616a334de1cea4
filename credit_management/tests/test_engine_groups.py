"""Why a debtor is not reminded, although an item is due; what is asked for now."""

from pathlib import Path
from runpy import run_path

from odoo.tests import tagged

from .common import NOTICE, REMINDER_1, REMINDER_2, TODAY, CreditCommon, days_ago


@tagged("post_install", "-at_install")
class TestEngineGroups(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1, cls.step_2, cls.step_3 = cls.policy.step_ids
        cls.move = cls.make_invoice()
        cls.foreign = cls.make_invoice(cls.debtor_b, currency=cls.dollar)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Accounting", "type": "invoice", "parent_id": cls.debtor.id}
        )

    # ------------------------------------------------------------------
    # Credits
    # ------------------------------------------------------------------

    def test_covered_by_a_payment(self):
        self.make_payment(amount=100)
        self.assertReason(self.move, "credit")

    def test_covered_by_a_credit_note_of_a_contact(self):
        self.make_credit_note(self.contact, amount=150)
        self.assertReason(self.move, "credit")

    def test_credits_of_others_do_not_count(self):
        self.make_payment(self.debtor_b, amount=100)
        self.make_payment(amount=100, currency=self.dollar)
        self.make_credit_note(
            amount=100, company=self.other_company, currency=self.euro
        )
        self.assertReason(self.move, False)

    def test_partly_covered(self):
        self.make_credit_note(amount=30)
        self.make_payment(amount=20)
        run = self.propose()
        reminder = run.reminder_ids.filtered(lambda r: r.partner_id == self.debtor)
        self.assertEqual(reminder.amount_residual, 100)
        self.assertEqual(reminder.amount_credit, 50)
        self.assertEqual(reminder.amount_total, 50)

    def test_credit_is_used_once(self):
        """Two reminders for one debtor do not both subtract the same payment."""
        self.policy.grouping = "invoice"
        older = self.make_invoice(overdue=15, amount=60)
        self.make_payment(amount=80)
        reminders = self.propose().reminder_ids
        reminders = reminders.filtered(lambda r: r.partner_id == self.debtor)
        # The older one is covered, the rest goes to the younger one.
        self.assertEqual(reminders.line_ids.move_id, self.move)
        self.assertEqual(reminders.amount_credit, 20)
        self.assertEqual(reminders.amount_total, 80)
        older.invalidate_recordset()
        self.assertEqual(older.credit_block_reason, "credit")

    def test_foreign_credit(self):
        self.make_payment(self.debtor_b, amount=40, currency=self.dollar)
        run = self.propose()
        reminder = run.reminder_ids.filtered(lambda r: r.partner_id == self.debtor_b)
        self.assertEqual(reminder.currency_id, self.dollar)
        self.assertEqual(reminder.amount_credit, 40)
        self.assertEqual(reminder.amount_total, 60)

    # ------------------------------------------------------------------
    # Minimum
    # ------------------------------------------------------------------

    def test_minimum_in_company_currency(self):
        """A hundred dollars are fifty euros."""
        self.policy.min_amount = 50.01
        self.assertReason(self.move, False)
        self.assertReason(self.foreign, "minimum")
        self.policy.min_amount = 50
        self.assertReason(self.foreign, False)

    def test_minimum_of_the_whole_debt(self):
        self.policy.min_amount = 150
        self.assertReason(self.move, "minimum")
        self.make_invoice(amount=50)
        self.assertReason(self.move, False)

    def test_minimum_after_credits(self):
        self.policy.min_amount = 60
        self.make_payment(amount=40)
        self.assertReason(self.move, False)
        self.make_payment(amount=1)
        self.assertReason(self.move, "minimum")

    # ------------------------------------------------------------------
    # Days between contacts
    # ------------------------------------------------------------------

    def test_interval(self):
        self.policy.min_interval_days = 7
        other = self.make_invoice(overdue=60)
        reminder = self.remind(other, self.step_3, days_ago(6)).sudo()
        self.assertReason(self.move, "interval")
        reminder.date_done = days_ago(7)
        self.assertReason(self.move, False)

    def test_interval_knows_no_bounce_nor_thanks(self):
        self.policy.min_interval_days = 7
        other = self.make_invoice(overdue=60)
        reminder = self.remind(other, self.step_3, delivery_state="bounced").sudo()
        self.assertReason(self.move, False)
        reminder.write({"delivery_state": "delivered", "is_thanks": True})
        self.assertReason(self.move, False)
        reminder.is_thanks = False
        self.assertReason(self.move, "interval")

    def test_interval_of_one_company(self):
        self.policy.min_interval_days = 7
        other = self.make_invoice(company=self.other_company)
        self.remind(other, self.step_1)
        self.assertReason(self.move, False)

    def test_interval_ignored_by_a_step(self):
        self.policy.min_interval_days = 7
        self.step_1.ignore_interval = True
        self.remind(self.make_invoice(overdue=60), self.step_3)
        self.assertReason(self.move, False)

    def test_another_reminder_in_preparation(self):
        """The debtor's next letter is being prepared: no second one beside it."""
        reminder = self.remind(
            self.make_invoice(overdue=60), self.step_3, state="to_approve"
        )
        self.assertReason(self.move, "pending")
        # A call that somebody may make some day holds nothing up.
        reminder.channel = "phone"
        self.assertReason(self.move, False)

    def test_formal_notice_leaves_out_what_is_not_overdue(self):
        policy = self.make_policy(
            dict(REMINDER_1, delay_days=-5), REMINDER_2, NOTICE, sequence=1
        )
        early = self.make_invoice(overdue=-2)
        self.assertTrue(early.credit_is_due)
        late = self.make_invoice(overdue=45)
        self.remind(late, policy.step_ids[1], days_ago(20))
        early.invalidate_recordset()
        self.assertTrue(late.credit_is_due)
        self.assertFalse(early.credit_is_due)
        found = self.env["account.move"].search([("credit_is_due", "=", True)])
        self.assertIn(late, found)
        self.assertNotIn(early, found)

    # ------------------------------------------------------------------
    # What is asked for now
    # ------------------------------------------------------------------

    def _with_what_comes(self):
        """A reminder of 40 overdue that tells of 60 besides; one of what comes."""
        self.make_policy(
            dict(REMINDER_1, delay_days=-5), REMINDER_2, NOTICE, sequence=1
        )
        self.make_invoice(self.debtor_b, overdue=-2, amount=70)
        self.make_invoice(overdue=21, amount=40)
        self.make_invoice(overdue=-2, amount=60)
        self.make_credit_note(amount=5)
        (self.move | self.foreign).button_draft()
        run = self.propose()
        reminder = run.reminder_ids.filtered(lambda r: r.partner_id == self.debtor)
        return run, reminder, run.reminder_ids - reminder

    def test_asked_for_now(self):
        run, reminder, early = self._with_what_comes()
        self.assertEqual((reminder.amount_total, reminder.amount_asked), (95, 35))
        self.assertEqual((early.amount_total, early.amount_asked), (70, 70))
        self.assertEqual(reminder.amount_due_text, "35.00\N{NO-BREAK SPACE}€")
        self.assertEqual(run.amount_claimed, 105)
        self.assertEqual(run.amount_proposed, 105)
        task = self.env["credit.task"].search(
            [("res_model", "=", "credit.reminder"), ("res_id", "=", reminder.id)]
        )
        self.assertEqual(task.amount, 35)
        reminder._recheck()
        self.assertEqual(reminder.amount_asked, 35)
        reminder.line_ids.filtered(lambda line: line.days_overdue > 0).unlink()
        reminder._refresh_amounts()
        self.assertEqual(reminder.amount_asked, 55)

    def test_due_today_is_asked_for(self):
        """With what is overdue; where nothing is, all that is told is asked for."""
        self.make_invoice(overdue=0, amount=30)
        self.make_invoice(self.debtor_b, overdue=0, amount=30)
        _run, *reminders = self._with_what_comes()
        for reminder, asked in zip(reminders, (65, 100), strict=True):
            self.assertEqual(reminder.amount_asked, asked)
            reminder._recheck()
            self.assertEqual(reminder.amount_asked, asked)

    def test_earlier_charges_are_asked_for_now(self):
        self.env["credit.charge"].sudo().create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.euro.id,
                "kind": "fee",
                "date": TODAY,
                "amount": 15,
            }
        )
        _run, reminder, _early = self._with_what_comes()
        self.assertEqual(reminder.amount_carried, 15)
        self.assertEqual((reminder.amount_total, reminder.amount_asked), (110, 50))

    def test_only_what_comes_is_not_covered(self):
        """Nothing is asked for now, so nothing is said."""
        _run, reminder, _early = self._with_what_comes()
        self.make_credit_note(amount=35)
        reminder._recheck()
        self.assertEqual((reminder.state, reminder.amount_asked), ("cancelled", 0))
        overdue = self.env["account.move"].search(
            [("partner_id", "=", self.debtor.id), ("amount_total", "=", 40)]
        )
        self.assertReason(overdue, "credit")
        self.assertFalse(
            self.propose().reminder_ids.filtered(
                lambda reminder: reminder.partner_id == self.debtor
            )
        )

    def test_reminders_of_earlier_versions(self):
        run, reminder, early = self._with_what_comes()
        self.env.flush_all()
        self.env.cr.execute("ALTER TABLE credit_reminder DROP COLUMN amount_asked")
        path = Path(__file__).parents[1] / "migrations/19.0.1.10.0/pre-amount-asked.py"
        for _time in range(2):
            run_path(str(path))["migrate"](self.env.cr, "19.0.1.9.0")
        self.env.invalidate_all()
        self.assertEqual(reminder.amount_asked, 35)
        self.assertEqual(early.amount_asked, 70)
        self.assertEqual(run.reminder_ids, reminder | early)

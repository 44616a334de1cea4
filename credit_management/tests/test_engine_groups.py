"""Why a debtor is not reminded, although an item of theirs is due."""

from odoo.tests import tagged

from .common import NOTICE, REMINDER_1, REMINDER_2, CreditCommon, days_ago


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

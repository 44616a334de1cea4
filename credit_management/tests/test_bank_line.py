"""Money on the bank that nobody has matched yet: whose it is, and what it stops."""

from odoo.tests import tagged

from ..report import payment
from .common import TODAY, days_ago
from .test_task import TaskCommon


class BankCommon(TaskCommon):
    @classmethod
    def receive(cls, amount, label="Transfer", partner=None, company=None, **values):
        """A line of a bank statement, as an import makes it."""
        company = company or cls.company
        data = cls.company_data if company == cls.company else cls.other_company_data
        return (
            cls.env["account.bank.statement.line"]
            .with_company(company)
            .create(
                {
                    "journal_id": data["default_journal_bank"].id,
                    "date": TODAY,
                    "payment_ref": label,
                    "amount": amount,
                    "partner_id": partner and partner.id,
                    **values,
                }
            )
        )


@tagged("post_install", "-at_install")
class TestBankLineDebtor(BankCommon):
    """Whose money it is: ``self.move`` and ``self.second`` are of ``self.debtor``."""

    def test_reference_of_a_reminder(self):
        reminder = self.remind(self.move, self.step_1)
        other = self.remind(self.make_invoice(company=self.other_company), self.step_1)
        for country in ("FR", "BE"):
            told = payment.structured_reference(reminder.id, country)
            line = self.receive(100, f"Payment {told} thank you")
            self.assertEqual(line.partner_id, self.debtor)
            waiting = line.line_ids.filtered(lambda item: item.balance < 0)
            self.assertEqual(waiting.partner_id, self.debtor)
            # A reminder of another company is none of ours.
            foreign = payment.structured_reference(other.id, country)
            self.assertFalse(self.receive(100, foreign).partner_id)

    def test_reference_of_a_debtor(self):
        told = payment.structured_reference(self.debtor.id, "BE", "debtor")
        self.assertEqual(self.receive(100, told.strip("+")).partner_id, self.debtor)
        self.debtor.company_id = self.company
        dollars = self.receive(100, told, company=self.other_company)
        self.assertFalse(dollars.partner_id)

    def test_number_of_an_invoice(self):
        line = self.receive(100, f"pay {self.move.name.lower()}, {self.second.name}")
        self.assertEqual(line.partner_id, self.debtor)
        self.second.payment_reference = "RF18 5390 0754 7034"
        self.assertEqual(
            self.receive(100, "Ref: RF18539007547034 of June").partner_id, self.debtor
        )

    def test_several_debtors(self):
        """Somebody has to look whose it is."""
        other = self.make_invoice(self.debtor_b)
        line = self.receive(100, f"{self.move.name} {other.name}")
        self.assertFalse(line.partner_id)

    def test_nobody(self):
        self.assertFalse(self.receive(100, "Transfer 2026-06-17").partner_id)
        # Money that leaves, and whoever is named already.
        self.assertFalse(self.receive(-100, self.move.name).partner_id)
        named = self.receive(100, self.move.name, partner=self.debtor_b)
        self.assertEqual(named.partner_id, self.debtor_b)
        # What is paid was not paid again by naming it.
        self.pay(self.move)
        self.assertFalse(self.receive(100, self.move.name).partner_id)

    def test_what_waits_after_a_dispute_is_matched(self):
        """It is not reminded yet, and open like all that nobody contests."""
        self.policy.dispute_resume_days = 10
        dispute = self.env["credit.dispute"]._make(self.move, self.dispute_reason)
        dispute.action_reject()
        self.assertReason(self.move, "dispute")
        line = self.receive(100, self.move.name, self.debtor)
        waiting = line.line_ids.filtered(lambda item: item.balance < 0)
        waiting.action_credit_match()
        self.assertEqual(self.move.amount_residual, 0)

    def test_statement_tells_the_journal(self):
        journal = self.company_data["default_journal_bank"]
        statement = self.env["account.bank.statement"].create(
            {
                "name": "June",
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "journal_id": journal.id,
                            "date": TODAY,
                            "payment_ref": "Opening",
                            "amount": 1,
                        },
                    )
                ],
            }
        )
        line = self.env["account.bank.statement.line"].create(
            {
                "statement_id": statement.id,
                "date": TODAY,
                "payment_ref": self.move.name,
                "amount": 100,
            }
        )
        self.assertEqual(line.partner_id, self.debtor)

    def test_queries_are_flat(self):
        """Looking for debtors costs the same for one line and for thirty."""
        moves = [self.make_invoice(self.make_debtor(f"Firm {i}")) for i in range(30)]
        reminders = [self.remind(move, self.step_1) for move in moves[:10]]
        labels = [move.name for move in moves]
        labels[:10] = [payment.structured_reference(r.id, "FR") for r in reminders]
        journal = self.company_data["default_journal_bank"]
        lines = self.env["account.bank.statement.line"]
        for some in (labels[9:11], labels):
            vals_list = [
                {"journal_id": journal.id, "payment_ref": label, "amount": 1}
                for label in some
            ]
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(16):
                lines._credit_name_debtors(vals_list)
            self.assertTrue(all(vals.get("partner_id") for vals in vals_list))


@tagged("post_install", "-at_install")
class TestBankLineCredit(BankCommon):
    """What waits at the bank holds reminders back as any unmatched payment does."""

    def test_covered(self):
        self.assertReason(self.move, False)
        self.receive(self.move.amount_residual, partner=self.debtor)
        self.assertReason(self.move, False)
        self.receive(self.second.amount_residual, partner=self.debtor)
        self.assertReason(self.move, "credit")
        self.assertNotIn(self.debtor, self.propose().reminder_ids.partner_id)

    def test_partly_covered(self):
        self.receive(30, partner=self.debtor)
        reminder = self._propose()
        self.assertEqual(reminder.amount_credit, 30)
        self.assertEqual(reminder.amount_total, 270)

    def test_other_currencies_and_companies(self):
        self.receive(300, partner=self.debtor, company=self.other_company)
        self.receive(
            300,
            partner=self.debtor,
            foreign_currency_id=self.dollar.id,
            amount_currency=600,
        )
        self.assertEqual(self._credit(self.euro), 0)
        self.assertEqual(self._credit(self.dollar), 600)
        self.assertEqual(self._credit(self.dollar, self.other_company), 300)
        self.assertReason(self.move, False)

    def _credit(self, currency, company=None):
        engine = self.env["credit.engine"]
        found = engine._credits(company or self.company, self.debtor.ids)
        return found.get((self.debtor.id, currency.id), 0)

    def _propose(self):
        reminders = self.propose().reminder_ids
        return reminders.filtered(lambda r: r.partner_id == self.debtor)

    def test_registered_by_hand_as_well(self):
        """What was registered waits for just this money: it is not there twice."""
        registered = self.make_payment(amount=100)
        self.assertEqual(self._credit(self.euro), 100)
        self.do(self.tasks("unmatched_payment"))
        self.assertEqual(self._credit(self.euro), 0)
        self.assertFalse(registered.is_matched)
        self.receive(100, partner=self.debtor)
        self.assertEqual(self._credit(self.euro), 0)
        self.assertFalse(self.tasks("unmatched_payment"))
        self.receive(25, partner=self.debtor)
        self.assertEqual(self._credit(self.euro), 25)

    def test_registered_without_journal_entry_as_well(self):
        self.without_journal_entries()
        self.make_payment(amount=40)
        self.assertEqual(self._credit(self.euro), 40)
        self.receive(40, partner=self.debtor)
        self.assertEqual(self._credit(self.euro), 40)

    def test_paid_without_journal_entry_as_well(self):
        """The invoice stays open in the books until the bank line is matched."""
        self.without_journal_entries()
        self.pay(self.move)
        self.receive(100, partner=self.debtor)
        self.assertEqual(self.move.amount_residual, 100)
        self.assertEqual(self._credit(self.euro), 0)

    def test_as_of_a_day(self):
        self.receive(40, partner=self.debtor, date=days_ago(3))
        engine = self.env["credit.engine"]
        for day, credit in ((days_ago(3), 40), (days_ago(4), 0)):
            found = engine._credits(self.company, self.debtor.ids, day)
            self.assertEqual(found.get((self.debtor.id, self.euro.id), 0), credit)

    def test_last_moment(self):
        """What comes in after the approval stops the message."""
        reminder = self._propose()
        reminder.action_approve()
        self.receive(300, partner=self.debtor)
        reminder._recheck()
        self.assertEqual(reminder.state, "cancelled")


@tagged("post_install", "-at_install")
class TestBankLineMatch(BankCommon):
    """Matched from the worklist, with what was named first."""

    def test_match(self):
        reminder = self.remind(self.second, self.step_1)
        told = payment.structured_reference(reminder.id, "FR")
        older = self.make_invoice(overdue=50)
        line = self.receive(150, told)
        self.receive(10, partner=self.make_debtor("Nothing owed"))
        task = self.tasks("unmatched_payment")
        self.assertEqual((task.partner_id, task.amount), (self.debtor, 150))
        self.do(task)
        self.assertFalse(self.tasks("unmatched_payment"))
        self.assertTrue(line.is_reconciled)
        self.assertEqual(self.second.amount_residual, 50)
        self.assertEqual(older.amount_residual, 100)
        self.assertEqual(line.move_id.state, "posted")

    def test_matched_by_a_collector(self):
        """Who may match payments need not be allowed to enter bank statements."""
        collector = self.make_user("collector")
        line = self.receive(100, self.move.name)
        lines = self.env["account.bank.statement.line"].with_user(collector)
        self.assertFalse(lines.has_access("write"))
        waiting = line.line_ids.filtered(lambda item: item.balance < 0)
        waiting.with_user(collector).action_credit_match()
        self.assertEqual(self.move.payment_state, "paid")
        self.assertTrue(line.is_reconciled)

    def test_rest_stays_a_credit(self):
        self.pay(self.second)
        line = self.receive(150, self.move.name)
        self.do(self.tasks("unmatched_payment"))
        self.assertEqual(self.move.payment_state, "paid")
        rest = line.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        )
        self.assertEqual(rest.amount_residual, -50)
        self.assertTrue(line.is_reconciled)

    def test_dollars(self):
        move = self.make_invoice(currency=self.dollar, amount=70)
        self.receive(
            35,
            move.name,
            foreign_currency_id=self.dollar.id,
            amount_currency=70,
        )
        self.do(self.tasks("unmatched_payment"))
        self.assertEqual(move.payment_state, "paid")
        self.assertEqual(self.move.amount_residual, 100)

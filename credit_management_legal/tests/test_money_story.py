"""A case paid partly to us and partly to the agency, in the books to the cent."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from .money_common import MoneyCommon


@tagged("post_install", "-at_install")
class TestMoneyStory(MoneyCommon):
    """Two invoices, interest that was claimed, and a writ that the agency paid.

    1,000 and 500; 24 of interest; 50 for the writ, which costs us 60 with tax. The
    debtor pays 300 to us, then 600 and 674 to the agency: all that is owed.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.make_invoice(overdue=100, amount=1000)
        cls.young = cls.make_invoice(overdue=40, amount=500)
        cls.case = cls.open_case(cls.old | cls.young)
        cls.receivable = cls.items(cls.old).account_id.code

    def tell(self):
        self.interest = self.make_charge("interest", 24, self.old)
        self.cost = self.report_cost(self.case, 50)
        self.cost.basis = "Bill of the bailiff"
        self.cost.action_accept()
        self.cost.action_claim()
        self.pay(self.old, 300, day=days_ago(10))
        self.first = self.report_payment(self.case, 600, days=5, reference="Q-1")
        self.second = self.report_payment(self.case, 674, days=2, reference="Q-2")

    def line_of(self, remittance, kind, payment=None):
        return remittance.line_ids.filtered(
            lambda line: (
                line.kind == kind and (not payment or line.payment_id == payment)
            )
        )

    def amounts(self, line):
        return (line.collected, line.fee, line.tax, line.kept, line.remitted)

    def assertPaid(self):
        moves = self.old | self.young | self.interest.booking_id
        moves |= self.cost.charge_id.booking_id
        self.assertEqual(len(moves), 4)
        for move in moves:
            self.assertEqual(move.amount_residual, 0, move.name)
            self.assertIn(move.payment_state, ("paid", "in_payment"), move.name)
            self.assertTrue(self.items(move).reconciled, move.name)
        self.assertEqual(self.case.state, "paid")

    def payable(self, bill):
        return bill.line_ids.filtered(
            lambda line: line.account_type == "liability_payable"
        )

    def assertPayments(self):
        """What the entries of both payments have, line by line."""
        debtor = self.debtor.name
        self.assertEqual(
            self.rows(self.first.move_id),
            [
                ("CLR100", "Agency", 600),
                (self.receivable, debtor, -24),
                (self.receivable, debtor, -50),
                (self.receivable, debtor, -526),
            ],
        )
        self.assertEqual(
            self.rows(self.second.move_id),
            [
                ("CLR100", "Agency", 674),
                (self.receivable, debtor, -174),
                (self.receivable, debtor, -500),
            ],
        )
        matched = [
            line.matched_debit_ids.debit_move_id.move_id
            for line in (self.first.move_id | self.second.move_id).line_ids.sorted("id")
            if line.credit
        ]
        self.assertEqual(
            matched,
            [
                self.interest.booking_id,
                self.cost.charge_id.booking_id,
                self.old,
                self.old,
                self.young,
            ],
        )
        self.assertEqual(self.first.move_id.date, days_ago(5))
        self.assertEqual(
            self.first.paid, {"interest": 2_400, "costs": 5_000, "principal": 52_600}
        )
        self.assertEqual(self.second.paid, {"principal": 67_400})

    # ------------------------------------------------------------------
    # Gross
    # ------------------------------------------------------------------

    def test_gross(self):
        self.tell()
        made = self.remittance()
        # 10 % of the 300 that we received, of 526 and of 674; the rest was no item.
        self.assertEqual(self.amounts(self.line_of(made, "direct")), (0, 30, 6, 0, 0))
        self.assertEqual(
            self.amounts(self.line_of(made, "payment", self.first)),
            (600, 52.6, 10.52, 0, 600),
        )
        self.assertEqual(
            self.amounts(self.line_of(made, "payment", self.second)),
            (674, 67.4, 13.48, 0, 674),
        )
        self.assertEqual(self.amounts(self.line_of(made, "cost")), (0, 50, 10, 0, 0))
        self.assertEqual(
            (made.amount_collected, made.amount_fee, made.amount_tax),
            (1274, 200, 40),
        )
        self.assertEqual((made.amount_remitted, made.amount_to_pay), (1274, 240))
        made.action_check()
        self.assertFalse(made.move_ids)
        made.action_book()
        self.assertPayments()
        self.assertPaid()
        self.assertEqual((self.first | self.second).mapped("state"), ["remitted"] * 2)
        bill = made.bill_id
        self.assertEqual(
            (bill.move_type, bill.state, bill.partner_id, bill.ref),
            ("in_invoice", "posted", self.agency, "S-1"),
        )
        self.assertEqual(
            [
                (line.account_id.code, line.price_subtotal, line.tax_ids)
                for line in bill.invoice_line_ids.sorted("id")
            ],
            [
                (self.fees.code, 52.6, self.tax20),
                (self.costs.code, 50, self.tax20),
                (self.fees.code, 67.4, self.tax20),
                (self.fees.code, 30, self.tax20),
            ],
        )
        self.assertEqual((bill.amount_tax, bill.amount_residual), (40, 240))
        self.assertEqual(made.move_ids, self.first.move_id | self.second.move_id | bill)
        self.assertEqual(self.cost.bill_id, bill)
        # The agency owes us all that it collected, until it is on the bank statement.
        clearing = made.move_ids.line_ids.filtered(
            lambda line: line.account_id == self.clearing
        )
        self.assertEqual(sum(clearing.mapped("amount_residual")), 1274)
        # None of it is undone behind the back of the remittance.
        with self.assertRaisesRegex(UserError, made.name):
            self.first.move_id.button_draft()

    def test_agency_is_not_dunned_for_what_it_has(self):
        self.tell()
        self.company.credit_clearing_account_id = False
        made = self.book()
        lines = made.move_ids.line_ids.filtered(
            lambda line: (
                line.partner_id == self.agency
                and line.account_type == "asset_receivable"
            )
        )
        self.assertEqual(sum(lines.mapped("amount_residual")), 1274)
        self.assertEqual(lines.mapped("no_followup"), [True, True])

    # ------------------------------------------------------------------
    # Net
    # ------------------------------------------------------------------

    def test_net_with_the_bank(self):
        self.tell()
        self.mandate.remittance = "net"
        made = self.remittance(
            bank_journal_id=self.company_data["default_journal_bank"].id
        )
        # What the payments do not bear themselves is kept from the first of them.
        self.assertEqual(
            self.amounts(self.line_of(made, "direct")), (0, 30, 6, 36, -36)
        )
        self.assertEqual(
            self.amounts(self.line_of(made, "payment", self.second)),
            (674, 67.4, 13.48, 80.88, 593.12),
        )
        self.assertEqual((made.amount_kept, made.amount_remitted), (240, 1034))
        made.action_check()
        made.action_book()
        self.assertPayments()
        self.assertPaid()
        bill, bank = made.bill_id, made.bank_payment_id
        kept = made.move_ids - self.first.move_id - self.second.move_id - bill
        kept -= bank.move_id
        self.assertEqual(
            self.rows(kept),
            [
                ("CLR100", "Agency", -240),
                (self.payable(bill).account_id.code, "Agency", 240),
            ],
        )
        self.assertEqual(bill.amount_residual, 0)
        self.assertTrue(self.payable(bill).reconciled)
        self.assertEqual(
            (bank.amount, bank.payment_type, bank.partner_id),
            (1034, "inbound", self.agency),
        )
        clearing = made.move_ids.line_ids.filtered(
            lambda line: line.account_id == self.clearing
        )
        self.assertEqual(sum(clearing.mapped("balance")), 0)
        self.assertEqual(set(clearing.mapped("reconciled")), {True})

    def test_net_with_a_bill_that_is_posted_later(self):
        self.tell()
        self.company.credit_fee_bill_post = False
        self.mandate.remittance = "net"
        made = self.book()
        self.assertEqual((made.bill_id.state, self.case.state), ("draft", "paid"))
        made.bill_id.action_post()
        self.assertEqual(made.bill_id.amount_residual, 0)

    # ------------------------------------------------------------------
    # Undone
    # ------------------------------------------------------------------

    def test_one_payment_is_taken_back(self):
        self.tell()
        self.mandate.remittance = "net"
        bank = self.company_data["default_journal_bank"]
        first = self.book(bank_journal_id=bank.id)
        self.second.action_undo()
        self.assertEqual((self.second.state, self.case.state), ("undone", "open"))
        self.assertEqual(
            (self.old.amount_residual, self.young.amount_residual), (174, 500)
        )
        self.assertEqual(self.interest.booking_id.amount_residual, 0)
        reversal = self.second.move_id.reversal_move_ids
        self.assertEqual(
            self.rows(reversal),
            [
                ("CLR100", "Agency", -674),
                (self.receivable, self.debtor.name, 174),
                (self.receivable, self.debtor.name, 500),
            ],
        )
        made = self.remittance(reference="S-2", bank_journal_id=bank.id)
        [line] = made.line_ids
        self.assertEqual(
            (line.kind, *self.amounts(line)),
            ("undone", -674, -67.4, -13.48, -80.88, -593.12),
        )
        made.action_check()
        made.action_book()
        bill = made.bill_id
        self.assertEqual(
            (bill.move_type, bill.amount_total, bill.amount_residual),
            ("in_refund", 80.88, 0),
        )
        self.assertEqual(
            (made.bank_payment_id.payment_type, made.bank_payment_id.amount),
            ("outbound", 593.12),
        )
        clearing = (first | made).move_ids.line_ids.filtered(
            lambda line: line.account_id == self.clearing
        )
        self.assertEqual(sum(clearing.mapped("balance")), 0)
        self.assertEqual(sum(clearing.mapped("amount_residual")), 0)
        with self.assertRaisesRegex(UserError, "taken back since"):
            first.action_cancel()

    def test_cancelled_as_a_whole(self):
        self.tell()
        self.mandate.remittance = "net"
        bank = self.company_data["default_journal_bank"]
        made = self.book(bank_journal_id=bank.id)
        interest, writ = self.interest.booking_id, self.cost.charge_id.booking_id
        made.action_cancel()
        self.assertEqual((made.state, self.case.state), ("cancelled", "open"))
        self.assertEqual(
            (self.old.amount_residual, self.young.amount_residual), (700, 500)
        )
        self.assertEqual(
            (self.interest.state, self.interest.amount_open), ("claimed", 24)
        )
        self.assertEqual(self.cost.charge_id.state, "claimed")
        self.assertEqual((interest | writ).mapped("payment_state"), ["reversed"] * 2)
        self.assertEqual(made.bank_payment_id.state, "canceled")
        self.assertEqual(made.bill_id.payment_state, "reversed")
        for account in (self.clearing, self.payable(made.bill_id).account_id):
            lines = made.move_ids.line_ids.filtered(
                lambda line, account=account: (
                    line.account_id == account and line.parent_state == "posted"
                )
            )
            self.assertEqual(sum(lines.mapped("balance")), 0, account.name)
            self.assertEqual(sum(lines.mapped("amount_residual")), 0, account.name)
        self.assertEqual((self.first | self.second).mapped("state"), ["reported"] * 2)
        # All is there to be handed on once more.
        again = self.book(reference="S-1")
        self.assertEqual(again.amount_remitted, 1034)
        self.assertPaid()

    # ------------------------------------------------------------------
    # What is left
    # ------------------------------------------------------------------

    def test_interest_that_nobody_claimed(self):
        """What is more than the items is interest up to the payment, then a credit."""
        self.report_payment(self.case, 1600, days=0)
        made = self.book()
        payment = made.line_ids.payment_id
        charges = payment.made_charge_ids
        # 100 days on 1,000 and 40 on 500 at 10 %; 40 for each invoice.
        self.assertEqual(
            [(charge.kind, charge.amount) for charge in charges.sorted("id")],
            [
                ("interest", 27.4),
                ("interest", 5.48),
                ("indemnity", 40),
                ("indemnity", 27.12),
            ],
        )
        self.assertEqual(set(charges.mapped("state")), {"booked"})
        self.assertEqual(sum(charges.booking_id.mapped("amount_residual")), 0)
        self.assertEqual(
            (charges[0].date_from, charges[0].date_to), (days_ago(99), TODAY)
        )
        self.assertEqual(
            payment.paid, {"principal": 150_000, "interest": 3_288, "charges": 6_712}
        )
        # No fee on what is no item.
        self.assertEqual(made.amount_fee, 150)
        made.action_cancel()
        self.assertEqual(set(charges.mapped("state")), {"reversed"})
        self.assertEqual(self.case._claim_at(TODAY)["total"], 161_288 - 160_000)

    def test_paid_too_much(self):
        self.report_payment(self.case, 2000, days=0)
        made = self.book()
        payment = made.line_ids.payment_id
        self.assertEqual(payment.paid["rest"], 200_000 - 161_288)
        line = payment.move_id.line_ids.filtered(lambda line: line.amount_residual < 0)
        self.assertEqual(
            (line.partner_id, line.amount_residual), (self.debtor, -387.12)
        )

    def test_no_account_for_interest(self):
        self.company.credit_interest_account_id = False
        self.company.credit_indemnity_account_id = False
        self.report_payment(self.case, 1600, days=0)
        payment = self.book().line_ids.payment_id
        self.assertFalse(payment.made_charge_ids)
        self.assertEqual(payment.paid, {"principal": 150_000, "rest": 10_000})

    def test_interest_is_not_paid_twice(self):
        """What was booked on interest apart is not taken from the item once more."""
        self.make_charge("interest", 27.4, self.old, date_from=days_ago(99))
        self.report_payment(self.case, 527.4, days=0)
        self.book()
        self.assertEqual(self.old.amount_residual, 500)
        engine = self.env["credit.engine"]
        row = engine._assess_items(self.items(self.old), days_ago(-50))
        [row] = row.values()
        self.assertEqual([event.order for event in row["claim"].events], ["principal"])
        # 100 days on 1,000, then 50 days on 500.
        self.assertEqual(row["assessment"].interest.total, 2_740 + 685)

    def test_other_company_and_currency(self):
        """A company that reckons in dollars, owed euros: one is two dollars."""
        company, data = self.other_company, self.other_company_data
        party = self.make_party("Agency of America")
        mandate = self.make_mandate(
            party,
            company_id=company.id,
            currency_id=self.dollar.id,
            fee_ids=[Command.create({"percent": 10})],
            fee_opening=20,
            remittance="net",
        )
        move = self.make_invoice(
            overdue=60, amount=400, company=company, currency=self.euro
        )
        case = self.open_case(move, mandate_id=mandate.id)
        self.report_payment(case, 150, days=3)
        made = (
            self.env["credit.remittance"]
            .with_company(company)
            .create(
                {
                    "company_id": company.id,
                    "party_id": party.id,
                    "currency_id": self.euro.id,
                    "date": TODAY,
                }
            )
        )
        made.action_fill()
        # 20 dollars to open the case are 10 euros.
        self.assertEqual(
            sorted((line.kind, line.fee) for line in made.line_ids),
            [("opening", 10), ("payment", 15)],
        )
        self.assertEqual((made.amount_kept, made.amount_remitted), (25, 125))
        made.action_check()
        made.action_book()
        payment = made.line_ids.payment_id
        receivable = data["default_account_receivable"].code
        self.assertEqual(
            [
                (line.account_id.code, line.amount_currency, line.balance)
                for line in payment.move_id.line_ids.sorted("id")
            ],
            [(receivable, 150, 300), (receivable, -150, -300)],
        )
        self.assertEqual(payment.move_id.company_id, company)
        self.assertEqual((move.amount_residual, case.state), (250, "open"))
        self.assertEqual(made.bill_id.amount_total, 25)
        ours = self.env["credit.remittance"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertNotIn(made, ours)
        with self.assertRaisesRegex(Exception, "is not of this creditor"):
            self.remittance().line_ids.create(
                {
                    "remittance_id": self.remittance(reference="S-9").id,
                    "case_id": case.id,
                    "kind": "opening",
                    "date": TODAY,
                }
            )

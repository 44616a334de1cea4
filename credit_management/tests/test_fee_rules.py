"""Which reminders are free, and where no fee may be asked for at all."""

from odoo.fields import Command
from odoo.tests import tagged

from .charges_common import CONSUMER_2, EMAIL_1, ChargesCommon
from .common import days_ago

FEE_ALONE = {**CONSUMER_2, "charge_clause": False, "charge_interest": False}


@tagged("post_install", "-at_install")
class TestFeeRules(ChargesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write({"company_registry": False, "credit_kind": "consumer"})
        cls.consumer.write({"first_reminder_required": False, "fee_free_count": 1})
        cls.make_terms(kind="consumer", fee_amount=5, clause_rule="legal")
        cls.policy = cls.make_policy(EMAIL_1, FEE_ALONE)
        cls.step_1, cls.step_2 = cls.policy.step_ids

    def proposed(self, move, company=None):
        """The proposal about an invoice whose fee is looked at."""
        reminders = self.propose(company or self.company).reminder_ids
        return reminders.filtered(lambda r: move in r.line_ids.move_id)

    def withheld(self, reminder):
        return {
            row["reason"]
            for row in (reminder.charges or {}).get("withheld", ())
            if row["kind"] == "fee"
        }

    def test_first_letter_of_each_claim_is_free(self):
        """Whatever was reminded of other invoices, this year or not."""
        old = self.make_invoice(overdue=100)
        self.remind(old, self.step_1, days_ago(40))
        self.remind(old, self.step_2, days_ago(30))
        self.step_1.charge_fee = True
        new = self.make_invoice(overdue=30)
        reminder = self.proposed(new)
        self.assertEqual(reminder.step_id, self.step_1)
        self.assertEqual(reminder.amount_fee, 0)
        self.assertEqual(self.withheld(reminder), {"first_reminder"})

    def test_second_letter_costs(self):
        """Also where the first one was sent last year."""
        move = self.make_invoice(overdue=300)
        self.remind(move, self.step_1, days_ago(200))
        self.assertEqual(self.proposed(move).amount_fee, 5)

    def test_bounced_letter_is_none(self):
        move = self.make_invoice(overdue=40)
        self.remind(move, self.step_1, days_ago(20), delivery_state="bounced")
        reminder = self.proposed(move)
        self.assertEqual(reminder.amount_fee, 0)

    def test_other_company_counts_its_own(self):
        self.make_terms(kind="consumer", fee_amount=5, company_id=self.other_company.id)
        move = self.make_invoice(overdue=40, company=self.other_company)
        self.remind(move, self.step_1, days_ago(20))
        reminder = self.proposed(move, self.other_company)
        # 5 dollars of the terms, below the 7.50 euros of the law.
        self.assertEqual(reminder.amount_fee, 5)

    def test_due_dates_of_the_year(self):
        """Three unpaid due dates are free; reminding one of them again is no fourth."""
        self.consumer.write({"fee_free_per": "dates", "fee_free_count": 3})
        move = self.make_invoice(overdue=40)
        for _time in range(5):
            self.remind(move, self.step_1, days_ago(20))
        self.assertEqual(self.proposed(move).amount_fee, 0)
        self.env["credit.run"].search([]).reminder_ids.action_cancel()
        for overdue in (60, 80):
            self.remind(self.make_invoice(overdue=overdue), self.step_1, days_ago(20))
        # Of the year before: nothing to this one.
        self.remind(self.make_invoice(overdue=300), self.step_1, days_ago(200))
        self.assertEqual(self.proposed(move).amount_fee, 5)

    def test_claims_of_one_kind(self):
        self.consumer.fee_claim_kind = "periodic"
        move = self.make_invoice(overdue=40)
        self.remind(move, self.step_1, days_ago(20))
        reminder = self.proposed(move)
        self.assertEqual(self.withheld(reminder), {"forbidden"})
        reminder.action_cancel()
        self.company.credit_claim_kind = "periodic"
        self.assertEqual(self.proposed(move).amount_fee, 5)

    def test_not_beside_the_clause(self):
        self.consumer.fee_beside_clause = False
        self.step_2.charge_clause = True
        move = self.make_invoice(overdue=40)
        self.remind(move, self.step_1, days_ago(20))
        reminder = self.proposed(move)
        self.assertEqual((reminder.amount_fee, reminder.amount_indemnity), (0, 20))
        self.assertEqual(self.withheld(reminder), {"forbidden"})

    def test_interest_that_the_invoice_must_mention(self):
        self.consumer.write({"interest_start": "due", "interest_needs_mention": True})
        self.step_2.charge_interest = True
        move = self.make_invoice(overdue=40, amount=1000)
        self.remind(move, self.step_1, days_ago(20))
        reminder = self.proposed(move)
        self.assertEqual(reminder.amount_interest, 0)
        self.assertIn(
            ("interest", "no_terms"),
            {(row["kind"], row["reason"]) for row in reminder.charges["withheld"]},
        )
        reminder.action_cancel()
        self.env["credit.terms"].search([]).interest_mention = True
        # 1,000 x 5 % x 40/365 = 5.48
        self.assertEqual(self.proposed(move).amount_interest, 5.48)

    def test_what_is_shipped(self):
        belgian = self.env.ref("credit_management.regime_be_consumer_2023")
        self.assertEqual(
            (
                belgian.fee_free_per,
                belgian.fee_free_count,
                belgian.fee_claim_kind,
                belgian.fee_beside_clause,
            ),
            ("dates", 3, "periodic", False),
        )
        german = self.env.ref("credit_management.regime_de_consumer")
        self.assertEqual((german.fee_free_per, german.fee_free_count), ("claim", 1))
        luxembourgish = self.env.ref("credit_management.regime_lu_consumer")
        self.assertTrue(luxembourgish.interest_needs_mention)


@tagged("post_install", "-at_install")
class TestSmallInstalments(ChargesCommon):
    """Regular instalments cost 140 in six months at most, however many there are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write({"company_registry": False, "credit_kind": "consumer"})
        cls.consumer.write(
            {
                "first_reminder_required": False,
                "cost_rule": "scale",
                "cost_small": 266.67,
                "cost_small_max": 140,
                "scale_ids": [
                    Command.create({"charge": "cost", "above": 0, "percent": 100})
                ],
            }
        )
        cls.company.credit_claim_kind = "periodic"
        cls.step = cls.make_policy({**EMAIL_1, "charge_cost": True}).step_ids

    def costs(self, company=None):
        reminders = self.propose(company or self.company).reminder_ids
        return reminders.filtered(lambda r: r.partner_id == self.debtor).amount_fee

    def claimed(self, day, amount, of=100):
        """Costs that were claimed on an instalment which was paid since."""
        move = self.make_invoice(overdue=200, amount=of)
        self.env["credit.charge"].sudo().create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.euro.id,
                "move_line_id": self.items(move).id,
                "invoice_id": move.id,
                "kind": "cost",
                "amount": amount,
                "amount_waived": amount,
                "state": "waived",
                "date": day,
            }
        )
        self.pay(move)

    def test_three_of_a_hundred(self):
        for overdue in (10, 20, 30):
            self.make_invoice(overdue=overdue, amount=100)
        self.assertEqual(self.costs(), 140)

    def test_larger_claims_are_not_limited(self):
        self.make_invoice(overdue=10, amount=100)
        self.make_invoice(overdue=10, amount=100)
        self.make_invoice(overdue=10, amount=266.67)
        self.assertEqual(self.costs(), 140 + 266.67)

    def test_what_was_asked_for_before(self):
        """The last six months count, and small instalments alone."""
        self.claimed(days_ago(60), 100)
        self.claimed(days_ago(190), 90)
        self.claimed(days_ago(60), 300, of=300)
        self.make_invoice(overdue=10, amount=100)
        self.assertEqual(self.costs(), 40)

    def test_claims_that_are_not_periodic(self):
        self.company.credit_claim_kind = "general"
        self.make_invoice(overdue=10, amount=100)
        self.make_invoice(overdue=20, amount=100)
        self.assertEqual(self.costs(), 200)

    def test_other_company_and_currency(self):
        """140 euros are 280 dollars, and each company has its own limit."""
        self.claimed(days_ago(60), 100)
        self.other_company.credit_claim_kind = "periodic"
        for _number in range(4):
            self.make_invoice(overdue=10, amount=100, company=self.other_company)
        self.assertEqual(self.costs(self.other_company), 280)

    def test_dutch_consumers(self):
        dutch = self.env.ref("credit_management.regime_nl_consumer")
        self.assertEqual(
            (dutch.cost_small, dutch.cost_small_max, dutch.cost_small_months),
            (266.67, 140, 6),
        )

"""Fixed charges are due once for an invoice, however many instalments it has."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, freeze_time, tagged

from ..engine import charges
from ..engine.regime import Scale, Tier
from .charges_common import CHARGED_2, EMAIL_1, ChargesCommon
from .common import TODAY, days_ago

#: Late Payment of Commercial Debts (Interest) Act 1998, section 5A: pounds.
BRITISH = Scale((Tier(0, 40_00), Tier(999_99, 70_00), Tier(9999_99, 100_00)))
#: Article XIX.4 of the Belgian Code of economic law.
BELGIAN = Scale(
    (Tier(0, 20_00), Tier(150_00, 30_00, 10), Tier(500_00, 65_00, 5)), maximum=2000_00
)


class TestMarginal(BaseCase):
    def parts(self, scale, *bases):
        """What each instalment adds, one after another."""
        found, before = [], 0
        for base in bases:
            found.append(
                charges.marginal(
                    lambda amount: charges.scale_amount(scale, amount), before, base
                )
            )
            before += base
        return found

    def test_scales(self):
        flat = Scale((Tier(0, 40_00),))
        self.assertEqual(self.parts(flat, 500_00, 500_00, 500_00), [40_00, 0, 0])
        # 500.00 -> 40; 1,000.00 -> 70; 1,500.00 -> 70
        self.assertEqual(self.parts(BRITISH, 500_00, 500_00, 500_00), [40_00, 30_00, 0])
        # 65; 65 + 5 % of 500 = 90; 65 + 5 % of 1,000 = 115
        self.assertEqual(
            self.parts(BELGIAN, 500_00, 500_00, 500_00), [65_00, 25_00, 25_00]
        )

    @given(st.lists(st.integers(1, 10**8), min_size=1, max_size=6))
    def test_together_as_the_whole_invoice(self, bases):
        for scale in (BRITISH, BELGIAN):
            self.assertEqual(
                sum(self.parts(scale, *bases)), charges.scale_amount(scale, sum(bases))
            )
            amounts = [charges.scale_amount(scale, base) for base in sorted(bases)]
            self.assertTrue(all(a <= b for a, b in pairwise(amounts)))


@tagged("post_install", "-at_install")
class TestChargesPerInvoice(ChargesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(EMAIL_1, CHARGED_2)
        cls.step_1, cls.step_2 = cls.policy.step_ids

    def instalments(self, move):
        return self.items(move).sorted("date_maturity")

    def charge(self, items, day=TODAY, kind="indemnity"):
        """Amounts of a kind on some items, in their order; in cents."""
        found = self.env["credit.engine"]._assess_items(items, day)
        return [found[item]["assessment"].amounts.get(kind, 0) for item in items]

    def claim(self, item, amount, kind="indemnity"):
        return self.env["credit.charge"]._claim(
            [
                {
                    "company_id": item.company_id.id,
                    "partner_id": item.partner_id.id,
                    "currency_id": item.currency_id.id,
                    "move_line_id": item.id,
                    "invoice_id": item.move_id.id,
                    "regime_id": self.business.id,
                    "kind": kind,
                    "amount": amount,
                    "date": TODAY,
                }
            ]
        )

    def test_one_indemnity_in_a_reminder(self):
        move = self.make_instalments(30, 25, amount=1000)
        self.remind(move, self.step_1, days_ago(10))
        reminder = self.propose().reminder_ids
        self.assertEqual(len(reminder.line_ids), 2)
        self.assertEqual(reminder.amount_indemnity, 40)
        # 500 x 10 % x 30/365 = 4.11 and x 25/365 = 3.42: interest on each of them.
        self.assertEqual(reminder.amount_interest, 7.53)

    def test_other_company_and_currency(self):
        """40 euros are 80 dollars, and once."""
        move = self.make_instalments(30, 25)
        other = self.make_invoice(
            overdue=25,
            company=self.other_company,
            invoice_payment_term_id=move.invoice_payment_term_id.id,
            invoice_date=move.invoice_date,
        )
        self.assertEqual(len(self.instalments(other)), 2)
        self.assertEqual(self.charge(self.instalments(other)), [80_00, 0])
        self.assertEqual(self.charge(self.instalments(move)), [40_00, 0])

    def test_later_instalment(self):
        """The second falls due when the first has cost its forty euros."""
        move = self.make_instalments(30, 5, amount=1000)
        first, second = self.instalments(move)
        self.assertEqual(self.charge(first | second), [40_00, 0])
        self.assertEqual(self.charge(second), [40_00])
        self.claim(first, 40)
        self.assertEqual(self.charge(second), [0])
        # Neither payment of the first nor its absence among the items changes that.
        self.pay(move, 500)
        self.assertTrue(first.reconciled)
        self.assertEqual(self.charge(second), [0])

    def test_claimed_on_the_second_first(self):
        """The order of what was claimed counts, not that of due dates."""
        move = self.make_instalments(30, 25)
        first, second = self.instalments(move)
        self.claim(second, 40)
        self.assertEqual(self.charge(first | second), [0, 40_00])

    def test_not_yet_due(self):
        move = self.make_instalments(30, -10)
        first, second = self.instalments(move)
        self.assertEqual(self.charge(first | second), [40_00, 0])
        with freeze_time("2026-07-17 12:00:00"):
            later = self.env.company._credit_today()
            self.assertEqual(self.charge(first | second, later), [40_00, 0])

    def test_reversed_is_due_again(self):
        move = self.make_instalments(30, 25)
        first, second = self.instalments(move)
        charge = self.claim(first, 40)
        self.assertEqual(self.charge(second), [0])
        charge._reverse()
        self.assertEqual(self.charge(second), [40_00])

    def test_clause_of_a_consumer(self):
        """20 up to 150; 30 + 10 % above: of 200.00 together 35.00, not 2 x 20."""
        self.debtor.write({"company_registry": False, "credit_kind": "consumer"})
        self.make_terms(kind="consumer", clause_rule="legal")
        move = self.make_instalments(60, 50, amount=200)
        self.remind(
            move,
            self.step_1,
            days_ago(40),
            wait_until=days_ago(20),
        )
        self.assertEqual(
            self.charge(self.instalments(move), kind="clause"), [20_00, 15_00]
        )

    def test_entries_that_are_no_invoices(self):
        """Opening balances: each line is a claim of its own, of whomever."""
        receivable = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "company_id": self.company.id,
                "date": days_ago(60),
                "line_ids": [
                    (0, 0, values)
                    for values in (
                        *(
                            {
                                "account_id": receivable.id,
                                "partner_id": self.debtor.id,
                                "debit": 100,
                                "date_maturity": days_ago(30),
                            }
                            for _number in range(2)
                        ),
                        {
                            "account_id": self.company_data[
                                "default_account_revenue"
                            ].id,
                            "credit": 200,
                        },
                    )
                ],
            }
        )
        entry.action_post()
        items = self.instalments(entry)
        self.assertEqual(self.charge(items), [40_00, 40_00])

    def test_queries_do_not_grow(self):
        counts = []
        for number in (2, 12):
            moves = self.env["account.move"]
            for _time in range(number):
                moves |= self.make_instalments(30, 25)
            for move in moves:
                self.claim(self.instalments(move)[0], 40)
            seconds = self.env["account.move.line"].union(
                *(self.instalments(move)[1] for move in moves)
            )
            self.charge(seconds)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.charge(seconds), [0] * number)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

"""Charges after a payment or a credit note of an earlier day came to light."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import BaseCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..engine import corrections
from ..engine.disputes import Claimed
from ..engine.rates import Book, Rate, Series
from ..engine.regime import CHARGES, Claim, Event, Regime, Scale, Tier
from .charges_common import CHARGED_2, EMAIL_1, ChargesCommon
from .common import TODAY, DeliveryCommon, days_ago

DUE = date(2026, 1, 31)


@tagged("at_install")
class TestCorrections(BaseCase):
    """10 % a year, 40.00 an invoice, costs of 15 % with a minimum of 40.00."""

    regime = Regime(
        code="test",
        kind="business",
        interest_start="due",
        rate_series="TEN",
        allocation="principal",
        indemnity=Scale((Tier(0, fixed=4000),)),
        cost=Scale((Tier(0, percent=Decimal(15)),), minimum=4000),
    )
    book = Book(
        {"TEN": Series("TEN", "change", (Rate(date(2020, 1, 1), Decimal(10)),))}
    )

    def claim(self, *events, principal=100_000):
        return Claim(principal=principal, due=DUE, issued=DUE, events=events)

    def corrected(self, claim, *claimed):
        return corrections.corrected(claim, self.regime, None, self.book, claimed)

    def interest(self, days, amount):
        return Claimed("interest", DUE + timedelta(days=days), amount)

    def test_nothing_new(self):
        """1,000.00 x 10 % x 73/365 = 20.00, then as much again; it is never raised."""
        claimed = (self.interest(73, 2000), self.interest(146, 2000))
        self.assertEqual(self.corrected(self.claim(), *claimed), [2000, 2000])
        claimed = (self.interest(73, 1500), self.interest(146, 2500))
        self.assertEqual(self.corrected(self.claim(), *claimed), [1500, 2500])

    def test_part_of_an_earlier_day(self):
        """Half was paid after 73 days: the second period bears 10.00."""
        paid = Event(DUE + timedelta(days=73), 50_000, "payment")
        claimed = (self.interest(73, 2000), self.interest(146, 2000))
        self.assertEqual(self.corrected(self.claim(paid), *claimed), [2000, 1000])

    def test_all_of_an_earlier_day(self):
        """The interest until the payment stays, and so does the indemnity."""
        paid = Event(DUE + timedelta(days=73), 100_000, "payment")
        amounts = self.corrected(
            self.claim(paid),
            self.interest(146, 4000),
            self.interest(219, 2000),
            Claimed("indemnity", DUE + timedelta(days=146), 4000),
        )
        self.assertEqual(amounts, [2000, 0, 4000])

    def test_paid_in_time(self):
        paid = Event(DUE, 100_000, "payment")
        amounts = self.corrected(
            self.claim(paid),
            self.interest(146, 4000),
            Claimed("indemnity", DUE + timedelta(days=146), 4000),
        )
        self.assertEqual(amounts, [0, 0])

    def test_what_the_rules_would_not_claim_today_stays(self):
        """Without a regime for it: nobody says that it was claimed by mistake."""
        bare = Regime(code="bare", kind="business", interest_start="none")
        claimed = [self.interest(73, 2000)]
        amounts = corrections.corrected(self.claim(), bare, None, self.book, claimed)
        self.assertEqual(amounts, [2000])

    def test_insolvency(self):
        """Interest until the day before it; nothing on what falls due later."""
        opened = DUE + timedelta(days=74)
        claim = replace(self.claim(), insolvency_day=opened)
        claimed = (
            self.interest(146, 4000),
            self.interest(219, 2000),
            Claimed("indemnity", DUE + timedelta(days=146), 4000),
        )
        self.assertEqual(self.corrected(claim, *claimed), [2000, 0, 4000])
        claim = replace(claim, insolvency_day=DUE)
        self.assertEqual(self.corrected(claim, *claimed), [0, 0, 0])
        goes_on = replace(self.regime, insolvency_stops=False)
        amounts = corrections.corrected(claim, goes_on, None, self.book, claimed)
        self.assertEqual(amounts, [4000, 2000, 4000])

    def test_costs_in_an_insolvency(self):
        day = DUE + timedelta(days=30)
        stopped = replace(self.claim(principal=50_000), insolvency_day=DUE)
        for claims, left in (
            ((self.claim(), stopped), [15_000, 0]),
            ((stopped, stopped), [0, 0]),
        ):
            amounts = corrections.corrected_costs(
                claims, self.regime, day, (15_000, 7500)
            )
            self.assertEqual(amounts, left)

    def test_costs(self):
        """15 % of 1,000.00 and 500.00; half of the first was paid before."""
        claims = [self.claim(), self.claim(principal=50_000)]
        day = DUE + timedelta(days=30)

        def costs(*claims, amounts=(15_000, 7500)):
            return corrections.corrected_costs(claims, self.regime, day, amounts)

        self.assertEqual(costs(*claims), [15_000, 7500])
        paid = Event(DUE + timedelta(days=9), 50_000, "payment")
        amounts = costs(self.claim(paid), claims[1])
        self.assertEqual(sum(amounts), 15_000)
        self.assertTrue(amounts[0] <= 15_000 and amounts[1] <= 7500)
        whole = Event(DUE + timedelta(days=9), 100_000, "payment")
        self.assertEqual(costs(self.claim(whole), claims[1]), [0, 7500])
        self.assertEqual(costs(self.claim(whole), amounts=(15_000,)), [0])

    def test_fee(self):
        day = DUE + timedelta(days=30)
        before = Event(day, 100_000, "payment")
        after = Event(day + timedelta(days=1), 100_000, "payment")
        self.assertTrue(corrections.asked_for_nothing([self.claim(before)], day))
        self.assertFalse(corrections.asked_for_nothing([self.claim(after)], day))
        self.assertFalse(
            corrections.asked_for_nothing([self.claim(before), self.claim()], day)
        )


@tagged("post_install", "-at_install")
class TestChargeCorrection(ChargesCommon, DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(EMAIL_1, {**CHARGED_2, "charge_fee": True})
        cls.step_1, cls.step_2 = cls.policy.step_ids
        income = cls.company_data["default_account_revenue"]
        cls.company.write(
            {
                "credit_interest_account_id": income.id,
                "credit_indemnity_account_id": income.id,
            }
        )
        cls.move = cls.make_invoice(overdue=25, amount=1000)
        cls.remind(cls.move, cls.step_1, days_ago(10))
        cls.reminder = cls.propose().reminder_ids
        cls.reminder.action_approve()

    def setUp(self):
        super().setUp()
        self.deliver(self.reminder)
        self.assertEqual(self.reminder.state, "sent")
        self.assertEqual(self.owed(), {"interest": 6.85, "indemnity": 40})

    def charges(self, state="claimed"):
        return self.env["credit.charge"].search(
            [("partner_id", "=", self.debtor.id), ("state", "=", state)]
        )

    def owed(self):
        return {charge.kind: charge.amount_open for charge in self.charges()}

    def claim(self, day=TODAY):
        """The claim at a day, in minor units."""
        calculation = self.env["credit.calculation"].sudo().with_company(self.company)
        [made] = calculation._statements(self.items(self.move), day, frozenset(CHARGES))
        return made.total

    def page(self):
        """What the debtor's page says is owed now."""
        reminder = self.reminder.sudo()
        account = self.env["credit.account"]._of_token(reminder._portal_token())
        [total] = self.env["credit.account"]._picture(account).totals.values()
        return total["now"]

    def test_the_reminder_its_annex_and_the_page_say_the_same(self):
        """600 were paid in time: 400 x 10 % x 25/365 = 2.74; in 35 days 3.84."""
        self.pay(self.move, amount=600, day=days_ago(25))
        self.assertEqual(self.owed(), {"interest": 2.74, "indemnity": 40})
        self.assertEqual(self.claim(), 44_274)
        self.assertEqual(self.page(), 442.74)
        [gone] = self.charges("reversed")
        self.assertEqual(gone.amount, 6.85)
        self.assertIn("42.74", self.move.message_ids.mapped("body")[0])
        self.policy.step_ids = [
            Command.create(
                {
                    **CHARGED_2,
                    "sequence": 9,
                    "name": "Third reminder",
                    "trigger": "previous",
                    "delay_days": 10,
                }
            )
        ]
        later = TODAY + timedelta(days=10)
        reminder = self.propose(day=later).reminder_ids
        self.assertEqual(reminder.amount_interest, 3.84)
        self.assertEqual(reminder.amount_total, 443.84)
        self.assertEqual(self.claim(later), 44_384)
        reminder.action_approve()
        with freeze_time(f"{later} 12:00:00"):
            self.deliver(reminder)
            self.assertEqual(self.page(), 443.84)
        interest = self.charges().filtered(lambda c: c.kind == "interest")
        self.assertEqual(sorted(interest.mapped("amount")), [1.1, 2.74])

    def test_paid_in_time(self):
        self.make_charge("fee", 7, self.move, reminder_id=self.reminder.id).write(
            {"move_line_id": False, "invoice_id": False}
        )
        self.pay(self.move, day=days_ago(25))
        self.assertFalse(self.charges())
        self.assertEqual(len(self.charges("reversed")), 3)

    def test_paid_late_but_before_the_reminder(self):
        """1,000 x 10 % x 15/365 = 4.11, which the payment goes to first: 4.11 of the
        invoice are left, and bear 0.01 in ten days. So the fee asked for something."""
        self.make_charge("fee", 7, self.move, reminder_id=self.reminder.id).write(
            {"move_line_id": False, "invoice_id": False}
        )
        self.pay(self.move, day=days_ago(10))
        self.assertEqual(self.owed()["interest"], 4.12)
        self.assertEqual(self.owed()["indemnity"], 40)

    def test_paid_afterwards(self):
        charges = self.charges()
        with freeze_time(f"{TODAY + timedelta(days=3)} 12:00:00"):
            self.pay(self.move, day=TODAY + timedelta(days=3))
        self.assertEqual(self.charges(), charges)

    def test_insolvency_of_an_earlier_day(self):
        """3.84 for 14 days until the day before it; the claim says so too."""
        self.debtor.credit_insolvency_date = days_ago(10)
        self.assertEqual(self.owed(), {"interest": 3.84, "indemnity": 40})
        self.assertEqual(self.claim(), 104_384)
        self.assertIn("43.84", self.move.message_ids[:1].body)
        # Earlier than that, and before the invoice was late.
        self.debtor.credit_insolvency_date = days_ago(25)
        self.assertFalse(self.owed())
        self.assertEqual(self.claim(), 100_000)

    def test_credit_note(self):
        """By the company's setting it counts from the due date."""
        self.company.credit_note_retroactive = True
        note = self.make_credit_note(amount=600)
        (self.items(self.move) | self.items(note)).reconcile()
        self.assertEqual(self.owed(), {"interest": 2.74, "indemnity": 40})

    def test_what_was_waived_stays_waived(self):
        interest = self.charges().filtered(lambda c: c.kind == "interest")
        interest._waive(1, "Goodwill")
        self.pay(self.move, amount=600, day=days_ago(25))
        self.assertEqual(self.owed(), {"interest": 1.74, "indemnity": 40})

    def test_somebody_else_is_at_work_on_them(self):
        """The payment is registered all the same; the job looks at them later."""
        busy = patch.object(
            type(self.env["credit.charge"]), "_lock", side_effect=UserError("Busy")
        )
        with busy:
            self.pay(self.move, amount=600, day=days_ago(25))
        self.assertEqual(self.owed()["interest"], 6.85)
        with self.enter_registry_test_mode():
            self._run_cron()
        self.assertEqual(self.owed()["interest"], 2.74)

    def _run_cron(self):
        with mute_logger("odoo.addons.credit_management.models.credit_charge_booking"):
            self.env.ref("credit_management.ir_cron_book").method_direct_trigger()

    def test_booked(self):
        """What is in the books is credited by the job, and booked anew for the rest."""
        self.company.credit_charge_booking = "sent"
        with self.enter_registry_test_mode():
            self._run_cron()
            booked = self.charges("booked")
            self.assertEqual(sum(booked.mapped("amount")), 46.85)
            self.pay(self.move, amount=600, day=days_ago(25))
            self.assertEqual(booked.mapped("state"), ["booked"] * 2)
            self._run_cron()
        booked = self.charges("booked")
        self.assertEqual(sum(booked.mapped("amount")), 42.74)
        open_ = self.env["account.move.line"].search(
            [
                ("partner_id", "=", self.debtor.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("company_id", "=", self.company.id),
            ]
        )
        self.assertAlmostEqual(sum(open_.mapped("amount_residual")), 442.74)

    def test_other_company_and_currency(self):
        """Charges in dollars of another company are corrected in dollars there."""
        there = self.make_invoice(company=self.other_company, overdue=25, amount=1000)
        charge = self.make_charge("interest", 6.85, there)
        own = self.charges().filtered(lambda c: c.company_id == self.company)
        self.pay(there, day=days_ago(25))
        self.assertEqual(charge.state, "reversed")
        self.assertEqual(set(own.mapped("state")), {"claimed"})

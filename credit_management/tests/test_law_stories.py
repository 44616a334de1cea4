"""Whole policies under the law of five countries, and under no known kind.

Every amount is worked out by hand beside it, from the rates that the addon ships.
"""

from datetime import date

from odoo.tests import freeze_time, tagged

from .common import CreditCommon, DeliveryCommon

DUE = date(2026, 5, 20)

BUSINESS_STEPS = (
    {"name": "First reminder", "delay_days": 5, "automation": "automatic"},
    {
        "name": "Second reminder",
        "delay_days": 20,
        "automation": "automatic",
        "charge_interest": True,
        "charge_indemnity": True,
    },
    {
        "name": "Formal notice",
        "delay_days": 40,
        "channel": "letter",
        "automation": "automatic",
        "formal_notice": True,
        "deadline_days": 15,
        "charge_interest": True,
        "charge_indemnity": True,
        "charge_clause": True,
    },
)
ALL = {
    "charge_interest": True,
    "charge_indemnity": True,
    "charge_clause": True,
    "charge_cost": True,
}
CONSUMER_STEPS = (
    {
        "name": "Free first reminder",
        "delay_days": 3,
        "automation": "automatic",
        "fallback_channel": "letter",
        "legally_required": True,
        "deadline_days": 14,
    },
    {
        "name": "Second reminder",
        "trigger": "previous",
        "delay_days": 5,
        "automation": "automatic",
        **ALL,
    },
    {
        "name": "Formal notice",
        "trigger": "previous",
        "delay_days": 15,
        "channel": "letter",
        "automation": "automatic",
        "formal_notice": True,
        "deadline_days": 15,
        **ALL,
    },
    {
        "name": "Last reminder",
        "trigger": "previous",
        "delay_days": 0,
        "automation": "automatic",
        **ALL,
    },
)


@tagged("post_install", "-at_install")
class TestLawStories(DeliveryCommon, CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["credit.terms"].search([]).active = False
        cls.company.company_registry = "732829320"
        cls.business_policy = cls.make_policy(*BUSINESS_STEPS)
        cls.business_policy.active = False
        cls.consumer_policy = cls.make_policy(*CONSUMER_STEPS)
        cls.consumer_policy.active = False
        pound = cls.env.ref("base.GBP")
        pound.active = True
        cls.pound = pound
        cls.env["res.currency.rate"].search([("currency_id", "=", pound.id)]).unlink()
        cls.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "rate": 0.8,
                "currency_id": pound.id,
                "company_id": cls.company.id,
            }
        )

    def _debtor(self, name, country, **values):
        return self.make_debtor(
            name,
            country_id=self.env.ref(f"base.{country}").id,
            street="1 Main street",
            zip="1000",
            city="Town",
            **values,
        )

    def _invoice(self, debtor, policy, amount=1000, due=DUE, **values):
        move = self.make_invoice(
            debtor,
            amount=amount,
            issued=date(due.year, due.month - 1, due.day),
            invoice_date_due=due,
            **values,
        )
        move.credit_policy_id = policy
        return move

    def _on(self, day, move):
        """The reminder of ``day``, delivered; empty if there is none."""
        with freeze_time(f"{day} 12:00:00"):
            run = self.propose(automatic=True)
            reminder = run.reminder_ids.filtered(lambda r: move in r.line_ids.move_id)
            if reminder.state == "queued":
                self.deliver(reminder)
                fallback = self.fallback_of(reminder)
                if fallback:
                    self.deliver(fallback)
                    reminder = fallback
        return reminder

    def _withheld(self, reminder):
        return {
            row["kind"]: (row["reason"], row["until"])
            for row in reminder.charges["withheld"]
        }

    def assertAsks(self, reminder, step, residual, interest=0, indemnity=0, fee=0):
        self.assertEqual(reminder.state, "sent", reminder.failure_reason)
        self.assertEqual(reminder.step_id.name, step)
        self.assertEqual(reminder.amount_residual, residual)
        self.assertEqual(reminder.amount_interest, interest)
        self.assertEqual(reminder.amount_indemnity, indemnity)
        self.assertEqual(reminder.amount_fee, fee)
        self.assertEqual(
            reminder.currency_id.compare_amounts(
                reminder.amount_total, residual + interest + indemnity + fee
            ),
            0,
        )

    # ------------------------------------------------------------------
    # Businesses
    # ------------------------------------------------------------------

    def test_french_business(self):
        """L441-10 and D441-5 of the Commercial Code: 12.15 % in 2026-S1, and 40."""
        debtor = self._debtor("Imprimerie", "fr", vat="FR40303265045")
        move = self._invoice(debtor, self.business_policy)
        self.assertAsks(self._on(date(2026, 5, 25), move), "First reminder", 1000)
        self.assertFalse(self._on(date(2026, 6, 8), move))
        # 1,000 x 12.15 % x 20/365 = 6.6575
        second = self._on(date(2026, 6, 9), move)
        self.assertAsks(second, "Second reminder", 1000, 6.66, 40)
        # Part payment, to interest first (1343-1 of the Civil Code): 26 days make
        # 8.6548, which leave 708.6548 as principal; 14 days of it make 3.3025.
        self.pay(move, amount=300, day=date(2026, 6, 15))
        notice = self._on(date(2026, 6, 29), move)
        self.assertAsks(notice, "Formal notice", 700, 11.96, 40)
        self.assertEqual(notice.deadline_date, date(2026, 7, 14))
        self.assertEqual(self._withheld(notice), {"clause": ("no_terms", None)})
        charges = self.env["credit.charge"].search([("invoice_id", "=", move.id)])
        self.assertEqual(
            sorted(
                charges.mapped(lambda c: (c.kind, c.amount, c.date_from, c.date_to))
            ),
            [
                ("indemnity", 40, False, False),
                ("interest", 5.30, date(2026, 6, 10), date(2026, 6, 29)),
                ("interest", 6.66, date(2026, 5, 21), date(2026, 6, 9)),
            ],
        )

    def test_german_business(self):
        """288 of the Civil Code: 10.27 % in 2026-S1, and 40."""
        debtor = self._debtor("Druckerei", "de", vat="DE136695976")
        move = self._invoice(debtor, self.business_policy)
        self.assertAsks(self._on(date(2026, 5, 25), move), "First reminder", 1000)
        # 1,000 x 10.27 % x 20/365 = 5.6274
        second = self._on(date(2026, 6, 9), move)
        self.assertAsks(second, "Second reminder", 1000, 5.63, 40)
        # 1,000 x 10.27 % x 40/365 = 11.2548
        notice = self._on(date(2026, 6, 29), move)
        self.assertAsks(notice, "Formal notice", 1000, 11.25, 40)
        self.assertEqual(notice.deadline_date, date(2026, 7, 14))

    def test_british_business(self):
        """The Act of 1998: 11.75 % in the first half of 2026, and 70 from 1,000."""
        debtor = self._debtor("Printers", "uk", vat="GB980780684")
        move = self._invoice(
            debtor, self.business_policy, amount=5000, currency=self.pound
        )
        self.assertAsks(self._on(date(2026, 5, 25), move), "First reminder", 5000)
        # 5,000 x 11.75 % x 20/365 = 32.1918
        second = self._on(date(2026, 6, 9), move)
        self.assertEqual(second.currency_id, self.pound)
        self.assertAsks(second, "Second reminder", 5000, 32.19, 70)
        # 5,000 x 11.75 % x 40/365 = 64.3836
        notice = self._on(date(2026, 6, 29), move)
        self.assertAsks(notice, "Formal notice", 5000, 64.38, 70)

    def test_nobody_knows_the_kind(self):
        """A French debtor without any proof is a consumer: nothing is charged."""
        debtor = self._debtor("Imprimerie", "fr")
        self.assertEqual(debtor.credit_legal_kind, "consumer")
        move = self._invoice(debtor, self.business_policy)
        self.assertAsks(self._on(date(2026, 5, 25), move), "First reminder", 1000)
        second = self._on(date(2026, 6, 9), move)
        self.assertAsks(second, "Second reminder", 1000)
        self.assertEqual(
            self._withheld(second),
            {"interest": ("notice", None), "indemnity": ("unproven", None)},
        )
        notice = self._on(date(2026, 6, 29), move)
        self.assertAsks(notice, "Formal notice", 1000)
        # From the day after the notice the legal rate: one day of June at 2.62 % and
        # 15 of July at 2.75 %: 1,000 x (2.62 + 15 x 2.75) / 36,500 = 1.2019
        row = self.env["credit.engine"]._assess_items(
            self.items(move), date(2026, 7, 15)
        )[self.items(move)]
        self.assertEqual(row["assessment"].amounts.get("interest"), 120)
        self.assertNotIn("indemnity", row["assessment"].amounts)

    # ------------------------------------------------------------------
    # Consumers
    # ------------------------------------------------------------------

    def _belgian_terms(self):
        self.env["credit.terms"].create(
            {
                "name": "Terms",
                "company_id": self.company.id,
                "kind": "consumer",
                "country_id": self.env.ref("base.be").id,
                "date_from": "2020-01-01",
                "rate_rule": "fixed",
                "rate": 10,
                "clause_rule": "legal",
            }
        )

    def test_belgian_consumer_by_email(self):
        """XIX.2 and XIX.4 of the Code of Economic Law.

        Sent on Monday 2 November: free until the 16th, charges from the 17th.
        """
        self._belgian_terms()
        debtor = self._debtor("Anna", "be", is_company=False)
        move = self._invoice(
            debtor, self.consumer_policy, amount=200, due=date(2026, 10, 30)
        )
        self.assertFalse(self._on(date(2026, 11, 1), move))
        first = self._on(date(2026, 11, 2), move)
        self.assertAsks(first, "Free first reminder", 200)
        self.assertEqual(first.wait_until, date(2026, 11, 16))
        # The policy would go on after five days.
        for day in (7, 12, 16):
            self.assertFalse(self._on(date(2026, 11, day), move))
        # 200 x 10 % x 1/365 = 0.0548; 30 and 10 % of the 50 above 150
        second = self._on(date(2026, 11, 17), move)
        self.assertAsks(second, "Second reminder", 200, 0.05, 35)
        self.assertEqual(
            self._withheld(second),
            {"indemnity": ("unproven", None), "cost": ("forbidden", None)},
        )
        # 200 x 10 % x 16/365 = 0.8767
        notice = self._on(date(2026, 12, 2), move)
        self.assertAsks(notice, "Formal notice", 200, 0.88, 35)
        self.assertEqual(notice.deadline_date, date(2026, 12, 17))

    def test_belgian_consumer_by_post(self):
        """Posted on the same Monday: from the third working day, until the 18th."""
        self._belgian_terms()
        debtor = self._debtor("Anna", "be", is_company=False, email=False)
        move = self._invoice(
            debtor, self.consumer_policy, amount=200, due=date(2026, 10, 30)
        )
        first = self._on(date(2026, 11, 2), move)
        self.assertEqual(first.channel, "letter")
        self.assertAsks(first, "Free first reminder", 200)
        self.assertEqual(first.wait_until, date(2026, 11, 18))
        self.assertFalse(self._on(date(2026, 11, 18), move))
        self.assertTrue(self._on(date(2026, 11, 19), move))

    def test_dutch_consumer(self):
        """6:96 of the Civil Code: fourteen days first, with a week to be sure.

        The legal rate from July 2026 is not known: nothing is asked with a guess.
        """
        debtor = self._debtor("Sanne", "nl", is_company=False)
        move = self._invoice(debtor, self.consumer_policy, amount=100)
        first = self._on(date(2026, 5, 23), move)
        self.assertAsks(first, "Free first reminder", 100)
        self.assertEqual(first.wait_until, date(2026, 6, 13))
        self.assertFalse(self._on(date(2026, 6, 13), move))
        # 15 % of 100, at least 40; no interest before a formal notice
        second = self._on(date(2026, 6, 14), move)
        self.assertAsks(second, "Second reminder", 100, fee=40)
        self.assertEqual(self._withheld(second)["interest"], ("notice", None))
        notice = self._on(date(2026, 6, 29), move)
        self.assertAsks(notice, "Formal notice", 100, fee=40)
        last = self._on(date(2026, 7, 15), move)
        self.assertEqual(last.state, "to_approve")
        self.assertIn("NL_LEGAL", last.failure_reason)
        self.env["credit.rate"].create(
            {
                "series": "NL_LEGAL",
                "valid_from": "2026-07-01",
                "rate": 4,
                "source": "Test",
            }
        )
        with freeze_time("2026-07-15 12:00:00"):
            last.action_approve()
            self.deliver(last)
        # 100 x 4 % x 16/365 = 0.1753; the costs are owed, but not claimed twice
        self.assertAsks(last, "Last reminder", 100, 0.18, fee=40)
        charges = self.env["credit.charge"].search([("invoice_id", "=", move.id)])
        self.assertEqual(
            sorted(charges.mapped(lambda c: (c.kind, c.amount))),
            [("cost", 40), ("interest", 0.18)],
        )

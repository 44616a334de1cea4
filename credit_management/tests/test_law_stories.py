"""Whole policies under the law of five countries.

Every amount is worked out by hand beside it, from the rates that the addon ships; what
left is read.
"""

from datetime import date

from odoo.tests import freeze_time, tagged

from .law_stories_common import LawStoriesCommon

# On what basis charges are asked for, as every step that asks for them says.
FRENCH = (
    "article L441-10 of the French Commercial Code",
    "D441-5 of the French Commercial Code",
)
GERMAN = (
    "sections 286 and 288 (2) of the German Civil Code",
    "section 288 (5) of the German Civil Code",
)
BRITISH = (
    "Late Payment of Commercial Debts (Interest) Act 1998",
    "section 5A of the Late Payment of Commercial Debts (Interest) Act 1998",
)
BELGIAN = (
    "articles XIX.2 and XIX.4 of the Belgian Code of Economic Law",
    "within the limits of article XIX.4 of the Belgian Code of Economic Law",
)
DUTCH = "6:96"


@tagged("post_install", "-at_install")
class TestLawStories(LawStoriesCommon):
    # ------------------------------------------------------------------
    # Businesses
    # ------------------------------------------------------------------

    def test_french_business(self):
        """L441-10 and D441-5 of the Commercial Code: 12.15 % in 2026-S1, and 40."""
        debtor = self._debtor("Imprimerie", "fr", vat="FR40303265045")
        move = self._invoice(debtor, self.business_policy)
        first = self._on(date(2026, 5, 25), move)
        self.assertAsks(first, "First reminder", 1000)
        self.assertTells(first, move.name, "20 May 2026", "To pay 1,000.00 €")
        self.assertSilent(first, "interest", "indemnity", "L441-10")
        self.assertFalse(self._on(date(2026, 6, 8), move))
        # 1,000 x 12.15 % x 20/365 = 6.6575
        second = self._on(date(2026, 6, 9), move)
        self.assertAsks(second, "Second reminder", 1000, 6.66, 40)
        self.assertTells(second, "Late interest at 12.15% a year 6.66 €", *FRENCH)
        self.assertTells(second, "Recovery indemnity 40.00 €", "To pay 1,046.66 €")
        # Part payment, to interest first (1343-1 of the Civil Code): 26 days make
        # 8.6548, which leave 708.6548 as principal; 14 days of it make 3.3025.
        self.pay(move, amount=300, day=date(2026, 6, 15))
        notice = self._on(date(2026, 6, 29), move)
        self.assertAsks(notice, "Formal notice", 700, 11.96, 40)
        self.assertEqual(notice.deadline_date, date(2026, 7, 14))
        self.assertEqual(self._withheld(notice), {"clause": ("no_terms", None)})
        self.assertTells(
            notice,
            "formal notice to pay the sum of 751.96 € by 14 July 2026",
            "Late interest at 12.15% a year 11.96 €",
            "Recovery indemnity 40.00 €",
            *FRENCH,
        )
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
        first = self._on(date(2026, 5, 25), move)
        self.assertAsks(first, "First reminder", 1000)
        self.assertTells(first, move.name, "20 May 2026", "To pay 1,000.00 €")
        self.assertSilent(first, "interest", "indemnity", "BGB")
        # 1,000 x 10.27 % x 20/365 = 5.6274
        second = self._on(date(2026, 6, 9), move)
        self.assertAsks(second, "Second reminder", 1000, 5.63, 40)
        self.assertTells(second, "Late interest at 10.27% a year 5.63 €", *GERMAN)
        self.assertTells(second, "Recovery indemnity 40.00 €", "To pay 1,045.63 €")
        # 1,000 x 10.27 % x 40/365 = 11.2548
        notice = self._on(date(2026, 6, 29), move)
        self.assertAsks(notice, "Formal notice", 1000, 11.25, 40)
        self.assertEqual(notice.deadline_date, date(2026, 7, 14))
        self.assertTells(
            notice,
            "formal notice to pay the sum of 1,051.25 € by 14 July 2026",
            "Late interest at 10.27% a year 11.25 €",
            *GERMAN,
        )

    def test_british_business(self):
        """The Act of 1998: 11.75 % in the first half of 2026, and 70 from 1,000."""
        debtor = self._debtor("Printers", "uk", vat="GB980780684")
        move = self._invoice(
            debtor, self.business_policy, amount=5000, currency=self.pound
        )
        first = self._on(date(2026, 5, 25), move)
        self.assertAsks(first, "First reminder", 5000)
        self.assertTells(first, move.name, "20 May 2026", "To pay £ 5,000.00")
        self.assertSilent(first, "interest", "indemnity", "Act 1998")
        # 5,000 x 11.75 % x 20/365 = 32.1918
        second = self._on(date(2026, 6, 9), move)
        self.assertEqual(second.currency_id, self.pound)
        self.assertAsks(second, "Second reminder", 5000, 32.19, 70)
        self.assertTells(second, "Late interest at 11.75% a year £ 32.19", *BRITISH)
        self.assertTells(second, "Recovery indemnity £ 70.00", "To pay £ 5,102.19")
        # 5,000 x 11.75 % x 40/365 = 64.3836
        notice = self._on(date(2026, 6, 29), move)
        self.assertAsks(notice, "Formal notice", 5000, 64.38, 70)
        self.assertTells(
            notice,
            "formal notice to pay the sum of £ 5,134.38 by 14 July 2026",
            "Late interest at 11.75% a year £ 64.38",
            *BRITISH,
        )

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
        # XIX.2 § 3: the amount, the clause, the creditor, the product, the period
        self.assertTells(
            first,
            "free of charge",
            "Please pay 200.00 € within 14 calendar days, counted from the day after "
            "this message was sent: until 16 November 2026.",
            "Nothing is added to this amount",
            "late interest at 10% a year and 35.00 € of compensation",
            f"Creditor: {self.company.name}, SIREN 732829320.",
            f"{move.name} 30 Sept 2026 Work 30 Oct 2026",
        )
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
        self.assertTells(second, "Late interest at 10% a year 0.05 €", *BELGIAN)
        self.assertTells(second, "under our terms and conditions 35.00 €")
        self.assertTells(second, "To pay 235.05 €")
        self.assertSilent(second, "Recovery indemnity", "Collection costs", "fee")
        # 200 x 10 % x 16/365 = 0.8767
        notice = self._on(date(2026, 12, 2), move)
        self.assertAsks(notice, "Formal notice", 200, 0.88, 35)
        self.assertEqual(notice.deadline_date, date(2026, 12, 17))
        self.assertTells(
            notice,
            "formal notice to pay the sum of 235.88 € by 17 December 2026",
            "Late interest at 10% a year 0.88 €",
            "under our terms and conditions 35.00 €",
            *BELGIAN,
        )

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
        self.assertTells(
            first,
            "free of charge",
            "within 14 calendar days, counted from the third working day after this "
            "letter was sent: until 18 November 2026.",
            "35.00 € of compensation",
            f"Creditor: {self.company.name}, SIREN 732829320.",
            "Work",
        )
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
        # 6:96 (6): the exact costs, and fourteen days from the day after delivery
        self.assertTells(
            first,
            "free of charge",
            "Please pay 100.00 € within 14 days, counted from the day after you "
            "receive this message.",
            "Nothing is added to this amount",
            "40.00 € of collection costs",
            f"Creditor: {self.company.name}, SIREN 732829320.",
            move.name,
        )
        self.assertFalse(self._on(date(2026, 6, 13), move))
        # 15 % of 100, at least 40; no interest before a formal notice
        second = self._on(date(2026, 6, 14), move)
        self.assertAsks(second, "Second reminder", 100, fee=40)
        self.assertEqual(self._withheld(second)["interest"], ("notice", None))
        self.assertTells(second, "Collection costs 40.00 €", "To pay 140.00 €", DUTCH)
        self.assertSilent(second, "Late interest at")
        notice = self._on(date(2026, 6, 29), move)
        self.assertAsks(notice, "Formal notice", 100, fee=40)
        self.assertTells(notice, "formal notice to pay the sum of 140.00 € by 14 July")
        self.assertTells(notice, "Collection costs 40.00 €", DUTCH)
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
            last = self._delivered(last)
        # 100 x 4 % x 16/365 = 0.1753; the costs are owed, but not claimed twice
        self.assertAsks(last, "Last reminder", 100, 0.18, fee=40)
        self.assertTells(last, "Late interest at 4% a year 0.18 €", DUTCH)
        charges = self.env["credit.charge"].search([("invoice_id", "=", move.id)])
        self.assertEqual(
            sorted(charges.mapped(lambda c: (c.kind, c.amount))),
            [("cost", 40), ("interest", 0.18)],
        )

"""Debtors of unknown kind: consumers everywhere, whatever the policy asks for."""

from datetime import date

from odoo.tests import tagged

from .law_stories_common import DUE, LawStoriesCommon

NOTHING = ("Late interest at", "Recovery indemnity", "Collection costs", "Reminder fee")


@tagged("post_install", "-at_install")
class TestLawStoriesUnknown(LawStoriesCommon):
    def _story(self, country, withheld, currency=None):
        """A policy for businesses, from the first reminder to the formal notice.

        :param dict withheld: {kind: reason} of the second reminder
        :return: the invoice
        """
        debtor = self._debtor("Somebody", country)
        self.assertEqual(debtor.credit_legal_kind, "consumer")
        values = {"currency": currency} if currency else {}
        move = self._invoice(debtor, self.business_policy, **values)
        self.assertAsks(self._on(date(2026, 5, 25), move), "First reminder", 1000)
        second = self._on(date(2026, 6, 9), move)
        self.assertAsks(second, "Second reminder", 1000)
        self.assertEqual(
            self._withheld(second), {k: (why, None) for k, why in withheld.items()}
        )
        notice = self._on(date(2026, 6, 29), move)
        self.assertAsks(notice, "Formal notice", 1000)
        for reminder in second | notice:
            self.assertSilent(reminder, *NOTHING)
        return move

    def _amounts(self, move, day):
        item = self.items(move)
        rows = self.env["credit.engine"]._assess_items(item, day)
        return rows[item]["assessment"].amounts

    def test_france(self):
        move = self._story("fr", {"interest": "notice", "indemnity": "unproven"})
        # From the day after the notice the legal rate: one day of June at 2.62 % and
        # 15 of July at 2.75 %: 1,000 x (2.62 + 15 x 2.75) / 36,500 = 1.2019
        self.assertEqual(self._amounts(move, date(2026, 7, 15)), {"interest": 120})

    def test_belgium(self):
        """No step of the policy is the free first reminder: nothing ever runs."""
        move = self._story(
            "be", {"interest": "first_reminder", "indemnity": "unproven"}
        )
        self.assertEqual(self._amounts(move, date(2026, 7, 15)), {})

    def test_netherlands(self):
        """From the notice the legal rate, which is not known after June."""
        move = self._story("nl", {"interest": "notice", "indemnity": "forbidden"})
        # 1,000 x 4 % x 1/365 = 0.1096
        self.assertEqual(self._amounts(move, date(2026, 6, 30)), {"interest": 11})
        self.assertEqual(self._amounts(move, date(2026, 7, 15)), {})

    def test_germany(self):
        move = self._story("de", {"interest": "notice", "indemnity": "unproven"})
        # Base rate + 5, not + 9: 1,000 x (6.27 + 15 x 6.52) / 36,500 = 2.8512
        self.assertEqual(self._amounts(move, date(2026, 7, 15)), {"interest": 285})

    def test_britain(self):
        """Interest by contract only, and there is no contract."""
        move = self._story(
            "uk", {"interest": "no_terms", "indemnity": "unproven"}, self.pound
        )
        self.assertEqual(self._amounts(move, date(2026, 7, 15)), {})

    def test_a_claim_is_no_proof(self):
        """Being entered as a company proves nothing in any of these countries."""
        for country in ("fr", "be", "nl", "de", "uk"):
            with self.subTest(country):
                debtor = self._debtor(f"Company {country}", country, is_company=True)
                find = self.env["credit.regime"]._resolver(self.company)
                found = find(debtor.credit_legal_kind, debtor.country_id.id, DUE)
                self.assertEqual(found.kind, "consumer")

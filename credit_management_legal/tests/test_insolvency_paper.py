"""The declaration on paper says what the record says."""

from datetime import date
from itertools import product

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.credit_management.tests.common import days_ago

from .insolvency_claim_common import InsolvencyClaimCommon


@tagged("post_install", "-at_install")
class TestInsolvencyPaper(InsolvencyClaimCommon):
    def test_paper_is_the_record(self):
        """Due before and after the opening, arisen after, booked, paid in part."""
        coming = self.make_invoice(overdue=-20, amount=840, issued=days_ago(20))
        after = self.make_invoice(overdue=1, amount=77, issued=date(2026, 6, 16))
        self.case.line_ids = [
            Command.create({"move_line_id": self.items(move).id})
            for move in (coming, after)
        ]
        for booked, paid, cost, foreign in product((False, True), repeat=4):
            with (
                self.subTest(booked=booked, paid=paid, cost=cost, foreign=foreign),
                self.env.cr.savepoint() as savepoint,
            ):
                if booked:
                    self.book_charges()
                if cost:
                    self.accepted_cost(50)
                if foreign:
                    self.make_invoice(overdue=60, amount=33.33, currency=self.dollar)
                record = self.declare(procedure="liquidation")
                if paid:
                    self.pay(self.move, 100, day=days_ago(5))
                    self.pay(coming, 200, day=days_ago(1))
                before = self.paper()["claim"]
                record.action_work_out()
                paper = self.agree(record)
                # What is not worked out yet is told as it would be.
                for name in ("rows", "sums", "total", "items"):
                    self.assertEqual(before[name], paper["claim"][name])
                names = [row["name"] for row in before["rows"]]
                self.assertIn(coming.name, names)
                for text in (*names, *map(str, paper["facts"].values())):
                    self.assertNotIn(after.name, text)
                savepoint.rollback()
                self.env.invalidate_all()

    def test_less_than_nothing_is_not_zero_in_words(self):
        self.declare()
        paper = self.env["credit.paper"]._of("insolvency_claim")
        claim = paper._claim(self.case, self.opened, "fr")
        for total, shown in ((100, True), (0, True), (-100, False)):
            facts = self.case._paper_facts(
                paper, "fr", self.opened, {**claim, "total": total}
            )
            self.assertEqual(bool(facts["amount_words"]), shown, total)

    def test_paper_of_a_day_without_a_record(self):
        coming = self.make_invoice(overdue=-20, amount=840, issued=days_ago(20))
        self.debtor.credit_insolvency_date = self.opened
        self.assertIn(coming.name, self.paper()["facts"]["exhibits"])

    def test_booked_charges_are_no_principal(self):
        """Nor is interest negative that was booked for days after the opening."""
        self.book_charges()
        record = self.declare()
        record.action_work_out()
        self.assertEqual(sum(record.line_ids.mapped("principal")), 1000)
        self.assertEqual(sum(record.line_ids.mapped("charges")), 40)
        self.assertTrue(all(line.interest >= 0 for line in record.line_ids))
        interest = sum(record.line_ids.mapped("interest"))
        self.assertTrue(0 < interest < 30)
        self.agree(record)

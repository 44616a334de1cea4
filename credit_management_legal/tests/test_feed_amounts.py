"""What third parties report in amounts: no more than is owed."""

from odoo.tests import tagged

from .feed_common import FeedCommon


@tagged("post_install", "-at_install")
class TestFeedAmounts(FeedCommon):
    def setUp(self):
        super().setUp()
        self.feed = self.make_feed()
        self.case = self.case_of()

    def test_payment_above_the_claim(self):
        paid = {
            "type": "payment",
            "currency": "EUR",
            "received_by": "party",
            "status": None,
        }
        rows = [
            self.status("1", self.case, **paid, amount="99999999"),
            self.status("2", self.case, **paid, amount="10.00"),
        ]
        self.assertEqual(self.states(self.feed, *rows), ["refused", "accepted"])
        refused = self.env["credit.feed.message"].search(
            [("feed_id", "=", self.feed.id), ("state", "=", "refused")]
        )
        self.assertIn("more than is owed", refused.reason)
        self.assertEqual(self.case.payment_ids.mapped("amount"), [10])

    def test_payments_of_one_file_are_held_against_the_claim_together(self):
        paid = {
            "type": "payment",
            "currency": "EUR",
            "received_by": "party",
            "status": None,
        }
        owed = self.case._most_reportable(self.case.company_id._credit_today(), True)
        half = f"{(owed // 2 + 100) / 100:.2f}"
        rows = [
            self.status("1", self.case, **paid, amount=half),
            self.status("2", self.case, **paid, amount=half),
            self.status("3", self.case, **paid, amount="1.00"),
        ]
        self.assertEqual(
            self.states(self.feed, *rows), ["accepted", "refused", "accepted"]
        )
        # In another file it is no other.
        again = self.status("4", self.case, **paid, amount=half)
        self.assertEqual(self.states(self.feed, again), ["refused"])
        self.assertEqual(len(self.case.payment_ids), 2)

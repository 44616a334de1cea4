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

"""What a third party handed on itself is no news to it."""

from odoo.tests import tagged

from odoo.addons.credit_management.tests.common import days_ago

from .money_common import MoneyCommon
from .test_feed_export import FolderCommon


@tagged("post_install", "-at_install")
class TestFeedRemitted(MoneyCommon, FolderCommon):
    def setUp(self):
        super().setUp()
        self.feed.date_from = days_ago(30)
        self.case = self.open_case(self.make_invoice(overdue=100, amount=1000))

    def told(self):
        """What is told now that was not before: (type, amount, residual, theirs)."""
        before = len(self.out())
        self.exchange()
        return [
            (kind, told.get("amount"), told.get("residual"), told.get("remitted"))
            for kind, told in self.out()[before:]
        ]

    def test_no_echo(self):
        self.assertEqual([row[0] for row in self.told()], ["case_opened"])
        payment = self.report_payment(self.case, 300)
        self.book()
        self.assertEqual(self.case.amount_residual, 700)
        self.assertEqual(self.told(), [])
        # What others paid is told, and only that.
        self.pay(self.case.line_ids.move_id, 200)
        self.assertEqual(
            self.told(), [("payment_received", "200.00", "500.00", "300.00")]
        )
        # Taken back by the third party: it knows that as well.
        payment.action_undo()
        self.assertEqual(self.case.amount_residual, 800)
        self.assertEqual(self.told(), [])
        self.pay(self.case.line_ids.move_id, 100)
        self.assertEqual(
            self.told(), [("payment_received", "100.00", "700.00", "0.00")]
        )

    def test_handed_on_before_the_feed(self):
        self.report_payment(self.case, 300)
        self.book()
        self.told()
        [item] = self.out()[0][1]["items"]
        self.assertEqual((item["residual"], item["remitted"]), ("700.00", "300.00"))
        self.report_payment(self.case, 100, days=3)
        self.book(reference="S-2")
        self.assertEqual(self.told(), [])

    def test_of_another_third_party(self):
        """Only its own remittances are known to it."""
        self.told()
        self.report_payment(self.case, 300)
        self.book()
        other = self.make_feed(
            name="Other", folder="other", party_id=self.make_party("Other").id
        )
        self.env.flush_all()
        item = self.case.line_ids.move_line_id
        self.assertEqual(self.env.execute_query(other._remitted_sql(item.id)), [(0,)])

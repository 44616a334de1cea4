"""What was paid online and is not in the books yet: nobody is reminded of it."""

from odoo.tests import freeze_time, tagged

from .common import NOW
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalUnderWay(PortalCommon):
    def _tell(self, state):
        """The provider's word on a payment, which Odoo has not looked at yet."""
        answer = self.begin(self.choice(self.old), 100)
        tx = self.transaction(answer)
        tx._process(
            "demo",
            {
                "reference": tx.reference,
                "simulated_state": state,
                "payment_details": "1234",
            },
        )
        return tx

    def _queued(self, *moves):
        reminders = self.env["credit.reminder"].sudo()
        for move in moves:
            reminders |= self.remind(
                move, self.step_1, state="queued", date_done=False
            ).sudo()
        for line in reminders.line_ids:
            line.date_due = line.move_line_id.date_maturity
        reminders._take_turns()
        return reminders

    def assertHeld(self):
        """Not proposed, not sent, and shown as under way; the other is reminded."""
        self.assertReason(self.old, "in_payment")
        self.assertReason(self.mid, False)
        self.assertIn("Payment under way", self.get().text)
        held, other = self._queued(self.old, self.mid)
        self.assertFalse(held._items_unchanged())
        self.assertTrue(other._items_unchanged())
        self.assertEqual((held | other)._recheck(), other)
        self.assertEqual(held.state, "cancelled")

    def test_pending(self):
        self.assertEqual(self._tell("pending").state, "pending")
        self.assertHeld()

    def test_authorized(self):
        self.provider.capture_manually = True
        self.assertEqual(self._tell("done").state, "authorized")
        self.assertHeld()

    def test_confirmed(self):
        tx = self._tell("done")
        self.assertEqual((tx.state, tx.is_post_processed), ("done", False))
        self.assertFalse(tx.payment_id)
        self.assertHeld()

    def test_what_came_to_nothing_is_reminded(self):
        for state in ("cancel", "error"):
            with self.subTest(state):
                self._tell(state)
                self.assertReason(self.old, False)
                [reminder] = self._queued(self.old)
                self.assertTrue(reminder._items_unchanged())
                reminder.state = "cancelled"

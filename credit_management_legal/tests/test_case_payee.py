"""Whom letters and messages of a case tell the debtor to pay."""

from odoo.tests import tagged

from .track_common import TrackCommon


@tagged("post_install", "-at_install")
class TestCasePayee(TrackCommon):
    def test_who_is_to_be_paid(self):
        """Letters and messages name the account of whoever the mandate says."""
        ours = self.company.partner_id.bank_ids
        theirs = self.env["res.partner.bank"].create(
            {
                "acc_number": "BE68539007547034",
                "partner_id": self.mandate.party_id.id,
                "allow_out_payment": True,
            }
        )
        self.track.stage_ids[0].unlink()
        case = self.make_file(party_reference="DUP-7")
        reminder = self.advance("2026-06-19").reminder_ids
        self.assertEqual(reminder.bank_account_id, ours)
        self.assertIn("FR76 3000 6000", case._paper_payment("fr"))
        self.assertIn("View your account", reminder.payment_html)
        self.mandate.payments_to = "party"
        self.env.invalidate_all()
        self.assertEqual(reminder.bank_account_id, theirs)
        self.assertEqual(reminder.payment_reference, "DUP-7")
        self.assertIn("BE68 5390 0754 7034", reminder.payment_html)
        self.assertIn(self.mandate.party_id.name, reminder.payment_html)
        self.assertNotIn("View your account", reminder.payment_html)
        self.assertIn("BE68 5390 0754 7034", case._paper_payment("fr"))
        self.assertIn("DUP-7", case._paper_payment("fr"))
        # Without an account there is nothing to name, least of all ours.
        theirs.active = False
        self.env.invalidate_all()
        self.assertFalse(reminder.bank_account_id)
        self.assertEqual(case._paper_payment("fr"), "")

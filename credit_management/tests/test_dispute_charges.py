"""Charges on what is contested: not asked for meanwhile, reduced by the answer."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from ..engine.charges import assess
from .charges_common import CHARGED_2, EMAIL_1, ChargesCommon
from .common import TODAY, DeliveryCommon


@tagged("post_install", "-at_install")
class TestDisputeCharges(ChargesCommon, DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(EMAIL_1, CHARGED_2)
        cls.move = cls.make_invoice(overdue=73, amount=1000)
        cls.remind(cls.move, cls.policy.step_ids[0])
        cls.reason = cls.env["credit.dispute.reason"].create({"name": "Quality"})

    def dispute(self, amount=400.0, move=None):
        return self.env["credit.dispute"]._make(
            move or self.move, self.reason, amount=amount
        )

    def charges(self, kind=None, state="claimed", move=None):
        found = self.env["credit.charge"].search(
            [("invoice_id", "=", (move or self.move).id), ("state", "=", state)]
        )
        return found.filtered(lambda charge: not kind or charge.kind == kind)

    def proposed(self):
        reminder = self.propose().reminder_ids
        amounts = reminder.amount_interest, reminder.amount_indemnity
        reminder.action_cancel()
        return amounts

    def claim(self):
        self.deliver(self.queued(self.move))

    def test_charges_count_what_is_not_contested(self):
        self.assertEqual(self.proposed(), (20, 40))
        dispute = self.dispute()
        self.assertEqual(self.proposed(), (12, 40))
        dispute.action_withdraw()
        self.assertEqual(self.proposed(), (20, 40))

    def test_the_part_bears_interest_once_it_is_rejected(self):
        dispute = self.dispute()
        dispute.sudo().date = TODAY - timedelta(days=36)
        dispute.action_reject()
        self.assertEqual(self.proposed(), (20, 40))
        # Where an open dispute suspends interest, it did on that part alone: from the
        # day of the dispute to that of the answer, 37 days.
        self.business.dispute_suspends = True
        self.assertEqual(self.proposed(), (15.95, 40))
        self.business.suspension_max_days = 10
        self.assertEqual(self.proposed(), (18.9, 40))
        dispute.sudo().amount = 0
        self.assertEqual(self.proposed(), (17.26, 40))

    def test_delay_after_the_answer(self):
        self.policy.dispute_resume_days = 5
        dispute = self.dispute()
        dispute.action_reject()
        self.assertEqual(self.proposed(), (12, 40))

    def test_accepted_part(self):
        self.claim()
        self.assertEqual(self.charges("interest").amount, 20)
        dispute = self.dispute()
        dispute.action_accept()
        interest = self.charges("interest")
        self.assertEqual(interest.amount, 12)
        self.assertEqual(interest.date_from, TODAY - timedelta(days=72))
        self.assertEqual(interest.date_to, TODAY)
        self.assertEqual(self.charges("interest", "reversed").amount, 20)
        # Something is late without it.
        self.assertEqual(self.charges("indemnity").amount, 40)
        notes = " ".join(self.move.message_ids.mapped("body"))
        self.assertIn("52.00 instead of", notes.replace("€", "").replace("&nbsp;", ""))
        # Nothing is asked for again, neither before nor after the credit note.
        for _post in range(2):
            with freeze_time(f"{TODAY + timedelta(days=73)} 12:00:00"):
                self.assertEqual(self.proposed_of_account(), 24)
            if dispute.credit_note_id.state == "draft":
                dispute.credit_note_id.action_post()

    def proposed_of_account(self):
        """Interest on the account, claimed or not."""
        engine = self.env["credit.engine"]
        items = self.items(self.move)
        today = self.company._credit_today()
        claims = engine._charge_claims(self.company, items.ids, today)
        engine._leave_out_disputed(claims)
        book = self.env["credit.rate"]._book(self.company)

        [row] = claims
        found = assess(
            row["claim"], row["regime"], row["terms"], {"interest"}, today, book
        )
        return found.amounts["interest"] / 100

    def test_nothing_is_late_without_it(self):
        with freeze_time(f"{TODAY - timedelta(days=73)} 12:00:00"):
            self.pay(self.move, 600, day=TODAY - timedelta(days=73))
        self.claim()
        self.assertEqual(self.charges("interest").amount, 8)
        self.dispute().action_accept()
        self.assertFalse(self.charges())
        self.assertEqual(len(self.charges(state="reversed")), 2)

    def test_right_in_part(self):
        self.claim()
        dispute = self.dispute()
        dispute.amount_accepted = 100
        dispute.action_accept_part()
        self.assertEqual(self.charges("interest").amount, 18)
        # Of a whole invoice.
        other = self.make_invoice(
            self.make_debtor("Other", company_registry="542051180"), overdue=73
        )
        self.remind(other, self.policy.step_ids[0])
        self.deliver(
            self.queued(other).filtered(lambda r: r.partner_id == other.partner_id)
        )
        whole = self.dispute(0, other)
        whole.amount_accepted = 50
        whole.action_accept_part()
        self.assertEqual(self.charges("interest", move=other).amount, 1)

    def test_booked_charges_are_credited(self):
        self.claim()
        for kind in ("interest", "indemnity", "fee"):
            self.company[f"credit_{kind}_account_id"] = self.company_data[
                "default_account_revenue"
            ]
        self.charges().sudo()._book()
        document = self.charges(state="booked").booking_id
        self.assertEqual(document.amount_residual, 60)
        self.dispute().action_accept()
        self.assertEqual(document.amount_residual, 40)
        self.assertEqual(self.charges("interest").amount, 12)

    def test_wholly_accepted(self):
        self.claim()
        self.dispute(0).action_accept()
        self.assertFalse(self.charges() | self.charges(state="booked"))

"""What is contested of an account, and what is merely not reminded because of it."""

from lxml import html

from odoo.tests import freeze_time, tagged

from .common import NOW, TODAY
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalContested(PortalCommon):
    """100 and 200 are overdue, 50 fall due later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dispute_reason = cls.env.ref("credit_management.dispute_reason_price")
        cls.overdue = f"o.{cls.euro.id}"

    def _dispute(self, move, amount=0.0, **values):
        return self.env["credit.dispute"]._make(
            move, self.dispute_reason, amount, **values
        )

    def _partly(self, move, accepted, amount=0.0):
        dispute = self._dispute(move, amount)
        dispute.amount_accepted = accepted
        dispute.action_accept_part()
        return dispute

    def _total(self):
        account = self.account
        return account.env["credit.account"]._picture(account).totals[self.euro]

    def _badges(self, move):
        page = html.fromstring(self.get().text)
        links = page.xpath(f"//table//a[contains(@href, '/invoice/{move.id}')]")
        return [
            " ".join(badge.text_content().split())
            for link in links
            for badge in link.getparent().xpath("span[@class]")
        ]

    def assertContested(self, contested, now):
        total = self._total()
        self.assertEqual((total["contested"], total["now"]), (contested, now))
        account = self.account
        if now:
            due = account.env["credit.account"]._due(account, self.overdue)
            self.assertEqual(due.amount, now)

    # ------------------------------------------------------------------
    # Kept out of reminders only
    # ------------------------------------------------------------------

    def test_rejected_with_a_delay(self):
        """Nobody contests it any more: it is owed, though not reminded yet."""
        self.policy.dispute_resume_days = 10
        dispute = self._dispute(self.mid)
        self.assertContested(200, 100)
        dispute.action_reject()
        self.assertGreater(dispute.resume_date, TODAY)
        self.assertReason(self.mid, "dispute")
        self.assertContested(0, 300)
        self.assertIn("10 days overdue", " ".join(self.get().text.split()))

    def test_accepted_in_part_with_a_delay(self):
        self.policy.dispute_resume_days = 10
        dispute = self._partly(self.mid, 30)
        self.assertContested(30, 270)
        dispute.credit_note_id.action_post()
        self.assertContested(0, 270)
        self.assertEqual(self._badges(self.mid), [])

    def test_the_scope_is_about_reminders(self):
        """Of an invoice or of a debtor no more is contested than the amount."""
        for scope in ("invoice", "debtor"):
            with self.subTest(scope):
                dispute = self._dispute(self.mid, 20, scope=scope)
                self.assertReason(self.mid, "dispute")
                self.assertContested(20, 280)
                self.assertEqual(self._badges(self.mid), ["20.00 € disputed"])
                self.assertEqual(self._badges(self.old), [])
                dispute.action_withdraw()

    def test_disputed_and_to_be_credited_in_instalments(self):
        move = self.make_halves()
        self._partly(move, 30, 40)
        self._dispute(move, 35)
        account = self.account
        picture = account.env["credit.account"]._picture(account)
        rows = [row for row in picture.rows if row["move_id"] == move.id]
        rows.sort(key=lambda row: row["due"])
        self.assertEqual([row["contested"] for row in rows], [1500, 5000])

    # ------------------------------------------------------------------
    # What was not accepted
    # ------------------------------------------------------------------

    def test_two_disputes_accepted_in_part(self):
        """Never more remains due than the invoice less all that is to be credited."""
        self._partly(self.mid, 20)
        second = self._partly(self.mid, 10)
        self.assertEqual(second._rest_amount(), 170)
        self.assertEqual(
            self._badges(self.mid),
            ["Credit note of 30.00 € to follow", "Not accepted: 170.00 € remains due"],
        )

    def test_nothing_is_said_of_the_rest_while_some_is_disputed(self):
        self._partly(self.mid, 20)
        self._dispute(self.mid, 10)
        self.assertEqual(
            self._badges(self.mid),
            ["10.00 € disputed", "Credit note of 20.00 € to follow"],
        )

    def test_what_is_to_be_credited_is_not_called_contested(self):
        """On the page to pay, as in the sums of the page."""
        self._partly(self.mid, 30, 40)
        choice = f"i.{self.items(self.mid).id}"
        text = " ".join(self.get(f"/pay?choice={choice}").text.split())
        text = text.replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn(
            "Of these invoices, 30.00 € is disputed or to be credited: that part", text
        )
        self.assertIn("Pay that part as well", text)
        self.assertNotIn("contest", text)
        text = self.get(f"/pay?choice={choice}.d").text
        text = text.replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn(
            "Of what you are about to pay, 30.00 € is disputed or to be credited.", text
        )

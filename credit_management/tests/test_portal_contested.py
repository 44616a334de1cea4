"""What is contested of an account, and what is merely not reminded because of it."""

from datetime import timedelta
from pathlib import Path
from runpy import run_path

from lxml import html

from odoo.exceptions import UserError
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

    def test_what_waits_may_be_paid_and_agreed_on(self):
        """What was not accepted and waits for its delay is an open item like all."""
        self.policy.write({"dispute_resume_days": 10, "plan_min_amount": 1})
        day = str(TODAY + timedelta(days=3))
        for amount in (80, 0):
            with self.subTest(amount=amount):
                self._dispute(self.mid, amount).action_reject()
                self.assertReason(self.mid, "dispute" if not amount else False)
                [item] = self.items(self.mid)
                self.assertEqual(item._credit_claimable(), {item: 200})
                wish = {
                    "item": [item.id],
                    "plan_number": "2",
                    "plan_frequency": "month",
                    "plan_first_date": day,
                }
                self.assertIn("200.00", self.preview(wish).text)
        self.post("/promise", {"item": [item.id], "promise_date_1": day})
        promise = self.env["credit.promise"].search([("item_ids", "in", item.ids)])
        self.assertEqual(promise.amount, 200)

    def test_why_the_contested_is_not_agreed_on(self):
        """The reason is the objection, not what was typed."""
        day = str(TODAY + timedelta(days=3))
        [item] = self.items(self.mid)
        forms = {
            "/promise": {"promise_date_1": day},
            "/plan/preview": {
                "plan_number": "3",
                "plan_frequency": "month",
                "plan_first_date": day,
            },
        }
        forms["/plan"] = forms["/plan/preview"] | {
            "plan_name": "Marie Dupont",
            "plan_accept": "1",
        }
        dispute = self._dispute(self.mid)
        for decide, reason in (
            (None, "You contest what you ticked"),
            ("action_accept", "What you ticked will be credited"),
        ):
            if decide:
                getattr(dispute, decide)()
            for suffix, form in forms.items():
                with self.subTest(reason, suffix=suffix):
                    refused = self.post(suffix, {"item": [item.id], **form})
                    self.assertEqual(refused.status_code, 400)
                    self.assertIn(reason, refused.text)
        for make in (
            lambda: self.env["credit.promise"]._make(item, [(TODAY, 10)]),
            lambda: self.env["credit.plan"]._offer(item, 3, "month", TODAY),
        ):
            with self.assertRaisesRegex(UserError, "to be credited or paid"):
                make()

    def test_how_much_may_be_promised_of_the_contested(self):
        self._dispute(self.mid, 40)
        form = {
            "item": self.items(self.mid).ids,
            "promise_date_1": str(TODAY + timedelta(days=3)),
            "promise_amount_1": "200",
        }
        refused = self.post("/promise", form)
        self.assertIn("No more than 160.00", refused.text)
        self.assertNotIn("more than is open", refused.text)
        self.assertEqual(
            self.post("/promise", {**form, "promise_amount_1": "160"}).status_code, 303
        )

    def test_a_payment_is_matched_with_what_waits(self):
        """Also what is left of it, and what is matched from the worklist."""
        self.policy.dispute_resume_days = 10
        for move in self.old | self.mid:
            self._dispute(move).action_reject()
        answer = self.begin(self.choice(self.old, self.mid), 300)
        # Paid meanwhile: what is left of the payment goes to the other.
        self.transaction(answer).credit_shares = {str(self.items(self.old).id): 10000}
        self.finish(answer)
        self.env.invalidate_all()
        self.assertEqual((self.old | self.mid).mapped("amount_residual"), [0, 0])

    def test_parts_are_told_after_the_credit_note(self):
        """What was accepted of an objection and what was not, booked or not."""
        self._partly(self.mid, 30, 80)
        self._partly(self.old, 25).credit_note_id.action_post()
        said = " ".join(self.get().text.split()).replace("\xa0", " ")
        self.assertIn("accepted in part: 25.00 € accepted, 75.00 € not accepted", said)
        self.assertIn("accepted in part: 30.00 € accepted, 50.00 € not accepted", said)

    def test_upgrade_of_disputes_accepted_in_part(self):
        part, whole = self._partly(self.mid, 30, 80), self._partly(self.old, 25)
        whole.credit_note_id.action_post()
        (part | whole).amount_rejected = False
        self.env.flush_all()
        self.cr.execute("UPDATE credit_dispute SET amount_rejected = NULL")
        script = Path(__file__).parents[1] / "migrations/19.0.1.10.0"
        run_path(str(script / "post-parts-of-disputes.py"))["migrate"](self.cr, "")
        self.env.invalidate_all()
        self.assertEqual((part.amount_rejected, whole.amount_rejected), (50, 75))

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

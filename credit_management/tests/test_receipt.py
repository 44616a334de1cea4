"""The day on which the customer received an invoice, and what it changes."""

from datetime import date
from pathlib import Path
from runpy import run_path

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .charges_common import CHARGED_2, EMAIL_1, ChargesCommon
from .common import DeliveryCommon, days_ago


@tagged("post_install", "-at_install")
class TestReceipt(ChargesCommon, DeliveryCommon):
    """An invoice of 1,000 of 90 days, due yesterday; received two days after its date.

    The law counts a term of more than 60 days as 30 from the receipt.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.business.write({"term_max_days": 60, "term_instead_days": 30})
        cls.env["credit.regime.basis"].create(
            {"regime_id": cls.business.id, "topic": "terms", "article": "art. 9"}
        )
        cls.move = cls.make_invoice(overdue=1, amount=1000, issued=days_ago(91))

    def claimed(self, day=None, move=None, **values):
        """{kind: minor units}, and the statement."""
        claims = self.env["credit.claim"]
        action = claims._open(self.items(move or self.move), **values)
        [made] = claims.browse(action["res_id"])._statements()
        return {kind: made.charge(kind) for kind in made.kinds}, made

    def receive(self, day, move=None):
        with Form(move or self.move) as form:
            form.credit_received_date = day

    def test_nobody_knows(self):
        """1,000.00 x 10 % x 1/365 = 0.27: the due date of the invoice stands."""
        self.assertEqual(self.claimed()[0], {"interest": 27, "indemnity": 4000})

    def test_term_that_is_too_long(self):
        """Received 89 days ago, late for 59: 1,000.00 x 10 % x 59/365 = 16.16."""
        self.receive(days_ago(89))
        amounts, made = self.claimed()
        self.assertEqual(amounts, {"interest": 1616, "indemnity": 4000})
        [entry] = made.entries
        self.assertEqual(entry.claim.due, days_ago(59))
        self.assertEqual(entry.claim.agreed_due, days_ago(1))

    def test_paper_says_why(self):
        self.receive(days_ago(89))
        action = self.env["credit.claim"]._open(self.items(self.move))
        claim = self.env["credit.claim"].browse(action["res_id"])
        sentence = (
            "Received on 20 Mar 2026; the due date of the invoice, 16 Jun 2026, is "
            "more than 60 days later, which counts as 30 days (art. 9)."
        )
        self.assertIn(sentence, " ".join(str(claim.claim_html).split()))
        self.move.credit_received_date = False
        claim.invalidate_recordset(["claim_html"])
        self.assertNotIn("Received on", str(claim.claim_html))

    def test_claim_before_the_due_date_of_the_invoice(self):
        """A day on which the invoice itself says that there is time left."""
        self.receive(days_ago(89))
        # 1,000.00 x 10 % x 39/365 = 10.68
        amounts, _made = self.claimed(date=days_ago(20))
        self.assertEqual(amounts, {"interest": 1068, "indemnity": 4000})

    def test_reminder_and_charge(self):
        """What is claimed begins the day after the due date of the law."""
        policy = self.make_policy(EMAIL_1, CHARGED_2)
        move = self.make_invoice(overdue=25, amount=1000, issued=days_ago(115))
        self.receive(days_ago(115), move)
        self.remind(move, policy.step_ids[0], days_ago(10))
        reminder = self.propose().reminder_ids.filtered(
            lambda r: move in r.line_ids.move_id
        )
        reminder.action_approve()
        self.deliver(reminder)
        charge = reminder.charge_ids.filtered(lambda c: c.kind == "interest")
        # Late since 85 days ago: 1,000.00 x 10 % x 85/365 = 23.29
        self.assertEqual(charge.amount, 23.29)
        self.assertEqual(charge.date_from, days_ago(84))

    def test_credit_note_counts_from_the_due_date_of_the_law(self):
        """Credited later, yet no interest on it from the start: 500.00, 59 days."""
        self.receive(days_ago(89))
        self.company.credit_note_retroactive = True
        note = self.make_credit_note(amount=500, issued=days_ago(5))
        (self.items(self.move) | self.items(note)).reconcile()
        # 500.00 x 10 % x 59/365 = 8.08
        self.assertEqual(self.claimed()[0]["interest"], 808)

    def test_agreed_instalments_are_no_term(self):
        move = self.make_instalments(1, -80, amount=1000)
        move.credit_received_date = days_ago(2)
        items = self.items(move)
        rows = self.env["credit.engine"]._assess_items(items, days_ago(0))
        self.assertEqual(
            {item: row["claim"].agreed_due for item, row in rows.items()},
            dict.fromkeys(items),
        )

    def test_invoice_asks_when_it_was_received(self):
        self.assertEqual(
            self.move.credit_term_text,
            "The term is longer than 60 days. Note under “Other Info” when the "
            "customer received the invoice, if you can prove it: then it counts as 30 "
            "days from that day (art. 9).",
        )
        short = self.make_invoice(overdue=1, issued=days_ago(61))
        consumers = self.make_invoice(self.debtor_b, overdue=1, issued=days_ago(91))
        instalments = self.make_instalments(1, -80, amount=1000)
        self.move.credit_received_date = days_ago(89)
        for move in (self.move, short, consumers, instalments):
            self.assertFalse(move.credit_term_text)

    def test_not_before_the_invoice(self):
        with self.assertRaisesRegex(ValidationError, "before its own date"):
            self.move.credit_received_date = days_ago(92)

    def test_due_date_that_nobody_agreed_on(self):
        """Late thirty days after due date and receipt, or from a formal notice."""
        self.business.write({"term_max_days": 0, "receipt_days": 30})
        self.make_terms("business", due_agreed=False)
        move = self.make_invoice(overdue=50, amount=1000)
        amounts, made = self.claimed(move=move)
        self.assertEqual(amounts, {})
        reasons = {w.kind: w.reason for w in made.entries[0].withheld}
        self.assertEqual((reasons["interest"], reasons["indemnity"]), ("notice",) * 2)
        self.receive(days_ago(45), move)
        # Late since 15 days ago: 1,000.00 x 10 % x 15/365 = 4.11
        self.assertEqual(
            self.claimed(move=move)[0], {"interest": 411, "indemnity": 4000}
        )

    def test_sheet_says_it(self):
        self.business.write({"receipt_days": 30, "term_max_since": date(2022, 2, 1)})
        rows = {row["topic"]: row["value"] for row in self.business._rule_rows()}
        self.assertIn(
            "A term of more than 60 days from the receipt of the invoice counts as 30 "
            "days from it.\nInvoices from February 1, 2022 on.",
            rows["terms"],
        )
        self.assertIn(
            "at the latest 30 days after the due date and the receipt of the invoice",
            rows["interest"],
        )

    def test_shipped_regimes_after_an_upgrade(self):
        """They get what they could not say before; others stay as they are."""
        names = ("term_max_days", "term_instead_days", "term_max_since")
        names += ("receipt_days", "receipt_needs_mention", "receipt_or_delivery")
        shipped = self.env["credit.regime"].union(
            *(
                self.env.ref(f"credit_management.regime_{name}")
                for name in ("be_business", "de_business", "de_consumer")
            )
        )
        before = shipped.read(names)
        shipped.write(dict.fromkeys(names, False))
        own = self.business.read(names)
        self.env.flush_all()
        path = Path(__file__).parents[1] / "migrations/19.0.1.6.0/post-receipt.py"
        run_path(str(path))["migrate"](self.env.cr, "19.0.1.5.0")
        self.env.invalidate_all()
        self.assertEqual(shipped.read(names), before)
        self.assertEqual(self.business.read(names), own)

"""What debtors read under the rules that come with the addon, in every country."""

from datetime import date

from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext

from .common import NOW, TODAY
from .content_common import ContentCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-02 12:00:00")
class TestChargeTextsByLaw(ContentCommon):
    """The rules that come with the addon, for the dates and amounts of the law."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step = cls.env.ref("credit_management.credit_step_consumer_first")
        cls.person = cls.make_debtor("Lucas Peeters", is_company=False)

    def _text(self, country, amount, channel):
        self.person.country_id = self.env.ref(country)
        late = (TODAY - date(2026, 11, 2)).days + 5
        move = self.make_invoice(self.person, overdue=late, amount=amount)
        reminder = self.make_reminder(move, self.step, channel=channel)
        html = reminder.letter_html
        if channel == "email":
            html = self.values_of(reminder)["body_html"]
        return " ".join(html2plaintext(html).replace("*", "").split()).replace(
            " .", "."
        )

    def test_belgian_consumer(self):
        """XIX.2: 14 calendar days, from the third working day or the day after."""
        self.env["credit.terms"].create(
            {
                "name": "Terms",
                "company_id": self.company.id,
                "kind": "consumer",
                "country_id": self.env.ref("base.be").id,
                "date_from": "2020-01-01",
                "clause_rule": "legal",
                "rate_rule": "fixed",
                "rate": 8,
            }
        )
        for channel, period in (
            (
                "letter",
                "counted from the third working day after this letter was sent: until "
                "18 November 2026",
            ),
            (
                "email",
                "counted from the day after this message was sent: until 16 November "
                "2026",
            ),
        ):
            self.assertIn(
                f"Please pay 300.00 € within 14 calendar days, {period}. Nothing is "
                "added to this amount if your payment reaches us within this time. "
                "After that we will charge late interest at 8% a year and 45.00 € of "
                "compensation under our terms and conditions.",
                self._text("base.be", 300, channel),
            )

    def test_dutch_consumer(self):
        """6:96 (6): exact costs, and 14 days from the day after the delivery."""
        text = self._text("base.nl", 266, "letter")
        self.assertIn(
            "Please pay 266.00 € within 14 days, counted from the day after this "
            "letter is delivered to you",
            text,
        )
        self.assertIn("40.00 € of collection costs", text)
        self.assertNotIn("until", text)

    def test_french_consumer(self):
        """No period of the law: the step's own; no costs."""
        text = self._text("base.fr", 300, "email")
        self.assertIn(
            "within 14 calendar days, counted from the day after this message was "
            "sent: until 16 November 2026",
            text,
        )
        self.assertNotIn("collection costs", text)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestShippedPolicies(ContentCommon):
    """The ready policies ask for nothing that a country forbids."""

    COUNTRIES = ("fr", "be", "lu", "de", "nl", "es", "it", "uk", "ch", "at", "pt", "us")
    POLICIES = {
        "business_courteous": "business",
        "business_firm": "business",
        "consumers": "consumer",
        "public": "public",
    }

    def _debtor(self, country, kind):
        return self.make_debtor(
            f"{kind} {country}",
            is_company=kind != "consumer",
            country_id=self.env.ref(f"base.{country}").id,
            credit_kind=kind,
            credit_kind_proof="Extract of a register",
        )

    def test_lawful_everywhere(self):
        """Charges only that the regime knows, and at least its days to pay."""
        self.env["credit.terms"].create(
            [
                {
                    "name": kind,
                    "company_id": self.company.id,
                    "kind": kind,
                    "date_from": "2020-01-01",
                    "clause_rule": "percent",
                    "clause_percent": 5,
                }
                for kind in ("business", "consumer")
            ]
        )
        find = self.env["credit.regime"]._resolver(self.company)
        asked = set()
        for name, kind in self.POLICIES.items():
            policy = self.env.ref(f"credit_management.credit_policy_{name}")
            steps = policy.with_context(active_test=False)._sequence_steps()
            for country in self.COUNTRIES:
                debtor = self._debtor(country, kind)
                move = self.make_invoice(debtor, overdue=60, amount=1000)
                regime = find(kind, debtor.country_id.id, move.invoice_date_due)
                for step in steps.filtered(lambda s: s.channel != "phone"):
                    with self.subTest(policy=name, country=country, step=step.name):
                        reminder = self.make_reminder(
                            move, step, amount_credit=0, amount_fee=0, amount_carried=0
                        )
                        reminder._refresh_charges()
                        kinds = {row["kind"] for row in reminder.charges["claimed"]}
                        forbidden = {k for k in kinds if regime._forbids(k)}
                        self.assertEqual(forbidden, set())
                        if step.formal_notice:
                            days = (reminder.deadline_planned - TODAY).days
                            self.assertGreaterEqual(days, regime.notice_days)
                            self.assertGreaterEqual(days, 15)
                        if regime.first_reminder_required:
                            self.assertEqual(kinds, set(), "nothing was announced")
                        asked |= {(kind, one) for one in kinds}
        self.assertIn(("business", "indemnity"), asked)
        self.assertIn(("business", "clause"), asked)
        self.assertIn(("public", "interest"), asked)

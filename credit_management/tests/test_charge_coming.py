"""What a debtor reads before anything is charged: what may follow, and until when."""

from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import NOW, TODAY
from .test_charge_texts import CLAUSE, ChargeTextsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestChargeComing(ChargeTextsCommon):
    def _coming(self, amount=300, **values):
        move = self.make_invoice(self.person, overdue=5, amount=amount, **values)
        text = self.make_reminder(move, self.free).coming_charges_text
        return text.replace("\N{NO-BREAK SPACE}", " ")

    def test_nothing_will_be_charged(self):
        self.consumer.interest_start = "none"
        self.assertEqual(self._coming(), "")

    def test_clause_and_interest(self):
        """300.00: 30 + 10 % of 150 = 45.00."""
        self.make_terms("consumer", rate_rule="fixed", rate=8, clause_rule="legal")
        self.assertEqual(
            self._coming(),
            "After that we will charge late interest at 8% a year and 45.00 € of "
            "compensation under our terms and conditions.",
        )

    def test_clause_in_another_currency(self):
        """A clause of at least 20 euros is one of 40 dollars."""
        self.consumer.interest_start = "none"
        self.make_terms("consumer", clause_rule="legal")
        self.assertEqual(
            self._coming(amount=100, currency=self.dollar),
            "After that we will charge $ 40.00 of compensation under our terms and "
            "conditions.",
        )

    def test_costs_and_interest_after_a_notice(self):
        self.consumer.write(
            {
                "clause_rule": "none",
                "cost_rule": "scale",
                "cost_min": 40,
                "interest_start": "notice",
                "scale_ids": [
                    Command.clear(),
                    Command.create({"charge": "cost", "above": 0, "percent": 15}),
                ],
            }
        )
        self.assertEqual(
            self._coming(),
            "After that we will charge late interest at 5% a year from a formal "
            "notice on and 45.00 € of collection costs.",
        )

    def test_basis_of_what_will_be_charged(self):
        self.make_terms("consumer", clause_rule="legal")
        reminder = self.make_reminder(
            self.make_invoice(self.person, overdue=5), self.free
        )
        self.assertEqual(reminder.legal_basis_text, CLAUSE)
        self.assertFalse(reminder.charges_html)
        self.consumer.with_context(lang="fr_FR").clause_sentence = "Selon l’art. 5."
        self.person.lang = "fr_FR"
        self.env.invalidate_all()
        self.assertEqual(reminder.legal_basis_text, "Selon l’art. 5.")

    # ------------------------------------------------------------------
    # Time to pay
    # ------------------------------------------------------------------

    def _period(self, channel="email", partner=None, step=None):
        move = self.make_invoice(partner or self.person, overdue=5)
        reminder = self.make_reminder(move, step or self.free, channel=channel)
        return reminder.legal_period_text

    def test_period_of_the_day_after(self):
        self.assertEqual(
            self._period(),
            "14 calendar days, counted from the day after this message was sent: "
            "until 1 July 2026",
        )
        self.assertEqual(
            self._period("letter"),
            "14 calendar days, counted from the day after this letter was sent: "
            "until 1 July 2026",
        )

    def test_period_of_working_days(self):
        """Sent on Wednesday 17 June: Monday 22 June is the third working day."""
        self.consumer.write({"wait_post_offset": 3, "wait_post_unit": "working"})
        self.assertEqual(
            self._period("registered_letter"),
            "14 calendar days, counted from the third working day after this letter "
            "was sent: until 5 July 2026",
        )
        self.assertIn("after this message was sent: until 1 July", self._period())
        self.consumer.wait_post_offset = 2
        self.assertEqual(
            self._period("letter"),
            "14 calendar days, from 19 June 2026 until 2 July 2026",
        )

    def test_period_from_the_delivery(self):
        """No date: whoever names one that is too early may charge nothing."""
        self.consumer.write(
            {
                "wait_post_offset": 2,
                "wait_post_unit": "delivery",
                "wait_margin_days": 7,
            }
        )
        self.assertEqual(
            self._period("letter"),
            "14 days, counted from the day after this letter is delivered to you",
        )
        self.assertEqual(
            self._period(),
            "14 days, counted from the day after you receive this message",
        )

    def test_period_with_a_margin(self):
        self.consumer.wait_margin_days = 6
        self.assertEqual(
            self._period(),
            "20 calendar days, counted from the day after this message was sent: "
            "until 7 July 2026",
        )

    def test_period_of_the_step(self):
        """Where the law sets none, the step's own days; of a business, for example."""
        self.assertEqual(
            self._period(partner=self.debtor, step=self.notice),
            "15 calendar days, counted from the day after this message was sent: "
            "until 2 July 2026",
        )
        self.assertEqual(
            self._period(partner=self.debtor, step=self.charged), "the next few days"
        )

    def test_period_of_a_sent_reminder(self):
        """What was told stays, whatever the day and the rules of today."""
        reminder = self.make_reminder(self.make_invoice(self.person), self.free)
        reminder._set_legal_times()
        reminder._register_sent()
        self.consumer.wait_days = 21
        with freeze_time(f"{TODAY + timedelta(days=30)} 12:00:00"):
            self.env.invalidate_all()
            self.assertIn("until 1 July 2026", reminder.legal_period_text)
            self.assertEqual(reminder.deadline_planned, date(2026, 7, 1))

    def test_planned_deadline(self):
        """At least what the law asks for a formal notice."""
        self.business.notice_days = 20
        notice = self.make_policy(
            {"formal_notice": True, "deadline_days": 8, "channel": "letter"}
        ).step_ids
        reminder = self.make_reminder(self.make_invoice(overdue=25), notice)
        self.assertEqual(reminder.deadline_planned, date(2026, 7, 7))
        self.assertEqual(reminder.deadline_text, "by 7 July 2026")
        plain = self.make_reminder(self.make_invoice(overdue=25), self.charged)
        self.assertFalse(plain.deadline_planned)

    def test_creditor(self):
        reminder = self.make_reminder(self.make_invoice())
        name = self.company.name
        belgium = self.env.ref("base.be")
        for values, text in (
            (
                {"company_registry": "552 100 554", "vat": "FR23334175221"},
                f"{name}, SIREN 552100554",
            ),
            (
                {"company_registry": False, "vat": "FR23334175221"},
                f"{name}, VAT number FR23334175221",
            ),
            (
                {"company_registry": "0477.472.701", "country_id": belgium.id},
                f"{name}, company number 0477.472.701",
            ),
            ({"company_registry": False, "vat": False}, name),
        ):
            self.company.write(values)
            self.env.invalidate_all()
            self.assertEqual(reminder.creditor_text, text)

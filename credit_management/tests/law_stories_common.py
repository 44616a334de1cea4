"""A debtor under the law of a country, a policy, and what left day by day."""

from datetime import date
from unittest.mock import patch

from odoo.tests import freeze_time
from odoo.tools import html2plaintext

from .common import CreditCommon, DeliveryCommon

DUE = date(2026, 5, 20)

BUSINESS_STEPS = (
    {"name": "First reminder", "delay_days": 5, "automation": "automatic"},
    {
        "name": "Second reminder",
        "delay_days": 20,
        "automation": "automatic",
        "charge_interest": True,
        "charge_indemnity": True,
    },
    {
        "name": "Formal notice",
        "delay_days": 40,
        "channel": "letter",
        "automation": "automatic",
        "formal_notice": True,
        "deadline_days": 15,
        "charge_interest": True,
        "charge_indemnity": True,
        "charge_clause": True,
    },
)
ALL = {
    "charge_interest": True,
    "charge_indemnity": True,
    "charge_clause": True,
    "charge_cost": True,
}
CONSUMER_STEPS = (
    {
        "name": "Free first reminder",
        "delay_days": 3,
        "automation": "automatic",
        "fallback_channel": "letter",
        "legally_required": True,
        "deadline_days": 14,
    },
    {
        "name": "Second reminder",
        "trigger": "previous",
        "delay_days": 5,
        "automation": "automatic",
        **ALL,
    },
    {
        "name": "Formal notice",
        "trigger": "previous",
        "delay_days": 15,
        "channel": "letter",
        "automation": "automatic",
        "formal_notice": True,
        "deadline_days": 15,
        **ALL,
    },
    {
        "name": "Last reminder",
        "trigger": "previous",
        "delay_days": 0,
        "automation": "automatic",
        **ALL,
    },
)


def plain(page):
    """The text of a page of HTML, on one line."""
    return " ".join(html2plaintext(page).replace("*", "").split())


class LawStoriesCommon(DeliveryCommon, CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["credit.terms"].search([]).active = False
        cls.company.company_registry = "732829320"
        cls.business_policy = cls.make_policy(*BUSINESS_STEPS)
        cls.business_policy.active = False
        cls.consumer_policy = cls.make_policy(*CONSUMER_STEPS)
        cls.consumer_policy.active = False
        pound = cls.env.ref("base.GBP")
        pound.active = True
        cls.pound = pound
        cls.env["res.currency.rate"].search([("currency_id", "=", pound.id)]).unlink()
        cls.env["res.currency.rate"].create(
            {
                "name": "2020-01-01",
                "rate": 0.8,
                "currency_id": pound.id,
                "company_id": cls.company.id,
            }
        )

    def setUp(self):
        super().setUp()
        # {id of a reminder: what the debtor reads, as plain text}
        self.texts = {}

        def letters(reminders):
            report = self.env.ref("credit_management.action_report_reminder")
            for reminder in reminders:
                page, _kind = report._render_qweb_html(report, reminder.ids)
                self.texts[reminder.id] = plain(page.decode())
            return {reminder.id: b"%PDF-" for reminder in reminders}

        self.startPatcher(
            patch.object(type(self.env["credit.reminder"]), "_letter_pdfs", letters)
        )

    def assertMentions(self, reminder):
        """What left says what the law of the debtor's country wants it to say.

        Each mention is said by the text of one of its placeholders, or by the names of
        all invoices where that is their table.
        """
        text, step = self.texts[reminder.id], reminder.step_id
        documents = {
            "first_reminder": step.legally_required,
            "formal_notice": step.formal_notice,
        }
        mentions = self._regime(reminder).mention_ids
        for mention in mentions.filtered(lambda m: documents.get(m.document)):
            said = [
                reminder.line_ids.mapped("name")
                if name == "items_html"
                else [reminder[name] or "(nothing)"]
                for name in mention.placeholders.split(",")
            ]
            self.assertTrue(
                any(all(plain(word) in text for word in words) for words in said),
                f"{step.name}: {mention.name}",
            )

    def _regime(self, reminder):
        debtor = reminder.partner_id
        find = self.env["credit.regime"]._resolver(reminder.company_id)
        return find(debtor.credit_legal_kind, debtor.country_id.id, DUE)

    def assertTells(self, reminder, *parts):
        """What left says each of ``parts``."""
        for part in parts:
            self.assertIn(part, self.texts[reminder.id])

    def assertSilent(self, reminder, *parts):
        for part in parts:
            self.assertNotIn(part, self.texts[reminder.id])

    def _debtor(self, name, country, **values):
        return self.make_debtor(
            name,
            country_id=self.env.ref(f"base.{country}").id,
            street="1 Main street",
            zip="1000",
            city="Town",
            **values,
        )

    def _invoice(self, debtor, policy, amount=1000, due=DUE, **values):
        move = self.make_invoice(
            debtor,
            amount=amount,
            issued=date(due.year, due.month - 1, due.day),
            invoice_date_due=due,
            **values,
        )
        move.credit_policy_id = policy
        return move

    def _on(self, day, move):
        """The reminder of ``day``, delivered; empty if there is none."""
        with freeze_time(f"{day} 12:00:00"):
            run = self.propose(automatic=True)
            reminder = run.reminder_ids.filtered(lambda r: move in r.line_ids.move_id)
            if reminder.state == "queued":
                reminder = self._delivered(reminder)
        return reminder

    def _delivered(self, reminder):
        """The reminder, or the letter in its stead, once it has left."""
        self.deliver(reminder)
        fallback = self.fallback_of(reminder)
        if fallback:
            return self._delivered(fallback)
        if reminder.state == "sent":
            if reminder.channel == "email":
                self.texts[reminder.id] = plain(reminder.mail_id.body_html)
            self.assertMentions(reminder)
        return reminder

    def _withheld(self, reminder):
        return {
            row["kind"]: (row["reason"], row["until"])
            for row in reminder.charges["withheld"]
        }

    def assertAsks(self, reminder, step, residual, interest=0, indemnity=0, fee=0):
        self.assertEqual(reminder.state, "sent", reminder.failure_reason)
        self.assertEqual(reminder.step_id.name, step)
        self.assertEqual(reminder.amount_residual, residual)
        self.assertEqual(reminder.amount_interest, interest)
        self.assertEqual(reminder.amount_indemnity, indemnity)
        self.assertEqual(reminder.amount_fee, fee)
        self.assertEqual(
            reminder.currency_id.compare_amounts(
                reminder.amount_total, residual + interest + indemnity + fee
            ),
            0,
        )

"""What a debtor reads about charges: amounts, bases, periods, and what may follow."""

from lxml import html

from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext

from ..models.credit_reminder_content import PLACEHOLDERS
from ..report.wording import rate_text
from .charges_common import SIREN, ChargesCommon
from .common import NOW
from .content_common import ContentCommon

INTEREST = "Interest is due from the due date (art. 1)."
INDEMNITY = "A fixed sum of 40 euros is due (art. 2)."
CLAUSE = "The compensation is that of our terms (art. 5)."


class ChargeTextsCommon(ChargesCommon, ContentCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # One euro is two dollars.
        cls.business.write(
            {
                "interest_sentence": INTEREST,
                "indemnity_sentence": INDEMNITY,
                "clause_sentence": "Our terms provide for a clause (art. 6).",
                "clause_rule": "free",
            }
        )
        cls.consumer.clause_sentence = CLAUSE
        for lang, text in (
            ("fr_FR", "Les intérêts courent dès l’échéance (art. 1)."),
            ("nl_NL", "De intrest loopt vanaf de vervaldag (art. 1)."),
        ):
            cls.business.with_context(lang=lang).interest_sentence = text
        cls.charged = cls.make_policy(
            {
                "charge_interest": True,
                "charge_indemnity": True,
                "charge_clause": True,
                "mail_template_id": cls.env.ref(
                    "credit_management.mail_template_second_reminder"
                ).id,
            }
        ).step_ids
        cls.free = cls.make_policy(
            {"legally_required": True, "deadline_days": 14}
        ).step_ids
        cls.person = cls.make_debtor("Camille Dubois", is_company=False)

    @classmethod
    def make_reminder(cls, moves, step=None, **values):
        values = {"amount_credit": 0, "amount_fee": 0, "amount_carried": 0, **values}
        reminder = super().make_reminder(moves, step or cls.charged, **values)
        if not values.get("charges"):
            reminder._refresh_charges()
        return reminder

    def table(self, reminder):
        """The rows below the invoices: labels and amounts."""
        rows = self.rows(reminder.items_html)
        return [tuple(row) for row in rows if len(row) == 2]

    def basis(self, markup):
        """The sentences of the block below the table."""
        tree = html.fragment_fromstring(str(markup), create_parent="div")
        [heading] = tree.xpath("//div[text()='On what basis']")
        return [row.text_content().strip() for row in heading.itersiblings()]


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestChargeTexts(ChargeTextsCommon):
    # ------------------------------------------------------------------
    # The table
    # ------------------------------------------------------------------

    def test_rows(self):
        """1,000.00 x 10 % x 25/365 = 6.849; 40.00 for each of two late invoices."""
        moves = self.make_invoice(overdue=25, amount=1000)
        moves |= self.make_invoice(overdue=25, amount=1000)
        reminder = self.make_reminder(moves)
        self.assertEqual(
            self.table(reminder),
            [
                ("Total of the invoices", "2,000.00 €"),
                ("Late interest at 10% a year", "13.70 €"),
                ("Recovery indemnity", "80.00 €"),
                ("To pay", "2,093.70 €"),
            ],
        )

    def test_rows_of_terms(self):
        """A clause of 10 %, at the rate of the terms: 1,000 x 12.5 % x 25/365."""
        self.make_terms(
            "business",
            rate_rule="fixed",
            rate=12.5,
            clause_rule="percent",
            clause_percent=10,
        )
        reminder = self.make_reminder(self.make_invoice(overdue=25, amount=1000))
        self.assertEqual(
            self.table(reminder)[1:-1],
            [
                ("Late interest at 12.50% a year", "8.56 €"),
                ("Recovery indemnity", "40.00 €"),
                ("Compensation under our terms and conditions", "100.00 €"),
            ],
        )

    def test_kinds_that_share_a_field(self):
        """The rows add up to the amounts of the reminder, whatever the summary says."""
        claimed = [
            {"kind": kind, "amount": amount, "regime_id": self.consumer.id}
            for kind, amount in (
                ("indemnity", "40.00"),
                ("clause", "45.00"),
                ("cost", "30.00"),
                ("fee", "7.50"),
            )
        ]
        reminder = self.make_reminder(
            self.make_invoice(amount=300),
            amount_interest=1.25,
            amount_indemnity=85,
            amount_fee=37.5,
            amount_carried=12.05,
            charges={"claimed": claimed},
        )
        reminder.amount_total += 12.05
        self.assertEqual(
            self.table(reminder),
            [
                ("Total of the invoices", "300.00 €"),
                ("Late interest", "1.25 €"),
                ("Recovery indemnity", "40.00 €"),
                ("Compensation under our terms and conditions", "45.00 €"),
                ("Collection costs", "30.00 €"),
                ("Reminder fee", "7.50 €"),
                ("Charges of earlier reminders", "12.05 €"),
                ("To pay", "435.80 €"),
            ],
        )

    def test_several_rates_are_left_to_the_calculation(self):
        def labels(*percents):
            reminder.charges = {
                "claimed": [
                    {"kind": "interest", "amount": "1.00", "percent": percent}
                    for percent in percents
                ]
            }
            return [row[0] for row in reminder._charge_rows()][:1]

        reminder = self.make_reminder(self.make_invoice())
        self.assertEqual(labels("8.00", "8.00"), ["Late interest at 8% a year"])
        self.assertEqual(labels("8", "10.5"), ["Late interest"])
        self.assertEqual(labels(None), ["Late interest"])

    def test_rates_as_the_language_writes_them(self):
        """In a letter, its annex and on a sheet alike."""
        for percent, english, french in (
            ("8.0", "8", "8"),
            ("10", "10", "10"),
            ("12.4", "12.40", "12,40"),
            (12.4, "12.40", "12,40"),
            ("3.375", "3.375", "3,375"),
            ("0", "0", "0"),
        ):
            with self.subTest(percent):
                self.assertEqual(rate_text(percent, "en_US"), english)
                self.assertEqual(rate_text(percent, "fr_FR"), french)
                label = self.env["credit.reminder"]._charge_label("interest", percent)
                self.assertEqual(label, f"Late interest at {english}% a year")
                shown = self.business._percent_text(percent)
                self.assertEqual(shown, f"{english}\N{NO-BREAK SPACE}%")

    def test_other_company_and_currency(self):
        """40 euros are 80 dollars; each reminder in the currency of its own."""
        move = self.make_invoice(company=self.other_company, overdue=25, amount=1000)
        dollars = self.make_reminder(move)
        euros = self.make_reminder(self.make_invoice(overdue=25, amount=500))
        self.assertEqual(
            self.table(dollars),
            [
                ("Total of the invoices", "$ 1,000.00"),
                ("Late interest at 10% a year", "$ 6.85"),
                ("Recovery indemnity", "$ 80.00"),
                ("To pay", "$ 1,086.85"),
            ],
        )
        self.assertIn(("Recovery indemnity", "40.00 €"), self.table(euros))

    # ------------------------------------------------------------------
    # On what basis
    # ------------------------------------------------------------------

    def test_basis_below_the_table(self):
        reminder = self.make_reminder(self.make_invoice(overdue=25))
        self.assertEqual(self.basis(reminder.items_html), [INTEREST, INDEMNITY])
        self.assertEqual(self.basis(reminder.charges_html), [INTEREST, INDEMNITY])
        self.assertEqual(reminder.legal_basis_text, f"{INTEREST} {INDEMNITY}")

    def test_basis_names_the_annex(self):
        self.charged.attach_calculation = True
        reminder = self.make_reminder(self.make_invoice(overdue=25))
        self.assertEqual(
            self.basis(reminder.items_html),
            [INTEREST, INDEMNITY, "The calculation, day by day, is annexed."],
        )
        self.assertEqual(reminder.legal_basis_text, f"{INTEREST} {INDEMNITY}")

    def test_basis_of_terms(self):
        self.make_terms("business", rate_rule="fixed", rate=12, indemnity=False)
        reminder = self.make_reminder(self.make_invoice(overdue=25))
        self.assertEqual(
            self.basis(reminder.items_html),
            [f"{INTEREST} The rate is that of our terms and conditions."],
        )

    def test_no_charge_no_basis(self):
        reminder = self.make_reminder(self.make_invoice(overdue=25), self.first)
        self.assertNotIn("On what basis", reminder.items_html)
        self.assertFalse(reminder.charges_html)

    def test_basis_of_earlier_charges(self):
        reminder = self.make_reminder(
            self.make_invoice(overdue=2), self.first, charges={"claimed": []}
        )
        reminder.amount_carried = 7.5
        self.assertEqual(
            self.basis(reminder.items_html),
            ["Charges of earlier reminders were asked for before and are still owed."],
        )

    def test_one_sentence_for_many_charges(self):
        """Two versions of a regime say the same in one sentence."""
        other = self.business.copy(
            {"code": "test_other", "indemnity_sentence": INDEMNITY}
        )
        reminder = self.make_reminder(
            self.make_invoice(),
            charges={
                "claimed": [
                    {"kind": "indemnity", "amount": "40", "regime_id": regime.id}
                    for regime in (self.business, other)
                ]
            },
            amount_indemnity=80,
        )
        self.assertEqual(self.basis(reminder.items_html), [INDEMNITY])

    def test_basis_where_the_text_puts_it(self):
        template = self.charged.mail_template_id
        reminder = self.make_reminder(self.make_invoice(overdue=25))
        body = html2plaintext(self.values_of(reminder)["body_html"])
        self.assertEqual(body.count("On what basis"), 1)
        self.assertLess(body.index(INTEREST), body.index("Please pay"))
        template.body_html = (
            '<t t-out="object.items_html"/><p>After</p><t t-out="object.charges_html"/>'
        )
        self.env.invalidate_all()
        body = html2plaintext(self.values_of(reminder)["body_html"])
        self.assertEqual(body.count("On what basis"), 1)
        self.assertLess(body.index("After"), body.index(INTEREST))

    def test_basis_in_the_language_of_the_debtor(self):
        french = self.make_debtor("Lyon SARL", lang="fr_FR", company_registry=SIREN)
        reminders = self.make_reminder(self.make_invoice(french, overdue=25))
        reminders |= self.make_reminder(self.make_invoice(overdue=25))
        for reminder, sentence in zip(
            reminders.with_context(lang="nl_NL"),
            ("Les intérêts courent dès l’échéance (art. 1).", INTEREST),
            strict=True,
        ):
            self.assertIn(sentence, reminder.items_html)
            self.assertEqual(reminder.charge_basis[0], sentence)
            self.assertTrue(reminder.legal_basis_text.startswith(sentence))

    def test_hostile_sentence(self):
        self.business.interest_sentence = "<script>alert(1)</script>"
        reminder = self.make_reminder(self.make_invoice(overdue=25))
        self.assertNotIn("<script", reminder.items_html)
        self.assertIn("&lt;script", reminder.items_html)

    # ------------------------------------------------------------------
    # The batch
    # ------------------------------------------------------------------

    def test_queries_do_not_grow(self):
        """Charges, bases, periods: as many queries for ten reminders as for fifty."""
        self.make_terms("consumer", clause_rule="legal")
        template = self.first.mail_template_id.copy(
            {
                "body_html": "".join(
                    f'<t t-out="object.{name}"/>'
                    for name in PLACEHOLDERS
                    if name.endswith(("_html", "_text"))
                )
            }
        )
        step = self.make_policy(
            {"legally_required": True, "mail_template_id": template.id}
        ).step_ids
        people = self.env["res.partner"].create(
            [
                {
                    "name": f"Person {n}",
                    "email": f"person{n}@example.com",
                    "country_id": self.env.ref("base.fr").id,
                    "lang": "fr_FR" if n % 2 else "nl_NL",
                }
                for n in range(50)
            ]
        )
        reminders = self.env["credit.reminder"]
        for person in people:
            reminders |= self.make_reminder(
                self.make_invoice(person, overdue=25, amount=300),
                step,
                amount_interest=1,
                charges={
                    "claimed": [
                        {
                            "kind": "interest",
                            "amount": "1.00",
                            "regime_id": self.consumer.id,
                            "percent": "5",
                        }
                    ]
                },
            )
        reminders._email_values()
        reminders._alerts()
        counts = []
        for batch in (reminders[:10], reminders):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            values = batch._email_values()
            alerts = batch._alerts()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertFalse(alerts)
            for value in values.values():
                self.assertIn("45,00", value["body_html"])
        self.assertEqual(*counts)

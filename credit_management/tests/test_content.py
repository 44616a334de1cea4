"""E-mails: what the debtor reads, and in whose language."""

from pathlib import Path
from runpy import run_path
from unittest.mock import patch

from markupsafe import Markup

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL, html2plaintext, mute_logger
from odoo.tools.mail import is_html_empty

from ..report import payment
from .common import NOW
from .content_common import ContentCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContent(ContentCommon):
    # ------------------------------------------------------------------
    # The table
    # ------------------------------------------------------------------

    def test_table(self):
        late = self.make_invoice(overdue=12, amount=1240.5)
        later = self.make_invoice(overdue=-6, amount=2100)
        self.pay(late, amount=40.5)
        reminder = self.make_reminder(
            late | later, amount_credit=150.0, amount_interest=3.25, amount_fee=10.0
        )
        self.assertEqual(
            self.rows(reminder.items_html),
            [
                ["Invoice", "Due date", "Open amount"],
                [
                    f"{late.name} 6 May 2026",
                    "5 Jun 2026 12 days overdue",
                    "1,200.00 € of 1,240.50 €",
                ],
                ["Overdue invoices", "1,200.00 €"],
                ["Unmatched payments and credit notes", "−150.00 €"],
                ["Late interest", "3.25 €"],
                ["Reminder fee", "10.00 €"],
                ["To pay", "1,063.25 €"],
                ["Not due yet", "2,100.00 €"],
                [f"{later.name} 24 May 2026", "23 Jun 2026", "2,100.00 €"],
            ],
        )
        self.assertEqual(reminder.amount_due_text, "1,063.25\N{NO-BREAK SPACE}€")

    def test_table_of_one(self):
        """No headings and no subtotals where there is nothing to tell apart."""
        reminder = self.make_reminder(self.make_invoice(overdue=1, amount=80))
        self.assertEqual(len(self.rows(reminder.items_html)), 3)
        self.assertIn("1 day overdue", reminder.items_html)

    def test_table_before_the_due_date(self):
        reminder = self.make_reminder(
            self.make_invoice(overdue=-5, amount=80)
            | self.make_invoice(overdue=0, amount=20),
            self.env.ref("credit_management.credit_step_courteous_pre_due"),
        )
        text = html2plaintext(reminder.items_html)
        self.assertNotIn("overdue", text)
        self.assertIn("due today", text)
        self.assertEqual(reminder.amount_due_text, reminder.amount_total_text)

    def test_when_it_falls_due(self):
        """What is due on the day itself does not fall due “shortly”."""
        step = self.env.ref("credit_management.credit_step_courteous_pre_due")
        for overdue, text in (
            ((0,), "falls due today"),
            ((0, 0), "falls due today"),
            ((0, -5), "falls due from today"),
            ((-5,), "falls due on 22 June 2026"),
            ((-5, -7), "falls due shortly"),
            ((1, -5), "is to be paid"),
        ):
            with self.subTest(overdue=overdue):
                moves = self.env["account.move"].union(
                    *(self.make_invoice(overdue=days, amount=20) for days in overdue)
                )
                reminder = self.make_reminder(moves, step)
                self.assertEqual(reminder.due_text, text)
                self.assertIn(
                    f"the amount below {text}.",
                    html2plaintext(self.values_of(reminder)["body_html"]),
                )

    def test_table_with_what_is_due_today(self):
        """It is asked for with what is overdue, as on the debtor's page."""
        reminder = self.make_reminder(
            self.make_invoice(overdue=9, amount=80)
            | self.make_invoice(overdue=0, amount=20)
            | self.make_invoice(overdue=-5, amount=7),
            amount_credit=30.0,
        )
        rows = self.rows(reminder.items_html)
        self.assertIn(["Invoices due", "100.00 €"], rows)
        self.assertIn(["To pay", "70.00 €"], rows)
        self.assertIn(["Not due yet", "7.00 €"], rows)
        coming = reminder.env.execute_query(
            SQL(
                "SELECT %s FROM credit_reminder reminder WHERE id = %s",
                reminder._coming_sql(),
                reminder.id,
            )
        )
        self.assertEqual(coming, [(7,)], "the same by SQL")
        # One that waits since before the upgrade follows.
        reminder.flush_recordset()
        self.env.cr.execute(
            "UPDATE credit_reminder SET amount_asked = 50 WHERE id = %s", [reminder.id]
        )
        path = Path(__file__).parents[1] / "migrations/19.0.1.11.0/post-due-today.py"
        run_path(str(path))["migrate"](self.env.cr, "19.0.1.10.0")
        reminder.invalidate_recordset(["amount_asked"])
        self.assertEqual(reminder.amount_asked, 70)

    def test_nothing_is_to_be_paid_yet(self):
        reminder = self.make_reminder(self.make_invoice(overdue=-5, amount=80))
        rows = self.rows(reminder.items_html)
        self.assertIn(["To pay when due", "80.00 €"], rows)

    def test_thanks(self):
        move = self.make_invoice(overdue=-2, amount=500)
        item = self.items(move)
        reminder = self.make_reminder(
            move,
            self.env.ref("credit_management.credit_step_courteous_thanks"),
            is_thanks=True,
            amount_residual=0,
            amount_total=0,
        )
        reminder.line_ids.amount_residual = 0
        self.assertEqual(
            self.rows(reminder.items_html)[1:],
            [[f"{move.name} 20 May 2026", "19 Jun 2026", "500.00 €"]],
        )
        self.assertTrue(is_html_empty(reminder.payment_html))
        self.assertEqual(
            self.values_of(reminder)["subject"], "Thank you for your payment"
        )
        reminder.line_ids.days_overdue = 9
        self.assertEqual(item.amount_currency, 500)
        self.assertEqual(
            self.values_of(reminder)["subject"], "We have received your payment"
        )

    def test_description_for_private_persons(self):
        """A number alone tells a private person little; companies have their books."""
        person = self.make_debtor("Camille Dubois", is_company=False)
        private = self.make_reminder(self.make_invoice(person))
        business = self.make_reminder(self.make_invoice())
        self.assertIn("Work", private.items_html)
        self.assertNotIn("Work", business.items_html)
        # Nothing proves that this one is a business: in law it is a consumer.
        unknown = self.make_reminder(self.make_invoice(self.make_debtor("Perhaps SA")))
        self.assertIn("Work", unknown.items_html)

    def test_personal_note_before_the_table(self):
        reminder = self.make_reminder(
            self.make_invoice(), personal_note="<p>As agreed on the phone.</p>"
        )
        body = self.values_of(reminder)["body_html"]
        self.assertLess(body.index("As agreed"), body.index(reminder.line_ids.name))

    # ------------------------------------------------------------------
    # Language
    # ------------------------------------------------------------------

    def test_language(self):
        french = self.make_debtor("Lyon SARL", lang="fr_FR")
        dutch = self.make_debtor("Gent BV", lang="nl_NL")
        reminders = self.env["credit.reminder"]
        for debtor in (french, dutch, self.debtor):
            reminders |= self.make_reminder(
                self.make_invoice(debtor, overdue=41, amount=1234.5), self.notice
            )
        values = reminders.with_context(lang="nl_NL")._email_values()
        expected = (
            (
                "Mise en demeure",
                "de payer la somme de",
                "41 jours de retard",
                "1 234,50 €",
                "au plus tard le 2 juillet 2026",
                "Par virement",
            ),
            (
                "Ingebrekestelling",
                "stellen wij u in gebreke",
                "41 dagen te laat",
                "1.234,50 €",
                "uiterlijk op 2 juli 2026",
                "Per overschrijving",
            ),
            (
                "Formal notice",
                "formal notice to pay",
                "41 days overdue",
                "1,234.50 €",
                "by 2 July 2026",
                "By bank transfer",
            ),
        )
        for reminder, texts in zip(reminders, expected, strict=True):
            mail = values[reminder.id]
            self.assertIn(texts[0], mail["subject"])
            body = " ".join(html2plaintext(mail["body_html"]).split())
            for text in texts[1:]:
                self.assertIn(text, body)

    def test_language_follows_the_recipient(self):
        contact = self.env["res.partner"].create(
            {"name": "Marie", "parent_id": self.debtor.id, "lang": "fr_FR"}
        )
        reminder = self.make_reminder(self.make_invoice())
        self.assertEqual(reminder.lang, "en_US")
        reminder.contact_id = contact
        self.assertEqual(reminder.lang, "fr_FR")
        # A language that was switched off since.
        with patch.object(
            self.registry["res.lang"],
            "get_installed",
            lambda self: [("en_US", "English")],
        ):
            reminder.invalidate_recordset()
            self.assertEqual(reminder.lang, "en_US")

    def test_language_without_texts(self):
        """English with German dates would be neither: until somebody translates."""
        self.env["res.lang"]._activate_lang("de_DE")
        self.debtor.lang = "de_DE"
        reminder = self.make_reminder(self.make_invoice())
        self.assertEqual(reminder.lang, "en_US")
        template = reminder._mail_template()
        template.with_context(lang="de_DE").body_html = "<p>Guten Tag</p>"
        reminder.invalidate_recordset()
        self.assertEqual(reminder.lang, "de_DE")

    # ------------------------------------------------------------------
    # The batch
    # ------------------------------------------------------------------

    def test_values(self):
        reminder = self.make_reminder(self.make_invoice())
        values = self.values_of(reminder)
        self.assertEqual(values["recipient_ids"], [Command.link(self.debtor.id)])
        self.assertEqual(values["email_from"], self.company.email_formatted)
        self.assertIn(reminder.portal_url, values["body_html"])
        self.assertIn(self.company.name, values["body_html"])
        self.assertIsInstance(values["body_html"], Markup)

    def test_hostile_texts(self):
        script = "<script>alert(1)</script>"
        self.debtor.name = f"Evil {script}"
        move = self.make_invoice()
        move.payment_reference = '"><img src=x onerror=alert(1)>'
        reminder = self.make_reminder(move)
        reminder.line_ids.name = f"INV{script}"
        self.company.name = f"Us {script}"
        values = self.values_of(reminder)
        preview = reminder.preview_html
        reminder.channel = "letter"
        for body in (values["body_html"], preview, reminder.preview_html):
            self.assertNotIn("<script", body)
            self.assertNotIn("<img src=x", body)
            self.assertIn("&lt;script", body)

    def test_no_address(self):
        """One debtor without address does not keep the other from being written to."""
        self.debtor_b.email = "nonsense"
        mute = self.make_reminder(self.make_invoice(self.debtor_b))
        fine = self.make_reminder(self.make_invoice())
        values = (mute | fine)._email_values()
        self.assertIsInstance(values[mute.id], UserError)
        self.assertIn("Martin SA", str(values[mute.id]))
        self.assertIn("subject", values[fine.id])

    @mute_logger("odoo.addons.mail.models.mail_render_mixin")
    def test_poisoned_reminder(self):
        """A template that fails for one debtor fails for that one only."""
        template = self.env.ref("credit_management.mail_template_first_reminder")
        template.subject = "{{ 1 / (object.partner_id.name != 'Martin SA') }}"
        poisoned = self.make_reminder(self.make_invoice(self.debtor_b))
        fine = self.make_reminder(self.make_invoice())
        values = (fine | poisoned)._email_values()
        self.assertIsInstance(values[poisoned.id], Exception)
        self.assertEqual(values[fine.id]["subject"], "1.0")

    def test_queries_do_not_grow(self):
        invoices = [self.make_invoice(overdue=n) for n in range(1, 4)]
        debtors = self.env["res.partner"].create(
            [
                {
                    "name": f"Debtor {n}",
                    "is_company": True,
                    "email": f"debtor{n}@example.com",
                    "lang": "fr_FR" if n % 2 else "nl_NL",
                }
                for n in range(50)
            ]
        )
        reminders = self.env["credit.reminder"]
        for debtor in debtors:
            reminders |= self.make_reminder(
                invoices[0] | invoices[1] | invoices[2],
                partner_id=debtor.id,
                contact_id=debtor.id,
            )
        reminders._email_values()
        counts = []
        for batch in (reminders[:10], reminders):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            values = batch._email_values()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertTrue(all("subject" in value for value in values.values()))
        self.assertEqual(*counts)

    def test_pictures_travel_inside(self):
        reminder = self.make_reminder(self.make_invoice())
        body = self.values_of(reminder)["body_html"]
        mail = self.env["mail.mail"].new({"model": "credit.reminder"})
        outgoing = mail._personalize_outgoing_body(body)
        message = self.env["ir.mail_server"]._build_email__(
            email_from="us@example.com",
            email_to=["them@example.com"],
            subject="Reminder",
            body=outgoing,
            body_alternative=html2plaintext(outgoing),
            subtype="html",
            object_id=f"{reminder.id}-credit.reminder",
        )
        sent = message.get_body(("html",)).get_content()
        self.assertIn("/report/barcode/", body, "what Odoo keeps can be shown again")
        self.assertNotIn("/report/barcode/", sent)
        [picture] = [p for p in message.walk() if p.get_content_type() == "image/png"]
        self.assertIn(f'src="cid:{picture["Content-ID"][1:-1]}"', sent)
        self.assertEqual(picture.get_content(), payment.qr_png(reminder._qr_payload()))
        text = message.get_body(("plain",)).get_content()
        self.assertNotIn("barcode", text)
        # What can't be scanned is not told to be.
        self.assertIn("banking app", sent)
        self.assertNotIn("banking app", text)
        self.assertIn("Beneficiary", text)

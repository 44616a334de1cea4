"""E-mails: how to pay, to which account and with which reference."""

from lxml import html

from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext

from ..report import payment
from .common import NOW
from .content_common import ContentCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContentPaying(ContentCommon):
    def test_qr_code_of_one_invoice(self):
        move = self.make_invoice(amount=1234.5)
        move.payment_reference = "F-2026/17"
        reminder = self.make_reminder(move, amount_credit=0.25)
        payload = reminder._qr_payload().split("\n")
        self.assertEqual(payload[:4], ["BCD", "002", "1", "SCT"])
        self.assertEqual(payload[6], "FR7630006000011234567890189")
        self.assertEqual(payload[7], "EUR1234.25")
        self.assertEqual(payload[9:11], ["", "F-2026/17"])
        [image] = html.fragment_fromstring(reminder.payment_html, True).iter("img")
        self.assertEqual(
            payment.qr_url_payload(image.get("src")), reminder._qr_payload()
        )

    def test_one_sum_in_the_text_and_on_the_transfer(self):
        """What falls due later is told apart: nobody pays it by scanning a code."""
        moves = self.make_invoice(overdue=12, amount=1240)
        moves |= self.make_invoice(overdue=-6, amount=2100)
        nbsp = "\N{NO-BREAK SPACE}"
        for policy in ("business_courteous", "business_firm", "consumers", "public"):
            steps = self.env.ref(f"credit_management.credit_policy_{policy}").step_ids
            for step in steps.filtered(lambda s: s.channel not in ("call", "none")):
                with self.subTest(step=step.display_name):
                    reminder = self.make_reminder(
                        moves, step, amount_credit=150.0, channel="email"
                    )
                    body = html2plaintext(self.values_of(reminder)["body_html"])
                    body = body.replace(nbsp, " ")
                    self.assertIn("1,090.00 €", body)
                    self.assertNotIn("3,190.00 €", body)
                    self.assertIn("EUR1090.0", reminder._qr_payload().split("\n"))
                    self.assertIn(
                        ["Amount", f"1,090.00{nbsp}€"],
                        [
                            [cell.replace(" €", f"{nbsp}€") for cell in row]
                            for row in self.rows(reminder.payment_html)
                        ],
                    )
                    self.assertTrue(
                        reminder.amount_in_words.startswith("one thousand and ninety")
                    )

    def test_more_credit_than_is_overdue(self):
        """There is nothing to pay now, whatever falls due later."""
        moves = self.make_invoice(overdue=12, amount=100)
        moves |= self.make_invoice(overdue=-6, amount=2100)
        reminder = self.make_reminder(moves, amount_credit=150.0)
        self.assertIn(["To pay", "0.00 €"], self.rows(reminder.items_html))
        self.assertFalse(reminder._qr_payload())

    def test_french_numbers_by_their_name(self):
        self.company.country_id = self.env.ref("base.fr")
        for number, name in (("552 100 554 00025", "SIRET"), ("552100554", "SIREN")):
            self.company.company_registry = number
            reminder = self.make_reminder(self.make_invoice())
            found = f", {name} {number.replace(' ', '')}"
            self.assertTrue(reminder.creditor_text.endswith(found))

    def test_a_letter_is_not_a_message_to_reply_to(self):
        reminder = self.make_reminder(self.make_invoice())
        words = "by replying to this message"
        self.assertIn(words, self.values_of(reminder)["body_html"])
        reminder.channel = "letter"
        self.assertNotIn(words, reminder.letter_html)
        self.assertIn("by letter, e-mail or telephone", reminder.letter_html)

    def test_before_the_due_date_a_letter_is_no_message_either(self):
        reminder = self.make_reminder(self.make_invoice(overdue=-5))
        reminder.step_id.mail_template_id = self.env.ref(
            "credit_management.mail_template_pre_due"
        )
        self.assertIn("replying to this message", self.values_of(reminder)["body_html"])
        reminder.channel = "letter"
        self.assertNotIn("reply", reminder.letter_html)
        self.assertIn("by letter, e-mail or telephone", reminder.letter_html)

    def test_number_as_description(self):
        person = self.make_debtor("Camille Dubois", is_company=False)
        move = self.make_invoice(person)
        move.invoice_line_ids.name = move.name
        reminder = self.make_reminder(move)
        self.assertEqual(reminder._invoice_descriptions(), {})

    def test_reference_of_several_invoices(self):
        reminder = self.make_reminder(self.make_invoice() | self.make_invoice())
        reference = reminder.payment_reference
        self.assertEqual(payment.reference_number(reference), reminder.id)
        self.assertIn(reference, html2plaintext(reminder.payment_html))
        self.assertEqual(
            reminder._qr_payload().split("\n")[9], reference.replace(" ", "")
        )
        self.company.country_id = self.env.ref("base.be")
        self.company.account_fiscal_country_id = self.env.ref("base.be")
        reminder.invalidate_recordset()
        self.assertRegex(reminder.payment_reference, r"^\+\+\+9\d\d/")

    def test_instalments_keep_the_reference_of_their_invoice(self):
        move = self.make_instalments(20, 5)
        reminder = self.make_reminder(move)
        self.assertEqual(len(reminder.line_ids), 2)
        self.assertEqual(reminder.payment_reference, move.payment_reference)

    def test_no_qr_code_in_another_currency(self):
        """Two companies, two currencies: dollars can't be paid by an EPC code."""
        self.env["res.partner.bank"].create(
            {"acc_number": "123456789", "partner_id": self.other_company.partner_id.id}
        )
        move = self.make_invoice(self.debtor, company=self.other_company, amount=70)
        dollars = self.make_reminder(move)
        euros = self.make_reminder(self.make_invoice())
        self.assertFalse(dollars._qr_payload())
        self.assertNotIn("<img", dollars.payment_html)
        self.assertIn("1234 5678 9", dollars.payment_html)
        self.assertTrue(euros._qr_payload())
        values = (dollars | euros)._email_values()
        self.assertIn("70.00", values[dollars.id]["body_html"])
        self.assertIn(self.other_company.name, values[dollars.id]["body_html"])
        self.assertNotIn(self.other_company.name, values[euros.id]["body_html"])

    def test_account(self):
        move = self.make_invoice()
        other = self.bank.copy({"acc_number": "FR1420041010050500013M02606"})
        move.partner_bank_id = other
        reminder = self.make_reminder(move)
        self.assertEqual(reminder.bank_account_id, other)
        reminder = self.make_reminder(move | self.make_invoice())
        self.assertEqual(reminder.bank_account_id, self.bank)
        (self.bank | other).currency_id = self.dollar
        reminder.invalidate_recordset()
        self.assertFalse(reminder.bank_account_id)
        self.assertNotIn("IBAN", reminder.payment_html)

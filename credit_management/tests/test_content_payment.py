"""References, QR codes, amounts in words, style sheets, files for the printer."""

from io import BytesIO

from pypdf import PdfReader, PdfWriter
from stdnum import iso11649
from stdnum.be import ogm_vcs

from odoo.tests import BaseCase, tagged

from ..report import payment
from ..report.batch import Letter, merge
from ..report.style import prune, used_names


def pdf(pages, width=595):
    """A PDF of blank pages, to be told by their width."""
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(width, 842)
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


@tagged("post_install", "-at_install")
class TestContentPayment(BaseCase):
    def test_belgian_reference(self):
        """The three remainders that differ: usual, 0 (written 97), and small."""
        for number in (1, 123, 94, 4_567_890):
            reference = payment.structured_reference(number, "BE")
            self.assertTrue(ogm_vcs.is_valid(reference), reference)
            self.assertRegex(reference, r"^\+\+\+9\d\d/\d{4}/\d{5}\+\+\+$")
            self.assertEqual(payment.reference_number(reference), number)
        checks = {payment.structured_reference(n, "BE")[-5:-3] for n in range(1, 98)}
        self.assertEqual(len(checks), 97)
        self.assertIn("97", checks)
        self.assertNotIn("00", checks)

    def test_creditor_reference(self):
        reference = payment.structured_reference(123, "FR")
        self.assertTrue(iso11649.is_valid(reference))
        self.assertEqual(payment.reference_number(reference), 123)

    def test_reference_of_a_debtor(self):
        """It is not taken for that of the reminder of the same number."""
        for country, valid in (("BE", ogm_vcs.is_valid), ("FR", iso11649.is_valid)):
            reference = payment.structured_reference(123, country, "debtor")
            self.assertTrue(valid(reference), reference)
            self.assertEqual(payment.reference_number(reference, "debtor"), 123)
            self.assertIsNone(payment.reference_number(reference))
            reference = payment.structured_reference(123, country)
            self.assertIsNone(payment.reference_number(reference, "debtor"))

    def test_reference_as_banks_write_it(self):
        self.assertEqual(payment.reference_number("900000012341"), 123)
        self.assertEqual(payment.reference_number("***900/0000/12341***"), 123)
        self.assertEqual(payment.reference_number("rf37cr00000123"), 123)

    def test_references_in_a_label(self):
        """What people and banks put around a reference does not matter."""
        french = payment.structured_reference(123, "FR")
        belgian = payment.structured_reference(123, "BE", "debtor")
        for label in (
            f"Payment {french} of 17 June 2026",
            french.replace(" ", "").lower() + "/2026",
            f"REF:{french}",
        ):
            self.assertEqual(payment.numbers_in_text(label), {123}, label)
            self.assertEqual(payment.numbers_in_text(label, "debtor"), set())
        for label in (
            f"Reminder of June {belgian}",
            belgian.strip("+"),
            belgian.strip("+").replace("/", "") + " 12.50 EUR",
        ):
            self.assertEqual(payment.numbers_in_text(label), set(), label)
            self.assertEqual(payment.numbers_in_text(label, "debtor"), {123})
        both = f"{french} {payment.structured_reference(94, 'BE')}"
        self.assertEqual(payment.numbers_in_text(both), {123, 94})
        for label in (None, "", "BE71 0961 2345 6769", "1" * 20, "RF", "RF00 CR00"):
            self.assertEqual(payment.numbers_in_text(label), set())
            self.assertEqual(payment.numbers_in_text(label, "debtor"), set())

    def test_documents_in_a_label(self):
        found = payment.documents_in_text("pay inv/2026/00012, F-17 and 090/9337/55493")
        self.assertIn("INV/2026/00012", found)
        self.assertIn("+++090/9337/55493+++", found)
        # Too short to tell anything, and words.
        self.assertFalse(found & {"F-17", "pay", "and"})
        found = payment.documents_in_text("RF18539007547034 of June")
        self.assertIn("RF18 5390 0754 7034", found)
        self.assertEqual(payment.documents_in_text(None), set())

    def test_foreign_references(self):
        """A wrong check digit, an invoice's own reference, and plain text."""
        for text in (
            "+++900/0000/12342+++",
            "+++000/0000/65472+++",
            "RF38 CR00 0001 23",
            "RF18 5390 0754 7034",
            "INV/2026/00012",
            "",
            None,
        ):
            self.assertIsNone(payment.reference_number(text), text)

    def test_account_in_groups(self):
        self.assertEqual(
            payment.format_account("BE7109 6123456769"), "BE71 0961 2345 6769"
        )
        self.assertEqual(payment.format_account(False), "")

    def test_amount_in_words(self):
        for amount, currency, lang, words in (
            (
                1234.5,
                "EUR",
                "en_US",
                "one thousand, two hundred and thirty-four euro, fifty cents",
            ),
            (1000, "EUR", "fr_FR", "mille euros"),
            (0, "EUR", "fr_FR", "zéro euro"),
            (80.05, "EUR", "fr_BE", "quatre-vingt euros et cinq centimes"),
            (845, "EUR", "nl_NL", "achthonderdvijfenveertig euro"),
            (12.5, "CHF", "fr_FR", "douze francs suisses et cinquante centimes"),
            (
                2908.75,
                "CHF",
                "en_GB",
                "two thousand, nine hundred and eight Swiss francs, seventy-five "
                "centimes",
            ),
            (1, "CHF", "nl_NL", "één Zwitserse frank"),
            (12.5, "CZK", "fr_FR", "douze CZK 50/100"),
            # A language that would write its own currency, whatever is asked.
            (2, "EUR", "ar_001", "اثنان EUR"),
            (2, "EUR", "zz_ZZ", "two euro"),
        ):
            with self.subTest(amount=amount, currency=currency, lang=lang):
                self.assertEqual(payment.amount_in_words(amount, currency, lang), words)
        self.assertEqual(
            payment.amount_in_words(1.5, "TND", "en_US", decimals=3), "one TND 500/1000"
        )

    def test_qr_code(self):
        payload = "BCD\n002\n1\nSCT\n\nCafé & Co\nBE71096123456769\nEUR1.5\n\n\nA/1\n"
        image = payment.qr_png(payload)
        self.assertTrue(image.startswith(b"\x89PNG"))
        self.assertLess(len(image), 2000, "it goes along with every e-mail")
        self.assertEqual(payment.qr_url_payload(payment.qr_url(payload)), payload)

    def test_prune_style_sheet(self):
        css = (
            '@charset "UTF-8";/* .note{} */p{a:1}.used,.unused .used{b:2}'
            ".unused{c:3}.used:not(.unused){d:4}#here{e:5}#gone{f:6}"
            "@media print{.unused{g:7}}@media print{.used{h:8}.unused{i:9}}"
            "@font-face{font-family:Lato}"
        )
        names = used_names('<p class="used other" id="here">')
        self.assertEqual(names, {".used", ".other", "#here"})
        self.assertEqual(
            prune(css, names),
            "p{a:1}.used{b:2}.used:not(.unused){d:4}#here{e:5}"
            "@media print{.used{h:8}}@font-face{font-family:Lato}",
        )

    def test_merge_in_the_order_of_the_post(self):
        letters = [
            Letter(pdf(1, 401), "FR", "75002", "Zoé"),
            Letter(pdf(2, 402), "BE", "9 000", "Éric"),
            Letter(pdf(1, 403), "FR", "75002", "alain"),
            Letter(pdf(3, 404), "BE", "1000", "Bob"),
        ]
        widths = [
            int(page.mediabox.width)
            for page in PdfReader(BytesIO(merge(letters))).pages
        ]
        self.assertEqual(widths, [404, 404, 404, 402, 402, 403, 401])
        both_sides = PdfReader(BytesIO(merge(letters, duplex=True)))
        widths = [int(page.mediabox.width) for page in both_sides.pages]
        self.assertEqual(widths, [404] * 4 + [402] * 2 + [403] * 2 + [401] * 2)

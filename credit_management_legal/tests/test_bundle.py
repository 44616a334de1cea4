"""Names that are safe, the same bytes each time, and what a file is."""

import email
import hashlib
import io
import zipfile
from datetime import datetime, timezone
from email import policy

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject

from odoo.tests import BaseCase, tagged

from ..engine import bundle, mail_file, proofs

FORBIDDEN = set('<>:"/\\|?*') | {chr(code) for code in range(32)}
DEVICES = {"con", "prn", "aux", "nul", "com1", "lpt9"}


@tagged("at_install", "-post_install")
class TestBundle(BaseCase):
    # ------------------------------------------------------------------
    # Names
    # ------------------------------------------------------------------

    def test_hostile_names(self):
        for name, expected in (
            ("../../etc/passwd", "passwd"),
            ("..\\..\\windows\\win.ini", "win.ini"),
            ("C:\\boot.ini", "boot.ini"),
            ("CON", "_CON"),
            ("con.txt", "_con.txt"),
            ("COM1.tar.gz", "_COM1.tar.gz"),
            ("NUL .pdf", "_NUL.pdf"),
            ("a:b?.PDF", "a_b_.pdf"),
            ("invoice\u202efdp.exe", "invoicefdp.exe.bin"),
            ("run.JS", "run.js.bin"),
            ("line\r\nbreak.pdf", "line break.pdf"),
            ("nothing\x00.pdf", "nothing.pdf"),
            ("...", "file"),
            ("", "file"),
            (None, "file"),
            ("bon de livraison.pdf", "bon de livraison.pdf"),
            ("reçu n° 5.pdf", "reçu n° 5.pdf"),
        ):
            with self.subTest(name):
                self.assertEqual(bundle.file_name(name), expected)

    @settings(max_examples=500, deadline=None)
    @given(st.text(max_size=300))
    def test_any_name(self, text):
        for name in (bundle.file_name(text), bundle.label(text)):
            self.assertTrue(name)
            self.assertFalse(FORBIDDEN.intersection(name))
            self.assertEqual(name, name.strip(" ."))
            self.assertNotIn(name.split(".")[0].strip().casefold(), DEVICES)
            self.assertLessEqual(len(name), 80)

    def test_references(self):
        self.assertEqual(bundle.label("INV/2026/00001"), "INV-2026-00001")
        self.assertEqual(bundle.label("/"), "-")

    def test_no_file_hides_another(self):
        taken = set()
        names = ["a/Order.pdf", "a/order.PDF", "a/order.pdf", "b/order.pdf", "x", "X"]
        self.assertEqual(
            [bundle.unique(name, taken) for name in names],
            ["a/Order.pdf", "a/order (2).PDF", "a/order (3).pdf", "b/order.pdf"]
            + ["x", "X (2)"],
        )

    # ------------------------------------------------------------------
    # The same bytes
    # ------------------------------------------------------------------

    def made_pdf(self, moment, fonts, tag=""):
        """A PDF of a page with some fonts, written in this order."""
        writer = PdfWriter()
        page = writer.add_blank_page(100, 100)
        found = DictionaryObject()
        for name in fonts:
            font = DictionaryObject(
                {NameObject("/BaseFont"): NameObject(f"/{tag}{name[1:]}")}
            )
            found[NameObject(name)] = writer._add_object(font)
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): found})
        writer.add_metadata({"/CreationDate": moment, "/Title": "Claim"})
        writer.generate_file_identifiers()
        target = io.BytesIO()
        writer.write(target)
        return target.getvalue()

    def test_pdf_without_moment_and_chance(self):
        """Neither when it was made, nor in which order its fonts were written."""
        one = self.made_pdf("D:20260617120000+02'00'", ("/Lato", "/Bold"))
        other = self.made_pdf("D:20270101010101Z", ("/Bold", "/Lato"))
        self.assertNotEqual(one, other)
        same = self.made_pdf("D:20270101120000+01'00'", ("/Bold", "/Lato"))
        self.assertEqual(bundle.same_pdf(one), bundle.same_pdf(same))
        # Nor by which letters the part of a font is known that is embedded.
        moment, fonts = "D:20260617120000+02'00'", ("/Lato", "/Bold")
        one = self.made_pdf(moment, fonts, tag="QABAAA+")
        other = self.made_pdf(moment, fonts, tag="QVAAAA+")
        self.assertEqual(bundle.same_pdf(one), bundle.same_pdf(other))
        self.assertIn(b"/AAAAAA+Bold", bundle.same_pdf(one))
        read = PdfReader(io.BytesIO(bundle.same_pdf(one)))
        self.assertEqual(read.metadata.title, "Claim")
        self.assertEqual(read.metadata.creation_date.year, 1980)
        fonts = read.pages[0]["/Resources"]["/Font"]
        self.assertEqual(
            {fonts[name]["/BaseFont"][8:] for name in fonts}, {"Lato", "Bold"}
        )
        # What differs in what is shown stays different.
        third = self.made_pdf(moment, ("/Lato", "/Mono"), tag="QABAAA+")
        self.assertNotEqual(bundle.same_pdf(one), bundle.same_pdf(third))

    def test_pdf_whose_signs_are_written_as_figures(self):
        """As of a file that was put into a PDF: a colon is octal 72, a plus 53."""

        def made(moment):
            return b"/ModDate (D\\072" + moment + b"\\05300\\04700\\047) /Size 3298"

        same = bundle.without_moments(made(b"20261129023039"))
        self.assertEqual(same, bundle.without_moments(made(b"20270102030405")))
        self.assertEqual(same, made(b"19800101000000"))

    def test_workbook_without_moment(self):
        def made(moment):
            book = Workbook()
            book.active["A1"] = "Total"
            book.properties.created = book.properties.modified = moment
            target = io.BytesIO()
            book.save(target)
            return target.getvalue()

        one = bundle.same_xlsx(made(datetime(2026, 6, 17, 12)))
        other = bundle.same_xlsx(made(datetime(2027, 1, 1, 1)))
        self.assertEqual(one, other)
        self.assertEqual(load_workbook(io.BytesIO(one)).active["A1"].value, "Total")

    def test_zip(self):
        def made():
            target = io.BytesIO()
            archive = bundle.Bundle(target)
            digest = archive.add("a/é.txt", iter([b"one", b"two"]))
            archive.close()
            return digest, target.getvalue()

        digest, content = made()
        self.assertEqual(content, made()[1])
        self.assertEqual(digest, hashlib.sha256(b"onetwo").hexdigest())
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (info,) = archive.infolist()
            self.assertEqual(archive.read(info), b"onetwo")
            self.assertEqual(
                (info.filename, info.date_time), ("a/é.txt", bundle.MOMENT)
            )
        self.assertEqual(bundle.manifest({"b": "2", "a": "1"}), "1  a\n2  b\n")

    # ------------------------------------------------------------------
    # Messages
    # ------------------------------------------------------------------

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.binary(max_size=200), max_size=6), st.text(max_size=50))
    def test_message_is_read_back(self, pieces, name):
        content = b"".join(pieces)
        name = bundle.file_name(name + ".pdf")
        made = b"".join(
            mail_file.chunks(
                [("From", "a@example.com"), ("Subject", "Été\r\nBcc: x@example.com")],
                datetime(2026, 6, 17, 12, tzinfo=timezone.utc),
                "<p>Bonjour à tous</p>",
                [(name, "application/pdf", pieces)],
            )
        )
        read = email.message_from_bytes(made, policy=policy.default)
        self.assertEqual(read["Subject"], "Été Bcc: x@example.com")
        self.assertIsNone(read["Bcc"])
        self.assertEqual(read["Date"].datetime.hour, 12)
        body, file = read.iter_parts()
        self.assertEqual(body.get_content().strip(), "<p>Bonjour à tous</p>")
        self.assertEqual(file.get_content(), content)
        self.assertEqual(file.get_filename(), name)

    # ------------------------------------------------------------------
    # Papers
    # ------------------------------------------------------------------

    def test_kind_by_name(self):
        order = proofs.Kind(
            "order", proofs.BY_INVOICE, proofs.patterns_of("*Commande*\n")
        )
        note = proofs.Kind(
            "note", proofs.BY_INVOICE, proofs.patterns_of("bl-*\n\n*reçu*")
        )
        kinds = (note, order)
        for name, expected in (
            ("Bon de COMMANDE 12.pdf", order),
            ("BL-99.pdf", note),
            ("Recu.png", note),
            ("bl-commande.pdf", note),
            ("../x/BL-99.pdf", note),
            ("table.pdf", None),
            (None, None),
        ):
            with self.subTest(name):
                self.assertEqual(proofs.guess(name, kinds), expected)

    def test_missing(self):
        order = proofs.Kind("order", proofs.BY_INVOICE)
        terms = proofs.Kind("terms", proofs.ONCE)
        letters = proofs.Kind("letters", proofs.IF_ANY)
        kinds = (order, terms, letters)
        self.assertEqual(
            proofs.missing(kinds, [1, 2], {("order", 1)}),
            [(order, (2,)), (terms, ())],
        )
        # One for all, or one on an invoice where one is enough.
        self.assertEqual(
            proofs.missing(kinds, [1, 2], {("order", None), ("terms", 2)}), []
        )
        self.assertEqual(proofs.missing((order,), [], set()), [])

"""The hand-off file: what is in it, what is missing, and the same bytes each time."""

import csv
import email
import hashlib
import io
import json
from pathlib import Path
from unittest.mock import patch

import lxml.html
from markupsafe import Markup
from openpyxl import load_workbook

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from ..engine import bundle
from .handoff_common import FullCase
from .schema import Invalid, check

SCHEMA = Path(__file__).parents[1] / "static/schema/case.schema.json"


@tagged("post_install", "-at_install")
class TestHandoff(FullCase):
    # ------------------------------------------------------------------
    # What is in it
    # ------------------------------------------------------------------

    def test_files(self):
        case = self.full_case()
        files = self.open_zip(case)
        first, second = (bundle.label(m.name) for m in (self.move, self.other))
        letter, mail = (bundle.label(r.name) for r in (self.letter, self.mail))
        self.assertEqual(
            set(files),
            {
                "0-cover.pdf",
                "case.json",
                "case.csv",
                "1-claim/calculation.pdf",
                "1-claim/statement.pdf",
                "1-claim/statement.xlsx",
                f"2-invoices/{first}.pdf",
                f"2-invoices/{second}.pdf",
                f"3-documents/order/{first} Bon de commande 12.pdf",
                f"3-documents/delivery/{first} BL-99.pdf",
                "3-documents/terms/CGV 2026.pdf",
                f"4-reminders/{days_ago(40)} {letter}.pdf",
                f"4-reminders/{days_ago(60)} {mail}.eml",
                "5-correspondence/correspondence.pdf",
                "SHA256SUMS.txt",
            },
        )
        # As they were kept, byte for byte.
        self.assertEqual(files[f"2-invoices/{first}.pdf"], b"%PDF-1.4 invoice")
        self.assertEqual(
            files[f"4-reminders/{days_ago(40)} {letter}.pdf"], b"%PDF-1.4 letter"
        )
        sums = dict(
            reversed(line.split("  ", 1))
            for line in files.pop("SHA256SUMS.txt").decode().splitlines()
        )
        self.assertEqual(
            sums,
            {
                name: hashlib.sha256(content).hexdigest()
                for name, content in files.items()
            },
        )

    def test_statement_is_of_the_case_alone(self):
        """Nothing of another party, no account to pay to, and the sums of the claim."""
        foreign = self.make_case(self.make_invoice(overdue=70, amount=999))
        apart = self.make_invoice(overdue=2000, amount=77)
        case = self.make_case(self.move | self.other, mandate_id=self.mandate.id)
        self.mandate.payments_to = "party"
        self.company.partner_id.bank_ids = [
            Command.create({"acc_number": "FR7630006000011234567890189"})
        ]
        files = self.open_zip(case)
        claim = json.loads(files["case.json"])["claim"]
        sheet = load_workbook(io.BytesIO(files["1-claim/statement.xlsx"])).active
        rows = {row[0]: row[4] for row in sheet.iter_rows(min_row=5, values_only=True)}
        self.assertEqual((rows[self.move.name], rows[self.other.name]), (1000, 500))
        self.assertEqual(rows["Late interest"], 34.25)
        self.assertEqual(rows[f"Owed in {case.name}"], float(claim["total_with_costs"]))
        self.assertEqual(len(rows), 6)
        page = files["1-claim/statement.pdf"].decode()
        said = page + str(rows)
        for text in (
            foreign.name,
            foreign.line_ids.name,
            apart.name,
            "By bank transfer",
            "Owed now",
        ):
            self.assertNotIn(text, said)
        for text in (self.move.name, self.other.name, "1,614.25"):
            self.assertIn(text, page)

    def test_cover(self):
        case = self.full_case()
        cover = self.open_zip(case)["0-cover.pdf"].decode().replace("\xa0", " ")
        for text in (
            case.name,
            "Dupont SARL",
            "1 rue de la Paix",
            # 1,000 and 500, 100 and 50 days of 10 %, twice 40 euros.
            "1,614.25",
            "Delivery note for " + self.other.name,
            "printed anew",
            "Formal notice",
            "page opened on",
            "2-invoices/",
        ):
            self.assertIn(text, cover)

    def test_mail_as_it_left(self):
        paper = self.attach(self.move, "paper.bin", b"\x00\x01" * 5000)
        reminder = self.send_mail(self.move, files=[paper])
        files = self.open_zip(self.make_case(self.move))
        name = f"4-reminders/{days_ago(60)} {bundle.label(reminder.name)}.eml"
        read = email.message_from_bytes(files[name], policy=email.policy.default)
        self.assertEqual(read["To"], "dupont.sarl@example.com")
        self.assertEqual(read["Subject"], "Reminder")
        body, attached = read.iter_parts()
        self.assertIn("<p>Please pay</p>", body.get_content())
        self.assertEqual(attached.get_content(), b"\x00\x01" * 5000)

    def test_answers_run_nothing(self):
        """What a debtor wrote is text: no address in it is fetched, nothing runs."""
        reminder = self.send_letter(self.move)
        reminder.message_post(
            body=Markup("<p>No money</p><img src='http://example.com/x.png'/>"),
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.debtor.id,
        )
        case = self.make_case(self.move)
        page = self.open_zip(case)["5-correspondence/correspondence.pdf"]
        self.assertIn(b"No money", page)
        pictures = lxml.html.fromstring(page).xpath("//img/@src")
        self.assertFalse([src for src in pictures if "example.com" in src])

    def test_notes_among_us_stay_here(self):
        reminder = self.send_letter(self.move)
        reminder.message_post(body="They always say that", subtype_xmlid="mail.mt_note")
        files = self.open_zip(self.make_case(self.move))
        self.assertFalse(
            [name for name, content in files.items() if b"always say" in content]
        )

    def test_what_was_written_on_invoices_goes_along(self):
        """A case opened by hand has no reminders: what was written is on invoices."""
        case = self.make_case(self.move, party_id=self.agency.id)
        handoff = self.env["credit.handoff"]
        post = {"message_type": "comment", "subtype_xmlid": "mail.mt_comment"}
        self.move.message_post(
            body="Here is your invoice.", partner_ids=self.debtor.ids, **post
        )
        self.move.message_post(
            body="We pay next month.", author_id=self.debtor.id, **post
        )
        self.move.message_post(
            body="To our accountant.", partner_ids=self.agency.ids, **post
        )
        self.move.message_post(body="They never pay.", partner_ids=self.debtor.ids)
        case.message_post(body="Please call us.", partner_ids=self.debtor.ids, **post)
        texts = [row["text"] for row in handoff._correspondence(case)]
        self.assertEqual(
            sorted(texts),
            ["Here is your invoice.", "Please call us.", "We pay next month."],
        )

    def test_enclosed_invoices_go_along_once(self):
        """The invoice is a file of its own; one that was made anew since goes along."""
        reminder = self.send_mail(self.move)
        kept = self.keep_invoice(self.move)
        enclosed = self.attach(reminder, "Invoice.pdf", kept.raw)
        message = reminder.message_ids.filtered(lambda m: m.subject == "Reminder")
        message.sudo().attachment_ids = enclosed
        handoff = self.env["credit.handoff"]
        printed = {kept.checksum}
        self.assertFalse(handoff._written(reminder, message, printed)["files"])
        kept.raw = b"%PDF-1.4 made anew"
        printed = {kept.checksum}
        files = handoff._written(reminder, message, printed)["files"]
        self.assertEqual(files, enclosed)

    def test_acts_go_along(self):
        case = self.make_case(self.move)
        paper = self.attach(case, "titre.pdf", b"%PDF title", res_model=False, res_id=0)
        case._add_event("order", "Order issued", attachment_ids=[paper.id])
        case._add_event("other", "A note of ours")
        files = self.open_zip(case)
        self.assertEqual(files[f"6-acts/{TODAY} titre.pdf"], b"%PDF title")
        (act,) = json.loads(files["case.json"])["acts"]
        self.assertEqual((act["kind"], act["name"]), ("order", "Order issued"))
        self.assertTrue(act["confirmed"])

    def test_what_nobody_has_confirmed_says_so(self):
        case = self.make_case(self.move, party_id=self.agency.id)
        paper = self.attach(case, "aveu.pdf", b"%PDF said", res_model=False, res_id=0)
        event = case._add_event(
            "acknowledgement",
            "Acknowledgement of debt",
            origin="party",
            attachment_ids=[paper.id],
        )
        files = self.open_zip(case)
        mark = "reported, not confirmed"
        self.assertEqual(files[f"6-acts/{TODAY} ({mark}) aveu.pdf"], b"%PDF said")
        self.assertIn(f"Acknowledgement of debt ({mark})", self.cover(files))
        (act,) = json.loads(files["case.json"])["acts"]
        self.assertIs(act["confirmed"], False)
        event._confirm()
        files = self.open_zip(case)
        self.assertIn(f"6-acts/{TODAY} aveu.pdf", files)
        self.assertNotIn(mark, self.cover(files))
        (act,) = json.loads(files["case.json"])["acts"]
        self.assertIs(act["confirmed"], True)

    @staticmethod
    def cover(files):
        return files["0-cover.pdf"].decode()

    # ------------------------------------------------------------------
    # Data
    # ------------------------------------------------------------------

    def test_data_by_the_schema(self):
        case = self.full_case()
        schema = json.loads(SCHEMA.read_text())
        payload = json.loads(self.open_zip(case)["case.json"])
        check(payload, schema)
        self.assertEqual(payload, self.env["credit.handoff"]._payload(case))
        self.assertEqual(payload["case_id"], case.name)
        self.assertEqual(
            payload["claim"],
            {
                "date": "2026-06-17",
                "principal": "1500.00",
                "charges": [
                    {"kind": "interest", "name": "Late interest", "amount": "34.25"},
                    {
                        "kind": "indemnity",
                        "name": payload["claim"]["charges"][1]["name"],
                        "amount": "80.00",
                    },
                ],
                "earlier_charges": "0.00",
                "total": "1614.25",
                "overpaid": "0.00",
                "complete": True,
                "unmatched_credits": "0.00",
                "costs": "0.00",
                "total_with_costs": "1614.25",
            },
        )
        item = payload["items"][0]
        self.assertEqual(
            (item["number"], item["open"], item["days_overdue"]),
            (self.move.name, "1000.00", 100),
        )
        self.assertEqual(item["interest"][0]["percent"], "10")
        self.assertEqual(item["charges"], {"interest": "27.40", "indemnity": "40.00"})
        self.assertEqual(
            [one["formal_notice"] for one in payload["reminders"]], [False, True]
        )

    def test_unmatched_credits(self):
        """Named apart, and taken off nothing."""
        case = self.make_case(self.move)
        before = self.env["credit.handoff"]._payload(case)["claim"]
        self.make_credit_note(amount=281.14)
        payload = self.env["credit.handoff"]._payload(case)
        check(payload, json.loads(SCHEMA.read_text()))
        self.assertEqual(payload["claim"], {**before, "unmatched_credits": "281.14"})
        cover = self.open_zip(case)["0-cover.pdf"].decode()
        self.assertIn("In favour of the debtor, not matched", cover)

    def test_charges_in_the_books(self):
        """A debit note for charges goes along, though it is no item of the case."""
        income = self.company_data["default_account_revenue"]
        self.company.write(
            {
                "credit_charge_post": True,
                "credit_interest_account_id": income.id,
                "credit_indemnity_account_id": income.id,
            }
        )
        case = self.make_case(self.move)
        before = self.env["credit.handoff"]._payload(case)["claim"]
        self.assertEqual(before["total"], "1067.40")
        charge = self.make_charge("indemnity", 40, self.move)
        charge.action_book()
        note = charge.booking_id
        files = self.open_zip(case)
        payload = json.loads(files["case.json"])
        self.assertEqual(payload["claim"], before)
        self.assertEqual(
            [(row["number"], row["open"]) for row in payload["booked_charges"]],
            [(note.name, "40.00")],
        )
        self.assertIn(f"2-invoices/{bundle.label(note.name)}.pdf", files)
        for name in ("0-cover.pdf", "1-claim/calculation.pdf"):
            text = files[name].decode().replace("\xa0", " ")
            self.assertIn("1,067.40", text)
        self.assertIn(note.name, self.cover(files))
        self.assertEqual(case._paper_claim(TODAY, "en")["total"], 106_740)

    def test_the_schema_refuses(self):
        """The check of these tests fails where a document is wrong."""
        schema = json.loads(SCHEMA.read_text())
        payload = self.env["credit.handoff"]._payload(self.make_case(self.move))
        check(payload, schema)
        for wrong in (
            {"currency": "euro"},
            {"items": [{}]},
            {"claim": {**payload["claim"], "total": 1614.25}},
            {"debtor": {**payload["debtor"], "kind": "friend"}},
            {"version": "2.0"},
            {"mandate": []},
            {"case_id": None},
            {"case_id": " "},
        ):
            with self.subTest(wrong), self.assertRaises(Invalid):
                check({**payload, **wrong}, schema)
        for lacking in ("missing", "case_id"):
            with self.subTest(lacking), self.assertRaises(Invalid):
                check({k: v for k, v in payload.items() if k != lacking}, schema)

    def test_the_mandate_by_its_number(self):
        """What the house calls a mandate is not for those who receive the file."""
        case = self.full_case()
        self.mandate.name = "Cheap one"
        handoff = self.env["credit.handoff"]
        data = handoff._payload(case)["mandate"]
        self.assertEqual((data["name"], data["reference"]), ("2026-01-01", None))
        self.assertEqual(data["from"], "2026-01-01")
        self.mandate.reference = "C-7"
        data = handoff._payload(case)["mandate"]
        self.assertEqual((data["name"], data["reference"]), ("C-7", "C-7"))
        texts = [
            content.decode("utf-8", "ignore")
            for content in self.open_zip(case).values()
        ]
        self.assertFalse([text for text in texts if "Cheap one" in text])

    def test_csv(self):
        self.debtor.name = "=cmd|' /C calc'!A0"
        case = self.full_case()
        text = self.open_zip(case)["case.csv"].decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        self.assertEqual(
            [(row["number"], row["open"], row["interest"]) for row in rows],
            [
                (self.move.name, "1000.00", "27.40"),
                (self.other.name, "500.00", "6.85"),
            ],
        )
        # No spreadsheet takes it for a formula.
        self.assertEqual(rows[0]["debtor"], "'=cmd|' /C calc'!A0")

    def test_formats_of_the_mandate(self):
        case = self.make_case(self.move, mandate_id=self.mandate.id)
        for wanted, expected in (
            ("json", {"case.json"}),
            ("csv", {"case.csv"}),
            ("both", {"case.json", "case.csv"}),
        ):
            self.mandate.data_format = wanted
            self.assertEqual(
                {name for name in self.open_zip(case) if name.startswith("case.")},
                expected,
            )

    def test_other_company_and_currency(self):
        move = self.make_invoice(
            company=self.other_company, currency=self.euro, overdue=20, amount=10
        )
        case = self.make_case(move)
        payload = self.env["credit.handoff"]._payload(case)
        check(payload, json.loads(SCHEMA.read_text()))
        self.assertEqual(payload["currency"], "EUR")
        self.assertEqual(payload["creditor"]["name"], self.other_company.name)
        self.assertEqual(payload["items"][0]["open"], "10.00")

    # ------------------------------------------------------------------
    # The same bytes
    # ------------------------------------------------------------------

    def test_same_bytes_for_everybody(self):
        case = self.full_case()
        content = self.zip_of(case)
        stream, name = case._make_handoff()
        with stream:
            self.assertEqual(stream.read(), content)
        self.assertEqual(name, f"{bundle.label(case.name)}.zip")
        viewer = self.make_user("viewer", "group_viewer")
        viewer.lang, viewer.tz = "en_US", "Asia/Tokyo"
        self.env.invalidate_all()
        with freeze_time("2026-06-17 20:59:00"):
            self.assertEqual(self.zip_of(case.with_user(viewer)), content)
        with freeze_time("2026-06-18 12:00:00"):
            self.assertNotEqual(self.zip_of(case), content)
            # The same day can be asked for later.
            later = self.open_zip(case, day=TODAY)["case.json"]
            self.assertEqual(json.loads(later)["claim"]["total"], "1614.25")

    def test_several_cases(self):
        """A folder for each, whatever the order in which they were chosen."""
        names = ["Dupont SARL", "Martin/../SA", "nul"]
        cases = self.env["credit.case"]
        for name in names:
            move = self.make_invoice(self.make_debtor(name), overdue=60)
            cases |= self.make_case(move)
        content = self.zip_of(cases)
        self.assertEqual(self.zip_of(cases.sorted("id", reverse=True)), content)
        files = self.open_zip(cases)
        folders = {name.split("/")[0] for name in files}
        self.assertEqual(len(folders), 3)
        self.assertFalse([name for name in files if ".." in name.split("/")])
        for case, folder in zip(cases, sorted(folders), strict=True):
            self.assertTrue(folder.startswith(bundle.label(case.name)))
            self.assertIn(f"{folder}/SHA256SUMS.txt", files)
            payload = json.loads(files[f"{folder}/case.json"])
            self.assertEqual(payload["case_id"], case.name)

    def test_one_call_prints_many(self):
        cases = self.env["credit.case"]
        for number in range(4):
            move = self.make_invoice(self.make_debtor(f"Debtor {number}"), overdue=60)
            self.keep_invoice(move)
            cases |= self.make_case(move)
        calls = []

        def pages(handoff, report, records, data=None):
            calls.append((report.rpartition("_")[2], len(records)))
            return dict.fromkeys(records.ids, b"%PDF")

        with patch.object(self.env.registry["credit.handoff"], "_print", pages):
            self.zip_of(cases)
        self.assertIn(("claim", 4), calls)
        self.assertIn(("handoff", 4), calls)

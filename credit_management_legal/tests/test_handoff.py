"""The hand-off file: what is in it, what is missing, and the same bytes each time."""

import csv
import email
import hashlib
import io
import json
import tracemalloc
from pathlib import Path
from unittest.mock import patch

import lxml.html
from markupsafe import Markup

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from ..engine import bundle
from .handoff_common import HandoffCommon
from .schema import Invalid, check

SCHEMA = Path(__file__).parents[1] / "static/schema/case.schema.json"


@tagged("post_install", "-at_install")
class TestHandoff(HandoffCommon):
    def setUp(self):
        super().setUp()
        self.without_printing()

    def full_case(self):
        """Two invoices, two reminders, papers, and an answer."""
        self.keep_invoice(self.move)
        self.letter = self.send_letter(self.move)
        self.mail = self.send_mail(self.move)
        self.attach(self.move, "Bon de commande 12.pdf")
        self.attach(self.move, "BL-99.pdf")
        self.attach(self.debtor, "CGV 2026.pdf")
        self.env["credit.answer"].create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "text": "We are waiting <b>for</b> a client.",
            }
        )
        return self.make_case(self.move | self.other, mandate_id=self.mandate.id)

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

    def test_acts_go_along(self):
        case = self.make_case(self.move)
        paper = self.attach(case, "titre.pdf", b"%PDF title", res_model=False, res_id=0)
        case._add_event("order", "Order issued", attachment_ids=[paper.id])
        case._add_event("other", "A note of ours")
        files = self.open_zip(case)
        self.assertEqual(files[f"6-acts/{TODAY} titre.pdf"], b"%PDF title")
        (act,) = json.loads(files["case.json"])["acts"]
        self.assertEqual((act["kind"], act["name"]), ("order", "Order issued"))

    # ------------------------------------------------------------------
    # Data
    # ------------------------------------------------------------------

    def test_data_by_the_schema(self):
        case = self.full_case()
        schema = json.loads(SCHEMA.read_text())
        payload = json.loads(self.open_zip(case)["case.json"])
        check(payload, schema)
        self.assertEqual(payload, self.env["credit.handoff"]._payload(case))
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
                "complete": True,
                # Those of other parts, if they are there.
                "costs": payload["claim"]["costs"],
                "total_with_costs": payload["claim"]["total_with_costs"],
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

    def test_costs_where_they_are_kept(self):
        case = self.make_case(self.move)
        sums = {"costs": 2550, "total": 106_950}
        known = patch.object(
            self.env.registry["credit.case"], "_claim_at", lambda *a: sums, create=True
        )
        with known:
            payload = self.env["credit.handoff"]._payload(case)
        check(payload, json.loads(SCHEMA.read_text()))
        self.assertEqual(payload["claim"]["costs"], "25.50")
        self.assertEqual(payload["claim"]["total_with_costs"], "1069.50")

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
        ):
            with self.subTest(wrong), self.assertRaises(Invalid):
                check({**payload, **wrong}, schema)
        with self.assertRaises(Invalid):
            check({k: v for k, v in payload.items() if k != "missing"}, schema)

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
            self.assertIn(case.name, files[f"{folder}/case.json"].decode())

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

    # ------------------------------------------------------------------
    # Papers
    # ------------------------------------------------------------------

    def test_what_is_missing(self):
        case = self.make_case(self.move | self.other, mandate_id=self.mandate.id)
        both = f"{self.move.name}, {self.other.name}"
        self.assertEqual(
            case.missing_text.splitlines(),
            [
                f"Delivery note for {both}",
                f"Order for {both}",
                "Terms and conditions",
            ],
        )
        self.attach(self.move, "delivery 1.pdf")
        self.attach(self.mandate, "Terms of sale.pdf")
        # A name that says nothing, until somebody says what the file is.
        scan = self.attach(self.other, "scan0001.pdf")
        scan.credit_kind_id = self.kinds["delivery"]
        self.env.invalidate_all()
        self.assertEqual(case.missing_text.splitlines(), [f"Order for {both}"])
        payload = self.env["credit.handoff"]._payload(case)
        self.assertEqual(payload["missing"], [f"Order for {both}"])
        self.mandate.document_kind_ids -= self.kinds["order"]
        self.env.invalidate_all()
        self.assertFalse(case.missing_text)

    def test_chosen_kind_goes_before_the_name(self):
        file = self.attach(self.move, "order 7.pdf")
        self.assertEqual(file.credit_kind_found_id, self.kinds["order"])
        file.credit_kind_id = self.kinds["terms"]
        self.assertEqual(file.credit_kind_found_id, self.kinds["terms"])
        case = self.make_case(self.move, mandate_id=self.mandate.id)
        name = f"3-documents/terms/{bundle.label(self.move.name)} order 7.pdf"
        self.assertIn(name, self.open_zip(case))

    def test_own_patterns(self):
        self.env["credit.document.kind"].create(
            {
                "name": "Acceptance",
                "code": "acceptance",
                "patterns": "PV-*\n*réception*",
            }
        )
        for name in ("pv-12.pdf", "Proces verbal de RECEPTION.pdf"):
            found = self.attach(self.move, name).credit_kind_found_id
            self.assertEqual(found.code, "acceptance", name)

    def test_only_what_the_mandate_wants(self):
        self.attach(self.move, "order.pdf")
        self.attach(self.move, "holiday.jpg")
        self.mandate.document_kind_ids = self.kinds["delivery"]
        case = self.make_case(self.move, mandate_id=self.mandate.id)
        files = self.open_zip(case)
        self.assertFalse([name for name in files if name.startswith("3-")])
        # Without a mandate whatever is known to be a paper.
        files = self.open_zip(self.make_case(self.other))
        self.assertFalse([name for name in files if name.startswith("3-")])

    def test_files_of_other_companies_stay_there(self):
        self.attach(self.debtor, "terms.pdf", company_id=self.other_company.id)
        case = self.make_case(self.move, mandate_id=self.mandate.id)
        self.assertFalse([n for n in self.open_zip(case) if "terms.pdf" in n])
        self.assertIn("Terms", case.missing_text)

    def test_hostile_file_names(self):
        for name in (
            "../../order.pdf",
            "C:\\order\\..\\con.order.pdf",
            "order\x01:.exe",
        ):
            self.attach(self.move, name)
        self.attach(self.move, "ORDER.pdf")
        case = self.make_case(self.move, mandate_id=self.mandate.id)
        start = f"3-documents/order/{bundle.label(self.move.name)} "
        found = {
            name.removeprefix(start)
            for name in self.open_zip(case)
            if name.startswith("3-")
        }
        self.assertEqual(found, {"order.pdf", "ORDER (2).pdf", "order_.exe.bin"})

    def test_lost_file_is_named(self):
        """A file store that lost a file is said; the rest goes all the same."""
        file = self.attach(self.move, "order.pdf", b"%PDF a file that will be lost")
        path = Path(file._full_path(file.store_fname))
        case = self.make_case(self.move, mandate_id=self.mandate.id)
        content = path.read_bytes()
        path.unlink()
        try:
            cover = self.open_zip(case)["0-cover.pdf"].decode()
        finally:
            path.write_bytes(content)
        self.assertIn(f"Order, {self.move.name}: order.pdf", cover)

    def test_imported_reminder_has_no_text(self):
        reminder = self.remind(self.move, self.first, day=days_ago(60), origin="import")
        case = self.make_case(self.move)
        self.assertIn(
            f"reminder {reminder.name}: its text was not kept", case.missing_text
        )

    def test_missing_rate_is_named(self):
        self.env["credit.rate"].search([("series_id.code", "=", "TEST_TEN")]).unlink()
        case = self.make_case(self.move)
        files = self.open_zip(case)
        self.assertNotIn("1-claim/calculation.pdf", files)
        payload = json.loads(files["case.json"])
        self.assertFalse(payload["claim"]["complete"])
        self.assertTrue(any("calculation of interest" in t for t in payload["missing"]))

    # ------------------------------------------------------------------
    # Checks before a hand-over
    # ------------------------------------------------------------------

    def check_of(self, code, move=None):
        (made,) = self.env["credit.handover"]._propose(self.items(move or self.move))
        rows = self.env["credit.handover"]._rows(
            self.env["credit.handover"]._as_json(made)
        )
        labels = self.env["credit.handover"]._labels()
        return [(r["level"], r["text"]) for r in rows if r["label"] == labels[code]]

    def test_evidence_is_checked(self):
        self.keep_invoice(self.move)
        self.assertEqual(
            self.check_of("evidence"),
            [
                (
                    "warning",
                    f"Missing: Delivery note for {self.move.name}, "
                    f"Order for {self.move.name}, Terms and conditions",
                )
            ],
        )
        for name in ("delivery.pdf", "order.pdf", "terms.pdf"):
            self.attach(self.move, name)
        ((level, _text),) = self.check_of("evidence")
        self.assertEqual(level, "ok")

    def test_cover_of_the_insurer(self):
        self.assertFalse(self.check_of("insurance"))
        debtor = self.debtor.with_company(self.company)
        debtor.write({"credit_insurance": "Policy 12", "credit_insurance_days": 120})
        ((level, text),) = self.check_of("insurance")
        self.assertEqual(level, "warning")
        self.assertIn("Policy 12", text)
        debtor.credit_insurance_days = 99
        ((level, _text),) = self.check_of("insurance")
        self.assertEqual(level, "refused")
        # What was declared before the claim was due was another one.
        debtor.credit_insurance_date = days_ago(101)
        self.assertEqual(self.check_of("insurance")[0][0], "refused")
        debtor.credit_insurance_date = days_ago(90)
        self.assertEqual(self.check_of("insurance")[0][0], "ok")
        # Each company has its own insurer.
        elsewhere = self.make_invoice(company=self.other_company, overdue=20)
        self.assertFalse(self.check_of("insurance", elsewhere))

    def test_insolvency_can_be_known_otherwise(self):
        handover = self.env.registry["credit.handover"]
        known = {self.debtor.id: TODAY}
        with patch.object(handover, "_is_insolvent", lambda *args: known):
            ((level, _text),) = self.check_of("insolvency")
        self.assertEqual(level, "refused")

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_a_download_is_noted(self):
        case = self.make_case(self.move)
        viewer = self.make_user("viewer", "group_viewer")
        stream, _name = case.with_user(viewer)._make_handoff()
        with stream:
            digest = hashlib.sha256(stream.read()).hexdigest()
        (event,) = case.event_ids
        self.assertEqual(
            (event.kind, event.handoff_sha256, event.author_id, event.date),
            ("document", digest, viewer.partner_id, TODAY),
        )
        self.assertIn(digest, event.note)

    def test_other_companies_get_nothing(self):
        case = self.make_case(self.move)
        neighbour = self.make_user("neighbour", "group_manager", self.other_company)
        case = case.with_user(neighbour)
        self.env.invalidate_all()
        handoff = self.env["credit.handoff"].with_user(neighbour)
        for act in (
            lambda: handoff._write_zip(case, io.BytesIO()),
            lambda: handoff._payload(case),
            lambda: handoff._missing(case),
            case.action_handoff,
        ):
            with self.assertRaises(AccessError):
                act()

    def test_too_many_at_once(self):
        cases = self.env["credit.case"].browse(range(1, 202))
        with (
            patch.object(self.env.registry["credit.case"], "check_access"),
            self.assertRaisesRegex(UserError, "200 cases at most: these are 201"),
        ):
            cases.action_handoff()

    # ------------------------------------------------------------------
    # Cost
    # ------------------------------------------------------------------

    def test_files_are_not_held_in_memory(self):
        """60 MB of papers take a small part of it."""
        for number in range(60):
            content = f"order {number}".encode() * 100_000
            self.attach(self.move, f"order {number}.pdf", content)
        case = self.make_case(self.move, mandate_id=self.mandate.id)
        self.env.flush_all()
        self.env.invalidate_all()
        with open("/dev/null", "wb") as target:
            # What is imported, compiled and cached once does not count.
            self.env["credit.handoff"]._write_zip(case, Tell(target))
            self.env.invalidate_all()
            tracemalloc.start()
            try:
                self.env["credit.handoff"]._write_zip(case, Tell(target))
                _now, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
        self.assertLess(peak, 20 * 1024 * 1024)

    def test_queries_are_flat(self):
        """As many for forty invoices as for five."""
        counts = []
        for number in (5, 40):
            debtor = self.make_debtor(f"Debtor {number}")
            moves = self.env["account.move"]
            for _rank in range(number):
                move = self.make_invoice(debtor, overdue=60)
                self.keep_invoice(move)
                moves |= move
            case = self.make_case(moves, mandate_id=self.mandate.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.zip_of(case)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 10, counts)


class Tell:
    """A stream that goes nowhere and can't go back."""

    def __init__(self, target):
        self.write = target.write
        self.flush = target.flush

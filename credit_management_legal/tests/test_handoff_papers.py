"""The papers of a hand-off file: which go along, what is missing, and what it costs."""

import hashlib
import io
import json
import tracemalloc
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from ..engine import bundle
from .handoff_common import FullCase


@tagged("post_install", "-at_install")
class TestHandoffPapers(FullCase):
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
            self.env["res.lang"]._activate_lang("fr_FR")
            self.agency.lang = "fr_FR"
            french = self.open_zip(case)["0-cover.pdf"].decode()
        finally:
            path.write_bytes(content)
        self.assertIn(f"Order, {self.move.name}: order.pdf", cover)
        self.assertIn(f"{self.move.name}\N{NO-BREAK SPACE}: order.pdf", french)

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

    def test_checks_in_the_language_of_the_reader(self):
        """What is kept is what is lacking, not how it was said to somebody else."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.kinds["order"].with_context(lang="fr_FR").name = "Bon de commande"
        self.debtor.city = False
        case = self.make_case(self.move, mandate_id=self.mandate.id, opened=False)
        case.action_check()
        self.env.flush_all()
        self.env.invalidate_all()
        page = case.with_context(lang="fr_FR").checks_html
        self.assertIn(f"Bon de commande pour {self.move.name}", page)
        self.assertIn("ville", page)
        for said in ("Order for", "city"):
            self.assertIn(said, case.checks_html)
            self.assertNotIn(said, page)

    def test_older_checks_are_still_told(self):
        handover = self.env["credit.handover"]

        def told(code, names):
            row = {"code": code, "level": "warning", "detail": "", "names": names}
            if code == "evidence":
                row["detail"] = "lacking"
            return handover._rows([row])[0]["text"]

        self.assertEqual(
            told("evidence", ["Order for INV/1", "Terms"]),
            "Missing: Order for INV/1, Terms",
        )
        self.assertEqual(
            told("address", ["postcode", "city"]),
            "The postal address lacks: postcode, city",
        )
        # A kind of papers that was deleted since has no other name.
        self.assertEqual(told("evidence", [["gone", ["INV/1"]]]), "Missing: gone")

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
        """200 invoices with papers, some 60 MB, take a small part of it."""
        moves = self.make_invoices([self.debtor] * 200, overdue=60)
        for number, move in enumerate(moves):
            content = f"order {number}".encode() * 35_000
            self.attach(move, f"order {number}.pdf", content)
            self.keep_invoice(move)
        case = self.make_case(moves, mandate_id=self.mandate.id)
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

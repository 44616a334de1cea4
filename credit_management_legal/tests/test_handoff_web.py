"""Downloads and the screens of a case, in the browser and as it is really printed."""

import hashlib
import io
import zipfile

from pypdf import PdfReader

from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW

from .handoff_common import HandoffCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestHandoffWeb(HandoffCommon, HttpCase):
    def sign_in(self, login, group, company=None):
        user = self.make_user(login, group, company)
        self.authenticate(login, login)
        return user

    def test_download(self):
        self.without_printing()
        case = self.make_case(self.move)
        viewer = self.sign_in("viewer", "group_viewer")
        answer = self.url_open(case.with_user(viewer).action_handoff()["url"])
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn("CASE-2026-", answer.headers["Content-Disposition"])
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            self.assertIn("0-cover.pdf", archive.namelist())
        digest = hashlib.sha256(answer.content).hexdigest()
        self.assertEqual(case.event_ids.handoff_sha256, digest)
        self.assertEqual(case.event_ids.author_id, viewer.partner_id)

    def test_several(self):
        self.without_printing()
        cases = self.make_case(self.move) | self.make_case(self.other)
        self.sign_in("collector", "group_collector")
        answer = self.url_open(cases.action_handoff()["url"])
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            folders = {name.split("/")[0] for name in archive.namelist()}
        self.assertEqual(len(folders), 2)
        self.assertEqual([len(case.event_ids) for case in cases], [1, 1])

    def test_second_company_of_a_user(self):
        """Whichever companies are ticked on screen."""
        self.without_printing()
        case = self.make_case(self.make_invoice(company=self.other_company))
        user = self.sign_in("manager", "group_manager")
        user.company_ids |= self.other_company
        answer = self.url_open(case.action_handoff()["url"])
        self.assertEqual(answer.status_code, 200)

    def test_not_for_everybody(self):
        """What is forged, gone, of another company or asked for by nobody."""
        case = self.make_case(self.move)
        elsewhere = self.make_case(self.make_invoice(company=self.other_company))
        answer = self.url_open(f"/credit/handoff/{case.id}.zip", allow_redirects=False)
        self.assertIn(answer.status_code, (302, 303))
        self.assertIn("/web/login", answer.headers["Location"])
        self.sign_in("manager", "group_manager")
        pages = [
            self.url_open(f"/credit/handoff/{ids}.zip")
            for ids in (
                elsewhere.id,
                f"{case.id},{elsewhere.id}",
                999_999_999,
                "0",
                "-1",
                "a",
                "1;2",
                "99999999999999999999",
                ",".join(["1"] * 201),
            )
        ]
        self.assertEqual({page.status_code for page in pages}, {404})
        self.assertFalse((case | elsewhere).event_ids)

    def test_really_printed(self):
        """By wkhtmltopdf: the same bytes twice, and every page can be read."""
        self.keep_invoice(self.move)
        self.send_letter(self.move).message_post(
            body="We have no money",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.debtor.id,
        )
        case = self.make_case(self.move, mandate_id=self.mandate.id)
        other = self.make_case(self.make_invoice(self.debtor_b, overdue=30))
        self.keep_invoice(other.line_ids.move_id)
        files = self.open_zip(case | other)
        self.assertEqual(self.open_zip(case | other), files)
        pages = {
            name.partition("/")[2]: "\n".join(
                page.extract_text() for page in PdfReader(io.BytesIO(content)).pages
            )
            for name, content in files.items()
            if name.startswith("CASE") and case.name.replace("/", "-") in name
            if name.endswith(".pdf") and b"%PDF-1.4 " not in content[:20]
        }
        self.assertEqual(
            set(pages),
            {
                "0-cover.pdf",
                "1-claim/calculation.pdf",
                "1-claim/statement.pdf",
                "5-correspondence/correspondence.pdf",
            },
        )
        self.assertIn(case.name, pages["0-cover.pdf"])
        self.assertIn("Delivery note", pages["0-cover.pdf"])
        # Pages are counted by case, although many are printed at once.
        self.assertRegex(pages["0-cover.pdf"], r"Page\s*1\s*/\s*1\b")
        self.assertIn("We have no money", pages["5-correspondence/correspondence.pdf"])
        self.assertNotIn("Martin", pages["0-cover.pdf"])
        # Nothing of one case is on the pages of another, their foot included.
        for name, content in files.items():
            if other.name.replace("/", "-") in name and name.endswith("cover.pdf"):
                page = PdfReader(io.BytesIO(content)).pages[0].extract_text()
                self.assertIn(other.name, page)
                self.assertNotIn(case.name, page)

    def test_tour(self):
        """A collector proposes, a manager opens in the list, and withdraws."""
        self.send_letter(self.move)
        self.send_letter(self.other)
        # A tour reads English, and writes as people do.
        self.make_user("collector", "group_collector").lang = "en_US"
        self.make_user("manager", "group_manager").lang = "en_US"
        partner = f"/odoo/res.partner/{self.debtor.id}"
        self.start_tour(partner, "credit_case_propose", login="collector")
        case = self.env["credit.case"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual((case.state, len(case.line_ids)), ("draft", 2))
        cases = "/odoo/action-credit_management_legal.credit_case_action"
        self.start_tour(cases, "credit_case_end", login="manager")
        self.assertEqual(
            (case.state, case.end_reason), ("withdrawn", "They pay us directly")
        )

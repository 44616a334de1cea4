"""What a third party sees of its cases."""

import hashlib
import io
import zipfile
from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools.translate import code_translations

from odoo.addons.credit_management.tests.common import NOW, days_ago

from ..engine.report import Problem
from ..models.credit_case_portal_send import REQUEST_MESSAGES
from .case_portal_common import PDF, CasePortalCommon
from .handoff_common import HandoffCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCasePortal(CasePortalCommon):
    def setUp(self):
        super().setUp()
        self.login(self.anna)

    def portal(self, user=None):
        return self.env["credit.case.portal"].with_user(user or self.anna)

    def names(self, **query):
        """The cases that the list shows, in its order."""
        page = self.url_open(
            "/my/cases?" + "&".join(f"{k}={v}" for k, v in query.items())
        )
        cases = self.case | self.other_case | self.case_there
        cases |= self.env["credit.case"].search([("id", "not in", cases.ids)])
        found = {page.text.find(f">{case.name}<"): case.name for case in cases}
        return [name for place, name in sorted(found.items()) if place >= 0]

    # ------------------------------------------------------------------
    # Who sees what
    # ------------------------------------------------------------------

    def test_two_people_of_one_firm(self):
        own = {self.case.name, self.case_there.name}
        for user in (self.anna, self.bert):
            self.login(user)
            self.assertEqual(set(self.names()), own)
            self.assertEqual(self.get().status_code, 200)
        self.login(self.rita)
        self.assertEqual(self.names(), [self.other_case.name])

    def test_contact_on_the_case(self):
        """Any address of the firm may stand on the case."""
        self.case.write({"mandate_id": False, "party_id": self.bert.partner_id.id})
        self.assertEqual(self.get().status_code, 200)

    def test_moved_to_others(self):
        asked = self.ask("discount", percent=50, text="Half of it at once.")
        self.case._accept_report(
            {
                "type": "cost",
                "date": self.day,
                "amount": "33",
                "currency": "EUR",
                "what": "Search for the address",
                "text": "Between us",
                "documents": [{"name": "bill.pdf", "content": PDF}],
            },
            "party",
            author=self.anna.partner_id,
        )
        self.case.write({"mandate_id": False, "party_id": self.rival.id})
        self.assertEqual(self.get().status_code, 404)
        self.assertNotIn(self.case.name, self.names())
        self.login(self.rita)
        text = self.get().text
        self.assertIn("Search for the address", text)
        self.assertIn("Another third party", text)
        # What the others negotiated and sent is not theirs.
        for secret in ("Half of it", "Between us", "bill.pdf", "Anna", "AS-2026"):
            self.assertNotIn(secret, text)
        files = asked.case_id.event_ids.attachment_ids
        self.assertEqual(self.get(f"/document/{files.id}").status_code, 404)

    def test_ended_cases_are_read_for_a_time(self):
        self.case.action_close("Over")
        page = self.get()
        self.assertEqual(page.status_code, 200)
        self.assertIn("The case has ended", page.text)
        self.assertNotIn("/send/", page.text)
        self.assertEqual(self.names(), [self.case_there.name])
        self.assertEqual(self.names(filterby="ended"), [self.case.name])
        response = self.get("/send/cost")
        self.assertEqual(
            (response.status_code, response.headers["Location"][-len(self.path) :]),
            (303, self.path),
        )
        self.case.date_closed = days_ago(90)
        self.assertEqual(self.get().status_code, 200)
        self.case.date_closed = days_ago(91)
        self.assertEqual(self.get().status_code, 404)
        self.assertEqual(self.names(filterby="all"), [self.case_there.name])

    def test_proposed_cases_are_nobody_s(self):
        draft = self.make_case(
            self.make_invoice(overdue=90), opened=False, party_id=self.agency.id
        )
        self.assertNotIn(draft.name, self.names(filterby="all"))
        self.assertEqual(self.get(path=f"/my/cases/{draft.id}").status_code, 404)

    def test_whoever_owes_does_not_see_it(self):
        """Also if somebody wrote the debtor's own firm on the case by mistake."""
        self.case.write({"mandate_id": False, "party_id": self.debtor.id})
        self.login(self.owing)
        self.assertEqual(self.get().status_code, 404)

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    def test_counter(self):
        portal = self.portal()
        self.assertEqual(portal._count(), 2)
        home = self.make_jsonrpc_request(
            "/my/counters", {"counters": ["credit_case_count"]}
        )
        self.assertEqual(home["credit_case_count"], 2)
        self.assertIn("/my/cases", self.url_open("/my/home").text)
        self.case.action_close("Over")
        self.assertEqual(portal._count(), 1)
        self.assertEqual(self.portal(self.owing)._count(), 0)

    def test_search_sort_filter(self):
        self.assertEqual(self.names(search="AS/77"), [self.case.name])
        self.assertEqual(self.names(search=self.second.name), [self.case.name])
        self.assertEqual(
            set(self.names(search="dupont")), {self.case.name, self.case_there.name}
        )
        self.assertFalse(self.names(search="dupont", search_in="invoice"))
        self.assertFalse(self.names(search="Martin"))
        self.assertFalse(self.names(search=self.other_case.name))
        both = [self.case.name, self.case_there.name]
        self.assertEqual(self.names(sortby="amount"), both)
        self.assertEqual(self.names(sortby="name"), both)
        self.assertEqual(self.names(sortby="opened"), both[::-1])
        self.case_there.last_report_at = self.env.cr.now()
        self.assertEqual(self.names(sortby="report"), both)
        self.assertFalse(self.names(filterby="asked"))
        self.ask()
        self.assertEqual(self.names(filterby="asked"), [self.case.name])
        self.assertFalse(self.names(filterby="judicial"))
        # What is not offered counts as not chosen.
        self.assertEqual(
            self.names(sortby="id; DROP", filterby="x", search_in="password"),
            both[::-1],
        )

    def test_pages_and_flat_queries(self):
        """As many queries for a page of thirty as for one of three."""
        moves = [self.make_invoice(overdue=50 + n, amount=n) for n in range(1, 31)]
        for move in moves[:1]:
            self.make_case(move, party_id=self.agency.id)

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            portal, before = self.portal(), self.cr.sql_log_count
            rows = portal._list_rows(
                portal._own_domain(), "date_opened desc, id desc", 30, 0
            )
            return len(rows), self.cr.sql_log_count - before

        queries()
        few, with_few = queries()
        for move in moves[1:]:
            self.make_case(move, party_id=self.agency.id)
        many, with_many = queries()
        self.assertEqual((few, many), (3, 30))
        # The few are of two companies and currencies, which are read apart.
        self.assertLessEqual(with_many, with_few)
        first = self.names()
        self.assertEqual(len(first), 30)
        page = self.url_open("/my/cases/page/2?sortby=opened").text
        self.assertIn(f">{self.case.name}<", page)
        self.assertEqual(self.url_open("/my/cases/page/99999").status_code, 200)

    # ------------------------------------------------------------------
    # The page
    # ------------------------------------------------------------------

    def test_page(self):
        self.debtor.write({"phone": "+33 1 23 45 67 89", "vat": "FR23334175221"})
        self.env["res.partner"].create(
            {
                "name": "Accounts payable",
                "parent_id": self.debtor.id,
                "email": "pay@dupont.example.com",
            }
        )
        self.remind(self.old, self.policy.step_ids[0], day=days_ago(60))
        self.case._add_event("letter", "Formal notice", note="For the house")
        text = self.get().text
        for shown in (
            self.case.name,
            "AS/77",
            self.debtor.name,
            "1 rue de la Paix",
            "+33 1 23 45 67 89",
            "FR23334175221",
            "pay@dupont.example.com",
            self.old.name,
            self.second.name,
            "100 days overdue",
            "1,500.00",
            "Owed on",
            "First reminder",
            "Formal notice",
            "AS-2026",
            "10 %",
            "8.5 % above",
            "from 180 days overdue on",
            self.collector.email,
        ):
            self.assertIn(shown, text.replace("\xa0", " "), shown)
        self.assertNotIn("For the house", text)
        self.assertNotIn(self.foreign.name, text)

    def test_owed_with_interest(self):
        portal = self.portal()
        owed = portal._owed(portal._case(self.case.id))
        self.assertFalse(owed["missing"])
        self.assertTrue(owed["rows"][0][1].startswith("1,500.00"))

    def test_withdrawn_item(self):
        line = self.case.line_ids.filtered(lambda line: line.move_id == self.second)
        line.action_withdraw("Paid elsewhere")
        text = self.get().text
        self.assertIn("Withdrawn on", text)
        self.assertNotIn(f"/invoice/{self.second.id}", text)
        self.assertEqual(self.get(f"/invoice/{self.second.id}").status_code, 404)

    def test_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.anna.partner_id.lang = "fr_FR"
        rows = self.portal().with_context(lang="fr_FR")
        desk = rows._case(self.case.id)
        shown = rows._owed(desk)["rows"][0][1]
        self.assertEqual("".join(shown.split()), "1500,00€")
        # Whatever the browser asked for when it logged in.
        self.opener.cookies["frontend_lang"] = "en_US"
        self.assertIn('lang="fr-FR"', self.get().text)

    def test_colon_of_the_language(self):
        """A language that puts a space before the colon has it after every label."""
        self.env["res.lang"]._activate_lang("fr_FR")
        words = {
            "%(label)s: %(value)s": "%(label)s : %(value)s",
            REQUEST_MESSAGES["no_amount"]._source: "Écrivez 1234,50",
        }
        portal = self.portal().with_context(lang="fr_FR")
        desk = portal._case(self.case.id)
        with patch.object(
            code_translations, "get_python_translations", return_value=words
        ):
            shown = portal._problem_text(desk, Problem("Montant", "no_day", {}))
            reported = desk.case._report_problem_text(Problem("amount", "missing", {}))
            typed = portal._problem_text(
                desk, Problem("Montant", "no_number", {"value": "x"})
            )
            (check,) = portal.env["credit.handover"]._rows(
                [{"code": "claim", "level": "refused", "detail": "x", "names": ["1"]}]
            )
        self.assertEqual(shown, "Montant : give a day")
        self.assertEqual(reported, "Amount : missing")
        self.assertEqual(typed, "Montant : Écrivez 1234,50")
        self.assertEqual(check["text"], "x : 1")

    def test_number_of_the_debtor(self):
        """It is called as on the papers."""
        self.debtor.write(
            {"company_registry": "732829320", "country_id": self.env.ref("base.fr").id}
        )
        self.assertIn("SIREN 732829320", self.get().text)

    def test_what_is_kept_in_the_language_of_the_house(self):
        """Requests and reports are told in the reader's, from their values."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.ask(
            "plan", number=6, frequency="month", first_date="2026-12-20", text="Please"
        )
        self.ask("discount", percent=15, text="")
        visit = {"type": "visit", "date": self.day, "present": True, "text": "At noon"}
        self.case._accept_report(visit, "party", author=self.anna.partner_id)
        self.case._add_event(
            "document",
            "Hand-off file downloaded",
            author_id=self.anna.partner_id.id,
            handoff_sha256="0" * 64,
            note=f"SHA-256 of the ZIP: {'0' * 64}\n"
            f"SHA-256 of its list of files: {'1' * 64}",
        )
        portal = self.portal().with_context(lang="fr_FR")
        desk = portal._case(self.case.id)
        page = str([portal._request_rows(desk), portal._timeline(desk)])
        for said in ("échéances", "Remise", "Visite", "transmission téléchargé"):
            self.assertIn(said, page)
        for said in (f"ZIP : {'0' * 64}", f" : {'1' * 64}"):
            self.assertIn(said, page.replace("\xa0", " ").replace("\\xa0", " "))
        for said in ("instalments", "Discount:", "Visit:", "Hand-off", "list of files"):
            self.assertNotIn(said, page)
        for said in ("Please", "At noon"):
            self.assertIn(said, page)

    # ------------------------------------------------------------------
    # Files
    # ------------------------------------------------------------------

    def test_invoice(self):
        self.env["ir.attachment"].create(
            {
                "name": "invoice.pdf",
                "raw": PDF,
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": self.old.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        response = self.get(f"/invoice/{self.old.id}")
        self.assertEqual((response.status_code, response.content), (200, PDF))
        self.assertEqual(response.headers["Content-Type"], "application/pdf")
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")

    def test_whole_file(self):
        HandoffCommon.without_printing(self)
        response = self.get("/file.zip")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Content-Type"], "application/zip")
        size = int(response.headers["Content-Length"])
        self.assertEqual(size, len(response.content))
        archive = zipfile.ZipFile(io.BytesIO(response.content))
        self.assertIsNone(archive.testzip())
        self.assertIn("0-cover.pdf", archive.namelist())
        # Who has it is noted; what the creditor downloads is no affair of the agency.
        event = self.case.event_ids
        self.assertIn("Hand-off file downloaded", self.get().text)
        self.case.with_user(self.collector)._make_handoff()[0].close()
        self.assertEqual(len(self.case.event_ids), 2)
        self.assertEqual(self.get().text.count("Hand-off file downloaded"), 1)
        self.assertEqual(event.author_id, self.anna.partner_id)
        self.assertEqual(event.origin, "party")
        self.assertEqual((self.case.event_ids - event).origin, "creditor")
        self.assertEqual(
            event.handoff_sha256, hashlib.sha256(response.content).hexdigest()
        )

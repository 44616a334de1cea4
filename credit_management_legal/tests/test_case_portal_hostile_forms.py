"""What a hostile third party sends: forged, repeated, far too much."""

from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import NOW

from ..models import credit_case_portal
from .case_portal_common import PDF
from .case_portal_hostile import HTML, HUGE, CasePortalHostile


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCasePortalHostileForms(CasePortalHostile):
    # ------------------------------------------------------------------
    # What is sent
    # ------------------------------------------------------------------

    def _requests(self):
        """(name, form, fields, files) of what is refused."""
        cost = {"date": self.day, "amount": "5", "what": "Search"}
        payment = {"date": self.day, "amount": "5", "received_by": "party"}
        for amount in (
            "-5",
            "0",
            "",
            "1e5",
            "NaN",
            "inf",
            "0.001",
            "1.000",
            HUGE,
            "²",
            HTML,
            '=HYPERLINK("http://evil.example.com")',
        ):
            yield f"cost of {amount!r}", "cost", {**cost, "amount": amount}, None
            yield (
                f"payment of {amount!r}",
                "payment",
                {
                    **payment,
                    "amount": amount,
                },
                None,
            )
        for day in ("2026-06-18", "9999-12-31", "2020-01-01", "2026-02-30", "", HTML):
            yield f"cost on {day!r}", "cost", {**cost, "date": day}, None
            status = {"date": day, "status": "contacted"}
            yield f"status of {day!r}", "status", status, None
        for values in (
            {"status": "paid"},
            {"status": ""},
            {"status": HTML},
        ):
            form = {"date": self.day, **values}
            yield f"status: {values}", "status", form, None
        for values in ({"received_by": "me"}, {"received_by": ""}):
            yield f"payment: {values}", "payment", {**payment, **values}, None
        yield "cost: no tick", "cost", {**cost, "recoverable": "perhaps"}, None
        yield "cost: for nothing", "cost", {**cost, "what": "\x00\u202e"}, None
        yield "cost: endless", "cost", {**cost, "what": "x" * 201}, None
        yield "cost: novel", "cost", {**cost, "text": "x" * 5001}, None
        visit = {"date": self.day, "present": "1"}
        yield "visit: nobody knows", "visit", {**visit, "present": ""}, None
        yield "visit: both", "visit", {**visit, "present": "2"}, None
        seen = {**visit, "seen_activity": "__import__"}
        yield "visit: unknown sight", "visit", seen, None
        for kind in ("payment", "question", "approved", "", HTML):
            yield f"event {kind!r}", "event", {"date": self.day, "kind": kind}, None
        yield "question: nothing", "question", {"text": " \u202e\x00"}, None
        yield "question: endless", "question", {"text": "x" * 5001}, None
        yield "document: none", "document", {"date": self.day}, None
        kind = {"date": self.day, "document_kind": "__class__"}
        paper = [("documents", ("a.pdf", PDF, "application/pdf"))]
        yield "document: of no kind", "document", kind, paper
        for values in (
            {},
            {"amount": "5", "percent": "5"},
            {"amount": "1500.01"},
            {"amount": "-5"},
            {"amount": "1.200"},
            {"amount": HUGE},
            {"percent": "100.01"},
            {"percent": "-1"},
            {"percent": "0"},
        ):
            form = {"text": "Why", **values}
            yield f"discount: {values}", "discount", form, None
        yield "discount: no reason", "discount", {"amount": "5"}, None
        plan = {
            "number": "3",
            "frequency": "month",
            "first_date": "2026-07-17",
            "text": "Why",
        }
        for values in (
            {"number": "0"},
            {"number": "-3"},
            {"number": "61"},
            {"number": HUGE},
            {"frequency": "second"},
            {"first_date": "2020-01-01"},
            {"first_date": "9999-12-31"},
            {"text": ""},
        ):
            yield f"plan: {values}", "plan", {**plan, **values}, None
        for what in ("lawsuit", "stop", "other"):
            yield f"{what}: no reason", what, {"text": ""}, None
        for name, content in (
            ("page.pdf", b"<html>" + HTML.encode()),
            ("picture.svg", b"<svg onload='alert(1)'/>"),
            ("program.png", b"MZ\x90\x00"),
            ("archive.zip", b"PK\x03\x04"),
            ("empty.pdf", b""),
            ("large.pdf", PDF + bytes(10 * 1024 * 1024)),
        ):
            files = [("documents", (name, content, "application/pdf"))]
            yield f"document: {name}", "document", {"date": self.day}, files
            yield f"question: {name}", "question", {"text": "Why"}, files
            yield f"stop: {name}", "stop", {"text": "Why"}, files
        many = [("documents", (f"{n}.pdf", PDF, "application/pdf")) for n in range(12)]
        yield "document: dozens", "document", {"date": self.day}, many

    def test_requests(self):
        hidden = self.hidden()
        requests = list(self._requests())
        self.assertGreater(len(requests), 80)
        counts = self.counts()
        for name, what, form, files in requests:
            with self.subTest(name):
                response = self.send(what, form, files, hidden=hidden)
                self.assertNothing(response, counts, (400,))
                # The field that is wrong is named.
                self.assertIn('_wrong"', response.text)

    def test_more_than_anybody_sends(self):
        hidden, counts = self.hidden(), self.counts()
        with mute_logger("odoo.http", "werkzeug"):
            response = self.send("question", {"text": "x" * 31_000_000}, hidden=hidden)
        self.assertNothing(response, counts, (400, 413))

    def test_names_of_files(self):
        """A name that climbs is a name; what is sent is what it holds."""
        files = [("documents", ("../../../etc/passwd\x00.html", PDF, "text/html"))]
        response = self.send("document", {"date": self.day}, files)
        self.assertSent(response)
        event = self.case.event_ids.sorted("id")[-1:]
        found = event.attachment_ids
        self.assertNotRegex(found.name, r"[/\\\x00]")
        self.assertTrue(found.name.endswith(".pdf"))
        self.assertEqual(found.mimetype, "application/pdf")
        answer = self.get(f"/document/{found.id}")
        self.assertNotIn("..", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")

    def test_fields_that_are_not_offered(self):
        """More rights by more fields: what a form does not offer is not read."""
        extra = {
            "state": "approved",
            "case_id": str(self.other_case.id),
            "case": self.other_case.name,
            "currency": "USD",
            "currency_id": str(self.dollar.id),
            "origin": "creditor",
            "author_id": "1",
            "company_id": str(self.other_company.id),
            "firm_id": str(self.rival.id),
            "partner_id": str(self.debtor_b.id),
            "contact_id": "2",
            "user_id": "2",
            "answer": "Yes",
            "amount_agreed": "500",
            "plan_id": "1",
            "res_model": "res.users",
            "type": "payment",
            "received_by": "creditor",
            "context": '{"su": true}',
            "attachment_ids": str(self.unrelated.id),
        }
        counts = self.counts()
        self.assertSent(self.send("stop", {**extra, "text": "Why"}))
        asked = self.case.request_ids.sorted("id")[-1:]
        self.assertEqual((asked.state, asked.answer), ("open", False))
        self.assertEqual((asked.case_id, asked.firm_id), (self.case, self.agency))
        self.assertEqual(asked.user_id, self.collector)
        self.assertFalse(asked.attachment_ids | asked.event_id.attachment_ids)
        form = {**extra, "date": self.day, "amount": "5", "what": "Search"}
        self.assertSent(self.send("cost", form))
        event = self.case.event_ids.sorted("id")[-1:]
        self.assertEqual((event.kind, event.origin), ("cost", "party"))
        self.assertEqual(event.currency_id, self.euro)
        self.assertEqual(event.author_id, self.anna.partner_id)
        self.assertEqual(event.case_id, self.case)
        after = self.counts()
        for same in ("cases", "debtor", "credit.plan", "account.move", "res.users"):
            self.assertEqual(after[same], counts[same])

    # ------------------------------------------------------------------
    # Tokens, methods, repetition
    # ------------------------------------------------------------------

    def test_without_the_token_against_other_sites(self):
        key = self.hidden()["form_key"]
        counts = self.counts()
        say = f"/request/{self.own_request.id}/say"
        with mute_logger("odoo.http"):
            for suffix in ("/send/question", "/send/cost", "/send/stop", say):
                for csrf in ({}, {"csrf_token": "0" * 40}):
                    with self.subTest(suffix):
                        data = {"form_key": key, "text": "x", **csrf}
                        response = self.post(suffix, data)
                        self.assertNothing(response, counts, (400,))

    def test_keys_of_pages(self):
        """A form is sent from a page that was made for this user and this case."""
        hidden = self.hidden()
        there = self.hidden(path=f"/my/cases/{self.case_there.id}")
        counts = self.counts()
        nonce, stamp, sign = hidden["form_key"].split("-")
        for name, key in {
            "none": "",
            "invented": "0" * 40,
            "of another case": there["form_key"],
            "younger": f"{nonce}-{int(stamp) + 1}-{sign}",
            "no number": f"{nonce}-x-{sign}",
            "unicode": "é-²-ü",
        }.items():
            with self.subTest(name):
                data = {**hidden, "form_key": key, "text": "Why"}
                response = self.send("question", data, hidden={})
                self.assertNothing(response, counts, (400,))
        self.login(self.bert)
        csrf = self.hidden()["csrf_token"]
        data = {"csrf_token": csrf, "form_key": hidden["form_key"], "text": "Why"}
        response = self.send("question", data, hidden={})
        self.assertNothing(response, counts, (400,))

    def test_old_page(self):
        hidden = self.hidden()
        counts = self.counts()
        # The session is no matter here, only the age of the page.
        with patch.object(credit_case_portal, "FORM_DAYS", -1):
            response = self.send("question", {"text": "Why"}, hidden=hidden)
        self.assertNothing(response, counts, (400,))

    def test_replay(self):
        hidden = self.hidden("payment")
        form = {"date": self.day, "amount": "5", "received_by": "party"}
        self.assertSent(self.send("payment", form, hidden=hidden))
        counts = self.counts()
        for _again in range(3):
            response = self.send("payment", form, hidden=hidden)
            self.assertNothing(response, counts, (303,))

    def test_acts_by_following_a_link(self):
        counts = self.counts()
        for suffix in (
            "/send/question?text=x",
            "/send/cost?amount=5&what=x&date=2026-06-17",
        ):
            self.assertNothing(self.get(suffix), counts, (200,))
        own = self.own_request.id
        for suffix in (f"/request/{own}/say?text=x", f"/request/{own}/withdraw"):
            self.assertNothing(self.get(suffix), counts)

    def test_other_methods(self):
        counts = self.counts()
        for method in ("PUT", "DELETE", "PATCH"):
            for suffix in ("", "/send/cost", "/file.zip"):
                with self.subTest(f"{method} {suffix}"), mute_logger("odoo.http"):
                    response = self.opener.request(
                        method,
                        self.base_url() + self.path + suffix,
                        allow_redirects=False,
                        timeout=10,
                    )
                    self.assertNothing(response, counts)

    def test_flood(self):
        counts = None
        hidden = self.hidden()
        with patch.object(credit_case_portal, "MOST_A_DAY", 5):
            for n in range(8):
                response = self.send("question", {"text": f"Why {n}"}, hidden=hidden)
                if response.status_code != 303:
                    break
            counts = self.counts()
            self.assertLess(n, 7)
            response = self.send("cost", {"date": self.day}, hidden=hidden)
            self.assertNothing(response, counts, (400,))
            self.assertIn("tomorrow", response.text)

    def test_settled_requests(self):
        self.own_request.with_user(self.manager).action_withdraw()
        hidden, counts = self.hidden(), self.counts()
        suffix = f"/request/{self.own_request.id}"
        self.assertNothing(self.post(f"{suffix}/withdraw", hidden), counts, (400,))
        for text in ("", "x" * 5001, "\x00"):
            response = self.post(f"{suffix}/say", {**hidden, "text": text})
            self.assertNothing(response, counts, (400,))
            self.assertIn("Your message", response.text)

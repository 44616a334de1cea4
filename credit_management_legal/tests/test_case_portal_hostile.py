"""A hostile third party gets nowhere: refused, nothing written, nothing told."""

import json
import re
from unittest.mock import patch

from odoo.http import _generate_routing_rules
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import NOW, days_ago

from ..models import credit_case_portal
from .case_portal_common import PDF, CasePortalCommon

HTML = "<img src=x onerror=alert(1)><script>alert('owned')</script>"
HUGE = "9" * 40


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCasePortalHostile(CasePortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ended = cls.make_case(
            cls.make_invoice(overdue=90, amount=444), party_id=cls.agency.id
        )
        cls.ended.action_close()
        cls.old_ended = cls.make_case(
            cls.make_invoice(overdue=90, amount=555), party_id=cls.agency.id
        )
        cls.old_ended.action_close()
        cls.old_ended.date_closed = days_ago(200)
        cls.draft = cls.make_case(
            cls.make_invoice(overdue=90, amount=666),
            party_id=cls.agency.id,
            opened=False,
        )
        cls.own_request = cls.ask_for(cls.case, cls.anna, "Ours")
        cls.other_request = cls.ask_for(cls.other_case, cls.rita, "Theirs alone")
        cls.own_event = cls.case._accept_report(
            {
                "type": "document",
                "date": cls.day,
                "name": "own.pdf",
                "content": PDF,
            },
            "party",
            author=cls.anna.partner_id,
        )
        cls.other_event = cls.other_case._accept_report(
            {
                "type": "document",
                "date": cls.day,
                "name": "secret.pdf",
                "content": PDF,
            },
            "party",
            author=cls.rita.partner_id,
        )
        cls.house_event = cls.case._add_event(
            "document",
            "For the house",
            attachment_ids=[
                (0, 0, {"name": "house.pdf", "raw": PDF, "mimetype": "application/pdf"})
            ],
        )
        cls.unrelated = cls.env["ir.attachment"].create(
            {
                "name": "unrelated.pdf",
                "raw": PDF,
                "res_model": "account.move",
                "res_id": cls.old.id,
            }
        )

    @classmethod
    def ask_for(cls, case, user, text):
        return cls.env["credit.case.request"]._ask(
            case, "question", user.partner_id, text=text
        )

    def setUp(self):
        super().setUp()
        self.login(self.anna)

    def assertNothing(self, response, counts, statuses=(400, 403, 404, 405, 413)):
        """Refused in plain words: no error of ours, nothing written, nothing told."""
        self.assertIn(response.status_code, statuses, response.text[:500])
        self.assertEqual(self.counts(), counts)
        for secret in (
            self.debtor_b.name,
            self.foreign.name,
            self.other_case.name,
            self.rival.name,
            "777.00",
            "Theirs alone",
            "secret.pdf",
            "house.pdf",
            "Traceback",
            "<script>alert('owned')",
        ):
            self.assertNotIn(secret, response.text)

    # ------------------------------------------------------------------
    # What is not theirs
    # ------------------------------------------------------------------

    def test_other_ids(self):
        """By enumeration nobody learns what exists: one answer for all."""
        answers = set()
        ids = {
            "of a rival": self.other_case.id,
            "long ended": self.old_ended.id,
            "proposed": self.draft.id,
            "none": 999999,
            "zero": 0,
            "huge": HUGE,
        }
        counts = self.counts()
        for name, case_id in ids.items():
            for suffix in (
                "",
                "/file.zip",
                f"/invoice/{self.foreign.id}",
                f"/document/{self.other_event.attachment_ids.id}",
                "/send/cost",
            ):
                with self.subTest(f"{name}{suffix}"):
                    response = self.get(suffix, path=f"/my/cases/{case_id}")
                    self.assertNothing(response, counts, (404,))
                    answers.add(re.sub(r'csrf_token: "\w+"', "", response.text))
        self.assertEqual(len(answers), 1)

    def test_odd_addresses(self):
        counts = self.counts()
        for path in (
            "/my/cases/-1",
            "/my/cases/1%20OR%201=1",
            "/my/cases/²",
            f"/my/cases/{self.case.id}/../{self.other_case.id}",
            f"/my/cases/{self.case.id}/%2e%2e/{self.other_case.id}",
            f"/my/cases/{self.case.id}/invoice/..%2f..%2fetc%2fpasswd",
            f"/my/cases/{self.case.id}/document/..%2f..%2f..%2fetc%2fpasswd",
            f"/my/cases/{self.case.id}/file.zip/..%2fodoo.conf",
            f"/my/cases/{self.case.id}/send/..%2fcost",
            f"/my/cases/{self.case.id}/send/approve",
            f"/my/cases/{self.case.id}/send/__class__",
            f"/my/cases/{self.case.id}/send/{'x' * 3000}",
        ):
            with self.subTest(path):
                response = self.url_open(path, allow_redirects=False)
                self.assertNothing(response, counts, (404,))

    def test_files_of_others(self):
        counts = self.counts()
        own = self.own_event.attachment_ids.id
        self.assertEqual(self.get(f"/document/{own}").content, PDF)
        for name, suffix in {
            "document of a rival": f"/document/{self.other_event.attachment_ids.id}",
            "document of the house": f"/document/{self.house_event.attachment_ids.id}",
            "document of an invoice": f"/document/{self.unrelated.id}",
            "document of nothing": "/document/99999999",
            "document, huge": f"/document/{HUGE}",
            "invoice of another debtor": f"/invoice/{self.foreign.id}",
            "invoice of another company": f"/invoice/{self.there.id}",
            "invoice of the debtor, elsewhere": (
                f"/invoice/{self.ended.line_ids.move_id.id}"
            ),
            "invoice, huge": f"/invoice/{HUGE}",
        }.items():
            with self.subTest(name):
                self.assertNothing(self.get(suffix), counts, (404,))
        # Nor by Odoo's own ways to files.
        for attachment in (
            self.own_event.attachment_ids | self.house_event.attachment_ids
        ):
            response = self.url_open(
                f"/web/content/{attachment.id}", allow_redirects=False
            )
            self.assertNotEqual(response.content, PDF)

    def test_requests_of_others(self):
        hidden, counts = self.hidden(), self.counts()
        for name, path in {
            "of a rival": f"{self.path}/request/{self.other_request.id}",
            "of a rival, there": f"{self.other_path}/request/{self.other_request.id}",
            "own, in another case": (
                f"/my/cases/{self.case_there.id}/request/{self.own_request.id}"
            ),
            "none": f"{self.path}/request/99999999",
            "huge": f"{self.path}/request/{HUGE}",
        }.items():
            for act in ("say", "withdraw"):
                with self.subTest(f"{act}: {name}"):
                    response = self.url_open(
                        f"{path}/{act}",
                        data={**hidden, "text": "Yes"},
                        allow_redirects=False,
                    )
                    self.assertNothing(response, counts, (404,))

    def test_cases_of_others_are_not_written_to(self):
        hidden, counts = self.hidden("cost"), self.counts()
        form = {"date": self.day, "amount": "3", "what": "Search"}
        for case in (self.other_case, self.old_ended, self.draft):
            response = self.send(
                "cost", form, path=f"/my/cases/{case.id}", hidden=hidden
            )
            self.assertNothing(response, counts, (404,))
        # One that has ended may be read: what is sent is refused with the reason.
        for what in ("cost", "question", "discount"):
            response = self.send(
                what, form, path=f"/my/cases/{self.ended.id}", hidden=hidden
            )
            self.assertNothing(response, counts, (400,))

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
            "1.000,00",
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
        self.assertNothing(response, counts, (413,))

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
            self.assertIn("Your message:", response.text)

    # ------------------------------------------------------------------
    # Logins
    # ------------------------------------------------------------------

    def _rpc(self, model, method, *args, **kwargs):
        with mute_logger("odoo.http", "odoo.addons.base.models.ir_rule"):
            response = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                data=json.dumps(
                    {
                        "jsonrpc": "2.0",
                        "id": 0,
                        "params": {
                            "model": model,
                            "method": method,
                            "args": args,
                            "kwargs": kwargs,
                        },
                    }
                ),
                headers={"Content-Type": "application/json"},
            )
        return response.json()

    def test_nothing_by_remote_calls(self):
        """Users of the portal have no rights on any model of cases."""
        counts = self.counts()
        asked = [self.own_request.id]
        for model, method, *args in (
            ("credit.case", "search_read", []),
            ("credit.case", "read", [self.case.id]),
            ("credit.case", "action_close", [self.case.id]),
            ("credit.case", "write", [self.case.id], {"kind": "judicial"}),
            ("credit.case", "message_post", [self.case.id]),
            ("credit.case.line", "search_read", []),
            ("credit.case.event", "search_read", []),
            ("credit.case.event", "create", [{"case_id": self.case.id, "name": "x"}]),
            ("credit.case.request", "search_read", []),
            ("credit.case.request", "action_approve", asked),
            ("credit.case.request", "action_refuse", asked),
            ("credit.case.request", "action_withdraw", asked),
            ("credit.case.request", "write", asked, {"answer": "Yes"}),
            ("credit.case.request", "create", [{"case_id": self.case.id}]),
            ("credit.case.request", "message_post", asked),
            ("credit.case.portal", "_case", self.other_case.id),
            ("credit.case.portal", "_send", None, "stop", {}, {}),
            ("credit.mandate", "search_read", []),
            ("credit.task", "search_read", []),
            ("credit.form", "search_read", []),
            ("res.partner", "action_credit_portal_access", [self.agency.id]),
            ("portal.wizard", "create", [{}]),
        ):
            with self.subTest(f"{model}.{method}"):
                self.assertIn("error", self._rpc(model, method, *args))
                self.assertEqual(self.counts(), counts)

    def test_no_message_by_other_ways(self):
        """Odoo's own chatter for outsiders does not open requests either."""
        counts = self.counts()
        with mute_logger("odoo.http"):
            for thread in (self.own_request, self.case, self.own_event):
                for url, params in (
                    (
                        "/mail/message/post",
                        {
                            "thread_model": thread._name,
                            "thread_id": thread.id,
                            "post_data": {"body": "x", "message_type": "comment"},
                        },
                    ),
                    (
                        "/mail/thread/messages",
                        {"thread_model": thread._name, "thread_id": thread.id},
                    ),
                ):
                    response = self.url_open(
                        url,
                        data=json.dumps({"jsonrpc": "2.0", "id": 0, "params": params}),
                        headers={"Content-Type": "application/json"},
                    )
                    answer = response.json()
                    empty = not (answer.get("result") or {}).get("messages")
                    self.assertTrue("error" in answer or empty, answer)
        self.assertEqual(self.counts(), counts)

    def test_link_of_an_e_mail(self):
        """Nobody comes to a request by the address that stands in a notification."""
        for thread in (self.own_request, self.other_request):
            response = self.url_open(
                f"/mail/view?model={thread._name}&res_id={thread.id}",
                allow_redirects=False,
            )
            self.assertNotIn("credit.case.request", response.headers["Location"])

    def _routes(self):
        modules = sorted(self.env.registry._init_modules)
        return [
            (url, endpoint.routing["methods"])
            for url, endpoint in _generate_routing_rules(modules, nodb_only=False)
            if "credit_management_legal" in endpoint.func.__func__.__module__
            and "/my/cases" in url
        ]

    def test_all_routes_with_the_wrong_user(self):
        """A rival, the debtor, another firm's user, nobody: on every route."""
        routes = self._routes()
        self.assertGreater(len(routes), 9)
        hidden = self.hidden()
        stranger = self.portal_user(self.make_debtor("Passer-by"), "zoe")
        for user in (None, self.rita, self.owing, stranger):
            self.login(user)
            page = self.url_open("/web/login" if not user else "/my/home").text
            csrf = re.search(r'csrf_token: "(\w+)"', page)[1]
            counts = self.counts()
            for route, methods in routes:
                url = route.replace("<int:case_id>", str(self.case.id))
                url = url.replace("<int:move_id>", str(self.old.id))
                url = url.replace(
                    "<int:attachment_id>", str(self.own_event.attachment_ids.id)
                )
                url = url.replace("<int:request_id>", str(self.own_request.id))
                url = url.replace("<string:what>", "question")
                url = url.replace("<int:page>", "1")
                for method in methods:
                    data = {**hidden, "csrf_token": csrf, "text": "Let me in"}
                    with self.subTest(f"{user and user.login}: {method} {url}"):
                        response = self.url_open(
                            url,
                            data=data if method == "POST" else None,
                            allow_redirects=False,
                        )
                        self._refused(user, url, response)
                        self.assertEqual(self.counts(), counts)

    def _refused(self, user, url, response):
        if not user:
            self.assertEqual(response.status_code, 303)
            self.assertIn("/web/login", response.headers["Location"])
        elif user == self.rita and url in ("/my/cases", "/my/cases/page/1"):
            # Her own list.
            self.assertEqual(response.status_code, 200)
        else:
            self.assertEqual(response.status_code, 404)
        for secret in (self.case.name, self.old.name, "AS-2026", "Ours"):
            self.assertNotIn(secret, response.text)

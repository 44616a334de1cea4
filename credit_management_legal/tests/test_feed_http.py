"""A feed by a web service, against a real server on this machine."""

import hashlib
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models.credit_feed_http import TRUSTED
from .feed_common import FeedCommon
from .handoff_common import HandoffCommon

SECRET = "s3cret-of-the-agency"


class Service(BaseHTTPRequestHandler):
    """What an agency's service does, and all that it may do wrong."""

    def log_message(self, *args):
        """Nothing is written to the test's output."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer("POST", body)

    def do_GET(self):
        self._answer("GET", b"")

    def _answer(self, method, body):
        path = urlsplit(self.path)
        self.server.calls.append((method, path.path, dict(self.headers), body))
        if self.headers.get("Authorization") != f"Bearer {SECRET}":
            status, content = 401, b""
        else:
            after = parse_qs(path.query).get("after", [""])[0]
            status, content = self.server.answers[method, path.path](after)
        self.send_response(status)
        if status == 302:
            self.send_header(
                "Location", f"http://localhost:{self.server.server_port}/x"
            )
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@tagged("post_install", "-at_install")
class TestFeedHttp(FeedCommon):
    def setUp(self):
        super().setUp()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
        self.server.calls = []
        self.server.answers = {
            ("POST", "/api/messages"): lambda after: (201, b"{}"),
            ("POST", "/api/results"): lambda after: (204, b""),
            ("GET", "/api/reports"): self.page,
        }
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.env["ir.config_parameter"].sudo().set_param(TRUSTED, "127.0.0.1, x")
        self.feed = self.make_feed(
            provider="http",
            folder=False,
            url=f"http://127.0.0.1:{self.server.server_port}/api/",
            token=SECRET,
            with_file=False,
        )
        self.case = self.case_of()
        self.pages = {}

    def page(self, after):
        return 200, json.dumps(self.pages.get(after, {"reports": []})).encode()

    def exchange(self):
        self.feed._exchange()
        self.env.flush_all()
        self.env.invalidate_all()

    def calls(self, method, path):
        return [call for call in self.server.calls if call[:2] == (method, path)]

    def test_messages_are_posted(self):
        self.exchange()
        self.assertFalse(self.feed.last_problem)
        [(_method, _path, headers, body)] = self.calls("POST", "/api/messages")
        self.assertEqual(json.loads(body)["case"], self.case.name)
        self.assertEqual(headers["Idempotency-Key"], f"{self.case.name}-opened")
        self.assertEqual(self.feed.message_line_ids.state, "sent")
        self.exchange()
        self.assertEqual(len(self.calls("POST", "/api/messages")), 1)

    def test_archive_is_posted_first(self):
        self.feed.with_file = True
        HandoffCommon.without_printing(self)
        self.exchange()
        kinds = [
            call[2]["Content-Type"] for call in self.calls("POST", "/api/messages")
        ]
        self.assertEqual(kinds, ["application/zip", "application/json"])
        content = self.calls("POST", "/api/messages")[0][3]
        self.assertEqual(
            self.case.event_ids.filtered("handoff_sha256").handoff_sha256,
            hashlib.sha256(content).hexdigest(),
        )

    def test_refused_archive_is_with_nobody(self):
        self.feed.with_file = True
        HandoffCommon.without_printing(self)
        self.server.answers["POST", "/api/messages"] = lambda after: (413, b"too big")
        self.exchange()
        self.assertEqual(self.feed.message_line_ids.state, "refused")
        self.assertFalse(self.case.event_ids.filtered("handoff_sha256"))

    def test_refused_message(self):
        self.server.answers["POST", "/api/messages"] = lambda after: (
            422,
            b"<b>no</b>\xff",
        )
        self.exchange()
        message = self.feed.message_line_ids
        self.assertEqual(message.state, "refused")
        self.assertIn("422: <b>no</b>", message.reason)
        self.assertFalse(self.feed.last_problem)

    def test_reports_are_read_page_by_page(self):
        self.feed.direction = "import"
        rows = [self.status(str(number), self.case) for number in range(4)]
        self.pages = {
            "": {"reports": rows[:2], "next": "p2"},
            "p2": {"reports": [*rows[2:], 5], "next": "p3"},
        }
        self.exchange()
        self.assertFalse(self.feed.last_problem)
        self.assertEqual(len(self.events(self.case)), 4)
        self.assertEqual(self.feed.cursor, "p3")
        results = b"".join(call[3] for call in self.calls("POST", "/api/results"))
        self.assertEqual(results.count(b";accepted;"), 4)
        self.assertEqual(results.count(b";refused;"), 1)
        # Read once more from the start, nothing is doubled.
        self.feed.cursor = False
        self.exchange()
        self.assertEqual(len(self.events(self.case)), 4)

    def test_results_that_are_not_taken(self):
        self.feed.direction = "import"
        self.pages = {"": {"reports": [self.status("1", self.case)], "next": "p2"}}
        self.server.answers["POST", "/api/results"] = lambda after: (500, b"")
        self.exchange()
        self.assertIn("500", self.feed.last_problem)
        self.assertFalse(self.feed.cursor)
        self.assertEqual(len(self.events(self.case)), 1)
        self.server.answers["POST", "/api/results"] = lambda after: (200, b"")
        self.exchange()
        self.assertEqual((self.feed.last_problem, self.feed.cursor), (False, "p2"))
        self.assertEqual(len(self.events(self.case)), 1)

    def test_service_that_fails(self):
        self.feed.direction = "import"
        for answer, said in (
            ((500, b""), "error 500"),
            ((403, b""), "refuses our secret"),
            ((302, b""), "error 302"),
        ):
            self.server.answers["GET", "/api/reports"] = lambda after, a=answer: a
            self.exchange()
            self.assertIn(said, self.feed.last_problem)
        # The secret went nowhere else.
        self.assertFalse(self.calls("GET", "/x"))
        for body in (
            b"{",
            b"[]",
            b'{"reports": 5}',
            b"\xff",
            b'{"reports":[],"next":5}',
        ):
            self.server.answers["GET", "/api/reports"] = lambda after, b=body: (200, b)
            self.exchange()
            self.assertFalse(self.events(self.case))
        refused = self.feed.message_line_ids
        self.assertEqual(set(refused.mapped("state")), {"refused"})

    def test_nobody_answers(self):
        self.feed.direction = "import"
        self.server.shutdown()
        self.server.server_close()
        self.exchange()
        self.assertIn("does not answer (ConnectionError)", self.feed.last_problem)

    def test_secret_is_in_no_log(self):
        self.server.answers["POST", "/api/messages"] = lambda after: (500, b"")
        root = logging.getLogger()
        level = root.level
        self.addCleanup(root.setLevel, level)
        with self.assertLogs(level="DEBUG") as logs:
            logging.getLogger(__name__).debug("something")
            self.exchange()
        self.assertNotIn(SECRET, "\n".join(logs.output))
        self.assertNotIn(SECRET, self.feed.last_problem)
        self.feed.token = "wrong"
        self.exchange()
        self.assertIn("refuses our secret", self.feed.last_problem)
        self.assertNotIn("wrong", self.feed.last_problem)
        self.assertFalse(self.feed.copy({"name": "Copy"}).token)
        # Another address gets no old secret.
        self.feed.url = f"http://127.0.0.1:{self.server.server_port}/other"
        self.assertFalse(self.feed.token)

    def test_addresses_that_are_refused(self):
        for url, said in (
            ("http://agency.example.com", "https://"),
            ("https://10.0.0.1/", "inside our own network"),
            ("https://localhost/", "inside our own network"),
            ("ftp://agency.example.com", "no address"),
            (False, "no address"),
        ):
            with self.assertRaisesRegex(ValidationError, said), self.cr.savepoint():
                self.feed.url = url
        self.patch(
            type(self.env["credit.feed.provider"]), "_leads_inside", lambda s, h: True
        )
        with self.assertRaisesRegex(ValidationError, "inside our own network"):
            self.feed.url = "https://agency.example.com"

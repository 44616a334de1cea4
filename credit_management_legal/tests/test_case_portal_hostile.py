"""A hostile third party gets nowhere: refused, nothing written, nothing told."""

import json
import re

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import NOW

from .case_portal_common import PDF
from .case_portal_hostile import HUGE, CasePortalHostile


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCasePortalHostile(CasePortalHostile):
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
                    answers.add(re.search(r"<main>(.*)</main>", response.text, re.S)[1])
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
        counts, asked = self.counts(), [self.own_request.id]
        with mute_logger("odoo.http"):
            for thread in (self.other_request, self.case, self.other_event):
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
                    # Odoo may answer with what the user wrote: with nothing else.
                    for secret in ("Theirs alone", "secret.pdf", self.rival.name):
                        self.assertNotIn(secret, response.text)
            # Whoever is written to does not write back behind the page.
            answer = self._rpc("credit.case.request", "message_post", asked, body="x")
            self.assertIn("error", answer)
        self.assertEqual(self.counts(), counts)

    def test_link_of_an_e_mail(self):
        """Nobody comes to a request by the address that stands in a notification."""
        for thread in (self.own_request, self.other_request):
            response = self.url_open(
                f"/mail/view?model={thread._name}&res_id={thread.id}",
                allow_redirects=False,
            )
            self.assertNotIn("credit.case.request", response.headers["Location"])

"""Guessed, forged, borrowed and repeated: tokens, numbers, keys and whole requests."""

import re
from datetime import timedelta

from odoo.http import Request
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.models import credit_reminder_portal

from .common import NOW, TODAY
from .guessing_common import GuessingCommon
from .hostile_common import PortalHostile

#: Where the forms of the page go.
FORMS = (
    "/dispute",
    "/message",
    "/paid",
    "/pay",
    "/plan",
    "/plan/preview",
    "/promise",
    "/seen",
    "/wrong",
)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalGuesses(GuessingCommon, PortalHostile):
    # ------------------------------------------------------------------
    # Tokens
    # ------------------------------------------------------------------

    def _paths(self):
        """Every address of the page, by method."""
        for path in (
            "",
            "/pay?choice=o.1",
            "/plan/preview?items=1&plan_number=2",
            "/statement.pdf",
            "/statement.xlsx",
            f"/invoice/{self.old.id}",
            "/plan/1.pdf",
        ):
            yield "GET", path
        for path in FORMS:
            yield "POST", path

    def test_forged_and_expired(self):
        number, signature = self.path.rsplit("/", 1)[1].split("-")
        flipped = ("0" if signature[0] != "0" else "1") + signature[1:]
        csrf = self.csrf()
        counts = self._counts()
        expired = self.remind(self.old, self.step_1).sudo()
        expired.date_done = TODAY - timedelta(days=91)
        revoked = self.remind(self.old, self.step_1).sudo()
        before = revoked._portal_token()
        revoked.action_revoke_link()
        counts = self._counts()
        for token in (
            f"{number}-{flipped}",
            f"{number}-{'0' * 64}",
            expired._portal_token(),
            before,
        ):
            for method, path in self._paths():
                with self.subTest(f"{method} {path}"):
                    data = {"csrf_token": csrf} if method == "POST" else None
                    response = self.url_open(
                        f"/credit/{token}{path}", data=data, allow_redirects=False
                    )
                    self.assertEqual(response.status_code, 404)
                    self.assertNothing(response, counts)
                    self.assertNotIn(self.debtor.name, response.text)
            answer = self.rpc(
                f"/transaction/i.{self.own}/0",
                {"amount": 100},
                path=f"/credit/{token}",
            )
            self.assertError(answer, "does not work any more")

    def test_guesses_take_the_same_work(self):
        number, signature = self.path.rsplit("/", 1)[1].split("-")
        self.assertSameWork(
            credit_reminder_portal,
            self.env["credit.reminder"].sudo()._from_portal_token,
            (
                f"{number}-{'0' * 64}",
                f"99999999-{signature}",
                f"{number}0-{signature}",
                f"{'9' * 40}-{signature}",
                f"x-{signature}",
                f"-{signature}",
                f"{number}",
                "0-",
                "",
            ),
        )

    def test_one_debtors_link_on_anothers_invoice(self):
        for move in (self.foreign, self.there):
            response = self.get(f"/invoice/{move.id}")
            self.assertEqual(response.status_code, 404)
        self.assertEqual(self.get(f"/invoice/{self.old.id}").status_code, 200)
        response = self.get(f"/invoice/{self.old.id}", path=self.other_path)
        self.assertEqual(response.status_code, 404)

    # ------------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------------

    def _told(self, response):
        """What a page says besides its tokens against other sites."""
        return re.sub(r'(csrf_token|form_key)(: |" value=)"[\w-]+"', "", response.text)

    def test_walk_through_the_reminders(self):
        """From one link to the next number: one and the same answer for all."""
        number, signature = self.path.rsplit("/", 1)[1].split("-")
        numbers = [int(number) + step for step in range(-5, 6) if step]
        self.assertIn(int(self.other_path.rsplit("/", 1)[1].split("-")[0]), numbers)
        counts, answers = self._counts(), set()
        for guess in (*numbers, 0, 999_999_999):
            with self.subTest(guess):
                path = f"/credit/{guess}-{signature}"
                response = self.get(path=path)
                self.assertEqual(response.status_code, 404)
                self.assertNothing(response, counts)
                answers.add(self._told(response).replace(path, ""))
        self.assertEqual(len(answers), 1)

    def _theirs(self):
        """A plan and a promise of somebody else, here and elsewhere."""
        plans = self.env["credit.plan"]
        first = TODAY + timedelta(days=10)
        self.env["credit.policy"].search([]).plan_min_amount = 20
        for move in (self.make_invoice(self.debtor_b), self.there):
            plans |= plans._request(self.items(move), 2, "month", first)
        promises = self.env["credit.promise"]._make(
            self.items(self.foreign), [(first, 777)]
        )
        return plans, promises

    def test_walk_through_plans_promises_and_documents(self):
        """What exists and is not the debtor's looks like what does not exist."""
        plans, promises = self._theirs()
        counts = self._counts()
        missing, huge = 999_999_999, "9" * 30
        files = [f"/plan/{plan_id}.pdf" for plan_id in (*plans.ids, missing, huge)]
        moves = (self.foreign.id, self.there.id, missing, huge)
        files += [f"/invoice/{move_id}" for move_id in moves]
        answers = set()
        for path in files:
            with self.subTest(path):
                response = self.get(path)
                self.assertEqual(response.status_code, 404)
                self.assertNothing(response, counts)
                answers.add(self._told(response).replace(path, ""))
        self.assertEqual(len(answers), 1)
        for kind, ids in (("l", plans.line_ids.ids), ("s", promises.ids)):
            answers, errors = set(), set()
            for record_id in (*ids, missing):
                choice = f"{kind}.{record_id}"
                with self.subTest(choice):
                    response = self.get(f"/pay?choice={choice}")
                    self.assertNothing(response, counts)
                    answers.add(self._told(response).replace(choice, ""))
                    answer = self.begin(choice, 50)
                    errors.add(answer["error"]["data"]["message"])
                    self.assertEqual(self._counts(), counts)
            self.assertEqual((len(answers), len(errors)), (1, 1))

    # ------------------------------------------------------------------
    # From elsewhere, and again
    # ------------------------------------------------------------------

    def test_without_the_token_against_other_sites(self):
        """None, an invented one, and the one that another visitor was given."""
        self.authenticate(None, None)
        theirs = Request.csrf_token(self)
        self.authenticate(None, None)
        forged = ({}, {"csrf_token": "0" * 40}, {"csrf_token": theirs})
        counts = self._counts()
        with mute_logger("odoo.http"):
            for path in FORMS:
                for csrf in forged:
                    with self.subTest(path):
                        response = self.url_open(
                            self.path + path,
                            data={"item": self.own, "message_text": "x", **csrf},
                            allow_redirects=False,
                        )
                        self.assertNothing(response, counts)

    def test_replay(self):
        """A payment that was settled is not begun again by the same request."""
        self.finish(self.begin(f"i.{self.own}", 100))
        counts = self._counts()
        self.assertIn("error", self.begin(f"i.{self.own}", 100))
        response = self.post("/promise", {"item": self.own, "promise_date_1": self.day})
        self.assertNothing(response, counts)

    def test_replay_of_what_was_agreed(self):
        """A promise and an instalment are paid once, whoever repeats the request."""
        promise = self.env["credit.promise"]._make(
            self.items(self.old), [(TODAY + timedelta(days=5), 100)]
        )
        self.env["credit.policy"].search([]).plan_min_amount = 20
        plan = self.env["credit.plan"]._request(
            self.items(self.mid), 2, "month", TODAY + timedelta(days=5)
        )
        for choice in (f"s.{promise.id}", f"l.{plan.line_ids[0].id}"):
            with self.subTest(choice):
                self.finish(self.begin(choice, 100))
                counts = self._counts()
                self.assertIn("error", self.begin(choice, 100))
                self.assertNothing(self.get(f"/pay?choice={choice}"), counts)

    def test_replay_after_the_link_was_revoked(self):
        """A whole request that was taken yesterday is nothing any more."""
        hidden = self.hidden()
        sent = {"message_text": "Where is the contract?"}
        self.assertEqual(self.post("/message", sent, hidden=hidden).status_code, 303)
        self.reminder.action_revoke_link()
        counts = self._counts()
        for text in (sent["message_text"], "Another"):
            response = self.post("/message", {"message_text": text}, hidden=hidden)
            self.assertEqual(response.status_code, 404)
            self.assertNothing(response, counts)

    def test_key_of_another_debtors_page(self):
        """Neither their page's key nor theirs with our link makes an answer."""
        theirs = self.hidden(self.other_path)
        counts = self._counts()
        for path in ("/message", "/wrong", "/promise", "/dispute", "/paid", "/plan"):
            with self.subTest(path):
                data = {"message_text": "x", "wrong_kind": "not_me", "item": self.own}
                response = self.post(path, data, hidden=theirs)
                self.assertEqual(response.status_code, 400)
                self.assertNothing(response, counts)

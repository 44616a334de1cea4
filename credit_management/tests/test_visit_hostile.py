"""What a hostile visitor tries: refused, with nothing written and nothing leaked."""

from datetime import timedelta
from unittest.mock import patch

from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.models import (
    credit_account_answers,
    credit_visit_round,
)

from .common import NOW, TODAY
from .guessing_common import GuessingCommon
from .test_visit_pages import HTML, JPEG, WRITTEN, VisitPages


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitHostile(GuessingCommon, VisitPages):
    def counts(self):
        self.env.invalidate_all()
        counts = {model: self.env[model].sudo().search_count([]) for model in WRITTEN}
        visits = (self.visit | self.own | self.there).sudo()
        counts["states"] = visits.mapped("state")
        return counts

    def assertNothing(self, response, counts):
        """Refused in plain words: nothing written, nothing told of others."""
        self.assertIn(response.status_code, (400, 404, 405, 413))
        self.assertEqual(self.counts(), counts)
        for secret in ("Martin SA", self.other_company.name, "Traceback"):
            self.assertNotIn(secret, response.text)

    def test_addresses(self):
        """Forged, foreign, revoked and old links open one and the same page."""
        counts = self.counts()
        token = self.path.split("/")[-1]
        number, signature = token.split("-")
        other = self.there_path.split("/")[-1].split("-")[1]
        forged = {
            "no signature": number,
            "empty signature": f"{number}-",
            "zeros": f"{number}-{'0' * 64}",
            "one digit changed": token[:-1] + ("0" if token[-1] != "0" else "1"),
            "shortened": token[:-1],
            "of another round": f"{self.own.round_id.id}-{signature}",
            "signature of another round": f"{number}-{other}",
            "of nothing": f"999999999-{signature}",
            "huge": f"{'9' * 40}-{signature}",
            "unicode digits": f"²³-{signature}",
            "words": "1 OR 1=1",
            "reminder's": self.reminder.sudo()._portal_token(),
            "own visitor's": self.own.round_id._token(),
        }
        texts = set()
        for name, bad in forged.items():
            for suffix in ("", f"/{self.visit.id}", f"/{self.visit.id}/paper"):
                with self.subTest(name, suffix=suffix):
                    response = self.get(suffix, f"/visits/{bad}")
                    self.assertNothing(response, counts)
                    texts.add(response.text)
            with self.subTest(name, suffix="POST"):
                key = self.round._form_key(self.visit)
                response = self.send(path=f"/visits/{bad}", key=key)
                self.assertNothing(response, counts)
        self.assertEqual(len(texts), 1)

    def test_guesses_take_the_same_work(self):
        number, signature = self.path.split("/")[-1].split("-")
        self.assertSameWork(
            credit_visit_round,
            self.env["credit.visit.round"]._from_token,
            (
                f"{number}-{'0' * 64}",
                f"{self.own.round_id.id}-{signature}",
                f"999999999-{signature}",
                f"{'9' * 40}-{signature}",
                f"x-{signature}",
                "",
            ),
        )

    def test_visits_of_others(self):
        counts = self.counts()
        key = self.key()
        for name, visit in (("another visitor", self.own), ("elsewhere", self.there)):
            for suffix in ("", "/paper", "/receipt", "/sent"):
                with self.subTest(name, suffix=suffix):
                    self.assertNothing(self.get(f"/{visit.id}{suffix}"), counts)
            with self.subTest(name):
                self.assertNothing(self.send(visit, key=key), counts)
        for number in ("0", "-1", "999999999", "abc", "99999999999999999999"):
            with self.subTest(number), mute_logger("odoo.http"):
                self.assertNothing(self.get(f"/{number}"), counts)
        # No receipt and no thanks before anything was reported.
        for suffix in ("/receipt", "/sent"):
            self.assertNothing(self.get(f"/{self.visit.id}{suffix}"), counts)

    def test_time_and_revocation(self):
        counts = self.counts()
        key = self.key()
        with freeze_time(f"{TODAY + timedelta(days=3)} 12:00:00"):
            self.assertNothing(self.get(), counts)
        with freeze_time(f"{TODAY + timedelta(days=8)} 12:00:00"):
            self.assertNothing(self.send(key=key), counts)
        self.round.action_revoke_link()
        self.assertNothing(self.get(), counts)
        self.assertNothing(self.send(key=key), counts)
        renewed = f"/visits/{self.round._token()}"
        self.assertEqual(self.get(path=renewed).status_code, 200)
        # A page of before the revocation is void, also by the new link.
        self.assertNothing(self.send(path=renewed, key=key), counts)

    def test_keys(self):
        counts = self.counts()
        key = self.key()
        nonce, stamp, signature = key.split("-")
        second = self.plan_visit(
            self.waiting(self.make_invoice(self.make_debtor("Next door"))), hour_from=10
        )
        second_key = self.round._form_key(second)
        counts = self.counts()
        bad = {
            "none": "",
            "another visit's": second_key,
            "another round's": self.there.round_id._form_key(self.visit),
            "younger": f"{nonce}-{int(stamp) + 60}-{signature}",
            "another nonce": f"{'0' * 24}-{stamp}-{signature}",
            "words": HTML,
            "no number": f"{nonce}-x-{signature}",
        }
        for name, one in bad.items():
            with self.subTest(name):
                self.assertNothing(self.send(key=one), counts)
        with freeze_time(f"{TODAY - timedelta(days=8)} 12:00:00"):
            old = self.round._form_key(self.visit)
        self.assertNothing(self.send(key=old), counts)

    def test_contents(self):
        counts = self.counts()
        day = str(TODAY + timedelta(days=7))
        money = {"paid_amount": "40", "paid_method": "cash"}
        bad = {
            "nothing found": {"outcome": ""},
            "unknown outcome": {"outcome": "done"},
            "unknown role": {"met_role": "bailiff"},
            "nobody met": {"met_role": ""},
            "a neighbour as the debtor": {"met_role": "other"},
            "the debtor as somebody else": {"outcome": "other", "met_role": "debtor"},
            "a third party pays": {
                "outcome": "other",
                "met_role": "household",
                **money,
            },
            "a third party promises": {
                "outcome": "other",
                "met_role": "other",
                "promised_date": day,
            },
            "nobody pays": {"outcome": "absent", **money},
            "negative": {**money, "paid_amount": "-40"},
            "exponent": {**money, "paid_amount": "1e9"},
            "not a number": {**money, "paid_amount": "NaN"},
            "huge": {**money, "paid_amount": "9" * 14},
            "too exact": {**money, "paid_amount": "0.001"},
            "formula": {**money, "paid_amount": "=1+1"},
            "unknown way": {**money, "paid_method": "gold"},
            "no way": {**money, "paid_method": ""},
            "a currency not owed": {**money, "currency": str(self.dollar.id)},
            "a currency of words": {**money, "currency": HTML},
            "a day that is none": {"promised_date": "2026-02-30"},
            "an amount without a day": {"promised_amount": "10"},
            "a time that is none": {"visited_time": "25:00"},
            "too long": {"said": "x" * 5001},
            "a long name": {"met_name": "x" * 121},
        }
        for name, form in bad.items():
            with self.subTest(name):
                self.assertNothing(self.send(**form), counts)

    def test_fields_that_are_not_asked_for(self):
        """What the form does not ask for is not written, whatever is sent."""
        self.send(
            state="refused",
            score="1",
            partner_id="1",
            payment_id="1",
            receipt_number="RC/1",
            reporter="Somebody",
        )
        self.assertEqual(self.visit.state, "done")
        self.assertEqual(self.visit.partner_id, self.debtor)
        self.assertEqual(self.visit.receipt_number, "RC/2026/00001")
        self.assertEqual(self.visit.reporter, "Porte-à-porte SA")
        self.assertFalse(self.visit.payment_id)

    def test_files(self):
        counts = self.counts()
        page = self.photo(b"<html><script>alert(1)</script>", "door.jpg")
        vector = self.photo(b"<svg onload='alert(1)'/>", "door.svg", "image/svg+xml")
        for name, files in {
            "a page": [page],
            "a vector": [vector],
            "empty": [self.photo(b"")],
            "too many": [self.photo()] * 6,
            "a good one and a bad one": [self.photo(), page],
        }.items():
            with self.subTest(name):
                self.assertNothing(self.send(files=files), counts)
        with patch.object(credit_account_answers, "MOST_FILE_BYTES", 100):
            response = self.send(files=[self.photo(JPEG + b"x" * 200)])
            self.assertNothing(response, counts)

    def test_a_visit_of_a_later_day(self):
        visit = self.plan_visit(
            self.waiting(self.make_invoice(self.debtor)), day=self.in_days(1)
        )
        path = f"/visits/{visit.round_id._token()}"
        counts = self.counts()
        self.assertNothing(self.send(visit, path), counts)
        self.assertEqual(visit.state, "planned")

    def test_methods(self):
        counts = self.counts()
        for suffix in ("", f"/{self.visit.id}/paper", f"/{self.visit.id}/sent"):
            with self.subTest(suffix), mute_logger("odoo.http"):
                response = self.url_open(
                    f"{self.path}{suffix}", data={"outcome": "met"}
                )
                self.assertNothing(response, counts)

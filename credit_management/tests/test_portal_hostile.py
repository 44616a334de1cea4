"""A hostile debtor gets nowhere: refused clearly, nothing written, nothing told."""

import io

from openpyxl import load_workbook

from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW
from .hostile_common import FORMULA, HTML, PDF, PortalHostile


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalHostile(PortalHostile):
    # ------------------------------------------------------------------
    # Requests
    # ------------------------------------------------------------------

    def _requests(self):
        """(name, path, form, files) of bad requests with a token against CSRF."""
        plan = {
            "item": self.own,
            "plan_number": "3",
            "plan_frequency": "month",
            "plan_first_date": self.day,
            "plan_name": "Marie Dupont",
            "plan_accept": "1",
            "plan_total": "100.00",
        }
        dispute = {
            "item": self.own,
            "dispute_reason": self.reason,
            "dispute_text": "No.",
        }
        promise = {"item": self.own, "promise_date_1": self.day}
        paid = {"item": self.own, "paid_date": NOW[:10]}
        ids = {
            "of another debtor": self.alien,
            "of another company": self.abroad,
            "that is paid": self.paid,
            "of a credit": self.credit,
            "of nothing": 999999999,
            "negative": -1,
            "no number": "1 OR 1=1",
            "of unicode digits": "²³",
            "huge": "9" * 40,
            "together with an alien": [self.own, self.alien],
        }
        for name, item in ids.items():
            yield f"pay: id {name}", "/pay", {"what": "ticked", "item": item}, None
        for name in ("of another debtor", "of another company", "that is paid"):
            item = {"item": ids[name]}
            yield f"promise: id {name}", "/promise", {**promise, **item}, None
            yield f"plan: id {name}", "/plan", {**plan, **item}, None
            yield f"preview: id {name}", "/plan/preview", {**plan, **item}, None
            yield f"dispute: id {name}", "/dispute", {**dispute, **item}, None
            yield f"paid: id {name}", "/paid", {**paid, **item}, None
        euro = self.euro.id
        for part in ("-5", "0", "1e5", "99999999999999", "NaN", "inf", "1,00.00", ""):
            form = {"what": "part", "part": part, "part_currency": euro}
            yield f"pay: part of {part!r}", "/pay", form, None
        form = {"what": "part", "part": "5", "part_currency": self.dollar.id}
        yield "pay: a currency that is not owed", "/pay", form, None
        for what in ("o.999999", "x.1", "l.1", "s.1", "i.", "../../web", HTML):
            yield f"pay: choice {what!r}", "/pay", {"what": what}, None
        for day in ("2020-01-01", "9999-12-31", "2026-02-30", "0000-00-00", HTML):
            form = {**promise, "promise_date_1": day}
            yield f"promise: day {day!r}", "/promise", form, None
        for amount in ("-1", "0", "100.01", "1e2", "0.001", FORMULA):
            form = {**promise, "promise_amount_1": amount}
            yield f"promise: amount {amount!r}", "/promise", form, None
        for values in (
            {"plan_number": "0"},
            {"plan_number": "-3"},
            {"plan_number": "61"},
            {"plan_frequency": "second"},
            {"plan_first_date": "2020-01-01"},
            {"plan_total": "0.01"},
            {"plan_total": "-100"},
            {"plan_accept": ""},
            {"plan_name": "x" * 121},
        ):
            yield f"plan: {values}", "/plan", {**plan, **values}, None
        for values in (
            {"dispute_reason": "-1"},
            {"dispute_reason": "0 OR 1=1"},
            {"dispute_amount": "100.01"},
            {"dispute_amount": "-1"},
            {"dispute_text": "x" * 5001},
            {"dispute_text": ""},
        ):
            yield f"dispute: {values}"[:60], "/dispute", {**dispute, **values}, None
        for name, content in (
            ("page.pdf", b"<html>" + HTML.encode()),
            ("picture.svg", b"<svg onload='alert(1)'/>"),
            ("program.png", b"MZ\x90\x00"),
            ("empty.pdf", b""),
            ("large.pdf", PDF + bytes(5 * 1024 * 1024)),
            ("sheet.csv", FORMULA.encode()),
            ("archive.pdf", b"PK\x03\x04 %PDF-1.4"),
        ):
            files = [("dispute_file", (name, content, "application/pdf"))]
            yield f"dispute: file {name}", "/dispute", dispute, files
            files = [("paid_file", (name, content, "application/pdf"))]
            yield f"paid: file {name}", "/paid", paid, files
        for field, path, form in (
            ("dispute_file", "/dispute", dispute),
            ("paid_file", "/paid", paid),
        ):
            files = [(field, (f"{n}.pdf", PDF, "application/pdf")) for n in range(6)]
            yield f"{field}: six of them", path, form, files
        yield "message: empty", "/message", {"message_text": "\u202e\x00 "}, None
        yield "message: endless", "/message", {"message_text": "x" * 5001}, None
        yield "wrong: of another kind", "/wrong", {"wrong_kind": "paid"}, None
        yield "paid: tomorrow", "/paid", {**paid, "paid_date": self.day}, None

    def test_requests(self):
        hidden = self.hidden()
        requests = list(self._requests())
        self.assertGreater(len({name for name, *_rest in requests}), 80)
        counts = self._counts()
        for name, path, form, files in requests:
            with self.subTest(name):
                response = self.url_open(
                    self.path + path,
                    data={**form, **hidden},
                    files=files,
                    allow_redirects=False,
                )
                self.assertNothing(response, counts)

    def test_more_than_anybody_sends(self):
        counts = self._counts()
        with mute_logger("odoo.http", "werkzeug"):
            response = self.url_open(
                f"{self.path}/dispute",
                data={**self.hidden(), "dispute_text": "x" * 31_000_000},
                allow_redirects=False,
            )
        self.assertNothing(response, counts)

    def test_acts_by_following_a_link(self):
        """No GET does anything; most do not even exist."""
        counts = self._counts()
        for path in ("/dispute", "/message", "/paid", "/plan", "/promise", "/wrong"):
            response = self.get(f"{path}?message_text=x&item={self.own}")
            self.assertIn(response.status_code, (404, 405))
        self.get(f"/pay?choice=i.{self.own}")
        self.get("?answer=paid")
        self.assertEqual(self._counts(), counts)

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def test_transactions(self):
        euro = self.euro.id
        other = self.make_provider(self.other_company, self.other_company_data)
        counts = self._counts()
        cases = (
            ("alien", f"i.{self.alien}", 777, {}),
            ("abroad", f"i.{self.abroad}", 888, {}),
            ("alien among own", f"i.{self.own}-{self.alien}", 877, {}),
            ("paid", f"i.{self.paid}", 33, {}),
            ("less than shown", f"i.{self.own}", 1, {}),
            ("more than shown", f"i.{self.own}", 100000, {}),
            ("negative", f"i.{self.own}", -100, {}),
            ("as text", f"i.{self.own}", "100", {}),
            ("nothing", f"i.{self.own}", None, {}),
            ("true", f"i.{self.own}", True, {}),
            ("a list", f"i.{self.own}", [100], {}),
            ("part beyond", f"p.99999999.{euro}", 999999.99, {}),
            (
                "another company's provider",
                f"i.{self.own}",
                100,
                {"provider_id": other.id},
            ),
            ("no provider", f"i.{self.own}", 100, {"provider_id": 999999}),
            ("another amount to keep", f"i.{self.own}", 100, {"currency_id": 1}),
            ("another partner", f"i.{self.own}", 100, {"partner_id": 1}),
            (
                "values of its own",
                f"i.{self.own}",
                100,
                {"custom_create_values": {"state": "done"}},
            ),
        )
        for name, choice, amount, values in cases:
            with self.subTest(name):
                answer = self.begin(choice, amount, **values)
                self.assertIn("error", answer)
                text = answer["error"]["data"]["message"]
                self.assertNotIn(self.foreign.name, text)
                self.assertEqual(self._counts(), counts)

    # ------------------------------------------------------------------
    # Logins
    # ------------------------------------------------------------------

    def _login(self, partner, login):
        return self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "password": login,
                "partner_id": self.env["res.partner"]
                .create({"name": login, "parent_id": partner.id})
                .id,
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )

    def test_own_login_and_others_company(self):
        """A login opens the accounts of its own firm, with each company apart."""
        self._login(self.debtor, "debtor-a")
        self.authenticate("debtor-a", "debtor-a")
        here = self.url_open(f"/my/credit/{self.company.id}").text
        self.assertIn(self.old.name, here)
        self.assertNotIn("888.00", here)
        there = self.url_open(f"/my/credit/{self.other_company.id}").text
        self.assertIn("888.00", there)
        self.assertNotIn("100.00", there)
        for company_id in (0, 999_999_999, "9" * 30):
            with self.subTest(company_id):
                response = self.get(path=f"/my/credit/{company_id}")
                self.assertEqual(response.status_code, 404)
        choice = self.url_open("/my/credit").text
        self.assertIn(self.company.name, choice)
        self.assertIn(self.other_company.name, choice)

    # ------------------------------------------------------------------
    # Texts
    # ------------------------------------------------------------------

    def test_html_stays_text(self):
        self.post("/message", {"message_text": HTML})
        self.post(
            "/dispute",
            {
                "item": self.own,
                "dispute_reason": self.reason,
                "dispute_text": HTML,
            },
        )
        answer = self.env["credit.answer"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(answer.text, HTML)
        text = self.get().text
        self.assertNotIn("<script>alert('owned')", text)
        self.assertNotIn("<img src=x", text)
        for message in answer.message_ids:
            self.assertNotIn("<script", message.body or "")

    def test_what_is_typed_comes_back_as_text(self):
        response = self.post(
            "/promise", {"item": self.own, "promise_date_1": f'"{HTML}'}
        )
        self.assertEqual(response.status_code, 400)
        self.assertNotIn("<script>alert('owned')", response.text)

    def test_formulas_stay_text(self):
        self.debtor.name = FORMULA
        self.old.name = "=1+1"
        self.mid.name = "@SUM(A1)\x0b"
        content = self.get("/statement.xlsx").content
        sheet = load_workbook(io.BytesIO(content)).active
        texts = [cell for row in sheet for cell in row if isinstance(cell.value, str)]
        found = {cell.value for cell in texts}
        self.assertIn(FORMULA, found)
        self.assertIn("=1+1", found)
        # Also where the text is copied to a sheet that asks nobody.
        for start in ("+1", "-1", "@SUM(1)", "\t=1"):
            with self.subTest(start):
                self.debtor.name = start
                content = self.get("/statement.xlsx").content
                cell = load_workbook(io.BytesIO(content)).active["A2"]
                self.assertEqual((cell.value, cell.data_type), (start, "s"))
                self.assertTrue(cell.quotePrefix)
        for cell in texts:
            self.assertNotEqual(cell.data_type, "f")
            if cell.value[0] in "=+-@\t\r":
                self.assertTrue(cell.quotePrefix)
        self.assertNotIn(b"<f>", content)

"""The same form sent twice, as by a double click: done once, and told twice."""

from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY
from .portal_common import PortalCommon

PDF = b"%PDF-1.4 proof"
MODELS = ("credit.answer", "credit.dispute", "credit.plan", "credit.promise")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalTwice(PortalCommon):
    def _counts(self):
        return {
            model: self.env[model].search_count([("partner_id", "=", self.debtor.id)])
            for model in MODELS
        }

    def _forms(self):
        """Every form of the page: (address, what is sent, files, what is told)."""
        soon = str(TODAY + timedelta(days=3))
        [old] = self.items(self.old)
        [mid] = self.items(self.mid)
        [later] = self.items(self.later)
        reason = self.env.ref("credit_management.dispute_reason_price")
        yield "/message", {"message_text": "Where is the contract?"}, None, "message"
        yield "/wrong", {"wrong_kind": "not_me"}, None, "wrong"
        yield (
            "/paid",
            {"item": [old.id], "paid_date": str(TODAY)},
            [("paid_file", ("proof.pdf", PDF, "application/pdf"))],
            "paid",
        )
        yield "/promise", {"item": [old.id], "promise_date_1": soon}, None, "promise"
        dispute = {"dispute_reason": str(reason.id), "dispute_text": "Too much"}
        yield "/dispute", {"item": [mid.id], **dispute}, None, "dispute"
        plan = {
            "item": [later.id],
            "plan_number": "2",
            "plan_frequency": "month",
            "plan_first_date": soon,
            "plan_name": "Marie Dupont",
            "plan_accept": "1",
            "plan_total": "50.00",
        }
        yield "/plan", plan, None, "plan"

    def test_each_form(self):
        for path, data, files, told in self._forms():
            with self.subTest(path):
                hidden = self.hidden()
                before = self._counts()
                first = self.post(path, data, files, hidden=hidden)
                self.assertEqual(first.status_code, 303, first.text[-3000:])
                self.assertIn(f"done={told}", first.headers["Location"])
                after = self._counts()
                self.assertEqual(sum(after.values()), sum(before.values()) + 1)
                second = self.post(path, data, files, hidden=hidden)
                self.assertEqual(second.status_code, 303)
                self.assertEqual(second.headers["Location"], first.headers["Location"])
                self.assertEqual(self._counts(), after)

    def test_thanks_only_for_what_was_done(self):
        """An address that was typed, or opened again much later, is thanked for
        nothing."""
        for told in ("pay", "plan_asked", "other", *(f[3] for f in self._forms())):
            self.assertNotIn("credit_done", self.get(f"?done={told}").text, told)
        for path, data, files, told in self._forms():
            with self.subTest(path):
                self.assertNotIn("credit_done", self.get(f"?done={told}").text)
                self.post(path, data, files)
                self.assertIn("credit_done", self.get(f"?done={told}").text)
        with freeze_time(NOW, tick=False) as clock:
            clock.tick(timedelta(hours=2))
            for told in (form[3] for form in self._forms()):
                self.assertNotIn("credit_done", self.get(f"?done={told}").text, told)

    def test_a_payment_that_is_not_of_now(self):
        """One that was begun only, or that is long over, is not thanked for."""
        answer = self.begin(self.choice(self.old), 100)
        self.assertNotIn("credit_done", self.get("?done=pay").text)
        self.finish(answer)
        self.assertIn("credit_done", self.get("?done=pay").text)
        tx = self.transaction(answer)
        tx.last_state_change -= timedelta(hours=2)
        self.env.flush_all()
        self.assertNotIn("credit_done", self.get("?done=pay").text)

    def test_other_content_is_another_answer(self):
        """After going back: the page is the same, what is said is not."""
        hidden = self.hidden()
        for text in ("One", "Two", "Two", "One"):
            self.post("/message", {"message_text": text}, hidden=hidden)
        self.assertEqual(self._counts()["credit.answer"], 2)

    def test_refused_is_not_done(self):
        """What was refused may be sent again, once it is possible."""
        hidden = self.hidden()
        [item] = self.items(self.old)
        data = {"item": [item.id], "promise_date_1": str(TODAY)}
        promise = self.env["credit.promise"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.euro.id,
                "date": TODAY,
                "amount": 100,
                "item_ids": item.ids,
            }
        )
        refused = self.post("/promise", data, hidden=hidden)
        self.assertEqual(refused.status_code, 400)
        promise.sudo().unlink()
        done = self.post("/promise", data, hidden=hidden)
        self.assertEqual(done.status_code, 303)

    def test_keys_that_are_none(self):
        [foreign] = self.remind(self.foreign, self.step_1).sudo()
        there = f"/credit/{foreign._portal_token()}"
        own = self.hidden()
        key = own["form_key"]
        nonce, stamp, signature = key.split("-")
        forged = (
            "",
            nonce,
            f"{nonce}-{stamp}",
            f"{nonce}-{int(stamp) + 1}-{signature}",
            f"0{key}",
            key[:-1] + ("0" if key[-1] != "0" else "1"),
            "\u0660-\u0661-\u0662",
            self.hidden(there)["form_key"],
        )
        data = {"message_text": "Hello"}
        for form_key in forged:
            with self.subTest(form_key), mute_logger("odoo.http"):
                hidden = {**own, "form_key": form_key}
                response = self.post("/message", data, hidden=hidden)
                self.assertEqual(response.status_code, 400)
                self.assertIn("open for long", response.text)
                # What was typed is there still.
                self.assertIn("Hello", response.text)
        self.assertFalse(self._counts()["credit.answer"])
        now = fields.Datetime.to_datetime(NOW)
        account = self.account
        service = account.env["credit.account"]
        for days, stands in ((7, True), (8, False)):
            stamp = str(int((now - timedelta(days=days)).timestamp()))
            key = service._signed_form_key(account, "0" * 24, stamp)
            response = self.post("/message", data, hidden={**own, "form_key": key})
            self.assertEqual(response.status_code, 303 if stands else 400)

    def test_old_rows_go(self):
        self.post("/message", {"message_text": "Hello"})
        form = self.env["credit.form"].sudo().search([("told", "=", "message")])
        self.assertTrue(form)
        form._gc_forms()
        self.assertTrue(form.exists())
        form.date -= timedelta(days=9)
        form._gc_forms()
        self.assertFalse(form.exists())

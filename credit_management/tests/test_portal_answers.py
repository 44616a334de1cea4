"""What debtors answer on their page, and what becomes of it."""

from datetime import timedelta

from lxml import html

from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext

from .charges_common import SIREN
from .common import NOW, TODAY, days_ago
from .portal_common import PortalCommon

PDF = b"%PDF-1.4 proof"
PNG = b"\x89PNG\r\n\x1a\n picture"


@freeze_time(NOW)
class PortalAnswersCommon(PortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.with_company(cls.company).credit_user_id = cls.env.user
        cls.policy.plan_min_amount = 50

    def ids(self, *moves):
        return [item.id for move in moves for item in self.items(move)]

    def assertDone(self, response, done):
        self.assertEqual(response.status_code, 303, response.text[:2000])
        self.assertIn(f"done={done}", response.headers["Location"])
        page = self.url_open(response.headers["Location"])
        self.assertIn("credit_done", page.text)
        return page.text

    def assertRefused(self, response, text):
        self.assertEqual(response.status_code, 400)
        self.assertIn(text, response.text)
        self.assertIn('role="alert"', response.text)

    def _said(self):
        """What the page tells of what was said."""
        main = html.fromstring(self.get().text)
        [said] = main.xpath("//ol[contains(@class, 'o_credit_messages')]")
        return " ".join(said.text_content().split())


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalAnswers(PortalAnswersCommon):
    # ------------------------------------------------------------------
    # Promise
    # ------------------------------------------------------------------

    def _promises(self):
        return self.env["credit.promise"].search(
            [("partner_id", "=", self.debtor.id)], order="date"
        )

    def test_promise(self):
        day = TODAY + timedelta(days=10)
        response = self.post(
            "/promise",
            {"item": self.ids(self.old, self.mid), "promise_date_1": str(day)},
        )
        text = self.assertDone(response, "promise")
        promise = self._promises()
        self.assertEqual(promise.amount, 300)
        self.assertEqual(promise.date, day)
        self.assertEqual(promise.source, "portal")
        self.assertEqual(promise.reminder_id, self.reminder)
        self.assertEqual(promise.item_ids.move_id, self.old | self.mid)
        self.assertIn("Promised for", text)
        self.assertIn("Pay what you promised", text)
        self.assertReason(self.old, "promise")

    def test_paying_the_promise_keeps_it(self):
        day = TODAY + timedelta(days=10)
        self.post("/promise", {"item": self.ids(self.mid), "promise_date_1": str(day)})
        promise = self._promises()
        self.assertIn("200.00", self.get(f"/pay?choice=s.{promise.id}").text)
        self.finish(self.begin(f"s.{promise.id}", 200))
        self.assertEqual(promise.state, "kept")

    def test_several_days(self):
        response = self.post(
            "/promise",
            {
                "item": self.ids(self.old, self.mid),
                "promise_date_1": str(TODAY + timedelta(days=20)),
                "promise_amount_1": "200,00",
                "promise_date_2": str(TODAY + timedelta(days=5)),
                "promise_amount_2": "100.00",
            },
        )
        self.assertDone(response, "promise")
        promises = self._promises()
        self.assertEqual(promises.mapped("amount"), [100, 200])
        self.assertEqual(promises.mapped("amount_before"), [0, 100])
        self.assertEqual(len(set(promises.mapped("series"))), 1)

    def test_promise_limits(self):
        far = TODAY + timedelta(days=31)
        near = TODAY + timedelta(days=3)
        self.policy.promise_min_share = 50
        for data, text in (
            ({"promise_date_1": str(far)}, "until"),
            ({"promise_date_1": str(days_ago(1))}, "in the past"),
            ({}, "the day on which you will pay"),
            ({"promise_date_1": "soon"}, "Day 1: please give a day"),
            ({"promise_date_1": str(near), "promise_amount_1": "10"}, "at least"),
            ({"promise_date_1": str(near), "promise_amount_1": "-10"}, "as a number"),
            ({"promise_date_1": str(near), "promise_amount_1": "1e9"}, "as a number"),
            ({"promise_date_1": str(near), "promise_amount_1": "999"}, "more than"),
        ):
            with self.subTest(data):
                data = {"item": self.ids(self.old), **data}
                response = self.post("/promise", data)
                self.assertRefused(response, text)
                self.assertFalse(self._promises())
        # What was typed stands there still.
        self.assertIn('value="999"', response.text)

    def test_promise_twice(self):
        data = {
            "item": self.ids(self.old),
            "promise_date_1": str(TODAY + timedelta(days=3)),
        }
        self.assertDone(self.post("/promise", data), "promise")
        self.assertRefused(self.post("/promise", data), "promised")
        self.assertEqual(len(self._promises()), 1)

    # ------------------------------------------------------------------
    # Plan
    # ------------------------------------------------------------------

    def _plans(self):
        return self.env["credit.plan"].search([("partner_id", "=", self.debtor.id)])

    def _plan_data(self, number=3, **values):
        return {
            "item": self.ids(self.old, self.mid),
            "plan_number": str(number),
            "plan_frequency": "month",
            "plan_first_date": str(TODAY + timedelta(days=10)),
            **values,
        }

    def _accept(self, **values):
        return self.post(
            "/plan",
            self._plan_data(
                **{
                    "plan_name": "Marie Dupont",
                    "plan_accept": "1",
                    "plan_total": "300.00",
                    **values,
                }
            ),
        )

    def test_plan_preview_writes_nothing(self):
        page = self.preview(self._plan_data())
        self.assertEqual(page.status_code, 200)
        for text in ("100.00", "300.00", "Acknowledgement of debt", "Accept the plan"):
            self.assertIn(text, page.text)
        self.assertIn("article 2240", page.text)
        self.assertFalse(self._plans())

    def test_plan_preview_is_loaded_again(self):
        """It has an address of its own: nothing is sent by going back or reloading."""
        form = self._plan_data(plan_note="Of my illness nobody needs to know.")
        address = self.post("/plan/preview", form).headers["Location"]
        self.assertNotIn("illness", address)
        first, again = (self.get(path=address) for _time in range(2))
        self.assertEqual((first.status_code, again.status_code), (200, 200))
        self.assertIn("300.00", again.text)
        for query in ("", "?items=1-x", address[address.index("?") :] + "0000"):
            with self.subTest(query):
                refused = self.get(f"/plan/preview{query}")
                self.assertEqual(refused.status_code, 400)
        self._accept()
        self.assertIn("in a plan already", self.get(path=address).text)

    def test_plan_acknowledges_the_oldest_first(self):
        self.old.line_ids.date_maturity = days_ago(3)
        text = self.preview(self._plan_data()).text
        self.assertLess(text.index(self.mid.name), text.index(self.old.name))

    def test_a_word_about_a_plan(self):
        note = "My season begins in July."
        refused = self._accept(number=10, plan_name="", plan_note=note)
        self.assertEqual(refused.status_code, 400)
        self.assertIn(note, refused.text)
        self._accept(number=10, plan_note=note)
        self.assertEqual(self._plans().note, note)

    def test_plan_within_the_limits(self):
        self.debtor.write(
            {
                "street": "1 Rue du Port",
                "zip": "44000",
                "city": "Nantes",
                "country_id": self.env.ref("base.fr").id,
                "company_registry": SIREN,
                "is_company": True,
            }
        )
        text = self.assertDone(self._accept(), "plan")
        plan = self._plans()
        self.assertEqual(plan.state, "active")
        self.assertEqual(plan.line_ids.mapped("amount"), [100, 100, 100])
        self.assertEqual(plan.accepted_name, "Marie Dupont")
        self.assertEqual(plan.accepted_ip, "127.0.0.1")
        said = " ".join(html2plaintext(plan.acknowledgement_html).split())
        self.assertIn(
            f"{self.debtor.name}, 1 Rue du Port, 44000 Nantes, France, SIREN {SIREN} "
            f"acknowledges to owe {self.company.name}, ",
            said,
        )
        self.assertIn(
            f"Accepted by Marie Dupont for {self.debtor.name}, on 17 Jun 2026.", said
        )
        self.assertIn(plan.name, text)
        self.assertReason(self.old, "plan")
        pdf = self.get(f"/plan/{plan.id}.pdf")
        self.assertEqual(pdf.status_code, 200)

    def test_acknowledgement_by_the_law_of_the_claim(self):
        """Limitation goes by the regime of the debtor's country, not the creditor's."""
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        self.company.country_id = france
        for country, article in ((belgium, "2248"), (france, "2240")):
            self.debtor.country_id = country
            self._plans().action_cancel()
            self._accept()
            self.assertIn(article, self._plans()[:1].acknowledgement_html)

    def test_plan_that_a_person_accepts(self):
        self._accept(number=10)
        plan = self._plans()
        path = f"/plan/{plan.id}.pdf"
        self.assertEqual(self.get(path).status_code, 404)
        self.assertNotIn(path, self.get().text)
        plan.action_accept()
        self.env.flush_all()
        self.assertEqual(self.get(path).status_code, 200)
        self.assertIn(path, self.get().text)
        self.assertIn("Acknowledgement of debt (PDF)", self.get().text)
        # Its instalments have a paper of their own: not printed before the invoices.
        [table] = html.fromstring(self.get().text).xpath("//details//table")
        self.assertIn("d-print-none", table.get("class"))
        plan.action_renegotiate()
        new = self._plans() - plan
        new.number = 2
        new.action_schedule()
        new.action_accept()
        self.assertEqual(self.get(f"/plan/{new.id}.pdf").status_code, 200)
        self.assertIn("Instalments (PDF)", self.get().text)

    def test_plan_that_a_person_refuses(self):
        self._accept(number=10)
        plan = self._plans()
        plan.refuse_reason = "Six months are the most."
        self.assertNotIn("Six months are the most.", self.get().text)
        plan.action_refuse()
        self.assertIn("Six months are the most.", self.get().text)
        # Asking again is for a person, and stops nothing.
        self.assertDone(self._accept(), "plan_asked")
        self.assertReason(self.old, False)

    def test_enter_pays_nothing(self):
        """The first button of the form is the one that Enter presses."""
        page = html.fromstring(self.get().text)
        [form] = page.xpath("//form[contains(@class, 'o_credit_form')]")
        first = form.xpath(".//button")[0]
        self.assertEqual(
            (first.get("disabled"), first.get("formaction")), ("disabled", None)
        )

    def test_paying_an_instalment(self):
        self._accept()
        plan = self._plans()
        line = plan.line_ids[0]
        self.assertIn("100.00", self.get(f"/pay?choice=l.{line.id}").text)
        self.finish(self.begin(f"l.{line.id}", 100))
        self.assertEqual(plan.line_ids.mapped("state"), ["paid", "open", "open"])
        page = self.get(f"/pay?choice=l.{line.id}")
        self.assertEqual(page.status_code, 409)

    def test_plan_beyond_the_limits(self):
        page = self.preview(self._plan_data(number=10))
        self.assertIn("Ask for the plan", page.text)
        text = self.assertDone(self._accept(number=10), "plan_asked")
        self.assertEqual(self._plans().state, "requested")
        self.assertIn("asked for", text)

    def test_plan_refused(self):
        for values, text in (
            ({"plan_name": ""}, "your name"),
            ({"plan_accept": ""}, "acknowledge the debt"),
            ({"plan_total": "1.00"}, "has changed"),
            ({"plan_total": "nan"}, "has changed"),
            ({"number": 1}, "from 2 to 60"),
            ({"number": 1000}, "from 2 to 60"),
            ({"plan_frequency": "hour"}, "how often"),
            ({"plan_first_date": str(days_ago(1))}, "ahead"),
            ({"plan_first_date": "9999-12-31"}, "ahead"),
        ):
            with self.subTest(values):
                self.assertRefused(self._accept(**values), text)
                self.assertFalse(self._plans())

    # ------------------------------------------------------------------
    # Dispute
    # ------------------------------------------------------------------

    def _dispute(self, moves=None, files=None, **values):
        reason = self.env.ref("credit_management.dispute_reason_price")
        return self.post(
            "/dispute",
            {
                "item": self.ids(*(moves or self.mid)),
                "dispute_reason": str(reason.id),
                "dispute_text": "The price is not what we agreed on.",
                **values,
            },
            files=files,
        )

    def _disputes(self):
        return self.env["credit.dispute"].search([("partner_id", "=", self.debtor.id)])

    def test_whole(self):
        text = self.assertDone(self._dispute(), "dispute")
        dispute = self._disputes()
        self.assertEqual(dispute.move_id, self.mid)
        self.assertFalse(dispute.amount)
        self.assertIn("Disputed", text)
        self.assertReason(self.mid, "dispute")

    def test_part_with_a_file(self):
        files = [
            ("dispute_file", ("../../offer?.exe", PDF, "application/x-msdownload")),
            ("dispute_file", ("photo.png", PNG, "image/png")),
        ]
        self.assertDone(self._dispute(files=files, dispute_amount="80,50"), "dispute")
        dispute = self._disputes()
        self.assertEqual(dispute.amount, 80.5)
        names = dispute.attachment_ids.sorted("name")
        self.assertEqual(names.mapped("name"), ["offer.pdf", "photo.png"])
        self.assertEqual(names.mapped("mimetype"), ["application/pdf", "image/png"])
        self.assertEqual(set(names.mapped("res_id")), {dispute.id})
        self.assertEqual(names[0].raw, PDF)
        self.assertIn("Sent with it: offer.pdf, photo.png", self._said())

    def test_one_instalment_of_an_invoice(self):
        """What was not ticked is not contested."""
        move = self.make_instalments(20, -10, amount=90)
        [first, second] = self.items(move)
        self.assertDone(self._dispute(item=[first.id]), "dispute")
        dispute = self._disputes()
        self.assertEqual((dispute.move_id, dispute.amount), (move, 45))
        dispute.action_withdraw()
        self.assertDone(self._dispute(item=[first.id, second.id]), "dispute")
        self.assertFalse((self._disputes() - dispute).amount)

    def test_contested_again_after_an_answer(self):
        self._dispute()
        self._disputes().action_reject()
        self.assertDone(self._dispute(self.old | self.mid), "dispute")
        again = self._disputes().filtered(lambda d: d.state == "open")
        scopes = {dispute.move_id: dispute.scope for dispute in again}
        self.assertEqual(scopes, {self.mid: "none", self.old: "amount"})
        self.assertReason(self.mid, False)
        self.assertReason(self.old, "dispute")

    def test_dispute_refused(self):
        for values, text in (
            ({"dispute_text": "  "}, "a few words"),
            ({"dispute_reason": ""}, "choose a reason"),
            ({"dispute_reason": "999999"}, "choose a reason"),
            ({"dispute_amount": "200.01"}, "more than is open"),
            ({"dispute_amount": "0"}, "as a number"),
            ({"moves": self.old | self.mid, "dispute_amount": "5"}, "Tick one"),
            ({"dispute_text": "x" * 5001}, "at most"),
        ):
            with self.subTest(text):
                self.assertRefused(self._dispute(**values), text)
                self.assertFalse(self._disputes())

    def test_files_refused(self):
        page = b"<html><script>alert(1)</script></html>"
        for content, name, text in (
            (page, "a.pdf", "only PDF"),
            (b"MZ\x90\x00", "a.png", "only PDF"),
            (b"<svg onload='alert(1)'/>", "a.svg", "only PDF"),
            (PDF + b"x" * (5 * 1024 * 1024), "a.pdf", "5 MB"),
        ):
            with self.subTest(name):
                files = [("dispute_file", (name, content, "application/pdf"))]
                self.assertRefused(self._dispute(files=files), text)
        many = [
            ("dispute_file", (f"{n}.pdf", PDF, "application/pdf")) for n in range(6)
        ]
        self.assertRefused(self._dispute(files=many), "at most 5 files")
        self.assertFalse(self._disputes())

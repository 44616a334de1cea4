"""What a third party sends in about its cases."""

from datetime import timedelta

from odoo.fields import Domain
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW, TODAY

from .case_portal_common import PDF, CasePortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCasePortalSend(CasePortalCommon):
    def setUp(self):
        super().setUp()
        self.login(self.anna)

    def test_own_answers_without_a_request(self):
        """What a request says stands there; other entries of the agency here."""
        self.ask()
        own = {"origin": "party", "author_id": self.agency.id}
        self.case._add_event("question", "Shows a credit note", **own)
        self.case._add_event("answer", "Sent once more")
        portal = self.env["credit.case.portal"].with_user(self.anna)
        names = [row["name"] for row in portal._timeline(portal._case(self.case.id))]
        self.assertEqual(names, ["Shows a credit note"])

    def last_event(self):
        return self.case.event_ids.sorted("id")[-1:]

    def test_each_report(self):
        before = self.counts()["cases"]
        for what, form, kind in (
            ("status", {"status": "promise", "text": "On Friday"}, "status"),
            ("payment", {"amount": "120,50", "received_by": "party"}, "payment"),
            ("cost", {"amount": "33", "what": "Search", "recoverable": "1"}, "cost"),
            ("event", {"kind": "served", "in_person": "1"}, "served"),
            (
                "visit",
                {"present": "0", "who": "A neighbour", "seen_activity": "none"},
                "visit",
            ),
        ):
            with self.subTest(what):
                page = self.get(f"/send/{what}")
                self.assertEqual(page.status_code, 200)
                for name in form:
                    self.assertIn(f'name="{name}"', page.text)
                self.assertSent(self.send(what, {"date": self.day, **form}))
                event = self.last_event()
                self.assertEqual((event.kind, event.date), (kind, TODAY))
                self.assertEqual(event.origin, "party")
                self.assertEqual(event.author_id, self.anna.partner_id)
        self.assertEqual(self.case.party_status, "promise")
        amounts = self.case.event_ids.sorted("id").mapped("amount")
        self.assertEqual(amounts, [0, 120.5, 33, 0, 0])
        # Nothing follows by itself.
        self.assertEqual(self.counts()["cases"], before)
        text = self.get("?done=report").text
        self.assertIn("It stands in the timeline", text)
        self.assertIn("120.50", text)
        self.assertIn("Reported, to be checked", text)

    def test_what_is_not_filled_in(self):
        response = self.send("status", {"date": self.day, "status": ""})
        self.assertIn("Please fill in “How it stands”.", response.text)
        self.assertIn(
            '<option value="">Please choose</option>', self.get("/send/status").text
        )

    def test_in_whose_name(self):
        self.case.mandate_id.in_name_of = "party"
        self.assertIn("in your own name", self.get().text)
        self.case.mandate_id.in_name_of = "creditor"
        self.assertIn("in the creditor&#39;s name", self.get().text)

    def test_payment_above_the_claim(self):
        form = {"date": self.day, "amount": "99999999", "received_by": "party"}
        response = self.send("payment", form)
        self.assertIn("is more than is owed", response.text)
        self.assertFalse(self.case.payment_ids)

    def test_documents(self):
        files = [
            ("documents", ("judgment.pdf", PDF, "application/pdf")),
            ("documents", ("door.jpg", b"\xff\xd8\xff\xe0 door", "image/jpeg")),
        ]
        code = self.env["credit.document.kind"].search([], limit=1).code
        self.assertSent(
            self.send("document", {"date": self.day, "document_kind": code}, files)
        )
        event = self.last_event()
        self.assertEqual(
            sorted(event.attachment_ids.mapped("name")), ["door.jpg", "judgment.pdf"]
        )
        found = event.attachment_ids.filtered(lambda file: file.name == "judgment.pdf")
        self.assertEqual((found.res_model, found.res_id), (event._name, event.id))
        self.assertEqual(event.report["type"], "document")
        response = self.get(f"/document/{found.id}")
        self.assertEqual((response.status_code, response.content), (200, PDF))
        self.assertIn("attachment", response.headers["Content-Disposition"])
        self.assertIn("judgment.pdf", self.get().text)

    def test_question_answer_and_back(self):
        files = [("documents", ("map.pdf", PDF, "application/pdf"))]
        self.assertSent(self.send("question", {"text": "Which address?"}, files))
        asked = self.case.request_ids
        self.assertEqual((asked.kind, asked.text), ("question", "Which address?"))
        self.assertEqual(asked.attachment_ids.name, "map.pdf")
        self.assertEqual(asked.activity_ids.user_id, self.collector)
        self.assertIn("Waiting for an answer", self.get().text)
        answered = asked.with_user(self.collector)
        answered.answer = "5 rue Neuve"
        answered.action_approve()
        text = self.get().text
        self.assertIn("5 rue Neuve", text)
        self.assertIn("Answered", text)
        # The other one of the firm sees it too, and goes on.
        self.login(self.bert)
        self.assertIn("5 rue Neuve", self.get().text)
        hidden = self.hidden()
        self.assertSent(
            self.post(f"/request/{asked.id}/say", {**hidden, "text": "Which floor?"})
        )
        self.assertEqual(asked.state, "open")
        self.assertIn("Which floor?", self.get().text)
        self.assertIn(self.bert.partner_id, asked.message_partner_ids)

    def test_each_request(self):
        before = self.counts()["cases"]
        first = str(TODAY + timedelta(days=20))
        for what, form in (
            ("discount", {"percent": "12,5"}),
            ("discount", {"amount": "1.200,50"}),
            ("plan", {"number": "4", "frequency": "month", "first_date": first}),
            ("lawsuit", {}),
            ("stop", {}),
            ("other", {}),
        ):
            with self.subTest(what):
                self.assertEqual(self.get(f"/send/{what}").status_code, 200)
                self.assertSent(self.send(what, {"text": "Because", **form}))
                asked = self.case.request_ids.sorted("id")[-1:]
                self.assertEqual((asked.kind, asked.text), (what, "Because"))
                self.assertEqual(asked.contact_id, self.anna.partner_id)
        found = self.case.request_ids.sorted("id")
        self.assertEqual(found.mapped("percent")[0], 12.5)
        self.assertEqual(found.mapped("amount")[1], 1200.5)
        self.assertEqual(found[2].number, 4)
        self.assertEqual(self.counts()["cases"], before)
        self.assertEqual(set(found.mapped("state")), {"open"})

    def test_withdraw(self):
        asked = self.ask("stop")
        hidden = self.hidden()
        self.assertSent(self.post(f"/request/{asked.id}/withdraw", hidden))
        self.assertEqual(asked.state, "withdrawn")
        self.assertFalse(asked.activity_ids)

    def test_refused_beside_the_field(self):
        response = self.send(
            "cost", {"date": "2026-02-30", "amount": "-5", "what": "Typed before"}
        )
        self.assertEqual(response.status_code, 400)
        text = response.text
        for name, said in (("date", "Date:"), ("amount", "Amount:")):
            self.assertIn(f'id="{name}_wrong"', text)
            self.assertIn(f'aria-describedby="{name}_wrong"', text)
            self.assertIn(said, text)
        self.assertNotIn('id="what_wrong"', text)
        # What was typed is still there.
        self.assertIn("Typed before", text)
        self.assertIn('value="-5"', text)
        response = self.send("plan", {"number": "1", "text": "Why"})
        for said in (
            "Number of instalments:",
            "Please fill in “How often”.",
            "First instalment:",
        ):
            self.assertIn(said, response.text)

    def test_sent_twice(self):
        hidden = self.hidden("cost")
        form = {"date": self.day, "amount": "33", "what": "Search"}
        for _again in range(3):
            self.assertSent(self.send("cost", form, hidden=hidden))
        self.assertEqual(len(self.case.event_ids), 1)
        # Another cost from the same page is another one.
        self.assertSent(self.send("cost", {**form, "amount": "34"}, hidden=hidden))
        self.assertEqual(len(self.case.event_ids), 2)

    def test_html_stays_text(self):
        evil = "<script>alert('owned')</script>"
        self.assertSent(self.send("question", {"text": evil}))
        self.assertSent(
            self.send(
                "cost", {"date": self.day, "amount": "3", "what": evil, "text": evil}
            )
        )
        for text in (self.get().text, self.send("plan", {"number": evil}).text):
            self.assertNotIn("<script>alert('owned')", text)
        self.assertEqual(self.case.request_ids.text, evil)
        for message in self.case.request_ids.message_ids:
            self.assertNotIn("<script", message.body or "")

    def test_two_creditors(self):
        """The agency's other creditor: its own currency and people, nothing mixed."""
        path = f"/my/cases/{self.case_there.id}"
        text = self.get(path=path).text
        self.assertIn("888.00", text)
        self.assertNotIn("1,500.00", text)
        form = {"date": self.day, "amount": "5", "what": "Search"}
        self.assertSent(self.send("cost", form, path=path))
        event = self.case_there.event_ids
        self.assertEqual(event.currency_id, self.dollar)
        self.assertEqual(event.company_id, self.other_company)
        domain = Domain("company_id", "=", self.company.id)
        self.assertFalse(self.env["credit.case.event"].search(domain))
        self.assertFalse(self.anna.company_ids & self.other_company)

    def test_paid_case(self):
        """Paid is not ended: the last things may still be told."""
        self.pay(self.old | self.second)
        self.assertEqual(self.case.state, "paid")
        self.assertIn(f">{self.case.name}<", self.url_open("/my/cases").text)
        form = {"date": self.day, "amount": "33", "what": "Search"}
        self.assertSent(self.send("cost", form))
        self.assertEqual(self.send("discount", {"percent": "5"}).status_code, 400)

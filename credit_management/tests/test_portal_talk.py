"""What debtors say on their page, and what comes with it."""

from datetime import timedelta

from lxml import html

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, TODAY, days_ago
from .test_portal_answers import PDF, PortalAnswersCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestPortalTalk(PortalAnswersCommon):
    # ------------------------------------------------------------------
    # Talk
    # ------------------------------------------------------------------

    def _answers(self):
        return self.env["credit.answer"].search([("partner_id", "=", self.debtor.id)])

    def test_message(self):
        text = self.assertDone(
            self.post("/message", {"message_text": "Where do I find the contract?"}),
            "message",
        )
        answer = self._answers()
        self.assertEqual((answer.kind, answer.state), ("message", "new"))
        self.assertEqual(answer.reminder_id, self.reminder)
        self.assertIn("Where do I find the contract?", text)
        self.assertEqual(self.reminder.delivery_state, "replied")
        self.assertReason(self.later, "reply")
        # It is one task, and none any more once it is handled.
        tasks = self.env["credit.task"].with_company(self.company)
        domain = [("partner_id", "=", self.debtor.id)]
        self.assertEqual(tasks.search(domain).mapped("kind"), ["answer"])
        answer.action_handle()
        self.assertFalse(tasks.search(domain))

    def test_conversation(self):
        """Answered from the chatter: by e-mail and on the page; notes stay inside."""
        self.post("/message", {"message_text": "Where is the contract?"})
        answer = self._answers()
        self.assertIn(self.debtor, answer.message_partner_ids)
        answer.message_post(
            body="It is in the annex.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        answer.message_post(body="He always asks this.", subtype_xmlid="mail.mt_note")
        mail = answer.message_ids.filtered(lambda m: "annex" in (m.body or ""))
        self.assertIn(self.debtor, mail.notified_partner_ids)
        text = self.get().text
        self.assertIn("It is in the annex.", text)
        self.assertNotIn("He always asks this.", text)

    def _post(self, record, body, **values):
        """A message in the thread of a record, by default of the house."""
        return record.message_post(
            body=body,
            **{
                "message_type": "comment",
                "subtype_xmlid": "mail.mt_comment",
                **values,
            },
        )

    def test_conversation_about_what_was_agreed(self):
        """What is mailed to the debtor from a dispute, a plan or a promise is told,
        and what comes back; no note, and nothing that others write or are written."""
        lawyer = self.env["res.partner"].create(
            {"name": "Maître Noir", "email": "noir@example.com"}
        )
        reason = self.env.ref("credit_management.dispute_reason_price")
        records = {
            "dispute": self.env["credit.dispute"]._make(self.old, reason),
            "promise": self.env["credit.promise"]._make(
                self.items(self.mid), [(TODAY + timedelta(days=3), 200)]
            ),
            "plan": self.env["credit.plan"]._request(
                self.items(self.later), 2, "month", TODAY
            ),
        }
        for kind, record in records.items():
            self._post(record, f"To you about the {kind}", partner_ids=self.debtor.ids)
            self._post(record, f"Note on the {kind}", subtype_xmlid="mail.mt_note")
            self._post(record, f"Counsel on the {kind}", partner_ids=lawyer.ids)
            self._post(record, f"To nobody on the {kind}")
            for author, word in ((self.debtor, "Thanks"), (lawyer, "Verdict")):
                self._post(
                    record,
                    f"{word} for the {kind}",
                    message_type="email",
                    author_id=author.id,
                )
        said = self.get("?said=all").text
        for kind in records:
            with self.subTest(kind):
                self.assertIn(f"To you about the {kind}", said)
                self.assertIn(f"Thanks for the {kind}", said)
                for word in ("Note", "Counsel", "To nobody", "Verdict"):
                    self.assertNotIn(f"{word} on the {kind}", said)
                    self.assertNotIn(f"{word} for the {kind}", said)

    def test_answers_to_others_are_not_told(self):
        """A lawyer who writes about a dispute is answered from a message of its own."""
        lawyer = self.env["res.partner"].create(
            {"name": "Maître Noir", "email": "noir@example.com"}
        )
        answer = self.env["credit.answer"]._tell(
            self.debtor, self.company, "message", contact=lawyer, source="email"
        )
        self._post(answer, "For counsel alone", partner_ids=lawyer.ids)
        self._post(self.reminder, "As to the file", partner_ids=lawyer.ids)
        self.post("/message", {"message_text": "Where is the contract?"})
        said = self._said()
        self.assertIn("Where is the contract?", said)
        self.assertNotIn("For counsel alone", said)
        self.assertNotIn("As to the file", said)

    def test_all_that_was_said(self):
        """Ten entries, and a link to the others; no more queries for many."""
        dispute = self.env["credit.dispute"]._make(
            self.old, self.env.ref("credit_management.dispute_reason_price")
        )
        queries = []
        for number in range(14):
            self._post(
                dispute, f"Message number {number:02}", partner_ids=self.debtor.ids
            )
            if number in (1, 13):
                account = self.account
                account.env.flush_all()
                account.env.invalidate_all()
                before = self.cr.sql_log_count
                _rows, more = account.env["credit.account"]._messages(
                    account, frozenset(("dispute",))
                )
                queries.append(self.cr.sql_log_count - before)
                self.assertEqual(more, number == 13)
        self.assertEqual(*queries)
        some, whole = self.get().text, self.get("?said=all").text
        self.assertNotIn("Message number 00", some)
        self.assertIn("Message number 13", some)
        self.assertIn(f"{self.path}?said=all#credit_messages", some)
        for number in range(14):
            self.assertIn(f"Message number {number:02}", whole)
        self.assertNotIn("said=all", whole)

    def test_paid(self):
        response = self.post(
            "/paid",
            {
                "item": self.ids(self.old),
                "paid_date": str(days_ago(2)),
                "paid_amount": "100",
                "paid_text": "By transfer",
            },
            files=[("paid_file", ("proof.pdf", PDF, "application/pdf"))],
        )
        self.assertDone(response, "paid")
        answer = self._answers()
        self.assertEqual((answer.kind, answer.paid_amount), ("paid", 100))
        self.assertEqual(answer.paid_date, days_ago(2))
        self.assertEqual(answer.attachment_ids.raw, PDF)
        file = answer.attachment_ids
        self.assertEqual((file.res_model, file.res_id), (answer._name, answer.id))
        self.assertEqual(answer.message_ids.attachment_ids, file, "e-mailed as well")
        self.assertIn("Sent with it: proof.pdf", self._said())
        self.assertReason(self.old, "answer")

    def test_paid_refused(self):
        """Each day for its own reason; the oldest invoice counts."""
        issued = self.old.invoice_date
        before = "long before the date of the invoice"
        for day, reason in (
            (str(TODAY + timedelta(days=1)), "lies ahead"),
            ("1999-01-01", before),
            (str(issued - timedelta(days=367)), before),
            ("", "please give a day"),
            ("yesterday", "please give a day"),
        ):
            with self.subTest(day):
                form = {"item": self.ids(self.old, self.mid), "paid_date": day}
                self.assertRefused(self.post("/paid", form), reason)
        self.assertFalse(self._answers())
        # With the order.
        ordered = str(issued - timedelta(days=20))
        form = {"item": self.ids(self.old, self.mid), "paid_date": ordered}
        self.assertDone(self.post("/paid", form), "paid")

    def test_paid_as_a_collector_notes_it(self):
        answer = self.env["credit.answer"]._tell(self.debtor, self.company, "paid")
        for values, reason in (
            ({"paid_amount": -5}, "below zero"),
            ({"paid_date": TODAY + timedelta(days=1)}, "lie ahead"),
        ):
            with self.assertRaisesRegex(ValidationError, reason):
                answer.copy(values)
        self.assertTrue(answer.copy({"paid_amount": 5, "paid_date": TODAY}))

    def test_invoices_of_promises_and_payments_are_named(self):
        """Three of them, and how many there are more."""
        moves = self.old | self.mid | self.later
        more = self.make_invoice(amount=10) | self.make_invoice(amount=20)
        names = sorted((moves | more).mapped("name"))
        ids = self.ids(*(moves | more))
        self.post("/paid", {"item": ids, "paid_date": str(TODAY)})
        self.post("/promise", {"item": ids[:1], "promise_date_1": str(TODAY)})
        said = self._said().replace("\N{NO-BREAK SPACE}", " ")
        self.assertIn(f"({', '.join(names[:3])} and 2 more)", said)
        self.assertIn(f"100.00 € by 17 Jun 2026 ({self.old.name})", said)
        agreed = html.fromstring(self.get().text).xpath(
            "//section[@aria-labelledby='credit_agreed']"
        )[0]
        self.assertIn(self.old.name, agreed.text_content())
        # However many promises there are, they are named by one look.
        queries = []
        for move in (more[0], more[1]):
            self.env["credit.promise"]._make(self.items(move), [(TODAY, 5)])
            account = self.account
            account.env.flush_all()
            account.env.invalidate_all()
            promises = account.env["credit.promise"].search(
                [("partner_id", "=", self.debtor.id)]
            )
            before = self.cr.sql_log_count
            account.env["credit.account"]._promised_names(account, promises)
            queries.append(self.cr.sql_log_count - before)
        self.assertEqual(*queries)

    def test_a_word_about_a_promise(self):
        note = "My season begins in July."
        form = {"item": self.ids(self.old), "promise_note": note}
        self.assertIn(note, self.post("/promise", form).text)
        form["promise_date_1"] = str(TODAY + timedelta(days=3))
        self.assertDone(self.post("/promise", form), "promise")
        self.assertIn(note, self._said())

    def test_paid_is_no_more_than_was_asked_for(self):
        """More than is open may be true, more than the invoice and its charges not."""
        self.pay(self.old, 60)
        charges = self.env["credit.charge"].sudo()
        charge = charges.create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "currency_id": self.euro.id,
                "kind": "indemnity",
                "amount": 40,
                "date": TODAY,
                "invoice_id": self.old.id,
                "move_line_id": self.items(self.old).id,
            }
        )
        self.assertEqual(charge.state, "claimed")
        form = {"item": self.ids(self.old), "paid_date": str(days_ago(2))}
        for amount in ("140.01", "999999999"):
            self.assertRefused(
                self.post("/paid", {**form, "paid_amount": amount}),
                "more than we asked for on what you ticked: 140.00",
            )
        self.assertFalse(self._answers())
        self.assertDone(self.post("/paid", {**form, "paid_amount": "140"}), "paid")

    def test_wrong_address(self):
        self.assertRefused(self.post("/wrong", {"wrong_kind": "other"}), "choose")
        self.assertRefused(
            self.post("/wrong", {"wrong_kind": "wrong_address"}), "a few words"
        )
        refused = self.post("/wrong", {"wrong_kind": "wrong_address"})
        [chosen] = html.fromstring(refused.text).xpath(
            "//input[@type='radio'][@checked]"
        )
        self.assertEqual(chosen.get("value"), "wrong_address")
        self.assertDone(self.post("/wrong", {"wrong_kind": "not_me"}), "wrong")
        self.assertEqual(self._answers().kind, "not_me")

    def test_too_many_answers(self):
        with mute_logger("odoo.http"):
            for _turn in range(30):
                self.env["credit.answer"]._tell(
                    self.debtor, self.company, "message", text="Hello"
                )
        response = self.post("/message", {"message_text": "Hello"})
        self.assertRefused(response, "many answers")

    # ------------------------------------------------------------------
    # Links, opening, files
    # ------------------------------------------------------------------

    def test_links_of_the_mail_only_open(self):
        before = self.env["credit.answer"].search_count([])
        for answer, panel in (
            ("paid", "credit_paid"),
            ("promise", "credit_promise"),
            ("question", "credit_message"),
        ):
            text = self.get(f"?answer={answer}").text
            self.assertRegex(text, rf'id="{panel}" open')
        self.assertNotIn(" open=", self.get("?answer=%3Cscript%3E").text)
        self.assertEqual(self.env["credit.answer"].search_count([]), before)
        self.assertEqual(self.reminder.delivery_state, False)

    def test_opening_is_a_sign_of_life(self):
        self.reminder.delivery_state = "delivered"
        self.get()
        self.assertEqual(self.reminder.delivery_state, "delivered")
        self.assertEqual(self.post("/seen").status_code, 204)
        self.reminder.invalidate_recordset()
        self.assertEqual(self.reminder.delivery_state, "opened")
        self.assertTrue(self.reminder.date_opened)
        self.reminder.delivery_state = "replied"
        self.post("/seen")
        self.assertEqual(self.reminder.delivery_state, "replied")

    def test_statement(self):
        response = self.get("/statement.xlsx")
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"PK"))
        self.assertIn("attachment", response.headers["Content-Disposition"])
        response = self.get("/statement.pdf")
        self.assertEqual(response.status_code, 200)

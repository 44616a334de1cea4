"""In whose name a step leaves, and where its replies come in."""

import base64
import io

from PIL import Image

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .answering_common import AnsweringCommon
from .common import days_ago


def picture():
    out = io.BytesIO()
    Image.new("RGB", (120, 40), "#335577").save(out, "PNG")
    return base64.b64encode(out.getvalue())


@tagged("post_install", "-at_install")
class TestSender(AnsweringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.company_id = cls.company
        cls.agency = cls.env["res.partner"].create(
            {
                "name": "Recouvrement du Centre",
                "is_company": True,
                "email": "files@agency.example.com",
                "phone": "+33 1 99 00 55 55",
                "street": "8 place du Marché",
                "zip": "63000",
                "city": "Clermont-Ferrand",
            }
        )
        cls.colleague = new_test_user(
            cls.env,
            "colleague",
            "base.group_user",
            name="Colleague",
            email="colleague@company.example.com",
        )

    def _sender(self, **values):
        sender = self.env["credit.sender"].create(
            {"name": "Sender", "company_id": self.company.id, **values}
        )
        self.step_1.sender_id = sender
        return sender

    def _named(self, **values):
        return self._sender(
            kind="third",
            partner_id=self.agency.id,
            third_mode="named",
            mandate_text="by mandate of 3 March 2026",
            **values,
        )

    def _mail(self):
        """The e-mail of a reminder that has left."""
        reminder = self.sent()
        [email] = self.mails()
        # A mail server that may not send for the address puts its own in the place of
        # it; what is asked of it stands on the mail.
        return {**email, "from": reminder.mail_id.sudo().email_from}

    def _catchall(self):
        return f"{self.alias_catchall}@{self.alias_domain}"

    # ------------------------------------------------------------------
    # Who
    # ------------------------------------------------------------------

    def test_nobody_chosen(self):
        email = self._mail()
        self.assertIn("credit@company.example.com", email["from"])
        self.assertIn(self._catchall(), email["reply_to"])
        self.assertIn(self.company.name, email["body"])

    def test_desk_of_the_company(self):
        self._sender(email="desk@company.example.com", title="Accounts receivable")
        email = self._mail()
        self.assertIn("desk@company.example.com", email["from"])
        self.assertIn(self.company.name, email["from"])
        self.assertIn("Accounts receivable", email["body"])
        self.assertIn("mailto:desk@company.example.com", email["body"])
        self.assertIn(self._catchall(), email["reply_to"])

    def test_colleague(self):
        self._sender(kind="user", user_id=self.colleague.id)
        email = self._mail()
        self.assertIn("colleague@company.example.com", email["from"])
        self.assertIn("Colleague", email["body"])
        # Answers land on the reminder, whoever signs.
        self.assertIn(self._catchall(), email["reply_to"])

    def test_silent(self):
        """Nothing names the third party but its address."""
        self._sender(kind="third", partner_id=self.agency.id, reply_mode="sender")
        email = self._mail()
        self.assertIn("credit@company.example.com", email["from"])
        self.assertEqual(email["reply_to"], "files@agency.example.com")
        for part in ("from", "body", "reply_to"):
            self.assertNotIn(self.agency.name, email[part])
        self.assertIn("+33 1 99 00 55 55", email["body"])

    def test_named(self):
        self._named(reply_mode="sender", logo=picture())
        email = self._mail()
        self.assertIn("Recouvrement du Centre", email["from"])
        self.assertIn("files@agency.example.com", email["from"])
        self.assertIn("files@agency.example.com", email["reply_to"])
        body = email["body"]
        self.assertIn("on behalf of", body)
        self.assertIn(self.company.name, body)
        self.assertIn("by mandate of 3 March 2026", body)
        self.assertIn("8 place du Marché", body)
        # The picture travels along: nobody outside may fetch it from here.
        self.assertNotIn("/web/image/credit.sender", body)
        self.assertIn("cid:", body)

    def test_replies_come_back(self):
        """To the thread, although a third party writes: they stop the next step."""
        self._named()
        reminder = self.sent()
        self.assertIn(self._catchall(), self.mails()[0]["reply_to"])
        self.answer(reminder)
        self.assertEqual(reminder.delivery_state, "replied")
        self.assertReason(self.move, "reply")

    def test_before_what_the_template_says(self):
        self._named()
        self.step_1._mail_template().email_from = "someone@company.example.com"
        self.assertIn("files@agency.example.com", self._mail()["from"])

    def test_batch_of_several(self):
        """Each reminder has the head of its own step."""
        self._named()
        other = self.make_invoice(self.debtor_b, overdue=25)
        self.remind(other, self.step_1, day=days_ago(15))
        reminders = self.queued(self.move, other)
        self.assertEqual(len(reminders.step_id), 2)
        self.deliver(reminders)
        bodies = {mail["to"][0]: mail["body"] for mail in self.mails()}
        for partner, named in ((self.debtor, True), (self.debtor_b, False)):
            body = bodies[partner.email]
            self.assertEqual(self.agency.name in body, named)

    # ------------------------------------------------------------------
    # Letters
    # ------------------------------------------------------------------

    def _letter(self, **values):
        self.step_1.channel = "letter"
        reminder = self.propose().reminder_ids
        report = self.env.ref("credit_management.action_report_reminder")
        html, _kind = report._render_qweb_html(report, reminder.ids)
        return html.decode()

    def test_letter_of_the_company(self):
        html = self._letter()
        self.assertNotIn(self.agency.name, html)
        self.assertIn(self.company.name, html)

    def test_letter_of_a_third_party(self):
        self.company.write({"street": "3 quai du Port", "zip": "13002", "city": "Lyon"})
        self._named(footer="Insured with nobody", logo=picture())
        html = self._letter()
        self.assertIn("8 place du Marché", html)
        self.assertIn("Insured with nobody", html)
        self.assertIn("by mandate of 3 March 2026", html)
        self.assertIn("data:image/png", html)
        # The claim stays that of the creditor, who is named with its address.
        self.assertIn(
            f"on behalf of {self.company.name}, 3 quai du Port, 13002 Lyon, by mandate",
            html,
        )

    def test_silent_letter(self):
        self._sender(kind="third", partner_id=self.agency.id)
        html = self._letter()
        self.assertEqual(self.company.credit_letter_window, "right")
        self.assertNotIn(self.agency.name, html)
        # One that can't be delivered comes back to whoever deals with it.
        self.assertIn("8 place du Marché", html)

    def test_heads_are_printed_apart(self):
        """One call of the printing program shows one head on all its pages."""
        self._named()
        other = self.make_invoice(self.debtor_b, overdue=25)
        self.remind(other, self.step_1, day=days_ago(15))
        self.policy.step_ids.write({"channel": "letter"})
        reminders = self.propose().reminder_ids
        calls = []
        letters = type(reminders)
        self.patch(
            letters,
            "_print_letters",
            lambda batch: calls.append(batch.ids) or dict.fromkeys(batch.ids, b""),
        )
        # What is underneath the stand-in of the class.
        from ..models.credit_reminder_rendering import CreditReminder as Rendering

        Rendering._letter_pdfs(reminders)
        self.assertEqual(len(calls), 2)

    # ------------------------------------------------------------------
    # Rules
    # ------------------------------------------------------------------

    def test_no_name_without_mandate(self):
        for mandate in (False, "  "):
            with self.assertRaises(ValidationError):
                self._sender(
                    kind="third",
                    partner_id=self.agency.id,
                    third_mode="named",
                    mandate_text=mandate,
                )
        sender = self._named()
        with self.assertRaises(ValidationError):
            sender.mandate_text = False

    def test_incomplete(self):
        for values in (
            {"kind": "user"},
            {"kind": "third"},
            {"email": "nobody"},
            {"kind": "user", "user_id": self.colleague.id, "email": False},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self._sender(**values)

    def test_another_company(self):
        sender = self.env["credit.sender"].create(
            {"name": "Theirs", "company_id": self.other_company.id}
        )
        with self.assertRaises(ValidationError):
            self.step_1.sender_id = sender
        # One for all is for steps of anybody, one of a company not for shared ones.
        sender.company_id = False
        self.step_1.sender_id = sender
        self.policy.company_id = False
        with self.assertRaises(ValidationError):
            sender.company_id = self.company

    def test_rights(self):
        sender = self._named()
        for login, group in (("looker", "viewer"), ("worker", "collector")):
            user = new_test_user(
                self.env, login, f"base.group_user,credit_management.group_{group}"
            )
            user.company_ids |= self.company
            user.company_id = self.company
            self.assertTrue(sender.with_user(user).name)
            with self.assertRaises(AccessError):
                sender.with_user(user).mandate_text = "by my own will"
        stranger = new_test_user(
            self.env,
            "stranger",
            "base.group_user,credit_management.group_manager",
            company_id=self.other_company.id,
            company_ids=[(6, 0, self.other_company.ids)],
        )
        found = self.env["credit.sender"].with_user(stranger).search([])
        self.assertNotIn(sender, found)

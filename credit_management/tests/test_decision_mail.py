"""What debtors are told of what was decided: from whom, and how it looks."""

from pathlib import Path
from runpy import run_path

from odoo.tests import tagged

from .answers_common import AnswersCommon

SCRIPT = "migrations/19.0.1.6.0/post-instalment-template.py"
LAYOUT = "credit_management.mail_layout_response"


@tagged("post_install", "-at_install")
class TestDecisionMail(AnswersCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.email = "billing@example.com"
        cls.collector = cls.make_user("decides", email="anne@example.com")

    def mails(self):
        return self.env["mail.mail"].sudo().search([], order="id")

    def told(self, decide):
        before = self.mails()
        decide()
        return self.mails() - before

    def test_plan(self):
        for number, decision in ((2, "action_accept"), (12, "action_refuse")):
            plan = self.plan(self.second, number=number)
            if plan.state == "active":
                plan.state = "requested"
            plan.user_id = self.collector
            mail = self.told(getattr(plan, decision))
            with self.subTest(decision=decision):
                self.assertEqual(len(mail), 1)
                self.assertIn("anne@example.com", mail.email_from)
                # Like a reminder: the house at the head and below, signed.
                self.assertIn("max-width:600px", mail.body_html)
                self.assertIn("Yours sincerely,", mail.body_html)
                self.assertIn(self.collector.name, mail.body_html)
                self.assertIn(self.company.name, mail.body_html)
            plan.sudo().action_cancel() if plan.state == "active" else None

    def test_nobody_signs_as_a_robot(self):
        dispute = self.env["credit.dispute"].create(
            {"move_id": self.move.id, "reason_id": self.dispute_reason.id}
        )
        dispute.user_id = self.env.ref("base.user_root")
        mail = self.told(dispute.action_reject)
        self.assertIn("billing@example.com", mail.email_from)
        self.assertNotIn("OdooBot", mail.body_html)

    def test_answer_of_an_employee_without_an_address(self):
        """It leaves from the company's; nobody else is given that for a sender."""
        nobody = self.make_user("nobody")
        nobody.partner_id.email = False
        dispute = self.env["credit.dispute"].create(
            {"move_id": self.move.id, "reason_id": self.dispute_reason.id}
        )
        written = dispute.with_user(nobody).message_post(
            body="We look into it.", subtype_xmlid="mail.mt_comment"
        )
        self.assertEqual(written.author_id, nobody.partner_id)
        self.assertIn("billing@example.com", written.email_from)
        stranger = self.make_debtor("Stranger", email=False)
        written = dispute.message_post(body="No.", author_id=stranger.id)
        self.assertFalse(written.email_from)

    def test_in_the_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"].search(
            [("name", "=", "credit_management")]
        )._update_translations(["fr_FR"])
        self.debtor.lang = "fr_FR"
        dispute = self.env["credit.dispute"].create(
            {"move_id": self.move.id, "reason_id": self.dispute_reason.id}
        )
        mail = self.told(dispute.action_reject)
        self.assertIn("Madame, Monsieur", mail.body_html)
        self.assertNotIn("Yours sincerely", mail.body_html)

    def test_subject_of_an_answer_in_the_language_of_its_reader(self):
        """A collector answers in the chatter; a subject that was chosen stays."""
        self.env["res.lang"]._activate_lang("nl_NL")
        self.env["ir.module.module"].search(
            [("name", "=", "credit_management")]
        )._update_translations(["nl_NL"])
        self.debtor.lang = "nl_NL"
        answer = self.env["credit.answer"]._tell(self.debtor, self.company, "message")
        answer.message_subscribe(self.debtor.ids)
        for chosen in (None, "About your order"):
            with self.subTest(chosen=chosen):
                mail = self.told(
                    lambda subject=chosen: answer.with_user(
                        self.collector
                    ).message_post(
                        body="It is in the annex.",
                        subject=subject,
                        message_type="comment",
                        subtype_xmlid="mail.mt_comment",
                    )
                )
                wanted = chosen or f"Uw bericht aan {self.company.name}"
                self.assertEqual(mail.mapped("subject"), [wanted])
                # It is read on the page as well.
                self.assertIn(answer._page_url(), mail.body_html)
        self.assertEqual(answer.display_name, f"{self.debtor.name}: Message")

    def test_subject_of_what_was_agreed_in_words(self):
        """Also for who reads English; no figures that could be another day."""
        promise = self.promise(self.move)
        plan = self.plan(self.second, number=12)
        dispute = self.env["credit.dispute"]._make(
            self.make_invoice(), self.dispute_reason, 40
        )
        for record, subject in (
            (promise, "Your promise for 24 June 2026"),
            (plan, f"Your payment plan {plan.name}"),
            (dispute, f"Your objection to {dispute.move_id.name}"),
        ):
            with self.subTest(record._name):
                mails = self.told(
                    lambda record=record: record.with_user(self.collector).message_post(
                        body="As we said.",
                        message_type="comment",
                        subtype_xmlid="mail.mt_comment",
                        partner_ids=self.debtor.ids,
                    )
                )
                self.assertEqual(set(mails.mapped("subject")), {subject})
                self.assertIn(self.debtor, mails.recipient_ids)

    def test_upgrade_of_the_instalment(self):
        template = self.env.ref("credit_management.mail_template_instalment")
        script = run_path(str(Path(__file__).parents[1] / SCRIPT))
        old = script["OLD_FROM"]
        for sender, layout in ((old, LAYOUT), ("me@example.com", False)):
            template.write({"email_from": sender, "email_layout_xmlid": False})
            self.env.flush_all()
            script["migrate"](self.env.cr, "19.0.1.5.0")
            self.env.invalidate_all()
            self.assertEqual(template.email_layout_xmlid, layout)

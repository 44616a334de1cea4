"""What was sent is not rewritten: by nobody, whatever they may do else."""

import base64
from contextlib import contextmanager
from email import message_from_string, policy
from pathlib import Path
from runpy import run_path

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .answers_common import AnswersCommon
from .common import DeliveryCommon

UPGRADE = Path(__file__).parents[1] / "migrations/19.0.1.10.0"


def make_admin(case):
    """Who may do all that a user may."""
    admin = case.make_user("boss", "group_manager")
    admin.group_ids += case.env.ref("base.group_system")
    return admin


@tagged("post_install", "-at_install")
class TestEvidence(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1 = cls.policy.step_ids[0]
        cls.move = cls.make_invoice(amount=1234.5)

    def stays(self):
        return self.assertRaisesRegex(UserError, "it stays as it is")

    def test_what_was_sent_is_not_rewritten(self):
        """Neither by a collector nor by who may do all else."""
        collector, admin = self.make_user("collector"), make_admin(self)
        later = "2026-06-20 12:00:00"
        reminder = self.queued(self.move)
        self.deliver(reminder)
        message = reminder.mail_id.mail_message_id
        kept = message.body
        changes = (
            {"body": "<p>Else</p>"},
            {"subject": "Else"},
            {"date": later},
            {"author_id": self.debtor.id},
            {"email_from": "else@example.com"},
            {"message_type": "comment"},
            {"model": "res.partner", "res_id": self.debtor.id},
            {"attachment_ids": [Command.clear()]},
            {"outgoing_email_to": "else@example.com"},
            {"message_id": "<else@example.com>"},
            {"is_internal": True},
            {"partner_ids": [Command.clear()]},
        )
        for vals in changes:
            for user in (collector, admin):
                with self.subTest(user.login, **vals), self.stays():
                    message.with_user(user).write(vals)
        self.assertEqual(message.body, kept)
        # What is no part of it goes on: stars, reactions, and what people wrote.
        message.with_user(admin).toggle_message_starred()
        note = reminder.with_user(admin).message_post(
            body="Called", message_type="comment"
        )
        note.with_user(admin).write({"body": "Called twice"})

    def test_letter_is_not_rewritten(self):
        collector, admin = self.make_user("collector"), make_admin(self)
        self.step_1.channel = "letter"
        reminder = self.queued(self.move)
        self.deliver(reminder)
        letter = reminder.letter_id
        kept = letter.raw
        changes = (
            {"raw": b"%PDF-else", "name": "else.pdf"},
            {"datas": base64.b64encode(b"%PDF-else")},
            {"db_datas": b"%PDF-else"},
            {"type": "url", "url": "https://example.com"},
            {"res_model": "res.partner", "res_id": self.debtor.id},
            {"res_id": 0},
        )
        for vals in changes:
            for user in (collector, admin):
                with self.subTest(user.login, **vals), self.stays():
                    letter.with_user(user).write(vals)
        self.assertEqual(letter.raw, kept)
        own = self.env["ir.attachment"].with_user(admin)
        own = own.create({"name": "Note", "raw": b"a", "res_model": reminder._name})
        own.write({"raw": b"b", "res_id": reminder.id})
        self.assertEqual(own.raw, b"b")
        letter.with_user(admin).register_as_main_attachment()
        letter.with_user(admin).generate_access_token()

    def keep_pdf(self, content, **values):
        """A PDF as Odoo keeps it with an invoice."""
        file = self.env["ir.attachment"].create(
            {
                "name": "Invoice.pdf",
                "raw": content,
                "res_model": "account.move",
                "res_id": self.move.id,
                "res_field": "invoice_pdf_report_file",
                **values,
            }
        )
        names = ["invoice_pdf_report_id", "invoice_pdf_report_file"]
        self.move.invalidate_recordset(names)
        return file

    def test_enclosed_invoice_stays(self):
        """Whatever becomes of the invoice and its PDF, what was sent is there."""
        admin = make_admin(self)
        self.step_1.attach_invoices = True
        file = self.keep_pdf(b"%PDF-1.4 as sent")
        reminder = self.queued(self.move)
        self.deliver(reminder)
        sent = reminder.mail_id.attachment_ids
        self.assertEqual(len(sent), 1)
        self.assertEqual((sent.res_model, sent.res_id), (reminder._name, reminder.id))
        self.assertEqual((sent.name, sent.store_fname), (file.name, file.store_fname))
        self.assertIn(b"%PDF-1.4 as sent", self.enclosed())
        with self.stays():
            sent.with_user(admin).raw = b"%PDF-1.4 else"
        with self.stays():
            sent.sudo().unlink()
        # Odoo goes on: another PDF, a draft, no PDF at all.
        file.with_user(admin).raw = b"%PDF-1.4 else"
        self.move.button_draft()
        self.move.action_post()
        again = self.keep_pdf(b"%PDF-1.4 again")
        (file | again).with_user(admin).unlink()
        self.env["ir.attachment"]._gc_file_store_unsafe()
        self.env.invalidate_all()
        self.assertEqual(sent.raw, b"%PDF-1.4 as sent")
        self.assertEqual(reminder.message_ids.attachment_ids, sent)

    def enclosed(self):
        """The content of all that was enclosed with the last e-mail."""
        sent = message_from_string(self.emails[-1]["message"], policy=policy.default)
        return b"".join(part.get_content() for part in sent.iter_attachments())

    def test_enclosures_take_one_statement(self):
        """Copies of the files of several mails are made together."""
        self.step_1.attach_invoices = True
        self.keep_pdf(b"%PDF-1.4 as sent")
        reminder = self.queued(self.move)
        self.deliver(reminder)
        messages = self.env["mail.message"].create(
            [
                {
                    "model": reminder._name,
                    "res_id": reminder.id,
                    "attachment_ids": [
                        Command.set(self.move.invoice_pdf_report_id.ids)
                    ],
                }
                for _number in range(20)
            ]
        )
        self.env.flush_all()
        with self.assertQueryCount(1):
            messages._credit_own_files()
        self.assertEqual(len(messages.attachment_ids), 20)

    def test_upgrade_keeps_what_was_enclosed(self):
        file = self.keep_pdf(b"%PDF-1.4 as sent")
        reminder = self.queued(self.move)
        self.deliver(reminder)
        message = reminder.mail_id.mail_message_id
        message.sudo().attachment_ids = file
        self.env.flush_all()
        for _time in range(2):
            script = run_path(str(UPGRADE / "post-own-enclosures.py"))
            script["migrate"](self.env.cr, "19.0.1.9.0")
            self.env.invalidate_all()
            self.assertEqual(message.attachment_ids.res_id, reminder.id)
        file.raw = b"%PDF-1.4 else"
        self.assertEqual(message.attachment_ids.raw, b"%PDF-1.4 as sent")

    def test_to_whom_it_went_stays(self):
        """Whatever address the debtor has later, and whoever tidies up mails."""
        admin = make_admin(self)
        reminder = self.queued(self.move)
        self.deliver(reminder)
        mail = reminder.mail_id
        message, address = mail.mail_message_id, self.debtor.email
        for vals in ({"email_to": "a@b.example"}, {"body_html": "<p>Else</p>"}):
            with self.stays():
                mail.with_user(admin).write(vals)
        with self.stays():
            mail.with_user(admin).mark_outgoing()
        self.debtor.email = "later@example.com"
        self.assertIn(address, reminder.recipient_text)
        mail.with_user(admin).unlink()
        self.assertTrue(message.exists())
        self.assertIn(address, message.outgoing_email_to)

    def test_chatter_changes_no_evidence(self):
        """The chatter writes in sudo, for administrators and authors."""
        reminder = self.queued(self.move)
        self.deliver(reminder)
        said = reminder.message_post(
            body="We paid", message_type="comment", author_id=self.debtor.id
        )
        note = reminder.message_post(body="Called", message_type="comment")
        with self.stays():
            reminder._message_update_content(said.sudo(), body="We did not pay")
        reminder._message_update_content(note.sudo(), body="Called twice")
        self.assertIn("twice", note.body)

    def test_opened_at_is_evidence(self):
        reminder = self.queued(self.move)
        self.deliver(reminder)
        with self.assertRaisesRegex(UserError, "is evidence"):
            reminder.with_user(self.make_user("collector")).write(
                {"date_opened": "2026-06-01 12:00:00"}
            )


@tagged("post_install", "-at_install")
class TestAgreedEvidence(AnswersCommon):
    """What was told and agreed on stays, with what was attached to it."""

    @contextmanager
    def stays(self):
        refused = self.assertRaisesRegex(UserError, "stays as it is")
        with refused, self.env.cr.savepoint():
            yield

    def file(self, record, **values):
        return self.env["ir.attachment"].create(
            {
                "name": "Proof.pdf",
                "raw": b"%PDF-1.4 proof",
                "res_model": record._name,
                "res_id": record.id,
                **values,
            }
        )

    def test_notes_of_agreements_stay(self):
        """Who accepted a plan, and all else that the system noted."""
        users = self.make_user("evidence"), make_admin(self)
        plan = self.plan(number=12)
        promise = self.promise(self.second)
        dispute = self.env["credit.dispute"].create(
            {"move_id": self.move.id, "reason_id": self.dispute_reason.id}
        )
        for record in (plan, promise, dispute):
            note = record.sudo()._message_log(body="Accepted by Marie, 192.0.2.1")
            own = record.message_post(body="Kind on the phone", message_type="comment")
            for user in users:
                with self.subTest(record._name, user=user.login):
                    with self.stays():
                        note.with_user(user).body = "Accepted by nobody"
                    with self.stays():
                        note.with_user(user).unlink()
                    own.with_user(user).body = "Not kind"

    def test_what_was_changed_stays(self):
        """The old value is part of the note about the new one."""
        admin = make_admin(self)
        promise = self.promise(self.second).with_context(
            tracking_disable=False, mail_notrack=False
        )
        self.cr.flush()
        promise.note = "Rang at noon"
        self.cr.flush()
        value = self.env["mail.tracking.value"].search(
            [
                ("mail_message_id.model", "=", promise._name),
                ("mail_message_id.res_id", "=", promise.id),
                ("new_value_text", "=", "Rang at noon"),
            ]
        )
        self.assertTrue(value)
        with self.stays():
            value.with_user(admin).write({"new_value_text": "Never rang"})
        with self.stays():
            value.with_user(admin).unlink()

    def test_what_a_debtor_wrote_stays(self):
        users = self.make_user("evidence"), make_admin(self)
        dispute = self.env["credit.dispute"]._make(
            self.move, self.dispute_reason, description="The chair is broken"
        )
        answer = self.env["credit.answer"]._tell(
            self.debtor, self.company, "message", text="The chair is broken"
        )
        for record, text in ((dispute, "description"), (answer, "text")):
            file = self.file(record)
            record.sudo().attachment_ids = file
            changes = (
                {text: "All is well"},
                {"date": "2026-01-01"},
                {"source": "collector"},
                {"partner_id": self.debtor_b.id},
                {"attachment_ids": [Command.clear()]},
            )
            for user in users:
                for vals in changes:
                    with self.subTest(record._name, **vals), self.stays():
                        record.with_user(user).write(vals)
                with self.stays():
                    file.with_user(user).raw = b"%PDF-1.4 else"
                with self.stays():
                    file.with_user(user).unlink()
            more = self.file(record)
            record.with_user(users[0]).attachment_ids = [Command.link(more.id)]
        self.move.button_draft()
        with self.assertRaisesRegex(UserError, "was disputed by the debtor"):
            self.move.unlink()

    def test_what_was_noted_here_is_ours(self):
        """What a collector types in can be mended, and its files taken away."""
        user = self.make_user("evidence")
        dispute = self.env["credit.dispute"].with_user(user)
        dispute = dispute.create(
            {
                "move_id": self.move.id,
                "reason_id": self.dispute_reason.id,
                "description": "Brken",
            }
        )
        dispute.attachment_ids = file = self.file(dispute)
        dispute.write({"description": "Broken", "attachment_ids": [Command.clear()]})
        file.with_user(user).unlink()
        self.assertEqual(dispute.description, "Broken")

"""What was sent is not rewritten: by nobody, whatever they may do else."""

import base64

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import DeliveryCommon


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

    def make_admin(self):
        """Who may do all that a user may."""
        admin = self.make_user("boss", "group_manager")
        admin.group_ids += self.env.ref("base.group_system")
        return admin

    def test_what_was_sent_is_not_rewritten(self):
        """Neither by a collector nor by who may do all else."""
        collector, admin = self.make_user("collector"), self.make_admin()
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
        collector, admin = self.make_user("collector"), self.make_admin()
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

"""What comes back after sending, and what collectors do with it."""

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import TODAY, DeliveryCommon

BOUNCE = """Return-Path: <>
From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>
To: {bounce_address}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce.{number}@mx.example.com>
Date: Wed, 17 Jun 2026 14:00:00 +0200
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="BORDER"

--BORDER
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.com. I'm sorry to have to inform you
that your message could not be delivered to one or more recipients.

<{address}>: host mx.example.com said: 550 5.1.1 User unknown

--BORDER
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{address}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 User unknown

--BORDER
Content-Type: message/rfc822

From: credit@company.example.com
To: {address}
Subject: Reminder
Message-ID: {message_id}

Text of the message
--BORDER--
"""

REPLY = """Return-Path: <{author}>
From: {author}
To: {reply_to}
Subject: Re: Reminder
Message-ID: <reply.{number}@example.com>
In-Reply-To: {message_id}
References: {message_id}
Date: Wed, 17 Jun 2026 14:00:00 +0200
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

We shall pay on Friday.
"""


@tagged("post_install", "-at_install")
class TestAnswers(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1, cls.step_2, cls.step_3 = cls.policy.step_ids
        cls.move = cls.make_invoice()

    def _sent(self):
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        return reminder

    @mute_logger("odoo.addons.mail.models.mail_thread")
    def _receive(self, template, reminder, number=1, **values):
        message = reminder.mail_id.sudo().mail_message_id
        source = template.format(
            message_id=message.message_id,
            number=number,
            bounce_address=f"{self.alias_bounce}@{self.alias_domain}",
            reply_to=f"{self.alias_catchall}@{self.alias_domain}",
            **values,
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].sudo().message_process(False, source)
        self.env.invalidate_all()

    # ------------------------------------------------------------------
    # Bounces
    # ------------------------------------------------------------------

    def test_bounce(self):
        reminder = self._sent()
        self._receive(BOUNCE, reminder, address=self.debtor.email)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.delivery_state, "bounced")
        self.assertIn(self.debtor.email, reminder.failure_reason)
        # The debtor was not reached: the item is where it was.
        self.assertFalse(self.move.credit_step_id)
        self.assertEqual(self.move.credit_next_step_id, self.step_1)
        self.assertReason(self.move, "failed")

    def test_bounce_and_fallback(self):
        self.step_1.fallback_channel = "letter"
        reminder = self._sent()
        self._receive(BOUNCE, reminder, address=self.debtor.email)
        fallback = self.fallback_of(reminder)
        self.assertEqual(fallback.channel, "letter")
        self.assertEqual(fallback.state, "queued")
        # The same bounce told twice does not write two letters.
        self._receive(BOUNCE, reminder, number=2, address=self.debtor.email)
        self.assertEqual(len(self.fallback_of(reminder)), 1)
        self.deliver(fallback)
        self.assertEqual(self.move.credit_step_id, self.step_1)

    def test_bounce_after_payment(self):
        self.step_1.fallback_channel = "letter"
        reminder = self._sent()
        self.pay(self.move)
        self._receive(BOUNCE, reminder, address=self.debtor.email)
        fallback = self.fallback_of(reminder)
        self.deliver(fallback)
        self.assertEqual(fallback.state, "cancelled")
        self.assertFalse(fallback.letter_id)

    def test_bounce_of_one_reminder_only(self):
        self.make_invoice(self.debtor_b)
        reminders = self.queued(self.move)
        self.deliver(reminders)
        mine = reminders.filtered(lambda r: r.partner_id == self.debtor)
        self._receive(BOUNCE, mine, address=self.debtor.email)
        self.assertEqual((reminders - mine).delivery_state, "pending")

    # ------------------------------------------------------------------
    # Replies
    # ------------------------------------------------------------------

    def test_reply(self):
        reminder = self._sent()
        self._receive(REPLY, reminder, author=self.debtor.email)
        self.assertEqual(reminder.delivery_state, "replied")
        self.assertIn("pay on Friday", reminder.message_ids[0].body)
        self.assertEqual(reminder.message_ids[0].author_id, self.debtor)
        # An answer is no payment: the reminder counts as sent.
        self.assertEqual(self.move.credit_step_id, self.step_1)

    def test_reply_of_a_stranger(self):
        """The book-keeper answers from another address."""
        reminder = self._sent()
        self._receive(REPLY, reminder, author="bookkeeper@example.org")
        self.assertEqual(reminder.delivery_state, "replied")

    def test_reply_of_ourselves(self):
        reminder = self._sent()
        user = new_test_user(
            self.env, "colleague", "base.group_user", email="colleague@example.com"
        )
        self._receive(REPLY, reminder, author=user.email)
        self.assertEqual(reminder.delivery_state, "pending")

    def test_automatic_reply(self):
        """Nobody has read the reminder: it waits for nobody."""
        reminder = self._sent()
        headers = (
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated (out of office)",
            "X-Autoreply: yes",
            "Precedence: auto_reply",
        )
        for number, header in enumerate(headers, start=1):
            with self.subTest(header):
                self._receive(
                    f"{header}\n{REPLY}",
                    reminder,
                    number=number,
                    author=self.debtor.email,
                )
                self.assertEqual(reminder.delivery_state, "pending")
                # What came in is kept all the same.
                self.assertIn("pay on Friday", reminder.message_ids[0].body)
        self._receive(
            f"Auto-Submitted: no\n{REPLY}", reminder, 9, author=self.debtor.email
        )
        self.assertEqual(reminder.delivery_state, "replied")

    def test_automatic_reply_by_its_subject(self):
        reminder = self._sent()
        away = REPLY.replace("Re: Reminder", "Absence du bureau Re: Reminder")
        self._receive(away, reminder, author=self.debtor.email)
        self.assertEqual(reminder.delivery_state, "pending")

    def test_reply_handled(self):
        """It leaves the worklist, and what the debtor did stays to be seen."""
        reminder = self._sent()
        tasks = [("kind", "=", "reply"), ("res_id", "=", reminder.id)]
        self._receive(REPLY, reminder, author=self.debtor.email)
        self.assertTrue(self.env["credit.task"].search(tasks))
        reminder.action_reply_handled()
        self.assertEqual(reminder.delivery_state, "replied")
        self.assertTrue(reminder.reply_handled)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self.env["credit.task"].search(tasks))
        # Another reply is another task.
        self._receive(REPLY, reminder, number=2, author=self.debtor.email)
        self.assertFalse(reminder.reply_handled)
        self.env.flush_all()
        self.assertTrue(self.env["credit.task"].search(tasks))

    # ------------------------------------------------------------------
    # Too late
    # ------------------------------------------------------------------

    def test_late_bounce(self):
        """The next step has left: nobody goes back to the one before."""
        self.step_1.fallback_channel = "letter"
        first = self._sent()
        self.remind(self.move, self.step_2)
        self._receive(BOUNCE, first, address=self.debtor.email)
        self.assertEqual(first.delivery_state, "bounced")
        self.assertFalse(self.fallback_of(first))
        self.assertIn("later step", first.message_ids[0].body)

    def test_bounce_after_a_later_step_that_bounced_too(self):
        self.step_1.fallback_channel = "letter"
        first = self._sent()
        self.remind(self.move, self.step_2, delivery_state="bounced")
        self._receive(BOUNCE, first, address=self.debtor.email)
        self.assertEqual(self.fallback_of(first).state, "queued")

    def test_later_step_leaves_before_the_fallback(self):
        self.step_1.fallback_channel = "letter"
        first = self._sent()
        self._receive(BOUNCE, first, address=self.debtor.email)
        fallback = self.fallback_of(first)
        self.remind(self.move, self.step_2)
        self.deliver(fallback)
        self.assertEqual(fallback.state, "cancelled")
        self.assertFalse(fallback.letter_id)
        self.assertTrue(
            any("later step" in body for body in fallback.message_ids.mapped("body"))
        )
        self.assertEqual(self.move.credit_step_id, self.step_2)

    def test_later_step_for_one_of_two_items(self):
        """The fallback leaves for the other."""
        self.step_1.fallback_channel = "letter"
        other = self.make_invoice(amount=60)
        first = self._sent()
        self.assertEqual(first.line_ids.move_id, self.move | other)
        self.remind(self.move, self.step_2)
        self._receive(BOUNCE, first, address=self.debtor.email)
        fallback = self.fallback_of(first)
        self.deliver(fallback)
        self.assertEqual(fallback.state, "sent")
        self.assertEqual(fallback.line_ids.move_id, other)

    # ------------------------------------------------------------------
    # Skip, cancel, retry
    # ------------------------------------------------------------------

    def test_skip(self):
        reminder = self.queued(self.move)
        reminder.action_skip()
        self.assertEqual(reminder.state, "cancelled")
        self.assertTrue(reminder.skipped)
        self.assertEqual(reminder.date_done, TODAY)
        self.deliver(reminder)
        self.assertFalse(self.emails)
        self.assertEqual(self.move.credit_step_id, self.step_1)
        self.assertEqual(self.move.credit_next_step_id, self.step_2)

    def test_skip_what_the_law_requires(self):
        self.step_1.legally_required = True
        reminder = self.queued(self.move)
        with self.assertRaisesRegex(UserError, self.step_1.name):
            reminder.action_skip()
        self.assertEqual(reminder.state, "queued")

    def test_cancel(self):
        reminder = self.queued(self.move)
        reminder.action_cancel()
        self.deliver(reminder)
        self.assertFalse(self.emails)
        self.assertEqual(self.move.credit_next_step_id, self.step_1)
        self.assertReason(self.move, False)

    def test_sent_is_sent(self):
        """Nothing that is done to it brings back a reminder that left."""
        reminder = self._sent()
        for action in (
            "action_approve",
            "action_cancel",
            "action_skip",
            "action_retry",
        ):
            getattr(reminder, action)()
        reminder.action_mark_done()
        self.assertEqual(reminder.state, "sent")
        self.assertFalse(reminder.skipped)
        self.assertEqual(reminder.delivery_state, "pending")

    def test_approve_twice(self):
        reminder = self.propose().reminder_ids
        reminder.action_approve()
        reminder.action_approve()
        self.assertEqual(reminder.state, "queued")
        self.deliver(reminder)
        reminder.action_approve()
        self.deliver(reminder)
        self.assertFalse(self.emails)

    def test_being_sent_just_now(self):
        reminder = self.queued(self.move)
        nothing = reminder.browse()
        self.patch(
            type(reminder), "try_lock_for_update", lambda self, **kwargs: nothing
        )
        for action in ("action_cancel", "action_skip", "action_retry"):
            with self.assertRaisesRegex(UserError, "being sent"):
                getattr(reminder, action)()

    def test_retry_failed(self):
        address, self.debtor.email = self.debtor.email, False
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "failed")
        self.debtor.email = address
        reminder.action_retry()
        self.assertEqual(reminder.state, "queued")
        self.assertFalse(reminder.failure_reason)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        self.assertFalse(self.fallback_of(reminder))

    def test_retry_bounced(self):
        """The one that bounced stays as it is: it was sent. A new one follows."""
        reminder = self._sent()
        self._receive(BOUNCE, reminder, address=self.debtor.email)
        self.debtor.email = "right@example.com"
        reminder.action_retry()
        again = self.fallback_of(reminder)
        self.assertEqual(again.state, "queued")
        self.assertEqual(again.channel, "email")
        self.assertEqual(reminder.delivery_state, "bounced")
        self.deliver(again)
        [email] = self.emails
        self.assertEqual(email["smtp_to_list"], ["right@example.com"])
        self.assertEqual(self.move.credit_step_id, self.step_1)
        self.assertReason(self.move, False)

    def test_retry_bounced_twice(self):
        reminder = self._sent()
        self._receive(BOUNCE, reminder, address=self.debtor.email)
        reminder.action_retry()
        with self.assertRaisesRegex(UserError, self.fallback_of(reminder).name):
            reminder.action_retry()
        self.assertEqual(len(self.fallback_of(reminder)), 1)

    def test_retry_what_the_fallback_did(self):
        self.step_1.fallback_channel = "letter"
        self.debtor.email = False
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.deliver(self.fallback_of(reminder))
        with self.assertRaises(UserError):
            reminder.action_retry()
        self.assertEqual(reminder.state, "failed")

    def test_personal_note(self):
        reminder = self.propose().reminder_ids
        reminder.personal_note = "<p>It was nice to meet you.</p><script>x()</script>"
        reminder.action_approve()
        self.deliver(reminder)
        self.assertIn("nice to meet you", reminder.mail_id.body_html)
        self.assertNotIn("<script", reminder.mail_id.body_html)

    def test_other_recipient(self):
        contact = self.env["res.partner"].create(
            {"name": "Boss", "parent_id": self.debtor.id, "email": "boss@example.com"}
        )
        reminder = self.propose().reminder_ids
        reminder.contact_id = contact
        reminder.action_approve()
        self.deliver(reminder)
        [email] = self.emails
        self.assertEqual(email["smtp_to_list"], ["boss@example.com"])

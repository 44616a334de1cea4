"""What an answer by e-mail stops, for how long, and who lets reminders go on."""

from datetime import timedelta

from odoo.tests import freeze_time, new_test_user, tagged

from .answering_common import ANSWER, AnsweringCommon
from .common import TODAY


@tagged("post_install", "-at_install")
class TestReplyStop(AnsweringCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.credit_reply_days = 7
        cls.euros = cls.make_invoice(cls.debtor_b)

    def _answered(self):
        reminders = self.queued(self.move)
        self.deliver(reminders)
        reminder = reminders.filtered(
            lambda r: r.partner_id == self.debtor and r.currency_id == self.euro
        )
        self.answer(reminder)
        return reminder

    def test_stops_for_a_week(self):
        reminder = self._answered()
        last = TODAY + timedelta(days=7)
        self.assertEqual(reminder.reply_hold_until, last)
        self.assertReason(self.move, "reply")
        # Another debtor has not answered.
        self.assertReason(self.euros, False)
        for day, reason in ((last, "reply"), (last + timedelta(days=1), False)):
            with freeze_time(f"{day} 12:00:00"):
                self.assertReason(self.move, reason)

    def test_shown(self):
        reminder = self._answered()
        self.move.invalidate_recordset()
        self.assertIn("06/24/2026", self.move.credit_block_text)
        self.assertFalse(self.euros.credit_block_text)
        logged = " ".join(self.move.message_ids.mapped("body"))
        self.assertIn("06/24/2026", logged)
        task = self.env["credit.task"].search([("kind", "=", "reply")])
        self.assertEqual(task._record(), reminder)

    def test_nothing_is_proposed_meanwhile(self):
        """Nor for an invoice that the reminder did not name."""
        self._answered()
        later = self.make_invoice(overdue=12)
        self.assertReason(later, "reply")
        run = self.propose(day=TODAY + timedelta(days=5))
        self.assertNotIn(self.debtor, run.reminder_ids.partner_id)
        run = self.propose(day=TODAY + timedelta(days=15))
        self.assertIn(self.debtor, run.reminder_ids.partner_id)

    def test_what_waits_does_not_leave(self):
        """An answer that comes while the next reminder is queued."""
        reminder = self.queued(self.move)
        mine = reminder.filtered(lambda r: r.partner_id == self.debtor)
        self.deliver(mine)
        again = self.make_invoice(overdue=12)
        waiting = self.propose().reminder_ids
        self.assertEqual(waiting.line_ids.move_id, again)
        waiting.action_approve()
        self.answer(mine)
        self.deliver(waiting)
        self.assertFalse(self.emails)
        self.assertEqual(waiting.state, "cancelled")

    def test_handled(self):
        reminder = self._answered()
        reminder.action_reply_handled()
        self.assertReason(self.move, False)
        body = self.move.message_ids[0].body
        self.assertIn("was handled", body)
        # Another answer stops again.
        self.answer(reminder)
        self.assertReason(self.move, "reply")

    def test_out_of_office(self):
        reminders = self.queued(self.move)
        self.deliver(reminders)
        reminder = reminders.filtered(lambda r: r.partner_id == self.debtor)
        for header in (
            "Auto-Submitted: auto-replied",
            "X-Autoreply: yes",
            "Precedence: auto_reply",
        ):
            with self.subTest(header):
                self.answer(reminder, header=header)
                self.assertReason(self.move, False)
                self.assertFalse(reminder.reply_hold_until)
        self.assertFalse(self.env["credit.task"].search([("kind", "=", "reply")]))

    def test_colleague(self):
        reminder = self.queued(self.move)
        self.deliver(reminder)
        user = new_test_user(
            self.env, "colleague", "base.group_user", email="colleague@example.com"
        )
        self.answer(reminder[0], author=user.email)
        self.assertReason(self.move, False)

    def test_switched_off(self):
        self.company.credit_reply_days = 0
        reminder = self._answered()
        self.assertReason(self.move, False)
        self.assertEqual(reminder.delivery_state, "replied")

    def test_companies_and_currencies(self):
        """An answer to one company stops nothing of another; currencies are one."""
        dollars = self.make_invoice(currency=self.dollar)
        abroad = self.make_invoice(company=self.other_company)
        self._answered()
        self.assertReason(dollars, "reply")
        self.assertReason(abroad, False)

    def test_language_of_the_house(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.credit_user_id = new_test_user(
            self.env, "colleague", "base.group_user", lang="fr_FR"
        )
        reminder = self._answered()
        logged = " ".join(self.move.message_ids.mapped("body"))
        self.assertIn("24/06/2026", logged)
        self.assertTrue(reminder)

    def _tasks(self):
        self.env.flush_all()
        tasks = self.env["credit.task"].search([("kind", "in", ("reply", "answer"))])
        return sorted(tasks.mapped("kind"))

    def test_message_on_the_page_beside_a_reply(self):
        """Handling the one does not put away the other, which nobody has read."""
        reminder = self._answered()
        answer = self.env["credit.answer"]._tell(
            self.debtor, self.company, "message", text="Hello", reminder=reminder
        )
        reminder._register_message()
        answer.action_handle()
        self.assertEqual(self._tasks(), ["reply"])
        reminder.action_reply_handled()
        self.assertFalse(self._tasks())

    def test_reply_to_what_was_handled(self):
        """An e-mail on the thread of a message is to be read as well."""
        reminders = self.queued(self.move)
        self.deliver(reminders)
        reminder = reminders.filtered(lambda r: r.partner_id == self.debtor)
        answer = self.env["credit.answer"]._tell(
            self.debtor, self.company, "message", text="Hello", reminder=reminder
        )
        said = answer.message_post(
            body="In the annex.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        answer.action_handle()
        self.assertFalse(self._tasks())
        for header, kinds in (
            ("X-Autoreply: yes\n", []),
            ("", ["answer"]),
        ):
            self.receive(
                ANSWER,
                reminder,
                author=self.debtor.email,
                header=header,
                message_id=said.message_id,
            )
            self.assertEqual(self._tasks(), kinds)
        self.assertIn("pay on Friday", answer.message_ids[0].body)

    def test_reply_to_a_decision(self):
        """What is written back about a plan waits for a person, and stops."""
        plan = self.env["credit.plan"]._request(
            self.items(self.move), 12, "month", TODAY + timedelta(days=30)
        )
        with self.mock_mail_gateway():
            plan.action_refuse()
        [mail] = self._new_mails
        self.assertReason(self.move, False)
        self.receive(
            ANSWER,
            plan.reminder_id,
            author=self.debtor.email,
            header="",
            message_id=mail.mail_message_id.message_id,
        )
        self.assertEqual(self._tasks(), ["answer"])
        answer = self.env["credit.answer"].search([("partner_id", "=", self.debtor.id)])
        self.assertIn("pay on Friday", answer.text)
        self.assertEqual((answer.source, answer.contact_id), ("email", self.debtor))
        self.assertReason(self.move, "reply")

    def _comment(self, answer, user):
        answer.with_user(user).message_post(
            body="It is in the annex.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def test_what_a_collector_answers_is_handled(self):
        """By an answer to the debtor, not by a note; and it may be opened again."""
        answer = self.env["credit.answer"]._tell(
            self.debtor, self.company, "message", text="Where?", source="email"
        )
        self.assertReason(self.move, "reply")
        writing = self.make_user("writing")
        answer.with_user(writing).message_post(
            body="He always asks.", subtype_xmlid="mail.mt_note"
        )
        self.assertEqual(answer.state, "new")
        self._comment(answer, writing)
        self.assertEqual((answer.state, answer.handled_by), ("handled", writing))
        self.assertReason(self.move, False)
        notes = " ".join(self.move.message_ids.mapped("body"))
        self.assertIn("The message was handled: reminders go on.", notes)
        answer.action_reopen()
        self.assertReason(self.move, "reply")

    def test_a_payment_is_looked_for_whatever_is_answered(self):
        answer = self.env["credit.answer"]._tell(
            self.debtor, self.company, "paid", items=self.items(self.move)
        )
        self._comment(answer, self.make_user("writing"))
        self.assertEqual(answer.state, "new")
        self.assertReason(self.move, "answer")

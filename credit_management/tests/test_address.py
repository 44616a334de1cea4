"""Addresses that come back: counted, left alone, mended."""

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged

from .answering_common import FAILURE, AnsweringCommon
from .common import NOW, days_ago
from .test_delivery import refuse


@tagged("post_install", "-at_install")
class TestAddress(AnsweringCommon):
    def _failing(self, times=2):
        """Reminders that came back for good, so many times; each of an invoice."""
        reminders = self.env["credit.reminder"]
        self.step_1.fallback_channel = "letter"
        for number in range(times):
            move = self.move if not number else self.make_invoice()
            reminder = self.sent(move)
            self.come_back(reminder)
            self.deliver(self.fallback_of(reminder))
            reminders |= reminder
        return reminders

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def test_one_hard_bounce(self):
        """The reminder goes by letter; the address is tried with the next one."""
        [reminder] = self._failing(1)
        address = self.address()
        self.assertEqual((address.hard_count, address.soft_count), (1, 0))
        self.assertFalse(address.unusable)
        self.assertEqual(address.status, "5.1.1")
        self.assertEqual(address.reason, "550 User unknown")
        self.assertIn("550 User unknown", reminder.failure_reason)
        self.sent(self.make_invoice())

    def test_invoices_that_come_back_count(self):
        """By the company whose invoice it is; what is only delayed does not count."""
        for count, action in ((0, "delayed"), (1, "failed"), (2, "failed")):
            sent = self.move.message_post(
                body="The invoice", partner_ids=self.debtor.ids, message_type="email"
            )
            self.receive(
                FAILURE,
                self.env["credit.reminder"],
                message_id=sent.message_id,
                address=self.debtor.email,
                recipient=f"Final-Recipient: rfc822; {self.debtor.email}\n",
                action=action,
                status="4.4.1" if action == "delayed" else "5.1.1",
                said="450 Later" if action == "delayed" else "550 User unknown",
            )
            self.assertEqual(self.address().hard_count if count else 0, count)
        self.assertTrue(self.address().unusable)
        self.assertEqual(self.address().company_id, self.company)
        reminder = self.queued(self.move)
        self.assertIn("not used any more", reminder._alerts()[reminder])

    def test_two_hard_bounces(self):
        """Nothing goes there any more: the letter leaves in the same round."""
        self._failing()
        self.assertTrue(self.address().unusable)
        move = self.make_invoice()
        reminder = self.queued(move)
        self.deliver(reminder)
        self.assertFalse(self.emails)
        self.assertEqual(reminder.state, "failed")
        self.assertIn(self.debtor.email, reminder.failure_reason)
        letter = self.fallback_of(reminder)
        self.assertEqual((letter.channel, letter.state), ("letter", "queued"))
        self.assertEqual(letter.date, self.company._credit_today())
        self.deliver(letter)
        self.assertEqual(move.credit_step_id, self.step_1)

    def test_the_same_round(self):
        """What falls back is delivered by the worker that found it out."""
        self._failing()
        reminder = self.queued(self.make_invoice())
        with self.smtp(), self.enter_registry_test_mode():
            self.env.ref("credit_management.ir_cron_deliver").method_direct_trigger()
        self.env.invalidate_all()
        letter = self.fallback_of(reminder)
        self.assertEqual(letter.state, "sent")
        self.assertEqual(letter.date_done, self.company._credit_today())

    def test_letter_is_woken(self):
        """A message that comes back at noon goes by post in the afternoon."""
        self.step_1.fallback_channel = "letter"
        reminder = self.sent()
        cron = self.env.ref("credit_management.ir_cron_deliver")
        triggers = self.env["ir.cron.trigger"].sudo()
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        self.come_back(reminder)
        trigger = triggers.search([("cron_id", "=", cron.id)])
        self.assertEqual(str(trigger.call_at), NOW)

    def test_refused_while_sending(self):
        """A server that refuses at once says as much as one that writes back."""
        self.step_1.fallback_channel = "letter"
        for number in range(2):
            reminder = self.queued(self.make_invoice() if number else self.move)
            self.deliver(reminder, answer=refuse(550, "5.1.1 No such user"))
            self.deliver(self.fallback_of(reminder))
        address = self.address()
        self.assertEqual((address.hard_count, address.status), (2, "5.1.1"))
        self.assertTrue(address.unusable)

    def test_soft_bounces(self):
        """A full mailbox is no wrong address, however often it is full."""
        self.step_1.fallback_channel = "letter"
        for number in range(3):
            reminder = self.sent(self.make_invoice() if number else self.move)
            self.come_back(reminder, status="5.2.2", said="552 Mailbox full")
            # It did not arrive all the same.
            self.assertEqual(reminder.delivery_state, "bounced")
            self.deliver(self.fallback_of(reminder))
        address = self.address()
        self.assertEqual((address.hard_count, address.soft_count), (0, 3))
        self.assertFalse(address.unusable)
        self.sent(self.make_invoice())

    def test_delayed(self):
        """The server goes on trying: nothing is known, and nothing is done."""
        self.step_1.fallback_channel = "letter"
        reminder = self.sent()
        self.come_back(reminder, action="delayed", status="4.4.1", said="Timed out")
        self.assertEqual(reminder.delivery_state, "pending")
        self.assertFalse(self.fallback_of(reminder))
        self.assertFalse(self.address())
        self.assertIn("Timed out", reminder.message_ids[0].body)

    def test_delivered(self):
        reminder = self.sent()
        self.come_back(reminder, action="delivered", status="2.0.0", said="250 OK")
        self.assertEqual(reminder.delivery_state, "delivered")
        self.answer(reminder)
        # A report that comes late takes nothing back.
        self.come_back(reminder, action="delivered", status="2.0.0", said="250 OK")
        self.assertEqual(reminder.delivery_state, "replied")

    def test_report_without_recipient(self):
        reminder = self.sent()
        self.come_back(reminder, recipient="")
        self.assertEqual(reminder.delivery_state, "bounced")
        self.assertEqual(self.address().hard_count, 1)

    def test_told_twice(self):
        reminder = self.sent()
        self.come_back(reminder)
        self.come_back(reminder)
        self.assertEqual(self.address().hard_count, 1)

    def test_word_of_a_colleague_comes_back(self):
        """The reminder has arrived, whatever became of what was written later."""
        reminder = self.sent()
        message = reminder.sudo().message_post(
            body="Have you seen it?", message_type="comment"
        )
        self.come_back(reminder, message_id=message.message_id)
        self.assertEqual(reminder.delivery_state, "pending")
        self.assertFalse(self.address())

    def test_somebody_is_there(self):
        """An answer, be it automatic, proves the address."""
        self._failing(1)
        reminder = self.sent(self.make_invoice())
        self.answer(reminder, header="Auto-Submitted: auto-replied")
        self.assertEqual(self.address().hard_count, 0)

    def test_opened_in_between(self):
        """Two failures in a row count, not two in a life."""
        self.move = self.make_invoice(overdue=18)
        with freeze_time("2026-06-10 12:00:00"):
            self._failing(1)
        with freeze_time("2026-06-12 12:00:00"):
            self.sent(self.make_invoice())._register_outcome("opened")
        reminder = self.sent(self.make_invoice())
        self.come_back(reminder)
        self.assertEqual(self.address().hard_count, 1)

    def test_opened_late(self):
        """Sent before the failure and opened after it: somebody is there."""
        self.move = self.make_invoice(overdue=18)
        with freeze_time("2026-05-26 12:00:00"):
            early = self.sent(self.make_invoice(overdue=30))
        with freeze_time("2026-06-10 12:00:00"):
            self._failing(1)
        early._register_outcome("opened")
        early.sudo().date_opened = "2026-06-12 12:00:00"
        self.come_back(self.sent(self.make_invoice()))
        self.assertEqual(self.address().hard_count, 1)

    # ------------------------------------------------------------------
    # Mending
    # ------------------------------------------------------------------

    def test_changed(self):
        """Another address is another address."""
        self._failing()
        self.debtor.email = "new@example.com"
        self.sent(self.make_invoice())
        self.assertEqual(self.emails[0]["smtp_to_list"], ["new@example.com"])

    def test_declared_right(self):
        self._failing()
        collector = new_test_user(
            self.env, "mender", "base.group_user,credit_management.group_collector"
        )
        collector.company_ids |= self.company
        collector.company_id = self.company
        address = self.address().with_user(collector)
        viewer = new_test_user(
            self.env,
            "looker",
            "base.group_user,credit_management.group_viewer",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            address.with_user(viewer).action_confirm()
        address.action_confirm()
        self.assertFalse(address.unusable)
        self.assertEqual(address.confirmed_user_id, collector)
        self.assertIn("declared right", self.debtor.message_ids[0].body)
        reminder = self.sent(self.make_invoice())
        # Counted anew.
        self.come_back(reminder)
        self.assertEqual(self.address().hard_count, 1)

    def test_shown_before_approval(self):
        self._failing()
        self.step_1.automation = "approve"
        reminder = self.propose().reminder_ids or self.queued(self.make_invoice())
        self.assertIn("not used any more", reminder._alerts()[reminder])

    def test_on_the_partner_and_in_the_worklist(self):
        reminders = self._failing()
        partner = self.debtor.with_company(self.company)
        self.assertIn(self.debtor.email, partner.credit_address_text)
        tasks = self.env["credit.task"].with_company(self.company)
        task = tasks.search([("kind", "=", "address")])
        self.assertEqual(task.partner_id, self.debtor)
        # Both invoices are open.
        self.assertEqual(task.amount, 200)
        self.assertIn("550 User unknown", task.summary)
        task.with_context(act="done").action_act()
        self.assertFalse(tasks.search([("kind", "=", "address")]))
        self.env.invalidate_all()
        self.assertFalse(partner.credit_address_text)
        self.assertTrue(reminders)

    def test_task_is_gone_with_the_address(self):
        self._failing()
        self.debtor.email = "new@example.com"
        self.assertFalse(self.env["credit.task"].search([("kind", "=", "address")]))

    def test_why_not(self):
        """Without a fallback the invoice says what to mend."""
        self._failing()
        self.step_1.fallback_channel = False
        move = self.make_invoice(overdue=11)
        self.deliver(self.queued(move))
        self.assertReason(move, "failed")
        self.assertIn(self.debtor.email, move.credit_block_text)

    # ------------------------------------------------------------------
    # Companies
    # ------------------------------------------------------------------

    def test_companies(self):
        """What came back to one company says nothing to another."""
        self._failing()
        self.assertFalse(self.address(company=self.other_company))
        self.other_company.alias_domain_id = self.mail_alias_domain
        move = self.make_invoice(
            company=self.other_company, currency=self.euro, issued=days_ago(60)
        )
        reminder = self.propose(self.other_company).reminder_ids
        self.assertEqual(reminder.line_ids.move_id, move)
        reminder.action_approve()
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        stranger = new_test_user(
            self.env,
            "stranger",
            "base.group_user,credit_management.group_viewer",
            company_id=self.other_company.id,
            company_ids=[(6, 0, self.other_company.ids)],
        )
        found = self.env["credit.address"].with_user(stranger).search([])
        self.assertNotIn(self.address(), found)

    def test_queries_do_not_grow(self):
        """One question for a batch, however many reminders."""
        counts = []
        for number in (2, 12):
            for index in range(number):
                self.make_invoice(self.make_debtor(f"Debtor {number} {index}"))
            reminders = self.propose().reminder_ids
            reminders.mapped("contact_id.email")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            reminders._alerts_email()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

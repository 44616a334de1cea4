"""What a run proposes, and its way from draft to done."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import NOTICE, REMINDER_1, REMINDER_2, TODAY, CreditCommon, days_ago


@tagged("post_install", "-at_install")
class TestRun(CreditCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1, cls.step_2, cls.step_3 = cls.policy.step_ids

    def _reminders(self, run, partner=None):
        partner = partner or self.debtor
        return run.reminder_ids.filtered(lambda r: r.partner_id == partner)

    # ------------------------------------------------------------------
    # Grouping
    # ------------------------------------------------------------------

    def test_one_per_debtor_and_currency(self):
        contact = self.env["res.partner"].create(
            {"name": "Branch", "parent_id": self.debtor.id}
        )
        euros = self.make_invoice() | self.make_invoice(contact, amount=40)
        dollars = self.make_invoice(currency=self.dollar, amount=70)
        others = self.make_invoice(self.debtor_b)
        run = self.propose()
        self.assertEqual(len(run.reminder_ids), 3)
        by_currency = self._reminders(run).grouped("currency_id")
        self.assertEqual(by_currency[self.euro].line_ids.move_id, euros)
        self.assertEqual(by_currency[self.euro].amount_total, 140)
        self.assertEqual(by_currency[self.dollar].line_ids.move_id, dollars)
        self.assertEqual(by_currency[self.dollar].amount_total, 70)
        self.assertEqual(self._reminders(run, self.debtor_b).line_ids.move_id, others)

    def test_who_can_not_be_reached_is_told_before_confirming(self):
        self.make_invoice()
        self.make_invoice(self.debtor_b)
        run = self.propose()
        self.assertFalse(run.unreachable_text)
        self.debtor.email = False
        run.invalidate_recordset()
        self.assertIn("by their channel: 1.", run.unreachable_text)
        self.assertIn(self.debtor.name, run.unreachable_text)
        self.assertIn("It fails once it is confirmed", run.unreachable_text)
        self.step_1.fallback_channel = "letter"
        run.invalidate_recordset()
        self.assertIn("takes over", run.unreachable_text)
        self.assertNotIn("It fails", run.unreachable_text)

    def test_what_a_line_says(self):
        move = self.make_invoice(overdue=10, amount=100)
        self.pay(move, amount=30)
        reminder = self.propose().reminder_ids
        line = reminder.line_ids
        self.assertEqual(line.move_line_id, self.items(move))
        self.assertEqual(line.name, move.name)
        self.assertEqual(line.date_invoice, move.invoice_date)
        self.assertEqual(line.date_due, days_ago(10))
        self.assertEqual(line.days_overdue, 10)
        self.assertEqual(line.amount_original, 100)
        self.assertEqual(line.amount_residual, 70)
        self.assertEqual(line.step_id, self.step_1)
        self.assertEqual(reminder.amount_residual, 70)
        self.assertEqual(reminder.amount_overdue, 70)
        self.assertEqual(reminder.date, TODAY)
        self.assertEqual(reminder.origin, "run")
        self.assertFalse(reminder.date_done)
        self.assertTrue(reminder.name.startswith("REM/2026/"))

    def test_references_differ(self):
        for partner in (self.debtor, self.debtor_b):
            self.make_invoice(partner)
        names = self.propose().reminder_ids.mapped("name")
        names += (
            self.env["credit.reminder"]
            .create(
                {
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    "currency_id": self.euro.id,
                    "step_id": self.step_1.id,
                    "channel": "email",
                    "date": TODAY,
                }
            )
            .mapped("name")
        )
        self.assertEqual(len(set(names)), 3)

    def test_one_per_invoice(self):
        self.policy.grouping = "invoice"
        moves = self.make_invoice() | self.make_invoice()
        reminders = self.propose().reminder_ids
        self.assertEqual(len(reminders), 2)
        self.assertEqual(reminders.line_ids.move_id, moves)
        for reminder in reminders:
            self.assertEqual(len(reminder.line_ids.move_id), 1)

    def test_instalments_are_items(self):
        move = self.make_instalments(30, 10)
        first, second = self.items(move)
        self.remind(move, self.step_1, days_ago(20)).line_ids.filtered(
            lambda line: line.move_line_id == second
        ).sudo().write({"move_line_id": False})
        lines = self.propose().reminder_ids.line_ids
        by_item = {line.move_line_id: line for line in lines}
        self.assertEqual(by_item[first].step_id, self.step_2)
        self.assertEqual(by_item[second].step_id, self.step_1)
        self.assertEqual(by_item[first].amount_residual, 50)
        self.assertEqual(by_item[second].date_due, days_ago(10))

    def test_highest_step_wins_and_lines_keep_theirs(self):
        old, young = self.make_invoice(overdue=45), self.make_invoice(overdue=10)
        self.remind(old, self.step_2, days_ago(20))
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.step_id, self.step_3)
        self.assertEqual(reminder.channel, "letter")
        steps = {line.move_id: line.step_id for line in reminder.line_ids}
        self.assertEqual(steps, {old: self.step_3, young: self.step_1})

    def test_formal_notice_leaves_out_what_is_not_overdue(self):
        policy = self.make_policy(
            dict(REMINDER_1, delay_days=-5), REMINDER_2, NOTICE, sequence=1
        )
        old, today = self.make_invoice(overdue=45), self.make_invoice(overdue=0)
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.line_ids.move_id, old | today)
        reminder.action_cancel()
        self.remind(old, policy.step_ids[1], days_ago(20))
        reminder = self.propose().reminder_ids
        self.assertTrue(reminder.step_id.formal_notice)
        self.assertEqual(reminder.line_ids.move_id, old)

    def test_two_policies_do_not_mix(self):
        other = self.make_policy(REMINDER_1, partner_domain="[('id', '=', 0)]")
        self.make_invoice()
        self.make_invoice(credit_policy_id=other.id)
        reminders = self.propose().reminder_ids
        self.assertEqual(reminders.policy_id, self.policy | other)
        self.assertEqual(len(reminders), 2)

    # ------------------------------------------------------------------
    # To whom, by whom
    # ------------------------------------------------------------------

    def test_recipient(self):
        self.make_invoice()

        def recipient():
            run = self.propose()
            contact = run.reminder_ids.contact_id
            run.action_cancel()
            return contact

        def contact(kind):
            return self.env["res.partner"].create(
                {
                    "name": kind,
                    "type": kind,
                    "parent_id": self.debtor.id,
                    "email": f"{kind}@example.com",
                }
            )

        self.assertEqual(recipient(), self.debtor)
        # Nobody's address, and another company's.
        contact("invoice").email = False
        contact("invoice").company_id = self.other_company
        self.assertEqual(recipient(), self.debtor)
        contact("contact")
        escalation = contact("dunning_escalation")
        self.assertEqual(recipient(), self.debtor)
        invoicing = contact("invoice")
        self.assertEqual(recipient(), invoicing)
        dunning = contact("dunning")
        self.assertEqual(recipient(), dunning)
        self.step_1.to_escalation = True
        self.assertEqual(recipient(), escalation)
        escalation.active = False
        self.assertEqual(recipient(), dunning)

    def test_collector(self):
        user = self.env.user
        self.debtor.credit_user_id = user
        self.debtor_b.with_company(self.other_company).credit_user_id = user
        self.make_invoice()
        self.make_invoice(self.debtor_b)
        run = self.propose()
        self.assertEqual(self._reminders(run).user_id, user)
        self.assertFalse(self._reminders(run, self.debtor_b).user_id)

    # ------------------------------------------------------------------
    # Automation
    # ------------------------------------------------------------------

    def test_automation(self):
        expected = {
            ("automatic", "email"): "queued",
            ("automatic", "letter"): "queued",
            # A call does not make itself.
            ("automatic", "phone"): "to_approve",
            ("approve", "email"): "to_approve",
            ("manual", "email"): "to_approve",
        }
        self.make_invoice()
        self.debtor.phone = "+33 1 40 20 50 50"
        for (automation, channel), state in expected.items():
            with self.subTest(automation=automation, channel=channel):
                self.step_1.write({"automation": automation, "channel": channel})
                run = self.env["credit.run"]._run_company(self.company)
                self.assertTrue(run.automatic)
                self.assertEqual(run.reminder_ids.state, state)
                run.action_cancel()
                # Made by hand, nothing leaves unseen.
                run = self.propose()
                self.assertEqual(run.reminder_ids.state, "to_approve")
                run.action_cancel()

    # ------------------------------------------------------------------
    # States
    # ------------------------------------------------------------------

    def test_nothing_to_do(self):
        self.make_invoice(overdue=1)
        run = self.propose()
        self.assertEqual(run.state, "done")
        self.assertFalse(run.reminder_ids)

    def test_confirm(self):
        self.make_invoice()
        run = self.propose()
        self.assertEqual(run.state, "proposed")
        self.assertEqual(run.to_approve_count, 1)
        run.action_confirm()
        self.assertEqual(run.state, "sending")
        self.assertEqual(run.queued_count, 1)
        run.reminder_ids._register_sent()
        self.env["credit.run"]._close_finished()
        self.assertEqual(run.state, "done")
        self.assertEqual(run.sent_count, 1)

    def test_confirm_twice(self):
        self.make_invoice()
        run = self.propose()
        run.action_confirm()
        with self.assertRaisesRegex(UserError, "already"):
            run.action_confirm()
        with self.assertRaisesRegex(UserError, "already"):
            run.action_propose()
        self.assertEqual(len(run.reminder_ids), 1)

    def test_two_users_at_once(self):
        self.make_invoice()
        run = self.propose()
        nothing = self.env["credit.run"]
        with patch.object(
            type(run), "try_lock_for_update", lambda self, **kwargs: nothing
        ):
            with self.assertRaisesRegex(UserError, "Somebody else"):
                run.action_confirm()
            with self.assertRaisesRegex(UserError, "Somebody else"):
                run.action_cancel()
        self.assertEqual(run.state, "proposed")
        self.assertEqual(run.reminder_ids.state, "to_approve")

    def test_two_proposals_at_once(self):
        """Another session is proposing for this company."""
        run = self.env["credit.run"].create({"company_id": self.company.id})
        with self.registry.cursor() as other:
            other.execute(
                "SELECT pg_advisory_xact_lock(hashtext('credit.run'), %s)",
                (self.company.id,),
            )
            with self.assertRaisesRegex(UserError, "just now"):
                run.action_propose()
        self.assertEqual(run.state, "draft")

    def test_confirm_leaves_what_is_done_by_hand(self):
        self.step_1.channel = "phone"
        self.debtor.phone = "+33 1 40 20 50 50"
        self.make_invoice()
        self.make_invoice(
            self.debtor_b,
            credit_policy_id=self.make_policy(dict(REMINDER_1, automation="manual")).id,
        )
        run = self.propose()
        run.action_confirm()
        self.assertEqual(set(run.reminder_ids.mapped("state")), {"to_approve"})
        # There is something left to do: the run is not through.
        self.assertEqual(run.state, "sending")
        run.reminder_ids.action_mark_done()
        self.env["credit.run"]._close_finished()
        self.assertEqual(run.state, "done")

    def test_cancel(self):
        self.make_invoice()
        self.make_invoice(self.debtor_b)
        run = self.propose()
        sent = self._reminders(run)
        sent._register_sent()
        run.action_cancel()
        self.assertEqual(run.state, "cancelled")
        self.assertEqual(sent.state, "sent")
        self.assertEqual(self._reminders(run, self.debtor_b).state, "cancelled")
        # What was dropped is proposed again, what was sent is not.
        self.assertEqual(self.propose().reminder_ids.partner_id, self.debtor_b)

    def test_second_run_proposes_nothing_twice(self):
        self.make_invoice()
        self.propose()
        run = self.propose()
        self.assertFalse(run.reminder_ids)
        self.assertEqual(run.blocked, {"pending": 1})

    def test_blocked_are_counted(self):
        self.make_invoice()
        self.make_invoice(overdue=2)
        held = self.make_invoice(self.debtor_b)
        self.make_invoice(self.debtor_b).no_followup = True
        self.env["credit.hold"].create(
            {"move_id": held.id, "date_end": TODAY, "reason": "Asked for time"}
        )
        run = self.propose()
        self.assertEqual(run.blocked, {"hold": 1, "no_followup": 1})
        [text] = [row[1] for row in run.blocked_rows if row[0] == "hold"]
        self.assertEqual(text, "On hold")
        action = run.action_view_blocked("hold")
        found = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(found, self.items(held))

    def test_what_waits_in_the_run_is_not_held_back(self):
        self.make_invoice()
        run = self.propose()
        action = run.action_view_blocked("pending")
        items = self.env["account.move.line"]
        self.assertFalse(items.search(action["domain"]))
        self.assertTrue(
            items.search(self.propose().action_view_blocked("pending")["domain"])
        )

    def test_to_confirm_is_no_task(self):
        """An automatic e-mail leaves by itself once the run is confirmed."""
        self.make_invoice()
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.state, "to_approve")
        self.assertEqual(reminder.state_text, "To confirm")
        reminder.channel = "phone"
        self.assertEqual(reminder.state_text, "To do")

    # ------------------------------------------------------------------
    # Lapse
    # ------------------------------------------------------------------

    def test_lapse(self):
        self.step_1.lapse_days = 3
        move = self.make_invoice(overdue=30)
        reminder = self.propose(day=days_ago(2)).reminder_ids
        self.propose()
        self.assertEqual(reminder.state, "to_approve")
        self.propose(day=TODAY + timedelta(days=1))
        self.assertEqual(reminder.state, "cancelled")
        self.assertTrue(reminder.skipped)
        self.assertReason(move, "pending")
        self.assertEqual(move.credit_step_id, self.step_1)

    def test_what_only_came_along_does_not_lapse(self):
        """An invoice in the call of an older one keeps its own first reminder."""
        self.step_2.write({"channel": "phone", "automation": "manual", "lapse_days": 3})
        old, young = self.make_invoice(overdue=30), self.make_invoice(overdue=8)
        self.remind(old, self.step_1, days_ago(20))
        call = self.propose(day=days_ago(3)).reminder_ids
        self.assertEqual(call.line_ids.move_id, old | young)
        self.propose()
        self.assertTrue(call.skipped)
        self.assertEqual(call.line_ids.move_id, old)
        self.assertFalse(young.credit_step_id)

    def test_not_for_a_day_to_come(self):
        self.make_invoice()
        run = self.env["credit.run"].create(
            {"company_id": self.company.id, "date": TODAY + timedelta(days=1)}
        )
        with self.assertRaises(UserError):
            run.action_propose()

    def test_what_the_law_requires_stands_alone(self):
        """A required reminder is not carried along by a higher step of another item."""
        self.step_1.legally_required = True
        old, young = self.make_invoice(overdue=30), self.make_invoice()
        self.remind(old, self.step_1, days_ago(20))
        reminders = self.propose().reminder_ids
        by_step = {reminder.step_id: reminder for reminder in reminders}
        self.assertEqual(by_step[self.step_2].line_ids.move_id, old)
        self.assertEqual(by_step[self.step_1].line_ids.move_id, young)

    def test_what_the_law_requires_never_lapses(self):
        (self.step_1 | self.step_2).lapse_days = 1
        self.step_1.legally_required = True
        old, young = self.make_invoice(overdue=30), self.make_invoice()
        self.remind(old, self.step_1, days_ago(20))
        reminders = self.propose(day=days_ago(5)).reminder_ids
        self.propose()
        by_step = {reminder.step_id: reminder for reminder in reminders}
        self.assertEqual(by_step[self.step_2].state, "cancelled")
        # The young invoice has not had its first reminder.
        self.assertEqual(by_step[self.step_1].state, "to_approve")
        self.assertIn(young, by_step[self.step_1].line_ids.move_id)

    # ------------------------------------------------------------------
    # Taking over from elsewhere
    # ------------------------------------------------------------------

    def test_import_position(self):
        move, foreign = (
            self.make_invoice(overdue=30),
            self.make_invoice(overdue=30, currency=self.dollar),
        )
        reminders = self.env["credit.reminder"]._import_position(
            {self.step_1: self.items(move | foreign)}, days_ago(15)
        )
        self.assertEqual(len(reminders), 2)
        self.assertEqual(set(reminders.mapped("origin")), {"import"})
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        for each in move | foreign:
            each.invalidate_recordset()
            self.assertEqual(each.credit_step_id, self.step_1)
            self.assertEqual(each.credit_next_step_id, self.step_2)
        self.assertEqual(self.propose().reminder_ids.step_id, self.step_2)

    def test_imported_position_is_no_contact(self):
        """The day of the import says nothing of the day the debtor was written to."""
        self.policy.min_interval_days = 7
        move = self.make_invoice(overdue=30)
        self.env["credit.reminder"]._import_position({self.step_1: self.items(move)})
        self.assertReason(move, False)
        self.assertEqual(move.credit_next_step_id, self.step_2)

    def test_import_position_of_no_thanks(self):
        thanks = self.policy.step_ids.create(
            {"policy_id": self.policy.id, "name": "Thanks", "trigger": "payment"}
        )
        with self.assertRaises(UserError):
            self.env["credit.reminder"]._import_position(
                {thanks: self.items(self.make_invoice())}
            )

    def test_step_added_later_follows(self):
        """A policy that gets one more step goes on where it had ended."""
        move = self.make_invoice(overdue=60)
        self.remind(move, self.step_3, days_ago(10))
        self.assertReason(move, "finished")
        self.policy.step_ids = [
            Command.create({"name": "Call", "sequence": 9, "channel": "phone"})
        ]
        self.assertReason(move, False)
        self.assertEqual(self.propose().reminder_ids.channel, "phone")

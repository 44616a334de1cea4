"""Cases by the hundred, and how they end: for a reason, and back where it stood."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.credit_management.tests.common import (
    NOTICE,
    NOW,
    REMINDER_1,
    TODAY,
    days_ago,
)

from .common import CaseCommon
from .test_handover import AGENCY

LAST = {
    "name": "Last call",
    "trigger": "previous",
    "delay_days": 0,
    "automation": "automatic",
}


@tagged("post_install", "-at_install")
class TestCaseEnd(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(REMINDER_1, NOTICE, AGENCY, LAST)
        cls.first, cls.notice, cls.hand_over, cls.last = cls.policy.step_ids
        cls.agency = cls.make_party("Agency")
        cls.mandate = cls.make_mandate()
        cls.move = cls.make_invoice(overdue=100, amount=1000)
        cls.manager = cls.make_user("manager", "group_manager")

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    def end(self, records, act, reason):
        """Click the button, write why, and confirm."""
        action = getattr(self.clicked(records), f"action_{act}")()
        self.assertEqual(action["res_model"], "credit.case.end")
        wizard = (
            self.env["credit.case.end"]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        with Form(wizard) as form:
            form.reason = reason
        form.save().action_confirm()

    def clicked(self, records):
        """As the buttons call."""
        return records.with_user(self.manager).with_context(credit_ask_reason=True)

    def notes(self, record):
        return " ".join(record.message_ids.mapped("body"))

    # ------------------------------------------------------------------
    # Why it ends
    # ------------------------------------------------------------------

    def test_withdrawn_for_a_reason(self):
        case = self.make_case(self.move)
        self.end(case, "withdraw", "They pay us directly")
        self.assertEqual(
            (case.state, case.end_reason, case.date_closed),
            ("withdrawn", "They pay us directly", TODAY),
        )
        self.assertIn("They pay us directly", self.notes(case))
        self.assertIn("They pay us directly", self.notes(self.move))
        self.assertReason(self.move, False)

    def test_closed_for_a_reason(self):
        case = self.make_case(self.move)
        self.end(case, "close", "Nothing to be had")
        self.assertEqual((case.state, case.end_reason), ("closed", "Nothing to be had"))
        self.assertIn("Nothing to be had", self.notes(self.move))

    def test_one_item_for_a_reason(self):
        other = self.make_invoice(overdue=60, amount=50)
        case = self.make_case(self.move | other)
        line = case.line_ids.filtered(lambda one: one.move_id == other)
        self.end(line, "withdraw", "Invoiced twice")
        self.assertEqual((case.state, line.date_withdrawn), ("open", TODAY))
        self.assertFalse(case.end_reason)
        self.assertIn("Invoiced twice", self.notes(case))
        self.assertIn("Invoiced twice", self.notes(other))
        self.assertNotIn("Invoiced twice", self.notes(self.move))
        self.assertReason(self.move, "case")

    def test_nobody_ends_a_case_without_a_reason(self):
        case = self.make_case(self.move)
        for reason in ("", "   ", None, False):
            self.clicked(case).action_withdraw(reason)
            self.clicked(case).action_close(reason)
            self.clicked(case.line_ids).action_withdraw(reason)
        self.assertEqual(case.state, "open")
        self.assertFalse(case.line_ids.date_withdrawn)
        action = self.clicked(case).action_close()
        wizard = (
            self.env["credit.case.end"]
            .with_user(self.manager)
            .with_context(**action["context"])
            .create({"reason": "  "})
        )
        with self.assertRaisesRegex(UserError, "Say why"):
            wizard.action_confirm()
        with self.assertRaisesRegex(AssertionError, "reason is a required field"):
            Form(wizard.browse().with_context(**action["context"])).save()

    def test_reason_that_stands_there(self):
        """Who approved what was asked for has said why on the case."""
        case = self.make_case(self.move).with_user(self.manager)
        case.end_reason = "Asked for by the agency"
        case.action_withdraw()
        self.assertEqual(
            (case.state, case.end_reason), ("withdrawn", "Asked for by the agency")
        )

    def test_only_managers_end_cases(self):
        case = self.make_case(self.move)
        collector = self.make_user("collector", "group_collector")
        for act in (
            lambda: case.with_user(collector).action_withdraw("I want to"),
            lambda: case.with_user(collector).action_close("I want to"),
            lambda: case.line_ids.with_user(collector).action_withdraw("I want to"),
            lambda: self.env["credit.case.end"].with_user(collector).create({}),
        ):
            with self.assertRaises(AccessError):
                act()
        self.assertEqual(case.state, "open")

    def test_what_is_over_does_not_end_again(self):
        case = self.make_case(self.move)
        self.end(case, "close", "First")
        with self.assertRaisesRegex(UserError, "open or paid"):
            self.clicked(case).action_withdraw()
        self.assertEqual((case.state, case.end_reason), ("closed", "First"))

    # ------------------------------------------------------------------
    # From a step of a policy, and back
    # ------------------------------------------------------------------

    def run_day(self, day):
        """The daily run, and the hand-overs that it makes."""
        reminders = self.propose(automatic=True, day=day).reminder_ids
        handed_over = reminders.filtered(lambda r: r.channel == "agency")
        handed_over.sudo()._deliver_claimed()
        return reminders

    def test_story(self):
        """Notice, agency, withdrawn: the items go on behind the notice.

        The step that handed over is the next one again. A policy hands nothing over
        twice by itself; once a person passes it over, the next step follows.
        """
        other = self.make_invoice(overdue=90, amount=50)
        for move in (self.move, other):
            self.remind(move, self.notice, day=days_ago(40), deadline_date=days_ago(30))
        reminder = self.run_day(TODAY)
        self.assertEqual(reminder.step_id, self.hand_over)
        case = reminder.case_id
        self.assertEqual(case.line_ids.move_id, self.move | other)
        for day in (TODAY, days_ago(-10)):
            self.assertFalse(self.run_day(day))
        self.end(case, "withdraw", "The agency is too slow")
        for move in (self.move, other):
            move.invalidate_recordset()
            self.assertEqual(move.credit_step_id, self.notice)
            self.assertEqual(move.credit_next_step_id, self.hand_over)
        again = self.run_day(TODAY)
        self.assertEqual((again.step_id, again.state), (self.hand_over, "failed"))
        self.assertIn("Withdrawn from a case before", again.failure_reason)
        again.action_skip()
        final = self.run_day(TODAY)
        self.assertEqual(final.step_id, self.last)
        self.assertEqual(final.line_ids.move_id, self.move | other)
        self.assertEqual(set(final.line_ids.step_id), {self.last})

    def test_case_that_opens_again(self):
        """Paid, the payment taken back, then closed: the next step follows the last."""
        self.remind(self.move, self.notice, day=days_ago(40), deadline_date=days_ago(9))
        case = self.make_case(self.move)
        payment = self.pay(self.move)
        self.assertEqual(case.state, "paid")
        payment.move_id.line_ids.remove_move_reconcile()
        payment.move_id.button_draft()
        self.assertEqual((case.state, case.date_closed), ("open", False))
        self.assertReason(self.move, "case")
        self.end(case, "close", "We go on ourselves")
        self.assertReason(self.move, False)
        self.assertEqual(
            (self.move.credit_step_id, self.move.credit_next_step_id),
            (self.notice, self.hand_over),
        )

    def test_story_of_a_proposal(self):
        """Handed over by a click after the first reminder: the notice follows."""
        self.remind(self.move, self.first, day=days_ago(60))
        collector = self.make_user("collector", "group_collector")
        action = self.move.with_user(collector).action_credit_case()
        wizard = self.env["credit.case.open"].with_user(collector)
        wizard.browse(action["res_id"]).action_propose()
        case = self.env["credit.case"].search([("partner_id", "=", self.debtor.id)])
        case.overruled_reason = "The lawyer asked for it"
        case.with_user(self.manager).action_open()
        self.assertFalse(self.run_day(TODAY))
        self.end(case, "withdraw", "Came back to us")
        reminder = self.propose().reminder_ids
        self.assertEqual(reminder.line_ids.step_id, self.notice)

    # ------------------------------------------------------------------
    # Many at once
    # ------------------------------------------------------------------

    def make_many(self, number):
        """Items of so many debtors, put on notice."""
        moves = self.env["account.move"]
        for rank in range(number):
            move = self.make_invoice(self.make_debtor(f"Debtor {number} {rank}"), 60)
            moves |= move
        for move in moves:
            self.remind(move, self.notice, day=days_ago(40), deadline_date=days_ago(30))
        self.env.flush_all()
        self.env.invalidate_all()
        return moves

    def counted(self, act):
        """The queries of an act, with all that it leaves to be written."""
        before = self.env.cr.sql_log_count
        result = act()
        self.env.flush_all()
        self.env.cr.precommit.run()
        return self.env.cr.sql_log_count - before, result

    def test_wizard_on_many_debtors(self):
        """From the list of customers to open cases, as a manager does it."""
        counts = []
        for number in (20, 60):
            partners = self.make_many(number).partner_id

            def hand_over(partners=partners):
                action = partners.with_user(self.manager).action_credit_case()
                wizard = self.env["credit.case.open"].with_user(self.manager)
                wizard = wizard.browse(action["res_id"])
                return wizard.action_open()

            count, action = self.counted(hand_over)
            counts.append(count)
            cases = self.env["credit.case"].search(action["domain"])
            self.assertEqual(len(cases), number)
            self.assertEqual(set(cases.mapped("state")), {"open"})
            self.assertEqual(cases.line_ids.step_id, self.notice)
        self.assertLessEqual(counts[1] - counts[0], 5, counts)

    def test_opening_many_proposals(self):
        """What collectors proposed, opened from the list at once."""
        handover = self.env["credit.handover"]
        counts = []
        for number in (20, 60):
            items = self.items(self.make_many(number))
            cases = handover._make_cases(handover._propose(items), opened=False)
            self.env.flush_all()
            self.env.invalidate_all()
            cases = cases.with_user(self.manager)
            count, _done = self.counted(cases.action_open)
            counts.append(count)
            self.assertEqual(set(cases.mapped("state")), {"open"})
            self.assertEqual(set(cases.mapped("date_opened")), {TODAY})
            self.assertIn("The case is opened", self.notes(cases[0]))
        self.assertLessEqual(counts[1] - counts[0], 5, counts)

    def test_step_of_a_policy_on_many(self):
        counts = []
        for number in (20, 60):
            moves = self.make_many(number)
            reminders = self.propose(automatic=True).reminder_ids
            reminders = reminders.filtered(lambda r: r.step_id == self.hand_over)
            self.assertEqual(len(reminders), number)
            self.env.flush_all()
            self.env.invalidate_all()
            count, _done = self.counted(reminders.sudo()._deliver_claimed)
            counts.append(count)
            self.assertEqual(set(reminders.mapped("state")), {"sent"})
            self.assertEqual(reminders.case_id.line_ids.move_id, moves)
        # The last look before each leaves, and nothing else.
        self.assertLessEqual(counts[1] - counts[0], 40 + 5, counts)

"""Handing over: what is looked at, by whom, and for many at once."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import (
    NOTICE,
    NOW,
    REMINDER_1,
    TODAY,
    days_ago,
)

from .common import CaseCommon

AGENCY = {
    "name": "Agency",
    "trigger": "previous",
    "delay_days": 5,
    "channel": "agency",
    "automation": "automatic",
}


@tagged("post_install", "-at_install")
class TestHandover(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(REMINDER_1, NOTICE, AGENCY)
        cls.first, cls.notice, cls.last = cls.policy.step_ids
        cls.agency = cls.make_party("Agency")
        cls.mandate = cls.make_mandate()
        cls.move = cls.make_invoice(overdue=100, amount=1000)

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    def put_on_notice(self, move, deadline=30):
        return self.remind(
            move, self.notice, day=days_ago(40), deadline_date=days_ago(deadline)
        )

    def refused(self, move):
        (made,) = self.env["credit.handover"]._propose(self.items(move))
        return {check.code for check in made.checks if check.level == "refused"}

    def test_checks(self):
        self.assertEqual(self.refused(self.move), {"notice"})
        notice = self.put_on_notice(self.move)
        self.assertEqual(self.refused(self.move), set())
        notice.deadline_date = TODAY
        self.assertEqual(self.refused(self.move), {"deadline"})
        notice.deadline_date = days_ago(1)
        self.debtor.street = False
        self.debtor.credit_insolvency_date = TODAY
        self.mandate.min_amount = 1000.01
        self.assertEqual(self.refused(self.move), {"address", "insolvency", "amount"})

    def test_a_free_first_reminder_comes_first(self):
        """Belgium, consumers: no collector before it and its time, whatever reason."""
        belgium = self.env.ref("base.be").id
        consumer = self.make_debtor("Consommateur", country_id=belgium)
        move = self.make_invoice(consumer, overdue=100, amount=1000)
        self.assertEqual(self.refused(move), {"reminder", "notice"})
        (made,) = self.env["credit.handover"]._propose(self.items(move))
        self.assertFalse(made.overrulable)
        [row] = self.env["credit.handover"]._final_rows(made)
        self.assertIn("XIX.8", row["text"])
        self.assertIn(move.name, row["text"])
        # A court is no collector.
        (made,) = self.env["credit.handover"]._propose(self.items(move), "judicial")
        self.assertTrue(made.overrulable)
        with self.assertRaisesRegex(UserError, "free first reminder"):
            self.make_case(move, mandate_id=self.mandate.id)
        self.env["credit.case"].search([("state", "=", "draft")]).unlink()
        case = self.make_case(
            move, mandate_id=False, kind="judicial", overruled_reason="Court"
        )
        with self.assertRaisesRegex(UserError, "free first reminder"):
            case.kind = "amicable"
        case.action_withdraw("Wrong")
        # A reminder that opened no time of the law is none.
        self.remind(move, self.first, day=days_ago(70))
        self.assertIn("reminder", self.refused(move))
        free = self.remind(move, self.first, day=days_ago(60), wait_until=TODAY)
        self.assertEqual(self.refused(move), {"deadline"})
        free.wait_until = days_ago(43)
        self.assertEqual(self.refused(move), {"notice"})
        free.delivery_state = "bounced"
        self.assertIn("reminder", self.refused(move))
        # Businesses, and consumers elsewhere, are another matter.
        self.assertEqual(self.refused(self.move), {"notice"})

    def test_credits_that_nobody_has_matched(self):
        """What is in the debtor's favour keeps its claims back, until it is matched."""
        self.put_on_notice(self.move)
        self.assertEqual(self.refused(self.move), set())
        credit = self.make_credit_note(amount=281.14)
        self.assertEqual(self.refused(self.move), {"credits"})
        (made,) = self.env["credit.handover"]._propose(self.items(self.move))
        self.assertTrue(made.overrulable)
        texts = [
            row["text"]
            for row in self.env["credit.handover"]._rows(
                self.env["credit.handover"]._as_json(made)
            )
        ]
        self.assertIn("281.14", texts[0])
        self.assertIn("is not set against these claims: match it first", texts[0])
        (self.items(self.move) | self.items(credit)).reconcile()
        self.assertEqual(self.refused(self.move), set())

    def test_what_was_not_put_on_notice_waits(self):
        """It is named as left out, and taken if somebody wants it all the same."""
        manager = self.make_user("notice_manager", "group_manager")
        self.put_on_notice(self.move)
        fresh = self.make_invoice(overdue=3, amount=300)
        running = self.make_invoice(overdue=50, amount=400)
        self.put_on_notice(running, deadline=-5)
        moves = (self.move | fresh | running).with_user(manager)
        action = moves.action_credit_case()
        wizard = self.env["credit.case.open"].with_user(manager)
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.item_ids, self.items(self.move))
        self.assertEqual(wizard.left_out_ids, self.items(fresh | running))
        self.assertIn(fresh.name, wizard.left_out_text)
        wizard.action_take_all()
        self.assertEqual(wizard.line_ids.level, "refused")
        wizard.reason = "Because"
        with self.assertRaisesRegex(UserError, "No reason sets this aside") as caught:
            wizard.action_open()
        [told] = str(caught.exception).split("\n")[1:]
        self.assertTrue(told.startswith(f"{self.debtor.display_name} – "), told)
        self.assertIn("to pay.", told, "the time to pay runs; no notice is prudence")
        wizard.reason = False
        wizard.item_ids = self.items(self.move | fresh)
        with self.assertRaisesRegex(UserError, "fill in “Open all the same because”"):
            wizard.action_open()
        wizard.item_ids = self.items(self.move)
        wizard.action_open()
        case = self.env["credit.case"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(case._items(), self.items(self.move))

    def test_nothing_was_put_on_notice(self):
        """Then all of it is looked at: the checks say what is missing."""
        fresh = self.make_invoice(overdue=3, amount=300)
        action = (self.move | fresh).action_credit_case()
        wizard = self.env["credit.case.open"].browse(action["res_id"])
        self.assertEqual(wizard.item_ids, self.items(self.move | fresh))
        self.assertFalse(wizard.left_out_ids)

    def test_step_of_a_policy_and_back(self):
        self.put_on_notice(self.move)
        reminder = self.propose(automatic=True).reminder_ids
        self.assertEqual(reminder.step_id, self.last)
        reminder.sudo()._deliver_claimed()
        case = reminder.case_id
        self.assertEqual((reminder.state, case.state), ("sent", "open"))
        self.assertEqual(
            (case.party_id, case.line_ids.step_id), (self.agency, self.notice)
        )
        self.assertReason(self.move, "case")
        case.action_withdraw("Comes back")
        self.assertEqual(self.reason(self.move), False)
        self.assertEqual(self.move.credit_step_id, self.notice)
        # A policy hands nothing over twice by itself.
        again = self.propose(automatic=True).reminder_ids
        again.sudo()._deliver_claimed()
        self.assertEqual(again.state, "failed")
        self.assertEqual(case.state, "withdrawn")

    def test_step_that_waits_for_approval(self):
        """Nothing else leaves, and nothing is proposed twice, until it is approved."""
        self.last.automation = "approve"
        final = {"name": "Final", "trigger": "previous", "channel": "email"}
        self.policy.step_ids = [Command.create({**final, "delay_days": 0})]
        self.put_on_notice(self.move)
        reminder = self.propose().reminder_ids
        self.assertEqual((reminder.channel, reminder.state), ("agency", "to_approve"))
        self.assertReason(self.move, "pending")
        for later in (0, 30):
            self.assertFalse(self.propose(day=days_ago(-later)).reminder_ids)
        # Proposed by hand as well: what the run proposed is dropped as it is approved.
        action = self.move.action_credit_case()
        wizard = self.env["credit.case.open"].browse(action["res_id"])
        wizard.action_propose()
        case = self.env["credit.case"].search([("partner_id", "=", self.debtor.id)])
        self.assertReason(self.move, "proposed")
        self.assertIn(
            "no reminders until it is decided", self.move.message_ids[:1].body
        )
        reminder.action_approve()
        reminder.sudo()._deliver_claimed()
        self.assertFalse(reminder.case_id)
        self.assertEqual(reminder.state, "cancelled")
        case.overruled_reason = "Test"
        case.action_open()
        self.assertReason(self.move, "case")

    def test_collector_proposes_manager_opens(self):
        collector = self.make_user("collector", "group_collector")
        manager = self.make_user("manager", "group_manager")
        move = self.move.with_user(collector)
        action = move.action_credit_case()
        wizard = self.env["credit.case.open"].with_user(collector)
        wizard = wizard.browse(action["res_id"])
        with self.assertRaises(AccessError):
            wizard.action_open()
        wizard.action_propose()
        case = self.env["credit.case"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(case.state, "draft")
        case = case.with_user(manager)
        with self.assertRaisesRegex(UserError, "formal notice"):
            case.action_open()
        case.overruled_reason = "The lawyer sent it"
        case.action_open()
        self.assertEqual(case.state, "open")

    def test_queries_are_flat(self):
        """As many for 120 cases as for twenty, but for batches of writing."""
        counts = []
        for number in (20, 120):
            debtors = [self.make_debtor(f"Debtor {number} {i}") for i in range(number)]
            items = self.items(self.make_invoices(debtors, overdue=60))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            handover = self.env["credit.handover"]
            cases = handover._make_cases(handover._propose(items))
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(len(cases), number)
            self.assertEqual(set(cases.mapped("state")), {"open"})
        # Odoo writes by the hundred; nothing is asked by case.
        self.assertLess(counts[1] - counts[0], 50)

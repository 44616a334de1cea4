"""A morning's calls, by keyboard."""

from collections import Counter

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged

from .common import NOW
from .test_contact_call import CallCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCallTour(CallCommon, HttpCase):
    def test_twenty_calls(self):
        self.claim.no_followup = True
        self.step.script = "<p>Ask when {{ object.partner_id.name }} pays</p>"
        calls = self.env["credit.reminder"]
        for number in range(1, 21):
            debtor = self.make_debtor(
                f"Debtor {number:02}", phone=f"01 40 20 52 {number:02}"
            )
            move = self.make_invoice(debtor, amount=10000 - number)
            calls |= self.remind(
                move, self.step, state="to_approve", amount_total=10000 - number
            )
        collector = self.make_user("collector")
        collector.write(
            {"lang": "en_US", "company_ids": [Command.set(self.company.ids)]}
        )
        path = "/odoo/action-credit_management.credit_call_action"
        self.start_tour(path, "credit_calls", login="collector")
        self.env.invalidate_all()
        attempts = self.env["credit.contact.attempt"].search(
            [("reminder_id", "in", calls.ids)]
        )
        self.assertEqual(len(attempts), 20)
        self.assertEqual(attempts.mapped("reminder_id"), calls.sorted("id"))
        self.assertEqual(attempts.user_id, collector)
        self.assertEqual(
            Counter(attempts.mapped("outcome")),
            {
                "no_answer": 4,
                "voicemail": 4,
                "busy": 4,
                "wrong_number": 4,
                "reached": 3,
                "call_back": 1,
            },
        )
        self.assertEqual(len(calls.filtered(lambda c: c.state == "sent")), 3)
        self.assertEqual(len(calls.filtered(lambda c: c.state == "failed")), 4)
        waiting = calls.filtered(lambda c: c.state == "to_approve")
        self.assertEqual(len(waiting), 13)
        self.assertTrue(all(waiting.mapped("contact_after")))
        reached = attempts.filtered(lambda a: a.outcome == "reached")
        self.assertEqual(set(reached.mapped("note")), {"Pays on Friday"})

    @freeze_time("2026-06-21 19:00:00")
    def test_a_call_of_later_is_looked_at(self):
        self.claim.no_followup = True
        for number in (1, 2):
            debtor = self.make_debtor(
                f"Debtor {number:02}", phone=f"01 40 20 52 {number:02}"
            )
            move = self.make_invoice(debtor, amount=100 - number)
            self.remind(move, self.step, state="to_approve", amount_total=100 - number)
        collector = self.make_user("collector")
        collector.write(
            {"lang": "en_US", "company_ids": [Command.set(self.company.ids)]}
        )
        path = "/odoo/action-credit_management.credit_call_action"
        self.start_tour(path, "credit_call_later", login="collector")

"""Visits among the contacts with a debtor: counted, taken in turn, inside the hours."""

from datetime import datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from ..models.credit_account import Refused
from .common import NOW, TODAY, days_ago
from .visit_common import VisitCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestVisitContacts(VisitCommon):
    def turn(self, debtor, company=None):
        self.env.flush_all()
        turns = self.env["credit.contact.turn"].sudo()
        turns.invalidate_model()
        return turns.search(
            [
                ("partner_id", "=", debtor.id),
                ("company_id", "=", (company or self.company).id),
            ]
        )

    def contacts(self, reminder):
        self.env.flush_all()
        history = reminder._contact_history(reminder._contact_rules())
        return [c.channel for c in history.get(reminder._contact_key(), ())]

    # ------------------------------------------------------------------
    # Counted
    # ------------------------------------------------------------------

    def test_made_without_a_reminder(self):
        visit = self.env["credit.visit"].create(
            {
                "company_id": self.company.id,
                "partner_id": self.debtor.id,
                "firm_id": self.firm.id,
                "date": TODAY,
            }
        )
        self.report(visit)
        self.assertEqual(visit.state, "done")
        with self.assertRaisesRegex(ValidationError, "at most 1"):
            self.plan_visit(self.waiting(self.move), hour_from=15)

    def test_made_for_what_was_paid(self):
        reminder = self.waiting(self.move)
        visit = self.plan_visit(reminder)
        self.pay(self.move)
        self.report(visit)
        self.assertEqual(reminder.state, "cancelled")
        other = self.waiting(self.make_invoice())
        self.assertEqual(self.contacts(other), ["visit"])

    def test_counted_once(self):
        """By itself and not by its reminder, on the day on which it was made."""
        visit = self.plan_visit(self.waiting(self.move))
        self.report(visit, visited_at=visit.start_at - timedelta(days=1))
        self.assertEqual(visit.reminder_id.state, "sent")
        other = self.waiting(self.make_invoice())
        self.assertEqual(self.contacts(other), ["visit"])
        [[contact]] = other._contact_history(other._contact_rules()).values()
        self.assertEqual(contact.moment.date(), days_ago(1))

    def test_done_by_hand_counts(self):
        self.remind(self.move, self.step)
        other = self.waiting(self.make_invoice())
        self.assertEqual(self.contacts(other), ["visit"])

    def test_in_the_other_company(self):
        self.report(self.plan_visit(self.waiting(self.abroad)))
        self.assertFalse(self.contacts(self.waiting(self.foreign)))

    # ------------------------------------------------------------------
    # Turns
    # ------------------------------------------------------------------

    def test_planning_takes_the_turn(self):
        """A worker who has counted before counts again, and so does who plans."""
        self.assertFalse(self.turn(self.debtor))
        visit = self.plan_visit(self.waiting(self.move), day=self.in_days(1))
        for values in ({}, {"date": self.in_days(2)}, {"hour_to": 16}):
            visit.write(values)
            turn = self.turn(self.debtor)
            self.assertEqual(turn.worker, 0)
            self.assertFalse(turn.contacted_at, "nobody was contacted yet")
            # A worker counts, as _take_turns does.
            turn.worker = 4711
            self.env.flush_all()
        visit.note = "Ring twice"
        self.assertEqual(self.turn(self.debtor).worker, 4711, "nothing was planned")

    def test_turn_before_the_contacts_are_counted(self):
        order = []
        turns, reminders = self.env["credit.contact.turn"], self.env["credit.reminder"]
        take, history = type(turns)._take, type(reminders)._contact_history_sql

        def taken(records, debtors):
            order.append(sorted(debtors))
            return take(records, debtors)

        def counted(records, first):
            order.append("counted")
            return history(records, first)

        reminder = self.waiting(self.move)
        self.patch(type(turns), "_take", taken)
        self.patch(type(reminders), "_contact_history_sql", counted)
        self.plan_visit(reminder)
        self.assertEqual(order[0], [(self.company.id, self.debtor.id)])
        self.assertIn("counted", order)

    # ------------------------------------------------------------------
    # Hours
    # ------------------------------------------------------------------

    def test_outside_the_hours(self):
        visit = self.plan_visit(self.waiting(self.move), day=days_ago(1))
        # Half past ten in the evening in Paris.
        self.report(visit, visited_at=datetime(2026, 6, 16, 20, 30))
        self.assertTrue(visit.outside)
        self.assertEqual(visit.state, "done", "what was done is taken down")
        history = " ".join(visit.message_ids.mapped("body"))
        self.assertIn("outside the contact rules", history)
        self.assertIn("outside contact hours", history)

    def test_inside_the_hours(self):
        visit = self.plan_visit(self.waiting(self.move))
        self.report(visit)
        self.assertFalse(visit.outside)
        history = " ".join(visit.message_ids.mapped("body"))
        self.assertNotIn("outside", history)

    def test_second_of_the_day(self):
        """How often is a rule as well."""
        reminder = self.waiting(self.move)
        visit = self.plan_visit(reminder, hour_to=11)
        other = self.plan_visit(
            self.waiting(self.make_invoice()), day=self.in_days(1), hour_from=9
        )
        self.report(visit, "absent")
        self.report(other, visited_at=datetime(2026, 6, 17, 11))
        self.assertTrue(other.outside)

    def test_a_time_to_come(self):
        visit = self.plan_visit(self.waiting(self.move))
        # It is two in the afternoon in Paris; clocks may be a little fast.
        at = visit._visited_at
        self.assertEqual(at({"visited_time": "13:30"}), datetime(2026, 6, 17, 11, 30))
        self.assertEqual(at({"visited_time": "14:03"}), datetime(2026, 6, 17, 12))
        with self.assertRaisesRegex(Refused, "still to come"):
            at({"visited_time": "14:10"})

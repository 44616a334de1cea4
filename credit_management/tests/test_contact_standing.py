"""Calls to debtors who have paid, promised, contested or written meanwhile."""

from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .charges_common import ChargesCommon
from .common import NOW, TODAY
from .test_contact_call import E164, LANDLINE, CallCommon


class StandingCommon(CallCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.make_user("caller")

    def settle(self, how):
        """Let a debtor do something after which nobody calls."""
        item = self.items(self.claim)
        if how == "paid":
            self.pay(self.claim)
        elif how == "promised":
            self.promise(self.claim)
        elif how == "disputed":
            self.env["credit.dispute"]._make(self.claim, self.dispute_reason)
        elif how == "held":
            self.env["credit.hold"].create(
                {
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    "date_start": TODAY,
                    "date_end": TODAY + timedelta(days=9),
                    "reason": "Asked for it",
                }
            )
        elif how == "planned":
            plan = self.plan(self.claim)
            if plan.state == "requested":
                plan.action_accept()
        elif how == "replied":
            self.company.credit_reply_days = 7
            # What it answers had to do with another invoice.
            self.remind(self.second, self.step)._register_reply()
        self.assertFalse(item.reconciled and how != "paid")
        self.env.flush_all()
        self.env.invalidate_all()


WAYS = ("paid", "promised", "planned", "disputed", "held", "replied")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStanding(StandingCommon):
    def listed(self):
        return self.env["credit.reminder"].search([("call_first", "=", True)])

    def undone(self, act):
        """Do something, look, and take it back."""

        class Undo(Exception):
            pass

        with self.assertRaises(Undo), self.env.cr.savepoint():
            act()
            raise Undo
        self.env.invalidate_all()

    def test_leaves_the_list(self):
        call = self.call()
        self.assertIn(call, self.listed())
        self.assertEqual(self.tasks("call")._record(), call)
        for how in WAYS:
            with self.subTest(how):

                def act(how=how):
                    self.settle(how)
                    self.assertNotIn(call, self.listed())
                    self.assertFalse(self.tasks("call"))

                self.undone(act)

    def test_cancelled_by_the_daily_run(self):
        call = self.call()
        for how in WAYS:
            with self.subTest(how):

                def act(how=how):
                    self.settle(how)
                    self.propose(day=TODAY + timedelta(days=1))
                    self.assertEqual(call.state, "cancelled")
                    self.assertFalse(call.skipped)
                    self.assertIn("Nothing is left", call.failure_reason)

                self.undone(act)

    def test_cancelled_when_it_is_opened(self):
        call = self.call()
        reminders = self.env["credit.reminder"].with_user(self.collector)
        self.assertEqual(reminders.still_open(call.ids), call.ids)
        for how in WAYS:
            with self.subTest(how):

                def act(how=how):
                    self.settle(how)
                    self.assertEqual(reminders.still_open(call.ids), [])
                    self.assertEqual(call.state, "cancelled")

                self.undone(act)

    def test_no_second_attempt(self):
        """Nobody is called again who has settled since the first one."""
        for outcome in ("no_answer", "busy", "voicemail", "wrong_person", "call_back"):
            for how in ("paid", "promised"):
                with self.subTest(outcome=outcome, how=how):

                    def act(how=how, outcome=outcome):
                        call = self.call()
                        self.settle(how)
                        again = datetime(2026, 6, 18, 10)
                        values = {"callback_at": again} if "back" in outcome else {}
                        attempt = self.attempt(call, outcome, NOW, **values)
                        self.assertEqual(call.state, "cancelled")
                        self.assertFalse(call.skipped)
                        self.assertEqual(attempt.outcome, outcome, "it was made")

                    self.undone(act)

    def test_what_is_left_is_called_about(self):
        """Two invoices, one is paid: the call says the other one's amount."""
        other = self.make_invoice(amount=70)
        call = self.call()
        self.assertEqual(call.amount_total, 170)
        self.pay(self.claim)
        self.pay(other, amount=20)
        self.assertIn(call, self.listed())
        call.with_user(self.collector).still_open(call.ids)
        self.env.invalidate_all()
        self.assertEqual(call.call_line_ids.move_id, other)
        self.assertIn("50.00", call.call_owed_text)

    def test_a_payment_that_nobody_matched(self):
        call = self.call()
        self.make_payment(amount=100)
        self.assertEqual(call.still_open(call.ids), [])
        self.assertEqual(call.state, "cancelled")
        self.assertIn("credits cover", call.failure_reason)

    def test_the_next_call_of_the_debtor_takes_its_place(self):
        second = self.make_invoice(currency=self.dollar, amount=70)
        calls = self.propose().reminder_ids
        first = calls.filtered("call_first")
        settled = first.line_ids.move_id
        self.pay(settled)
        self.assertEqual(self.listed() & calls, calls - first)
        self.assertIn(settled, self.claim | second)

    def test_opening_writes_nothing_without_a_change(self):
        """Who works through the same list is not in the way."""
        call = self.call()
        self.env.flush_all()
        self.assertFalse(call._out_of_date())
        self.pay(self.claim, amount=10)
        self.env.invalidate_all()
        self.assertEqual(call._out_of_date(), call)

    def test_who_may_only_look_changes_nothing(self):
        viewer = self.make_user("viewer", "group_viewer")
        call = self.call()
        self.pay(self.claim)
        self.assertEqual(call.with_user(viewer).still_open(call.ids), [])
        self.assertEqual(call.state, "to_approve")

    def test_the_other_company(self):
        """What the debtor settled there stops no call here."""
        there = self.make_invoice(company=self.other_company)
        call = self.call()
        self.promise(there)
        self.env["credit.hold"].create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.other_company.id,
                "date_start": TODAY,
                "date_end": TODAY + timedelta(days=9),
                "reason": "There",
            }
        )
        self.assertEqual(call.still_open(call.ids), call.ids)

    def test_visits_too(self):
        """One that is to be planned is dropped; one that was made waits for its
        report."""
        self.step.channel = "visit"
        made, planned = self.claim, self.make_invoice(self.debtor_b)
        run = self.propose()
        visits = {r.partner_id: r for r in run.reminder_ids}
        firm = self.env["res.partner"].create({"name": "Firm", "is_company": True})
        visit = self.env["credit.visit"].create(
            {
                "company_id": self.company.id,
                "reminder_id": visits[self.debtor].id,
                "firm_id": firm.id,
                "date": TODAY,
            }
        )
        self.pay(made)
        self.pay(planned)
        self.propose()
        self.assertEqual(visits[self.debtor_b].state, "cancelled")
        self.assertEqual(visits[self.debtor].state, "to_approve")
        self.assertEqual(visit.state, "planned")
        with freeze_time("2026-06-18 12:00:00"):
            visit.action_cancel()
            self.propose()
        self.assertEqual(visits[self.debtor].state, "cancelled")

    def test_queries_are_flat(self):
        def queries(count):
            calls = self.env["credit.reminder"]
            for number in range(count):
                debtor = self.make_debtor(f"Flat {count} {number}", phone=LANDLINE)
                move = self.make_invoice(debtor)
                calls |= self.remind(move, self.step, state="to_approve")
            calls.still_open(calls.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(calls.still_open(calls.ids)), count)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(10), queries(3))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAgreed(StandingCommon):
    def agree(self, call, kind):
        """Press a button of the call, fill in the form and save it, as a collector."""
        call = call.with_user(self.collector)
        action = getattr(call, f"action_call_{kind}")()
        model = self.env[action["res_model"]].with_user(self.collector)
        values = {
            "promise": {"date": TODAY + timedelta(days=7), "amount": 100},
            "dispute": {"reason_id": self.dispute_reason.id},
            "plan": {
                "line_ids": [
                    Command.create({"date": TODAY + timedelta(days=days), "amount": 50})
                    for days in (7, 37)
                ]
            },
        }[kind]
        return model.with_context(**action["context"]).create(values)

    def test_the_call_is_made(self):
        for kind in ("promise", "dispute", "plan"):
            with self.subTest(kind), self.env.cr.savepoint() as savepoint:
                call = self.call()
                self.agree(call, kind)
                self.assertEqual(call.state, "sent")
                self.assertEqual(call.attempt_ids.outcome, "reached")
                self.assertEqual(call.attempt_ids.user_id, self.collector)
                self.assertEqual(call.line_ids.move_id, self.claim)
                self.claim.invalidate_recordset()
                self.assertEqual(self.claim.credit_step_id, self.step)
                # Nothing is done a second time.
                self.assertNotIn(
                    "credit_call_id", call.action_call_promise()["context"]
                )
                savepoint.rollback()
                self.env.invalidate_all()

    def test_who_only_looks_has_not_called(self):
        call = self.call()
        call.action_call_promise()
        self.assertEqual(call.state, "to_approve")
        self.assertFalse(call.attempt_ids)

    def test_not_outside_the_hours(self):
        call = self.call()
        with freeze_time("2026-06-17 20:30:00"):
            with self.assertRaisesRegex(UserError, "If the debtor called"):
                self.agree(call, "promise")
            self.attempt(call, "reached", "2026-06-17 20:30:00", incoming=True)
            self.assertTrue(self.agree(call, "promise"))
        self.assertEqual(len(call.attempt_ids), 1)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMade(StandingCommon, ChargesCommon):
    """A contact that was made, where a rate is missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_series("TEST_HALF", {"2025-07-01": 9.0}, frequency="half_year")
        cls.business.rate_series = "TEST_HALF"
        cls.step.write({"charge_interest": True, "charge_indemnity": True})

    def test_reached(self):
        call = self.call()
        self.assertIn("TEST_HALF", call.failure_reason)
        self.attempt(call, "reached", NOW)
        self.assertMade(call)

    def test_done_by_hand(self):
        call = self.call()
        call.with_user(self.collector).action_mark_done()
        self.assertMade(call)

    def test_not_reached(self):
        """Tried again all the same."""
        call = self.call()
        self.attempt(call, "no_answer", NOW)
        self.assertEqual(call.state, "to_approve")
        self.assertTrue(call.contact_after)

    def test_met(self):
        self.step.channel = "visit"
        visit = self.propose().reminder_ids
        visit._visit_made()
        self.assertMade(visit)

    def assertMade(self, reminder):
        self.assertEqual(reminder.state, "sent")
        self.assertFalse(reminder.failure_reason)
        self.assertFalse(reminder.charge_ids.filtered(lambda c: c.kind == "interest"))
        self.assertIn("indemnity", reminder.charge_ids.mapped("kind"))
        history = " ".join(reminder.message_ids.mapped("body"))
        self.assertIn("TEST_HALF", history)
        self.claim.invalidate_recordset()
        self.assertEqual(self.claim.credit_step_id, self.step)


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestNumbers(StandingCommon):
    """Steps by telephone of debtors who have no number."""

    def test_alert_before_the_run_is_confirmed(self):
        self.debtor.phone = False
        run = self.propose()
        call = run.reminder_ids
        self.assertEqual(call.state, "to_approve")
        self.assertIn("no telephone number", call.alert_text)
        run.action_confirm()
        self.assertEqual(call.state, "failed")
        self.assertIn("no telephone number", call.failure_reason)
        self.assertEqual(self.tasks("bounce")._record(), call)
        self.debtor.phone = LANDLINE
        call.with_user(self.collector).action_retry()
        self.assertEqual((call.state, call.call_number), ("to_approve", E164))

    def test_fallback(self):
        self.step.fallback_channel = "letter"
        self.debtor.phone = "12"
        run = self.propose(automatic=True)
        call = run.reminder_ids.filtered(lambda r: r.channel == "phone")
        self.assertEqual(call.state, "failed")
        self.assertIn("not valid", call.failure_reason)
        self.assertEqual(call.fallback_ids.channel, "letter")

    def test_unusual_runs_wait(self):
        self.debtor.phone = False
        run = self.env["credit.run"].create(
            {"company_id": self.company.id, "automatic": True, "unusual": True}
        )
        run._propose(hold_automatic=False)
        self.assertEqual(run.reminder_ids.state, "to_approve")
        self.propose(day=TODAY + timedelta(days=1), automatic=True)
        self.assertEqual(run.reminder_ids.state, "to_approve")
        run.with_user(self.make_user("head", "group_manager"))._accept("Looked at it")
        self.assertEqual(run.reminder_ids.state, "failed")

    def test_a_number_that_was_taken_away(self):
        call = self.propose(automatic=True).reminder_ids
        self.assertEqual(call.state, "to_approve")
        self.debtor.phone = False
        self.propose(day=TODAY + timedelta(days=1), automatic=True)
        self.assertEqual(call.state, "failed")

    def test_whoever_asked_for_a_call(self):
        """The number may have been said."""
        call = self.propose(automatic=True).reminder_ids
        self.attempt(call, "call_back", NOW, callback_at="2026-06-19 08:00:00")
        self.debtor.phone = False
        self.propose(day=TODAY + timedelta(days=1), automatic=True)
        self.assertEqual(call.state, "to_approve")

    def test_two_companies(self):
        """Each is asked for its own run."""
        self.make_invoice(company=self.other_company)
        self.debtor.phone = False
        here = self.propose(automatic=True).reminder_ids
        there = self.propose(self.other_company, automatic=False).reminder_ids
        self.assertEqual(there.company_id, self.other_company)
        self.assertEqual(set(here.mapped("state")), {"failed"})
        self.assertEqual(set(there.mapped("state")), {"to_approve"})

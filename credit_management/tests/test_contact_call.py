"""Calls: one per debtor, at its hour, and what follows each attempt."""

from datetime import datetime
from pathlib import Path
from runpy import run_path

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged
from odoo.tools import html2plaintext

from .common import NOW
from .test_task import TaskCommon

SCRIPT = "migrations/19.0.1.8.0/post-call-scripts.py"
CALL = {"name": "Call", "channel": "phone", "delay_days": 5, "automation": "manual"}
NEXT = {"name": "Next", "delay_days": 12, "automation": "approve"}
LANDLINE, E164 = "01 40 20 50 50", "+33140205050"
OTHER, OTHER_E164 = "01 40 20 50 51", "+33140205051"


class CallCommon(TaskCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.active = False
        (cls.move | cls.second | cls.foreign).no_followup = True
        cls.calls = cls.make_policy(CALL, NEXT)
        cls.step, cls.next = cls.calls.step_ids
        cls.debtor.phone = LANDLINE
        cls.claim = cls.make_invoice()

    def call(self, *moves):
        """The call that is proposed for an invoice."""
        run = self.propose()
        found = run.reminder_ids.filtered(lambda r: r.channel == "phone")
        return found.filtered(
            lambda r: r.line_ids.move_id & (moves or (self.claim,))[0]
        )

    def attempt(self, call, outcome, at=None, user=None, **values):
        """Record an attempt, ``at`` a moment in UTC."""
        with freeze_time(at or datetime.now()):
            return (
                self.env["credit.contact.attempt"]
                .with_user(user or self.collector)
                .create({"reminder_id": call.id, "outcome": outcome, **values})
            )


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCall(CallCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.make_user("caller")

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    def test_one_per_debtor(self):
        self.make_invoice(amount=50)
        self.make_invoice(currency=self.dollar, amount=70)
        calls = self.propose().reminder_ids
        self.assertEqual(len(calls), 2)
        self.assertEqual(calls.mapped("channel"), ["phone", "phone"])
        [first] = calls.filtered("call_first")
        self.assertEqual(first, calls.sorted("id")[0])
        self.assertEqual(len(self.tasks("call")), 1)
        listed = self.env["credit.reminder"].search([("call_first", "=", True)])
        self.assertEqual(listed & calls, first)
        self.assertEqual(len(first.call_line_ids), 3)
        self.assertIn("150.00", first.call_owed_text)
        self.assertIn("70.00", first.call_owed_text)
        attempt = self.attempt(first, "reached", note="Pays on Friday")
        self.assertEqual(attempt.reminder_ids, calls)
        self.assertEqual(set(calls.mapped("state")), {"sent"})
        self.assertEqual(first.still_open(calls.ids), [])
        self.assertFalse(self.tasks("call"))

    def test_what_the_collector_sees(self):
        self.step.instructions = "Note the day"
        self.step.script = "<p>Is this {{ object.partner_id.name }}?</p>"
        call = self.call()
        self.assertEqual(call.call_number, E164)
        self.assertEqual(call.call_number_text, "+33 1 40 20 50 50")
        self.assertIn("14:00 (Europe/Paris)", call.call_time)
        self.assertEqual(call.call_attempt_text, "1 of 3")
        self.assertEqual(call.call_script, "<p>Is this Dupont SARL?</p>")
        self.assertEqual(call.call_instructions, "Note the day")
        self.assertFalse(call.call_problem)
        self.assertFalse(call.call_wait_text)
        self.debtor.phone = "12"
        self.env.invalidate_all()
        self.assertFalse(call.call_number)
        self.assertIn("not valid", call.call_problem)

    def test_script_in_the_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.step.script = "<p>Good day</p>"
        self.step.with_context(lang="fr_FR").script = "<p>Bonjour</p>"
        self.step.instructions = "Ask"
        self.step.with_context(lang="fr_FR").instructions = "Demander"
        self.debtor.lang = "fr_FR"
        call = self.call()
        self.assertIn("Bonjour", call.call_script)
        self.assertEqual(call.call_instructions, "Ask")

    def test_script_of_all_that_is_owed(self):
        """Who calls for whom, how much, since when: nothing is left to fill in."""
        self.make_invoice(overdue=6, amount=50)
        call = self.call().filtered("call_first").with_user(self.collector)
        for name in ("courteous", "firm"):
            step = self.env.ref(f"credit_management.credit_step_{name}_call")
            self.step.script = step.script
            call.invalidate_recordset()
            text = html2plaintext(call.call_script)
            self.assertIn(f"this is {self.collector.name}, calling for", text)
            self.assertIn(self.company.name, text)
            self.assertIn("150.00", text)
            self.assertIn("days ago", text)
            self.assertNotIn("{{", text)

    def test_script_in_words(self):
        call = self.call()
        line = call.line_ids
        for date_due, words in (
            ("2026-06-17", "due on 17 June 2026"),
            ("2026-06-16", "due on 16 June 2026, a day ago"),
            ("2026-06-07", "due on 7 June 2026, 10 days ago"),
        ):
            line.date_due = date_due
            self.assertEqual(call._oldest_phrase(line), f"{line.name}, {words}")

    def test_unknown_placeholder(self):
        self.step.script = "<p>{{ object.env.user.password }}</p>"
        self.assertIn("{{ object.env.user.password }}", self.call().call_script)

    def test_upgrade(self):
        """Shipped steps get their script; own words stay, as what they were."""
        courteous = self.env.ref("credit_management.credit_step_courteous_call")
        firm = self.env.ref("credit_management.credit_step_firm_call")
        shipped = courteous.script
        (courteous | firm | self.step).script = False
        firm.instructions = "Be brief"
        self.step.instructions = "Is {{ object.partner_id.name }} < there?"
        self.env.flush_all()
        script = Path(__file__).parents[1] / SCRIPT
        run_path(str(script))["migrate"](self.env.cr, "19.0.1.7.0")
        self.env.invalidate_all()
        self.assertEqual(courteous.script, shipped)
        self.assertFalse(firm.script)
        self.assertEqual(firm.instructions, "Be brief")
        self.assertFalse(self.step.instructions)
        self.assertIn("Is Dupont SARL &lt; there?", self.call().call_script)

    def test_not_before_the_morning(self):
        with freeze_time("2026-06-17 20:30:00"):
            call = self.call()
            self.assertEqual(call.contact_after, datetime(2026, 6, 18, 6))
            self.assertIn("18 June 2026, 08:00", call.contact_wait_text)
            self.assertTrue(call.call_wait_text)
            self.assertFalse(self.tasks("call"))
            with self.assertRaisesRegex(UserError, "Not before 18 June"):
                self.attempt(call, "reached", at="2026-06-17 20:30:00")
            with self.assertRaisesRegex(UserError, "Not before 18 June"):
                call.with_user(self.collector).action_mark_done()
        with freeze_time("2026-06-18 06:00:00"):
            self.assertEqual(len(self.tasks("call")), 1)

    def test_not_on_a_sunday_evening(self):
        """Planned when it was allowed: the list says what the form says at any time."""
        call = self.call()
        listed = self.env["credit.reminder"].search
        self.assertEqual(listed([("call_now", "=", True)]), call)
        self.assertFalse(call.call_after)
        with freeze_time("2026-06-21 19:00:00"):
            self.env.invalidate_all()
            self.assertFalse(call.contact_after)
            self.assertEqual(call.call_after, datetime(2026, 6, 22, 6))
            self.assertIn("22 June 2026, 08:00", call.call_wait_text)
            self.assertFalse(listed([("call_now", "=", True)]))
            later = [("call_first", "=", True), ("call_now", "=", False)]
            self.assertEqual(listed(later), call)
            self.assertEqual(call.still_open(call.ids), [])
            [task] = self.tasks("call")
            self.assertRegex(task.name, f"^From 6/22/26.*: {call.name}")
            self.assertIn("22 June 2026, 08:00", task.summary)
            # Whoever opens it all the same reads when the debtor may be called.
            self.assertEqual(call.still_open(call.ids, call.id), call.ids)
        with freeze_time("2026-06-22 07:00:00"):
            self.env.invalidate_all()
            self.assertEqual(listed([("call_now", "=", True)]), call)
            self.assertTrue(self.tasks("call").name.startswith(call.name))

    def test_the_sums_add_up(self):
        """What is in the debtor's favour stands beside the items."""
        self.make_credit_note(amount=42.07)
        call = self.call()
        self.assertIn("57.93", call.call_owed_text)
        self.assertIn("not matched yet: ", call.call_rest_text)
        self.assertIn("42.07", call.call_rest_text)
        html = self.tasks("call").items_html
        self.assertIn("42.07", html)
        self.assertIn("<th>Invoice</th>", html)

    def test_a_manager_records_what_was_done(self):
        call = self.call()
        manager = self.make_user("head", "group_manager")
        attempt = self.attempt(call, "no_answer", "2026-06-17 20:30:00", manager)
        self.assertTrue(attempt.outside)
        self.assertIn("outside the contact rules", call.message_ids[0].body)
        self.assertFalse(self.attempt(call, "voicemail", "2026-06-18 10:00:00").outside)

    # ------------------------------------------------------------------
    # Attempts
    # ------------------------------------------------------------------

    def test_spread_and_given_up(self):
        call = self.call()
        self.attempt(call, "no_answer", NOW)
        self.assertEqual(call.state, "to_approve")
        # Thursday, in the morning.
        self.assertEqual(call.contact_after, datetime(2026, 6, 18, 6))
        self.assertIn("Attempt 2 of 3", call.contact_wait_text)
        with self.assertRaisesRegex(UserError, "at most 1 contact in 1 day "):
            self.attempt(call, "busy", "2026-06-17 14:00:00")
        self.attempt(call, "busy", "2026-06-18 06:00:00")
        self.assertEqual(call.contact_after, datetime(2026, 6, 19, 10))
        self.attempt(call, "voicemail", "2026-06-19 10:00:00")
        self.assertEqual(call.state, "cancelled")
        self.assertTrue(call.skipped)
        self.assertTrue(call.unreached)
        self.assertEqual(call.date_done.day, 19)
        # The step counts as done: the policy goes on.
        self.env.invalidate_all()
        self.assertEqual(self.claim.credit_step_id, self.step)
        self.assertEqual(self.claim.credit_next_step_id, self.next)

    def test_mornings_only_are_not_enough(self):
        call = self.call()
        for day in (17, 18, 19):
            self.attempt(call, "no_answer", f"2026-06-{day} 07:00:00")
        self.assertEqual(call.state, "to_approve")
        # More than the least that is tried: no "4 of 3".
        self.assertEqual(call.call_attempt_text, "4 (at least 3)")
        self.assertIn("Attempt 4 (at least 3): not before", call.contact_wait_text)

    def test_fallback(self):
        self.step.fallback_channel = "letter"
        call = self.call()
        for moment in ("17 07", "18 10", "19 13"):
            self.attempt(call, "no_answer", f"2026-06-{moment}:00:00")
        self.assertEqual(call.state, "failed")
        letter = self.env["credit.reminder"].search([("fallback_of_id", "=", call.id)])
        self.assertEqual(letter.channel, "letter")
        self.assertIn("attempts: 3", call.failure_reason)
        self.assertFalse(call.contact_after)
        self.assertFalse(call.contact_wait_text)

    def test_call_back(self):
        call = self.call()
        with self.assertRaises(ValidationError):
            self.attempt(call, "call_back", NOW)
        # Today, though there was a call already: the debtor asked for it.
        self.attempt(call, "call_back", NOW, callback_at="2026-06-17 15:00:00")
        self.assertEqual(call.contact_after, datetime(2026, 6, 17, 15))
        self.assertTrue(call.call_requested)
        with freeze_time("2026-06-17 15:00:00"):
            self.env.invalidate_all()
            self.assertFalse(call.call_wait_text)
        self.attempt(call, "reached", "2026-06-17 15:00:00")
        self.assertEqual(call.state, "sent")

    def test_call_back_at_night(self):
        call = self.call()
        self.attempt(call, "call_back", NOW, callback_at="2026-06-17 21:00:00")
        self.assertEqual(call.contact_after, datetime(2026, 6, 18, 6))

    def test_wrong_number(self):
        contact = self.env["res.partner"].create(
            {"name": "Accounts", "parent_id": self.debtor.id, "phone": OTHER}
        )
        call = self.call()
        attempt = self.attempt(call, "wrong_number", NOW)
        self.assertEqual((attempt.number, attempt.contact_id), (E164, self.debtor))
        # It rang elsewhere: the next contact is called at once.
        self.env.invalidate_all()
        self.assertFalse(call.contact_after)
        self.assertEqual(call.contact_id, contact)
        self.assertEqual(call.call_number, OTHER_E164)
        [task] = self.tasks("wrong_number")
        self.assertEqual(task._record(), attempt)
        task.with_user(self.collector).with_context(act="done").action_act()
        self.assertFalse(self.tasks("wrong_number"))
        self.attempt(call, "wrong_number", NOW)
        self.assertEqual(call.state, "failed")
        self.assertIn("no other", call.failure_reason)
        # Mended, it is called again.
        self.debtor.phone = "01 40 20 50 52"
        call.with_user(self.collector).action_retry()
        self.assertEqual(call.state, "to_approve")
        self.assertEqual(call.call_number, "+33140205052")

    def test_relatives_are_not_called(self):
        self.debtor.is_company = False
        self.env["res.partner"].create(
            {"name": "Brother", "parent_id": self.debtor.id, "phone": OTHER}
        )
        call = self.call()
        self.attempt(call, "wrong_number", NOW)
        self.assertEqual(call.state, "failed")

    def test_the_debtor_called(self):
        call = self.call()
        self.attempt(call, "reached", "2026-06-20 20:30:00", incoming=True)
        self.assertEqual(call.state, "sent")

    def test_paid_meanwhile(self):
        call = self.call()
        self.pay(self.claim)
        self.attempt(call, "reached", NOW)
        self.assertEqual(call.state, "cancelled")

    def test_done_already(self):
        call = self.call()
        self.attempt(call, "reached", NOW)
        with self.assertRaisesRegex(UserError, "already"):
            self.attempt(call, "busy", NOW)

    def test_attempts_count_for_other_channels(self):
        self.company.credit_contact_week = 1
        self.attempt(self.call(), "no_answer", NOW)
        other = self.make_policy({**NEXT, "delay_days": 1})
        mail = self.remind(self.second, other.step_ids, state="queued")
        [opening] = mail._contact_openings().values()
        self.assertEqual(opening.at, datetime(2026, 6, 23, 22))

    def test_done_by_hand_after_a_wrong_number(self):
        """The attempt rang elsewhere: the call itself is the contact."""
        self.make_debtor("Accounts", parent_id=self.debtor.id, phone=OTHER)
        call = self.call()
        self.attempt(call, "wrong_number", NOW)
        self.assertEqual(call.state, "to_approve")
        call.with_user(self.collector).action_mark_done()
        other = self.remind(self.second, self.step, state="to_approve")
        rules = other._contact_rules()
        self.env.flush_all()
        [contacts] = other._contact_history(rules).values()
        self.assertEqual([contact.channel for contact in contacts], ["phone"])

    def test_reached_counts_once(self):
        self.attempt(self.call(), "reached", NOW)
        other = self.remind(self.second, self.step, state="to_approve")
        [contacts] = other._contact_history(other._contact_rules()).values()
        self.assertEqual([contact.spoken for contact in contacts], [True])

    def test_evidence(self):
        attempt = self.attempt(self.call(), "reached", NOW)
        attempt = attempt.with_user(self.collector)
        attempt.note = "Asked for a copy"
        with self.assertRaises(UserError):
            attempt.outcome = "busy"
        with self.assertRaises(AccessError):
            attempt.unlink()
        other = self.remind(self.second, self.step, state="to_approve")
        with self.assertRaises(ValidationError):
            self.attempt(
                other, "reached", NOW, incoming=True, date="2026-06-18 07:00:00"
            )

    def test_other_company(self):
        viewer = self.make_user("abroad", companies=self.other_company)
        attempt = self.attempt(self.call(), "busy", NOW)
        with self.assertRaises(AccessError):
            attempt.with_user(viewer).read(["note"])

    def test_hour_of_the_number(self):
        self.debtor.phone = "+1 202 555 0123"
        with freeze_time("2026-06-17 11:00:00"):
            self.assertEqual(self.call().contact_after, datetime(2026, 6, 17, 12))

    def test_step_settings(self):
        for values in (
            {"attempt_count": 0},
            {"attempt_gap_days": -1},
            {"attempt_gap_days": 15},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.step.write(values)

    def test_queries_are_flat(self):
        """Calls are proposed with as many queries for ten debtors as for three."""

        def queries(count):
            for number in range(count):
                debtor = self.make_debtor(
                    f"Debtor {count} {number}", phone=f"01 40 20 51 {number + 10}"
                )
                self.make_invoice(debtor, overdue=6 + number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run = self.env["credit.run"].create({"company_id": self.company.id})
            run._propose(hold_automatic=False)
            self.env.flush_all()
            calls = run.reminder_ids.filtered(lambda r: r.channel == "phone")
            found = self.env.cr.sql_log_count - before
            self.assertGreaterEqual(len(calls), count)
            calls.action_cancel()
            return found

        with freeze_time("2026-06-17 21:00:00"):
            queries(1)
            self.assertEqual(queries(10), queries(3))

    def test_list_queries_are_flat(self):
        def queries(count):
            calls = self.env["credit.reminder"]
            for number in range(count):
                debtor = self.make_debtor(f"List {count} {number}", phone=LANDLINE)
                move = self.make_invoice(debtor)
                calls |= self.remind(move, self.step, state="to_approve")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            calls.mapped("call_number_text")
            calls.mapped("call_wait_text")
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(10), queries(3))

    def test_attempts_in_the_other_company(self):
        """The same debtor, another creditor: its calls are none of ours."""
        self.attempt(self.call(), "no_answer", NOW)
        other = self.make_policy({**CALL}, company_id=self.other_company.id)
        move = self.make_invoice(company=self.other_company)
        call = self.remind(move, other.step_ids, state="to_approve")
        [opening] = call._contact_openings().values()
        self.assertEqual(opening.at, datetime(2026, 6, 17, 12))
        self.assertEqual(call._call_siblings(), call)

"""Contact rules on what leaves: who waits, until when, and why."""

from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from ..engine import contact
from ..models.credit_contact_company import WEEKDAY_FIELDS
from .common import NOW, REMINDER_1, DeliveryCommon, days_ago

LEAVING = "odoo.addons.credit_management.models.credit_reminder_leaving"

#: Four and three days before the frozen today.
LATELY = (days_ago(4), days_ago(3), days_ago(2))


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestContactRule(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy({**REMINDER_1, "automation": "approve"})
        cls.step = cls.policy.step_ids
        cls.history = cls.make_invoice(overdue=60)
        cls.move = cls.make_invoice()

    def contacted(self, days=LATELY, **values):
        for day in days:
            self.remind(self.history, self.step, day=day, **values)
        self.history.no_followup = True

    def regime_rule(self, reminder, **values):
        regime = reminder._reminder_regimes()[reminder]
        regime.contact_ids = [(0, 0, values)]

    def test_too_many_contacts_this_week(self):
        self.contacted(channel="letter")
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "queued", reminder.failure_reason)
        # The first letter was on Saturday: midnight in Paris a week later.
        self.assertEqual(reminder.contact_after, datetime(2026, 6, 19, 22))
        self.assertIn("20 June 2026", reminder.contact_wait_text)
        self.assertIn("at most 3 contacts in 7 days", reminder.contact_wait_text)
        self.assertNotIn(reminder, self.env["credit.reminder"]._claim())
        cron = self.env.ref("credit_management.ir_cron_deliver")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.assertIn(reminder.contact_after, triggers.mapped("call_at"))
        with freeze_time("2026-06-19 22:00:00"):
            self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")
        self.assertFalse(reminder.contact_after)
        self.assertFalse(reminder.contact_wait_text)

    def test_what_is_no_contact(self):
        self.contacted(channel="letter", delivery_state="bounced")
        self.contacted(channel="letter", is_thanks=True)
        self.contacted(channel="letter", state="failed")
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")

    def test_what_was_taken_over_is_no_contact(self):
        """A step counts as taken, on a day on which nobody was written to."""
        for _number in range(3):
            self.env["credit.reminder"]._import_position(
                {self.step: self.items(self.make_invoice(overdue=60))}
            )
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")

    def test_what_was_sent_on_a_known_day_before_is_a_contact(self):
        """One a day: a message of before may have become several reminders."""
        for debtor, days in ((self.debtor, LATELY), (self.debtor_b, LATELY[1:] * 2)):
            for day in days:
                items = self.items(self.make_invoice(debtor, overdue=60))
                self.env["credit.reminder"]._import_position(
                    {self.step: items}, days=dict.fromkeys(items, day)
                )
        waits = self.queued(self.move)
        leaves = self.queued(self.make_invoice(self.debtor_b))
        self.deliver(waits | leaves)
        self.assertEqual(waits.state, "queued", waits.failure_reason)
        self.assertEqual(waits.contact_after, datetime(2026, 6, 19, 22))
        self.assertEqual(leaves.state, "sent", leaves.failure_reason)

    def test_the_dialog_tells_when_it_leaves(self):
        """Before it is confirmed and after, each with its own reason."""
        self.contacted(channel="letter")
        waits = self.propose().reminder_ids
        self.assertEqual(waits.state, "to_approve")
        asking = self.env["credit.task.act"]
        targets = [["approval", "credit.reminder", waits.ids]]
        dialog = asking.browse(asking._open(targets, "done")["res_id"])
        self.assertIn("It leaves on 20 June 2026", dialog.text)
        told = dialog.action_confirm()
        self.assertIn("at most 3 contacts in 7 days", told["params"]["message"])
        self.assertEqual(told["params"]["next"]["type"], "ir.actions.act_window_close")
        self.assertEqual(waits.state, "queued")
        free = self.remind(
            self.make_invoice(self.debtor_b), self.step, state="to_approve"
        )
        waits.state = "to_approve"
        both = [["approval", "credit.reminder", (waits | free).ids]]
        several = asking.browse(asking._open(both, "done")["res_id"])
        self.assertIn("Leaving now: 1. 1 × It leaves on 20 June 2026", several.text)
        self.assertIn("Asked for now", several.rows_html)
        self.assertEqual(several.rows_html.count("It leaves on 20 June 2026"), 1)
        alone = asking.browse(
            asking._open([["approval", "credit.reminder", free.ids]], "done")["res_id"]
        )
        self.assertEqual(alone.text, "It leaves within moments.")
        self.assertEqual(alone.action_confirm()["type"], "ir.actions.act_window_close")

    def test_the_dialog_tells_of_a_stop(self):
        """Nothing leaves within moments while the company is stopped."""
        sent = self.remind(self.move, self.step, state="to_approve")
        self.env["credit.stop"].create(
            {"company_id": self.company.id, "reason": "Wrong prices"}
        )
        asking = self.env["credit.task.act"]
        targets = [["approval", "credit.reminder", sent.ids]]
        dialog = asking.browse(asking._open(targets, "done")["res_id"])
        self.assertIn("Wrong prices", dialog.text)
        self.assertNotIn("within moments", dialog.text)

    def test_a_confirmed_run_tells_what_waits(self):
        self.contacted(channel="letter")
        run = self.propose()
        self.assertEqual(run.reminder_ids.state, "to_approve")
        told = run.action_confirm()
        self.assertIn("It leaves on 20 June 2026", told["params"]["message"])
        self.assertEqual(run.reminder_ids.state, "queued")

    def test_of_a_large_run_rules_are_not_asked_one_by_one(self):
        self.contacted(channel="letter")
        run = self.propose()
        with patch(f"{LEAVING}.LOOKED_AT", 0):
            self.assertIs(run.action_confirm(), True)
        self.assertEqual(run.reminder_ids.state, "queued")

    def test_sending_tells_what_waits(self):
        """From forms and lists as well: how many leave now, what later and why."""
        self.contacted(channel="letter")
        self.step.deadline_days = 8
        waits = self.propose().reminder_ids
        # The preview is that of the day on which it leaves.
        self.assertEqual(waits.date_text, "20 June 2026")
        self.assertEqual(waits.deadline_planned, date(2026, 6, 28))
        free = self.remind(
            self.make_invoice(self.debtor_b), self.step, state="to_approve"
        )
        message = (waits | free).action_approve()["params"]["message"]
        self.assertIn("Leaving now: 1. 1 × It leaves on 20 June 2026", message)
        waits._deliver_claimed()
        self.assertTrue(waits.contact_after)
        self.assertEqual(waits.deadline_planned, date(2026, 6, 28))
        free.state = "to_approve"
        self.assertIs(free.action_approve(), True)
        free.state = "to_approve"
        self.company.credit_hour_mails = 1
        self.remind(self.move, self.step, date_sent=NOW)
        message = free.action_approve()["params"]["message"]
        self.assertIn("No room within the limits: 1.", message)
        free.state = "to_approve"
        self.env["credit.stop"].create(
            {"company_id": self.company.id, "reason": "Wrong prices"}
        )
        message = free.action_approve()["params"]["message"]
        self.assertIn("Wrong prices", message)
        self.assertNotIn("No room", message)

    def test_another_company_is_another_creditor(self):
        other = self.make_policy(REMINDER_1, company_id=self.other_company.id)
        abroad = self.make_invoice(company=self.other_company)
        for day in LATELY:
            self.remind(abroad, other.step_ids, day=day, channel="letter")
        reminder = self.queued(self.move)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "sent")

    def test_e_mails_have_no_hours_unless_the_company_says_so(self):
        first, second = (
            self.queued(self.move),
            self.queued(self.make_invoice(self.debtor_b)),
        )
        with freeze_time("2026-06-21 01:00:00"):
            self.deliver(first)
            self.assertEqual(first.state, "sent")
            self.company.credit_contact_written = True
            self.deliver(second)
        self.assertEqual(second.state, "queued")
        self.assertEqual(second.contact_after, datetime(2026, 6, 22, 6))
        self.assertIn("day of the week", second.contact_wait_text)

    def test_hours_of_the_regime(self):
        reminder = self.queued(self.move)
        self.regime_rule(reminder, channel="email", hour_from=16, hour_to=18)
        self.deliver(reminder)
        self.assertEqual(reminder.contact_after, datetime(2026, 6, 17, 14))

    def test_frequency_of_the_regime(self):
        self.company.credit_contact_week = 0
        self.remind(self.history, self.step, day=days_ago(1), channel="letter")
        self.history.no_followup = True
        reminder = self.queued(self.move)
        self.regime_rule(
            reminder,
            hour_from=0,
            hour_to=24,
            weekdays="1,2,3,4,5,6,7",
            holidays=True,
            max_count=1,
            max_days=2,
            article="Art. 1",
        )
        self.deliver(reminder)
        self.assertEqual(reminder.contact_after, datetime(2026, 6, 17, 22))
        self.assertIn("Art. 1", reminder.contact_wait_text)

    def test_silence_after_a_conversation(self):
        """As for those who collect in the United States; whoever asks is called."""
        self.company.write({"credit_contact_week": 0, "credit_contact_calls": 0})
        self.step.channel = "phone"
        call = self.propose().reminder_ids
        self.regime_rule(call, channel="phone", silent_days=7, article="12 CFR 1006.14")
        call.attempt_ids.create(
            {
                "reminder_id": call.id,
                "outcome": "call_back",
                "callback_at": datetime(2026, 6, 19, 10),
            }
        )
        # The debtor has asked for it, and for no other call.
        self.assertEqual(call.contact_after, datetime(2026, 6, 19, 10))
        opening = call._contact_openings()[call]
        self.assertEqual(opening.at, datetime(2026, 6, 25, 6))
        text = call._contact_wait_text_of(opening)
        self.assertIn("within 7 days after a conversation (12 CFR 1006.14)", text)
        # By other channels nothing keeps silent.
        call.channel = "email"
        self.assertEqual(call._contact_openings()[call].at, datetime(2026, 6, 17, 12))
        with self.assertRaises(ValidationError):
            self.regime_rule(call, channel="phone", silent_days=-1)

    def test_forbidden(self):
        reminder = self.queued(self.move)
        self.regime_rule(reminder, channel="email", allowed=False)
        self.assertIn("nobody is contacted", reminder._alerts()[reminder])
        self.deliver(reminder)
        self.assertEqual(reminder.state, "failed")

    def test_never(self):
        reminder = self.queued(self.move)
        self.regime_rule(reminder, channel="email", hour_from=8, hour_to=9)
        self.regime_rule(reminder, channel="email", hour_from=10, hour_to=11)
        self.deliver(reminder)
        self.assertEqual(reminder.state, "failed")
        self.assertIn("no hour", reminder.failure_reason)

    def test_company_rules(self):
        window = self.company._credit_contact_window("phone")
        self.assertEqual(window, contact.Window())
        self.company.write({"credit_contact_sunday": True, "credit_contact_to": 19.5})
        window = self.company._credit_contact_window("visit")
        self.assertEqual(window.end, 19 * 60 + 30)
        self.assertIn(7, window.weekdays)
        for values in (
            {"credit_contact_to": 8},
            {"credit_contact_to": 25},
            dict.fromkeys(WEEKDAY_FIELDS, False),
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.company.write(values)

    def test_queries_are_flat(self):
        """Ten debtors take as many queries as two."""

        def queries(count):
            moves = self.env["account.move"]
            for number in range(count):
                debtor = self.make_debtor(f"Debtor {count} {number}")
                moves |= self.make_invoice(debtor)
            reminders = self.propose().reminder_ids.filtered(
                lambda r: r.line_ids.move_line_id.move_id & moves
            )
            self.assertEqual(len(reminders), count)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            openings = reminders._contact_openings()
            self.assertEqual(len(openings), count)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertEqual(queries(10), queries(2))

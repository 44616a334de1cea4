"""The stop switch."""

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import NOW, REMINDER_1, DeliveryCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestStop(DeliveryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy(REMINDER_1)
        cls.manager = cls.make_user("manager", "group_manager")
        cls.collector = cls.make_user("collector")

    def stop(self, company=None):
        company = company or self.company
        self.manager.company_ids |= company
        self.start(company).action_stop()
        return self.env["credit.stop"].with_user(self.manager)._current(company)

    def start(self, company=None, user=None):
        """The dialog in which a manager stops everything."""
        return (
            self.env["credit.stop.start"]
            .with_user(user or self.manager)
            .create(
                {
                    "company_id": (company or self.company).id,
                    "reason": "Wrong account",
                }
            )
        )

    def work(self):
        self.env.flush_all()
        with self.smtp():
            for _done in self.env["credit.reminder"]._work():
                pass
            self.env.flush_all()
        self.env.invalidate_all()

    def test_every_channel(self):
        self.make_invoice()
        mail = self.propose().reminder_ids
        self.policy.step_ids.channel = "letter"
        self.make_invoice(self.debtor_b)
        letter = self.propose().reminder_ids
        (mail | letter).action_approve()
        stop = self.stop()
        self.work()
        self.assertEqual(set((mail | letter).mapped("state")), {"queued"})
        stop.action_release()
        self.work()
        self.assertEqual(set((mail | letter).mapped("state")), {"sent"})

    def test_other_company_goes_on(self):
        self.make_invoice()
        self.make_invoice(company=self.other_company)
        here = self.propose().reminder_ids
        there = self.propose(self.other_company).reminder_ids
        here.action_approve()
        there.action_approve()
        self.stop(self.other_company)
        self.work()
        self.assertEqual((here.state, there.state), ("sent", "queued"))

    def test_next_message_of_a_batch(self):
        for number in range(3):
            self.make_invoice(self.make_debtor(f"Debtor {number}"))
        reminders = self.propose().reminder_ids
        reminders.action_approve()

        def stop_after_the_first(_addresses):
            if not self.env["credit.stop"].search([]):
                self.stop().flush_recordset()

        with self.smtp(answer=stop_after_the_first):
            reminders._deliver_claimed()
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(len(self.emails), 1)
        self.assertEqual(sorted(reminders.mapped("state")), ["queued"] * 2 + ["sent"])

    def test_who_and_when(self):
        stop = self.stop()
        self.assertEqual(stop.user_id, self.manager)
        self.assertEqual(str(stop.date), NOW)
        forged = self.env["credit.stop"].with_user(self.manager)
        stop.action_release()
        self.assertEqual(stop.end_user_id, self.manager)
        self.assertEqual(str(stop.date_end), NOW)
        self.env.flush_all()
        again = forged.create(
            {
                "company_id": self.company.id,
                "reason": "Again",
                "user_id": self.collector.id,
                "date": "2020-01-01",
                "date_end": "2020-01-02",
            }
        )
        self.assertEqual(again.user_id, self.manager)
        self.assertEqual(str(again.date), NOW)
        self.assertFalse(again.date_end)
        with self.assertRaises(AccessError):
            again.write({"reason": "Another"})
        with self.assertRaises(AccessError):
            again.unlink()

    def test_once(self):
        self.stop()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.stop()

    def test_managers_only(self):
        stop = self.stop()
        with self.assertRaises(AccessError):
            stop.with_user(self.collector).action_release()
        with self.assertRaises(AccessError):
            self.env["credit.stop"].with_user(self.collector).create({"reason": "R"})
        with self.assertRaises(AccessError):
            self.start(user=self.collector)

    def test_says_what_it_holds(self):
        """Opening the dialog, or saving it, stops nothing."""
        self.assertIn("No reminder is queued", self.start().held_text)
        self.make_invoice()
        self.make_invoice(self.debtor_b)
        self.make_invoice(company=self.other_company)
        run = self.propose()
        there = self.propose(self.other_company).reminder_ids
        there.action_approve()
        run.reminder_ids[0].action_approve()
        dialog = self.start()
        text = dialog.held_text
        self.assertIn("E-mail: 1 queued", text)
        self.assertIn("1 wait for somebody", text)
        self.assertIn("Runs under way: 1", text)
        self.assertFalse(dialog.stopped_text)
        self.assertFalse(self.env["credit.stop"].search([]))
        dialog.action_stop()
        self.assertIn("Wrong account", self.start().stopped_text)

    def test_shown(self):
        stops = self.env["credit.stop"].with_user(self.collector)
        self.assertEqual(stops.banner(), [])
        self.make_invoice()
        run = self.propose()
        task = self.env["credit.task"].search([("res_id", "=", run.reminder_ids.id)])
        self.assertFalse(run.stop_text)
        self.assertFalse(task[:1].stop_text)
        stop = self.stop()
        self.env.invalidate_all()
        [banner] = stops.banner()
        self.assertEqual(banner["id"], stop.id)
        for text in (banner["text"], run.stop_text, task[:1].stop_text):
            self.assertIn(self.manager.name, text)
            self.assertIn("Wrong account", text)
        self.assertEqual(self.company.credit_stop_text, stop.text)
        self.assertFalse(self.other_company.credit_stop_text)
        # Not where it is none of one's business.
        self.stop(self.other_company)
        self.assertEqual(len(stops.banner()), 1)

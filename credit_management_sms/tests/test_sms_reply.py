"""What debtors answer: read by a program, decided by a person."""

from datetime import date
from pathlib import Path
from runpy import run_path

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged
from odoo.tools import SQL

from odoo.addons.credit_management.tests.common import NOW

from .common import MOBILE_E164, SmsCommon

DUE_WORDS = "migrations/19.0.1.4.0/post-day-of-the-due-date.py"
SCRIPT = "migrations/19.0.1.3.0/post-migrate.py"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSmsReply(SmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder = cls.remind(
            cls.move, cls.step_1, sms_number=MOBILE_E164, delivery_state="pending"
        )
        cls.collector = new_test_user(
            cls.env,
            "collector",
            "credit_management.group_collector",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def receive(self, text, sid="SM1", number=MOBILE_E164, company=None, **values):
        return (
            self.env["credit.sms.reply"]
            .sudo()
            ._receive(
                company or self.company,
                "sms",
                sid,
                number,
                "+33700000000",
                text,
                **values,
            )
        )

    def tasks(self, company=None):
        self.env.flush_all()
        tasks = self.env["credit.task"].with_company(company or self.company).search([])
        return tasks.filtered(lambda t: t.partner_id == self.debtor).mapped("kind")

    def test_message(self):
        reply = self.receive("Who are you?")
        answer = reply.answer_id
        self.assertEqual(reply.reminder_id, self.reminder)
        self.assertEqual(answer.reminder_id, self.reminder)
        self.assertEqual(answer.partner_id, self.debtor)
        self.assertEqual((answer.text, answer.source), ("Who are you?", "sms"))
        self.assertFalse(answer.proposal)
        self.assertEqual(self.reminder.delivery_state, "replied")
        self.assertIn("Who are you?", self.reminder.message_ids[0].body)
        # One task, not one for the reminder and one for the message.
        self.assertEqual(self.tasks(), ["answer"])
        answer.with_user(self.collector).action_handle()
        self.assertFalse(self.tasks())

    def test_reported_twice(self):
        reply = self.receive("Hello")
        self.assertFalse(self.receive("Hello"))
        self.assertEqual(
            self.env["credit.answer"].search([("reminder_id", "=", self.reminder.id)]),
            reply.answer_id,
        )
        # Another company's provider may count alike.
        self.assertTrue(self.receive("Hello", company=self.other_company))

    def test_paid_is_proposed(self):
        answer = self.receive("Déjà payé").answer_id
        self.assertEqual((answer.kind, answer.proposal), ("message", "paid"))
        self.assertFalse(answer.hold_until)
        self.assertReason(self.move, False)
        answer.with_user(self.collector).action_take_paid()
        self.assertEqual(answer.kind, "paid")
        self.assertTrue(answer.hold_until)
        self.assertTrue(self.reason(self.move))

    def test_day_is_proposed(self):
        answer = self.receive("Je paie le 25/06").answer_id
        self.assertEqual(answer.proposal, "promise")
        self.assertEqual(answer.proposed_date, date(2026, 6, 25))
        self.assertFalse(self.env["credit.promise"].search([]))
        self.assertReason(self.move, False)
        action = answer.with_user(self.collector).action_take_promise()
        promise = (
            self.env["credit.promise"]
            .with_user(self.collector)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(promise.date, date(2026, 6, 25))
        self.assertEqual(promise.item_ids, self.items(self.move))
        self.assertEqual(promise.amount, 1234.5)
        self.assertEqual(promise.reminder_id, self.reminder)

    def test_stop(self):
        reply = self.receive("STOP")
        self.assertEqual(reply.kind, "stop")
        entry = self.env["phone.blacklist"].search([("number", "=", MOBILE_E164)])
        self.assertTrue(entry.active)
        self.assertEqual(reply.answer_id.state, "handled")
        self.assertFalse(self.tasks())
        # The next one takes the other way.
        later = self.make_invoice(overdue=6)
        reminder = self.queued(later)
        self.text(reminder)
        self.assertFalse(self._sms)
        self.assertEqual(self.fallback_of(reminder).channel, "letter")

    def test_stop_told_by_the_provider(self):
        self.assertEqual(self.receive("Basta", stop=True).kind, "stop")
        self.assertTrue(
            self.env["phone.blacklist"].search([("number", "=", MOBILE_E164)])
        )

    def test_stop_of_somebody_unknown(self):
        reply = self.receive("stop", number="+32470999999")
        self.assertFalse(reply.reminder_id)
        self.assertFalse(reply.answer_id)
        self.assertTrue(
            self.env["phone.blacklist"].search([("number", "=", "+32470999999")])
        )

    def test_number_of_a_debtor(self):
        """Whoever never got a text is known by the number of a contact."""
        contact = self.env["res.partner"].create(
            {
                "name": "Bookkeeper",
                "parent_id": self.debtor.id,
                "phone": "07 50 12 34 56",
                "country_id": self.env.ref("base.fr").id,
            }
        )
        reply = self.receive("Who are you?", number="+33750123456")
        self.assertFalse(reply.reminder_id)
        self.assertEqual(reply.partner_id, self.debtor)
        self.assertEqual(reply.answer_id.partner_id, self.debtor)
        self.assertEqual(reply.answer_id.contact_id, contact)
        self.assertEqual(self.tasks(), ["answer"])

    def unknown_tasks(self, company=None):
        self.env.flush_all()
        return (
            self.env["credit.task"]
            .with_company(company or self.company)
            .search([("kind", "=", "unknown_number")])
        )

    def test_number_of_several_debtors(self):
        """The one that owes something is meant; if both do, nobody guesses."""
        number, phone = "+33750123456", "+33 7 50 12 34 56"
        twins = self.env["res.partner"].create(
            [{"name": name, "phone": phone} for name in ("Twin 1", "Twin 2")]
        )
        self.assertFalse(self.receive("One", number=number).partner_id)
        self.make_invoice(twins[1])
        reply = self.receive("Two", sid="SM2", number=number)
        self.assertEqual(reply.partner_id, twins[1])
        self.make_invoice(twins[0])
        self.assertFalse(self.receive("Three", sid="SM3", number=number).partner_id)

    def test_unknown_number(self):
        """A task for the number and the day, of the company it wrote to."""
        number = "+32470999999"
        for index in range(2):
            reply = self.receive("Hello", sid=f"SM{index}", number=number)
            self.assertFalse(reply.answer_id)
        with freeze_time("2026-06-18 12:00:00"):
            self.receive("Anybody?", sid="SM8", number=number)
        self.receive("STOP", sid="SM9", number="+32470888888")
        tasks = self.unknown_tasks()
        self.assertEqual(tasks.mapped("name"), [number, number])
        self.assertEqual(set(tasks.mapped("summary")), {"Hello", "Anybody?"})
        self.assertFalse(tasks.partner_id)
        self.assertFalse(self.unknown_tasks(self.other_company))
        task = tasks.filtered(lambda t: t.summary == "Hello")
        task.with_user(self.collector).with_company(self.company).with_context(
            act="done"
        ).action_act()
        self.assertEqual(self.unknown_tasks(), tasks - task)
        viewer = new_test_user(
            self.env,
            "viewer",
            "credit_management.group_viewer",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        with self.assertRaises(AccessError):
            self.receive("x", sid="SM7", number=number).with_user(
                viewer
            ).action_handle()

    def test_upgrade(self):
        """Messages of old are no tasks; those that were answers keep their debtor."""
        answer = self.receive("ok")
        recent = self.receive("Hello", sid="SM2", number="+32470999999")
        old = self.receive("Hello", sid="SM3", number="+32470888888")
        (answer | recent | old).sudo().write({"partner_id": False})
        old.sudo().date = "2020-01-01 12:00:00"
        self.env.flush_all()
        # The script asks PostgreSQL for the time, which is not frozen.
        self.env.cr.execute(
            SQL(
                "UPDATE credit_sms_reply SET date = NOW() AT TIME ZONE 'UTC'"
                " WHERE id = %s",
                recent.id,
            )
        )
        script = Path(__file__).parents[1] / SCRIPT
        run_path(str(script))["migrate"](self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        self.assertEqual(answer.partner_id, self.debtor)
        self.assertEqual(
            (answer | recent | old).mapped("handled"), [False, False, True]
        )

    def test_upgrade_of_the_text_before_the_due_date(self):
        """Each language tells the day; own words stay."""
        template = self.env.ref("credit_management_sms.sms_template_pre_due")
        texts = {
            "en_US": (
                "10 € will soon fall due (INV)",
                "10 € {{ object.due_text }} (INV)",
            ),
            "fr_FR": (
                "10 € à payer sous peu (INV)",
                "10 € {{ object.due_text }} (INV)",
            ),
            "nl_NL": ("Let op: 10 € (INV)", "Let op: 10 € (INV)"),
        }
        for lang, (old, _new) in texts.items():
            self.env["res.lang"]._activate_lang(lang)
            template.with_context(lang=lang).body = old
        self.env.flush_all()
        script = Path(__file__).parents[1] / DUE_WORDS
        run_path(str(script))["migrate"](self.env.cr, "19.0.1.3.0")
        self.env.invalidate_all()
        for lang, (_old, new) in texts.items():
            self.assertEqual(template.with_context(lang=lang).body, new)

    def test_stop_of_a_number_that_is_not_valid(self):
        """No blacklist takes it: the contact that wrote gets no more."""
        number = "+33639981002"
        bookkeeper = self.env["res.partner"].create(
            {"name": "Bookkeeper", "parent_id": self.debtor.id}
        )
        self.reminder.write({"sms_number": number, "contact_id": bookkeeper.id})
        answer = self.receive("Stop", number=number).answer_id
        self.assertFalse(self.env["phone.blacklist"].search([("number", "=", number)]))
        self.assertTrue(bookkeeper.credit_sms_optout)
        self.assertFalse(self.debtor.credit_sms_optout)
        self.assertEqual(answer.state, "handled")

    def test_stop_of_a_service(self):
        """A short number is none that could be barred: somebody has to see to it."""
        reply = self.receive("STOP", number="36173")
        self.assertEqual(reply.kind, "stop")
        self.assertFalse(self.env["phone.blacklist"].search([("number", "=", "36173")]))
        task = self.unknown_tasks()
        self.assertEqual(task.name, "36173")
        self.assertIn("could not be barred", task.summary)
        reply.with_user(self.collector).action_handle()
        self.assertFalse(self.unknown_tasks())

    def test_last_message_is_answered(self):
        later = self.remind(
            self.move,
            self.step_2,
            sms_number=MOBILE_E164,
            date_sent="2026-06-17 09:00:00",
        )
        self.reminder.date_sent = "2026-06-10 09:00:00"
        self.remind(
            self.make_invoice(company=self.other_company),
            self.step_1,
            sms_number=MOBILE_E164,
            date_sent="2026-06-17 10:00:00",
        )
        self.assertEqual(self.receive("ok").reminder_id, later)

    def test_of_ones_own_company_only(self):
        reply = self.receive("ok", company=self.other_company)
        self.assertFalse(reply.reminder_id)
        self.assertNotIn(
            reply, self.env["credit.sms.reply"].with_user(self.collector).search([])
        )

    def test_after_a_bounce(self):
        self.reminder.delivery_state = "bounced"
        self.receive("ok")
        self.assertEqual(self.reminder.delivery_state, "bounced")

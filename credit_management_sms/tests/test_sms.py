"""A reminder by SMS: what leaves, when, to which number, and what becomes of it."""

from datetime import datetime
from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.credit_management.models.credit_contact_company import WEEKDAY_FIELDS
from odoo.addons.credit_management.tests.common import NOW, TODAY

from .common import LANDLINE, MOBILE_E164, SMS_STEP, SmsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSms(SmsCommon):
    # ------------------------------------------------------------------
    # Sent
    # ------------------------------------------------------------------

    def test_sent(self):
        reminder = self.sent()
        [sms] = self._sms
        self.assertEqual(sms["number"], MOBILE_E164)
        self.assertIn("1,234.50 €", sms["body"])
        self.assertIn(self.move.name, sms["body"])
        self.assertIn(self.company.name, sms["body"])
        self.assertIn(reminder.sms_url, sms["body"])
        self.assertEqual(reminder.delivery_state, "pending")
        self.assertEqual(reminder.date_done, TODAY)
        self.assertEqual(self.move.credit_step_id, self.step_1)

    def test_evidence(self):
        """What was sent, when and where to stays, whatever happens to the rest."""
        reminder = self.sent()
        [sms] = self._sms
        self.assertEqual(reminder.sms_number, MOBILE_E164)
        self.assertEqual(reminder.sms_text, sms["body"])
        self.assertEqual(reminder.sms_uuid, sms["uuid"])
        self.assertEqual(reminder.sms_segments, 1)
        self.assertTrue(reminder.date_sent)
        message = reminder.message_ids.filtered(lambda m: m.message_type == "sms")
        self.assertIn("1,234.50", message.body)
        self.assertEqual(message.record_company_id, self.company)
        self.debtor.phone = "06 99 99 99 99"
        self.env["sms.sms"].sudo().search([]).unlink()
        self.assertEqual(reminder.sms_number, MOBILE_E164)
        self.assertTrue(message.exists())
        for record in (message, reminder):
            with self.assertRaises(UserError):
                record.sudo().unlink()
        user = new_test_user(
            self.env, "manager", "credit_management.group_manager,base.group_user"
        )
        user.company_ids |= self.company
        with self.assertRaises(UserError):
            reminder.with_user(user).sms_text = "Something else"

    def test_no_cost_without_a_text(self):
        reminder = self.remind(self.move, self.step_1, channel="letter")
        self.assertFalse(reminder.sms_cost_text)
        reminder.sms_cost = 0.07
        self.assertIn("0.07", reminder.sms_cost_text)

    def test_sent_once(self):
        reminder = self.sent()
        self.text(reminder)
        self.assertFalse(self._sms)

    def test_last_look_is_planned_for_all_together(self):
        other = self.make_invoice(self.debtor_b)
        reminders = self.queued(self.move, other)
        looks = type(reminders)._last_looks
        with patch.object(type(reminders), "_last_looks", autospec=True) as look:
            look.side_effect = looks
            self.text(reminders)
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        self.assertEqual(len(self._sms), 2)
        look.assert_called_once()

    def test_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        template = self.step_1._sms_template()
        template.with_context(lang="fr_FR").body = "Dû : {{ object.amount_due_text }}"
        self.text(self.queued(self.move))
        [sms] = self._sms
        # No-break spaces would make it Unicode; the name of an amount does anyhow.
        self.assertEqual(sms["body"], "Dû : 1 234,50 €")

    def test_two_companies_and_currencies(self):
        self.other_company.credit_sms_sender = "OtherCo"
        foreign = self.make_invoice(currency=self.dollar, amount=70)
        abroad = self.make_invoice(
            self.debtor_b, company=self.other_company, amount=200
        )
        own = self.propose().reminder_ids
        there = self.propose(self.other_company).reminder_ids
        reminders = (own | there).sudo()
        reminders.action_approve()
        self.text(reminders)
        bodies = {r: r.sms_text for r in reminders}
        self.assertEqual(len(self._sms), 3)
        [dollars] = [r for r in own.sudo() if r.line_ids.move_id == foreign]
        self.assertIn("$ 70.00", bodies[dollars])
        self.assertEqual(there.line_ids.move_id, abroad)
        self.assertIn("OtherCo: ", bodies[there])
        self.assertIn("$ 200.00", bodies[there])
        self.assertEqual(there.sms_number, "+32470123456")

    def test_template_of_the_step(self):
        model = self.env["ir.model"]._get("credit.reminder")
        self.step_1.sms_template_id = self.env["sms.template"].create(
            {"name": "Own", "model_id": model.id, "body": "Pay! {{ object.sms_url }}"}
        )
        reminder = self.sent()
        self.assertEqual(reminder.sms_text, f"Pay! {reminder.sms_url}")

    def test_broken_template(self):
        """A fault of ours is no reason to write letters."""
        self.step_1._sms_template().body = "{{ object.no_such_field }}"
        reminder = self.queued(self.move)
        self.text(reminder)
        self.assertEqual(reminder.state, "failed")
        self.assertFalse(self.fallback_of(reminder))
        self.assertFalse(self._sms)

    def test_not_for_what_the_law_wants_said(self):
        with self.assertRaises(ValidationError):
            self.make_policy(
                {**SMS_STEP, "formal_notice": True}, debtor_kind="consumer"
            )

    # ------------------------------------------------------------------
    # Numbers
    # ------------------------------------------------------------------

    def assertFallsBack(self, text):
        reminder = self.queued(self.move)
        self.assertIn(text, reminder._alerts()[reminder])
        self.text(reminder)
        self.assertEqual(reminder.state, "failed")
        self.assertIn(text, reminder.failure_reason)
        self.assertEqual(self.fallback_of(reminder).channel, "letter")
        self.assertFalse(self._sms)

    def test_fixed_line(self):
        self.debtor.phone = LANDLINE
        self.assertFallsBack("fixed line")

    def test_no_number(self):
        self.debtor.phone = False
        self.assertFallsBack("no mobile number")

    def test_wrong_number(self):
        self.debtor.phone = "06 12"
        self.assertFallsBack("not valid")

    def test_opted_out(self):
        self.debtor.credit_sms_optout = True
        self.assertFallsBack("wants no reminders")

    def test_name_that_telephones_lack(self):
        self.company.name = "Fournitures du Rhône"
        settings = self.env["res.config.settings"].new({"company_id": self.company.id})
        self.assertIn("“ô”", settings.credit_sms_sender_warning)
        self.assertIn("“Fournitures du Rhone”", settings.credit_sms_sender_warning)
        settings.credit_sms_sender = "Fournitures du Rhone"
        self.assertFalse(settings.credit_sms_sender_warning)

    def test_blacklisted(self):
        self.env["phone.blacklist"].create({"number": MOBILE_E164})
        self.assertFallsBack("blacklist")

    def test_forbidden_by_the_regime(self):
        reminder = self.queued(self.move)
        regime = reminder._reminder_regimes()[reminder]
        regime.contact_ids = [(0, 0, {"channel": "sms", "allowed": False})]
        self.text(reminder)
        self.assertEqual(reminder.state, "failed")
        self.assertFalse(self._sms)

    def test_number_of_the_recipient_first(self):
        contact = self.env["res.partner"].create(
            {
                "name": "Accounts",
                "parent_id": self.debtor.id,
                "type": "dunning",
                "phone": "07 50 12 34 56",
            }
        )
        reminder = self.sent()
        self.assertEqual(reminder.contact_id, contact)
        self.assertEqual(reminder.sms_number, "+33750123456")

    def test_number_of_the_debtor_else(self):
        self.env["res.partner"].create(
            {
                "name": "Accounts",
                "parent_id": self.debtor.id,
                "type": "dunning",
                "phone": LANDLINE,
            }
        )
        self.assertEqual(self.sent().sms_number, MOBILE_E164)

    # ------------------------------------------------------------------
    # Hours
    # ------------------------------------------------------------------

    def test_waits_for_the_morning(self):
        reminder = self.queued(self.move)
        cron = self.env.ref("credit_management.ir_cron_deliver")
        # Half past ten in the evening in Paris.
        with freeze_time("2026-06-17 20:30:00"):
            self.text(reminder)
            self.assertEqual(reminder.state, "queued")
            self.assertFalse(self._sms)
            self.assertEqual(reminder.contact_after, datetime(2026, 6, 18, 6, 0))
            self.assertIn("18 June 2026, 08:00", reminder.contact_wait_text)
            triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
            self.assertIn(datetime(2026, 6, 18, 6, 0), triggers.mapped("call_at"))
            # Nobody takes it up before.
            self.assertNotIn(reminder, self.env["credit.reminder"]._claim())
            self.env["credit.reminder"]._release()
        with freeze_time("2026-06-18 06:00:00"):
            self.assertIn(reminder, self.env["credit.reminder"]._claim())
            self.env["credit.reminder"]._release()
            self.text(reminder)
        self.assertEqual(reminder.state, "sent")
        self.assertFalse(reminder.contact_after)
        self.assertFalse(reminder.contact_wait_text)

    def test_time_of_the_number(self):
        """Noon in UTC is early in the morning in New York."""
        self.debtor.phone = "+1 202 555 0123"
        reminder = self.queued(self.move)
        with freeze_time("2026-06-17 11:59:00"):
            self.text(reminder)
        self.assertEqual(reminder.contact_after, datetime(2026, 6, 17, 12, 0))

    def test_holiday_of_the_country(self):
        reminder = self.queued(self.move)
        with freeze_time("2026-07-14 10:00:00"):
            self.text(reminder)
        self.assertEqual(reminder.contact_after, datetime(2026, 7, 15, 6, 0))

    def test_regime_narrows_the_hours(self):
        reminder = self.queued(self.move)
        regime = reminder._reminder_regimes()[reminder]
        regime.contact_ids = [
            (0, 0, {"channel": "sms", "hour_from": 15.5, "hour_to": 22})
        ]
        self.text(reminder)
        # Noon in UTC is two in the afternoon in Paris.
        self.assertEqual(reminder.contact_after, datetime(2026, 6, 17, 13, 30))
        # Another channel is none of its business.
        regime.contact_ids.filtered(lambda r: r.channel == "sms").channel = "visit"
        reminder.contact_after = False
        self.text(reminder)
        self.assertEqual(reminder.state, "sent")

    def test_hours_of_the_company(self):
        self.company.write({"credit_contact_from": 16, "credit_contact_to": 17})
        reminder = self.queued(self.move)
        self.text(reminder)
        self.assertEqual(reminder.contact_after, datetime(2026, 6, 17, 14, 0))
        for values in (
            {"credit_contact_to": 16},
            {"credit_contact_to": 25},
            dict.fromkeys(WEEKDAY_FIELDS, False),
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.company.write(values)

    def test_paid_while_it_waits(self):
        reminder = self.queued(self.move)
        with freeze_time("2026-06-17 20:30:00"):
            self.text(reminder)
            self.pay(self.move)
        with freeze_time("2026-06-18 06:00:00"):
            self.text(reminder)
        self.assertEqual(reminder.state, "cancelled")
        self.assertFalse(self._sms)

    # ------------------------------------------------------------------
    # What becomes of it
    # ------------------------------------------------------------------

    def report(self, reminder, status):
        """What Odoo's service reports, through the route it reports to."""
        answer = self.make_jsonrpc_request(
            "/sms/status",
            {
                "message_statuses": [
                    {"sms_status": status, "uuids": [reminder.sms_uuid]}
                ]
            },
        )
        self.assertEqual(answer, "OK")
        self.env.invalidate_all()

    def test_delivered(self):
        reminder = self.sent()
        self.report(reminder, "delivered")
        self.assertEqual(reminder.delivery_state, "delivered")
        # A late contradiction changes nothing.
        self.report(reminder, "not_delivered")
        self.assertEqual(reminder.delivery_state, "delivered")
        self.assertFalse(self.fallback_of(reminder))

    def test_not_delivered(self):
        reminder = self.sent()
        self.report(reminder, "invalid_destination")
        self.assertEqual(reminder.delivery_state, "bounced")
        self.assertIn("Invalid Destination", reminder.failure_reason)
        fallback = self.fallback_of(reminder)
        self.assertEqual((fallback.channel, fallback.state), ("letter", "queued"))
        # Told twice, done once.
        self.report(reminder, "invalid_destination")
        self.assertEqual(len(self.fallback_of(reminder)), 1)
        self.assertFalse(self.move.credit_step_id)

    def test_refused_at_once(self):
        reminder = self.queued(self.move)
        self.text(reminder, sim_error="wrong_number_format")
        self.assertEqual(reminder.state, "failed")
        self.assertIn("Wrong Number Format", reminder.failure_reason)
        self.assertEqual(self.fallback_of(reminder).channel, "letter")
        self.assertFalse(reminder.sms_text)
        self.assertFalse(
            reminder.message_ids.filtered(lambda m: m.message_type == "sms")
        )

    def test_no_credit(self):
        """Nothing left, and nobody is at fault: all wait."""
        other = self.make_invoice(self.debtor_b)
        reminders = self.queued(self.move, other)
        self.text(reminders, sim_error="insufficient_credit")
        self.assertEqual(set(reminders.mapped("state")), {"queued"})
        self.assertIn("Insufficient Credit", reminders[0].failure_reason)
        self.assertFalse(self.fallback_of(reminders[0]))
        self.text(reminders)
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        self.assertEqual(set(reminders.mapped("failure_reason")), {False})
        self.assertEqual(len(self._sms), 2)

    def test_no_answer(self):
        """What may have left is not sent again by itself; the others wait."""
        other = self.make_invoice(self.debtor_b)
        reminders = self.queued(self.move, other).sorted("id")
        self.text(reminders, sim_error="jsonrpc_exception")
        first, second = reminders
        self.assertEqual((first.state, second.state), ("failed", "queued"))
        self.assertIn("may have left", first.failure_reason)
        self.assertFalse(self.fallback_of(first))
        self.assertIn("without an answer", first.message_ids[0].body)
        # Somebody has looked it up: the same key, should the provider know it.
        uuid = first._text_uuid()
        first.action_retry()
        self.text(reminders)
        self.assertEqual(set(reminders.mapped("state")), {"sent"})
        self.assertEqual(first.sms_uuid, uuid)

    def test_fallback_by_sms(self):
        """An e-mail that can't leave goes on by SMS."""
        policy = self.make_policy(
            {
                "name": "E-mail",
                "delay_days": 5,
                "automation": "automatic",
                "fallback_channel": "sms",
            },
            sequence=-1,
        )
        self.debtor.email = False
        reminder = self.queued(self.move)
        self.assertEqual(reminder.policy_id, policy)
        self.deliver(reminder)
        fallback = self.fallback_of(reminder)
        self.assertEqual((fallback.channel, fallback.state), ("sms", "queued"))
        self.text(fallback)
        self.assertEqual(fallback.state, "sent")
        [sms] = self._sms
        self.assertIn(fallback.sms_url, sms["body"])

    def test_preview(self):
        self.env["credit.sms.price"].create(
            {"company_id": self.company.id, "price": 0.07}
        )
        reminder = self.propose().reminder_ids
        preview = reminder.preview_html
        for text in (MOBILE_E164, self.move.name, "GSM-7", "0.07"):
            self.assertIn(text, preview)
        self.debtor.phone = LANDLINE
        reminder.invalidate_recordset(["preview_html"])
        self.assertIn("fixed line", reminder.preview_html)

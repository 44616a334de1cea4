"""Limits on what messages cost, and whom they name."""

from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW

from .common import SmsCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSmsLimits(SmsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["credit.sms.price"].create(
            [
                {"company_id": cls.company.id, "price": 0.1},
                {"company_id": cls.other_company.id, "price": 5},
            ]
        )

    def sending(self, count, company=None):
        company = company or self.company
        for number in range(count):
            phone = f"06 12 34 57 {number + 10}"
            debtor = self.make_debtor(f"Debtor {number}", phone=phone)
            self.make_invoice(debtor, company=company)
        run = self.propose(company)
        run.action_confirm()
        return run

    def work(self):
        self.env.flush_all()
        with self.mockSMSGateway():
            for _done in self.env["credit.reminder"]._work():
                pass
            self.env.flush_all()
        self.env.invalidate_all()

    def test_run_pauses_at_its_cost(self):
        self.move.no_followup = True
        self.company.credit_run_sms = 0.3
        run = self.sending(5)
        self.work()
        self.assertEqual((run.sent_count, run.queued_count), (3, 2))
        self.assertEqual(run.state, "paused")
        self.assertIn("0.3", run.pause_reason)
        run.action_resume()
        self.work()
        self.assertEqual(run.sent_count, 5)

    def test_what_is_left_is_less_than_the_next_one_costs(self):
        self.move.no_followup = True
        self.company.credit_run_sms = 0.25
        run = self.sending(4)
        self.work()
        self.assertEqual((run.sent_count, run.state), (2, "paused"))

    def test_rest_waits_for_the_next_hour(self):
        self.move.no_followup = True
        self.company.credit_hour_sms = 0.2
        run = self.sending(3)
        # Another company, another currency: no business of this one.
        there = self.sending(2, self.other_company)
        self.work()
        self.assertEqual((run.sent_count, there.sent_count), (2, 2))
        with freeze_time("2026-06-17 13:00:00"):
            self.work()
        self.assertEqual(run.sent_count, 3)

    def test_named_by_the_sender_of_the_step(self):
        reminder = self.queued(self.move)
        self.company.credit_sms_sender = "Shop"
        self.assertEqual(reminder.sms_sender, "Shop")
        agency = self.env["res.partner"].create(
            {"name": "Agency", "email": "files@agency.example.com"}
        )
        sender = self.env["credit.sender"].create(
            {
                "name": "Agency",
                "company_id": False,
                "kind": "third",
                "partner_id": agency.id,
            }
        )
        self.step_1.sender_id = sender
        # Silently: nothing gives the third party away.
        self.assertEqual(reminder.sms_sender, "Shop")
        sender.write({"third_mode": "named", "mandate_text": "by mandate of 1 May"})
        reminder.invalidate_recordset(["sms_sender"])
        self.assertEqual(reminder.sms_sender, "Agency for Shop")
        self.text(reminder)
        self.assertTrue(reminder.sms_text.startswith("Agency for Shop: "))

"""A collector's day in the browser."""

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .common import NOW, REMINDER_1, TODAY, CreditCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestTour(CreditCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.debtor_b.phone = "+33 1 40 20 50 50"
        calls = cls.make_policy(
            {"name": "Call", "delay_days": 5, "channel": "phone"},
            REMINDER_1,
            name="Calls",
            partner_domain="[('id', '=', 0)]",
        )
        cls.kept = cls.make_invoice(overdue=12, amount=100)
        cls.excluded = cls.make_invoice(overdue=10, amount=40)
        cls.called = cls.make_invoice(
            cls.debtor_b, amount=70, credit_policy_id=calls.id
        )
        held = cls.make_invoice(cls.make_debtor("Held SARL"))
        cls.env["credit.hold"].create(
            {"move_id": held.id, "date_end": TODAY, "reason": "Asked for time"}
        )
        cls.collector = new_test_user(
            cls.env,
            "collector",
            "credit_management.group_collector",
            lang="en_US",
            email="collector@company.example.com",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_collector(self):
        self.start_tour("/odoo", "credit_collector", login="collector")
        run = self.env["credit.run"].search(
            [
                ("create_uid", "=", self.collector.id),
                ("company_id", "=", self.company.id),
            ]
        )
        self.assertEqual(run.state, "sending")
        mine = run.reminder_ids.filtered(lambda r: r.partner_id == self.debtor)
        self.assertEqual(mine.state, "queued")
        self.assertEqual(mine.line_ids.move_id, self.kept)
        self.assertEqual(mine.amount_total, 100)
        self.assertIn("Thank you for your call", mine.personal_note)
        call = run.reminder_ids - mine
        self.assertEqual(call.state, "sent")
        self.assertEqual(self.called.credit_step_id.name, "Call")
        self.assertFalse(self.excluded.credit_step_id)

"""A run under the hand of people, and the stop switch, in the browser."""

from odoo.tests import HttpCase, freeze_time, tagged

from .common import NOW, REMINDER_1, CreditCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestRunTour(CreditCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_policy(REMINDER_1)
        for number in range(3):
            cls.make_invoice(cls.make_debtor(f"Debtor {number}"))
        cls.run_ = cls.propose()
        cls.run_.action_confirm()
        cls.run_.reminder_ids[0].state = "sent"
        for group in ("collector", "manager"):
            cls.make_user(group, f"group_{group}", email=f"{group}@company.example.com")

    def test_run_control(self):
        self.start_tour("/odoo", "credit_run_control", login="collector")
        self.assertEqual(self.run_.state, "cancelled")
        self.assertEqual(
            sorted(self.run_.reminder_ids.mapped("state")),
            ["cancelled", "cancelled", "sent"],
        )

    def test_note(self):
        """A word of one's own is written in the reminder that the run opens."""
        self.make_invoice(self.make_debtor("Another"))
        run = self.propose()
        action = "credit_management.credit_run_action"
        self.start_tour(
            f"/odoo/action-{action}/{run.id}", "credit_note", login="collector"
        )
        self.assertIn("We spoke", run.reminder_ids.personal_note)

    def test_stop(self):
        action = "credit_management.credit_run_action"
        self.start_tour(
            f"/odoo/action-{action}/{self.run_.id}", "credit_stop", login="manager"
        )
        stop = self.env["credit.stop"].search([("company_id", "=", self.company.id)])
        self.assertEqual(stop.user_id.login, "manager")
        self.assertEqual(stop.end_user_id.login, "manager")

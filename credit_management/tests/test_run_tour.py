"""A run under the hand of people, and the stop switch, in the browser."""

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

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
            new_test_user(
                cls.env,
                group,
                f"credit_management.group_{group}",
                lang="en_US",
                email=f"{group}@company.example.com",
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )

    def test_run_control(self):
        self.start_tour("/odoo", "credit_run_control", login="collector")
        self.assertEqual(self.run_.state, "cancelled")
        self.assertEqual(
            sorted(self.run_.reminder_ids.mapped("state")),
            ["cancelled", "cancelled", "sent"],
        )

    def test_stop(self):
        action = "credit_management.credit_run_action"
        self.start_tour(
            f"/odoo/action-{action}/{self.run_.id}", "credit_stop", login="manager"
        )
        stop = self.env["credit.stop"].search([("company_id", "=", self.company.id)])
        self.assertEqual(stop.user_id.login, "manager")
        self.assertEqual(stop.end_user_id.login, "manager")

"""Charges in the browser: a sheet that is read, a claim, a charge that is waived."""

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from .charges_common import CHARGED_2, EMAIL_1, ChargesCommon
from .common import NOW, DeliveryCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestChargeTour(ChargesCommon, DeliveryCommon, HttpCase):
    def _user(self, login, group):
        return new_test_user(
            self.env,
            login,
            group,
            lang="en_US",
            email=f"{login}@company.example.com",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def test_regime_sheet(self):
        self._user(
            "administrator",
            "credit_management.group_manager,account.group_account_manager",
        )
        self.start_tour("/odoo", "credit_regime_sheet", login="administrator")

    def test_claim_and_waive(self):
        self._user("collector", "credit_management.group_collector")
        move = self.make_invoice(overdue=100, amount=1000)
        policy = self.make_policy(EMAIL_1, CHARGED_2)
        self.remind(move, policy.step_ids[0])
        self.deliver(self.queued(move))
        self.start_tour("/odoo", "credit_claim", login="collector")
        charge = self.env["credit.charge"].search([("kind", "=", "indemnity")])
        self.assertEqual((charge.amount_waived, charge.amount_open), (20, 20))
        self.assertEqual(charge.waive_reason, "First delay in three years")
        self.assertEqual(charge.state, "claimed")

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, new_test_user, tagged

from odoo.addons.credit_management.tests.common import NOW, CreditCommon

from .common import LANDLINE, MOBILE, SMS_STEP


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSmsTour(CreditCommon, HttpCase):
    """A collector sees what the messages of a run cost, and confirms it."""

    def test_cost_is_shown(self):
        self.make_policy({**SMS_STEP, "automation": "approve"})
        self.debtor.phone = MOBILE
        self.debtor_b.phone = LANDLINE
        self.env["credit.sms.price"].create(
            {"company_id": self.company.id, "price": 0.07}
        )
        for debtor in (self.debtor, self.debtor_b):
            self.make_invoice(debtor)
        new_test_user(
            self.env,
            "collector",
            "credit_management.group_collector",
            lang="en_US",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.start_tour("/odoo", "credit_sms_run", login="collector")
        run = self.env["credit.run"].search([("company_id", "=", self.company.id)])
        self.assertEqual(run.state, "sending")
        self.assertEqual(run.reminder_ids.mapped("state"), ["queued", "queued"])

"""The routes of text messages with the wrong user."""

from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.credit_management.tests.common import NOW
from odoo.addons.credit_management.tests.portal_common import PortalCommon
from odoo.addons.credit_management.tests.routes_common import RouteWalk, Walker


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestSmsRoutes(RouteWalk, PortalCommon):
    addon = "credit_management_sms"

    def walkers(self):
        new_test_user(self.env, "clerk", groups="base.group_user")
        token = self.reminder._short_token()
        other = self.remind(self.foreign, self.step_1).sudo()._short_token()
        for who, login, forged in (
            ("nobody", None, "0" * 14 + token[14:]),
            ("an employee", "clerk", "0" * 14 + token[14:]),
            ("another's signature", None, other[:14] + token[14:]),
            ("the long link", None, self.reminder._portal_token()),
        ):
            yield Walker(who, login, {"token": forged})

    def secrets(self):
        return (self.debtor.name, self.old.name, "/credit/", "Traceback")

    def state(self):
        self.env.invalidate_all()
        return self.reminder.date_opened, self.reminder.delivery_state

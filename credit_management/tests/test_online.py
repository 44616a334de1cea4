"""Whether debtors can pay online: what messages and the page offer then."""

from odoo.tests import freeze_time, tagged

from .common import NOW
from .portal_common import PortalCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestOnline(PortalCommon):
    def _offers(self):
        """What the message of a reminder and the page that it leads to offer."""
        self.env.invalidate_all()
        return "Pay now" in self.reminder.payment_html, (
            "Pay all that is owed now" in self.get().text
        )

    def test_with_and_without_a_provider(self):
        """Without one nothing leads to a page on which nobody can pay."""
        self.assertEqual(self._offers(), (True, True))
        self.provider.is_published = False
        self.assertEqual(self._offers(), (False, False))
        self.assertIn("View your account", self.reminder.payment_html)
        # Where to transfer it to, and what else may be said, stays.
        self.assertIn("I will pay on a date", self.get().text)
        self.provider.write({"is_published": True, "state": "disabled"})
        self.assertEqual(self._offers(), (False, False))

    def test_of_the_company_and_in_the_currency(self):
        providers = self.env["payment.provider"]
        euro, dollar = self.euro.id, self.dollar.id
        self.assertTrue(providers._credit_is_there(self.company.id, euro))
        self.assertFalse(providers._credit_is_there(self.other_company.id, dollar))
        self.provider.available_currency_ids = self.dollar
        self.assertFalse(providers._credit_is_there(self.company.id, euro))
        self.assertTrue(providers._credit_is_there(self.company.id, dollar))
        self.assertEqual(self._offers(), (False, False))

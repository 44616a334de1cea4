"""An agency's user in the browser, at a desk and with a telephone."""

from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.axe_common import axe
from odoo.addons.credit_management.tests.common import NOW, days_ago
from odoo.addons.credit_management.tests.test_portal_tour import CHECK

from .case_portal_common import CasePortalCommon


class AgencyTours(CasePortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # One case in the list: what the tours open is not in question.
        cls.case_there.party_id = cls.rival
        cls.debtor.write({"phone": "+33 1 23 45 67 89", "vat": "FR23334175221"})

    def lively(self):
        """A case in which something has happened."""
        self.remind(self.old, self.policy.step_ids[0], day=days_ago(60))
        self.case._add_event("letter", "Formal notice", date=days_ago(20))
        self.case._accept_report(
            {
                "type": "visit",
                "date": str(days_ago(3)),
                "present": False,
                "who": "A neighbour",
                "text": "The shop is closed in the afternoon.",
            },
            "party",
            author=self.anna.partner_id,
        )
        self.ask("discount", percent=10, text="Pays at once then.")
        asked = self.ask(text="Which address is the right one?")
        asked.with_user(self.collector).answer = "5 rue Neuve, since May."
        asked.with_user(self.collector).action_approve()


class Tours:
    def test_report(self):
        self.start_tour("/my/home", "credit_agency_report", login="anna")
        self.env.invalidate_all()
        cost, status = self.case.event_ids.sorted("id")
        self.assertEqual((cost.kind, cost.amount), ("cost", 33.5))
        self.assertEqual(cost.attachment_ids.name, "bill.pdf")
        self.assertEqual(status.party_status, "promise")
        self.assertEqual(self.case.amount_residual, 1500)

    def test_ask(self):
        self.start_tour("/my/home", "credit_agency_ask", login="anna")
        self.env.invalidate_all()
        asked = self.case.request_ids
        self.assertEqual((asked.kind, asked.percent), ("discount", 10))
        self.assertEqual((asked.state, asked.user_id), ("open", self.collector))
        self.assertEqual(self.case.amount_residual, 1500)

    def test_nobody_stumbles(self):
        """No serious finding of axe, and nothing wider than the screen."""
        self.lively()
        forms = ("status", "visit", "payment", "plan", "event")
        for path in (
            "/my/cases",
            "/my/cases?search=nothing",
            self.path,
            self.other_path,
            *(f"{self.path}/send/{what}" for what in forms),
        ):
            with self.subTest(path):
                self.browser_js(path, axe(CHECK), login="anna")


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAgencyTourDesk(Tours, AgencyTours):
    browser_size = "1366x768"


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestAgencyTourTelephone(Tours, AgencyTours):
    browser_size = "360x740"
    touch_enabled = True

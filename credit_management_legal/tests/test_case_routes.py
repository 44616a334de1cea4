"""All routes of cases with the wrong user."""

from odoo.tests import freeze_time, new_test_user, tagged

from odoo.addons.credit_management.tests.common import NOW
from odoo.addons.credit_management.tests.routes_common import RouteWalk, Walker

from .case_portal_hostile import CasePortalHostile


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestCaseRoutes(RouteWalk, CasePortalHostile):
    """The case is the agency's; a rival, the debtor and others try to get at it."""

    addon = "credit_management_legal"

    def walkers(self):
        self.portal_user(self.make_debtor("Passer-by"), "zoe")
        new_test_user(self.env, "clerk", groups="base.group_user")
        self.make_user("abroad", "group_collector", self.other_company)
        others = {
            "attachment_id": self.own_event.attachment_ids.id,
            "case_id": self.case.id,
            "ids": self.case.id,
            "move_id": self.old.id,
            "page": 1,
            "request_id": self.own_request.id,
            "what": "question",
        }
        for who, login in (
            ("nobody", None),
            ("a rival", "rita"),
            ("the debtor", "owing"),
            ("another firm", "zoe"),
            ("an employee", "clerk"),
            ("another company's collector", "abroad"),
        ):
            yield Walker(who, login, others)
        # From a case of its own, and with it in one file.
        own = frozenset({"case_id", "page", "what"})
        yield Walker(
            "a rival at home",
            "rita",
            {
                **others,
                "case_id": self.other_case.id,
                "ids": f"{self.other_case.id},{self.case.id}",
            },
            own,
        )
        yield Walker(
            "another company's collector at home",
            "abroad",
            {**others, "ids": f"{self.case_there.id},{self.case.id}"},
            own | {"case_id"},
        )

    def secrets(self):
        return (self.case.name, self.old.name, "AS-2026", "Ours", "Traceback")

    def state(self):
        return self.counts()

    def sent(self):
        return {**self.hidden(), "text": "Let me in"}

    def test_a_firm_without_cases(self):
        firm = self.make_party("Étude Ouest", credit_party_role="bailiff")
        user = self.portal_user(firm, "olga")
        self.login(user)
        page = self.url_open("/my/cases")
        self.assertEqual(page.status_code, 200)
        self.assertIn("There are no cases here.", page.text)
        self.assertEqual(user.group_ids, self.env.ref("base.group_portal"))

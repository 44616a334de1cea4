"""Cases of others, ended and proposed ones, and what must not be told of them."""

from odoo.tests import freeze_time

from odoo.addons.credit_management.tests.common import NOW, days_ago

from .case_portal_common import PDF, CasePortalCommon

HTML = "<img src=x onerror=alert(1)><script>alert('owned')</script>"
HUGE = "9" * 40


@freeze_time(NOW)
class CasePortalHostile(CasePortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ended = cls.make_case(
            cls.make_invoice(overdue=90, amount=444), party_id=cls.agency.id
        )
        cls.ended.action_close("Over")
        cls.old_ended = cls.make_case(
            cls.make_invoice(overdue=90, amount=555), party_id=cls.agency.id
        )
        cls.old_ended.action_close("Over")
        cls.old_ended.date_closed = days_ago(200)
        cls.draft = cls.make_case(
            cls.make_invoice(overdue=90, amount=666),
            party_id=cls.agency.id,
            opened=False,
        )
        cls.own_request = cls.ask_for(cls.case, cls.anna, "Ours")
        cls.other_request = cls.ask_for(cls.other_case, cls.rita, "Theirs alone")
        cls.own_event = cls.case._accept_report(
            {
                "type": "document",
                "date": cls.day,
                "name": "own.pdf",
                "content": PDF,
            },
            "party",
            author=cls.anna.partner_id,
        )
        cls.other_event = cls.other_case._accept_report(
            {
                "type": "document",
                "date": cls.day,
                "name": "secret.pdf",
                "content": PDF,
            },
            "party",
            author=cls.rita.partner_id,
        )
        cls.house_event = cls.case._add_event(
            "document",
            "For the house",
            attachment_ids=[
                (0, 0, {"name": "house.pdf", "raw": PDF, "mimetype": "application/pdf"})
            ],
        )
        cls.unrelated = cls.env["ir.attachment"].create(
            {
                "name": "unrelated.pdf",
                "raw": PDF,
                "res_model": "account.move",
                "res_id": cls.old.id,
            }
        )

    @classmethod
    def ask_for(cls, case, user, text):
        return cls.env["credit.case.request"]._ask(
            case, "question", user.partner_id, text=text
        )

    def setUp(self):
        super().setUp()
        self.login(self.anna)

    def assertNothing(self, response, counts, statuses=(400, 403, 404, 405, 413)):
        """Refused in plain words: no error of ours, nothing written, nothing told."""
        self.assertIn(response.status_code, statuses, response.text[:500])
        self.assertEqual(self.counts(), counts)
        for secret in (
            self.debtor_b.name,
            self.foreign.name,
            self.other_case.name,
            self.rival.name,
            "777.00",
            "Theirs alone",
            "secret.pdf",
            "house.pdf",
            "Traceback",
            "<script>alert('owned')",
        ):
            self.assertNotIn(secret, response.text)

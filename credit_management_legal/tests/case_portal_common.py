"""An agency with two people, its cases, and others who have nothing to do with them."""

import re

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time

from odoo.addons.credit_management.tests.common import NOW, TODAY

from .common import CaseCommon

PDF = b"%PDF-1.4 paper"
#: What a third party's sending may leave, and what must not change when it is refused.
WRITTEN = (
    "account.move",
    "account.move.line",
    "account.payment",
    "credit.answer",
    "credit.case",
    "credit.case.event",
    "credit.case.request",
    "credit.form",
    "credit.plan",
    "ir.attachment",
    "mail.activity",
    "mail.followers",
    "mail.mail",
    "mail.message",
    "res.partner",
    "res.users",
)


@freeze_time(NOW)
class CasePortalCommon(CaseCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.manager = cls.make_user("manager", "group_manager")
        cls.collector = cls.make_user("collector", "group_collector")
        cls.agency = cls.make_party("Agence Sud")
        cls.rival = cls.make_party("Agence Nord")
        cls.mandate = cls.make_mandate(reference="AS-2026")
        cls.anna = cls.portal_user(cls.agency, "anna")
        cls.bert = cls.portal_user(cls.agency, "bert")
        cls.rita = cls.portal_user(cls.rival, "rita")
        cls.owing = cls.portal_user(cls.debtor, "owing")
        cls.old = cls.make_invoice(overdue=100, amount=1000)
        cls.second = cls.make_invoice(overdue=40, amount=500)
        cls.case = cls.make_case(
            cls.old | cls.second,
            mandate_id=cls.mandate.id,
            user_id=cls.collector.id,
            party_reference="AS/77",
        )
        cls.foreign = cls.make_invoice(cls.debtor_b, overdue=90, amount=777)
        cls.other_case = cls.make_case(cls.foreign, party_id=cls.rival.id)
        # Of the same agency, for another creditor.
        cls.there = cls.make_invoice(company=cls.other_company, overdue=80, amount=888)
        cls.case_there = cls.make_case(cls.there, party_id=cls.agency.id)
        cls.path = f"/my/cases/{cls.case.id}"
        cls.other_path = f"/my/cases/{cls.other_case.id}"
        cls.day = str(TODAY)

    @classmethod
    def portal_user(cls, partner, login, **values):
        """A contact of a firm who may log in."""
        contact = cls.env["res.partner"].create(
            {
                "name": login.capitalize(),
                "parent_id": partner.id,
                "email": f"{login}@party.example.com",
                "lang": "en_US",
                **values,
            }
        )
        return (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login.capitalize(),
                    "login": login,
                    "password": login,
                    "partner_id": contact.id,
                    "company_id": cls.company.id,
                    "company_ids": [Command.set(cls.company.ids)],
                    "group_ids": [Command.set([cls.env.ref("base.group_portal").id])],
                }
            )
        )

    # ------------------------------------------------------------------
    # What a browser does
    # ------------------------------------------------------------------

    def login(self, user):
        self.authenticate(user and user.login, user and user.login)

    def get(self, suffix="", path=None):
        return self.url_open(f"{path or self.path}{suffix}", allow_redirects=False)

    def hidden(self, what="question", path=None):
        """What a form sends besides what is filled in."""
        text = self.get(f"/send/{what}", path).text
        return {
            name: re.search(rf'name="{name}" value="([\w-]+)"', text)[1]
            for name in ("csrf_token", "form_key")
        }

    def send(self, what, data=None, files=None, path=None, hidden=None):
        """Fill in a form and send it."""
        data = {
            **(self.hidden(what, path) if hidden is None else hidden),
            **(data or {}),
        }
        return self.post(f"/send/{what}", data, files, path)

    def post(self, suffix, data, files=None, path=None):
        return self.url_open(
            f"{path or self.path}{suffix}",
            data=data,
            files=files,
            allow_redirects=False,
        )

    def assertSent(self, response):
        self.assertEqual(response.status_code, 303, response.text[:2000])
        self.env.invalidate_all()

    def counts(self):
        """How many records there are, and what is owed on them."""
        self.env.invalidate_all()
        counts = {model: self.env[model].sudo().search_count([]) for model in WRITTEN}
        cases = self.case | self.other_case | self.case_there
        counts["cases"] = [
            (case.state, case.kind, case.party_id.id, case.amount_residual)
            for case in cases
        ]
        counts["debtor"] = [self.debtor.name, self.debtor.email, self.debtor.street]
        return counts

    # ------------------------------------------------------------------
    # Requests
    # ------------------------------------------------------------------

    def ask(self, kind="question", case=None, user=None, **values):
        """A request, as the page makes it."""
        values.setdefault("text", "Why")
        case = (case or self.case).with_user(user or self.anna).sudo()
        return (
            case.env["credit.case.request"]
            ._ask(case, kind, (user or self.anna).partner_id, **values)
            .with_user(self.manager)
        )

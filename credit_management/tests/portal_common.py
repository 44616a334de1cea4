"""A debtor with three invoices and the link of a reminder, as seen from outside."""

import json
import re
from datetime import timedelta

from lxml import html

from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time
from odoo.tools import mute_logger

from .common import NOW, TODAY, CreditCommon


@freeze_time(NOW)
class PortalCommon(CreditCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.step_1 = cls.policy.step_ids[0]
        cls.old = cls.make_invoice(overdue=30, amount=100)
        cls.mid = cls.make_invoice(overdue=10, amount=200)
        cls.later = cls.make_invoice(overdue=-20, amount=50)
        cls.moves = cls.old | cls.mid | cls.later
        cls.reminder = cls.remind(cls.old, cls.step_1).sudo()
        cls.path = f"/credit/{cls.reminder._portal_token()}"
        # Another debtor of the same company, and the same debtor with another company.
        cls.foreign = cls.make_invoice(cls.debtor_b, amount=777)
        cls.there = cls.make_invoice(company=cls.other_company, amount=888)
        cls.provider = cls.make_provider(cls.company, cls.company_data)
        cls.method = cls.provider.payment_method_ids[:1]

    @classmethod
    def make_halves(cls):
        """An invoice of 100 in two halves, both overdue."""
        halves = [
            Command.create({"value": "percent", "value_amount": 50, "nb_days": days})
            for days in (5, 10)
        ]
        term = cls.env["account.payment.term"].create(
            {"name": "Halves", "line_ids": halves}
        )
        return cls.make_invoice(overdue=10, amount=100, invoice_payment_term_id=term.id)

    @classmethod
    def make_provider(cls, company, data):
        """The provider of demonstrations, switched on for a company."""
        provider = cls.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", company.id)], limit=1
        )
        if not provider:
            template = cls.env.ref("payment.payment_provider_demo")
            provider = template.copy({"company_id": company.id})
        provider = provider.with_company(company)
        provider.write({"state": "test", "is_published": True})
        provider.journal_id = data["default_journal_bank"]
        # Payments get a journal entry, as with a clearing account in life.
        provider.journal_id.inbound_payment_method_line_ids.filtered(
            lambda line: line.payment_provider_id == provider
        ).payment_account_id = cls.env["account.account"].create(
            {
                "name": "Outstanding online payments",
                "code": f"5119{company.id}",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        provider.payment_method_ids.active = True
        return provider

    # ------------------------------------------------------------------
    # What a browser does
    # ------------------------------------------------------------------

    @property
    def account(self):
        """The account that the link of :attr:`path` opens."""
        return self.env["credit.account"]._of_token(self.path.split("/")[-1])

    def get(self, suffix="", path=None):
        return self.url_open(f"{path or self.path}{suffix}", allow_redirects=False)

    def hidden(self, path=None):
        """What a form of the page sends besides what is typed."""
        text = self.url_open(path or self.path).text
        return {
            name: re.search(rf'name="{name}" value="([\w-]+)"', text)[1]
            for name in ("csrf_token", "form_key")
        }

    def csrf(self, path=None):
        """The token of the page against requests from other sites."""
        return self.hidden(path)["csrf_token"]

    def post(self, suffix, data=None, files=None, path=None, hidden=None):
        data = {**(self.hidden(path) if hidden is None else hidden), **(data or {})}
        # A form with files is sent in parts, one without them as well here.
        return self.url_open(
            f"{path or self.path}{suffix}",
            data=data,
            files=files,
            allow_redirects=False,
        )

    def preview(self, form):
        """The page with the instalments that a form leads to."""
        response = self.post("/plan/preview", form)
        self.assertEqual(response.status_code, 303)
        return self.get(path=response.headers["Location"])

    def rpc(self, suffix, params, path=None):
        """What the payment form sends; the result, or the error."""
        with mute_logger("odoo.http"):
            response = self.url_open(
                f"{path or self.path}{suffix}",
                data=json.dumps({"jsonrpc": "2.0", "id": 0, "params": params}),
                headers={"Content-Type": "application/json"},
            )
        return response.json()

    def begin(self, choice, amount, again=0, path=None, **values):
        params = {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "amount": amount,
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": "/",
            "is_validation": False,
            "access_token": None,
            "csrf_token": None,
            **values,
        }
        return self.rpc(f"/transaction/{choice}/{again}", params, path)

    def transactions(self):
        return self.env["payment.transaction"].search(
            [("partner_id", "child_of", (self.debtor | self.debtor_b).ids)]
        )

    def choice(self, *moves, charges=False):
        ids = "-".join(str(self.items(move).id) for move in moves)
        return f"i.{ids}{'.c' if charges else ''}"

    def transaction(self, answer):
        return self.env["payment.transaction"].search(
            [("reference", "=", answer["result"]["reference"])]
        )

    def finish(self, answer, state="done"):
        """The provider's word, and what Odoo does with it when the page asks."""
        tx = self.transaction(answer)
        tx._process(
            "demo",
            {
                "reference": tx.reference,
                "simulated_state": state,
                "payment_details": "1234",
            },
        )
        tx._post_process()
        return tx

    def assertError(self, answer, text):
        self.assertIn("error", answer)
        self.assertIn(text, answer["error"]["data"]["message"])


class SaidCommon(PortalCommon):
    """What the page says, and what is typed into its forms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy.plan_min_amount = 20
        cls.reason = cls.env.ref("credit_management.dispute_reason_price")

    def ids(self, *moves):
        return [item.id for move in moves for item in self.items(move)]

    def _text(self, response):
        [main] = html.fromstring(response.text).xpath("//main")
        return " ".join(main.text_content().split())

    def _day(self, days):
        return TODAY + timedelta(days=days)

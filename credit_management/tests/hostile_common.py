"""A hostile debtor, and what must neither be told nor change when one is refused."""

from datetime import timedelta

from odoo.tests import freeze_time

from .common import NOW, TODAY
from .portal_common import PortalCommon

PDF = b"%PDF-1.4 proof"
HTML = "<img src=x onerror=alert(1)><script>alert('owned')</script>"
FORMULA = '=HYPERLINK("http://evil.example.com";"Pay")'
#: What must never change when somebody is refused.
WRITTEN = (
    "account.payment",
    "credit.answer",
    "credit.charge",
    "credit.dispute",
    "credit.plan",
    "credit.promise",
    "ir.attachment",
    "mail.message",
    "payment.transaction",
)


@freeze_time(NOW)
class PortalHostile(PortalCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.remind(cls.foreign, cls.step_1).sudo()
        cls.other_path = f"/credit/{other._portal_token()}"
        cls.own = cls.items(cls.old).id
        cls.alien = cls.items(cls.foreign).id
        cls.abroad = cls.items(cls.there).id
        cls.day = str(TODAY + timedelta(days=5))
        cls.reason = str(cls.env.ref("credit_management.dispute_reason_price").id)
        cls.credit = cls.items(cls.make_credit_note(amount=7)).id
        paid = cls.make_invoice(overdue=40, amount=33)
        cls.paid = cls.items(paid).id
        cls.pay(paid)

    def _counts(self):
        self.env.invalidate_all()
        counts = {model: self.env[model].sudo().search_count([]) for model in WRITTEN}
        counts["residual"] = sum(self.moves.mapped("amount_residual"))
        return counts

    def assertNothing(self, response, counts):
        """A refusal in plain words: no error of ours, nothing written, nothing told."""
        self.assertIn(response.status_code, (400, 403, 404, 409, 413))
        self.assertEqual(self._counts(), counts)
        for secret in (
            self.debtor_b.name,
            self.foreign.name,
            "777.00",
            self.other_company.name,
            "888.00",
            "Traceback",
        ):
            # An id that was sent does not come back with what it stands for.
            self.assertNotIn(secret, response.text)

"""The check of a case and the list of limitation say the same."""

from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW

from .common import CaseCommon


@tagged("post_install", "-at_install")
class TestCaseLimitation(CaseCommon):
    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))
        # A year in France, in one of the trades that have a period of their own.
        self.company.credit_limitation_kind = "transport"
        self.debtor.write({"vat": "FR23334175221", "credit_kind": "business"})

    def checked(self, case):
        """The day that the check of limitation names."""
        case.action_check()
        [day] = [row["day"] for row in case.checks_again if row["code"] == "limitation"]
        return day

    def test_what_is_paid_counts_no_more(self):
        old = self.make_invoice(overdue=300, amount=50)
        case = self.make_case(old | self.make_invoice(overdue=30))
        first = case.limitation_date
        self.assertEqual(self.checked(case), str(first))
        self.pay(old)
        checked = self.checked(case)
        self.env.invalidate_all()
        self.assertGreater(case.limitation_date, first)
        self.assertEqual(checked, str(case.limitation_date))

    def test_the_list_is_as_of_the_check(self):
        """What has changed since the night is on both."""
        case = self.make_case(self.make_invoice(overdue=30))
        first = case.limitation_date
        self.company.credit_limitation_kind = "general"
        checked = self.checked(case)
        self.env.invalidate_all()
        self.assertNotEqual(case.limitation_date, first)
        self.assertEqual(checked, str(case.limitation_date))

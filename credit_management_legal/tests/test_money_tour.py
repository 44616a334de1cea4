"""Money of a case in the browser: a cost is accepted, a remittance is booked."""

from odoo.tests import HttpCase, freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW

from .money_common import MoneyCommon


@tagged("post_install", "-at_install")
@freeze_time(NOW)
class TestMoneyTour(MoneyCommon, HttpCase):
    def test_money(self):
        self.make_user("money_manager", "group_manager")
        move = self.make_invoice(overdue=100, amount=1000)
        case = self.open_case(move)
        cost = self.report_cost(case, 50)
        url = f"/odoo/action-credit_management_legal.credit_case_action/{case.id}"
        self.report_payment(case, 100, days=0, reference="Q-1")
        self.start_tour(url, "credit_money", login="money_manager")
        self.assertEqual(cost.state, "accepted")
        made = cost.bill_id.credit_remittance_id
        self.assertEqual((made.state, made.amount_fee), ("booked", 60))
        self.assertEqual(move.amount_residual, 900)

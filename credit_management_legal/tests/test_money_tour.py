"""Money of a case in the browser: costs and their rules, a remittance."""

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

    def test_articles_in_the_language_of_the_user(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["credit.cost.rule"].create(
            {"regime_code": "be_consumer", "article": "6 law of 2 August 2002"}
        )
        self.make_user("money_manager", "group_manager").lang = "fr_FR"
        action = "credit_management_legal.credit_cost_rule_action"
        self.browser_size = "1500x900"
        self.start_tour(
            f"/odoo/action-{action}", "credit_cost_rule", login="money_manager"
        )

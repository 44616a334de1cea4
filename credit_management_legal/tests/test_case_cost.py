"""Costs of acts: who decides, who bears them, whether the debtor owes them."""

from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from odoo.addons.credit_management.tests.common import TODAY

from .money_common import MoneyCommon


@tagged("post_install", "-at_install")
class TestCaseCost(MoneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls.make_invoice(overdue=100, amount=1000)
        cls.case = cls.open_case(cls.move)

    def rule(self, claimable, **values):
        return self.env["credit.cost.rule"].create(
            {
                "regime_code": self.business.code,
                "claimable": claimable,
                "article": "art. 9",
                "confidence": "text",
                **values,
            }
        )

    def test_reported(self):
        cost = self.report_cost(self.case, 50)
        self.assertEqual(cost.state, "reported")
        self.assertEqual(
            (cost.amount, cost.amount_tax, cost.amount_total, cost.amount_claimed),
            (50, 10, 60, 50),
        )
        self.assertEqual(cost.event_id.kind, "cost")
        self.assertEqual(len(self.case.event_ids), 1)

    def test_rule_is_made_in_the_list(self):
        view = "credit_management_legal.credit_cost_rule_view_list"
        with Form(self.env["credit.cost.rule"], view=view) as form:
            form.regime_code = "be_consumer"
            form.article = "6 law of 2 August 2002"
        self.assertEqual(form.record.regime_code, "be_consumer")
        arch = self.env["credit.cost.rule"].get_view(self.env.ref(view).id)["arch"]
        [column] = etree.fromstring(arch).xpath("//field[@name='regime_code']")
        self.assertNotEqual(column.get("optional"), "hide")

    def test_by_hand_stands_on_the_timeline(self):
        cost = self.env["credit.case.cost"].create(
            {"case_id": self.case.id, "name": "Stamp", "kind": "stamp", "amount": 5}
        )
        self.assertEqual(cost.event_id, self.case.event_ids)
        self.assertEqual((cost.event_id.name, cost.event_id.amount), ("Stamp", 5))

    def test_collectors_note_in_a_case_that_is_under_way(self):
        """The case is the managers' by then; what happens in it anybody may note."""
        collector = self.make_user("collector", "group_collector")
        case = self.case.with_user(collector)
        with self.assertRaises(AccessError), self.cr.savepoint():
            case.date_title = TODAY
        values = {"cost": {"name": "Stamp", "amount": 5}, "payment": {"amount": 70}}
        for name, typed in values.items():
            action = getattr(case, f"action_add_{name}")()
            model = case.env[action["res_model"]].with_context(**action["context"])
            with Form(model) as form:
                for field, value in typed.items():
                    form[field] = value
            self.assertEqual(case[f"{name}_ids"], form.record)
            self.assertEqual(form.record.state, "reported")

    def test_without_a_title_costs_stay_with_the_creditor(self):
        self.rule("title", note="They stay with the creditor.")
        cost = self.report_cost(self.case, 50, recoverable=True)
        cost.basis = "Bill of the bailiff"
        self.assertFalse(cost.unclaimed_text, "nobody has decided on it yet")
        cost.action_accept()
        self.assertFalse(cost.in_claim)
        self.assertIn("without an enforceable title", cost.unclaimed_text)
        with self.assertRaisesRegex(UserError, "enforceable title.*art. 9"):
            cost.action_claim()
        self.assertEqual(self.case._claim_at(TODAY)["costs"], 0)
        self.case.date_title = TODAY
        cost.action_claim()
        self.assertTrue(cost.in_claim)
        self.assertEqual(self.case._claim_at(TODAY)["costs"], 5000)

    def test_title_of_tomorrow_is_none_yet(self):
        self.rule("title")
        self.case.date_title = "2026-06-18"
        cost = self.report_cost(self.case, 50)
        cost.basis = "Judgment"
        cost.action_accept()
        with self.assertRaisesRegex(UserError, "art. 9"):
            cost.action_claim()

    def test_rule_of_the_scale(self):
        rule = self.rule("scale")
        cost = self.report_cost(self.case, 50)
        cost.basis = "Agreed on in the order"
        cost.action_accept()
        with self.assertRaisesRegex(UserError, "by the scale"):
            cost.action_claim()
        rule.contract_allowed = True
        cost.action_claim()
        self.assertTrue(cost.in_claim)

    def test_on_proof(self):
        """No rule: the core's basis is told, and that it is to be verified."""
        self.business.basis_ids = [
            (0, 0, {"topic": "cost", "article": "art. 7", "confidence": "memory"})
        ]
        cost = self.report_cost(self.case, 50)
        cost.action_accept()
        with self.assertRaisesRegex(UserError, "on proof, art. 7.*to be verified"):
            cost.action_claim()
        cost.basis = "Bill of the bailiff"
        cost.action_claim()
        self.assertEqual(cost.charge_id.amount, 50)
        self.assertEqual(cost.charge_id.display_name, "Collection costs: Writ")

    def test_recoverable_joins_the_claim_where_the_law_allows_it(self):
        rule = self.rule("title")
        cost = self.report_cost(self.case, 50, recoverable=True)
        cost.basis = "Bill"
        cost.action_accept()
        self.assertEqual((cost.state, cost.in_claim), ("accepted", False))
        self.assertIn("art. 9", cost.message_ids[0].body)
        rule.claimable = "proof"
        other = self.report_cost(self.case, 30, "Postage", recoverable=True)
        other.basis = "Bill"
        other.action_accept()
        self.assertTrue(other.in_claim)

    def test_rules_have_the_names_of_their_regimes(self):
        """That of the last version; of a regime that is archived all the same."""
        rule = self.rule("proof")
        self.assertEqual(rule.display_name, self.business.name)
        self.business.date_to = "2026-12-31"
        self.business.copy(
            {"name": "Of tomorrow", "date_from": "2027-01-01", "date_to": False}
        )
        rule.invalidate_recordset(["display_name"])
        self.assertEqual(rule.display_name, "Of tomorrow")
        rule.regime_code = "be_consumer"
        belgian = self.env["credit.regime"].with_context(active_test=False)
        belgian = belgian.search([("code", "=", "be_consumer")])
        self.assertIn(rule.display_name, belgian.mapped("name"))
        rule.regime_code = "unheard_of"
        self.assertEqual(rule.display_name, "unheard_of")

    def test_articles_in_the_language_of_the_reader(self):
        """As the sheet of a regime does; they are kept once."""
        self.env["res.lang"]._activate_lang("fr_FR")
        rule = self.rule("proof", article="Law of 9 July 1991")
        french = rule.with_context(lang="fr_FR")
        self.assertEqual(french.article_text, "Loi du 9 juillet 1991")
        self.assertEqual(french.article, "Law of 9 July 1991")

    def test_real_rules_of_france(self):
        """As the addon ships them: no costs of a consumer without a title."""
        self.env["credit.cost.rule"].create(
            {
                "regime_code": "fr_consumer",
                "claimable": "title",
                "article": "L111-8 CPCE, L121-21 C. conso",
            }
        )
        self.consumer.code = "fr_consumer"
        case = self.open_case(self.make_invoice(self.debtor_b, overdue=100))
        self.assertEqual(case._regime(), self.consumer)
        cost = self.report_cost(case, 50)
        cost.basis = "Bill"
        cost.action_accept()
        with self.assertRaisesRegex(UserError, "L121-21"):
            cost.action_claim()

    def test_out_of_the_claim_again(self):
        cost = self.report_cost(self.case, 50)
        cost.basis = "Bill"
        cost.action_accept()
        cost.action_claim()
        with self.assertRaisesRegex(UserError, "out of the claim first"):
            cost.amount_claimed = 10
        cost.action_unclaim()
        self.assertFalse(cost.in_claim)
        self.assertEqual(self.case._claim_at(TODAY)["costs"], 0)
        cost.action_claim()
        self.assertEqual(self.case._claim_at(TODAY)["costs"], 5000)

    def test_refused_with_a_reason(self):
        cost = self.report_cost(self.case, 50)
        with self.assertRaisesRegex(UserError, "Refused because"):
            cost.action_refuse()
        cost.refuse_reason = "Not ordered"
        cost.action_refuse()
        self.assertEqual(cost.state, "refused")
        with self.assertRaisesRegex(UserError, "Accept"):
            cost.action_claim()
        with self.assertRaisesRegex(UserError, "settled"):
            cost.amount = 1
        with self.assertRaisesRegex(UserError, "settled"):
            cost.state = "reported"
        with self.assertRaisesRegex(UserError, "stays on record"):
            cost.unlink()

    def test_no_more_than_it_cost(self):
        cost = self.report_cost(self.case, 50)
        cost.amount_claimed = 60
        with self.assertRaises(ValidationError):
            cost.amount_claimed = 60.01

    def test_bills_by_party(self):
        lawyer = self.make_party("Lawyer", credit_party_role="lawyer")
        mandate = self.make_mandate(lawyer, kind="judicial", fee_ids=False)
        other = self.open_case(
            self.make_invoice(self.debtor_b, overdue=60),
            mandate_id=mandate.id,
            kind="judicial",
        )
        costs = (
            self.report_cost(self.case, 50)
            | self.report_cost(self.case, 7.5, "Postage")
            | self.report_cost(other, 300, "Petition")
        )
        own = self.report_cost(self.case, 20, "Court")
        own.advanced_by = "creditor"
        (costs | own).action_accept()
        (costs | own).action_bill()
        self.assertFalse(own.bill_id)
        bill, foreign = costs[0].bill_id, costs[2].bill_id
        self.assertEqual(costs[1].bill_id, bill)
        self.assertEqual(
            (bill.partner_id, bill.state, bill.amount_untaxed, bill.amount_total),
            (self.agency, "draft", 57.5, 69),
        )
        self.assertEqual(bill.invoice_line_ids.account_id, self.costs)
        self.assertEqual((foreign.partner_id, foreign.amount_total), (lawyer, 300))
        with self.assertRaisesRegex(UserError, "None of these costs"):
            costs.action_bill()

    def test_borne_by_the_third_party(self):
        self.mandate.cost_bearer = "party"
        cost = self.report_cost(self.case, 50)
        cost.action_accept()
        with self.assertRaisesRegex(UserError, "None of these costs"):
            cost.action_bill()

    def test_other_currency(self):
        """100 dollars are 50 euros."""
        cost = self.report_cost(self.case, 100, currency="USD")
        self.assertEqual((cost.amount, cost.amount_claimed), (100, 50))
        with self.assertRaisesRegex(UserError, "XXX"):
            self.report_cost(self.case, 100, currency="XXX")

    def test_rights(self):
        collector = self.make_user("cost_collector", "group_collector")
        viewer = self.make_user("cost_viewer", "group_viewer")
        cost = self.report_cost(self.case, 50)
        cost.with_user(collector).name = "Writ of summons"
        with self.assertRaises(AccessError):
            cost.with_user(viewer).name = "No"
        with self.assertRaisesRegex(AccessError, "managers"):
            cost.with_user(collector).action_accept()
        cost.action_accept()
        with self.assertRaises(AccessError):
            cost.with_user(collector).name = "Too late"
        foreign = self.make_user("cost_other", "group_manager", self.other_company)
        self.assertFalse(self.env["credit.case.cost"].with_user(foreign).search([]))

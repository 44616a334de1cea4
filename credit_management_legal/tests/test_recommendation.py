"""What to do next: from the company's own past, else from assumptions that say so."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import NOW, TODAY, days_ago

from .common import CaseCommon


@tagged("post_install", "-at_install")
class TestRecommendation(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls.make_party("Agency")
        cls.mandate = cls.make_mandate()
        cls.manager = cls.make_user("next_manager", "group_manager")
        cls.collector = cls.make_user("next_collector", "group_collector")
        cls.company.credit_waiting_rate = 0
        cls.service = cls.env["credit.recommendation"]

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    def outcomes(self, case):
        return {found.way.code: found for found in self.service._outcomes(case)}

    def test_assumptions_say_so(self):
        case = self.make_case(
            self.make_invoice(overdue=100, amount=1000), mandate_id=self.mandate.id
        )
        found = self.outcomes(case)
        # 45 % of 1,000; 55 % of 1,000 less 10 % by the mandate.
        self.assertEqual(found["dunning"].expected, 45000)
        self.assertEqual(found["agency"].expected, 49500)
        self.assertTrue(found["agency"].best)
        # 40 % for a consumer, 150 of costs.
        self.assertEqual(found["order"].expected, 25000)
        case.with_user(self.collector).action_recommend()
        self.assertIn("assumed", case.recommendation_html)
        self.assertIn("none of your own cases", case.recommendation_html)
        self.assertEqual(case.recommendation_date, TODAY)

    def test_in_the_language_of_the_reader(self):
        """Whoever worked it out, and in whatever language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        case = self.make_case(self.make_invoice(overdue=100, amount=1000))
        case.with_context(lang="fr_FR").action_recommend()
        english = case.with_context(lang="en_US").recommendation_html
        self.assertIn("Write off", english)
        self.assertIn("none of your own cases", english)
        self.debtor.credit_insolvency_date = TODAY
        case.with_context(lang="fr_FR").action_recommend()
        english = case.with_context(lang="en_US").recommendation_html
        self.assertIn("insolvency: the claim is declared instead", english)
        french = case.with_context(lang="fr_FR").recommendation_html
        self.assertNotIn("insolvency: the claim is declared instead", french)

    def test_own_past(self):
        """Of twenty that were open at 100 days fifteen paid within half a year."""
        for number in range(20):
            move = self.make_invoice(self.debtor_b, overdue=400, amount=900)
            if number < 15:
                self.pay(move, day=days_ago(250))
        # Paid before it was that old: it says nothing of those that are.
        early = self.make_invoice(self.debtor_b, overdue=400, amount=900)
        self.pay(early, day=days_ago(390))
        # Too young to tell: it is not looked at.
        self.make_invoice(self.debtor_b, overdue=200, amount=900)
        case = self.make_case(
            self.make_invoice(overdue=100, amount=1000), party_id=self.agency.id
        )
        chance = self.outcomes(case)["dunning"].way.chance
        self.assertEqual((chance.points, chance.number), (7500, 20))
        self.assertFalse(chance.assumed)
        case.action_recommend()
        self.assertIn("75 % of 20 cases", case.recommendation_html)

    def test_other_company_tells_nothing(self):
        history = self.service._dunning_history(self.other_company, 100)
        self.make_invoice(overdue=400, amount=900)
        self.assertEqual(
            self.service._dunning_history(self.other_company, 100), history
        )
        self.assertTrue(self.service._dunning_history(self.company, 100))

    def test_cases_that_ended(self):
        for number in range(20):
            move = self.make_invoice(self.debtor_b, overdue=100, amount=500)
            case = self.make_case(move, party_id=self.agency.id)
            if number < 4:
                self.pay(move)
            else:
                case.action_close("Over")
        case = self.make_case(
            self.make_invoice(overdue=100, amount=1000), mandate_id=self.mandate.id
        )
        found = self.outcomes(case)["agency"]
        self.assertEqual((found.way.chance.points, found.expected), (2000, 18000))

    def test_orders_and_lawsuits_apart(self):
        """By the procedure; of cases without one nobody knows which it was."""
        ref = self.env.ref
        for number, procedure in enumerate(
            (
                ref("credit_management_legal.procedure_fr_order"),
                ref("credit_management_legal.procedure_fr_summons"),
                self.env["credit.procedure"],
            )
        ):
            for place in range(number + 1):
                move = self.make_invoice(self.debtor_b, overdue=100, amount=500)
                case = self.make_case(move, party_id=self.agency.id, kind="judicial")
                case.procedure_id = procedure
                if place:
                    self.pay(move)
                else:
                    case.action_close("Over")
        self.env.flush_all()
        history = {
            way: self.service._segment(
                self.service._case_history(self.company, "judicial", way), "", 0
            )
            for way in ("order", "lawsuit")
        }
        self.assertEqual(history, {"order": (2, 4), "lawsuit": (3, 5)})

    def test_costs_that_are_spent(self):
        case = self.make_case(
            self.make_invoice(overdue=100, amount=1000), party_id=self.agency.id
        )
        procedure = self.env.ref("credit_management_legal.procedure_fr_order")
        case.procedure_id = procedure
        case._add_event("filed", "Petition", date=days_ago(20))
        self.assertEqual(self.outcomes(case)["order"].way.costs, 15000)
        lawsuit = self.outcomes(case)["lawsuit"].way.costs
        case._add_event("order", "Order", date=days_ago(5))
        found = self.outcomes(case)
        self.assertEqual(found["order"].way.costs, 0)
        self.assertEqual(found["lawsuit"].way.costs, lawsuit)

    def test_tax_that_a_write_off_gets_back(self):
        """Of what is not paid in the end: 200 of 1,200, by the chance of each way."""
        tax = self.company_data["default_tax_sale"]
        tax.write({"amount": 20, "price_include_override": "tax_excluded"})
        move = self.make_invoice(
            overdue=100,
            invoice_line_ids=[
                Command.create(
                    {
                        "name": "Work",
                        "quantity": 1,
                        "price_unit": 1000,
                        "tax_ids": [Command.set(tax.ids)],
                    }
                )
            ],
        )
        case = self.make_case(move, mandate_id=self.mandate.id)
        for choice, amount in (("none", 0), ("conditions", 0), ("now", 20000)):
            self.company.credit_write_off_vat = choice
            found = self.outcomes(case)
            self.assertEqual(found["write_off"].expected, amount)
        # 45 % of 1,200, and 200 in the other 55 %.
        self.assertEqual(found["dunning"].expected, 54000 + 11000)
        case.action_recommend()
        self.assertIn("VAT on what is lost", case.recommendation_html)

    def test_segments(self):
        history = {
            ("business", 1): (10, 19),
            ("business", 2): (5, 21),
            ("consumer", 1): (1, 60),
        }
        segment = self.service._segment
        self.assertEqual(segment(history, "business", 2), (5, 21))
        self.assertEqual(segment(history, "business", 1), (15, 40))
        self.assertEqual(segment(history, "public", 1), (16, 100))
        self.assertEqual(segment({}, "public", 1), (0, 0))

    def test_ways_that_are_closed(self):
        move = self.make_invoice(overdue=400, amount=1000, issued=days_ago(430))
        case = self.make_case(move, party_id=self.agency.id)
        # A year for carriage.
        move.credit_claim_kind = "transport"
        self.assertLess(case.limitation_date, TODAY)
        found = self.outcomes(case)
        self.assertIn("limitation", found["lawsuit"].way.closed)
        self.assertFalse(found["agency"].way.closed)
        self.env["credit.insolvency"].create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "procedure": "liquidation",
                "date_opened": TODAY,
            }
        )
        found = self.outcomes(case)
        self.assertIn("insolvency", found["dunning"].way.closed)
        self.assertTrue(found["write_off"].best)
        self.assertIn("Not open", case.recommendation_html)

    def test_ways_that_the_law_refuses(self):
        """Above the limit, or not for consumers: left out, with the reason."""
        belgium = self.env.ref("base.be")
        self.company.country_id = self.debtor.country_id = belgium
        move = self.make_invoice(overdue=100, amount=2000)
        self.remind_first(move)
        case = self.make_case(move, party_id=self.agency.id)
        found = self.outcomes(case)
        # 1,860 at most before the justice of the peace, and the bailiff's way is for
        # businesses only.
        self.assertIn("not for claims on consumers", found["order"].way.closed)
        self.assertIn("1,860", found["order"].way.closed)
        self.assertEqual(found["order"].expected, 0)
        self.assertFalse(found["order"].best)
        self.assertFalse(found["lawsuit"].way.closed)
        case.action_recommend()
        self.assertIn("not for claims on consumers", case.recommendation_html)
        move = self.make_invoice(overdue=100, amount=1000)
        self.remind_first(move)
        small = self.make_case(move, party_id=self.agency.id)
        self.assertFalse(self.outcomes(small)["order"].way.closed)

    def test_country_without_known_procedures(self):
        """What is not known is no obstacle."""
        spain = self.env.ref("base.es")
        self.company.country_id = self.debtor.country_id = spain
        case = self.make_case(
            self.make_invoice(overdue=100, amount=2000), party_id=self.agency.id
        )
        found = self.outcomes(case)
        self.assertFalse(found["order"].way.closed or found["lawsuit"].way.closed)

    def test_less_than_the_mandate_takes(self):
        self.mandate.min_amount = 500
        case = self.make_case(
            self.make_invoice(overdue=100, amount=400), kind="judicial"
        )
        self.assertIn("mandate", self.outcomes(case)["agency"].way.closed)
        self.mandate.min_amount = 400
        self.assertFalse(self.outcomes(case)["agency"].way.closed)

    def test_at_each_turn(self):
        case = self.make_case(
            self.make_invoice(overdue=100, amount=1000), party_id=self.agency.id
        )
        self.assertFalse(case.recommendation_html)
        case._add_event("letter", "Letter", date=TODAY)
        self.assertFalse(case.recommendation_date)
        case._add_event("status", "Not reached", date=TODAY)
        self.assertEqual(case.recommendation_date, TODAY)

    def test_other_currency_and_waiting(self):
        self.company.credit_waiting_rate = 12
        case = self.make_case(
            self.make_invoice(overdue=100, amount=1000, currency=self.dollar),
            party_id=self.agency.id,
        )
        found = self.outcomes(case)
        # 150 euros are 300 dollars; eight months at 1 % each.
        self.assertEqual(found["order"].way.costs, 30000)
        self.assertEqual(found["order"].recovery, round(40000 / 1.08))

    def test_own_assumptions_go_first(self):
        assumption = self.env["credit.recommendation.assumption"]
        values = {"way": "dunning", "chance": 90, "company_id": self.company.id}
        with self.assertRaises(AccessError):
            assumption.with_user(self.collector).create(values)
        assumption.with_user(self.manager).create(values)
        case = self.make_case(
            self.make_invoice(overdue=100, amount=1000), party_id=self.agency.id
        )
        self.assertEqual(self.outcomes(case)["dunning"].way.chance.points, 9000)

"""Mandates: when they hold, whom they cover, what they cost."""

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.credit_management.tests.common import NOW, TODAY, days_ago

from ..engine import fees
from .common import CaseCommon


@tagged("post_install", "-at_install")
class TestMandate(CaseCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agency = cls.make_party("Agency")
        cls.mandate = cls.make_mandate()

    def setUp(self):
        super().setUp()
        self.startPatcher(freeze_time(NOW))

    def test_example_on_the_form(self):
        with Form(self.mandate) as form:
            form.example_amount = 2000
            form.example_age = 0
            self.assertEqual(form.example_fee, 170)  # 8.5 %
            form.scale_rule = fees.TIERS
            self.assertEqual(form.example_fee, 100 + 85)
            form.example_age = 200
            self.assertEqual(form.example_fee, 400)

    def test_fees_of_a_case(self):
        self.mandate.fee_opening = 12.5
        move = self.make_invoice(overdue=30, amount=1000)
        case = self.make_case(move, mandate_id=self.mandate.id)
        self.assertEqual(case.party_id, self.agency)
        self.assertEqual((case.amount_collected, case.amount_fee), (0, 12.5))
        self.pay(move, 333.33)
        case.invalidate_recordset()
        self.assertEqual((case.amount_collected, case.amount_fee), (333.33, 45.83))
        self.pay(move)
        case.invalidate_recordset()
        self.assertEqual((case.amount_collected, case.amount_fee), (1000, 112.5))

    def test_credit_notes_and_earlier_payments_earn_nothing(self):
        move = self.make_invoice(overdue=30, amount=1000)
        self.pay(move, 200, day=days_ago(1))
        case = self.make_case(move, mandate_id=self.mandate.id)
        note = self.make_credit_note(amount=100)
        (self.items(move) | self.items(note)).reconcile()
        case.invalidate_recordset()
        self.assertEqual((case.amount_collected, case.amount_residual), (0, 700))

    def test_fee_without_success(self):
        self.mandate.fee_failure = 15
        case = self.make_case(self.make_invoice(overdue=30), mandate_id=self.mandate.id)
        self.assertEqual(case.amount_fee, 0)
        case.action_withdraw("Comes back")
        self.assertEqual(case.amount_fee, 15)

    def test_another_currency(self):
        """Fixed amounts are converted at the rate of the day of opening."""
        self.mandate.fee_opening = 10
        move = self.make_invoice(overdue=30, amount=1000, currency=self.dollar)
        case = self.make_case(move, mandate_id=self.mandate.id)
        self.assertEqual((case.currency_id, case.amount_fee), (self.dollar, 20))
        self.pay(move)
        case.invalidate_recordset()
        # Up to 2,000 dollars are 1,000 euros: 10 %.
        self.assertEqual(case.amount_fee, 120)

    def test_in_force(self):
        self.assertTrue(self.mandate.is_current)
        self.mandate.date_to = days_ago(1)
        self.assertFalse(self.mandate.is_current)
        found = self.env["credit.mandate"].search(
            [("is_current", "=", True), ("party_id", "=", self.agency.id)]
        )
        self.assertFalse(found)
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            with self.cr.savepoint():
                self.mandate.date_to = "2000-01-01"
                self.env.flush_all()

    def test_chosen_by_country_and_kind(self):
        france, belgium = self.env.ref("base.fr"), self.env.ref("base.be")
        choose = self.env["credit.mandate"]._choose
        self.assertEqual(choose(self.company, france, "amicable", TODAY), self.mandate)
        self.assertFalse(choose(self.company, france, "judicial", TODAY))
        self.assertFalse(choose(self.other_company, france, "amicable", TODAY))
        self.agency.credit_party_country_ids = belgium
        self.assertFalse(choose(self.company, france, "amicable", TODAY))
        self.mandate.country_ids = france
        self.assertTrue(choose(self.company, france, "amicable", TODAY))
        self.assertFalse(choose(self.company, france, "amicable", days_ago(3000)))

    def test_district(self):
        france = self.env.ref("base.fr")
        paris = self.env["res.country.state"].create(
            [
                {"name": f"District {code}", "code": code, "country_id": france.id}
                for code in ("T1", "T2")
            ]
        )
        bailiff = self.make_party(
            "Bailiff",
            credit_party_role="bailiff",
            credit_party_country_ids=france.ids,
            credit_party_state_ids=paris[0].ids,
        )
        self.debtor.state_id = paris[0]
        self.assertTrue(bailiff._credit_works_for(self.debtor))
        self.debtor.state_id = paris[1]
        self.assertFalse(bailiff._credit_works_for(self.debtor))
        self.debtor.country_id = self.env.ref("base.be")
        self.assertFalse(bailiff._credit_works_for(self.debtor))

    def test_contradictions_are_refused(self):
        other = self.make_party("Other agency")
        case = self.make_case(
            self.make_invoice(), opened=False, mandate_id=self.mandate.id
        )
        with self.assertRaises(ValidationError), self.cr.savepoint():
            case.party_id = other
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.mandate.party_id = self.debtor
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.mandate.write({"fee_min": 50, "fee_max": 40})

    def test_kind_stays_while_cases_use_it(self):
        case = self.make_case(self.make_invoice(overdue=30), mandate_id=self.mandate.id)
        with self.assertRaisesRegex(ValidationError, f"other kind: {case.name}"):
            self.mandate.kind = "judicial"
        case.action_close("Test")
        self.mandate.kind = "judicial"

    def test_managers_configure(self):
        collector = self.make_user("collector", "group_collector")
        manager = self.make_user("manager", "group_manager")
        neighbour = self.make_user("neighbour", "group_manager", self.other_company)
        self.assertTrue(self.mandate.with_user(collector).fee_ids[0].percent)
        with self.assertRaises(AccessError):
            self.mandate.with_user(collector).fee_min = 1
        self.mandate.with_user(manager).fee_ids = [
            Command.create({"age_from": 400, "percent": 30})
        ]
        with self.assertRaises(AccessError):
            self.mandate.with_user(neighbour).read(["name"])

    def test_cases_of_debtor_and_of_party(self):
        self.make_case(self.make_invoice(), mandate_id=self.mandate.id)
        self.assertEqual(self.debtor.credit_case_count, 1)
        self.assertEqual(self.agency.credit_case_count, 1)
        self.assertEqual(self.debtor_b.credit_case_count, 0)

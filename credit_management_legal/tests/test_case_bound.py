"""Money and fees stay with the mandate under which they came about."""

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from .money_common import MoneyCommon


@tagged("post_install", "-at_install")
class TestCaseBound(MoneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.case = cls.open_case(cls.make_invoice(overdue=100, amount=1000))
        cls.other = cls.make_party("Other agency")
        cls.dear = cls.make_mandate(
            cls.other, name="Dear", fee_ids=[Command.create({"percent": 50})]
        )

    def assertStays(self, **values):
        with self.assertRaisesRegex(UserError, "stays with Agency"):
            self.case.write(values or {"mandate_id": self.dear.id})
        self.assertEqual(self.case.mandate_id, self.mandate)

    def test_nothing_came_in(self):
        self.case.mandate_id = self.dear
        self.assertEqual(self.case.party_id, self.other)

    def test_held_by_the_third_party(self):
        payment = self.report_payment(self.case, 100)
        self.assertStays()
        self.assertStays(mandate_id=False)
        self.assertStays(mandate_id=False, party_id=self.other.id)
        same_party = self.make_mandate(name="Another scale")
        self.assertStays(mandate_id=same_party.id)
        # A refused report is no money.
        payment.refuse_reason = "Not ours"
        payment.action_refuse()
        self.case.mandate_id = self.dear
        self.assertEqual(payment.party_id, self.agency)

    def test_others_are_not_bound(self):
        free = self.open_case(self.make_invoice(overdue=50))
        self.report_payment(self.case, 100)
        with self.assertRaisesRegex(UserError, f"^{self.case.name} stays"):
            (free | self.case).mandate_id = self.dear

    def test_paid_to_us(self):
        """What was collected earns by the scale that held then."""
        self.pay(self.case.line_ids.move_id, 200, day=days_ago(5))
        self.assertEqual(self.case.amount_fee, 20)
        self.assertStays()
        self.case.invalidate_recordset()
        self.assertEqual(self.case.amount_fee, 20)

    def test_fees_on_a_statement(self):
        self.mandate.fee_opening = 30
        made = self.remittance(fees_only=True)
        self.assertEqual(made.amount_fee, 30)
        self.assertStays()
        made.action_cancel()
        self.case.mandate_id = self.dear

    def test_contract_that_was_forgotten(self):
        """Money stays with the same third party, and nothing was reckoned before."""
        case = self.open_case(
            self.make_invoice(overdue=50), mandate_id=False, party_id=self.agency.id
        )
        self.report_payment(case, 10)
        case.mandate_id = self.mandate
        self.assertEqual(case.payment_ids.party_id, self.agency)

    def test_costs_stay_with_who_advanced_them(self):
        cost = self.report_cost(self.case, 50)
        cost.action_accept()
        self.dear.cost_bearer = "party"
        self.case.mandate_id = self.dear
        self.assertEqual(cost.party_id, self.agency)
        made = self.env["credit.remittance"].create(
            {
                "company_id": self.company.id,
                "party_id": self.other.id,
                "currency_id": self.euro.id,
                "date": TODAY,
            }
        )
        made.action_fill()
        self.assertFalse(made.line_ids)
        cost.action_bill()
        self.assertEqual(cost.bill_id.partner_id, self.agency)

    def test_lawsuit_keeps_the_mandate(self):
        self.make_mandate(kind="judicial", name="In court")
        self.report_payment(self.case, 100)
        asked = self.env["credit.case.request"]._ask(self.case, "lawsuit", self.agency)
        asked.action_approve()
        self.assertEqual(self.case.kind, "judicial")
        self.assertEqual(self.case.mandate_id, self.mandate)

    def test_lawsuit_by_the_number_of_the_mandate(self):
        """The third party reads it: what the house calls a mandate is not for it."""
        court = self.make_mandate(kind="judicial", name="In court, cheap")
        for number, told in ((False, "mandate of 01/01/2026"), ("C-7", "“C-7”")):
            court.reference = number
            case = self.open_case(self.make_invoice(overdue=100))
            asked = self.env["credit.case.request"]._ask(case, "lawsuit", self.agency)
            asked.action_approve()
            self.assertEqual(case.mandate_id, court)
            texts = (
                f"{asked.message_ids.mapped('body')} {case.event_ids.mapped('note')}"
            )
            self.assertIn(told, texts)
            self.assertNotIn("cheap", texts)

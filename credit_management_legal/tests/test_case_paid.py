"""When a case is paid: with the charges and the costs that are claimed in it."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.credit_management.tests.common import TODAY, days_ago

from .money_common import MoneyCommon


@tagged("post_install", "-at_install")
class TestCasePaid(MoneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.make_policy()
        cls.move = cls.make_invoice(overdue=100, amount=1000)
        cls.case = cls.open_case(cls.move)
        cls.manager = cls.make_user("paid_manager", "group_manager")

    def claimed_cost(self, amount):
        cost = self.report_cost(self.case, amount)
        cost.basis = "Bill"
        cost.action_accept()
        cost.action_claim()
        return cost

    def rest(self):
        return self.case.state, self.case.amount_residual, self.case.amount_charges

    def test_charges_have_to_be_paid(self):
        interest = self.make_charge("interest", 24, self.move)
        self.pay(self.move)
        self.assertEqual(self.rest(), ("open", 0, 24))
        interest._waive(10, "Half of it")
        self.assertEqual(self.rest(), ("open", 0, 14))
        interest._waive(14, "The rest")
        self.assertEqual(self.rest(), ("paid", 0, 0))
        self.assertEqual(self.case.date_closed, TODAY)

    def test_costs_have_to_be_paid(self):
        """Booked by the first remittance, and paid by the second."""
        cost = self.claimed_cost(50)
        self.case.allocation_order = "principal_interest"
        self.report_payment(self.case, 1040)
        self.book()
        self.assertEqual(cost.charge_id.state, "booked")
        self.assertEqual(self.rest(), ("open", 0, 10))
        self.report_payment(self.case, 10, days=1)
        self.book(reference="S-2")
        self.assertEqual(self.rest(), ("paid", 0, 0))

    def test_case_of_another_company_has_nothing_to_do_with_it(self):
        theirs = self.make_invoice(overdue=60, company=self.other_company)
        case = self.make_case(theirs, party_id=self.agency.id)
        self.make_charge("interest", 24, self.move)
        self.pay(theirs)
        self.assertEqual(case.state, "paid")

    def test_track_waits_for_a_decision(self):
        self.make_charge("interest", 24, self.move)
        self.assertFalse(self.case._track_pauses())
        self.pay(self.move)
        self.assertEqual(
            self.case._track_pauses(), {self.case: "Only charges are left"}
        )

    def test_closed_with_the_rest_waived(self):
        interest = self.make_charge("interest", 24, self.move)
        cost = self.claimed_cost(50)
        self.pay(self.move)
        action = self.case.with_user(self.manager).action_close_waived()
        wizard = (
            self.env["credit.case.end"]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        with Form(wizard) as form:
            self.assertEqual((form.amount_charges, form.waive), (74, True))
            form.reason = "Settled by agreement"
        form.save().action_confirm()
        self.assertEqual(
            (self.case.state, self.case.end_reason), ("closed", "Settled by agreement")
        )
        charges = interest | cost.charge_id
        self.assertEqual(set(charges.mapped("state")), {"waived"})
        self.assertEqual(interest.waive_reason, "Settled by agreement")
        collector = self.make_user("paid_collector", "group_collector")
        with self.assertRaises(AccessError):
            self.case.with_user(collector).action_close_waived()

    def test_closed_without_waiving_leaves_them_claimed(self):
        interest = self.make_charge("interest", 24, self.move)
        self.pay(self.move)
        action = self.case.with_context(credit_ask_reason=True).action_close()
        wizard = self.env["credit.case.end"].with_context(**action["context"])
        wizard.create({"reason": "Given up"}).action_confirm()
        self.assertEqual((self.case.state, interest.state), ("closed", "claimed"))

    def part_of_a_cost(self):
        """30 of 50 are handed on: the document of the cost has an open rest."""
        cost = self.claimed_cost(50)
        self.report_payment(self.case, 30)
        self.book()
        document = cost.charge_id.booking_id
        self.assertEqual(document.amount_residual, 20)
        return document

    def test_rest_of_a_document_is_in_the_case(self):
        """It is not reminded anew while the agency has the case, and is afterwards."""
        document = self.part_of_a_cost()
        self.assertReason(document, "case")
        self.assertFalse(self.propose(day=days_ago(-30)).reminder_ids)
        self.case.action_close("Over")
        self.assertReason(document, False)
        reminded = self.propose(day=days_ago(-30)).reminder_ids.line_ids
        self.assertIn(self.items(document), reminded.move_line_id)

    def test_rest_of_a_document_is_written_off(self):
        document = self.part_of_a_cost()
        self.pay(self.move)
        self.assertEqual(self.rest(), ("open", 0, 20))
        with self.assertRaisesRegex(UserError, "in the books"):
            self.case._waive_charges("Small")
        action = self.case.action_write_off()
        made = self.env["credit.write.off"].with_context(**action["context"])
        made = made.create({"reason": "Small"})
        self.assertEqual(made.line_ids.move_line_id, self.items(document))

    def test_queries_do_not_grow(self):
        def many(number):
            cases = self.env["credit.case"]
            for rank in range(number):
                debtor = self.make_debtor(f"Debtor {number} {rank}")
                move = self.make_invoice(debtor, overdue=60)
                cases |= self.open_case(move)
                self.make_charge("interest", 5, move)
                self.make_charge("indemnity", 40, move)._book()
            return cases

        def count(call):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            call()
            return self.env.cr.sql_log_count - before

        few, more = many(2), many(8)
        self.assertEqual(set(more.mapped("amount_charges")), {45})
        for act in (
            lambda cases: cases._settle(),
            lambda cases: cases.mapped("amount_charges"),
        ):
            count(lambda act=act: act(few))
            self.assertLessEqual(
                count(lambda act=act: act(more)), count(lambda act=act: act(few))
            )

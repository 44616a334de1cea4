"""Money that third parties hold longer than their mandate lets them."""

from datetime import timedelta

from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import TODAY

from .money_common import MoneyCommon


@tagged("post_install", "-at_install")
class TestRemittanceDue(MoneyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.make_user("held_collector", "group_collector")
        cls.mandate.remittance_days = 10
        cls.case = cls.open_case(
            cls.make_invoice(overdue=100, amount=1000), user_id=cls.collector.id
        )

    def tell(self, company=None):
        return self.env["credit.case.payment"]._tell_overdue(company or self.company)

    def held(self):
        return self.env["mail.activity"].search([("credit_payment_id", "!=", False)])

    def test_once_for_each_payment(self):
        payment = self.report_payment(self.case, 100, days=10)
        self.assertFalse(self.tell(), "the tenth day is not over")
        with freeze_time(TODAY + timedelta(days=1)):
            told = self.tell()
            self.assertEqual(told.credit_payment_id, payment)
            self.assertEqual(
                (told.res_model, told.res_id, told.user_id),
                ("credit.case", self.case.id, self.collector),
            )
            self.assertIn("100.00", told.summary)
            self.assertIn("within 10 days", told.note)
            self.assertFalse(self.tell())
            other = self.report_payment(self.case, 50, days=20)
            self.assertEqual(self.tell().credit_payment_id, other)
            self.assertEqual(len(self.held()), 2)

    def test_no_longer_once_it_is_handed_on(self):
        self.report_payment(self.case, 100, days=15)
        self.tell()
        self.assertTrue(self.held())
        self.book()
        self.assertFalse(self.held())

    def test_on_a_statement(self):
        self.report_payment(self.case, 100, days=15)
        made = self.remittance()
        self.assertFalse(self.tell())
        made.action_cancel()
        self.assertTrue(self.tell())

    def test_no_time_agreed(self):
        self.mandate.remittance_days = 0
        self.report_payment(self.case, 100, days=15)
        self.assertFalse(self.tell())

    def test_received_by_us(self):
        self.report_payment(self.case, 100, days=15, received_by="creditor")
        self.assertFalse(self.tell())

    def test_by_company(self):
        self.report_payment(self.case, 100, days=15)
        self.assertFalse(self.tell(self.other_company))
        with self.enter_registry_test_mode():
            self.env.ref(
                "credit_management_legal.ir_cron_remittance_due"
            ).method_direct_trigger()
        self.assertEqual(len(self.held()), 1)

    def test_flat_number_of_queries(self):
        def count(number):
            for rank in range(number):
                case = self.open_case(
                    self.make_invoice(self.make_debtor(f"D{rank}"), overdue=100),
                    user_id=self.collector.id,
                )
                self.report_payment(case, 10, days=15)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(self.tell()), number)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        few = count(2)
        self.assertLessEqual(count(8), few)

"""Warnings of the night: as many queries for many cases as for few."""

from datetime import date

from odoo.tests import freeze_time, tagged

from odoo.addons.credit_management.tests.common import TODAY

from .procedure_common import ProcedureCommon


@tagged("post_install", "-at_install")
class TestWarningQueries(ProcedureCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls.make_user("warned_collector", "group_collector")
        cls.env["credit.limitation.item"].search([]).unlink()
        # A year, so that it is near.
        cls.company.credit_limitation_kind = "transport"

    def debtors(self, number):
        return [self.make_debtor(f"Debtor {rank}") for rank in range(number)]

    def queries(self, call, number):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        told = call()
        self.env.flush_all()
        self.assertEqual(len(told) if hasattr(told, "ids") else told, number)
        return self.cr.sql_log_count - before

    def assertFlat(self, count):
        """The first call fills what stays known, as rules and texts."""
        count(1)
        few = count(3)
        self.assertLessEqual(count(9), few)

    def test_limitation_of_cases(self):
        def count(number):
            with freeze_time("2026-03-02 12:00:00"):
                for debtor in self.debtors(number):
                    self.make_case(self.issue(debtor), user_id=self.collector.id)
                self.env["credit.limitation"]._refresh(self.company)
                kept = self.env["credit.limitation.item"]
                return self.queries(lambda: kept._warn(self.company), number)

        self.assertFlat(count)

    def test_limitation_of_debtors(self):
        def count(number):
            with freeze_time("2026-03-02 12:00:00"):
                for debtor in self.debtors(number):
                    self.issue(debtor)
                    debtor.with_company(self.company).credit_user_id = self.collector
                self.env["credit.limitation"]._refresh(self.company)
                kept = self.env["credit.limitation.item"]
                return self.queries(lambda: kept._warn(self.company), number)

        self.assertFlat(count)

    def test_deadlines_of_cases(self):
        def count(number):
            for debtor in self.debtors(number):
                with self.on("2026-09-07"):
                    case = self.judicial("fr_order", debtor, user_id=self.collector.id)
                self.act(case, "order", "2026-09-14")
            rows = self.env["credit.case.deadline"].sudo()
            with self.on("2026-12-01"):
                day = date(2026, 12, 1)
                return self.queries(lambda: rows._announce(self.company, day), number)

        self.assertFlat(count)

    def issue(self, debtor):
        """An invoice whose limitation comes near in March 2026."""
        day = date(2025, 9, 1)
        return self.make_invoice(debtor, overdue=(TODAY - day).days - 1, issued=day)

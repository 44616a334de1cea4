"""The legal regimes that are shipped."""

from datetime import date

from odoo.tests import TransactionCase, tagged

DAY = date(2026, 11, 24)


@tagged("post_install", "-at_install")
class TestRegimeData(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.regimes = cls.env["credit.regime"].search([])

    def test_one(self):
        self.assertTrue(self.regimes)

"""What debtors type: amounts as people write them, and as the page itself does."""

from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..engine.inputs import BadInput, parse_amount

READ = {
    "150": "150",
    "3242,38": "3242.38",
    "3242.38": "3242.38",
    "3 242,38": "3242.38",
    "3\u00a0242,38": "3242.38",
    "3\u202f242,38\u00a0€": "3242.38",
    "1.368,96": "1368.96",
    "1,368.96": "1368.96",
    "1.234.567": "1234567",
    "1.234.567,8": "1234567.8",
    "12'500.05": "12500.05",
    "1\u2019250": "1250",
    "$ 99.50": "99.50",
    "100.0000": "100",
}
REFUSED = (
    "1.368",
    "1,368",
    "1.500",
    "1,500",
    "100.000",
    "1,00.00",
    "1 00,00",
    "12 34",
    "1 234.567,00",
    "1.234,567,8",
    "1,234,56",
    "1234 567",
    "-5",
    "1e5",
    "€",
    "",
    "0",
    "1.234.567.890.123",
    None,
    5,
)


@tagged("post_install", "-at_install")
class TestInputs(BaseCase):
    def test_amounts(self):
        for text, amount in READ.items():
            with self.subTest(text):
                self.assertEqual(parse_amount(text), Decimal(amount))

    def test_no_amounts(self):
        for text in REFUSED:
            with self.subTest(text), self.assertRaises(BadInput):
                parse_amount(text)

    def test_point_that_can_only_be_the_decimals(self):
        self.assertEqual(parse_amount("1.368", decimals=3), Decimal("1.368"))
        self.assertEqual(parse_amount("1.500", decimals=3), Decimal("1.5"))

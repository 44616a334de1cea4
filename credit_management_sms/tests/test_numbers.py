from odoo.tests import BaseCase, tagged

from ..engine.numbers import INVALID, LANDLINE, MISSING, Mobile, choose, read


@tagged("post_install", "-at_install")
class TestNumbers(BaseCase):
    def test_country_of_the_debtor(self):
        self.assertEqual(read("06 12 34 56 78", "FR").e164, "+33612345678")
        self.assertEqual(read("06 12 34 56 78", "NL").e164, "+31612345678")
        self.assertEqual(read("0032 470 12 34 56", "FR").e164, "+32470123456")
        found = read("+32 470/12.34.56", "FR")
        self.assertEqual(found, Mobile("+32470123456", "BE", ("Europe/Brussels",)))

    def test_fixed_lines_are_left_out(self):
        self.assertEqual(read("01 42 68 53 00", "FR"), LANDLINE)
        self.assertEqual(read("+32 2 555 12 34", "BE"), LANDLINE)
        # A number that costs the caller money, and one that costs nothing.
        self.assertEqual(read("0800 123 45", "BE"), LANDLINE)

    def test_where_mobile_and_fixed_look_alike(self):
        self.assertEqual(read("(202) 555-0123", "US").e164, "+12025550123")

    def test_no_number(self):
        for number in ("abc", "12", "+33 6 12", "06 12 34 56 78 90 12", "+999 123456"):
            with self.subTest(number):
                self.assertEqual(read(number, "FR"), INVALID)
        for number in ("", "  ", None, False):
            self.assertEqual(read(number, "FR"), MISSING)

    def test_choice(self):
        self.assertEqual(
            choose(["01 42 68 53 00", False, "06 12 34 56 78"], "FR").e164,
            "+33612345678",
        )
        self.assertEqual(choose(["12", "01 42 68 53 00"], "FR"), LANDLINE)
        self.assertEqual(choose(["12", ""], "FR"), INVALID)
        self.assertEqual(choose([], "FR"), MISSING)

"""What is lost and what is tax, to the last unit."""

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.write_off import CONDITIONS, NONE, NOW, by_rate, needs_approval, split

PARTS = st.lists(
    st.tuples(st.integers(0, 10**7), st.integers(0, 10**6)), min_size=1, max_size=4
).filter(lambda parts: sum(net + tax for net, tax in parts))


@tagged("post_install", "-at_install")
class TestWriteOffSplit(BaseCase):
    def test_split(self):
        self.assertEqual(split(12000, 12000, 2000, NOW).tax, 2000)
        self.assertEqual(split(6000, 12000, 2000, CONDITIONS).net, 5000)
        self.assertEqual(split(12000, 12000, 2000, NONE).tax, 0)
        # 0.5 of a cent goes up.
        self.assertEqual(split(3, 12, 2, NOW).tax, 1)
        self.assertEqual(split(0, 0, 0, NOW).net, 0)
        for amount in (-1, 12001):
            with self.assertRaises(ValueError):
                split(amount, 12000, 2000, NOW)

    def test_four_eyes(self):
        self.assertEqual(needs_approval(100, 100, False, True), "")
        self.assertEqual(needs_approval(101, 100, False, False), "manager")
        self.assertEqual(needs_approval(101, 100, True, True), "other")
        self.assertEqual(needs_approval(101, 100, True, False), "")

    @settings(deadline=None)
    @given(PARTS, st.integers(0, 100))
    def test_nothing_is_lost(self, parts, percent):
        total = sum(net + tax for net, tax in parts)
        amount = total * percent // 100
        found = by_rate(amount, parts)
        self.assertEqual(sum(part.net + part.tax for part in found), amount)
        for part, (net, tax) in zip(found, parts, strict=True):
            self.assertGreaterEqual(part.net, 0)
            self.assertLessEqual(part.net + part.tax, net + tax)
            self.assertLessEqual(part.tax, tax)

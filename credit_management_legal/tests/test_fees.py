"""Success fees to the cent."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.fees import (
    GROSS,
    NET,
    TIERS,
    WHOLE,
    Band,
    FeeScale,
    fee_of_payment,
    remittance,
    success_fee,
    tax_on,
)


def band(age, above, percent, fixed=0):
    return Band(age, above, Decimal(percent), fixed)


#: Young claims cost less; small ones more.
BANDS = (
    band(0, 0, "10"),
    band(0, 100_000, "8.5"),
    band(0, 1_000_000, "5"),
    band(180, 0, "20"),
    band(180, 100_000, "15"),
)
FULL = FeeScale(BANDS, WHOLE)
TIERED = FeeScale(BANDS, TIERS)

PAYMENTS = st.lists(
    st.tuples(st.integers(0, 800), st.integers(1, 3_000_000)), min_size=1, max_size=8
)


@tagged("post_install", "-at_install")
class TestFees(BaseCase):
    def fees(self, scale, *collected):
        return success_fee(scale, collected)

    def test_whole_amount_by_band(self):
        for amount, fee in (
            (0, 0),
            (1, 0),  # a tenth of a cent
            (5, 1),  # half a cent
            (99_999, 10_000),  # 9,999.9
            (100_000, 10_000),  # up to the border: still 10 %
            (100_001, 8_500),  # 8,500.085
            (1_000_000, 85_000),
            (1_000_001, 50_000),
        ):
            with self.subTest(amount=amount):
                self.assertEqual(self.fees(FULL, (0, amount)), fee)

    def test_part_by_band(self):
        for amount, fee in (
            (100_000, 10_000),
            (100_001, 10_000),
            (100_100, 10_009),  # 10,000 + 8.5
            (1_000_000, 10_000 + 76_500),
            (1_500_000, 10_000 + 76_500 + 25_000),
        ):
            with self.subTest(amount=amount):
                self.assertEqual(self.fees(TIERED, (0, amount)), fee)

    def test_age(self):
        self.assertEqual(self.fees(FULL, (179, 50_000)), 5_000)
        self.assertEqual(self.fees(FULL, (180, 50_000)), 10_000)
        self.assertEqual(self.fees(FULL, (5_000, 200_000)), 30_000)
        # Not due yet when it was handed over: no band, no fee.
        self.assertEqual(self.fees(FULL, (-1, 50_000)), 0)

    def test_claims_of_one_age_are_added_up(self):
        ten = [(30, 20_000)] * 10
        self.assertEqual(success_fee(FULL, ten), 17_000)
        # Each by itself would be 10 %.
        self.assertEqual(sum(success_fee(FULL, [one]) for one in ten), 20_000)
        mixed = [(30, 50_000), (200, 50_000)]
        self.assertEqual(success_fee(FULL, mixed), 5_000 + 10_000)

    def test_rounded_once(self):
        scale = FeeScale((band(0, 0, "33.333"), band(90, 0, "33.333")))
        # 0.33333 twice is 0.66666; rounded by age it would be nothing.
        self.assertEqual(success_fee(scale, [(0, 1), (90, 1)]), 1)

    def test_fixed_part(self):
        scale = FeeScale((band(0, 0, "0", 1_500), band(0, 50_000, "1", 3_000)))
        self.assertEqual(self.fees(scale, (0, 1)), 1_500)
        self.assertEqual(self.fees(scale, (0, 60_000)), 3_600)
        tiered = FeeScale(scale.bands, TIERS)
        self.assertEqual(self.fees(tiered, (0, 60_000)), 1_500 + 3_000 + 100)

    def test_bounds(self):
        scale = FeeScale(BANDS, WHOLE, minimum=2_000, maximum=40_000)
        self.assertEqual(self.fees(scale, (0, 100)), 2_000)
        self.assertEqual(self.fees(scale, (0, 0)), 0)
        self.assertEqual(self.fees(scale, (0, 900_000)), 40_000)

    def test_no_scale(self):
        self.assertEqual(self.fees(FeeScale(), (0, 100_000)), 0)

    @given(PAYMENTS, st.sampled_from((WHOLE, TIERS)))
    @settings(max_examples=200, deadline=None)
    def test_payments_add_up(self, payments, rule):
        """Fees of part payments come to that of their sum, whatever the order."""
        scale = FeeScale(BANDS, rule, minimum=1_000, maximum=200_000)
        before, total = [], 0
        for payment in payments:
            total += fee_of_payment(scale, before, payment)
            before.append(payment)
        self.assertEqual(total, success_fee(scale, payments))
        self.assertEqual(total, success_fee(scale, payments[::-1]))
        self.assertTrue(1_000 <= total <= 200_000)

    def test_payment_taken_back(self):
        paid = [(0, 30_000), (0, 10_000)]
        self.assertEqual(fee_of_payment(FULL, paid, (0, -10_000)), -1_000)
        self.assertEqual(success_fee(FULL, [*paid, (0, -40_000)]), 0)

    def test_tax(self):
        self.assertEqual(tax_on(10_009, Decimal("20")), 2_002)  # 2,001.8
        self.assertEqual(tax_on(1_250, Decimal("21")), 263)  # 262.5

    def test_gross_and_net(self):
        gross = remittance(50_000, 5_000, Decimal("20"), GROSS)
        self.assertEqual(
            (gross.remitted, gross.to_pay, gross.due), (50_000, 6_000, 6_000)
        )
        net = remittance(50_000, 5_000, Decimal("20"), NET)
        self.assertEqual((net.remitted, net.to_pay, net.tax), (44_000, 0, 1_000))

    def test_net_never_below_nothing(self):
        """The debtor paid the creditor: there is nothing to take the fee from."""
        net = remittance(2_000, 5_000, Decimal("20"), NET)
        self.assertEqual((net.remitted, net.to_pay), (0, 4_000))

    @given(
        st.integers(0, 10**9),
        st.integers(0, 10**7),
        st.sampled_from(("0", "17", "20", "21")),
        st.sampled_from((GROSS, NET)),
    )
    @settings(max_examples=200, deadline=None)
    def test_nothing_is_lost(self, collected, fee, percent, mode):
        made = remittance(collected, fee, Decimal(percent), mode)
        self.assertEqual(made.remitted - made.to_pay, collected - made.due)
        self.assertGreaterEqual(min(made.remitted, made.to_pay), 0)

"""What is unusual: plain values, no database."""

from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..engine.safety import (
    FEW_DEBTORS,
    RUNS_COMPARED,
    Volume,
    exceeds,
    stale_ledger,
    too_many_failures,
    unusual_volume,
)


def volumes(*sizes):
    return [Volume(debtors, Decimal(amount)) for debtors, amount in sizes]


@tagged("post_install", "-at_install")
class TestSafety(BaseCase):
    def test_exceeds_is_strict(self):
        self.assertFalse(exceeds(30, 10, 200))
        self.assertTrue(exceeds(31, 10, 200))
        self.assertFalse(exceeds(Decimal("15.00"), Decimal("10.00"), 50))
        self.assertTrue(exceeds(Decimal("15.01"), Decimal("10.00"), 50))
        self.assertTrue(exceeds(1, 0, 200))

    def test_debtors_and_amount_apart(self):
        usual = volumes((20, 1000), (20, 1000), (20, 1000))

        def codes(debtors, amount):
            [volume] = volumes((debtors, amount))
            return [finding.code for finding in unusual_volume(volume, usual, 100)]

        self.assertEqual(codes(40, 2000), [])
        self.assertEqual(codes(41, 2000), ["debtors"])
        self.assertEqual(codes(40, 2001), ["amount"])
        self.assertEqual(codes(41, 2001), ["debtors", "amount"])

    def test_median_not_average(self):
        """One large run of the past makes the next large one no less unusual."""
        [volume] = volumes((100, 100))
        usual = volumes((10, 100), (12, 100), (5000, 100))
        [finding] = unusual_volume(volume, usual, 100)
        self.assertEqual((finding.found, finding.usual), (100, 12))

    def test_too_few_runs(self):
        [volume] = volumes((100, 100))
        usual = volumes((1, 1), (1, 1))
        self.assertEqual(unusual_volume(volume, usual, 100), [])
        usual += volumes((1, 1))
        self.assertEqual(len(unusual_volume(volume, usual, 100)), 2)

    def test_runs_of_long_ago_do_not_count(self):
        [volume] = volumes((100, 100))
        recent = volumes(*[(100, 100)] * RUNS_COMPARED)
        self.assertEqual(unusual_volume(volume, recent, 100), [])
        long_ago = volumes(*[(1, 1)] * 50)
        self.assertEqual(unusual_volume(volume, recent + long_ago, 100), [])

    def test_few_debtors(self):
        usual = volumes(*[(1, 1)] * 3)
        few, more = volumes((FEW_DEBTORS, 9999), (FEW_DEBTORS + 1, 9999))
        self.assertEqual(unusual_volume(few, usual, 100), [])
        self.assertTrue(unusual_volume(more, usual, 100))

    def test_volume_switched_off(self):
        [volume] = volumes((1000, 1000))
        self.assertEqual(unusual_volume(volume, volumes(*[(1, 1)] * 3), 0), [])

    def test_stale_ledger(self):
        today = date(2026, 6, 17)
        self.assertEqual(stale_ledger(date(2026, 6, 10), today, 7), [])
        [finding] = stale_ledger(date(2026, 6, 9), today, 7)
        self.assertEqual((finding.found, finding.usual), (date(2026, 6, 9), 8))
        self.assertEqual(stale_ledger(date(2020, 1, 1), today, 0), [])
        self.assertEqual(stale_ledger(None, today, 7), [])

    def test_failures(self):
        self.assertEqual(too_many_failures([True] * 5 + [False] * 5, 50, 10), [])
        [finding] = too_many_failures([True] * 6 + [False] * 4, 50, 10)
        self.assertEqual((finding.found, finding.usual), (6, 10))

    def test_failures_of_the_last_only(self):
        self.assertEqual(too_many_failures([False] * 10 + [True] * 90, 50, 10), [])

    def test_failures_need_a_sample(self):
        self.assertEqual(too_many_failures([True] * 9, 50, 10), [])
        self.assertEqual(too_many_failures([True] * 10, 0, 10), [])
        self.assertEqual(too_many_failures([True] * 10, 50, 0), [])

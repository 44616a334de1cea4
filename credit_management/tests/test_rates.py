"""The rates that are shipped, and what a rate may be."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import file_open

from ..engine.periods import next_start, period_start

#: Values that do not follow from their base, and why.
EXCEPTIONS = {
    # Eight points above the base rate for contracts made before 29 July 2014.
    ("DE_B2B", date(2012, 1, 1)),
    ("DE_B2B", date(2012, 7, 1)),
    ("DE_B2B", date(2013, 1, 1)),
    ("DE_B2B", date(2013, 7, 1)),
    ("DE_B2B", date(2014, 1, 1)),
    ("DE_B2B", date(2014, 7, 1)),
}


def shipped_rows():
    with file_open("credit_management/data/credit.rate.csv") as file:
        return list(csv.DictReader(file))


@tagged("post_install", "-at_install")
class TestShippedRates(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = shipped_rows()
        cls.values = defaultdict(dict)
        for row in cls.rows:
            day = date.fromisoformat(row["valid_from"])
            cls.values[row["series"]][day] = Decimal(row["rate"])
        cls.series = cls.env["credit.rate.series"]._by_code(list(cls.values))

    def test_every_row_is_there(self):
        self.assertEqual(len(self.rows), 655)
        for row in self.rows:
            rate = self.env.ref(f"credit_management.{row['id']}")
            self.assertEqual(
                (rate.series, str(rate.valid_from), rate.source, rate.confidence),
                (row["series"], row["valid_from"], row["source"], row["confidence"]),
            )
            self.assertEqual(f"{rate.rate:.5f}", f"{Decimal(row['rate']):.5f}")
            self.assertEqual(rate.series_id.code, rate.series)
            self.assertEqual(rate.state, "confirmed")

    def test_derived_values_follow_from_their_base(self):
        """The margins, factors and roundings of the series give what is shipped."""
        checked, odd = 0, set()
        for code, series in self.series.items():
            if not series.base_code:
                continue
            base = self.values[series.base_code]
            for day, value in self.values[code].items():
                decisive = day - timedelta(days=1) if series.base_day_before else day
                before = [start for start in base if start <= decisive]
                if not before:
                    continue
                expected = base[max(before)] * Decimal(f"{series.factor:.5f}")
                expected += Decimal(f"{series.margin:.5f}")
                if series.round_half_up:
                    expected = (expected * 2).to_integral_value(ROUND_CEILING) / 2
                checked += 1
                if expected != value:
                    odd.add((code, day))
        self.assertEqual(odd, EXCEPTIONS)
        self.assertGreater(checked, 400)

    def test_no_period_is_left_out(self):
        for code, series in self.series.items():
            if series.frequency == "change":
                continue
            days = {period_start(series.frequency, day) for day in self.values[code]}
            expected, day = set(), min(days)
            while day <= max(days):
                expected.add(day)
                day = next_start(series.frequency, day)
            self.assertEqual(days, expected, code)

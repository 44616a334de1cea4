"""Every figure of the law, line by line, on the regimes that are shipped.

The table in ``data/regimes.txt`` was read against the collection of facts, as far as
that has a figure; what the records say is put into the same words.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from ..engine.waiting import waiting_end
from .regime_words import lines

TABLE = Path(__file__).parent / "data" / "regimes.txt"
#: Rates of the second half of 2026 that a regime or its limits lead to, in per cent.
RATES = {
    "fr_business": "12.40",
    "fr_consumer": "2.75",
    "fr_public": "10.40",
    "be_business": "10.50",
    "be_consumer": "4.50",
    "lu_business": "10.40",
    "lu_consumer": "3.75",
    "de_business": "10.52",
    "de_consumer": "6.52",
    "nl_business": "10.40",
    "es_business": "10.40",
    "es_consumer": "3.25",
    "it_business": "10.40",
    "it_consumer": "1.60",
    "gb_business": "11.75",
    "ch_business": "5.00",
    "ch_consumer": "5.00",
    "at_business": "10.73",
    "at_consumer": "4.00",
    "pt_business": "10.40",
    "pt_other": "9.40",
    "pt_consumer": "4.00",
    "eu_business": "10.40",
}
#: Points above the base of the half-year: (series, base) of national law.
POINTS = {
    ("FR_B2B_DEFAULT", "ECB_REF_SEMESTER"): "10",
    ("LU_COMMERCIAL", "ECB_REF_SEMESTER"): "8",
    ("NL_COMMERCIAL", "ECB_REF_SEMESTER"): "8",
    ("ES_COMMERCIAL", "ECB_REF_SEMESTER"): "8",
    ("IT_COMMERCIAL", "ECB_REF_SEMESTER"): "8",
    ("PT_COMMERCIAL_DL62", "ECB_REF_SEMESTER"): "8",
    ("PT_COMMERCIAL_OTHER", "ECB_REF_SEMESTER"): "7",
    ("DE_B2B", "DE_BASE_RATE"): "9",
    ("DE_B2C", "DE_BASE_RATE"): "5",
    ("AT_B2B", "AT_BASE_RATE"): "9.2",
    ("UK_LATE_PAYMENT_B2B", "UK_LATE_PAYMENT_REF"): "8",
}
#: Nine points since the law of 22 July 2014, eight before.
NINE_POINTS = date(2015, 1, 1)


def read_table():
    """{name of a regime: its lines, with single spaces}"""
    table, own = {}, None
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            own = table.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            own.append(" ".join(line.split()))
    return table


@tagged("post_install", "-at_install")
class TestRegimeFacts(TransactionCase):
    def _regime(self, name):
        return self.env.ref(f"credit_management.regime_{name}")

    def test_table(self):
        self.maxDiff = None
        table = read_table()
        shipped = self.env["ir.model.data"].search(
            [("module", "=", "credit_management"), ("model", "=", "credit.regime")]
        )
        names = {data.name.removeprefix("regime_") for data in shipped}
        self.assertEqual(names, set(table))
        for name, expected in table.items():
            with self.subTest(name):
                self.assertEqual(lines(self._regime(name)), expected)

    def test_public_bodies(self):
        """Where a country says nothing of public bodies, they are like businesses."""
        find = self.env["credit.regime"]._resolver(self.env.company)
        for code in ("fr", "be", "lu", "de", "nl", "es", "it", "uk", "ch", "at", "pt"):
            name = "gb" if code == "uk" else code
            name += "_public" if code == "fr" else "_business"
            with self.subTest(code):
                country = self.env.ref(f"base.{code}").id
                found = find("public", country, date(2026, 11, 24))
                self.assertEqual(found, self._regime(name))

    def test_rates_of_the_second_half_of_2026(self):
        book = self.env["credit.rate"]._book(self.env.company)
        for name, percent in RATES.items():
            regime = self._regime(name)
            rules = regime._to_engine(
                regime.currency_id, self.env.company, date(2026, 11, 24)
            )
            with self.subTest(name):
                rate = book[rules.rate_series].at(date(2026, 11, 24)).percent
                self.assertEqual(rate + rules.rate_margin, Decimal(percent))
        floor = book["FR_B2B_FLOOR_3X_LEGAL"].at(date(2026, 11, 24))
        self.assertEqual(floor.percent, Decimal("8.25"))

    def test_points_above_the_base(self):
        """Every half-year that is shipped follows the formula of its law."""
        book = self.env["credit.rate"]._book(self.env.company)
        for (code, base), points in POINTS.items():
            for rate in book[code].rates:
                if code == "DE_B2B" and rate.valid_from < NINE_POINTS:
                    continue
                with self.subTest(code, day=rate.valid_from):
                    reference = book[base].at(rate.valid_from).percent
                    self.assertEqual(rate.percent, reference + Decimal(points))

    def test_waiting_periods(self):
        """Sent on Monday, 2 November 2026: the last days without charges."""
        for name, postal, last in (
            ("be_consumer_2023", True, date(2026, 11, 18)),
            ("be_consumer_2023", False, date(2026, 11, 16)),
            ("nl_consumer", True, date(2026, 11, 23)),
            ("nl_consumer", False, date(2026, 11, 23)),
        ):
            regime = self._regime(name)
            rules = regime._to_engine(
                regime.currency_id, self.env.company, date(2026, 11, 2)
            )
            with self.subTest(name, postal=postal):
                found = waiting_end(
                    rules, date(2026, 11, 2), postal, regime._calendar()
                )
                self.assertEqual(found, last)

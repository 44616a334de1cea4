"""Requests of third parties: what is understood, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..engine import requests

TODAY = date(2026, 6, 17)


@tagged("post_install", "-at_install")
class TestRequestEngine(BaseCase):
    def judge(self, kind, residual=100_000, decimals=2, **form):
        form = {"text": "Why", **form}
        return requests.read(form, kind, TODAY, decimals, residual)

    def problems(self, kind, **form):
        return [(p.key, p.code) for p in self.judge(kind, **form)[1]]

    def test_understood(self):
        self.assertEqual(
            self.judge("discount", amount="250,50"),
            ({"amount": Decimal("250.50"), "text": "Why"}, []),
        )
        self.assertEqual(
            self.judge("discount", percent="12.5")[0]["percent"], Decimal("12.5")
        )
        first = str(TODAY + timedelta(days=365))
        values, problems = self.judge(
            "plan", number="6", frequency="month", first_date=first
        )
        self.assertFalse(problems)
        self.assertEqual(values["number"], 6)
        self.assertEqual(values["first_date"], TODAY + timedelta(days=365))
        for kind in ("lawsuit", "stop", "other"):
            # What a form does not offer is left out.
            found = self.judge(kind, state="approved", amount="5")
            self.assertEqual(found, ({"text": "Why"}, []))

    def test_refused_by_name(self):
        for form, expected in (
            ({}, ("amount", "one_of_both")),
            ({"amount": "5", "percent": "5"}, ("percent", "one_of_both")),
            ({"amount": "1000.01"}, ("amount", "more_than_open")),
            ({"amount": "9" * 12}, ("amount", "more_than_open")),
            ({"amount": "9" * 40}, ("amount", "no_amount")),
            ({"amount": "-5"}, ("amount", "no_amount")),
            ({"amount": "0"}, ("amount", "no_amount")),
            ({"amount": "1e3"}, ("amount", "no_amount")),
            ({"amount": "0.001"}, ("amount", "no_amount")),
            ({"percent": "100.01"}, ("percent", "no_rate")),
            ({"percent": "0"}, ("percent", "no_rate")),
            ({"percent": "NaN"}, ("percent", "no_rate")),
        ):
            with self.subTest(form):
                self.assertEqual(self.problems("discount", **form), [expected])
        good = {"number": "3", "frequency": "week", "first_date": str(TODAY)}
        for key, value, code in (
            ("number", "1", "between"),
            ("number", "61", "between"),
            ("number", "³", "between"),
            ("frequency", "second", "unknown"),
            ("frequency", "", "missing"),
            ("first_date", "2026-06-16", "not_ahead"),
            ("first_date", "2028-01-01", "not_ahead"),
            ("first_date", "2026-02-30", "no_day"),
            ("first_date", "", "no_day"),
        ):
            with self.subTest((key, value)):
                found = self.problems("plan", **{**good, key: value})
                self.assertEqual(found, [(key, code)])
        self.assertEqual(self.problems("stop", text=" \x00"), [("text", "missing")])
        long = self.problems("stop", text="x" * 5001)
        self.assertEqual(long, [("text", "too_long")])
        self.assertEqual(self.problems("question"), [("kind", "unknown")])
        self.assertEqual(
            self.problems("plan"),
            [
                (k, c)
                for k, c in (
                    ("number", "between"),
                    ("frequency", "missing"),
                    ("first_date", "no_day"),
                )
            ],
        )

    def test_discount(self):
        self.assertEqual(requests.discount(100_000, percent=Decimal("12.5")), 12_500)
        # Half a cent goes up.
        self.assertEqual(requests.discount(1, percent=Decimal("50")), 1)
        self.assertEqual(requests.discount(333, percent=Decimal("33.33")), 111)
        self.assertEqual(requests.discount(500, percent=Decimal("100")), 500)
        # What was paid meanwhile is not given up as well.
        self.assertEqual(requests.discount(100, amount=250), 100)
        self.assertEqual(requests.discount(0, amount=250), 0)
        self.assertEqual(requests.discount(-5, percent=Decimal("10")), 0)

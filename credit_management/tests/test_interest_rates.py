"""Series of rates: what holds on which day, and what is missing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from ..engine.rates import Book, MissingRate, Rate, Series, legal_limits, schedule
from ..engine.regime import Regime, Terms


def series(code, frequency, checked_until=None, **values):
    """A series from ``_2026_01_01="10.50"``, in any order."""
    rates = tuple(
        Rate(date(*map(int, day.strip("_").split("_"))), Decimal(percent), f"of {code}")
        for day, percent in values.items()
    )
    return Series(code, frequency, rates, checked_until)


HALVES = series(
    "HALVES",
    "half_year",
    _2026_07_01="12.40",
    _2025_07_01="12.15",
    _2026_01_01="12.15",
    _2027_07_01="12.90",
)
YEARS = series("YEARS", "year", _2024_01_01="5.75", _2026_01_01="4.50")
CHANGES = series("CHANGES", "change", _2012_01_01="4", _2023_01_01="6")
CHECKED = series(
    "CHECKED", "change", date(2026, 6, 30), _2012_01_01="4", _2026_01_01="4.5"
)
FLOOR = series("FLOOR", "half_year", _2026_01_01="7.86", _2026_07_01="8.25")
CAP = series("CAP", "half_year", _2026_01_01="10.50", _2026_07_01="10")
BELOW_ZERO = series("BELOW_ZERO", "change", _2016_01_01="-0.88")
BOOK = Book(
    {s.code: s for s in (HALVES, YEARS, CHANGES, CHECKED, FLOOR, CAP, BELOW_ZERO)}
)
BUSINESS = Regime(code="x", interest_start="due", rate_series="HALVES")
BOUND = Regime(
    code="x",
    interest_start="due",
    rate_series="HALVES",
    floor_series="FLOOR",
    cap_series="CAP",
)


@tagged("post_install", "-at_install")
class TestSeries(BaseCase):
    def assertRate(self, series, day, percent):
        self.assertEqual(series.at(day).percent, Decimal(percent))

    def assertMissing(self, function, *arguments, series, day, period):
        with self.assertRaises(MissingRate) as caught:
            function(*arguments)
        self.assertEqual(caught.exception.series, series)
        self.assertEqual(caught.exception.day, day)
        self.assertEqual(caught.exception.period, period)
        self.assertIn(series, str(caught.exception))
        self.assertIn(period, str(caught.exception))

    def test_at(self):
        self.assertRate(HALVES, date(2025, 7, 1), "12.15")
        self.assertRate(HALVES, date(2026, 6, 30), "12.15")
        self.assertRate(HALVES, date(2026, 7, 1), "12.40")
        self.assertRate(HALVES, date(2026, 12, 31), "12.40")
        self.assertRate(YEARS, date(2024, 12, 31), "5.75")
        self.assertRate(YEARS, date(2026, 12, 31), "4.5")

    def test_missing_half_year_is_named(self):
        for day in (date(2027, 1, 1), date(2027, 6, 30)):
            self.assertMissing(
                HALVES.at, day, series="HALVES", day=day, period="2027-S1"
            )
        day = date(2028, 1, 1)
        self.assertMissing(HALVES.at, day, series="HALVES", day=day, period="2028-S1")

    def test_missing_second_half_year(self):
        day = date(2028, 7, 1)
        self.assertMissing(HALVES.at, day, series="HALVES", day=day, period="2028-S2")

    def test_missing_year_is_named(self):
        day = date(2025, 3, 1)
        self.assertMissing(YEARS.at, day, series="YEARS", day=day, period="2025")

    def test_nothing_before_the_first_value(self):
        day = date(2025, 6, 30)
        self.assertMissing(HALVES.at, day, series="HALVES", day=day, period="2025-S1")
        day = date(2011, 12, 31)
        self.assertMissing(
            CHANGES.at, day, series="CHANGES", day=day, period="2011-12-31"
        )

    def test_change_holds_for_ever(self):
        self.assertRate(CHANGES, date(2022, 12, 31), "4")
        self.assertRate(CHANGES, date(2099, 1, 1), "6")

    def test_change_holds_until_it_was_checked(self):
        self.assertRate(CHECKED, date(2026, 6, 30), "4.5")
        day = date(2026, 7, 1)
        self.assertMissing(
            CHECKED.at, day, series="CHECKED", day=day, period="2026-07-01"
        )

    def test_value_from_the_middle_of_a_half_year(self):
        mid = series("MID", "half_year", _2026_01_01="3", _2026_03_15="5")
        self.assertRate(mid, date(2026, 3, 14), "3")
        self.assertRate(mid, date(2026, 6, 30), "5")
        day = date(2026, 7, 1)
        self.assertMissing(mid.at, day, series="MID", day=day, period="2026-S2")

    def test_pieces(self):
        found = HALVES.pieces(date(2026, 6, 1), date(2026, 8, 31))
        self.assertEqual(
            [(first, last, str(rate.percent)) for first, last, rate in found],
            [
                (date(2026, 6, 1), date(2026, 6, 30), "12.15"),
                (date(2026, 7, 1), date(2026, 8, 31), "12.40"),
            ],
        )

    def test_pieces_of_equal_rates_stay_apart(self):
        found = HALVES.pieces(date(2025, 12, 31), date(2026, 1, 1))
        self.assertEqual(len(found), 2)
        self.assertEqual(found[0][2].percent, found[1][2].percent)

    def test_pieces_stop_at_the_first_missing_day(self):
        self.assertMissing(
            HALVES.pieces,
            date(2026, 12, 1),
            date(2027, 8, 1),
            series="HALVES",
            day=date(2027, 1, 1),
            period="2027-S1",
        )

    def test_pieces_of_no_day(self):
        self.assertEqual(HALVES.pieces(date(2027, 2, 2), date(2027, 2, 1)), [])

    def test_unknown_series(self):
        self.assertNotIn("OTHER", BOOK)
        with self.assertRaises(MissingRate) as caught:
            BOOK["OTHER"]
        self.assertEqual(caught.exception.series, "OTHER")


@tagged("post_install", "-at_install")
class TestSchedule(BaseCase):
    def percents(self, regime, terms, first, last):
        return [
            (piece.first, piece.last, str(piece.percent), piece.source_code)
            for piece in schedule(BOOK, regime, terms, first, last)
        ]

    def test_of_the_regime(self):
        self.assertEqual(
            self.percents(BUSINESS, None, date(2026, 6, 30), date(2026, 7, 1)),
            [
                (date(2026, 6, 30), date(2026, 6, 30), "12.15", "HALVES"),
                (date(2026, 7, 1), date(2026, 7, 1), "12.40", "HALVES"),
            ],
        )

    def test_source(self):
        day = date(2026, 7, 1)
        self.assertEqual(
            schedule(BOOK, BUSINESS, None, day, day)[0].source, "of HALVES"
        )

    def test_margin(self):
        regime = Regime(code="x", rate_series="CHANGES", rate_margin=Decimal("8.5"))
        day = date(2026, 1, 1)
        self.assertEqual(
            self.percents(regime, None, day, day), [(day, day, "14.5", "CHANGES")]
        )

    def test_fixed_rate_of_the_terms(self):
        day = date(1950, 1, 1)
        self.assertEqual(
            self.percents(BUSINESS, Terms(rate=Decimal("9")), day, day),
            [(day, day, "9", "terms")],
        )

    def test_series_of_the_terms(self):
        terms = Terms(rate_series="YEARS", rate_margin=Decimal("2"))
        day = date(2024, 5, 1)
        self.assertEqual(
            self.percents(BUSINESS, terms, day, day), [(day, day, "7.75", "YEARS")]
        )

    def test_terms_without_rate(self):
        day = date(2026, 7, 1)
        self.assertEqual(
            self.percents(BUSINESS, Terms(), day, day), [(day, day, "12.40", "HALVES")]
        )

    def test_terms_may_not_agree(self):
        regime = Regime(code="x", rate_series="HALVES", contract_rate_allowed=False)
        day = date(2026, 7, 1)
        self.assertEqual(
            self.percents(regime, Terms(rate=Decimal("9")), day, day),
            [(day, day, "12.40", "HALVES")],
        )

    def test_limits_piece_by_piece(self):
        pieces = schedule(
            BOOK, BOUND, Terms(rate=Decimal("8")), date(2026, 6, 1), date(2026, 7, 31)
        )
        self.assertEqual(
            [(str(p.percent), p.source_code, p.bound) for p in pieces],
            [("8", "terms", ""), ("8.25", "FLOOR", "floor")],
        )
        pieces = schedule(
            BOOK,
            BOUND,
            Terms(rate=Decimal("10.2")),
            date(2026, 6, 1),
            date(2026, 7, 31),
        )
        self.assertEqual(
            [(str(p.percent), p.source_code, p.bound) for p in pieces],
            [("10.2", "terms", ""), ("10", "CAP", "cap")],
        )

    def test_a_rate_at_a_limit_is_that_of_the_terms(self):
        day = date(2026, 7, 1)
        for percent in ("8.25", "10"):
            piece = schedule(BOOK, BOUND, Terms(rate=Decimal(percent)), day, day)[0]
            self.assertEqual((piece.source_code, piece.bound), ("terms", ""))

    def test_limits_do_not_bind_the_legal_rate(self):
        day = date(2026, 7, 1)
        self.assertEqual(
            self.percents(BOUND, None, day, day), [(day, day, "12.40", "HALVES")]
        )

    def test_a_missing_limit_stops(self):
        with self.assertRaises(MissingRate) as caught:
            schedule(
                BOOK,
                BOUND,
                Terms(rate=Decimal("9")),
                date(2026, 12, 31),
                date(2027, 1, 1),
            )
        self.assertEqual(caught.exception.day, date(2027, 1, 1))
        self.assertEqual(caught.exception.period, "2027-S1")

    def test_the_first_missing_day_is_named(self):
        """Of several series without a rate the one that lacks it first."""
        regime = Regime(code="x", floor_series="CHECKED", cap_series="CAP")
        for swapped in (False, True):
            if swapped:
                regime = Regime(code="x", floor_series="CAP", cap_series="CHECKED")
            with self.assertRaises(MissingRate) as caught:
                schedule(
                    BOOK,
                    regime,
                    Terms(rate=Decimal("9")),
                    date(2026, 6, 1),
                    date(2027, 2, 1),
                )
            self.assertEqual(caught.exception.period, "2026-07-01")

    def test_a_gap_stops(self):
        with self.assertRaises(MissingRate) as caught:
            schedule(BOOK, BUSINESS, None, date(2026, 9, 1), date(2027, 9, 1))
        self.assertEqual(caught.exception.period, "2027-S1")
        # On either side of the gap all is known.
        schedule(BOOK, BUSINESS, None, date(2027, 7, 1), date(2027, 12, 31))

    def test_unknown_series(self):
        regime = Regime(code="x", rate_series="OTHER")
        with self.assertRaises(MissingRate) as caught:
            schedule(BOOK, regime, None, date(2026, 9, 1), date(2026, 9, 2))
        self.assertEqual(caught.exception.series, "OTHER")
        self.assertEqual(caught.exception.day, date(2026, 9, 1))

    def test_never_below_zero(self):
        regime = Regime(code="x", rate_series="BELOW_ZERO")
        day = date(2020, 1, 1)
        self.assertEqual(
            self.percents(regime, None, day, day), [(day, day, "0", "BELOW_ZERO")]
        )

    def test_legal_limits(self):
        self.assertEqual(
            legal_limits(BOOK, BOUND, date(2026, 7, 1)),
            (Decimal("8.25"), Decimal("10")),
        )
        self.assertEqual(legal_limits(BOOK, BUSINESS, date(2026, 7, 1)), (None, None))
        with self.assertRaises(MissingRate):
            legal_limits(BOOK, BOUND, date(2027, 1, 1))

    def test_regimes_that_come_and_go(self):
        """A new regime in the place of one that is gone is not taken for it."""
        day = date(2026, 7, 1)
        for margin in range(200):
            regime = Regime(
                code="x", rate_series="CHANGES", rate_margin=Decimal(margin)
            )
            self.assertEqual(
                schedule(BOOK, regime, None, day, day)[0].percent, 6 + margin
            )
        self.assertIs(BOOK.plan(regime, None), BOOK.plan(replace(regime), None))

    def test_regimes_do_not_mix(self):
        """The same book answers for several regimes and terms."""
        day = date(2026, 7, 1)
        for _round in range(2):
            self.assertEqual(self.percents(BUSINESS, None, day, day)[0][2], "12.40")
            self.assertEqual(
                self.percents(BUSINESS, Terms(rate=Decimal("9")), day, day)[0][2], "9"
            )
            self.assertEqual(
                self.percents(Regime(code="y", rate_series="CHANGES"), None, day, day)[
                    0
                ][2],
                "6",
            )

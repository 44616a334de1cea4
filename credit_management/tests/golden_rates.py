"""Rates that the worked cases use: published values, by half-year or year.

Every line is a series; ``26-1`` is the first half of 2026.
"""

from datetime import date
from decimal import Decimal

from ..engine.rates import Book, Rate, Series

HALF_YEARS = "22-2 23-1 23-2 24-1 24-2 25-1 25-2 26-1 26-2"
BY_HALF_YEAR = """
ECB_REF_SEMESTER       0.00  2.50  4.00  4.50  4.25  3.15  2.15  2.15  2.40
FR_B2B_DEFAULT        10.00 12.50 14.00 14.50 14.25 13.15 12.15 12.15 12.40
FR_LEGAL_PRO_CREDITOR  0.77  2.06  4.22  5.07  4.92  3.71  2.76  2.62  2.75
FR_B2B_FLOOR_3X_LEGAL  2.31  6.18 12.66 15.21 14.76 11.13  8.28  7.86  8.25
BE_COMMERCIAL          8.00 10.50 12.00 12.50 12.50 11.50 10.50 10.50 10.50
DE_B2B                 8.12 10.62 12.12 12.62 12.37 11.27 10.27 10.27 10.52
DE_B2C                 4.12  6.62  8.12  8.62  8.37  7.27  6.27  6.27  6.52
NL_COMMERCIAL          8.00 10.50 12.00 12.50 12.25 11.15 10.15 10.15 10.40
LU_COMMERCIAL          8.00 10.50 12.00 12.50 12.25 11.15 10.15 10.15 10.40
ES_COMMERCIAL          8.00 10.50 12.00 12.50 12.25 11.15 10.15 10.15 10.40
IT_COMMERCIAL          8.00 10.50 12.00 12.50 12.25 11.15 10.15 10.15 10.40
PT_COMMERCIAL_DL62     8.00 10.50 12.00 12.50 12.25 11.15 10.15 10.15 10.40
PT_COMMERCIAL_OTHER    7.00  9.50 11.00 11.50 11.25 10.15  9.15  9.15  9.40
AT_B2B                 8.58 11.08 12.58 13.08 13.08 11.73 10.73 10.73 10.73
UK_LATE_PAYMENT_REF    1.25  3.50  5.00  5.25  5.25  4.75  4.25  3.75  3.75
UK_LATE_PAYMENT_B2B    9.25 11.50 13.00 13.25 13.25 12.75 12.25 11.75 11.75
"""
YEARS = "2023 2024 2025 2026"
BY_YEAR = """
BE_LEGAL 5.25 5.75 4.50 4.50
LU_LEGAL 2.25 4.50 4.25 3.75
ES_LEGAL 3.25 3.25 3.25 3.25
"""


def _half_year(name):
    year, half = name.split("-")
    return date(2000 + int(year), 1 if half == "1" else 7, 1)


def _series(line, frequency, days):
    code, *percents = line.split()
    return Series(
        code,
        frequency,
        tuple(
            Rate(day, Decimal(percent), f"{code} of {day}")
            for day, percent in zip(days, percents, strict=True)
        ),
    )


def _change(code, checked_until=None, **percents):
    return Series(
        code,
        "change",
        tuple(
            Rate(date.fromisoformat(day[1:].replace("_", "-")), Decimal(percent))
            for day, percent in percents.items()
        ),
        checked_until,
    )


SERIES = [
    *(
        _series(line, "half_year", [_half_year(name) for name in HALF_YEARS.split()])
        for line in BY_HALF_YEAR.strip().splitlines()
    ),
    *(
        _series(line, "year", [date(int(year), 1, 1) for year in YEARS.split()])
        for line in BY_YEAR.strip().splitlines()
    ),
    # The decree for the second half of 2026 is not known.
    _change(
        "NL_LEGAL",
        date(2026, 6, 30),
        _2024_01_01="7.00",
        _2025_01_01="6.00",
        _2026_01_01="4.00",
    ),
    # A decree may change it for each year; that of 2027 is not known.
    _change(
        "IT_LEGAL",
        date(2026, 12, 31),
        _2023_01_01="5.00",
        _2024_01_01="2.50",
        _2025_01_01="2.00",
        _2026_01_01="1.60",
    ),
    _change("AT_B2C", _2000_01_01="4.00"),
    _change("CH_DEFAULT", _1912_01_01="5.00"),
    _change("PT_LEGAL_CIVIL", _2003_05_01="4.00"),
]
BOOK = Book({series.code: series for series in SERIES})

"""How the days of a year are counted for interest.

Each way gives every day a running number, so that the number of a later day less that
of an earlier one is the share of a year between them, in units of one ``year``-th: all
ways add up day by day.
"""

from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DayCount:
    """A way to count days.

    :param int year: units in a year
    :param number: running number of a day, in these units
    :param year_days: days of the year that a day is a part of: 360, 365 or 366
    :param days: days between an earlier (left out) and a later day, as they are counted
    """

    year: int
    number: Callable[[date], int]
    year_days: Callable[[date], int]
    days: Callable[[date, date], int]


def _ordinal(day):
    return day.toordinal()


def _thirty(day):
    """Months have 30 days: the 31st adds nothing, the end of February more than one."""
    return day.year * 360 + day.month * 30 + min(day.day, 30)


def _actual(day):
    """A year has 365 x 366 units: a day has 366 of them, in a leap year 365."""
    of_year = day.timetuple().tm_yday
    return day.year * 365 * 366 + of_year * (365 if isleap(day.year) else 366)


def _between(start, until):
    return (until - start).days


def _between_months(start, until):
    return _thirty(until) - _thirty(start)


DAY_COUNTS = {
    "act/365": DayCount(365, _ordinal, lambda day: 365, _between),
    "act/360": DayCount(360, _ordinal, lambda day: 360, _between),
    "act/act": DayCount(
        365 * 366, _actual, lambda day: 366 if isleap(day.year) else 365, _between
    ),
    "30e/360": DayCount(360, _thirty, lambda day: 360, _between_months),
}

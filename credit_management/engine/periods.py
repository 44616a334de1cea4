"""Half-years and years, for which rates are published."""

from datetime import date

from .calendar import ONE_DAY
from .rates import period_end


def period_start(frequency, day):
    """First day of the half-year or year in which ``day`` lies.

    :param frequency: ``half_year`` or ``year``
    """
    month = 7 if frequency == "half_year" and day.month > 6 else 1
    return date(day.year, month, 1)


def next_start(frequency, day):
    """First day of the half-year or year after the one in which ``day`` lies."""
    return period_end(frequency, day) + ONE_DAY


def is_start(frequency, day):
    """Whether a half-year or year begins on ``day``."""
    return day == period_start(frequency, day)


def missing_starts(frequency, days):
    """First days of the periods without a value between the first and the last one.

    :param frequency: ``half_year`` or ``year``
    :param days: first days of values, in any order
    """
    have = {period_start(frequency, day) for day in days}
    missing, start = [], min(have, default=None)
    while have and start < max(have):
        if start not in have:
            missing.append(start)
        start = next_start(frequency, start)
    return missing

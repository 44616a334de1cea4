"""Half-years and years, for which rates are published."""

from datetime import date


def period_start(frequency, day):
    """First day of the half-year or year in which ``day`` lies.

    :param frequency: ``half_year`` or ``year``
    """
    month = 7 if frequency == "half_year" and day.month > 6 else 1
    return date(day.year, month, 1)


def next_start(frequency, day):
    """First day of the half-year or year after the one in which ``day`` lies."""
    start = period_start(frequency, day)
    if frequency == "half_year" and start.month == 1:
        return date(start.year, 7, 1)
    return date(start.year + 1, 1, 1)


def is_start(frequency, day):
    """Whether a half-year or year begins on ``day``."""
    return day == period_start(frequency, day)


def period_name(frequency, day):
    """The name of the period in which ``day`` lies: ``2027-S1`` or ``2027``."""
    if frequency == "half_year":
        return f"{day.year}-S{1 if day.month < 7 else 2}"
    return str(day.year)

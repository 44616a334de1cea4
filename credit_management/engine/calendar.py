"""Working days, and the days on which steps fall.

A step falls on *base day + delay*, counted in calendar days or in working days
(Monday to Friday without the public holidays of a country), and may be put off
to the next working day. All days are dates in the time zone of the company.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)
WEEKEND = (5, 6)


@lru_cache(maxsize=256)
def public_holidays(country, subdivision, year):
    """Public holidays of ``country`` in ``year``.

    :param str country: ISO 3166-1 alpha-2 code, or a false value for none
    :param str subdivision: ISO 3166-2 subdivision without its country, or None
    :param int year: the year
    :return frozenset[date]: empty when the library does not know the country
    """
    if not country:
        return frozenset()
    try:
        return frozenset(
            holidays.country_holidays(country, subdiv=subdivision, years=year)
        )
    except NotImplementedError:
        # An unknown subdivision must not lose the holidays of the country.
        return public_holidays(country, None, year) if subdivision else frozenset()


@dataclass(frozen=True)
class WorkingCalendar:
    """Working days of one country: Monday to Friday, public holidays excepted."""

    country: str | None = None
    subdivision: str | None = None
    closed: frozenset = field(default_factory=frozenset)

    def is_holiday(self, day):
        """Whether ``day`` is a public holiday, on whatever day of the week."""
        return day in public_holidays(self.country, self.subdivision, day.year)

    def is_working(self, day):
        """Whether ``day`` is a working day."""
        return (
            day.weekday() not in WEEKEND
            and day not in self.closed
            and not self.is_holiday(day)
        )

    def next_working(self, day):
        """``day`` itself if it is a working day, else the first one after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def add_working(self, day, count):
        """The ``count``-th working day after ``day`` (before it if negative).

        Zero gives ``day`` itself, working or not.
        """
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _index in range(abs(count)):
            day += step
            while not self.is_working(day):
                day += step
        return day

    def add(self, day, count, working=False):
        """``day`` + ``count`` calendar days, or working days if ``working``."""
        return self.add_working(day, count) if working else day + timedelta(days=count)

    def latest_base(self, today, count, working=False):
        """The last base day from which ``count`` days later is not after ``today``.

        It turns "base + delay <= today", which would need a calendar for every
        item, into "base <= latest_base": one comparison with a constant, so
        that a database can decide for a million items at once.
        """
        base = today - timedelta(days=count)
        if not working:
            return base
        # `add_working` never decreases as its base grows: walk to the border.
        base = self.add_working(today, -count)
        while self.add_working(base, count) > today:
            base -= ONE_DAY
        while self.add_working(base + ONE_DAY, count) <= today:
            base += ONE_DAY
        return base

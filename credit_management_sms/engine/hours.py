"""When a debtor may be contacted: hours of days, in the debtor's own time."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

#: Days looked ahead: nothing is closed so long but what is closed for good.
HORIZON = 15


@dataclass(frozen=True)
class Window:
    """Minutes of the day from ``start`` until before ``end``, on ``weekdays``.

    Weekdays count from 1, Monday, to 7.
    """

    start: int = 8 * 60
    end: int = 20 * 60
    weekdays: frozenset = frozenset((1, 2, 3, 4, 5, 6))
    holidays: bool = False


def narrow(windows):
    """What all of some windows allow together.

    :rtype: Window
    """
    windows = list(windows)
    return Window(
        start=max(window.start for window in windows),
        end=min(window.end for window in windows),
        weekdays=frozenset.intersection(*(window.weekdays for window in windows)),
        holidays=all(window.holidays for window in windows),
    )


def _opening(moment, window, zone, is_holiday):
    """The first open moment from ``moment`` on in one zone, or None."""
    local = moment.astimezone(zone)
    for ahead in range(HORIZON):
        day = local.date() + timedelta(days=ahead)
        if day.isoweekday() not in window.weekdays:
            continue
        if not window.holidays and is_holiday(day):
            continue
        midnight = datetime.combine(day, time(), tzinfo=zone)
        # Wall-clock arithmetic: eight o'clock is eight o'clock when clocks change.
        start = midnight + timedelta(minutes=window.start)
        end = midnight + timedelta(minutes=window.end)
        if ahead == 0 and local >= end:
            continue
        return max(local, start).astimezone(timezone.utc)
    return None


def next_allowed(moment, window, zones, is_holiday):
    """The first moment, from ``moment`` on, at which the debtor may be contacted.

    :param datetime moment: aware
    :param zones: names of the zones the debtor may be in; open has to be all of them
    :param is_holiday: function of a date
    :return datetime: in UTC; None if there is none within a fortnight
    """
    if window.start >= window.end:
        return None
    limit = moment + timedelta(days=HORIZON)
    zones = [ZoneInfo(name) for name in zones]
    moment = moment.astimezone(timezone.utc)
    while moment < limit:
        openings = [_opening(moment, window, zone, is_holiday) for zone in zones]
        if None in openings:
            return None
        latest = max(openings)
        if latest == moment:
            return moment
        # Open here may be closed there: look again from the latest opening on.
        moment = latest
    return None

"""When to call again: at another time of day, on another weekday, some days later."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

#: Parts of the day, each by its first and its last minute, exclusive.
PARTS = ((0, 720), (720, 840), (840, 1020), (1020, 1440))
#: Days among which the next slot is looked for.
HORIZON = 21
#: Attempts, in times of those wanted, after which nobody is called any more.
PATIENCE = 2


@dataclass(frozen=True)
class Plan:
    """How a call is tried.

    :ivar int attempts: at least so many before the debtor counts as not reached
    :ivar int gap_days: days of the debtor's calendar between two attempts at least
    :ivar bool vary_time: on different parts of the day
    :ivar bool vary_weekday: on different days of the week
    """

    attempts: int = 3
    gap_days: int = 1
    vary_time: bool = True
    vary_weekday: bool = True


def part_of(local):
    """The part of the day of a moment, as an index of :data:`PARTS`."""
    minute = local.hour * 60 + local.minute
    return next(i for i, (_first, last) in enumerate(PARTS) if minute < last)


def next_slot(now, tried, plan, zone, opening):
    """When to try next: the earliest moment whose part of the day and whose weekday
    were tried least.

    :param datetime now: aware
    :param tried: aware moments of the attempts so far
    :param Plan plan: how the call is tried
    :param str zone: name of the debtor's time zone
    :param opening: function of an aware moment that gives the next moment at which the
        debtor may be contacted, as :class:`.contact.Opening`
    :return datetime: in UTC, beyond :data:`HORIZON` days the first at all; None if the
        debtor may never be contacted
    """
    zone = ZoneInfo(zone)
    tried = [moment.astimezone(zone) for moment in tried]
    parts = Counter(map(part_of, tried)) if plan.vary_time else Counter()
    weekdays = Counter(m.isoweekday() for m in tried) if plan.vary_weekday else {}
    earliest = now.astimezone(zone)
    if tried:
        free = max(tried).date() + timedelta(days=plan.gap_days)
        earliest = max(earliest, datetime.combine(free, time(), tzinfo=zone))
    best = None
    for ahead in range(HORIZON):
        midnight = datetime.combine(
            earliest.date() + timedelta(days=ahead), time(), tzinfo=zone
        )
        for number, (first, last) in enumerate(PARTS):
            if midnight + timedelta(minutes=last) <= earliest:
                continue
            candidate = max(midnight + timedelta(minutes=first), earliest)
            found = opening(candidate.astimezone(timezone.utc)).at
            local = found and found.astimezone(zone)
            if not local or local.date() != midnight.date() or part_of(local) != number:
                continue
            used = parts[number] + weekdays.get(local.isoweekday(), 0)
            if best is None or used < best[0]:
                best = (used, found)
            if not used:
                return found
    if best is None:
        # A rule may ask for more patience than slots are looked for.
        return opening(earliest.astimezone(timezone.utc)).at
    return best[1]


def is_over(tried, plan, zone, window):
    """Whether enough was tried for the debtor to count as not reached.

    The attempts wanted have to have been made, on as many parts of the day and
    weekdays as they were to be, as far as the hours allow. Who is called without regard
    to the slots is called twice as often, and no more.

    :param tried: aware moments of the attempts so far
    :param Plan plan: how the call is tried
    :param str zone: name of the debtor's time zone
    :param window: the :class:`.contact.Window` in which the debtor may be called
    """
    if len(tried) < plan.attempts:
        return False
    if len(tried) >= PATIENCE * plan.attempts:
        return True
    tried = [moment.astimezone(ZoneInfo(zone)) for moment in tried]
    if plan.vary_time:
        open_parts = [
            part for part in PARTS if part[0] < window.end and window.start < part[1]
        ]
        wanted = min(plan.attempts, len(open_parts))
        if len(set(map(part_of, tried))) < wanted:
            return False
    if plan.vary_weekday:
        wanted = min(plan.attempts, len(window.weekdays))
        if len({moment.isoweekday() for moment in tried}) < wanted:
            return False
    return True

"""Days on which an item, or a part of it, bears no interest."""

from datetime import date

from .calendar import ONE_DAY


def suspended_days(claim, regime):
    """Suspensions in order, without overlaps, within the limit of the regime.

    :return: list of (first day, last day)
    """
    merged = []
    for first, last in sorted(
        claim.suspensions, key=lambda days: (days[0], days[1] or date.max)
    ):
        last = last or date.max
        if last < first:
            continue
        if merged and first - ONE_DAY <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], last)
        else:
            merged.append([first, last])
    return _limited([tuple(days) for days in merged], regime.suspension_max_days)


def days_aside(claim, regime):
    """When a part bears no interest, in order, within the limit of the regime.

    :return: list of (first day, last day, amount); they may overlap
    """
    found = [
        (first, last or date.max, amount)
        for first, last, amount in claim.aside
        if amount > 0 and first <= (last or date.max)
    ]
    return _limited(sorted(found), regime.suspension_max_days)


def _limited(periods, left):
    """Periods (first day, last day, …) cut to ``left`` days in all; 0: no limit."""
    if not left:
        return periods
    kept = []
    for first, last, *rest in periods:
        days = min(left, (last - first).days + 1)
        if not days:
            break
        kept.append((first, first + (days - 1) * ONE_DAY, *rest))
        left -= days
    return kept

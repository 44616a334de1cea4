"""Promises to pay: what a debtor may promise, and what came of it.

Amounts are integers in the minor unit of the currency.
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class PromiseLimits:
    """What a policy allows. ``min_share`` is in per cent of what is open."""

    max_days: int = 30
    min_share: int = 0


def check(promises, residual, limits, today):
    """Why a debtor may not promise this by itself.

    :param promises: (day, amount) of each promise of one series
    :param int residual: what is open on the promised items
    :param PromiseLimits limits: what the policy allows
    :param date today: the day on which it is promised
    :return: sorted tuple of codes: ``nothing`` (no promise, or one for nothing),
        ``past`` (a day that is gone), ``late`` (a day after the last one allowed),
        ``twice`` (the same day twice), ``much`` (more than is open), ``little`` (less
        than the smallest share). Empty: it may.
    """
    promises = list(promises)
    codes = set()
    if not promises or any(amount <= 0 for _day, amount in promises):
        codes.add("nothing")
    days = [day for day, _amount in promises]
    if any(day < today for day in days):
        codes.add("past")
    if any(day > last_day(limits, today) for day in days):
        codes.add("late")
    if len(set(days)) < len(days):
        codes.add("twice")
    total = sum(amount for _day, amount in promises)
    if total > residual:
        codes.add("much")
    if total < smallest(residual, limits):
        codes.add("little")
    return tuple(sorted(codes))


def last_day(limits, today):
    """The furthest day that may be promised."""
    return today + timedelta(days=limits.max_days)


def smallest(residual, limits):
    """The least that may be promised, rounded up to the minor unit."""
    return -(-residual * limits.min_share // 100)


def paid_part(paid, before, amount):
    """How much of a promise is paid, when ``before`` was promised for earlier days.

    :param int paid: what was paid of what was promised
    """
    return max(0, min(amount, paid - before))


def besides(paid, rest, first, chosen=0, as_promised=0):
    """What of payments is for what was open and not promised.

    :param int paid: all that was paid on the items since they were promised
    :param int rest: what was open of them then and not promised
    :param int first: how much of the rest falls due before what was promised
    :param int chosen: what was paid of the items, and not as what was promised
    :param int as_promised: what was paid as what was promised
    """
    apart = min(rest, chosen)
    unnamed = max(0, paid - chosen - as_promised)
    return apart + min(unnamed, max(0, first - apart))


def outcome(paid, before, amount, grace, today):
    """What became of a promise.

    :param date grace: the last day on which a payment keeps it
    :return: ``kept``, ``open``, ``partly`` or ``broken``
    """
    part = paid_part(paid, before, amount)
    if part >= amount:
        return "kept"
    if today <= grace:
        return "open"
    return "partly" if part else "broken"

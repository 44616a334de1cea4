"""Payment plans: instalments, limits, and how payments settle them.

Amounts are integers in the minor unit of the currency.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

STEP_DAYS = {"week": 7, "two_weeks": 14}
#: A plan that never ends is none.
MAX_NUMBER = 120


@dataclass(frozen=True)
class PlanLimits:
    """What debtors may have without asking. ``min_amount`` in minor units."""

    max_number: int = 6
    min_amount: int = 0
    max_days: int = 180


def instalment_day(first, frequency, index):
    """The day of an instalment; ``index`` counts from 0.

    A plan of the 31st falls on the last day of shorter months.
    """
    if frequency in STEP_DAYS:
        return first + timedelta(days=STEP_DAYS[frequency] * index)
    month = first.month - 1 + index
    year, month = first.year + month // 12, month % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))


def schedule(total, number, first, frequency="month", step=1):
    """Equal instalments; the last one takes the rest.

    :param int total: what is to be paid, in minor units
    :param int number: of instalments
    :param date first: day of the first one
    :param str frequency: ``month``, ``two_weeks`` or ``week``
    :param int step: the smallest amount that can be paid, in minor units
    :return: tuple of (day, amount), in order, whose amounts sum to ``total``
    :raise ValueError: if there are more instalments than units to pay, or none
    """
    if not 0 < number <= MAX_NUMBER or total < number * step:
        raise ValueError("A plan of that many instalments can't be made.")
    part = total // number // step * step
    amounts = [part] * (number - 1) + [total - part * (number - 1)]
    return tuple(
        (instalment_day(first, frequency, index), amount)
        for index, amount in enumerate(amounts)
    )


def within_limits(instalments, limits, today):
    """Why a plan is not accepted at once.

    :param instalments: (day, amount) of each, in order
    :return: sorted tuple of codes: ``number`` (too many instalments), ``amount`` (one
        is too small), ``duration`` (the last one is too far away), ``past`` (one is
        in the past). Empty: it is within the limits.
    """
    codes = set()
    if len(instalments) > limits.max_number:
        codes.add("number")
    # The last one takes the rest, which may be a little less.
    if any(amount < limits.min_amount for _day, amount in instalments[:-1] or ()) or (
        len(instalments) == 1 and instalments[0][1] < limits.min_amount
    ):
        codes.add("amount")
    days = [day for day, _amount in instalments]
    if days and max(days) > today + timedelta(days=limits.max_days):
        codes.add("duration")
    if days and min(days) < today:
        codes.add("past")
    return tuple(sorted(codes))


def late_at_start(instalments, paid, today):
    """Whether an instalment that is not paid lies in the past before the plan begins.

    Such a plan would be late, or broken, on the day on which it is agreed on.

    :param instalments: (day, amount) of each, in order
    :param int paid: what was paid since it was asked for
    """
    parts = settle([amount for _day, amount in instalments], paid)
    return any(
        part < amount and day < today
        for (day, amount), part in zip(instalments, parts, strict=True)
    )


def settle(amounts, paid):
    """How a sum paid settles instalments, the first one first.

    :param amounts: of the instalments, in order
    :param int paid: all that was paid since the plan began
    :return: list of what is paid of each
    """
    rest = max(0, paid)
    parts = []
    for amount in amounts:
        part = min(amount, rest)
        parts.append(part)
        rest -= part
    return parts


def line_state(day, amount, paid, today, awaited=0):
    """``paid``, ``late`` or ``open``.

    :param int awaited: what is paid once the payments that are under way have arrived
    """
    if paid >= amount:
        return "paid"
    return "late" if day < today and awaited < amount else "open"


def plan_state(lines, tolerance_days, today):
    """What an active plan has come to.

    :param lines: (day, amount, paid) of each instalment
    :return: ``done``, ``broken`` or ``active``
    """
    unpaid = [day for day, amount, paid in lines if paid < amount]
    if not unpaid:
        return "done"
    if min(unpaid) + timedelta(days=tolerance_days) < today:
        return "broken"
    return "active"

"""What a task of the worklist may bring in: amount x chance x age.

The chance says how much of the amount is likely to be paid at all, the age how much of
that hangs on somebody acting now: half of it on the due date, when many pay by
themselves, all of it three months later. So the gain is never more than the amount.

The worklist is an SQL view: its expressions are made from the same figures, and the
tests hold one against the other.
"""

from decimal import ROUND_HALF_UP, Decimal

#: (days overdue up to which it holds, chance in per cent): the longer a claim is
#: overdue, the less of it comes in.
CHANCES = (
    (0, 95),
    (30, 90),
    (60, 75),
    (90, 60),
    (180, 40),
    (365, 20),
)
#: Chance of what is overdue for longer than all of these.
LAST_CHANCE = 10
#: After this many days overdue nothing comes in by itself any more.
PRESSING_DAYS = 90


def chance(days, kept=0, broken=0):
    """The chance in per cent that a claim is paid, as a Decimal.

    :param int days: days overdue, negative before the due date
    :param int kept: promises that the debtor has kept
    :param int broken: promises that it has broken; two kept ones are taken for granted
    """
    base = next((percent for last, percent in CHANCES if days <= last), LAST_CHANCE)
    share = Decimal(kept + 2) / Decimal(kept + broken + 2)
    return (base * share).quantize(Decimal("0.01"), ROUND_HALF_UP)


def age_factor(days):
    """How much hangs on acting: from 0.5 on the due date to 1 after three months."""
    counted = min(max(days, 0), PRESSING_DAYS)
    share = Decimal(PRESSING_DAYS + counted) / (2 * PRESSING_DAYS)
    return share.quantize(Decimal("0.01"), ROUND_HALF_UP)


def gain(amount, days, kept=0, broken=0):
    """Expected gain, in the currency of the amount, rounded to cents.

    It is never more than the amount.

    :param Decimal amount: what is at stake
    """
    exact = amount * chance(days, kept, broken) / 100 * age_factor(days)
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)

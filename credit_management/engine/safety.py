"""What makes a run unusual enough to wait for a person. Pure functions.

None of them says that something is wrong: only that somebody should look before
letters and e-mails leave by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

#: Runs of the past that a run is compared with, at most and at least. With fewer
#: nothing is known of what is usual.
RUNS_COMPARED = 7
RUNS_NEEDED = 3
#: A run of no more debtors than this is never unusual by its size.
FEW_DEBTORS = 10


@dataclass(frozen=True)
class Volume:
    """The size of a run.

    :ivar int debtors: debtors who get a reminder
    :ivar Decimal amount: what is claimed from them, in the company's currency
    """

    debtors: int
    amount: Decimal


@dataclass(frozen=True)
class Finding:
    """Something unusual: which check found it, what it found, what is usual."""

    code: str
    found: Decimal | int | date | None
    usual: Decimal | int | None = None


def exceeds(value, usual, percent: int) -> bool:
    """Whether ``value`` is more than ``percent`` % above ``usual``."""
    return value * 100 > usual * (100 + percent)


def unusual_volume(
    volume: Volume, earlier: Sequence[Volume], percent: int
) -> list[Finding]:
    """Compare the size of a run with the median of those before it.

    :param earlier: runs of the past that reminded somebody, the latest first
    :param percent: how much more than the median passes; 0 switches the check off
    """
    earlier = earlier[:RUNS_COMPARED]
    if not percent or len(earlier) < RUNS_NEEDED or volume.debtors <= FEW_DEBTORS:
        return []
    findings = []
    for code in ("debtors", "amount"):
        found = getattr(volume, code)
        usual = median(getattr(run, code) for run in earlier)
        if exceeds(found, usual, percent):
            findings.append(Finding(code, found, usual))
    return findings


def stale_ledger(last: date | None, today: date, days: int) -> list[Finding]:
    """Whether nothing was booked at the bank for more than ``days`` days.

    Whoever has paid meanwhile would be reminded.

    :param last: the last payment or line of a bank statement; None where there never
        was any: then payments are not kept here, and nothing can be said
    :param days: 0 switches the check off
    """
    if not days or last is None or (today - last).days <= days:
        return []
    return [Finding("ledger", last, (today - last).days)]


def too_many_failures(
    outcomes: Sequence[bool], percent: int, last: int
) -> list[Finding]:
    """Whether more than ``percent`` % of the last ``last`` reminders failed.

    :param outcomes: whether each failed, the latest first; fewer than ``last`` are
        no sample
    :param percent: 0 switches the check off
    """
    sample = outcomes[:last]
    if not percent or last <= 0 or len(sample) < last:
        return []
    failed = sum(sample)
    if failed * 100 <= percent * last:
        return []
    return [Finding("failures", failed, last)]

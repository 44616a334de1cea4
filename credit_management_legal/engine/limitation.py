"""Until when a claim can be enforced, and what interrupts that.

A period begins on the day of the claim, or at the end of that year where the law says
so. The last day is the one with the same number, else the last of its month (641 CPC
and the like); it is not put off from a Sunday, since nothing says so of limitation.

Of several periods that may apply the shortest is taken: that of a claim of unknown kind
is the one that runs out first among those of goods, services and subscriptions. Those
of single trades, such as carriers, hotels or telecommunications, count for whoever says
that it is in one: to others they would bar nearly every claim. An act only counts if it
is done in time, and only where somebody has noted it; what may or may not be an
acknowledgement, such as a part payment, never moves the day. The earlier alarm stays.

Facts and sources: French C. civ. 2224, 2238 to 2244, C. com. L110-4; Belgian old C.
civ. 2244; German BGB 195, 199, 212. Compiled November 2026.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

YEAR_END = "year_end"

#: What an act does to the period: it begins anew, it is a new one (of a title), it is
#: prolonged once, it stands still, it may have begun anew.
RESTART = "restart"
RENEW = "renew"
EXTEND_ONCE = "extend_once"
SUSPEND = "suspend"
POSSIBLE = "possible"
NONE = "none"

#: Kinds that are a part of another, whose period they have where the law names none of
#: their own: rent is periodic, a bailiff is a profession.
BROADER = {"telecom": "periodic", "rent": "periodic", "bailiff": "professional"}


#: Kinds of claims that only some trades have, and those know it.
OF_TRADES = frozenset(
    (
        "transport",
        "hospitality",
        "care",
        "professional",
        "telecom",
        "rent",
        "insurance",
        "bailiff",
    )
)


@dataclass(frozen=True)
class Period:
    """``number`` of ``unit`` for claims of a ``kind``; ``start``: ``day`` or
    ``year_end``. ``key`` is whatever the caller knows it by."""

    number: int
    unit: str
    kind: str = "general"
    start: str = "day"
    key: object = None


@dataclass(frozen=True)
class Act:
    """Something that was done on ``day``.

    ``number`` and ``unit`` are those of the new period, for ``renew`` and
    ``extend_once``; ``until`` is the last day on which the period stands still, and
    ``least`` the months that are left after it at least. A standstill whose end nobody
    knows is only possible. ``of_title``: whether it lets the period of a title begin
    anew, too; a claim that is served again after the judgment does not.
    """

    day: date
    effect: str
    number: int = 0
    unit: str = "years"
    until: date | None = None
    least: int = 0
    of_title: bool = True
    key: object = None


@dataclass(frozen=True)
class Limit:
    """The last ``day`` on which the claim can be enforced, and why.

    ``counted`` are the acts that moved it, ``possible`` those that may have.
    ``certain`` tells whether the kind of the claim is known.
    """

    day: date
    period: Period
    certain: bool
    counted: tuple = ()
    possible: tuple = ()


def add(day, number, unit):
    """The last day of a period that begins on ``day``.

    :param str unit: ``days``, ``months`` or ``years``
    :raise ValueError: for another unit: no limitation is counted in working days
    """
    if unit == "days":
        return day + timedelta(days=number)
    if unit not in ("months", "years"):
        raise ValueError(unit)
    months = number * (12 if unit == "years" else 1)
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def first_end(start, period):
    """The last day of a period for a claim of the day ``start``."""
    if period.start == YEAR_END:
        start = date(start.year, 12, 31)
    return add(start, period.number, period.unit)


def choose(periods, kinds, start):
    """Which of the periods of a law applies to a claim.

    :param kinds: of the claim: one, several where an invoice has lines of different
        kinds, or a false value (also among several) where nobody knows it: any but
        those :data:`OF_TRADES`
    :return: (period, whether it is certain), or None if there is no period
    """
    if not periods:
        return None
    if not kinds or isinstance(kinds, str):
        kinds = (kinds,)
    ordinary = [period for period in periods if period.kind not in OF_TRADES]
    among, known = [], True
    for kind in kinds:
        own = _own(periods, kind)
        known = known and bool(own)
        among += own or ordinary or periods
    return min(among, key=lambda period: first_end(start, period)), known


def _own(periods, kind):
    """The periods of a kind, else of what it is a part of, else the general ones."""
    for name in (kind, BROADER.get(kind), "general") if kind else ():
        own = [period for period in periods if period.kind == name]
        if own:
            return own
    return []


def standstill(day, act, still_until):
    """The last day of a period after it stood still.

    Days on which it stood still already, because of another act, count once.

    :param date day: its last day before
    :param Act act: with its last day
    :param still_until: the last day of an earlier standstill, or None
    """
    begin = act.day
    if still_until and still_until >= begin:
        begin = still_until + timedelta(days=1)
    moved = day + max(act.until - begin + timedelta(days=1), timedelta())
    if act.least:
        moved = max(moved, add(act.until, act.least, "months"))
    return moved


def limit(periods, kinds, start, acts=()):
    """Until when a claim can be enforced.

    What begins anew is the period that runs: that of the claim or, once an act has
    given one of its own, that one (France: ten years again by an act of enforcement on
    a judgment, L111-4 CPCE and 2244 C. civ.).

    :param periods: those of the law that holds for the claim
    :param kinds: of the claim, see :func:`choose`
    :param date start: the earliest day from which the period may run
    :param acts: :class:`Act` in any order
    :return Limit: or None, where no period of that law is known
    """
    chosen = choose(periods, kinds, start)
    if chosen is None:
        return None
    period, certain = chosen
    day = first_end(start, period)
    running, renewed = (period.number, period.unit), False
    counted, possible, extended, still_until = [], [], False, None
    for act in sorted(acts, key=lambda act: act.day):
        # What comes too late wakes nothing up; nor does what was before the claim.
        if act.day > day or act.day < start or act.effect == NONE:
            continue
        if act.effect == POSSIBLE or act.effect == SUSPEND and not act.until:
            possible.append(act)
            continue
        moved = day
        if act.effect == RESTART and (act.of_title or not renewed):
            moved = add(act.day, *running)
        elif act.effect == RENEW:
            running, renewed = (act.number, act.unit), True
            moved = add(act.day, *running)
        elif act.effect == EXTEND_ONCE and not extended:
            moved, extended = add(act.day, act.number, act.unit), True
        elif act.effect == SUSPEND and act.until >= act.day:
            moved = standstill(day, act, still_until)
            still_until = max(act.until, still_until or act.until)
        if moved > day:
            day = moved
            counted.append(act)
    return Limit(day, period, certain, tuple(counted), tuple(possible))


def warning(day, today, stages=(6, 3, 1)):
    """The smallest number of months of ``stages`` within which ``day`` lies.

    :return int: 0 once the day is over, None while it is farther off
    """
    if day < today:
        return 0
    within = [months for months in stages if day <= add(today, months, "months")]
    return min(within, default=None)

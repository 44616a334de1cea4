"""What comes next on the track of an amicable case, and from which day on.

A track is a list of stages in an order. Stages never go backwards and never repeat; the
last one done says what follows. Days are those of the company's time zone.
"""

from dataclasses import dataclass
from datetime import date, timedelta

#: What follows a stage.
NEXT, COURT, STOP = "next", "court", "stop"
#: Why nothing is due.
DUE, WAITING, UNDER_WAY, NOTICE_FIRST, END = (
    "due",
    "waiting",
    "under_way",
    "notice_first",
    "end",
)


@dataclass(frozen=True)
class Stage:
    """A stage as a plain value.

    :param int rank: its place on the track
    :param int delay_days: days after the previous stage was done, or the opening
    :param bool from_opening: whether the delay counts from the opening of the case
    :param bool contact: whether the debtor is addressed
    :param bool notice: whether it is the formal notice
    :param str then: what follows: ``next``, ``court`` or ``stop``
    """

    id: int
    rank: int
    delay_days: int = 0
    from_opening: bool = False
    contact: bool = True
    notice: bool = False
    then: str = NEXT


@dataclass(frozen=True)
class Done:
    """A stage that was done on a day; nothing follows before ``wait_until`` is over.

    :param bool skipped: nothing reached the debtor
    """

    stage_id: int
    day: date
    wait_until: date | None = None
    skipped: bool = False


@dataclass(frozen=True)
class Move:
    """What comes next: a stage and the first day of it, or why there is none."""

    code: str
    stage_id: int | None = None
    day: date | None = None


def next_move(stages, opened, done, today, open_stage=None, notice_first=False):
    """The next move of a case.

    :param stages: :class:`Stage` in their order
    :param date opened: when the case was opened
    :param done: :class:`Done`, in any order
    :param open_stage: id of a stage that is under way
    :param bool notice_first: whether a law lets no other act reach the debtor before
        the formal notice of the collector (Belgium, consumers: art. XIX.9 of the code
        of economic law, read on Justel, 2026)
    :rtype: Move
    """
    if open_stage:
        return Move(UNDER_WAY, open_stage)
    by_id = {stage.id: stage for stage in stages}
    known = [made for made in done if made.stage_id in by_id]
    last = max(known, key=lambda made: by_id[made.stage_id].rank, default=None)
    if last and by_id[last.stage_id].then != NEXT:
        return Move(by_id[last.stage_id].then, last.stage_id)
    reached = by_id[last.stage_id].rank if last else None
    coming = [stage for stage in stages if reached is None or stage.rank > reached]
    if not coming:
        return Move(END)
    stage = min(coming, key=lambda stage: stage.rank)
    given = any(by_id[made.stage_id].notice and not made.skipped for made in known)
    if notice_first and stage.contact and not stage.notice and not given:
        return Move(NOTICE_FIRST, stage.id)
    begin = opened if stage.from_opening or not last else last.day
    day = begin + timedelta(days=stage.delay_days)
    # Whatever was done: a period that somebody was given is kept.
    for made in known:
        if made.wait_until:
            day = max(day, made.wait_until + timedelta(days=1))
    return Move(DUE if day <= today else WAITING, stage.id, day)


def notice_end(sent, days, calendar, offset=3):
    """The last day on which no other act may follow a collector's formal notice.

    Belgium, art. XIX.9 of the code of economic law (Justel, 2026): 14 calendar days
    that begin with the third working day after sending; the law has no shorter rule
    for electronic sending. A Saturday is taken for no working day, to be verified.

    :param date sent: the day on which the notice left
    :param int days: calendar days of the period
    :param calendar: working days of the debtor's country
    :param int offset: working days after sending with which the period begins
    :rtype: date
    """
    return calendar.add_working(sent, offset) + timedelta(days=days - 1)

"""Until when something has to be done in a procedure, and what has become of it.

A rule says: after an act, so many days, months or years. The day of the act is not
counted; months and years end on the day with the same number, else on the last of
the month (641 of the French CPC, read in April 2026). A last day that is no working day
is put off to the next one where the law says so (642 CPC). Where it is not known
whether the law of a country does, the prudent reading holds: what we have to do is not
put off, and the time that others have is.

The events of a case fall into rounds: whoever has lost an order by a missed deadline
begins anew, and what was missed stays on record. Nothing here knows the ORM.
"""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from odoo.addons.credit_management.engine.calendar import WorkingCalendar

from .limitation import add

#: What a rule is about. ``act``: somebody has to act by the day. ``answer``: until then
#: the other side may answer. ``wait``: the act may only follow when the day is over.
#: ``before``: to be done so long before an event, such as a hearing.
ACT = "act"
ANSWER = "answer"
WAIT = "wait"
BEFORE = "before"
ROLES = (ACT, ANSWER, WAIT, BEFORE)

#: What has become of a deadline. ``over`` is a time of others, or to wait, that has run
#: out as it should.
OPEN = "open"
MET = "met"
MISSED = "missed"
OVER = "over"
MOOT = "moot"
STATES = (OPEN, MET, MISSED, OVER, MOOT)

#: Whether a last day that is no working day is put off.
NEXT_WORKING = "next"
AS_IT_IS = "none"
UNKNOWN = "unknown"

#: Where the debtor lives, as seen from the court.
HOME = "home"
OVERSEAS = "overseas"
ABROAD = "abroad"

#: What has become of a procedure.
RUNNING = "running"
TITLE = "title"
ENDED = "ended"
VOID = "void"


@dataclass(frozen=True)
class Event:
    """``act`` was done on ``day``. ``key`` is whatever the caller knows it by."""

    act: str
    day: date
    in_person: bool = False
    key: Any = None


@dataclass(frozen=True)
class Rule:
    """A deadline of a procedure.

    :param code: shared by the versions of a rule
    :param after: the act from whose day it runs
    :param after_rule: code of a rule from whose last day it runs instead, counted from
        the same act
    :param met_by: acts by which it is met (for ``answer``: used)
    :param moot_by: acts after which it no longer matters
    :param proved_by: acts that show that it was met in time, whatever their own day: a
        court that makes its order was paid, or it would have let the petition lapse
        (1425 CPC)
    :param first: only the first such act of a round counts
    :param basis: the act whose day decides which version holds; where nobody has
        noted it, the act of ``after`` does
    :param valid_from: the version holds for a basis from this day
    :param valid_to: and until this day
    :param court: only before this kind of court
    :param above: only where the principal is more than so many minor units; 0: always
    :param country: only before courts of this country, by its code
    :param overseas: months more for debtors overseas
    :param abroad: months more for debtors abroad
    :param unless_in_person: does not hold if this act was done in person
    :param unless: does not hold if one of these acts was done by then
    :param prolongs: code of an ``answer``: where this one may hold, that answer stays
        possible until this one is over as well, without end while it has not begun
    :param rolls: a last day that is no working day is put off as the law says; not
        so for limitation
    :param fatal: the procedure ends with it
    :param gives_title: once it is over there is an enforceable title
    """

    code: str
    role: str
    number: int
    unit: str
    after: str
    met_by: tuple = ()
    moot_by: tuple = ()
    proved_by: tuple = ()
    after_rule: str = ""
    first: bool = False
    basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    court: str = ""
    above: int = 0
    country: str = ""
    overseas: int = 0
    abroad: int = 0
    unless_in_person: str = ""
    unless: tuple = ()
    prolongs: str = ""
    rolls: bool = True
    fatal: bool = False
    gives_title: bool = False
    key: Any = None


@dataclass(frozen=True)
class Place:
    """How the court reckons, where the debtor lives, and what it is about.

    ``principal`` is in minor units of the procedure's currency, or None where it is not
    known: then every deadline holds.
    """

    calendar: WorkingCalendar = field(default_factory=WorkingCalendar)
    rollover: str = UNKNOWN
    debtor: str = HOME
    court: str = ""
    principal: int | None = None


@dataclass(frozen=True)
class Deadline:
    """The last ``day`` of ``rule``, counted from ``event``.

    ``met_by`` is the event that met it, or came too late or too early. ``current`` is
    false for what an earlier round left.
    """

    rule: Rule
    event: Event
    day: date
    state: str
    met_by: Event | None = None
    current: bool = True

    @property
    def late(self):
        """Days by which the act came too late; negative if it came too early."""
        if self.met_by is None or self.state not in (MISSED, OVER):
            return 0
        gap = (self.met_by.day - self.day).days
        return gap - 1 if self.rule.role == WAIT else gap


@dataclass(frozen=True)
class Outlook:
    """All deadlines of a case, the next day, and how the procedure stands."""

    deadlines: tuple
    next_day: date | None
    outcome: str
    title_day: date | None = None

    @property
    def missed(self):
        """What was missed and not made good by beginning anew."""
        return tuple(d for d in self.deadlines if d.state == MISSED and d.current)


def last_day(rule, start, place):
    """The last day of a period that runs from ``start``.

    :param date start: the day of the act, which is not counted
    :return date: for ``before``, the last day on which it can still be done in time
    :raise ValueError: for an unknown unit
    """
    if rule.role == BEFORE:
        # Counted back, nothing is put off: the other side is to have its full time.
        if rule.unit == "working_days":
            return place.calendar.add_working(start, -rule.number)
        return add(start, -rule.number, rule.unit)
    if rule.unit == "working_days":
        end = place.calendar.add_working(start, rule.number)
    else:
        end = add(start, rule.number, rule.unit)
    more = {OVERSEAS: rule.overseas, ABROAD: rule.abroad}.get(place.debtor, 0)
    if more and rule.unit in ("months", "years"):
        # One period of so many months more, not two after each other.
        months = rule.number * (12 if rule.unit == "years" else 1) + more
        end = add(start, months, "months")
    elif more:
        end = add(end, more, "months")
    if not rule.rolls or place.rollover == AS_IT_IS:
        return end
    if place.rollover == UNKNOWN and rule.role == ACT:
        return end
    return place.calendar.next_working(end)


def rounds(events, starts):
    """Events in the order of their days, cut where a procedure begins anew.

    :param events: :class:`Event` in any order; of one day in the order given
    :param starts: acts that begin a procedure; done once more they begin a new round
    """
    parts, seen = [[]], set()
    for event in sorted(events, key=lambda event: event.day):
        if event.act in starts and event.act in seen:
            parts.append([])
            seen = set()
        parts[-1].append(event)
        seen.add(event.act)
    return parts


def _holds(rule, events, trigger, place):
    """Whether a version of a rule is the one for a case."""
    if rule.court and place.court and rule.court != place.court:
        return False
    if rule.above and place.principal is not None and place.principal <= rule.above:
        return False
    if rule.country and rule.country != place.calendar.country:
        return False
    basis = trigger
    if rule.basis:
        basis = next((e for e in events if e.act == rule.basis), trigger)
    day = basis.day
    if rule.valid_from and day < rule.valid_from:
        return False
    if rule.valid_to and day > rule.valid_to:
        return False
    if any(e.act in rule.unless and e.day <= trigger.day for e in events):
        return False
    if rule.unless_in_person:
        return not any(
            event.in_person for event in events if event.act == rule.unless_in_person
        )
    return True


def _judge(rule, events, trigger, day, today, endings):
    """State of a deadline in its round, and the event that decided it."""

    def first(acts):
        found = (
            event
            for event in events
            if event.act in acts
            and event is not trigger
            and (rule.role == BEFORE or event.day >= trigger.day)
        )
        return next(found, None)

    done, proof = first(rule.met_by), first(rule.proved_by)
    if rule.role == WAIT:
        # What was done before the time to wait began has nothing to do with it.
        in_time = done is not None and done.day > day
    else:
        in_time = done is not None and done.day <= day
    if proof is not None and not in_time:
        return MET, proof
    stopped = [
        event
        for event in events
        if (event.act in endings and event.act not in rule.met_by)
        or (
            event.act in rule.moot_by
            and event is not trigger
            and (rule.role == BEFORE or event.day >= trigger.day)
        )
        if event.day <= day
    ]
    if stopped and not (done and done.day <= stopped[0].day):
        return MOOT, stopped[0]
    if done is not None:
        if in_time:
            return MET, done
        return (OVER if rule.role == ANSWER else MISSED), done
    if today <= day:
        return OPEN, None
    return (OVER if rule.role in (ANSWER, WAIT) else MISSED), None


def _order(rules):
    """Rules that run from the end of others come after them.

    :raise ValueError: if rules run from the end of each other
    """
    left, known, ordered = list(rules), {""}, []
    while left:
        ready = [rule for rule in left if rule.after_rule in known]
        if not ready:
            raise ValueError(", ".join(rule.code for rule in left))
        ordered += ready
        left = [rule for rule in left if rule not in ready]
        known = {"", *(rule.code for rule in ordered)} - {rule.code for rule in left}
    return ordered


def _of_round(rules, events, today, place, endings):
    found, ends = [], {}
    for rule in rules:
        triggers = [event for event in events if event.act == rule.after]
        for trigger in triggers[:1] if rule.first else triggers:
            if not _holds(rule, events, trigger, place):
                continue
            start = trigger.day
            if rule.after_rule:
                start = ends.get((rule.after_rule, id(trigger)))
                if start is None:
                    continue
            day = last_day(rule, start, place)
            ends[rule.code, id(trigger)] = day
            state, by = _judge(rule, events, trigger, day, today, endings)
            found.append(Deadline(rule, trigger, day, state, by))
    return [_prolonged(one, rules, found, events, place) for one in found]


def _prolonged(deadline, rules, found, events, place):
    """An answer that came late for one time may be in time for one that prolongs it."""
    late = deadline.met_by
    if deadline.rule.role != ANSWER or deadline.state != OVER or late is None:
        return deadline
    longer = [
        rule
        for rule in rules
        if rule.prolongs == deadline.rule.code
        and _holds(rule, events, deadline.event, place)
    ]
    ends = [
        one.day for one in found if one.rule in longer and one.event.day <= late.day
    ]
    if not longer or (ends and late.day > max(ends)):
        return deadline
    return replace(deadline, state=MET)


def _is_end(deadline):
    over = OVER if deadline.rule.role == ANSWER else MISSED
    return deadline.rule.fatal and deadline.state == over


def _settle(deadlines, ended):
    """What no longer matters once a procedure has ended by itself or from outside.

    :param ended: the day on which the case was paid, closed or withdrawn, or None
    """
    ends = [deadline for deadline in deadlines if _is_end(deadline)]
    first = min((deadline.day for deadline in ends), default=None)
    settled = []
    for deadline in deadlines:
        undone = deadline.state in (OPEN, OVER, MISSED) and deadline.met_by is None
        stops = ended is not None and deadline.day >= ended
        if first is not None and deadline not in ends:
            stops = stops or deadline.day >= first
        if (undone and stops) or (deadline.state == OPEN and ended is not None):
            deadline = replace(deadline, state=MOOT)
        settled.append(deadline)
    return settled


def outlook(rules, events, today, place, starts=(), endings=(), titles=(), ended=None):
    """Every deadline of a case, and how its procedure stands.

    :param rules: :class:`Rule`, all versions of all rules of the procedure
    :param events: :class:`Event`
    :param date today: in the company's time zone
    :param Place place: how the court reckons
    :param starts: acts that begin the procedure
    :param endings: acts that end it without a title, such as a reasoned dispute
    :param titles: acts that give an enforceable title
    :param ended: the day on which the case ended, or None
    :rtype: Outlook
    :raise ValueError: if rules run from the end of each other
    """
    ordered, found = _order(rules), []
    parts = rounds(events, starts)
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        # What was not missed when a new round began is not missed any more.
        seen = min(today, following[0].day) if following else today
        own = _settle(_of_round(ordered, part, seen, place, endings), ended)
        if following:
            own = [
                replace(d, current=False, state=MOOT if d.state == OPEN else d.state)
                for d in own
            ]
        found += own
    outcome, title_day = _outcome(found, parts[-1], endings, titles, today)
    days = [deadline.day for deadline in found if deadline.state == OPEN]
    return Outlook(
        tuple(sorted(found, key=lambda deadline: deadline.day)),
        min(days, default=None),
        outcome,
        title_day,
    )


def _outcome(deadlines, events, endings, titles, today):
    own = [deadline for deadline in deadlines if deadline.current]
    for deadline in own:
        if _is_end(deadline):
            return (ENDED if deadline.rule.role == ANSWER else VOID), None
    if any(event.act in endings for event in events):
        return ENDED, None
    for event in events:
        if event.act in titles:
            return TITLE, event.day
    waits = [d for d in own if d.rule.gives_title]
    # Opposition, or whatever else makes one of them moot, leaves no title by itself.
    # What was done too early was premature, and the time runs out all the same.
    over = all(d.state != MOOT and d.day < today for d in waits)
    if waits and over and not _is_answered(own, waits):
        return TITLE, max(d.day for d in waits) + timedelta(days=1)
    return RUNNING, None


def _is_answered(deadlines, waits):
    """Whether an answer that leaves no title came in time, be it after the title."""
    answers = {act for wait in waits for act in wait.rule.moot_by}
    return any(
        one.rule.role == ANSWER and one.state == MET and one.met_by.act in answers
        for one in deadlines
    )

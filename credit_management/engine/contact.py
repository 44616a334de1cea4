"""When a debtor may be contacted: hours, days and how often, in the debtor's time."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

#: Days looked ahead: nothing is closed so long but what is closed for good.
HORIZON = 15
#: Channels that disturb nobody: they have hours only where a rule says so, and what
#: leaves by one of them on one day is one contact, in however many messages.
WRITTEN = frozenset(("email", "letter", "registered_letter"))

#: Why a moment is closed.
HOURS, WEEKDAY, HOLIDAY = "hours", "weekday", "holiday"


@dataclass(frozen=True)
class Window:
    """Minutes of the day from ``start`` until before ``end``, on ``weekdays``.

    Weekdays count from 1, Monday, to 7.
    """

    start: int = 8 * 60
    end: int = 20 * 60
    weekdays: frozenset = frozenset((1, 2, 3, 4, 5, 6))
    holidays: bool = False


#: No hours at all.
ALWAYS = Window(start=0, end=24 * 60, weekdays=frozenset(range(1, 8)), holidays=True)


@dataclass(frozen=True)
class Frequency:
    """At most ``count`` contacts within ``days`` days of the debtor's calendar.

    :ivar frozenset channels: the channels that count together; None: every channel
    :ivar bool binding: a rule of law, not a choice of prudence
    :ivar str source: whose rule it is, for people
    """

    count: int
    days: int
    channels: frozenset | None = None
    binding: bool = False
    source: str = field(default="", compare=False)

    def covers(self, channel):
        """Whether contacts by the channel count."""
        return self.channels is None or channel in self.channels


@dataclass(frozen=True)
class Silence:
    """No contact on the ``days`` days after the one of a conversation by telephone.

    :ivar frozenset channels: the channels that have to be silent; None: every channel
    :ivar str source: whose rule it is, for people
    """

    days: int
    channels: frozenset | None = None
    source: str = field(default="", compare=False)

    def covers(self, channel):
        """Whether it holds for contacts by the channel."""
        return self.channels is None or channel in self.channels


@dataclass(frozen=True)
class Rules:
    """What holds for contacts with a debtor by one channel."""

    window: Window = Window()
    frequencies: tuple = ()
    silences: tuple = ()


@dataclass(frozen=True)
class Contact:
    """A contact that was made, tried or is planned.

    :ivar str channel: by which
    :ivar datetime moment: aware
    :ivar bool spoken: a conversation with the debtor by telephone
    """

    channel: str
    moment: datetime
    spoken: bool = False


@dataclass(frozen=True)
class Opening:
    """The next moment at which a debtor may be contacted.

    :ivar datetime at: in UTC; None if there is none within the horizon
    :ivar tuple reasons: why not before: codes of this module, and each
        :class:`Frequency` that is used up, each :class:`Silence` that is not over
    :ivar str zone: name of the time zone the debtor may well be in
    :ivar datetime until: the first moment from which it may be closed again, in UTC;
        None if it never is
    """

    at: datetime | None
    reasons: tuple = ()
    zone: str = field(default="", compare=False)
    until: datetime | None = field(default=None, compare=False)


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
    """The first open moment from ``moment`` on in one zone, or None, and why."""
    local = moment.astimezone(zone)
    reasons = []
    for ahead in range(HORIZON):
        day = local.date() + timedelta(days=ahead)
        if day.isoweekday() not in window.weekdays:
            reasons.append(WEEKDAY)
            continue
        if not window.holidays and is_holiday(day):
            reasons.append(HOLIDAY)
            continue
        midnight = datetime.combine(day, time(), tzinfo=zone)
        # Wall-clock arithmetic: eight o'clock is eight o'clock when clocks change.
        start = midnight + timedelta(minutes=window.start)
        end = midnight + timedelta(minutes=window.end)
        if ahead == 0 and local >= end:
            reasons.append(HOURS)
            continue
        if ahead == 0 and local < start:
            reasons.append(HOURS)
        return max(local, start).astimezone(timezone.utc), reasons
    return None, reasons


def _next_open(moment, window, zones, is_holiday):
    """As :func:`next_allowed`, with the reasons."""
    if window == ALWAYS:
        return moment, []
    if window.start >= window.end:
        return None, [HOURS]
    reasons = []
    limit = moment + timedelta(days=HORIZON)
    while moment < limit:
        found = [_opening(moment, window, zone, is_holiday) for zone in zones]
        reasons += [reason for _at, whys in found for reason in whys]
        openings = [at for at, _whys in found]
        if None in openings:
            return None, reasons
        latest = max(openings)
        if latest == moment:
            return moment, reasons
        # Open here may be closed there: look again from the latest opening on.
        moment = latest
    return None, reasons


def next_allowed(moment, window, zones, is_holiday):
    """The first moment, from ``moment`` on, within the hours and days of a window.

    :param datetime moment: aware
    :param zones: names of the zones the debtor may be in; open has to be all of them
    :param is_holiday: function of a date
    :return datetime: in UTC; None if there is none within a fortnight
    """
    zones = [ZoneInfo(name) for name in zones]
    return _next_open(moment.astimezone(timezone.utc), window, zones, is_holiday)[0]


def _closing(moment, window, zones):
    """When a window that is open in all zones closes in the first of them, or None."""
    if window == ALWAYS:
        return None
    days = [
        datetime.combine(moment.astimezone(zone).date(), time(), tzinfo=zone)
        for zone in zones
    ]
    end = timedelta(minutes=window.end)
    return min((midnight + end).astimezone(timezone.utc) for midnight in days)


def _days_of(frequency, past, zone):
    """The days of the contacts that count, one entry per contact, with channels."""
    entries = []
    for contact in past:
        if frequency.covers(contact.channel):
            entry = (contact.moment.astimezone(zone).date(), contact.channel)
            if contact.channel not in WRITTEN or entry not in entries:
                entries.append(entry)
    return entries


def _free_day(day, channel, frequency, entries):
    """The first day from ``day`` on on which one more contact fits.

    Contacts to come are there too, visits that are planned: every span in which the day
    lies has to have room.
    """
    span = timedelta(days=frequency.days - 1)
    days = [entry[0] for entry in entries]
    while True:
        if channel in WRITTEN and (day, channel) in entries:
            return day
        ends = {day, *(later for later in days if day < later <= day + span)}
        if all(
            sum(end - span <= other <= end for other in days) < frequency.count
            for end in ends
        ):
            return day
        day += timedelta(days=1)


def _quiet_until(channel, rules, zone, past):
    """(silence, the first day after it) of each silence that the rules ask for."""
    talks = [c.moment.astimezone(zone).date() for c in past if c.spoken]
    return [
        (silence, max(talks) + timedelta(days=silence.days + 1))
        for silence in rules.silences
        if talks and silence.days and silence.covers(channel)
    ]


def next_contact(moment, channel, rules, zones, is_holiday, past=()):
    """The first moment from ``moment`` on at which all rules allow a contact.

    A day is one of the debtor's calendar, in the first of the zones.

    :param datetime moment: aware
    :param str channel: by which the contact would be
    :param Rules rules: which hold for the channel
    :param zones: names of the zones the debtor may be in; open has to be all of them
    :param is_holiday: function of a date
    :param past: the :class:`Contact` made or tried so far
    :rtype: Opening
    """
    moment = moment.astimezone(timezone.utc)
    name = zones[0]
    zones = [ZoneInfo(name) for name in zones]
    limits = [
        (frequency, _days_of(frequency, past, zones[0]))
        for frequency in rules.frequencies
        if frequency.count and frequency.days and frequency.covers(channel)
    ]
    quiet = _quiet_until(channel, rules, zones[0], past)
    reasons = []
    while True:
        found, whys = _next_open(moment, rules.window, zones, is_holiday)
        reasons += whys
        if found is None:
            return Opening(None, _unique(reasons), name)
        day = latest = found.astimezone(zones[0]).date()
        for silence, over in quiet:
            if over > day:
                reasons.append(silence)
                latest = max(latest, over)
        for frequency, entries in limits:
            free = _free_day(day, channel, frequency, entries)
            if free > day:
                reasons.append(frequency)
                latest = max(latest, free)
        if latest == day:
            until = _closing(found, rules.window, zones)
            return Opening(found, _unique(reasons), name, until)
        moment = datetime.combine(latest, time(), tzinfo=zones[0])
        moment = moment.astimezone(timezone.utc)


def _unique(reasons):
    """Each reason once, in their order."""
    return tuple(dict.fromkeys(reasons))

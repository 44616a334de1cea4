"""Two months of one debtor by the plain rules, for a great many debtors.

A debtor goes through random steps under random rules, as the models have it: whatever
leaves asks when it may, calls go by slots until somebody is reached or enough was
tried. What has to hold is counted by other means than the rules themselves.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from random import Random
from unittest.mock import patch
from zoneinfo import ZoneInfo

from hypothesis import given, settings

from odoo.tests import BaseCase, tagged

from ..engine import contact, slots
from .seeds import again, seeds

START = datetime(2026, 3, 2, 6, tzinfo=timezone.utc)
DAYS = 60
#: With a change of clocks in these months, and without.
ZONES = ("Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")
WRITTEN = ("email", "letter", "registered_letter")
CHANNELS = (*WRITTEN, "sms", "phone", "phone", "visit")
PARTS = ((0, 12), (12, 14), (14, 17), (17, 24))


@dataclass
class Debtor:
    """Where a debtor is, and what rules hold there."""

    zone: ZoneInfo
    window: contact.Window
    calls: int
    week: int
    plan: slots.Plan
    holidays: frozenset

    def rules(self, channel):
        frequencies = (
            contact.Frequency(self.calls, 1, frozenset(("phone",))),
            contact.Frequency(self.week, 7),
        )
        window = contact.ALWAYS if channel in WRITTEN else self.window
        return contact.Rules(window, frequencies)

    def opening(self, moment, channel, past):
        return contact.next_contact(
            moment,
            channel,
            self.rules(channel),
            (self.zone.key,),
            self.holidays.__contains__,
            past,
        )


def any_debtor(chance):
    start = chance.choice((7, 8, 9, 10)) * 60
    first = date(2026, 3, 2)
    return Debtor(
        zone=ZoneInfo(chance.choice(ZONES)),
        window=contact.Window(
            start=start,
            end=start + chance.choice((120, 360, 600, 720)),
            weekdays=frozenset(chance.sample(range(1, 8), chance.randint(2, 7))),
            holidays=chance.random() < 0.2,
        ),
        calls=chance.choice((1, 1, 2)),
        week=chance.choice((1, 2, 3, 3, 5)),
        plan=slots.Plan(
            attempts=chance.choice((3, 3, 4)), gap_days=chance.choice((0, 1, 2))
        ),
        holidays=frozenset(
            first + timedelta(days=chance.randrange(DAYS + 30)) for _number in range(5)
        ),
    )


class Life:
    """What happens to a debtor, and what must not."""

    def __init__(self, seed):
        self.chance = Random(seed)
        self.debtor = any_debtor(self.chance)
        self.contacts = []
        self.given_up = []

    def live(self):
        now = START
        while now < START + timedelta(days=DAYS):
            channel = self.chance.choice(CHANNELS)
            if channel == "phone":
                now = self._call(now)
            else:
                found = self.debtor.opening(now, channel, self.contacts).at
                assert found, "stuck for ever"
                assert found < now + timedelta(days=15), f"stuck: {channel}"
                self.contacts.append(contact.Contact(channel, found))
                now = found
            now += timedelta(hours=self.chance.choice((0, 1, 5, 24, 72)))

    def _call(self, now):
        """Call until somebody is reached or enough was tried."""
        tried = []
        while True:
            found = slots.next_slot(
                now,
                tried,
                self.debtor.plan,
                self.debtor.zone.key,
                lambda at: self.debtor.opening(at, "phone", self.contacts),
            )
            assert found, "no slot"
            # Whoever calls is late at times, and looks whether it is still allowed.
            now = found + timedelta(minutes=self.chance.choice((0, 0, 20, 200)))
            if self.debtor.opening(now, "phone", self.contacts).at != now:
                continue
            tried.append(now)
            self.contacts.append(contact.Contact("phone", now))
            if self.chance.random() < 0.15:
                return now
            zone, window = self.debtor.zone.key, self.debtor.window
            if slots.is_over(tried, self.debtor.plan, zone, window):
                self.given_up.append(tried)
                return now

    # What has to hold, counted anew

    def local(self, moment):
        return moment.astimezone(self.debtor.zone)

    def check(self):
        self._check_hours()
        self._check_frequency()
        self._check_ends()

    def _check_hours(self):
        window = self.debtor.window
        for each in self.contacts:
            if each.channel in WRITTEN:
                continue
            local = self.local(each.moment)
            minute = local.hour * 60 + local.minute
            assert window.start <= minute < window.end, f"hour: {local}"
            assert local.isoweekday() in window.weekdays, f"weekday: {local}"
            free = window.holidays or local.date() not in self.debtor.holidays
            assert free, f"holiday: {local}"

    def _check_frequency(self):
        calls, counted = {}, []
        for each in self.contacts:
            day = self.local(each.moment).date()
            if each.channel == "phone":
                calls[day] = calls.get(day, 0) + 1
            if each.channel not in WRITTEN or (day, each.channel) not in counted:
                counted.append((day, each.channel))
        assert max(calls.values(), default=0) <= self.debtor.calls, "calls a day"
        for last, _channel in counted:
            week = [day for day, _ in counted if 0 <= (last - day).days < 7]
            assert len(week) <= self.debtor.week, f"week: {counted}"

    def _check_ends(self):
        plan, window = self.debtor.plan, self.debtor.window
        for tried in self.given_up:
            local = [self.local(moment) for moment in tried]
            assert len(local) >= 3, "given up early"
            if len(local) >= 2 * plan.attempts:
                continue
            parts = {
                next(i for i, (_from, to) in enumerate(PARTS) if each.hour < to)
                for each in local
            }
            there = [
                part
                for part in PARTS
                if part[0] * 60 < window.end and window.start < part[1] * 60
            ]
            assert len(parts) >= min(plan.attempts, len(there)), "same time of day"
            days = {each.isoweekday() for each in local}
            assert len(days) >= min(plan.attempts, len(window.weekdays)), "same weekday"


def lived(seed):
    life = Life(seed)
    life.live()
    return life


@tagged("post_install", "-at_install")
class TestModel(BaseCase):
    @settings(max_examples=300, deadline=None)
    @given(seed=seeds())
    def test_two_months(self, seed):
        again(seed)
        lived(seed).check()

    def test_much_happens(self):
        """Nothing would hold as well of debtors whom nobody contacts."""
        lives = [lived(seed) for seed in range(20)]
        self.assertGreater(sum(len(life.contacts) for life in lives), 200)
        self.assertGreater(sum(len(life.given_up) for life in lives), 5)

    def test_a_rule_that_is_switched_off_is_noticed(self):
        """Each rule alone, for some debtors."""

        def always(moment, window, zone, is_holiday):
            return moment, []

        broken = {
            "week|calls a day": patch.object(
                contact, "_free_day", lambda day, *_rest: day
            ),
            "hour|weekday|holiday": patch.object(contact, "_opening", always),
            "given up early": patch.object(slots, "is_over", lambda *_given: True),
        }
        for found, rule in broken.items():
            with self.subTest(found), rule:
                with self.assertRaisesRegex(AssertionError, found):
                    for seed in range(50):
                        lived(seed).check()

"""When to call again: cases by hand, and what always has to hold."""

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.contact import Contact, Frequency, Rules, Window, next_contact
from ..engine.slots import PARTS, PATIENCE, Plan, is_over, next_slot, part_of

PARIS = "Europe/Paris"
RULES = Rules(
    Window(),
    (
        Frequency(count=1, days=1, channels=frozenset(("phone",))),
        Frequency(count=3, days=7),
    ),
)
HOLIDAY = date(2026, 7, 14)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def is_holiday(day):
    return day == HOLIDAY


def calls(zone, rules, tried):
    past = [Contact("phone", moment) for moment in tried]
    return lambda moment: next_contact(
        moment, "phone", rules, (zone,), is_holiday, past
    )


@tagged("post_install", "-at_install")
class TestSlots(BaseCase):
    def slot(self, now, *tried, plan=None, rules=RULES):
        tried = [utc(moment) for moment in tried]
        return next_slot(
            utc(now), tried, plan or Plan(), PARIS, calls(PARIS, rules, tried)
        )

    def test_first_one_at_once(self):
        self.assertEqual(self.slot("2026-06-17 12:00"), utc("2026-06-17 12:00"))
        self.assertEqual(self.slot("2026-06-17 19:00"), utc("2026-06-18 06:00"))

    def test_other_weekday_other_time(self):
        # Wednesday at nine: Thursday at noon.
        self.assertEqual(
            self.slot("2026-06-17 07:05", "2026-06-17 07:00"), utc("2026-06-18 10:00")
        )
        # Then Friday in the afternoon.
        self.assertEqual(
            self.slot("2026-06-18 10:05", "2026-06-17 07:00", "2026-06-18 10:00"),
            utc("2026-06-19 12:00"),
        )

    def test_apart(self):
        self.assertEqual(
            self.slot("2026-06-17 07:05", "2026-06-17 07:00", plan=Plan(gap_days=3)),
            utc("2026-06-20 10:00"),
        )

    def test_same_time_where_it_may_be(self):
        plan = Plan(vary_time=False, vary_weekday=False)
        self.assertEqual(
            self.slot("2026-06-17 07:05", "2026-06-17 07:00", plan=plan),
            utc("2026-06-18 06:00"),
        )

    def test_narrow_hours(self):
        """Where there is but one part of the day, only the weekday changes."""
        rules = Rules(Window(9 * 60, 11 * 60))
        self.assertEqual(
            self.slot("2026-06-17 07:05", "2026-06-17 07:00", rules=rules),
            utc("2026-06-18 07:00"),
        )

    def test_never(self):
        rules = Rules(Window(weekdays=frozenset()))
        self.assertIsNone(self.slot("2026-06-17 07:05", rules=rules))

    def test_beyond_what_is_looked_through(self):
        """A rule that asks for more patience is waited for."""
        rules = Rules(Window(), (Frequency(count=1, days=30, binding=True),))
        self.assertEqual(
            self.slot("2026-06-17 07:05", "2026-06-17 07:00", rules=rules),
            utc("2026-07-17 06:00"),
        )

    def test_over(self):
        window = Window()
        spread = [
            utc(f"2026-06-{day} {hour}:00") for day, hour in ((17, "07"), (18, 10))
        ]
        self.assertFalse(is_over(spread, Plan(), PARIS, window))
        spread.append(utc("2026-06-19 13:00"))
        self.assertTrue(is_over(spread, Plan(), PARIS, window))
        # Three mornings are not three times of day.
        mornings = [utc(f"2026-06-{day} 07:00") for day in (15, 16, 17)]
        self.assertFalse(is_over(mornings, Plan(), PARIS, window))
        self.assertTrue(is_over(mornings, Plan(vary_time=False), PARIS, window))
        self.assertTrue(is_over(mornings, Plan(), PARIS, Window(540, 660)))
        # Patience ends.
        self.assertTrue(is_over(mornings * 2, Plan(), PARIS, window))

    @settings(
        max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    @given(
        now=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
        zone=st.sampled_from([PARIS, "America/New_York", "Asia/Tokyo"]),
        start=st.integers(0, 20 * 60),
        length=st.integers(90, 12 * 60),
        weekdays=st.sets(st.integers(1, 7), min_size=1),
        attempts=st.integers(1, 4),
        gap=st.integers(0, 4),
        delays=st.lists(st.integers(0, 72 * 60), min_size=8, max_size=8),
    )
    def test_always(self, now, zone, start, length, weekdays, attempts, gap, delays):
        """Whoever calls at the slots, promptly or late: the rules hold, and the calls
        end once they were spread."""
        window = Window(start, min(start + length, 1440), frozenset(weekdays))
        rules = Rules(window, RULES.frequencies)
        plan = Plan(attempts=attempts, gap_days=gap)
        now, tried = now.replace(tzinfo=timezone.utc), []
        for delay in delays:
            opening = calls(zone, rules, tried)
            slot = next_slot(now, tried, plan, zone, opening)
            self.assertIsNotNone(slot)
            self.assertGreaterEqual(slot, now)
            # Late, as people are; then as soon as it is allowed again.
            moment = opening(slot + timedelta(minutes=delay)).at
            self.assertEqual(opening(slot).at, slot)
            local = moment.astimezone(ZoneInfo(zone))
            self.assertIn(local.isoweekday(), weekdays)
            self.assertNotEqual(local.date(), HOLIDAY)
            self.assertTrue(window.start <= local.hour * 60 + local.minute)
            self.assertTrue(local.hour * 60 + local.minute < window.end)
            if tried:
                last = tried[-1].astimezone(ZoneInfo(zone)).date()
                self.assertGreaterEqual((local.date() - last).days, max(gap, 1))
            tried.append(moment)
            now = moment + timedelta(minutes=1)
            if is_over(tried, plan, zone, window):
                break
        self.assertGreaterEqual(len(tried), attempts)
        self.assertLessEqual(len(tried), PATIENCE * attempts)
        days = [m.astimezone(ZoneInfo(zone)).date() for m in tried]
        for day in days:
            week = [d for d in days if 0 <= (day - d).days < 7]
            self.assertLessEqual(len(week), 3)

    @settings(max_examples=60, deadline=None)
    @given(
        start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
        attempts=st.integers(1, 4),
    )
    def test_spread_at_the_slots(self, start, attempts):
        """Called at the slots exactly, so many attempts are enough, each at another
        time of day and on another weekday."""
        now, tried, plan = start.replace(tzinfo=timezone.utc), [], Plan(attempts)
        while not is_over(tried, plan, PARIS, RULES.window):
            opening = calls(PARIS, RULES, tried)
            now = next_slot(now, tried, plan, PARIS, opening)
            tried.append(now)
        self.assertEqual(len(tried), attempts)
        local = [moment.astimezone(ZoneInfo(PARIS)) for moment in tried]
        self.assertEqual(len({moment.isoweekday() for moment in local}), attempts)
        parts = {part_of(moment) for moment in local}
        self.assertEqual(len(parts), min(attempts, len(PARTS)))

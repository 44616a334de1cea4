from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.calendar import WorkingCalendar, public_holidays

FRANCE = WorkingCalendar("FR")
CALENDARS = st.sampled_from(
    [
        WorkingCalendar(),
        FRANCE,
        WorkingCalendar("FR", "67"),
        WorkingCalendar("BE"),
        WorkingCalendar("DE", "BY"),
        WorkingCalendar("US", "NY"),
        WorkingCalendar("FR", closed=frozenset({date(2026, 8, 3), date(2026, 8, 4)})),
    ]
)
DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31))
COUNTS = st.integers(-60, 60)


@tagged("post_install", "-at_install")
class TestCalendar(BaseCase):
    def test_weekend_is_not_working(self):
        calendar = WorkingCalendar()
        friday = date(2026, 6, 19)
        self.assertTrue(calendar.is_working(friday))
        self.assertFalse(calendar.is_working(friday + timedelta(days=1)))
        self.assertFalse(calendar.is_working(friday + timedelta(days=2)))
        self.assertTrue(calendar.is_working(friday + timedelta(days=3)))

    def test_public_holidays_of_countries(self):
        bastille, national = date(2026, 7, 14), date(2026, 7, 21)
        self.assertFalse(FRANCE.is_working(bastille))
        self.assertTrue(WorkingCalendar("BE").is_working(bastille))
        self.assertFalse(WorkingCalendar("BE").is_working(national))
        self.assertTrue(FRANCE.is_working(national))

    def test_subdivision_adds_its_own(self):
        epiphany = date(2026, 1, 6)
        self.assertFalse(WorkingCalendar("DE", "BY").is_working(epiphany))
        self.assertTrue(WorkingCalendar("DE", "NI").is_working(epiphany))
        self.assertTrue(WorkingCalendar("DE").is_working(epiphany))

    def test_unknown_subdivision_keeps_the_country(self):
        self.assertEqual(
            public_holidays("FR", "no such place", 2026),
            public_holidays("FR", None, 2026),
        )
        self.assertTrue(public_holidays("FR", None, 2026))

    def test_unknown_country_has_no_holidays(self):
        self.assertEqual(public_holidays("XX", None, 2026), frozenset())
        self.assertEqual(public_holidays("XX", "1", 2026), frozenset())
        self.assertEqual(public_holidays(None, None, 2026), frozenset())

    def test_next_working(self):
        # Easter: Good Friday works in France, Easter Monday (6 April 2026) does not.
        self.assertEqual(FRANCE.next_working(date(2026, 4, 3)), date(2026, 4, 3))
        self.assertEqual(FRANCE.next_working(date(2026, 4, 4)), date(2026, 4, 7))

    def test_add_working_forward(self):
        self.assertEqual(FRANCE.add_working(date(2026, 4, 3), 1), date(2026, 4, 7))
        self.assertEqual(FRANCE.add_working(date(2026, 4, 4), 1), date(2026, 4, 7))
        self.assertEqual(FRANCE.add_working(date(2026, 4, 3), 5), date(2026, 4, 13))

    def test_add_working_backward(self):
        self.assertEqual(FRANCE.add_working(date(2026, 4, 7), -1), date(2026, 4, 3))
        self.assertEqual(FRANCE.add_working(date(2026, 4, 5), -1), date(2026, 4, 3))
        self.assertEqual(FRANCE.add_working(date(2026, 4, 13), -5), date(2026, 4, 3))

    def test_add_nothing_stays_put(self):
        sunday = date(2026, 6, 21)
        self.assertEqual(FRANCE.add_working(sunday, 0), sunday)
        self.assertEqual(FRANCE.add(sunday, 0, working=True), sunday)

    def test_add_calendar_days_over_leap_day(self):
        self.assertEqual(FRANCE.add(date(2028, 2, 28), 1), date(2028, 2, 29))
        self.assertEqual(FRANCE.add(date(2027, 2, 28), 1), date(2027, 3, 1))
        self.assertEqual(FRANCE.add(date(2028, 3, 1), -1), date(2028, 2, 29))

    def test_leap_day_works_like_any_other(self):
        # 29 February 2028 is a Tuesday.
        self.assertTrue(FRANCE.is_working(date(2028, 2, 29)))
        self.assertEqual(FRANCE.add_working(date(2028, 2, 28), 2), date(2028, 3, 1))

    @given(calendar=CALENDARS, day=DAYS, count=st.integers(1, 40))
    @settings(max_examples=150, deadline=None)
    def test_add_working_counts_the_days_between(self, calendar, day, count):
        end = calendar.add_working(day, count)
        between = (
            day + timedelta(days=offset) for offset in range(1, (end - day).days + 1)
        )
        self.assertEqual(sum(map(calendar.is_working, between)), count)
        self.assertTrue(calendar.is_working(end))
        start = calendar.add_working(day, -count)
        between = (
            start + timedelta(days=offset) for offset in range((day - start).days)
        )
        self.assertEqual(sum(map(calendar.is_working, between)), count)

    @given(calendar=CALENDARS, today=DAYS, count=COUNTS, working=st.booleans())
    @settings(max_examples=300, deadline=None)
    def test_latest_base_is_the_border(self, calendar, today, count, working):
        """A base day is due if and only if it is not after the latest base."""
        border = calendar.latest_base(today, count, working)
        for offset in range(-100, 101):
            base = today - timedelta(days=count) + timedelta(days=offset)
            self.assertEqual(
                base <= border,
                calendar.add(base, count, working) <= today,
                f"{base} with the border {border}",
            )

from datetime import date, datetime, timezone

from odoo.tests import BaseCase, tagged

from ..engine.hours import Window, narrow, next_allowed

PARIS = ("Europe/Paris",)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def never(_day):
    return False


@tagged("post_install", "-at_install")
class TestHours(BaseCase):
    def assertOpens(self, at, expected, zones=PARIS, window=None, holiday=never):
        found = next_allowed(utc(at), window or Window(), zones, holiday)
        self.assertEqual(found, expected and utc(expected))

    def test_open(self):
        self.assertOpens("2026-06-17 12:00", "2026-06-17 12:00")
        self.assertOpens("2026-06-17 06:00", "2026-06-17 06:00")

    def test_early_and_late(self):
        # Paris is two hours ahead in June.
        self.assertOpens("2026-06-17 05:59", "2026-06-17 06:00")
        self.assertOpens("2026-06-17 17:59:59", "2026-06-17 17:59:59")
        self.assertOpens("2026-06-17 18:00", "2026-06-18 06:00")

    def test_sunday_and_holiday(self):
        self.assertOpens("2026-06-20 18:00", "2026-06-22 06:00")
        bastille = date(2026, 7, 14)
        self.assertOpens(
            "2026-07-13 19:00", "2026-07-15 06:00", holiday=lambda day: day == bastille
        )
        self.assertOpens(
            "2026-07-14 09:00",
            "2026-07-14 09:00",
            window=Window(holidays=True),
            holiday=lambda day: day == bastille,
        )

    def test_clocks_change(self):
        """Eight o'clock is eight o'clock: 25 October 2026 has 25 hours."""
        everyday = Window(weekdays=frozenset(range(1, 8)))
        self.assertOpens("2026-10-24 19:00", "2026-10-25 07:00", window=everyday)
        self.assertOpens("2026-03-28 20:00", "2026-03-29 06:00", window=everyday)

    def test_several_zones(self):
        """Nobody knows where in the country the telephone is: day in all of it."""
        zones = ("America/New_York", "America/Los_Angeles")
        self.assertOpens("2026-06-17 12:00", "2026-06-17 15:00", zones)
        # 17:00 in the west, 20:00 in the east.
        self.assertOpens("2026-06-18 00:00", "2026-06-18 15:00", zones)

    def test_zones_that_share_no_hour(self):
        zones = ("Pacific/Honolulu", "Europe/Paris")
        narrow_window = Window(start=9 * 60, end=12 * 60)
        self.assertOpens("2026-06-17 12:00", None, zones, narrow_window)

    def test_never(self):
        self.assertOpens("2026-06-17 12:00", None, window=Window(weekdays=frozenset()))
        self.assertOpens("2026-06-17 12:00", None, window=Window(start=60, end=60))

    def test_narrowed(self):
        own = Window()
        law = Window(
            start=0, end=18 * 60, weekdays=frozenset(range(2, 8)), holidays=True
        )
        self.assertEqual(
            narrow([own, law]),
            Window(8 * 60, 18 * 60, frozenset((2, 3, 4, 5, 6)), False),
        )
        self.assertEqual(narrow([own]), own)

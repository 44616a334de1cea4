from datetime import date, datetime, timezone

from odoo.tests import BaseCase, tagged

from ..engine import contact
from ..engine.contact import (
    Contact,
    Frequency,
    Rules,
    Window,
    narrow,
    next_allowed,
    next_contact,
)

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

    def test_silence(self):
        """The eighth day after a conversation is the first one on which to call."""
        rules = Rules(silences=(contact.Silence(7, frozenset(("phone",))),))
        past = (
            Contact("phone", utc("2026-06-15 09:00"), spoken=True),
            Contact("phone", utc("2026-06-16 09:00")),
        )
        now = utc("2026-06-17 12:00")
        found = next_contact(now, "phone", rules, PARIS, never, past)
        self.assertEqual(found.at, utc("2026-06-23 06:00"))
        self.assertEqual(found.reasons[0], rules.silences[0])
        self.assertEqual(next_contact(now, "sms", rules, PARIS, never, past).at, now)
        self.assertEqual(
            next_contact(now, "phone", rules, PARIS, never, past[1:]).at, now
        )

    def test_a_visit_that_is_planned_takes_its_place(self):
        """Three in seven days, one of them to come: none more in any seven days."""
        rules = Rules(contact.ALWAYS, (Frequency(3, 7),))
        days = ("2026-06-15 09:00", "2026-06-16 09:00", "2026-06-19 09:00")
        past = [Contact("visit", utc(day)) for day in days]
        now = utc("2026-06-17 12:00")
        found = next_contact(now, "sms", rules, PARIS, never, past)
        # Until the first of them is seven days old, midnight in Paris.
        self.assertEqual(found.at, utc("2026-06-21 22:00"))
        early = next_contact(now, "sms", rules, PARIS, never, past[1:])
        self.assertEqual(early.at, now)

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


WEEK = Frequency(count=3, days=7)
CALL = Frequency(count=1, days=1, channels=frozenset(("phone",)))


@tagged("post_install", "-at_install")
class TestFrequency(BaseCase):
    def opening(self, at, past=(), channel="phone", rules=None, zones=PARIS):
        rules = rules or Rules(Window(), (CALL, WEEK))
        past = [Contact(name, utc(moment)) for name, moment in past]
        return next_contact(utc(at), channel, rules, zones, never, past)

    def test_until(self):
        """A batch that takes its time stops when the first of the zones closes."""
        zones = ("Europe/Paris", "Europe/Lisbon")
        found = self.opening("2026-06-17 12:00", zones=zones)
        self.assertEqual(found.until, utc("2026-06-17 18:00"))
        found = self.opening("2026-06-17 22:00")
        self.assertEqual(found.until, utc("2026-06-18 18:00"))
        found = self.opening("2026-06-17 12:00", rules=Rules(contact.ALWAYS))
        self.assertIsNone(found.until)

    def test_one_call_a_day(self):
        found = self.opening("2026-06-17 12:00", [("phone", "2026-06-17 07:00")])
        self.assertEqual(found.at, utc("2026-06-18 06:00"))
        self.assertEqual(found.reasons, (CALL, contact.HOURS))
        # Yesterday's is another day, though not a day ago.
        found = self.opening("2026-06-17 07:00", [("phone", "2026-06-16 17:00")])
        self.assertEqual(found, contact.Opening(utc("2026-06-17 07:00")))
        # A day of the debtor's: 23:30 in UTC is tomorrow in Paris.
        found = self.opening("2026-06-17 07:00", [("phone", "2026-06-16 23:30")])
        self.assertEqual(found.at, utc("2026-06-18 06:00"))

    def test_another_channel_is_no_call(self):
        found = self.opening("2026-06-17 12:00", [("sms", "2026-06-17 07:00")])
        self.assertEqual(found.at, utc("2026-06-17 12:00"))

    def test_three_in_seven_days(self):
        past = [
            ("phone", "2026-06-15 07:00"),
            ("email", "2026-06-16 07:00"),
            ("sms", "2026-06-16 07:00"),
        ]
        found = self.opening("2026-06-17 12:00", past)
        # The first one falls out of the seven days on Monday.
        self.assertEqual(found.at, utc("2026-06-22 06:00"))
        self.assertIn(WEEK, found.reasons)
        self.assertEqual(
            self.opening("2026-06-17 12:00", past[1:]).at, utc("2026-06-17 12:00")
        )

    def test_written_of_one_day_are_one_contact(self):
        mails = [("email", "2026-06-17 07:00")] * 5
        self.assertEqual(
            self.opening("2026-06-17 12:00", mails).at, utc("2026-06-17 12:00")
        )
        rules = Rules(contact.ALWAYS, (Frequency(count=1, days=7),))
        # One more of the same kind on the same day is part of it, another kind is not.
        expected = {"email": "2026-06-17 12:00", "letter": "2026-06-23 22:00"}
        for channel, moment in expected.items():
            found = self.opening("2026-06-17 12:00", mails, channel, rules)
            self.assertEqual(found.at, utc(moment))

    def test_every_text_message_counts(self):
        texts = [("sms", "2026-06-17 07:00")] * 3
        found = self.opening("2026-06-17 12:00", texts)
        self.assertEqual(found.at, utc("2026-06-24 06:00"))

    def test_no_hours_for_letters(self):
        rules = Rules(contact.ALWAYS, (WEEK,))
        found = self.opening("2026-06-21 02:00", channel="letter", rules=rules)
        self.assertEqual(found, contact.Opening(utc("2026-06-21 02:00")))

    def test_why_not(self):
        found = self.opening("2026-06-20 18:30")
        self.assertEqual(found.reasons, (contact.HOURS, contact.WEEKDAY))
        found = self.opening("2026-06-17 12:00", rules=Rules(Window(60, 60)))
        self.assertEqual(found, contact.Opening(None, (contact.HOURS,)))

    def test_no_limit(self):
        rules = Rules(Window(), (Frequency(count=0, days=7),))
        past = [("phone", "2026-06-17 07:00")] * 9
        self.assertEqual(
            self.opening("2026-06-17 12:00", past, rules=rules).at,
            utc("2026-06-17 12:00"),
        )

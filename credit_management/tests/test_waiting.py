from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.calendar import WorkingCalendar
from ..engine.regime import Regime
from ..engine.waiting import deadline, waiting_end

BELGIUM = WorkingCalendar("BE")
NETHERLANDS = WorkingCalendar("NL")
# Article XIX.2: 14 calendar days from the third working day, or from the next day.
BE_CONSUMER = Regime(
    code="be_consumer",
    kind="consumer",
    wait_days=14,
    wait_post_offset=3,
    wait_post_unit="working",
    wait_electronic_offset=1,
)
# Article 6:96(6): 14 days from the day after the delivery; 21 in all to be safe.
NL_CONSUMER = Regime(
    code="nl_consumer",
    kind="consumer",
    wait_days=14,
    wait_post_offset=2,
    wait_post_unit="delivery",
    wait_electronic_offset=1,
    wait_margin_days=7,
)
NL_STRICT = Regime(
    code="nl_strict",
    kind="consumer",
    wait_days=14,
    wait_post_offset=2,
    wait_post_unit="delivery",
)
FREE = Regime(code="free")
DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31))


@tagged("post_install", "-at_install")
class TestWaiting(BaseCase):
    def assertWait(self, regime, sent, postal, calendar, last):
        self.assertEqual(waiting_end(regime, sent, postal, calendar), last)

    def test_none(self):
        self.assertIsNone(waiting_end(FREE, date(2026, 11, 2), True, BELGIUM))

    def test_belgium_by_post(self):
        # Monday 2: 1st Tuesday 3, 2nd Wednesday 4, 3rd Thursday 5; 5 + 13 days.
        self.assertWait(
            BE_CONSUMER, date(2026, 11, 2), True, BELGIUM, date(2026, 11, 18)
        )

    def test_belgium_electronic(self):
        # From Tuesday 3; 3 + 13 days: charges from the 17th.
        self.assertWait(
            BE_CONSUMER, date(2026, 11, 2), False, BELGIUM, date(2026, 11, 16)
        )

    def test_belgium_by_post_over_a_weekend_and_a_holiday(self):
        # Friday 6: Monday 9, Tuesday 10, then Armistice Day, Thursday 12; 12 + 13 days.
        self.assertWait(
            BE_CONSUMER, date(2026, 11, 6), True, BELGIUM, date(2026, 11, 25)
        )

    def test_belgium_by_post_over_christmas(self):
        # Wednesday 23: Thursday 24, Monday 28, Tuesday 29 December; 29 + 13 days.
        self.assertWait(
            BE_CONSUMER, date(2026, 12, 23), True, BELGIUM, date(2027, 1, 11)
        )

    def test_belgium_electronic_on_the_leap_day(self):
        self.assertWait(
            BE_CONSUMER, date(2028, 2, 29), False, BELGIUM, date(2028, 3, 14)
        )

    def test_netherlands_by_post(self):
        # Monday 2: Tuesday 3, delivered Wednesday 4; 14 days from Thursday 5.
        self.assertWait(
            NL_STRICT, date(2026, 11, 2), True, NETHERLANDS, date(2026, 11, 18)
        )

    def test_netherlands_no_delivery_on_sunday_and_monday(self):
        # Friday 6: Saturday 7, delivered Tuesday 10; 14 days from Wednesday 11.
        self.assertWait(
            NL_STRICT, date(2026, 11, 6), True, NETHERLANDS, date(2026, 11, 24)
        )

    def test_netherlands_no_delivery_on_a_holiday(self):
        # Wednesday 13 May: Ascension Day on the 14th, Friday 15, delivered Saturday 16.
        self.assertWait(
            NL_STRICT, date(2026, 5, 13), True, NETHERLANDS, date(2026, 5, 30)
        )

    def test_netherlands_safe_margin(self):
        # 2 November + 21 days, though 14 days after the delivery end on the 18th.
        self.assertWait(
            NL_CONSUMER, date(2026, 11, 2), True, NETHERLANDS, date(2026, 11, 23)
        )
        self.assertWait(
            NL_CONSUMER, date(2026, 11, 2), False, NETHERLANDS, date(2026, 11, 23)
        )

    def test_margin_does_not_shorten(self):
        # 17 days after Friday 6 are over on the 23rd, the law's on the 24th.
        regime = replace(NL_STRICT, wait_margin_days=3)
        self.assertWait(
            regime, date(2026, 11, 6), True, NETHERLANDS, date(2026, 11, 24)
        )

    def test_calendar_days_by_post(self):
        regime = Regime(code="x", wait_days=10, wait_post_offset=2)
        self.assertWait(regime, date(2026, 11, 7), True, BELGIUM, date(2026, 11, 18))

    @given(sent=DAYS, postal=st.booleans())
    @settings(max_examples=300, deadline=None)
    def test_never_too_short(self, sent, postal):
        belgium = waiting_end(BE_CONSUMER, sent, postal, BELGIUM)
        self.assertGreaterEqual((belgium - sent).days, 16 if postal else 14)
        netherlands = waiting_end(NL_CONSUMER, sent, postal, NETHERLANDS)
        self.assertGreaterEqual((netherlands - sent).days, 21)
        strict = waiting_end(NL_STRICT, sent, postal, NETHERLANDS)
        self.assertGreaterEqual(netherlands, strict)

    @given(sent=DAYS, later=DAYS, postal=st.booleans())
    @settings(max_examples=200, deadline=None)
    def test_who_is_written_to_later_waits_no_shorter(self, sent, later, postal):
        sent, later = sorted((sent, later))
        for regime, calendar in ((BE_CONSUMER, BELGIUM), (NL_STRICT, NETHERLANDS)):
            self.assertLessEqual(
                waiting_end(regime, sent, postal, calendar),
                waiting_end(regime, later, postal, calendar),
            )


@tagged("post_install", "-at_install")
class TestDeadline(BaseCase):
    def assertDeadline(self, expected, regime, step_days, **values):
        values = {"postal": False, "formal_notice": False, **values}
        day = deadline(regime, step_days, date(2026, 11, 2), calendar=BELGIUM, **values)
        self.assertEqual(day, expected)

    def test_none(self):
        self.assertDeadline(None, FREE, 0)

    def test_of_the_step(self):
        self.assertDeadline(date(2026, 11, 12), FREE, 10)

    def test_formal_notice_gives_what_the_law_asks(self):
        self.assertDeadline(date(2026, 11, 17), FREE, 8, formal_notice=True)
        self.assertDeadline(date(2026, 11, 17), FREE, 0, formal_notice=True)

    def test_formal_notice_of_a_longer_step(self):
        self.assertDeadline(date(2026, 12, 2), FREE, 30, formal_notice=True)

    def test_notice_days_of_the_regime(self):
        regime = Regime(code="x", notice_days=30)
        self.assertDeadline(date(2026, 12, 2), regime, 8, formal_notice=True)

    def test_first_reminder_gives_the_waiting_period(self):
        self.assertDeadline(date(2026, 11, 16), BE_CONSUMER, 8, first_reminder=True)
        self.assertDeadline(
            date(2026, 11, 18), BE_CONSUMER, 8, first_reminder=True, postal=True
        )

    def test_later_reminders_do_not(self):
        self.assertDeadline(date(2026, 11, 10), BE_CONSUMER, 8)

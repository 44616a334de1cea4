"""Limitation: the periods, what moves them, what never does."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine import limitation as engine
from ..engine.limitation import Act, Period

START = date(2024, 3, 31)
FRANCE = [Period(5, "years"), Period(1, "years", "transport")]
BELGIUM = [
    Period(10, "years"),
    Period(5, "years", "periodic"),
    Period(1, "years", "goods"),
    Period(6, "months", "hospitality"),
]
GERMANY = [Period(3, "years", start=engine.YEAR_END)]

DAYS = st.dates(date(2024, 3, 31), date(2040, 12, 31))
PERIODS = st.sampled_from([FRANCE, BELGIUM, GERMANY])
KINDS = st.sampled_from([None, "general", "goods", "transport", ("goods", "periodic")])


@st.composite
def acts(draw):
    day = draw(DAYS)
    effect = draw(
        st.sampled_from(
            [
                engine.RESTART,
                engine.RENEW,
                engine.EXTEND_ONCE,
                engine.SUSPEND,
                engine.POSSIBLE,
                engine.NONE,
            ]
        )
    )
    until = draw(st.none() | st.integers(0, 400))
    return Act(
        day,
        effect,
        number=draw(st.integers(1, 10)),
        until=until if until is None else day + timedelta(days=until),
        least=draw(st.sampled_from([0, 3, 6])),
    )


@tagged("post_install", "-at_install")
class TestLimitation(BaseCase):
    def last(self, periods, kinds, *acts_, start=START):
        return engine.limit(periods, kinds, start, acts_).day

    # ------------------------------------------------------------------
    # Periods
    # ------------------------------------------------------------------

    def test_same_number_or_last_of_month(self):
        self.assertEqual(self.last(FRANCE, "general"), date(2029, 3, 31))
        self.assertEqual(
            self.last(BELGIUM, "hospitality", start=date(2024, 8, 31)),
            date(2025, 2, 28),
        )
        self.assertEqual(engine.add(date(2024, 2, 29), 1, "years"), date(2025, 2, 28))
        self.assertEqual(engine.add(date(2024, 3, 1), 30, "days"), date(2024, 3, 31))
        self.assertEqual(engine.add(date(2024, 3, 31), -1, "months").day, 29)
        with self.assertRaises(ValueError):
            engine.add(START, 3, "working_days")

    def test_year_end(self):
        self.assertEqual(self.last(GERMANY, "general"), date(2027, 12, 31))
        self.assertEqual(
            self.last(GERMANY, "goods", start=date(2024, 12, 31)), date(2027, 12, 31)
        )

    def test_unknown_kind_takes_the_shortest(self):
        found = engine.limit(BELGIUM, None, START)
        self.assertEqual((found.day, found.certain), (date(2025, 3, 31), False))
        found = engine.limit(BELGIUM, "services", START)
        self.assertEqual((found.day, found.certain), (date(2034, 3, 31), True))
        self.assertEqual(self.last(FRANCE, "transport"), date(2025, 3, 31))

    def test_several_kinds(self):
        found = engine.limit(BELGIUM, ("goods", "periodic"), START)
        self.assertEqual((found.day, found.certain), (date(2025, 3, 31), True))
        found = engine.limit(BELGIUM, (False, "hospitality"), START)
        self.assertEqual((found.day, found.certain), (date(2024, 9, 30), False))
        found = engine.limit(BELGIUM, (False, "general"), START)
        self.assertEqual((found.day, found.certain), (date(2025, 3, 31), False))

    def test_no_law_no_day(self):
        self.assertIsNone(engine.limit([], "general", START))
        found = engine.limit([Period(1, "years", "goods")], "care", START)
        self.assertFalse(found.certain)

    # ------------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------------

    def test_restart(self):
        act = Act(date(2026, 1, 15), engine.RESTART)
        found = engine.limit(FRANCE, "general", START, [act])
        self.assertEqual((found.day, found.counted), (date(2031, 1, 15), (act,)))

    def test_part_payment_moves_nothing(self):
        act = Act(date(2026, 1, 15), engine.POSSIBLE)
        found = engine.limit(FRANCE, "general", START, [act])
        self.assertEqual((found.day, found.possible), (date(2029, 3, 31), (act,)))

    def test_too_late_wakes_nothing_up(self):
        self.assertEqual(
            self.last(FRANCE, "transport", Act(date(2025, 4, 1), engine.RESTART)),
            date(2025, 3, 31),
        )
        # On the last day it is in time.
        self.assertEqual(
            self.last(FRANCE, "transport", Act(date(2025, 3, 31), engine.RESTART)),
            date(2026, 3, 31),
        )

    def test_before_the_claim(self):
        self.assertEqual(
            self.last(FRANCE, "general", Act(date(2024, 1, 1), engine.RESTART)),
            date(2029, 3, 31),
        )

    def test_belgian_formal_notice(self):
        """One year, never earlier than the original end, once only."""
        early = Act(date(2026, 1, 1), engine.EXTEND_ONCE, 1)
        late = Act(date(2034, 1, 1), engine.EXTEND_ONCE, 1)
        again = Act(date(2034, 6, 1), engine.EXTEND_ONCE, 1)
        self.assertEqual(self.last(BELGIUM, "general", early), date(2034, 3, 31))
        self.assertEqual(self.last(BELGIUM, "general", late), date(2035, 1, 1))
        self.assertEqual(self.last(BELGIUM, "general", late, again), date(2035, 1, 1))
        self.assertEqual(self.last(BELGIUM, "general", early, late), date(2034, 3, 31))

    def test_title(self):
        act = Act(date(2026, 1, 15), engine.RENEW, 10)
        self.assertEqual(self.last(FRANCE, "general", act), date(2036, 1, 15))

    def test_standstill(self):
        talks = Act(date(2025, 1, 1), engine.SUSPEND, until=date(2025, 1, 10))
        self.assertEqual(self.last(FRANCE, "general", talks), date(2029, 4, 10))
        # The same days count once.
        other = Act(date(2025, 1, 6), engine.SUSPEND, until=date(2025, 1, 15))
        within = Act(date(2025, 1, 2), engine.SUSPEND, until=date(2025, 1, 9))
        self.assertEqual(self.last(FRANCE, "general", talks, other), date(2029, 4, 15))
        self.assertEqual(self.last(FRANCE, "general", talks, within), date(2029, 4, 10))

    def test_standstill_leaves_months(self):
        talks = Act(date(2029, 3, 1), engine.SUSPEND, until=date(2029, 3, 10), least=6)
        self.assertEqual(self.last(FRANCE, "general", talks), date(2029, 9, 10))
        early = Act(date(2025, 1, 1), engine.SUSPEND, until=date(2025, 1, 10), least=6)
        self.assertEqual(self.last(FRANCE, "general", early), date(2029, 4, 10))

    def test_talks_that_go_on(self):
        talks = Act(date(2025, 1, 1), engine.SUSPEND)
        found = engine.limit(FRANCE, "general", START, [talks])
        self.assertEqual((found.day, found.possible), (date(2029, 3, 31), (talks,)))

    def test_warnings(self):
        today = date(2026, 6, 17)
        for day, stage in (
            (date(2026, 12, 18), None),
            (date(2026, 12, 17), 6),
            (date(2026, 9, 18), 6),
            (date(2026, 9, 17), 3),
            (date(2026, 7, 17), 1),
            (today, 1),
            (date(2026, 6, 16), 0),
        ):
            self.assertEqual(engine.warning(day, today), stage, day)

    # ------------------------------------------------------------------
    # Properties
    # ------------------------------------------------------------------

    @settings(deadline=None, max_examples=200)
    @given(PERIODS, KINDS, st.lists(acts(), max_size=5))
    def test_acts_never_shorten(self, periods, kinds, done):
        plain = engine.limit(periods, kinds, START)
        found = engine.limit(periods, kinds, START, done)
        self.assertGreaterEqual(found.day, plain.day)
        self.assertEqual(found.day > plain.day, bool(found.counted))

    @settings(deadline=None, max_examples=200)
    @given(PERIODS, KINDS, st.lists(acts(), max_size=5), st.randoms())
    def test_order_does_not_matter(self, periods, kinds, done, random):
        days = {act.day for act in done}
        if len(days) < len(done):
            done = [next(act for act in done if act.day == day) for day in days]
        mixed = done[:]
        random.shuffle(mixed)
        self.assertEqual(
            engine.limit(periods, kinds, START, done).day,
            engine.limit(periods, kinds, START, mixed).day,
        )

    @settings(deadline=None, max_examples=200)
    @given(PERIODS, st.lists(acts(), max_size=5))
    def test_unknown_is_never_later(self, periods, done):
        only_possible = [act for act in done if act.effect == engine.POSSIBLE]
        unknown = engine.limit(periods, None, START, only_possible)
        for period in periods:
            known = engine.limit(periods, period.kind, START, only_possible)
            if period.kind not in engine.OF_TRADES:
                self.assertLessEqual(unknown.day, known.day)

"""Until when a claim can be enforced: periods, acts, and the last day itself."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.limitation import (
    EXTEND_ONCE,
    NONE,
    POSSIBLE,
    RENEW,
    RESTART,
    SUSPEND,
    YEAR_END,
    Act,
    Period,
    add,
    choose,
    first_end,
    limit,
    warning,
)

FIVE = Period(5, "years")
TWO = Period(2, "years", "consumer")
START = date(2020, 3, 10)
DAYS = st.dates(date(2000, 1, 1), date(2040, 12, 31))


@tagged("at_install", "-post_install")
class TestLimitation(BaseCase):
    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def test_last_day(self):
        for day, number, unit, expected in (
            (date(2020, 3, 10), 5, "years", date(2025, 3, 10)),
            (date(2020, 2, 29), 1, "years", date(2021, 2, 28)),
            (date(2020, 2, 29), 4, "years", date(2024, 2, 29)),
            (date(2025, 1, 31), 1, "months", date(2025, 2, 28)),
            (date(2025, 8, 31), 6, "months", date(2026, 2, 28)),
            (date(2025, 12, 15), 1, "months", date(2026, 1, 15)),
            (date(2025, 12, 31), 2, "days", date(2026, 1, 2)),
            (date(2025, 5, 5), 0, "months", date(2025, 5, 5)),
        ):
            with self.subTest(day=day, number=number, unit=unit):
                self.assertEqual(add(day, number, unit), expected)

    def test_unknown_unit(self):
        with self.assertRaises(ValueError):
            add(START, 1, "working_days")

    @settings(max_examples=200, deadline=None)
    @given(DAYS, st.integers(0, 400))
    def test_months_keep_the_day_where_there_is_one(self, day, months):
        end = add(day, months, "months")
        self.assertEqual(
            (end.year * 12 + end.month) - (day.year * 12 + day.month), months
        )
        self.assertLessEqual(end.day, day.day)
        if end.day < day.day:
            # Cut only at the end of a month.
            self.assertNotEqual((end + timedelta(days=1)).month, end.month)

    def test_from_the_end_of_the_year(self):
        german = Period(3, "years", start=YEAR_END)
        self.assertEqual(first_end(date(2020, 1, 1), german), date(2023, 12, 31))
        self.assertEqual(first_end(date(2020, 12, 31), german), date(2023, 12, 31))

    # ------------------------------------------------------------------
    # Which period
    # ------------------------------------------------------------------

    def test_no_law_known(self):
        self.assertIsNone(choose((), None, START))
        self.assertIsNone(limit((), "goods", START))

    def test_kind_decides_else_the_shortest(self):
        both = (FIVE, TWO)
        self.assertEqual(choose(both, "consumer", START), (TWO, True))
        self.assertEqual(choose(both, "general", START), (FIVE, True))
        # A kind without a period of its own is a general claim.
        self.assertEqual(choose(both, "goods", START), (FIVE, True))
        self.assertEqual(choose(both, None, START), (TWO, False))
        self.assertEqual(choose((TWO,), "goods", START), (TWO, False))

    def test_single_trades_say_so_themselves(self):
        """A year for telecommunications bars no claim of whoever said nothing."""
        telecom = Period(1, "years", "telecom")
        self.assertEqual(choose((FIVE, TWO, telecom), None, START), (TWO, False))
        self.assertEqual(choose((FIVE, telecom), (False, "telecom"), START)[0], telecom)
        self.assertEqual(choose((telecom,), None, START), (telecom, False))

    def test_a_part_of_a_broader_kind(self):
        """Rent and telecommunications are periodic, where nothing else is said."""
        periodic = Period(5, "years", "periodic")
        general, rent = Period(10, "years"), Period(3, "years", "rent")
        for kind in ("rent", "telecom"):
            self.assertEqual(choose((general, periodic), kind, START)[0], periodic)
            self.assertEqual(choose((periodic,), kind, START), (periodic, True))
        self.assertEqual(choose((general, periodic, rent), "rent", START)[0], rent)
        self.assertEqual(choose((general, rent), "periodic", START)[0], general)
        fees = Period(5, "years", "professional")
        self.assertEqual(choose((general, fees), "bailiff", START)[0], fees)
        self.assertEqual(choose((general, fees), "insurance", START)[0], general)

    def test_the_shortest_is_the_one_that_ends_first(self):
        """Two years from the end of the year may be longer than 30 months."""
        year_end = Period(2, "years", start=YEAR_END)
        months = Period(30, "months")
        self.assertEqual(choose((year_end, months), None, date(2020, 1, 5))[0], months)
        self.assertEqual(
            choose((year_end, months), None, date(2020, 12, 5))[0], year_end
        )

    # ------------------------------------------------------------------
    # Acts
    # ------------------------------------------------------------------

    def end(self, *acts, period=FIVE):
        return limit((period,), "general", START, acts)

    def test_a_title_begins_anew_with_its_own_period(self):
        """Ten years of a judgment, again from a seizure; not from service."""
        judgment = Act(date(2021, 6, 1), RENEW, 10, "years")
        seizure = Act(date(2024, 2, 1), RESTART)
        served = Act(date(2021, 9, 1), RESTART, of_title=False)
        self.assertEqual(self.end(seizure).day, date(2029, 2, 1))
        self.assertEqual(self.end(judgment, seizure).day, date(2034, 2, 1))
        made = self.end(judgment, served)
        self.assertEqual((made.day, made.counted), (date(2031, 6, 1), (judgment,)))
        # What was served before the judgment was served in time.
        early = Act(date(2021, 2, 1), RESTART, of_title=False)
        self.assertEqual(self.end(early).day, date(2026, 2, 1))

    def test_without_acts(self):
        found = self.end()
        self.assertEqual((found.day, found.certain), (date(2025, 3, 10), True))
        self.assertEqual((found.counted, found.possible), ((), ()))

    def test_begins_anew(self):
        act = Act(date(2024, 1, 31), RESTART)
        found = self.end(act)
        self.assertEqual((found.day, found.counted), (date(2029, 1, 31), (act,)))

    def test_on_the_last_day_and_after_it(self):
        self.assertEqual(
            self.end(Act(date(2025, 3, 10), RESTART)).day, date(2030, 3, 10)
        )
        late = self.end(Act(date(2025, 3, 11), RESTART))
        self.assertEqual((late.day, late.counted), (date(2025, 3, 10), ()))

    def test_before_the_claim(self):
        self.assertEqual(self.end(Act(date(2020, 3, 9), RESTART)).counted, ())

    def test_title_has_a_period_of_its_own(self):
        found = self.end(Act(date(2022, 6, 1), RENEW, 10, "years"))
        self.assertEqual(found.day, date(2032, 6, 1))

    def test_an_act_never_shortens(self):
        found = self.end(Act(date(2021, 1, 1), RENEW, 1, "years"))
        self.assertEqual((found.day, found.counted), (date(2025, 3, 10), ()))

    def test_prolonged_once(self):
        first = Act(date(2025, 1, 1), EXTEND_ONCE, 1, "years")
        second = Act(date(2025, 12, 1), EXTEND_ONCE, 1, "years")
        found = self.end(second, first)
        self.assertEqual((found.day, found.counted), (date(2026, 1, 1), (first,)))

    def test_stands_still(self):
        """Both days count: 1 to 10 January are ten days."""
        act = Act(date(2021, 1, 1), SUSPEND, until=date(2021, 1, 10))
        self.assertEqual(self.end(act).day, date(2025, 3, 20))
        self.assertEqual(
            self.end(Act(date(2021, 1, 1), SUSPEND)).day, date(2025, 3, 10)
        )

    def test_what_may_be_one_moves_nothing(self):
        act = Act(date(2022, 1, 1), POSSIBLE)
        found = self.end(act, Act(date(2022, 2, 2), NONE))
        self.assertEqual((found.day, found.possible), (date(2025, 3, 10), (act,)))

    def test_acts_chain_in_the_order_of_their_days(self):
        """The second is in time only because of the first, however they are given."""
        first = Act(date(2024, 6, 1), RESTART)
        second = Act(date(2028, 6, 1), RESTART)
        for acts in ((first, second), (second, first)):
            found = self.end(*acts)
            self.assertEqual(found.day, date(2033, 6, 1))
            self.assertEqual(found.counted, (first, second))

    @settings(max_examples=200, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.dates(date(2018, 1, 1), date(2045, 1, 1)),
                st.sampled_from((RESTART, RENEW, EXTEND_ONCE, POSSIBLE, NONE)),
            ),
            max_size=6,
        )
    )
    def test_never_earlier_than_without_acts(self, acts):
        made = tuple(Act(day, effect, 3, "years") for day, effect in acts)
        self.assertGreaterEqual(self.end(*made).day, self.end().day)
        self.assertEqual(self.end(*made), self.end(*sorted(made, key=lambda a: a.day)))

    # ------------------------------------------------------------------
    # Alarms
    # ------------------------------------------------------------------

    def test_warnings(self):
        today = date(2026, 6, 17)
        for day, expected in (
            (today - timedelta(days=1), 0),
            (today, 1),
            (date(2026, 7, 17), 1),
            (date(2026, 7, 18), 3),
            (date(2026, 9, 18), 6),
            (date(2026, 12, 17), 6),
            (date(2026, 12, 18), None),
        ):
            with self.subTest(day):
                self.assertEqual(warning(day, today), expected)

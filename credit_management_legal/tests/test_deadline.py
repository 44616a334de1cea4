"""Deadlines of procedures, counted by hand, and what must hold whatever the days."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.credit_management.engine.calendar import WorkingCalendar

from ..engine import deadline as engine
from ..engine.deadline import (
    ABROAD,
    ACT,
    ANSWER,
    BEFORE,
    ENDED,
    HOME,
    MET,
    MISSED,
    MOOT,
    OPEN,
    OVER,
    OVERSEAS,
    RUNNING,
    TITLE,
    VOID,
    WAIT,
    Event,
    Place,
    Rule,
    last_day,
    outlook,
    rounds,
)

FR = Place(WorkingCalendar("FR"), engine.NEXT_WORKING)
BE = Place(WorkingCalendar("BE"), engine.UNKNOWN)
DE = Place(WorkingCalendar("DE"), engine.UNKNOWN)
PLAIN = Place(WorkingCalendar("FR"), engine.AS_IT_IS)

#: (court, role, number, unit, months more overseas and abroad, debtor, day, last day),
#: each counted by hand on a calendar of its year.
GOLDEN = [
    # Six months of 31 August: February has no 31st, the 28th is a Sunday.
    (FR, ACT, 6, "months", 0, 0, HOME, "2026-08-31", "2027-03-01"),
    (FR, ACT, 3, "months", 0, 0, HOME, "2026-09-01", "2026-12-01"),
    (FR, ACT, 3, "months", 0, 0, HOME, "2026-09-14", "2026-12-14"),
    # A Saturday after Christmas.
    (FR, ACT, 3, "months", 0, 0, HOME, "2026-09-26", "2026-12-28"),
    # All Saints' Day, a Sunday.
    (FR, ANSWER, 1, "months", 0, 0, HOME, "2026-10-01", "2026-11-02"),
    (FR, ANSWER, 1, "months", 0, 0, HOME, "2024-01-31", "2024-02-29"),
    (FR, ANSWER, 1, "months", 0, 0, HOME, "2026-01-31", "2026-03-02"),
    # The day of the act is not counted: the 15th day is 16 July.
    (FR, ACT, 15, "days", 0, 0, HOME, "2026-07-01", "2026-07-16"),
    # 14 July is a holiday.
    (FR, ACT, 15, "days", 0, 0, HOME, "2026-06-29", "2026-07-15"),
    (FR, ANSWER, 1, "months", 1, 2, ABROAD, "2026-09-10", "2026-12-10"),
    # Two months at once, not one and then one: 28 February, a Sunday.
    (FR, ANSWER, 1, "months", 1, 2, OVERSEAS, "2026-12-31", "2027-03-01"),
    (FR, ANSWER, 1, "months", 1, 2, HOME, "2026-09-10", "2026-10-12"),
    # Monday and Tuesday are counted, 1 May and the weekend are not.
    (FR, ACT, 5, "working_days", 0, 0, HOME, "2026-04-28", "2026-05-06"),
    (PLAIN, ACT, 3, "months", 0, 0, HOME, "2026-09-26", "2026-12-26"),
    (PLAIN, ACT, 10, "years", 0, 0, HOME, "2024-02-29", "2034-02-28"),
    # Counted back from a hearing; nothing is put off.
    (FR, BEFORE, 15, "days", 0, 0, HOME, "2026-12-16", "2026-12-01"),
    (FR, BEFORE, 8, "days", 0, 0, HOME, "2026-12-16", "2026-12-08"),
    # Where nothing is known: what we do is not put off, what others have is.
    (BE, ACT, 15, "days", 0, 0, HOME, "2026-10-30", "2026-11-14"),
    (BE, ANSWER, 1, "months", 0, 0, HOME, "2026-04-01", "2026-05-04"),
    (BE, WAIT, 8, "days", 0, 0, HOME, "2026-04-02", "2026-04-10"),
    (DE, ACT, 6, "months", 0, 0, HOME, "2025-08-31", "2026-02-28"),
    (DE, ANSWER, 14, "days", 0, 0, HOME, "2026-04-17", "2026-05-04"),
    (DE, ANSWER, 14, "days", 0, 0, HOME, "2026-04-20", "2026-05-04"),
    # Thirty days of 15 May: 14 June, a Sunday.
    (FR, ANSWER, 30, "days", 0, 0, HOME, "2026-05-15", "2026-06-15"),
]

#: An order for payment in small: to be served, opposition, enforceable.
SERVE = Rule("serve", ACT, 3, "months", "order", ("served",), fatal=True, key="serve")
OPPOSE = Rule("oppose", ANSWER, 1, "months", "served", ("opposition",))
READY = Rule(
    "ready",
    WAIT,
    2,
    "months",
    "served",
    ("enforcement",),
    ("opposition",),
    gives_title=True,
)
RULES = (SERVE, OPPOSE, READY)
STARTS = ("order",)
ENDINGS = ("dispute",)

DAYS = st.dates(date(2019, 1, 1), date(2030, 12, 31))
UNITS = st.sampled_from(["days", "months", "years", "working_days"])
ACTS = st.sampled_from(["order", "served", "opposition", "enforcement", "dispute"])
EVENTS = st.lists(st.builds(Event, ACTS, DAYS), max_size=8)


def day(text):
    return date.fromisoformat(text)


def look(events, today, rules=RULES, place=FR, **kwargs):
    events = [Event(act, day(when)) for act, when in events]
    return outlook(rules, events, day(today), place, STARTS, ENDINGS, **kwargs)


def states(made):
    return {d.rule.code: (d.state, d.day.isoformat()) for d in made.deadlines}


@tagged("post_install", "-at_install")
class TestDeadline(BaseCase):
    def test_golden(self):
        for place, role, number, unit, overseas, abroad, home, start, end in GOLDEN:
            with self.subTest(start=start, role=role, number=number, unit=unit):
                rule = Rule(
                    "rule", role, number, unit, "a", overseas=overseas, abroad=abroad
                )
                place = replace(place, debtor=home)
                self.assertEqual(last_day(rule, day(start), place), day(end))

    def test_limitation_is_not_put_off(self):
        rule = Rule("title", ACT, 10, "years", "order", rolls=False)
        # 7 November 2026 is a Saturday.
        self.assertEqual(last_day(rule, day("2016-11-07"), FR), day("2026-11-07"))

    def test_served_on_the_last_day_and_a_day_late(self):
        made = look([("order", "2026-09-14"), ("served", "2026-12-14")], "2026-12-20")
        self.assertEqual(
            states(made),
            {
                "serve": (MET, "2026-12-14"),
                "oppose": (OPEN, "2027-01-14"),
                # 14 February 2027 is a Sunday.
                "ready": (OPEN, "2027-02-15"),
            },
        )
        self.assertEqual(made.next_day, day("2027-01-14"))
        self.assertEqual(made.outcome, RUNNING)
        made = look([("order", "2026-09-14"), ("served", "2026-12-15")], "2026-12-20")
        self.assertEqual(states(made)["serve"], (MISSED, "2026-12-14"))
        self.assertEqual(states(made)["oppose"][0], MOOT)
        self.assertEqual((made.missed[0].late, made.outcome), (1, VOID))
        self.assertIsNone(made.next_day)

    def test_missed_only_when_the_day_is_over(self):
        events = [("order", "2026-09-14")]
        self.assertEqual(states(look(events, "2026-12-14"))["serve"][0], OPEN)
        self.assertEqual(states(look(events, "2026-12-15"))["serve"][0], MISSED)

    def test_what_a_court_decided_proves_it(self):
        """The costs were paid in time, or there would be no order (1425 CPC)."""
        paid = Rule(
            "paid",
            ACT,
            15,
            "days",
            "filed",
            met_by=("costs",),
            proved_by=("order",),
            fatal=True,
        )
        rules = (paid, *RULES)
        events = [("filed", "2026-08-01"), ("order", "2026-09-14")]
        made = look(events, "2026-09-20", rules)
        self.assertEqual(states(made)["paid"], (MET, "2026-08-17"))
        self.assertEqual(states(made)["serve"][0], OPEN)
        self.assertEqual(made.outcome, RUNNING)
        # What was noted late was done in time all the same.
        made = look([*events, ("costs", "2026-08-20")], "2026-09-20", rules)
        self.assertEqual(states(made)["paid"], (MET, "2026-08-17"))
        # Nothing is proved as long as nothing is decided, nor by an older order.
        made = look(events[:1], "2026-08-18", rules)
        self.assertEqual((states(made)["paid"][0], made.outcome), (MISSED, VOID))
        made = look([("order", "2026-07-01"), events[0]], "2026-08-18", rules)
        self.assertEqual(states(made)["paid"][0], MISSED)

    def test_title_when_the_time_to_wait_is_over(self):
        events = [("order", "2026-09-14"), ("served", "2026-10-01")]
        made = look(events, "2026-12-01")
        self.assertEqual(states(made)["oppose"], (OVER, "2026-11-02"))
        self.assertEqual(made.outcome, RUNNING)
        made = look(events, "2026-12-02")
        self.assertEqual(states(made)["ready"], (OVER, "2026-12-01"))
        self.assertEqual((made.outcome, made.title_day), (TITLE, day("2026-12-02")))

    def test_opposition_in_time_and_too_late(self):
        events = [("order", "2026-09-14"), ("served", "2026-10-01")]
        made = look([*events, ("opposition", "2026-11-02")], "2027-01-10")
        self.assertEqual(states(made)["oppose"], (MET, "2026-11-02"))
        self.assertEqual(states(made)["ready"], (MOOT, "2026-12-01"))
        self.assertEqual(made.outcome, RUNNING)
        made = look([*events, ("opposition", "2026-11-03")], "2027-01-10")
        late = next(d for d in made.deadlines if d.rule is OPPOSE)
        self.assertEqual((late.state, late.late), (OVER, 1))

    def test_done_too_early(self):
        events = [("order", "2026-09-14"), ("served", "2026-10-01")]
        made = look([*events, ("enforcement", "2026-12-01")], "2027-01-10")
        early = next(d for d in made.deadlines if d.rule is READY)
        self.assertEqual((early.state, early.late), (MISSED, -1))
        made = look([*events, ("enforcement", "2026-12-02")], "2027-01-10")
        self.assertEqual(states(made)["ready"][0], MET)

    def test_begun_anew(self):
        events = [("order", "2026-09-14"), ("order", "2027-01-04")]
        made = look(events, "2027-02-01")
        first, second = (d for d in made.deadlines if d.rule is SERVE)
        self.assertEqual((first.state, first.current), (MISSED, False))
        # 4 April 2027 is a Sunday.
        self.assertEqual((second.state, second.day), (OPEN, day("2027-04-05")))
        self.assertEqual((made.outcome, made.missed), (RUNNING, ()))

    def test_an_ending_stops_the_rest(self):
        events = [("order", "2026-09-14"), ("dispute", "2026-09-20")]
        made = look(events, "2027-06-01")
        self.assertEqual((states(made)["serve"][0], made.outcome), (MOOT, ENDED))

    def test_paid_meanwhile(self):
        made = look([("order", "2026-09-14")], "2027-06-01", ended=day("2026-10-01"))
        self.assertEqual(states(made)["serve"][0], MOOT)
        self.assertFalse(made.missed)
        made = look([("order", "2026-09-14")], "2027-06-01", ended=day("2027-01-01"))
        self.assertEqual(states(made)["serve"][0], MISSED)

    def test_versions_by_the_date_of_the_order(self):
        last, first = day("2026-08-31"), day("2026-09-01")
        rules = (
            replace(SERVE, number=6, valid_to=last),
            replace(SERVE, valid_from=first),
            OPPOSE,
            replace(READY, number=1, basis="order", valid_to=last),
            replace(READY, basis="order", valid_from=first),
        )
        old = look([("order", "2026-08-31")], "2026-09-10", rules)
        self.assertEqual(states(old)["serve"], (OPEN, "2027-03-01"))
        new = look([("order", "2026-09-01")], "2026-09-10", rules)
        self.assertEqual(states(new)["serve"], (OPEN, "2026-12-01"))
        # The order decides, not its service.
        served = ("served", "2026-09-05")
        old = look([("order", "2026-08-31"), served], "2026-09-10", rules)
        self.assertEqual(states(old)["ready"], (OPEN, "2026-10-05"))
        new = look([("order", "2026-09-01"), served], "2026-09-10", rules)
        self.assertEqual(states(new)["ready"], (OPEN, "2026-11-05"))

    def test_from_the_end_of_another(self):
        month = Rule("month", ANSWER, 1, "months", "order", ("dispute",))
        report = Rule(
            "report", WAIT, 8, "days", "order", ("served",), after_rule="month"
        )
        for rules in ((month, report), (report, month)):
            made = look([("order", "2026-03-02")], "2026-03-10", rules, BE)
            self.assertEqual(states(made)["report"], (OPEN, "2026-04-10"))
        with self.assertRaisesRegex(ValueError, "month, report"):
            look([], "2026-03-10", (replace(month, after_rule="report"), report))

    def test_conditions(self):
        order = [("order", "2026-09-14")]
        only = replace(SERVE, court="judicial")
        for court, found in (("", 1), ("judicial", 1), ("commercial", 0)):
            made = look(order, "2026-09-15", (only,), replace(FR, court=court))
            self.assertEqual(len(made.deadlines), found, court)
        only = replace(SERVE, country="FR")
        self.assertTrue(look(order, "2026-09-15", (only,)).deadlines)
        self.assertFalse(look(order, "2026-09-15", (only,), BE).deadlines)
        first = replace(SERVE, after="enforcement", first=True)
        twice = [("enforcement", "2026-10-01"), ("enforcement", "2026-10-05")]
        self.assertEqual(len(look(twice, "2026-10-06", (first,)).deadlines), 1)

    def test_not_if_served_in_person(self):
        rule = replace(OPPOSE, after="enforcement", unless_in_person="served")
        for in_person in (True, False):
            events = [
                Event("served", day("2026-10-01"), in_person),
                Event("enforcement", day("2026-12-10")),
            ]
            made = outlook((rule,), events, day("2026-12-11"), FR)
            self.assertEqual(len(made.deadlines), 0 if in_person else 1)

    def test_before_a_hearing(self):
        rule = Rule("file", BEFORE, 8, "days", "hearing", ("filed",))
        hearing = ("hearing", "2026-12-16")
        made = look([hearing], "2026-12-08", (rule,))
        self.assertEqual(states(made)["file"], (OPEN, "2026-12-08"))
        made = look([hearing], "2026-12-09", (rule,))
        self.assertEqual(states(made)["file"][0], MISSED)
        made = look([hearing, ("filed", "2026-12-01")], "2026-12-09", (rule,))
        self.assertEqual(states(made)["file"][0], MET)

    def test_unknown_unit(self):
        with self.assertRaises(ValueError):
            last_day(Rule("rule", ACT, 1, "moons", "a"), day("2026-01-01"), FR)


@tagged("post_install", "-at_install")
class TestDeadlineProperties(BaseCase):
    @settings(max_examples=300, deadline=None)
    @given(DAYS, st.integers(1, 40), UNITS, st.sampled_from([ACT, ANSWER, WAIT]))
    def test_a_day_put_off_is_a_working_day(self, start, number, unit, role):
        rule = Rule("rule", role, number, unit, "a")
        plain, put_off = (last_day(rule, start, place) for place in (PLAIN, FR))
        self.assertGreater(plain, start)
        self.assertGreaterEqual(put_off, plain)
        self.assertTrue(FR.calendar.is_working(put_off))
        between = range((put_off - plain).days)
        for gap in between:
            self.assertFalse(FR.calendar.is_working(plain + timedelta(gap)))

    @settings(max_examples=300, deadline=None)
    @given(DAYS, st.integers(1, 40), st.sampled_from(["months", "years"]))
    def test_months_end_on_the_same_number_or_the_last_day(self, start, number, unit):
        end = last_day(Rule("rule", ACT, number, unit, "a"), start, PLAIN)
        if end.day != start.day:
            self.assertEqual((end + timedelta(1)).day, 1)
            self.assertLess(end.day, start.day)
        months = (end.year - start.year) * 12 + end.month - start.month
        self.assertEqual(months, number * (12 if unit == "years" else 1))

    @settings(max_examples=300, deadline=None)
    @given(DAYS, DAYS, st.integers(1, 40), UNITS)
    def test_later_acts_never_end_earlier(self, one, other, number, unit):
        rule = Rule("rule", ACT, number, unit, "a")
        first, second = sorted((one, other))
        for place in (PLAIN, FR, BE):
            self.assertLessEqual(
                last_day(rule, first, place), last_day(rule, second, place)
            )

    @settings(max_examples=300, deadline=None)
    @given(DAYS, st.integers(1, 40), UNITS)
    def test_prudent_where_the_law_is_not_known(self, start, number, unit):
        """Never later than any law for us, never earlier for others."""
        ours = Rule("rule", ACT, number, unit, "a")
        others = replace(ours, role=ANSWER)
        unknown = Place(FR.calendar, engine.UNKNOWN)
        self.assertEqual(
            last_day(ours, start, unknown),
            min(last_day(ours, start, FR), last_day(ours, start, PLAIN)),
        )
        self.assertEqual(
            last_day(others, start, unknown),
            max(last_day(others, start, FR), last_day(others, start, PLAIN)),
        )

    @settings(max_examples=300, deadline=None)
    @given(EVENTS, DAYS)
    def test_outlook(self, events, today):
        events = [event for event in events if event.day <= today]
        made = outlook(RULES, events, today, FR, STARTS, ENDINGS)
        self.assertEqual(sum(len(part) for part in rounds(events, STARTS)), len(events))
        running = [d.day for d in made.deadlines if d.state == OPEN]
        self.assertEqual(made.next_day, min(running, default=None))
        self.assertTrue(all(day >= today for day in running))
        for one in made.deadlines:
            if one.state == MET and one.rule.role != WAIT:
                self.assertLessEqual(one.met_by.day, one.day)
            if one.state == MISSED and one.met_by is None:
                self.assertLess(one.day, today)
            if not one.current:
                self.assertNotEqual(one.state, OPEN)
        if made.outcome in (VOID, ENDED):
            self.assertFalse(
                [d for d in made.deadlines if d.state == OPEN and d.rule is SERVE]
            )

    @settings(max_examples=200, deadline=None)
    @given(EVENTS, DAYS, st.integers(0, 400))
    def test_what_is_decided_stays_so(self, events, today, later):
        """Time alone closes what is open, and changes nothing else."""
        events = [event for event in events if event.day <= today]
        before = outlook(RULES, events, today, FR, STARTS, ENDINGS)
        after = outlook(RULES, events, today + timedelta(later), FR, STARTS, ENDINGS)
        self.assertEqual(len(before.deadlines), len(after.deadlines))
        for old, new in zip(before.deadlines, after.deadlines, strict=True):
            if old.state in (MET, MISSED, MOOT):
                self.assertEqual(old, new)

    @settings(max_examples=300, deadline=None)
    @given(EVENTS, DAYS)
    def test_a_proof_settles_it_whatever_its_day(self, events, today):
        proved = replace(SERVE, proved_by=("enforcement",))
        for one in outlook((proved,), events, today, FR).deadlines:
            later = [
                event
                for event in events
                if event.act == "enforcement" and event.day >= one.event.day
            ]
            if later:
                self.assertEqual(one.state, MET)

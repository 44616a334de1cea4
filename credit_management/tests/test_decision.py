from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..engine.calendar import WorkingCalendar
from ..engine.decision import Item, Step, decide

ISSUED = date(2026, 5, 1)
DUE = date(2026, 6, 1)  # a Monday


def after(days):
    return DUE + timedelta(days=days)


def steps_of(*values):
    return [
        Step(id=rank * 10, rank=rank, **{"trigger": "due", **step})
        for rank, step in enumerate(values, start=1)
    ]


def new_item(**values):
    return Item(issued=ISSUED, due=DUE, **values)


@tagged("post_install", "-at_install")
class TestDecision(BaseCase):
    def assertNext(self, decision, rank, day=None, due_now=None):
        self.assertEqual(decision.step and decision.step.rank, rank)
        if day:
            self.assertEqual(decision.day, day)
        if due_now is not None:
            self.assertEqual(decision.due_now, due_now)

    # ------------------------------------------------------------------
    # Days
    # ------------------------------------------------------------------

    def test_trigger_due(self):
        steps = steps_of({"delay_days": 5})
        self.assertNext(decide(new_item(), steps, after(4)), 1, after(5), False)
        self.assertNext(decide(new_item(), steps, after(5)), 1, after(5), True)

    def test_trigger_issue(self):
        steps = steps_of({"trigger": "issue", "delay_days": 40})
        day = ISSUED + timedelta(days=40)
        self.assertNext(
            decide(new_item(), steps, day - timedelta(days=1)), 1, day, False
        )
        self.assertNext(decide(new_item(), steps, day), 1, day, True)

    def test_trigger_previous(self):
        steps = steps_of({"delay_days": 5}, {"trigger": "previous", "delay_days": 7})
        item = new_item(position=1, last_day=after(12), last_channel="email")
        self.assertNext(decide(item, steps, after(18)), 2, after(19), False)
        self.assertNext(decide(item, steps, after(19)), 2, after(19), True)

    def test_previous_without_any_counts_from_the_due_date(self):
        steps = steps_of({"trigger": "previous", "delay_days": 3})
        self.assertNext(decide(new_item(), steps, after(2)), 1, after(3), False)
        self.assertNext(decide(new_item(), steps, after(3)), 1, after(3), True)

    def test_before_the_due_date(self):
        steps = steps_of({"delay_days": -5}, {"delay_days": 5})
        self.assertNext(decide(new_item(), steps, after(-6)), 1, after(-5), False)
        self.assertNext(decide(new_item(), steps, after(-5)), 1, after(-5), True)
        self.assertNext(decide(new_item(), steps, after(0)), 1, after(-5), True)

    def test_working_days(self):
        steps = steps_of({"delay_days": 5, "working_days": True})
        # Five working days after Monday the 1st: Monday the 8th.
        self.assertNext(decide(new_item(), steps, after(6)), 1, after(7), False)
        self.assertNext(decide(new_item(), steps, after(7)), 1, after(7), True)

    def test_only_on_working_days(self):
        steps = steps_of({"delay_days": 5, "only_working_days": True})
        # The fifth day is a Saturday: it waits for Monday.
        self.assertNext(decide(new_item(), steps, after(5)), 1, after(7), False)
        self.assertNext(decide(new_item(), steps, after(6)), 1, after(7), False)
        self.assertNext(decide(new_item(), steps, after(7)), 1, after(7), True)

    def test_holiday_puts_off(self):
        steps = steps_of({"delay_days": 43, "only_working_days": True})
        calendar = WorkingCalendar("FR")
        bastille = date(2026, 7, 14)
        self.assertEqual(after(43), bastille)
        self.assertNext(
            decide(new_item(), steps, bastille, calendar), 1, date(2026, 7, 15), False
        )
        self.assertNext(decide(new_item(), steps, bastille), 1, bastille, True)

    # ------------------------------------------------------------------
    # Order
    # ------------------------------------------------------------------

    def test_never_back_never_twice(self):
        steps = steps_of({"delay_days": 5}, {"delay_days": 15}, {"delay_days": 30})
        item = new_item(position=2, last_day=after(15), last_channel="email")
        self.assertNext(decide(item, steps, after(60)), 3, after(30), True)
        item = new_item(position=3, last_day=after(30), last_channel="email")
        self.assertNext(decide(item, steps, after(60)), None)

    def test_no_steps(self):
        self.assertNext(decide(new_item(), [], after(60)), None)

    def test_position_follows_order_not_delay(self):
        """A step that is due first but stands behind waits for those before it."""
        steps = steps_of({"delay_days": 20}, {"delay_days": 5})
        self.assertNext(decide(new_item(), steps, after(10)), 1, after(20), False)

    # ------------------------------------------------------------------
    # Staleness
    # ------------------------------------------------------------------

    def test_stale_before_the_due_date(self):
        steps = steps_of({"delay_days": -5}, {"delay_days": 5})
        self.assertNext(decide(new_item(), steps, after(1)), 2, after(5), False)

    def test_stale_after_the_invoice_date(self):
        steps = steps_of({"trigger": "issue", "delay_days": 1}, {"delay_days": 5})
        self.assertNext(decide(new_item(), steps, after(-10)), 1)
        self.assertNext(decide(new_item(), steps, after(1)), 2)

    def test_issue_step_meant_for_after_the_due_date_is_not_stale(self):
        steps = steps_of({"trigger": "issue", "delay_days": 31}, {"delay_days": 5})
        self.assertEqual(ISSUED + timedelta(days=31), DUE)
        self.assertNext(decide(new_item(), steps, after(60)), 1)

    def test_required_is_never_stale(self):
        steps = steps_of({"delay_days": -5, "required": True}, {"delay_days": 5})
        self.assertNext(decide(new_item(), steps, after(60)), 1, due_now=True)

    def test_accompanying_step_by_another_channel(self):
        steps = steps_of(
            {"delay_days": 5, "channel": "letter"},
            {"trigger": "previous", "channel": "email"},
            {"delay_days": 20, "channel": "letter"},
        )
        item = new_item(position=1, last_day=after(5), last_channel="letter")
        self.assertNext(decide(item, steps, after(5)), 2, after(5), True)

    def test_accompanying_step_by_the_same_channel_is_passed_over(self):
        """The first one left by its fallback: the debtor has it already."""
        steps = steps_of(
            {"delay_days": 5, "channel": "letter"},
            {"trigger": "previous", "channel": "email"},
            {"delay_days": 20, "channel": "letter"},
        )
        item = new_item(position=1, last_day=after(5), last_channel="email")
        self.assertNext(decide(item, steps, after(5)), 3, after(20), False)

    def test_required_accompanying_step_is_not_passed_over(self):
        steps = steps_of({"delay_days": 5}, {"trigger": "previous", "required": True})
        item = new_item(position=1, last_day=after(5), last_channel="email")
        self.assertNext(decide(item, steps, after(5)), 2, after(5), True)

    # ------------------------------------------------------------------
    # Deadline
    # ------------------------------------------------------------------

    def test_deadline_holds_back(self):
        steps = steps_of({"delay_days": 5}, {"delay_days": 7})
        item = new_item(
            position=1, last_day=after(6), last_deadline=after(16), last_channel="email"
        )
        self.assertNext(decide(item, steps, after(16)), 2, after(17), False)
        self.assertNext(decide(item, steps, after(17)), 2, after(17), True)

    def test_deadline_that_ends_before_the_weekend(self):
        steps = steps_of(
            {"delay_days": 5}, {"delay_days": 7, "only_working_days": True}
        )
        # Friday the 12th is the last day to pay: the next step leaves on Monday.
        item = new_item(
            position=1, last_day=after(5), last_deadline=after(11), last_channel="email"
        )
        self.assertNext(decide(item, steps, after(12)), 2, after(14), False)
        self.assertNext(decide(item, steps, after(14)), 2, after(14), True)

    # ------------------------------------------------------------------
    # Entry
    # ------------------------------------------------------------------

    def test_entry_first(self):
        steps = steps_of({"delay_days": 5}, {"delay_days": 15}, {"delay_days": 30})
        self.assertNext(decide(new_item(), steps, after(20), entry="first"), 1)

    def test_entry_latest(self):
        steps = steps_of({"delay_days": 5}, {"delay_days": 15}, {"delay_days": 30})
        decision = decide(new_item(), steps, after(20), entry="latest")
        self.assertNext(decision, 2, after(15), True)
        decision = decide(new_item(), steps, after(2), entry="latest")
        self.assertNext(decision, 1, after(5), False)

    def test_entry_latest_for_new_items_only(self):
        steps = steps_of({"delay_days": 5}, {"delay_days": 15}, {"delay_days": 30})
        item = new_item(position=1, last_day=after(5), last_channel="email")
        self.assertNext(decide(item, steps, after(60), entry="latest"), 2)

    def test_entry_latest_stops_at_what_the_law_requires(self):
        steps = steps_of(
            {"delay_days": 5}, {"delay_days": 15, "required": True}, {"delay_days": 30}
        )
        self.assertNext(decide(new_item(), steps, after(60), entry="latest"), 2)
        steps = steps_of({"delay_days": 5, "required": True}, {"delay_days": 15})
        self.assertNext(decide(new_item(), steps, after(60), entry="latest"), 1)

    def test_entry_latest_never_at_a_step_that_follows_another(self):
        steps = steps_of({"delay_days": 5}, {"trigger": "previous", "delay_days": 3})
        self.assertNext(decide(new_item(), steps, after(60), entry="latest"), 1)

    # ------------------------------------------------------------------
    # What always holds
    # ------------------------------------------------------------------

    @given(
        delays=st.lists(st.integers(-10, 60), min_size=1, max_size=6),
        triggers=st.lists(
            st.sampled_from(["issue", "due", "previous"]), min_size=6, max_size=6
        ),
        required=st.lists(st.booleans(), min_size=6, max_size=6),
        working=st.booleans(),
        only_working=st.booleans(),
        entry=st.sampled_from(["first", "latest"]),
        start=st.integers(-40, 120),
    )
    @settings(max_examples=200, deadline=None)
    def test_day_by_day(
        self, delays, triggers, required, working, only_working, entry, start
    ):
        """An item reminded day by day goes up, skips nothing required, and ends.

        Whatever is due was announced for today or before; what is announced for later
        is not due.
        """
        steps = steps_of(
            *(
                {
                    "trigger": trigger,
                    "delay_days": delay if trigger == "due" else abs(delay),
                    "required": must,
                    "working_days": working,
                    "only_working_days": only_working,
                }
                for delay, trigger, must in zip(
                    delays, triggers, required, strict=False
                )
            )
        )
        calendar = WorkingCalendar("FR")
        item, taken = new_item(), []
        for day in range(start, start + 900):
            today = after(day)
            decision = decide(item, steps, today, calendar, entry)
            if not decision.step:
                break
            self.assertEqual(
                decision.due_now,
                max(decision.day, today) == today
                and (not only_working or calendar.is_working(today)),
            )
            if decision.due_now:
                taken.append(decision.step.rank)
                item = new_item(
                    position=decision.step.rank, last_day=today, last_channel="email"
                )
        self.assertEqual(taken, sorted(set(taken)))
        self.assertIsNone(decision.step)
        must = {step.rank for step in steps if step.required}
        self.assertLessEqual(must, set(taken))

"""Which step an item takes next, and when.

This is the rule in plain Python, for one item. ``credit.engine`` states the same
rule in SQL for all items of a company at once; the tests hold one against the
other. A change here is a change there.

The rule:

* An item goes through the steps of its policy in order; it never goes back and
  never repeats a step.
* A step falls ``delay_days`` after the invoice date (``issue``), the due date
  (``due``) or the day the previous step left (``previous``; the due date if there
  is none). Steps on ``payment`` thank for a payment and are no part of this order.
* A step is *stale*, and passed over, if it was meant to come before the due date
  and the due date is gone, or if it accompanies the previous step (``previous``,
  no delay) and that one already left by the same channel.
* Steps the law requires are never stale and never skipped.
* A step waits until the deadline that the last reminder gave is over. The waiting
  period of the law is part of it.
* After a broken promise or plan the step that the policy names does not wait for its
  own day: it is due as soon as the deadline lets it.
* A new item goes to the first step of the policy, or to the latest one already
  due if the policy says so, but never past a step the law requires.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from .calendar import ONE_DAY, WorkingCalendar


@dataclass(frozen=True)
class Step:
    """A step of a policy. ``rank`` counts from 1 in the order of the policy."""

    id: int
    rank: int
    trigger: str
    delay_days: int = 0
    working_days: bool = False
    only_working_days: bool = False
    required: bool = False
    channel: str = "email"

    @property
    def accompanies(self):
        """Whether the step goes along with the one before it."""
        return self.trigger == "previous" and self.delay_days == 0


@dataclass(frozen=True)
class Item:
    """What the decision needs to know of an open item.

    ``position`` is the rank of the last step that reached the debtor (0: none),
    ``last_day`` the day it left, ``last_deadline`` the day until which it gave
    time to pay, ``last_channel`` how it left. ``resumed`` are the ids of steps at
    which reminders go on at once after a broken promise.
    """

    issued: date
    due: date
    position: int = 0
    last_day: date | None = None
    last_deadline: date | None = None
    last_channel: str | None = None
    resumed: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Decision:
    """The step to come (None: the policy is through), its day, and if it is due."""

    step: Step | None
    day: date | None = None
    due_now: bool = False


def base_day(step, item):
    """The day from which the delay of ``step`` counts."""
    if step.trigger == "issue":
        return item.issued
    if step.trigger == "due":
        return item.due
    return item.last_day or item.due


def step_day(step, item, calendar):
    """The day on which ``step`` falls for ``item``."""
    base = base_day(step, item)
    day = calendar.add(base, step.delay_days, step.working_days)
    if step.id in item.resumed:
        day = min(day, item.last_day or base)
    if item.last_deadline:
        day = max(day, item.last_deadline + ONE_DAY)
    if step.only_working_days:
        day = calendar.next_working(day)
    return day


def is_stale(step, item, today):
    """Whether the moment for ``step`` has passed for good."""
    if step.required:
        return False
    if step.accompanies and item.last_channel == step.channel:
        return True
    if today <= item.due or step.trigger == "previous":
        return False
    # The nominal day, without calendar: is it a message from before the due date?
    return base_day(step, item) + timedelta(days=step.delay_days) < item.due


def is_due(step, item, calendar, today):
    """Whether ``step`` can be taken for ``item`` today."""
    if step.only_working_days and not calendar.is_working(today):
        return False
    if item.last_deadline and item.last_deadline >= today:
        return False
    if step.id in item.resumed:
        return True
    base = base_day(step, item)
    return base <= calendar.latest_base(today, step.delay_days, step.working_days)


def decide(item, steps, today, calendar=None, entry="first"):
    """The next step of ``item``.

    :param Item item: the open item
    :param list[Step] steps: steps of its policy, without thank-yous, by rank
    :param date today: the day of the decision, in the company's time zone
    :param WorkingCalendar calendar: working days of the company
    :param str entry: ``first`` or ``latest``: where a new item begins
    :rtype: Decision
    """
    calendar = calendar or WorkingCalendar()
    live = [
        step
        for step in steps
        if step.rank > item.position and not is_stale(step, item, today)
    ]
    if not live:
        return Decision(None)
    chosen = live[0]
    if entry == "latest" and not item.position:
        barrier = min((s.rank for s in live if s.required), default=live[-1].rank)
        for step in live:
            if (
                step.rank <= barrier
                and step.trigger != "previous"
                and is_due(step, item, calendar, today)
            ):
                chosen = step
    due_now = is_due(chosen, item, calendar, today)
    day = step_day(chosen, item, calendar)
    return Decision(chosen, day, due_now)

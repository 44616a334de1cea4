"""What has to be sent in the replay: the rules of the engine, without the engine.

One item after the other, one day after the other, by hand as it were. No code is
shared with the addon, so that the two can only agree by both being right.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from replay_scenario import (
    CALL_DAYS,
    COMPANIES,
    HOLIDAYS,
    POLICIES,
    USD_PER_EUR,
    Invoice,
    Step,
    days,
    is_called,
)

# A payment older than this is not thanked for any more.
THANKS_HORIZON = 7
CENT = Decimal("0.01")


@dataclass(eq=False)
class Debt:
    """An invoice and how far its reminders have come."""

    invoice: Invoice
    position: int = -1  # index of the last step taken
    last_day: date | None = None
    deadline: date | None = None
    contacts: list = field(default_factory=list)
    pending: bool = False  # in a reminder that has not left yet
    thanked: bool = False

    def may_be_claimed(self, day):
        return self.invoice.is_open(day) and not self.invoice.is_disputed(day)


@dataclass
class Reminder:
    customer: str
    currency: str
    proposed: date
    step: Step
    lines: list  # of (debt, index of its own step)
    channel: str = ""

    def __post_init__(self):
        self.channel = self.step.channel

    @property
    def rank(self):
        return max(index for _debt, index in self.lines)


@dataclass(frozen=True, order=True)
class Sent:
    """One reminder that reached its debtor, as plain values that can be compared."""

    company: str
    day: date
    customer: str
    currency: str
    step: str
    channel: str
    total: Decimal
    items: tuple  # of (invoice number, name of its own step, amount)


class Oracle:
    """The reminders of one company."""

    def __init__(self, company, invoices):
        self.company = company
        self.policy = POLICIES[company]
        self.steps = [s for s in self.policy.steps if s.trigger != "payment"]
        self.thanks = [s for s in self.policy.steps if s.trigger == "payment"]
        self.debts = [Debt(i) for i in invoices if i.company == company]
        self.waiting = []  # proposed: calls to make, notices to approve
        self.last_contact = {}
        self.sent = []

    def replay(self):
        for day in days():
            self.make_calls(day)
            approved = [r for r in self.waiting if r.step.automation == "approve"]
            self.lapse(day)
            queued = self.propose(day)
            for reminder in approved + queued:
                self.deliver(reminder, day)
            self.send_thanks(day)
        return self.sent

    # Days

    def is_working(self, day):
        return day.weekday() < 5 and day not in HOLIDAYS[self.company]

    def day_of(self, step, debt):
        """The first day on which the step may be taken, weekends aside."""
        base = debt.invoice.due
        if step.trigger == "previous":
            base = debt.last_day or base
        if not step.working_delay:
            return base + timedelta(days=step.days)
        for _count in range(step.days):
            base += timedelta(days=1)
            while not self.is_working(base):
                base += timedelta(days=1)
        return base

    # Decide

    def is_due(self, step, debt, day):
        if step.working_only and not self.is_working(day):
            return False
        if debt.deadline and day <= debt.deadline:
            return False
        return self.day_of(step, debt) <= day

    def next_step(self, debt, day):
        """Index of the step to take today, or None."""
        overdue = day > debt.invoice.due
        live = [
            index
            for index, step in enumerate(self.steps)
            if index > debt.position and not (step.days < 0 and overdue)
        ]
        ripe = [i for i in live if self.is_due(self.steps[i], debt, day)]
        if self.policy.entry == "latest" and debt.position < 0:
            jumps = [i for i in ripe if self.steps[i].trigger != "previous"]
            if jumps:
                return jumps[-1]
        # In order, none left out: the first one is due or nothing is.
        return live[0] if live[:1] == ripe[:1] and live else None

    # Propose

    def propose(self, day):
        """New reminders; those that leave at once are returned."""
        groups = defaultdict(list)
        for debt in self.debts:
            if debt.may_be_claimed(day) and not debt.pending:
                index = self.next_step(debt, day)
                if index is not None:
                    key = debt.invoice.customer, debt.invoice.currency
                    if self.policy.by_invoice:
                        key += (debt.invoice.number,)
                    groups[key].append((debt, index))
        queued, later = [], []
        for key, lines in groups.items():
            step = self.steps[max(index for _debt, index in lines)]
            if step.formal:
                lines = [line for line in lines if line[0].invoice.due < day]
            if self.is_left_in_peace(key[0], lines, day):
                continue
            reminder = Reminder(key[0], key[1], day, step, lines)
            at_once = step.automation == "automatic"
            (queued if at_once else later).append(reminder)
        for reminder in later:
            for debt, _index in reminder.lines:
                debt.pending = True
        self.waiting += later
        return queued

    def is_left_in_peace(self, customer, lines, day):
        amount = sum(self.in_company_currency(debt.invoice) for debt, _ in lines)
        last = self.last_contact.get(customer)
        return (
            amount < self.policy.minimum
            or bool(last and (day - last).days < self.policy.interval)
            or self.is_waiting_for(customer)
        )

    def is_waiting_for(self, customer):
        """A letter under way is as good as sent; a call may never be made."""
        return any(
            reminder.customer == customer and reminder.channel != "phone"
            for reminder in self.waiting
        )

    def in_company_currency(self, invoice):
        if invoice.currency == COMPANIES[self.company]["currency"]:
            return invoice.amount
        return (invoice.amount / USD_PER_EUR).quantize(CENT)

    # Deliver

    def make_calls(self, day):
        for reminder in list(self.waiting):
            if reminder.channel == "phone" and is_called(reminder.customer):
                if (day - reminder.proposed).days == CALL_DAYS:
                    self.deliver(reminder, day)

    def lapse(self, day):
        """A call that was not made in time counts as done: the next step follows.

        Debts that only came along keep their own step, which was not done.
        """
        for reminder in list(self.waiting):
            lapse = reminder.step.lapse
            if lapse and (day - reminder.proposed).days >= lapse:
                self.settle(reminder)
                top = max(index for _debt, index in reminder.lines)
                for debt, index in reminder.lines:
                    if index == top:
                        debt.position, debt.last_day, debt.deadline = index, day, None

    def settle(self, reminder):
        if reminder in self.waiting:
            self.waiting.remove(reminder)
        for debt, _index in reminder.lines:
            debt.pending = False

    def deliver(self, reminder, day):
        """Send what is still owed, at the highest step that is still asked for."""
        self.settle(reminder)
        reminder.lines = [ln for ln in reminder.lines if ln[0].may_be_claimed(day)]
        if not reminder.lines:
            return
        reminder.step = self.steps[reminder.rank]
        if reminder.channel != "phone":  # a call that was made was made
            reminder.channel = reminder.step.channel
        deadline = None
        if reminder.step.deadline:
            deadline = day + timedelta(days=reminder.step.deadline)
        for debt, index in reminder.lines:
            debt.position, debt.last_day, debt.deadline = index, day, deadline
            debt.contacts.append(day)
        self.last_contact[reminder.customer] = day
        self.record(
            reminder, day, sum(debt.invoice.amount for debt, _ in reminder.lines)
        )

    def record(self, reminder, day, total):
        steps = self.thanks if reminder.step in self.thanks else self.steps
        items = [
            (debt.invoice.number, steps[index].name, total and debt.invoice.amount)
            for debt, index in reminder.lines
        ]
        self.sent.append(
            Sent(
                company=self.company,
                day=day,
                customer=reminder.customer,
                currency=reminder.currency,
                step=reminder.step.name,
                channel=reminder.channel,
                total=total,
                items=tuple(sorted(items)),
            )
        )

    # Thank

    def send_thanks(self, day):
        for index, step in enumerate(self.thanks):
            if step.working_only and not self.is_working(day):
                continue
            groups = defaultdict(list)
            for debt in self.debts:
                age = (day - debt.invoice.settled).days - step.days
                if 0 <= age <= THANKS_HORIZON and not debt.thanked:
                    spoken_to = self.is_spoken_to(debt.invoice.customer, day)
                    if not spoken_to and self.deserves_thanks(debt, step):
                        key = debt.invoice.customer, debt.invoice.currency
                        groups[key].append((debt, index))
                        debt.thanked = True
            for (customer, currency), lines in groups.items():
                reminder = Reminder(customer, currency, day, step, lines)
                self.record(reminder, day, Decimal(0))

    def is_spoken_to(self, customer, day):
        """Reminded today, or about to be: the word of thanks waits."""
        return self.last_contact.get(customer) == day or self.is_waiting_for(customer)

    def deserves_thanks(self, debt, step):
        if debt.invoice.settled <= debt.invoice.due:
            return True
        reminded = any(day <= debt.invoice.settled for day in debt.contacts)
        return step.thanks_for == "any" and reminded


def expected_reminders(invoices):
    return [sent for company in POLICIES for sent in Oracle(company, invoices).replay()]

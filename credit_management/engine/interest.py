"""Interest on one item, day by day, exact until it is rounded once.

Interest runs for the days after ``start`` up to and including ``until``, each at the
rate of that day, on what is owed at its beginning: what is paid on a day still bears
interest for that day. So a payment on the due date leaves no interest at all.

All sums are integers over a known denominator; nothing is rounded but the total, to the
minor unit, as the regime says. What part payments went to and on what base interest
grew is counted exactly as well.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from .calendar import ONE_DAY
from .suspensions import days_aside, suspended_days

SUSPENDED = "suspended"
COMPOUNDED = "compounded"


def half_up(numerator, denominator):
    """``numerator / denominator`` rounded half up; the denominator is positive."""
    return (2 * numerator + denominator) // (2 * denominator)


def half_even(numerator, denominator):
    """The same, a half rounded to the even neighbour."""
    whole, rest = divmod(numerator, denominator)
    return whole + (2 * rest + whole % 2 > denominator)


def down(numerator, denominator):
    """The same without what is left over; the numerator is not negative."""
    return numerator // denominator


#: How :attr:`.regime.Regime.rounding` rounds a total of interest.
ROUNDINGS = {"half_up": half_up, "half_even": half_even, "down": down}


@dataclass(frozen=True)
class Segment:
    """A line of the explanation: days with one base and one rate.

    :param int days: days as the day count counts them (30E/360: the 31st is none)
    :param int year_days: days of the year they are a part of: 360, 365 or 366
    :param int base: what bears interest, in minor units; rounded where payments went to
        interest first
    :param int amount: share of the total; each line is the rounded sum up to its end
        less the rounded sum before it, so that the lines add up to the total
    :param str source_code: series of the rate, ``terms`` for one the terms fix
    :param str bound: ``floor`` or ``cap`` if a limit of the law decides
    :param str note: ``suspended``, ``compounded`` (interest of a full year joined the
        base before the first of these days) or empty
    """

    first: date
    last: date
    days: int
    year_days: int
    base: int
    percent: Decimal
    amount: int
    source_code: str = ""
    source: str = ""
    bound: str = ""
    note: str = ""


@dataclass(frozen=True)
class Allocation:
    """What one payment or credit note went to, in minor units.

    A part that goes to interest is rounded like a line of the explanation.
    """

    day: date
    kind: str
    amount: int
    to_interest: int
    to_principal: int


class Interest:
    """Interest of one item.

    :ivar int total: all interest that accrued, paid or not, in minor units. What is
        owed at a date is the residual in the books and this.
    :ivar int paid: the part of it that payments went to before it joined the base
    :ivar date start: the last day without interest
    :ivar date until: the last day with interest
    """

    __slots__ = (
        *("total", "paid", "start", "until"),
        *("_numerator", "_denominator", "_again"),
        *("_segments", "_allocations"),
    )

    def __init__(self, total, paid, start, until, numerator, denominator, again):
        self.total = total
        self.paid = paid
        self.start = start
        self.until = until
        self._numerator = numerator
        self._denominator = denominator
        self._again = again
        self._segments = None
        self._allocations = None

    @property
    def exact(self):
        """The total before it is rounded, in minor units.

        :rtype: Fraction
        """
        return Fraction(self._numerator, self._denominator)

    @property
    def segments(self):
        """The explanation, line by line; the amounts add up to the total.

        :rtype: tuple[Segment, ...]
        """
        self._explain()
        return self._segments

    @property
    def allocations(self):
        """What each payment and credit note went to.

        :rtype: tuple[Allocation, ...]
        """
        self._explain()
        return self._allocations

    def _explain(self):
        if self._segments is None:
            claim, regime, terms, plan = self._again
            account = _Account(claim, regime, plan, explained=True)
            account.run(_marks(claim, regime, terms, self.start, self.until))
            self._segments = tuple(account.segments)
            self._allocations = tuple(account.allocations)

    def __repr__(self):
        return f"Interest({self.total}, {self.start} to {self.until})"


def last_day(claim, regime, until):
    """Last day of interest: ``until``, or the day before an insolvency stops it."""
    opening = claim.insolvency_day
    if opening and regime.insolvency_stops and opening <= until:
        return opening - ONE_DAY
    return until


def interest(claim, regime, terms, book, start, until):
    """Interest of ``claim`` for the days after ``start`` up to ``until``.

    :param Claim claim: the item; events after ``until`` are left out
    :param Terms terms: or None
    :param Book book: rates
    :rtype: Interest
    :raise MissingRate: if a day that bears interest has no rate
    """
    plan = book.plan(regime, terms)
    until = max(last_day(claim, regime, until), start)
    again = (claim, regime, terms, plan)
    if _is_plain(claim) and not compounds(regime, terms):
        factor = plan.factor(start, until) if claim.principal > 0 else 0
        numerator, denominator = claim.principal * factor, plan.denominator
        total = ROUNDINGS[regime.rounding](numerator, denominator)
        return Interest(total, 0, start, until, numerator, denominator, again)
    account = _Account(claim, regime, plan)
    account.run(_marks(claim, regime, terms, start, until))
    denominator = account.scale * plan.denominator
    return Interest(
        account.rounded(account.accrued),
        account.rounded(account.paid),
        start,
        until,
        account.accrued,
        denominator,
        again,
    )


def interest_totals(claims, regime, terms, book, starts, until):
    """Interest of many items at once, rounded, without explanation.

    :param claims: iterable of :class:`.regime.Claim`
    :param starts: the last day without interest of each (None: no interest)
    :return list[int]: minor units, in the same order
    :raise MissingRate: if a day that bears interest has no rate
    """
    plan = book.plan(regime, terms)
    simple = not compounds(regime, terms)
    factors = {}
    denominator, rounded = plan.denominator, ROUNDINGS[regime.rounding]
    totals = []
    for claim, start in zip(claims, starts, strict=True):
        if start is None:
            totals.append(0)
        elif not _is_plain(claim) or claim.insolvency_day or not simple:
            totals.append(interest(claim, regime, terms, book, start, until).total)
        elif claim.principal <= 0:
            totals.append(0)
        else:
            factor = factors.get(start)
            if factor is None:
                factor = factors[start] = plan.factor(start, until)
            totals.append(rounded(claim.principal * factor, denominator))
    return totals


def _is_plain(claim):
    """Whether one base bears interest all the time."""
    return not claim.events and not claim.suspensions and not claim.aside


def compounds(regime, terms):
    """Whether interest of a full year bears interest itself."""
    if regime.compounding == "yearly":
        return True
    return bool(terms and terms.compounding and regime.contract_compounding_allowed)


def anniversary(day, years):
    """``day`` so many years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


# What happens at the end of a day, in this order.
_EVENT, _CAPITALISE, _ASIDE, _RESUME, _SUSPEND, _END = range(6)
_NOTHING = ()


def _marks(claim, regime, terms, start, until):
    """What happens up to ``until``, in order: (day at whose end, what, of what)."""
    marks = [
        # Of one day: credit notes first, payments that came back last.
        (event.day, _EVENT, (event.kind, event.order or "", -event.amount))
        for event in claim.events
        if event.day <= until
    ]
    if claim.suspensions:
        for first, last in suspended_days(claim, regime):
            if first > until or last <= start:
                continue
            marks.append((max(first - ONE_DAY, start), _SUSPEND, _NOTHING))
            if last < until:
                marks.append((last, _RESUME, _NOTHING))
    for first, last, amount in days_aside(claim, regime) if claim.aside else ():
        if first > until or last <= start:
            continue
        marks.append((max(first - ONE_DAY, start), _ASIDE, (amount,)))
        if last < until:
            marks.append((last, _ASIDE, (-amount,)))
    if compounds(regime, terms):
        years = 1
        while (day := anniversary(start + ONE_DAY, years)) <= until:
            marks.append((day - ONE_DAY, _CAPITALISE, _NOTHING))
            years += 1
    marks.sort()
    marks.append((until, _END, _NOTHING))
    return start, marks


class _Account:
    """What is owed on one item, day after day.

    ``base`` is counted in units of one ``scale``-th of the minor unit, sums of interest
    in units of one ``scale * plan.denominator``-th. Whenever a fraction of interest
    joins or leaves the base, the scale grows by the denominator.
    """

    def __init__(self, claim, regime, plan, explained=False):
        self.plan = plan
        self.default_order = regime.allocation
        self._round = ROUNDINGS[regime.rounding]
        self.scale = 1
        self.base = claim.principal
        # What would be the base if nothing had been paid.
        self.unreduced = claim.principal
        # What of the base bears no interest, in minor units.
        self.aside = 0
        self.accrued = 0
        self.unpaid = 0
        self.paid = 0
        self.explained = explained
        self.segments = []
        self.allocations = []

    def run(self, start_and_marks):
        day, marks = start_and_marks
        suspended, note = False, ""
        for mark, what, about in marks:
            if mark > day:
                if self.base > 0:
                    if suspended or not self.bearing:
                        self._explain_suspended(day, mark)
                    else:
                        self._accrue(day, mark, note)
                        note = ""
                day = mark
            if what == _EVENT:
                self._reduce(mark, *about)
            elif what == _CAPITALISE:
                note = COMPOUNDED if self._capitalise() else note
            elif what == _ASIDE:
                self.aside += about[0]
            elif what != _END:
                suspended = what == _SUSPEND

    # ------------------------------------------------------------------
    # Days
    # ------------------------------------------------------------------

    @property
    def bearing(self):
        """What bears interest: the base without what is set aside."""
        return max(self.base - self.aside * self.scale, 0) if self.aside else self.base

    def _accrue(self, start, until, note):
        if self.explained:
            self._explain(start, until, note)
        grown = self.bearing * self.plan.factor(start, until)
        self.accrued += grown
        self.unpaid += grown

    def _capitalise(self):
        """Interest that nobody paid joins the base."""
        if not self.unpaid:
            return False
        joining = self.unpaid
        self._refine()
        self.base += joining
        self.unreduced += joining
        self.unpaid = 0
        return True

    def _refine(self):
        """Count in finer units, so that interest can join or leave the base."""
        finer = self.plan.denominator
        self.scale *= finer
        self.base *= finer
        self.unreduced *= finer
        self.accrued *= finer
        self.unpaid *= finer
        self.paid *= finer

    # ------------------------------------------------------------------
    # Payments
    # ------------------------------------------------------------------

    def _reduce(self, day, kind, order, negative):
        amount = -negative
        whole = amount * self.scale
        if kind == "credit":
            self.base -= whole
            self.unreduced -= whole
            to_interest = 0
        elif (order or self.default_order) == "principal":
            self.base -= whole
            to_interest = 0
        elif amount < 0:
            to_interest = self._restore(-whole)
        else:
            to_interest = self._pay_interest_first(whole)
        if self.explained:
            self.allocations.append(
                Allocation(day, kind, amount, to_interest, amount - to_interest)
            )

    def _pay_interest_first(self, whole):
        """A payment that goes to interest, and what is left of it to the base.

        :return int: what went to interest, in rounded minor units
        """
        fine = whole * self.plan.denominator
        to_interest = min(fine, self.unpaid)
        if not to_interest:
            self.base -= whole
            return 0
        return self._move(fine, to_interest)

    def _restore(self, whole):
        """A payment that came back: the base grows up to what it was without payments.

        :return int: interest that is unpaid again, in rounded minor units below zero
        """
        to_base = min(whole, max(self.unreduced - self.base, 0))
        to_interest = min((whole - to_base) * self.plan.denominator, self.paid)
        return self._move(-whole * self.plan.denominator, -to_interest)

    def _move(self, fine, to_interest):
        """Give a part of ``fine`` to interest and the rest to the base."""
        before = self.rounded(self.paid)
        self.unpaid -= to_interest
        self.paid += to_interest
        after = self.rounded(self.paid)
        rest = fine - to_interest
        whole, fraction = divmod(rest, self.plan.denominator)
        if fraction:
            self._refine()
            whole = rest
        self.base -= whole
        return after - before

    def rounded(self, fine):
        """A sum of interest in minor units."""
        return self._round(fine, self.scale * self.plan.denominator)

    # ------------------------------------------------------------------
    # Explanation
    # ------------------------------------------------------------------

    def _explain(self, start, until, note):
        for piece in self.plan.between(start + ONE_DAY, until):
            for first, last in self._one_year_length(piece.first, piece.last):
                self._explain_days(start, first, last, piece, note)
                note = ""

    def _one_year_length(self, first, last):
        """Parts of these days in which the year has the same length."""
        year_days = self.plan.counting.year_days
        for year in range(first.year, last.year):
            new_year = date(year + 1, 1, 1)
            if year_days(new_year) != year_days(first):
                yield first, new_year - ONE_DAY
                first = new_year
        yield first, last

    def _explain_days(self, start, first, last, piece, note):
        bearing = self.bearing
        before = self.accrued + bearing * self.plan.factor(start, first - ONE_DAY)
        after = self.accrued + bearing * self.plan.factor(start, last)
        counting = self.plan.counting
        self.segments.append(
            Segment(
                first,
                last,
                counting.days(first - ONE_DAY, last),
                counting.year_days(first),
                half_up(bearing, self.scale),
                piece.percent,
                self.rounded(after) - self.rounded(before),
                piece.source_code,
                piece.source,
                piece.bound,
                note,
            )
        )

    def _explain_suspended(self, start, until):
        if not self.explained:
            return
        counting = self.plan.counting
        first = start + ONE_DAY
        self.segments.append(
            Segment(
                first,
                until,
                counting.days(start, until),
                counting.year_days(first),
                half_up(self.base, self.scale),
                Decimal(0),
                0,
                note=SUSPENDED,
            )
        )

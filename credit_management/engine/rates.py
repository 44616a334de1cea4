"""Rates of interest in force: what is known, and what is missing.

A series is a published rate (a central bank's reference, a legal rate) or one agreed by
contract. A half-year or a year without its value is missing, and named: nothing is ever
carried forward by guess. All rates are exact decimals in per cent a year.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from .calendar import ONE_DAY
from .daycount import DAY_COUNTS

#: The first and last day that rates without an end are given for. The day before the
#: first must exist, too.
EARLIEST = date.min + ONE_DAY
LATEST = date.max
#: Where a rate that the terms fix comes from, in place of the code of a series.
TERMS = "terms"


class MissingRate(LookupError):
    """A rate that a calculation needs is not known.

    :param str series: code of the series
    :param date day: the first day without a rate
    :param str period: what is missing: ``2027-S1``, ``2027``, or the day in ISO format
    """

    def __init__(self, series, day, period):
        super().__init__(series, day, period)
        self.series = series
        self.day = day
        self.period = period

    def __str__(self):
        return f"There is no rate {self.series} for {self.period}."


def period_of(frequency, day):
    """Name of the period of ``day``: ``2027-S1``, ``2027``, or the day itself.

    :param str frequency: ``half_year``, ``year`` or ``change``
    """
    if frequency == "half_year":
        return f"{day.year}-S{1 if day.month <= 6 else 2}"
    return str(day.year) if frequency == "year" else day.isoformat()


def period_end(frequency, day):
    """Last day of the half-year or year of ``day``."""
    if frequency == "half_year" and day.month <= 6:
        return date(day.year, 6, 30)
    return date(day.year, 12, 31)


@dataclass(frozen=True)
class Rate:
    """A value of a series, in per cent a year, and where it was published."""

    valid_from: date
    percent: Decimal
    source: str = ""


@dataclass(frozen=True)
class Series:
    """A series of rates.

    ``frequency`` says how long a value holds: ``half_year`` and ``year`` to the end of
    that half-year or year, unless the next value comes first; ``change`` until the next
    value, the last one until ``checked_until`` (None: for ever).
    """

    code: str
    frequency: str
    rates: tuple[Rate, ...]
    checked_until: date | None = None

    @cached_property
    def spans(self):
        """All that is known: tuples (first day, last day, rate), in order of days."""
        rates = sorted(self.rates, key=lambda rate: rate.valid_from)
        spans = []
        for rate, following in zip(rates, [*rates[1:], None], strict=False):
            if self.frequency == "change":
                last = LATEST if following else self.checked_until or LATEST
            else:
                last = period_end(self.frequency, rate.valid_from)
            if following:
                last = min(last, following.valid_from - ONE_DAY)
            if rate.valid_from <= last:
                spans.append((rate.valid_from, last, rate))
        return tuple(spans)

    @cached_property
    def _starts(self):
        return [first for first, _last, _rate in self.spans]

    def at(self, day):
        """The rate in force on ``day``.

        :rtype: Rate
        :raise MissingRate: if it is not known
        """
        index = bisect_right(self._starts, day) - 1
        if index < 0 or self.spans[index][1] < day:
            raise MissingRate(self.code, day, period_of(self.frequency, day))
        return self.spans[index][2]

    def pieces(self, first, last):
        """The rates from ``first`` to ``last``: a list of (first day, last day, rate).

        :raise MissingRate: if one of the days has none
        """
        found = []
        while first <= last:
            rate = self.at(first)
            index = bisect_right(self._starts, first) - 1
            end = min(last, self.spans[index][1])
            found.append((first, end, rate))
            if end == LATEST:
                break
            first = end + ONE_DAY
        return found


@dataclass(frozen=True)
class Piece:
    """Days with one yearly rate.

    ``bound`` is ``floor`` or ``cap`` where the law's limit took the place of the rate
    of the terms; ``source_code`` is the series that decides (:data:`TERMS` for a rate
    that the terms fix), ``source`` where its value was published.
    """

    first: date
    last: date
    percent: Decimal
    source_code: str
    source: str = ""
    bound: str = ""


class Book:
    """All series of rates, by code.

    It keeps what was worked out from it, so that many items cost little each: make one
    for a whole run, and use the same regimes and terms with it.
    """

    def __init__(self, series):
        """:param series: mapping of codes to :class:`Series`"""
        self._series = dict(series)
        self._plans = {}
        self._plans_by_value = {}

    def __getitem__(self, code):
        """The series ``code``.

        :raise MissingRate: if there is none
        """
        try:
            return self._series[code]
        except KeyError:
            raise MissingRate(code, EARLIEST, "any day") from None

    def __contains__(self, code):
        return code in self._series

    def get(self, code):
        """The series ``code``; one without any rate if it is unknown."""
        return self._series.get(code) or Series(code, "change", ())

    def plan(self, regime, terms):
        """The rates for a regime and terms.

        :rtype: Plan
        """
        # To hash a whole regime for every item would take longer than its interest.
        key = (id(regime), id(terms))
        try:
            return self._plans[key][0]
        except KeyError:
            plan = self._plans_by_value.get((regime, terms))
            if plan is None:
                plan = Plan(self, regime, terms)
                self._plans_by_value[regime, terms] = plan
            # What the key identifies has to live as long as the key.
            self._plans[key] = plan, regime, terms
            return plan


def agreed_rate(regime, terms):
    """Whether ``terms`` agree on a rate that the regime lets them agree on."""
    return bool(
        terms
        and regime.contract_rate_allowed
        and (terms.rate is not None or terms.rate_series)
    )


class Plan:
    """The effective yearly rates of a regime and terms, over all days that are known.

    Interest is counted by a running number: ``number(day)`` grows each day by the rate
    of that day and its share of the year, in units of one ``denominator``-th. Interest
    of an amount over days is the amount times the difference of two numbers.
    """

    def __init__(self, book, regime, terms):
        self._needed = []
        layers = self._layers(book, regime, terms)
        self.pieces = tuple(_overlay(layers))
        self.counting = DAY_COUNTS[regime.day_count]
        places = max((_places(piece.percent) for piece in self.pieces), default=0)
        self.denominator = self.counting.year * 100 * 10**places
        self._firsts = [piece.first for piece in self.pieces]
        self._values = [int(piece.percent.scaleb(places)) for piece in self.pieces]
        # Running number before each piece, and the number of its unbroken stretch.
        self._before = []
        self._stretch = []
        self._numbers = {}
        self._number_pieces()

    def _layers(self, book, regime, terms):
        """The rate and its bounds, each as pieces over all days that are known."""
        if not agreed_rate(regime, terms):
            return [self._spans(book, regime.rate_series, regime.rate_margin)]
        if terms.rate is not None:
            layers = [[Piece(EARLIEST, LATEST, terms.rate, TERMS)]]
        else:
            layers = [self._spans(book, terms.rate_series, terms.rate_margin)]
        for code, bound in (
            (regime.floor_series, "floor"),
            (regime.cap_series, "cap"),
        ):
            if code:
                layers.append(self._spans(book, code, Decimal(0), bound))
        return layers

    def _spans(self, book, code, margin, bound=""):
        series = book.get(code)
        self._needed.append(series)
        return [
            Piece(first, last, rate.percent + margin, code, rate.source, bound)
            for first, last, rate in series.spans
        ]

    def _number_pieces(self):
        number, stretch, end = 0, -1, None
        for piece, value in zip(self.pieces, self._values, strict=True):
            if end is None or piece.first != end + ONE_DAY:
                stretch += 1
            self._before.append(number)
            self._stretch.append(stretch)
            count = self.counting.number
            number += value * (count(piece.last) - count(piece.first - ONE_DAY))
            end = piece.last

    def index(self, day):
        """Place in ``pieces`` of the one that ``day`` is in, or of the last before."""
        return bisect_right(self._firsts, day) - 1

    def _stretch_and_number(self, day):
        """Unbroken stretch of days that ``day`` ends a part of, and running number."""
        index = self.index(day)
        if index >= 0 and day <= self.pieces[index].last:
            count = self.counting.number
            start = self.pieces[index].first - ONE_DAY
            grown = self._values[index] * (count(day) - count(start))
            return self._stretch[index], self._before[index] + grown
        following = index + 1
        if following < len(self.pieces) and day + ONE_DAY == self._firsts[following]:
            return self._stretch[following], self._before[following]
        return None, 0

    def factor(self, start, until):
        """Interest of one unit for the days after ``start`` up to ``until``.

        :return int: in units of one ``denominator``-th
        :raise MissingRate: if one of the days has no rate
        """
        if until <= start:
            return 0
        try:
            first, before = self._numbers[start]
            last, after = self._numbers[until]
        except KeyError:
            for day in (start, until):
                self._numbers[day] = self._stretch_and_number(day)
            return self.factor(start, until)
        if first is None or first != last:
            self.check(start + ONE_DAY, until)
        return after - before

    def check(self, first, last):
        """Check that every day from ``first`` to ``last`` has its rate.

        :raise MissingRate: with the first day that has none
        """
        missing = []
        for series in self._needed:
            try:
                series.pieces(first, last)
            except MissingRate as error:
                missing.append(error)
        if missing:
            raise min(missing, key=lambda error: error.day)

    def between(self, first, last):
        """Pieces from ``first`` to ``last``, cut to these days.

        :rtype: tuple[Piece, ...]
        :raise MissingRate: if one of the days has no rate
        """
        if first > last:
            return ()
        self.check(first, last)
        found = []
        for piece in self.pieces[self.index(first) :]:
            if piece.first > last:
                break
            found.append(_cut(piece, max(first, piece.first), min(last, piece.last)))
        return tuple(found)


def schedule(book, regime, terms, first, last):
    """The effective yearly rate from ``first`` to ``last``, piece by piece.

    The rate of the terms, raised to the floor and lowered to the cap of the regime;
    without one, the rate of the regime. Pieces of different periods stay apart even if
    their rates are equal. A rate is never below zero.

    :param Terms terms: or None
    :rtype: tuple[Piece, ...]
    :raise MissingRate: if one of the days has no rate
    """
    return book.plan(regime, terms).between(first, last)


def legal_limits(book, regime, day):
    """Between what a rate agreed by contract has to lie on ``day``.

    :return: (floor or None, cap or None), per cent a year
    :raise MissingRate: if a limit is not known for that day
    """
    return tuple(
        book[code].at(day).percent if code else None
        for code in (regime.floor_series, regime.cap_series)
    )


def _places(percent):
    return max(0, -percent.as_tuple().exponent)


def _cut(piece, first, last):
    return Piece(
        first, last, piece.percent, piece.source_code, piece.source, piece.bound
    )


def _overlay(layers):
    """Pieces of the days that all layers know, with the rate that holds."""
    positions = [0] * len(layers)
    while all(at < len(layer) for at, layer in zip(positions, layers, strict=True)):
        current = [layer[at] for at, layer in zip(positions, layers, strict=True)]
        first = max(piece.first for piece in current)
        last = min(piece.last for piece in current)
        if first <= last:
            yield _cut(_bounded(current), first, last)
        for place, piece in enumerate(current):
            if piece.last == last:
                positions[place] += 1


def _bounded(pieces):
    """The one of ``pieces`` (a rate, its floor, its cap) whose rate holds.

    A cap protects the debtor: it goes before a floor above it.
    """
    chosen = pieces[0]
    for piece in pieces[1:]:
        if piece.bound == "floor" and piece.percent > chosen.percent:
            chosen = piece
        if piece.bound == "cap" and piece.percent < chosen.percent:
            chosen = piece
    if chosen.percent < 0:
        return Piece(
            chosen.first,
            chosen.last,
            Decimal(0),
            chosen.source_code,
            chosen.source,
            chosen.bound,
        )
    return chosen

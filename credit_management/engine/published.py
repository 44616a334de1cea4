"""Rates as central banks publish them, and what the law derives from them."""

import csv
import io
from datetime import date
from decimal import ROUND_CEILING, Decimal, InvalidOperation

#: No central bank has moved its rate so far in one step.
MAX_JUMP = Decimal(5)


class PublishedError(ValueError):
    """What was published can't be used; ``code`` and ``params`` say why."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


def read_csvdata(text):
    """Observations in the ``csvdata`` format of SDMX services.

    The format has a header with the dimensions of the series and the columns
    ``TIME_PERIOD`` (ISO day) and ``OBS_VALUE``; days without a value are passed over.
    Source: https://data.ecb.europa.eu/help/api/data.

    :return: list of (day, rate in per cent a year), in order of days
    :raises PublishedError: ``no_table``, ``empty``, ``day`` or ``number``
    """
    try:
        reader = csv.DictReader(io.StringIO(text))
        columns, rows = set(reader.fieldnames or ()), list(reader)
    except csv.Error:
        columns, rows = set(), []
    if not {"TIME_PERIOD", "OBS_VALUE"} <= columns:
        raise PublishedError("no_table")
    found = []
    for row in rows:
        day, value = row["TIME_PERIOD"] or "", (row["OBS_VALUE"] or "").strip()
        if not value or value == "NaN":
            continue
        try:
            day = date.fromisoformat(day.strip())
        except ValueError:
            raise PublishedError("day", value=day[:40]) from None
        try:
            percent = Decimal(value)
        except InvalidOperation:
            percent = None
        if percent is None or not percent.is_finite():
            raise PublishedError("number", value=value[:40], day=day)
        found.append((day, percent))
    if not found:
        raise PublishedError("empty")
    return sorted(found)


def changes(observations):
    """The first observation, and each one that differs from the one before."""
    found = []
    for day, percent in observations:
        if not found or found[-1][1] != percent:
            found.append((day, percent))
    return found


def new_changes(observations, known):
    """What was published after the rates that are known.

    :param observations: list of (day, rate), in order of days
    :param known: list of (first day, rate) of the same series, in order of days; those
        that the observations reach have to agree with them
    :return: list of (first day, rate)
    :raises PublishedError: ``conflict`` if a known rate is another one, ``jump`` if a
        rate moves by more than :data:`MAX_JUMP` points
    """
    published = changes(observations)
    if not known:
        return published
    first, last_known = published[0][0], known[-1][0]
    before = [rate for rate in known if rate[0] <= first]
    if before:
        # What held on the first day observed may have begun earlier.
        published[0] = (before[-1][0], published[0][1])
    held = [*before[-1:], *(rate for rate in known if rate[0] > first)]
    old = [rate for rate in published if rate[0] <= last_known]
    if held != old:
        day = min(rate[0] for rate in {*held} ^ {*old})
        raise PublishedError(
            "conflict", day=day, ours=_value(held, day), theirs=_value(published, day)
        )
    new = published[len(old) :]
    for (__, was), (day, becomes) in zip([known[-1], *new], new, strict=False):
        if abs(becomes - was) > MAX_JUMP:
            raise PublishedError("jump", was=was, becomes=becomes, day=day)
    return new


def _value(rates, day):
    """The rate in force on ``day``, a dash before the first one."""
    return next((value for start, value in reversed(rates) if start <= day), "–")


def derived(base, factor, margin, round_half_up):
    """The rate that follows from a base.

    :param Decimal base: per cent a year
    :param Decimal factor: the base times this
    :param Decimal margin: points added
    :param bool round_half_up: rounded up to the next half point, as in Belgium
    """
    percent = base * factor + margin
    if round_half_up:
        percent = (percent * 2).to_integral_value(ROUND_CEILING) / 2
    return percent

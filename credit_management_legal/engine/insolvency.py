"""By when a claim must be declared in an insolvency.

What the order or the judgment says goes before everything. Else the period of the law
counts from the publication; as long as nobody has noted that, from the opening, which
is earlier: an alarm too early costs less than one too late. Nothing is put off from a
Sunday or a holiday, for the same reason.

Facts and sources: French R622-24 C. com.; Belgian judgment of bankruptcy; German 28
InsO; Spanish notice in the BOE. Compiled November 2026.
"""

from dataclasses import dataclass
from datetime import date

from .limitation import add

GIVEN = "given"
PUBLISHED = "published"
PRELIMINARY = "preliminary"
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rule:
    """The law of a country on declaring claims.

    ``number`` of ``unit`` from ``basis`` (``publication`` or ``opening``), and
    ``abroad`` for a creditor outside the country; of a day that the court sets itself
    the shortest that it may. ``relief_months`` from the publication is how long
    somebody who was late may ask to be let in, ``absolute_months`` from the opening
    the end of everything. 0: the law knows none, or nobody knows it.
    """

    basis: str
    number: int
    unit: str = "months"
    abroad: int = 0
    relief_months: int = 0
    absolute_months: int = 0
    set_by_court: bool = False


@dataclass(frozen=True)
class Deadline:
    """``day`` is None where neither court nor law says one; ``how`` it was found."""

    day: date | None
    how: str
    relief: date | None = None
    absolute: date | None = None

    def last(self, today):
        """The day that matters now: the deadline, then that for relief.

        :return: None once everything is over, or where nothing is known
        """
        for day in (self.day, self.relief, self.absolute):
            if day and day >= today:
                return day
        return None


def deadline(rule, opened, published=None, given=None, abroad=False):
    """By when to declare.

    :param rule: :class:`Rule`, or None where that of the country is not known
    :param date opened: day of the opening
    :param published: day of the publication, or None
    :param given: the day that order or judgment says, or None
    :param bool abroad: whether the creditor is outside the country
    :rtype: Deadline
    """
    if rule is None:
        return Deadline(given, GIVEN if given else UNKNOWN)
    start = published or opened
    relief = add(start, rule.relief_months, "months") if rule.relief_months else None
    absolute = (
        add(opened, rule.absolute_months, "months") if rule.absolute_months else None
    )
    if given:
        return Deadline(given, GIVEN, relief, absolute)
    if not rule.number:
        return Deadline(None, UNKNOWN, relief, absolute)
    number = rule.abroad if abroad and rule.abroad else rule.number
    counted = published if rule.basis == "publication" else opened
    day = add(counted or opened, number, rule.unit)
    how = PUBLISHED if counted and not rule.set_by_court else PRELIMINARY
    return Deadline(day, how, relief, absolute)

"""Telephone numbers: whether a message can reach one, and how it is written."""

from dataclasses import dataclass

from odoo.addons.credit_management.engine.numbers import INVALID, MISSING, parse

#: Why a valid number takes no messages.
LANDLINE = "landline"


@dataclass(frozen=True)
class Mobile:
    """A number that takes messages.

    ``e164`` is how providers want it, ``country`` its ISO code, ``zones`` the names of
    the time zones where it may ring; empty if nobody knows.
    """

    e164: str
    country: str
    zones: tuple


def read(number, country):
    """What a number is.

    :param str number: as somebody typed it
    :param str country: ISO code of the country whose rules apply to a number without
        an international prefix, or None
    :return: a :class:`Mobile`, or why it takes no messages
    """
    found = parse(number, country)
    if found in (MISSING, INVALID):
        return found
    if not found.textable:
        return LANDLINE
    return Mobile(e164=found.e164, country=found.country, zones=found.zones)


def choose(candidates, country):
    """The first of some numbers that takes messages.

    :return: a :class:`Mobile`; if there is none, the reason: that a number is a fixed
        line says more than that another one is missing
    """
    reasons = set()
    for number in candidates:
        found = read(number, country)
        if isinstance(found, Mobile):
            return found
        reasons.add(found)
    return next((r for r in (LANDLINE, INVALID) if r in reasons), MISSING)

"""Telephone numbers: whether a message can reach one, and how it is written."""

from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType
from phonenumbers import timezone as number_timezone

#: Kinds that take text messages. Some countries do not tell mobile from fixed.
TEXTABLE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
UNKNOWN_ZONE = "Etc/Unknown"

#: Why a number cannot be used, the worst last.
MISSING, LANDLINE, INVALID = "missing", "landline", "invalid"


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
    :return: a :class:`Mobile`, or one of the reasons above
    """
    if not (number or "").strip():
        return MISSING
    try:
        parsed = phonenumbers.parse(number, country or None)
    except NumberParseException:
        return INVALID
    if not phonenumbers.is_valid_number(parsed):
        return INVALID
    if phonenumbers.number_type(parsed) not in TEXTABLE:
        return LANDLINE
    zones = number_timezone.time_zones_for_number(parsed)
    return Mobile(
        e164=phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164),
        country=phonenumbers.region_code_for_number(parsed) or "",
        zones=tuple(zone for zone in zones if zone != UNKNOWN_ZONE),
    )


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

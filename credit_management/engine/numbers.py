"""Telephone numbers: whether one is valid, how it is written, and where it rings."""

from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType
from phonenumbers import timezone as number_timezone

#: Kinds that take text messages. Some countries do not tell mobile from fixed.
TEXTABLE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
UNKNOWN_ZONE = "Etc/Unknown"

#: Why a number cannot be used.
MISSING, INVALID = "missing", "invalid"


@dataclass(frozen=True)
class Number:
    """A valid number.

    :ivar str e164: how providers and ``tel:`` links want it
    :ivar str text: in international form, for people
    :ivar str country: its ISO code
    :ivar tuple zones: names of the time zones where it may ring; empty if nobody knows
    :ivar bool textable: whether it takes text messages
    """

    e164: str
    text: str
    country: str
    zones: tuple
    textable: bool


def parse(number, country):
    """What a number is.

    :param str number: as somebody typed it
    :param str country: ISO code of the country whose rules apply to a number without
        an international prefix, or None
    :return: a :class:`Number`, or one of the reasons above
    """
    if not (number or "").strip():
        return MISSING
    try:
        parsed = phonenumbers.parse(number, country or None)
    except NumberParseException:
        return INVALID
    if not phonenumbers.is_valid_number(parsed):
        return INVALID
    zones = number_timezone.time_zones_for_number(parsed)
    return Number(
        e164=phonenumbers.format_number(parsed, PhoneNumberFormat.E164),
        text=phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL),
        country=phonenumbers.region_code_for_number(parsed) or "",
        zones=tuple(zone for zone in zones if zone != UNKNOWN_ZONE),
        textable=phonenumbers.number_type(parsed) in TEXTABLE,
    )

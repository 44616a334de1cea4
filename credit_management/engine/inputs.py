"""What strangers type into a form: numbers, days, choices. Plain values, or an error.

Nothing here trusts its argument: it may be of any type and any length. A value is
understood or refused, never guessed.
"""

import re
from datetime import date
from decimal import Decimal

#: Digits before the decimal mark: more is no amount that anybody owes.
MAX_DIGITS = 12
#: The largest amount in minor units, with as many decimals as any currency has here.
MAX_MINOR = 10**18 - 1
MAX_IDS = 500
_AMOUNT = re.compile(r"(\d{1,12})(?:[.,](\d{1,6}))?", re.ASCII)
#: As amounts are written and copied: thousands apart, by the same mark throughout.
_GROUPED = re.compile(
    r"\d{1,3}([.,'\u2019 \u00a0\u2009\u202f])\d{3}(?P<more>\1\d{3})*"
    r"(?:(?!\1)(?P<mark>[.,])\d{1,6})?",
    re.ASCII,
)
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_NUMBER = re.compile(r"\d{1,18}", re.ASCII)
_TIME = re.compile(r"(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


class BadInput(ValueError):
    """A value that cannot be meant; the argument names the kind: amount, day, …"""


def parse_amount(text, decimals=2):
    """A positive amount, with a point or a comma before the decimals.

    Thousands may stand apart, and the sign of the currency before or after. Whether the
    point of ``1.234`` or ``1.500`` means thousands or decimals nobody can tell: three
    decimals are refused where the currency has fewer.

    :param int decimals: decimal places of the currency; more are refused unless zero
    :return: Decimal
    :raise BadInput: for anything else: signs, exponents, thousands that are none
    """
    if not isinstance(text, str):
        raise BadInput("amount")
    text = text.strip().strip("€£$").strip()
    grouped = _GROUPED.fullmatch(text)
    if grouped and (grouped["more"] or grouped["mark"] or grouped[1] not in ".,"):
        text = text.replace(grouped[1], "")
    match = _AMOUNT.fullmatch(text)
    if not match:
        raise BadInput("amount")
    written = match[2] or ""
    fraction = written.rstrip("0")
    if len(fraction) > decimals or len(written) == 3 > decimals:
        raise BadInput("amount")
    amount = Decimal(f"{match[1]}.{fraction or 0}")
    if not amount:
        raise BadInput("amount")
    return amount


def parse_day(text):
    """A day as ``<input type="date">`` writes it: ``2026-06-17``.

    :raise BadInput: if it is written otherwise or no day of the calendar
    """
    match = _DAY.fullmatch(text) if isinstance(text, str) else None
    try:
        return date(*(int(part) for part in match.groups()))
    except (AttributeError, ValueError):
        raise BadInput("day") from None


def parse_number(text, least=0, most=999_999_999):
    """A whole number within limits.

    :raise BadInput: for anything else
    """
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise BadInput("number")
    number = int(text)
    if not least <= number <= most:
        raise BadInput("number")
    return number


def token_number(token):
    """The number of the record before the dash of a signed link.

    :param token: what stands in the address, from anybody
    :return: -1, which no record has, for what is no such link: it is then looked for
        all the same, so that the time of an answer tells nothing
    """
    try:
        return parse_number((token or "").partition("-")[0])
    except BadInput:
        return -1


def parse_ids(texts):
    """Ids of records, each once, in the order given.

    :raise BadInput: if one is no number, or there are too many
    """
    if len(texts) > MAX_IDS:
        raise BadInput("ids")
    return list(dict.fromkeys(parse_number(text, least=1) for text in texts))


def clean_text(text, most):
    """Text of a person: without control characters and marks that turn its direction.

    :param int most: the longest that is taken
    :raise BadInput: if it is longer, or no text
    """
    if not isinstance(text, str) or len(text) > most:
        raise BadInput("text")
    return _CONTROL.sub("", text.replace("\r\n", "\n")).strip()


def parse_time(text):
    """A time of the day as ``<input type="time">`` writes it: ``14:05``.

    :return int: minutes since midnight
    :raise BadInput: if it is written otherwise or no time of a day
    """
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise BadInput("time")
    return int(match[1]) * 60 + int(match[2])

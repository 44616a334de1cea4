"""Dates and amounts as people write them.

What one cell leaves open (is 03/04/2012 in March or in April, is 1.234 one or a
thousand?) is decided by the whole column: see :func:`day_order` and
:func:`decimal_sign`.
"""

import datetime
import re
from decimal import Decimal, InvalidOperation

_ISO = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]\d{1,2}:\d{2}[^A-Za-z]*Z?)?$"
)
_TWO = re.compile(
    r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: +\d{1,2}:\d{2}(?::\d{2})?)?$"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})$")
_SERIAL = re.compile(r"\d{5}(?:\.0*)?$")
#: Day 0 of the spreadsheets, with the 29th of February 1900 that never was.
_SERIAL_START = datetime.date(1899, 12, 30)
MIN_DATE = datetime.date(1980, 1, 1)
MAX_DATE = datetime.date(2100, 12, 31)
#: Two-digit years up to this one are of this century.
_PIVOT = 69

_YES = {
    "yes", "y", "true", "1", "x", "oui", "o", "vrai", "ja", "j", "waar", "disputed",
    "litige", "betwist", "✓",
}  # fmt: skip
_NO = {"", "no", "n", "false", "0", "non", "faux", "nee", "neen", "onwaar", "-"}

_SPACES = re.compile(r"[\s'’]+")
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*(?:[.,])?$|[.,][0-9]+$")
_SYMBOLS = re.compile(r"^(?:[€$£¥]|[A-Za-z]{3})|(?:[€$£¥]|[A-Za-z]{3})$")
#: More digits than any currency needs, and fewer than a float starts to lose.
MAX_DIGITS = 13


class FormatError(ValueError):
    """A value that cannot be read; ``code`` says why."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def day_order(values):
    """Does the day or the month come first in a column of dates?

    :return: ``"dmy"``, ``"mdy"``, or ``None`` if every value fits both
    """
    day_first = month_first = 0
    for value in values:
        match = _TWO.match(value.strip()) if isinstance(value, str) else None
        if match:
            first, second = int(match[1]), int(match[2])
            day_first += first > 12
            month_first += second > 12
    if not day_first and not month_first:
        return None
    return "mdy" if month_first and not day_first else "dmy"


def has_ambiguous_dates(values):
    """Whether some dates could be read both ways."""
    return any(
        isinstance(value, str)
        and (match := _TWO.match(value.strip()))
        and match[1].zfill(2) != match[2].zfill(2)
        for value in values
    )


def parse_date(value, order="dmy", earliest=MIN_DATE):
    """The date in a cell, ``None`` if it is empty.

    :param order: what comes first in dates such as 03/04/2012
    :param date earliest: the first day that makes sense
    :raises FormatError: ``date`` or ``date_range``
    """
    if isinstance(value, datetime.datetime):
        return _in_range(value.date(), earliest)
    if isinstance(value, datetime.date):
        return _in_range(value, earliest)
    if isinstance(value, bool):
        raise FormatError("date")
    if isinstance(value, int | float):
        value = str(int(value)) if value == int(value) else str(value)
    text = (value or "").strip()
    if not text:
        return None
    if match := _ISO.match(text) or _COMPACT.match(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := _TWO.match(text):
        first, second = int(match[1]), int(match[2])
        year = int(match[3])
        if len(match[3]) == 2:
            year += 2000 if year <= _PIVOT else 1900
        day, month = (first, second) if order == "dmy" else (second, first)
    elif _SERIAL.match(text):
        day = _SERIAL_START + datetime.timedelta(days=int(float(text)))
        return _in_range(day, earliest)
    else:
        raise FormatError("date")
    try:
        return _in_range(datetime.date(year, month, day), earliest)
    except ValueError as error:
        raise error if isinstance(error, FormatError) else FormatError("date") from None


def _in_range(date, earliest):
    if not earliest <= date <= MAX_DATE:
        raise FormatError("date_range")
    return date


def _bare_number(text):
    """The digits and signs of a number, and whether it is negative."""
    text = _SPACES.sub("", text).replace("−", "-")
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1]
    text = _SYMBOLS.sub("", text)
    if text[-1:] in ("-", "+"):
        negative, text = negative != (text[-1] == "-"), text[:-1]
    elif text[:1] in ("-", "+"):
        negative, text = negative != (text[0] == "-"), text[1:]
    return _SYMBOLS.sub("", text), negative


def _decimal_sign_of(text):
    """The decimal sign of one number, ``None`` if it does not show."""
    dot, comma = text.count("."), text.count(",")
    if dot and comma:
        return "." if text.rfind(".") > text.rfind(",") else ","
    sign = "." if dot else ","
    if dot + comma > 1:
        return "," if sign == "." else "."
    if dot + comma == 1:
        whole, decimals = text.split(sign)
        if len(decimals) != 3 or not whole or len(whole) > 3 or whole == "0":
            return sign
    return None


def decimal_sign(values):
    """The decimal sign of a column of amounts.

    :return: ``"."``, ``","``, or ``None`` if the column does not show it, or shows both
    """
    signs = set()
    for value in values:
        if isinstance(value, str):
            text, __ = _bare_number(value)
            if _NUMBER.match(text):
                signs.add(_decimal_sign_of(text))
    signs.discard(None)
    return signs.pop() if len(signs) == 1 else None


def has_ambiguous_amounts(values):
    """Whether some amounts have a sign that may be of decimals or of thousands."""
    for value in values:
        if isinstance(value, str) and ("." in value or "," in value):
            text, __ = _bare_number(value)
            if _NUMBER.match(text) and _decimal_sign_of(text) is None:
                return True
    return False


def parse_amount(value, sign=None):
    """The amount in a cell, ``None`` if it is empty.

    :param sign: the column's decimal sign; without it, a lone sign before three digits
        separates thousands
    :raises FormatError: ``number`` or ``number_size``
    """
    if isinstance(value, bool | datetime.date):
        raise FormatError("number")
    if isinstance(value, int | float):
        # 50.389999999999993 in a spreadsheet is 50.39 that somebody typed.
        try:
            number = Decimal(repr(round(value, 6)))
        except InvalidOperation:
            raise FormatError("number") from None
        return _sized(number)
    raw = (value or "").strip()
    if not raw:
        return None
    text, negative = _bare_number(raw)
    if not _NUMBER.match(text):
        raise FormatError("number")
    own = _decimal_sign_of(text)
    if own is None:
        own = sign or "none"
    if own == "none":
        text = text.replace(".", "").replace(",", "")
    else:
        whole, __, decimals = text.rpartition(own) if own in text else (text, "", "")
        other = "," if own == "." else "."
        groups = whole.split(other)
        if own in whole or other in decimals or not _are_thousands(groups):
            raise FormatError("number")
        text = f"{''.join(groups) or '0'}.{decimals or '0'}"
    number = Decimal(text)
    return _sized(-number if negative else number)


def _are_thousands(groups):
    """Groups of three, or of two as in India, but no 1.2.3."""
    return len(groups) == 1 or (
        0 < len(groups[0]) <= 3
        and len(groups[-1]) == 3
        and all(len(group) in (2, 3) for group in groups[1:-1])
    )


def _sized(number):
    if not number.is_finite():
        raise FormatError("number")
    if number and number.adjusted() >= MAX_DIGITS:
        raise FormatError("number_size")
    return number


def parse_yes(value):
    """Yes or no in English, French and Dutch.

    :raises FormatError: ``yes_no``
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        value = f"{value:g}"
    text = (value or "").strip().casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise FormatError("yes_no")

"""Dates and texts as a reader is used to them."""

from decimal import Decimal
from functools import lru_cache, reduce

from babel.dates import format_date
from babel.numbers import format_decimal
from pytz import timezone, utc

from odoo.tools import babel_locale_parse, posix_to_ldml
from odoo.tools.misc import get_lang

#: English as the world reads it: “5 March 2026”. Figures alone would leave open which
#: of them is the month, and a database has rarely more than one English.
ENGLISH = "en_001"
#: The parts of a date in a pattern of ``strftime``, as spreadsheets write them.
SHEET_PARTS = {"%d": "dd", "%m": "mm", "%Y": "yyyy", "%y": "yy", "%b": "mmm"}


def _is_english(lang):
    return lang.partition("_")[0] == "en"


def _locale(lang):
    return babel_locale_parse(ENGLISH if _is_english(lang) else lang)


@lru_cache(maxsize=4096)
def date_text(day, style, lang):
    """A day as a language writes it. The days of many invoices are the same few.

    :param str style: ``long`` or ``medium``
    :param str lang: code of a language, such as ``fr_BE``
    """
    return first_of_month(format_date(day, format=style, locale=_locale(lang)), lang)


def first_of_month(text, lang):
    """French writes the first of a month as “1er”; CLDR does not."""
    if lang.startswith("fr") and text.startswith("1 "):
        return f"1er{text[1:]}"
    return text


@lru_cache(maxsize=4096)
def _figures(day, pattern, lang):
    locale = babel_locale_parse(lang)
    return format_date(day, format=posix_to_ldml(pattern, locale=locale), locale=locale)


def day_text(env, day):
    """A day in a table or a sentence that a debtor reads, as short as can be.

    In the language of the environment: in figures as that language is set up, in
    English with the month as a word.
    """
    if not day:
        return ""
    lang = get_lang(env)
    if _is_english(lang.code):
        return date_text(day, "medium", lang.code)
    return _figures(day, lang.date_format, lang.code)


def rate_text(percent, lang):
    """A rate as a language writes it, without the sign: “8”, “12.40”, “3.375”.

    :param percent: to five decimals at most
    :param str lang: code of a language, such as ``fr_BE``
    """
    percent = round(Decimal(str(percent)), 5).normalize()
    digits = max(-percent.as_tuple().exponent, 0)
    pattern = f"#,##0.{'0' * max(digits, 2)}" if digits else "#,##0"
    return format_decimal(percent, format=pattern, locale=babel_locale_parse(lang))


def moment_text(env, moment, tz):
    """A day and a time that a debtor reads, to the minute.

    :param datetime moment: in UTC, without a time zone, as it is stored
    :param str tz: the time zone in which it is told
    """
    local = utc.localize(moment).astimezone(timezone(tz or "UTC"))
    return f"{day_text(env, local.date())}, {local:%H:%M}"


def sheet_day_format(env):
    """How a spreadsheet shows a day to a debtor, as :func:`day_text` does."""
    lang = get_lang(env)
    if _is_english(lang.code):
        # With the months in English, whatever the spreadsheet's own language.
        return "[$-809]d mmm yyyy"
    pattern = lang.date_format
    for part, written in SHEET_PARTS.items():
        pattern = pattern.replace(part, written)
    return "yyyy-mm-dd" if "%" in pattern else pattern


def names_text(env, names, most=3):
    """Names in a line: ``most`` of them, and how many there are more.

    :param list names: in their order
    """
    some = ", ".join(names[:most])
    if len(names) <= most:
        return some
    return env._("%(names)s and %(count)s more", names=some, count=len(names) - most)


def labelled(env, label, value):
    """“Label: value”, with the colon that the language of ``env`` sets."""
    return env._("%(label)s: %(value)s", label=label, value=value)


def joined(env, texts):
    """“One; another”, with the semicolon that the language of ``env`` sets.

    :param texts: what is told one after the other, in its order
    """
    texts = list(texts)
    if not texts:
        return ""
    return reduce(
        lambda told, more: env._("%(told)s; %(more)s", told=told, more=more), texts
    )


def shorten(text, length=80):
    """``text``, cut at a word if it is longer than ``length``."""
    if len(text) <= length:
        return text
    return f"{text[:length].rsplit(' ', 1)[0]} …"

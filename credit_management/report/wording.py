"""Dates and texts as a reader is used to them."""

from functools import lru_cache

from babel.dates import format_date

from odoo.tools import babel_locale_parse


@lru_cache(maxsize=4096)
def date_text(day, style, lang):
    """A day as a language writes it. The days of many invoices are the same few.

    :param str style: ``long`` or ``medium``
    :param str lang: code of a language, such as ``fr_BE``
    """
    return format_date(day, format=style, locale=babel_locale_parse(lang))


def shorten(text, length=80):
    """``text``, cut at a word if it is longer than ``length``."""
    if len(text) <= length:
        return text
    return f"{text[:length].rsplit(' ', 1)[0]} …"

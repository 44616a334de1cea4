"""The order in which a visitor goes from door to door: by town, then by street."""

import re
import unicodedata

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"\w+")


def plain(text):
    """Text without accents, signs and case, for comparing names of places."""
    decomposed = unicodedata.normalize("NFKD", text or "")
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(_WORD.findall(letters.casefold()))


def stop_key(country, zip_code, city, street):
    """What stops of a round are sorted by.

    The number of a house stands before or after its street, as the country has it:
    neighbours in a street follow one another by number either way. An address without
    a postcode comes last in its country.

    :return tuple: comparable with those of other stops
    """
    words = plain(street)
    numbers = _NUMBER.findall(words)
    name = " ".join(_NUMBER.sub(" ", words).split())
    return (
        country or "",
        not zip_code,
        plain(zip_code),
        plain(city),
        name,
        int(numbers[0][:9]) if numbers else 0,
        words,
    )

"""How many segments a text message takes, by which its price is reckoned.

Rules of 3GPP TS 23.038 (alphabet) and TS 23.040 (concatenation): a message in the
default alphabet holds 160 characters, 153 in each part of a longer one, since the
header that joins the parts takes seven. Any character outside the alphabet makes it
UCS-2: 70 units of 16 bits, 67 in each part. Nothing that takes two places is split
between parts.
"""

import unicodedata
from dataclasses import dataclass

#: The default alphabet, one place each. The escape is none of its characters.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Its extension: an escape and a character, two places.
EXTENDED = frozenset("\f^{}\\[~]|€")

GSM, UCS2 = "gsm", "ucs2"
#: Places in a message that stands alone, and in each part of a longer one.
ALONE = {GSM: 160, UCS2: 70}
JOINED = {GSM: 153, UCS2: 67}

#: What word processors and number formats put in, and a telephone's own character for
#: it. One of the former makes every segment cost double room for nothing.
PLAIN = str.maketrans(
    {
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
        "\N{THIN SPACE}": " ",
        "\N{ZERO WIDTH SPACE}": "",
        "\N{LEFT-TO-RIGHT MARK}": "",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{LEFT DOUBLE QUOTATION MARK}": '"',
        "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
        "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
        "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}": '"',
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{MINUS SIGN}": "-",
        "\N{HORIZONTAL ELLIPSIS}": "...",
        "\N{LATIN SMALL LIGATURE OE}": "oe",
        "\N{LATIN CAPITAL LIGATURE OE}": "OE",
        "\t": " ",
    }
)


@dataclass(frozen=True)
class Size:
    """``encoding`` is ``gsm`` or ``ucs2``; ``units`` are places taken in it."""

    encoding: str
    units: int
    segments: int


def simplify(text):
    """``text`` with the typography of print replaced by what telephones have.

    Letters keep their accents: a name is not misspelt to save a cent.
    """
    return text.translate(PLAIN).strip()


def outside(text):
    """The characters of ``text`` that the alphabet of telephones lacks, once each."""
    return [c for c in dict.fromkeys(text) if c not in BASIC and c not in EXTENDED]


def plain(text):
    """``text`` in letters that telephones have: those they lack lose their accents.

    What has no such letter stays as it is.
    """

    def letter(character):
        if not outside(character):
            return character
        base = unicodedata.normalize("NFKD", character)
        base = "".join(c for c in base if not unicodedata.combining(c))
        return character if outside(base) else base

    return "".join(map(letter, unicodedata.normalize("NFC", simplify(text))))


def _width(character, encoding):
    if encoding == GSM:
        return 2 if character in EXTENDED else 1
    return 2 if ord(character) > 0xFFFF else 1


def measure(text):
    """The size of ``text`` as a message.

    :rtype: Size
    """
    encoding = UCS2 if outside(text) else GSM
    widths = [_width(character, encoding) for character in text]
    units = sum(widths)
    if units <= ALONE[encoding]:
        return Size(encoding, units, 1 if units else 0)
    room, segments, left = JOINED[encoding], 1, JOINED[encoding]
    for width in widths:
        if width > left:
            segments += 1
            left = room
        left -= width
    return Size(encoding, units, segments)

"""Payment references, bank accounts, QR codes and amounts in words.

A payment reference for several invoices must be found again when the money comes.
It holds the number of the reminder, or of the debtor where none was sent, and nothing
else, so that it can be made and read without a table of references:

* Belgium: ``+++9NN/NNNN/NNNCC+++``: the digit 9 (8 for a debtor), the number on nine
  digits, and the remainder of the division by 97. Odoo's own Belgian references are
  the number of the invoice or of the customer on ten digits: no record has a number
  that starts with an 8 or a 9 there.
* elsewhere: an ISO 11649 creditor reference, ``RFCC CR`` (``CD`` for a debtor) and the
  number.
"""

import re
import struct
import zlib
from base64 import b64encode
from copy import copy
from functools import lru_cache
from urllib.parse import parse_qs, urlencode, urlsplit

import qrcode
from num2words import CONVERTER_CLASSES
from qrcode.constants import ERROR_CORRECT_M
from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

BELGIAN_PREFIX = {"reminder": 9_000_000_000, "debtor": 8_000_000_000}
ISO_PREFIX = {"reminder": "CR", "debtor": "CD"}
#: References inside a longer text, with the separators that people and banks put in.
BELGIAN_IN_TEXT = re.compile(r"(?<!\d)\d{3}[ /.-]?\d{4}[ /.-]?\d{5}(?!\d)")
ISO_IN_TEXT = re.compile(r"(?<![0-9A-Z])RF\d\d(?: ?[0-9A-Z]){1,21}", re.IGNORECASE)
#: What the number of a document looks like; shorter ones stand in any text by chance.
NUMBER_IN_TEXT = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z/_.-]{3,}[0-9A-Za-z])")


def structured_reference(number, country, kind="reminder"):
    """The payment reference of reminder or debtor ``number``, as in ``country``.

    :param int number: positive, below 900,000,000
    :param str country: ISO code of the creditor's country
    :param str kind: ``"reminder"`` or ``"debtor"``
    """
    if country == "BE":
        base = BELGIAN_PREFIX[kind] + number
        digits = f"{base}{base % 97 or 97:02d}"
        return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
    body = f"{ISO_PREFIX[kind]}{number:08d}"
    check = mod_97_10.calc_check_digits(f"{body}RF")
    return iso11649.format(f"RF{check}{body}")


def reference_number(reference, kind="reminder"):
    """The number inside a reference made by :func:`structured_reference`, or None.

    Blanks and separators do not matter: banks drop or move them.
    """
    text = re.sub(r"[^0-9A-Za-z]", "", reference or "").upper()
    belgian, iso = BELGIAN_PREFIX[kind], ISO_PREFIX[kind]
    if match := re.fullmatch(r"(\d{10})(\d{2})", text):
        base = int(match[1])
        if base // 10**9 * 10**9 == belgian and (base % 97 or 97) == int(match[2]):
            return base - belgian or None
    elif match := re.fullmatch(rf"RF\d\d{iso}(\d{{8,}})", text):
        if iso11649.is_valid(text):
            return int(match[1]) or None
    return None


def _candidates(text):
    """What in a text may be a structured reference: compact ones, the longest first.

    Where the reference ends and the text goes on only the check digits tell.
    """
    for match in BELGIAN_IN_TEXT.finditer(text):
        yield re.sub(r"\D", "", match[0])
    for match in ISO_IN_TEXT.finditer(text):
        compact = match[0].replace(" ", "").upper()
        for end in range(len(compact), 4, -1):
            if iso11649.is_valid(compact[:end]):
                yield compact[:end]


def numbers_in_text(text, kind="reminder"):
    """The numbers of all references of ours in the label of a transfer: a set."""
    found = {reference_number(reference, kind) for reference in _candidates(text or "")}
    return found - {None}


def documents_in_text(text):
    """What in the label of a transfer may be the number or reference of a document.

    :return: set of texts as Odoo writes them: numbers as they stand there and in
        capitals, structured references with their separators
    """
    text = text or ""
    found = set()
    for number in NUMBER_IN_TEXT.findall(text):
        if re.search(r"\d", number):
            found |= {number, number.upper()}
    for compact in _candidates(text):
        if compact.startswith("RF"):
            found |= {compact, iso11649.format(compact)}
        else:
            found.add(f"+++{compact[:3]}/{compact[3:7]}/{compact[7:]}+++")
    return found


def format_account(number):
    """An account number in groups of four characters."""
    compact = re.sub(r"\s", "", number or "")
    return " ".join(compact[i : i + 4] for i in range(0, len(compact), 4))


def qr_png(payload, scale=4):
    """A QR code as a black-and-white PNG: about a kilobyte.

    Error correction M, as the guidelines for credit transfers ask. The mask is fixed:
    to look for the best of eight takes seven times as long, and readers do not mind.

    :return bytes: the image, with the quiet zone of four modules around it
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=4, mask_pattern=0)
    code.add_data(payload)
    code.make(fit=True)
    rows = b""
    for row in code.get_matrix():
        bits = "".join(("0" if dark else "1") * scale for dark in row)
        bits += "1" * (-len(bits) % 8)
        line = int(bits, 2).to_bytes(len(bits) // 8, "big")
        rows += (b"\0" + line) * scale
    size = len(code.get_matrix()) * scale

    def chunk(kind, data):
        crc = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", size, size, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )


def qr_url(payload):
    """The address under which Odoo draws the QR code of ``payload``."""
    query = {
        "barcode_type": "QR",
        "value": payload,
        "width": 240,
        "height": 240,
        "barLevel": "M",
    }
    return f"/report/barcode/?{urlencode(query)}"


def qr_url_payload(url):
    """The payload of an address made by :func:`qr_url`."""
    return parse_qs(urlsplit(url).query)["value"][0]


@lru_cache(maxsize=512)
def qr_data(payload):
    """The QR code as a picture that needs no address: for paper, and the debtor's page.

    A page is looked at several times with the same code.
    """
    return f"data:image/png;base64,{b64encode(qr_png(payload)).decode()}"


#: What num2words does not know of Switzerland's currency: one unit and several, and the
#: same of its hundredth.
SWISS_FORMS = {
    "en": (("Swiss franc", "Swiss francs"), ("centime", "centimes")),
    "fr": (("franc suisse", "francs suisses"), ("centime", "centimes")),
    "nl": (("Zwitserse frank", "Zwitserse frank"), ("centime", "centime")),
    "de": (("Schweizer Franken", "Schweizer Franken"), ("Rappen", "Rappen")),
}


def _converter(code, currency):
    """What writes numbers in a language, with the names of its currencies, or None."""
    converter = CONVERTER_CLASSES.get(code)
    swiss = SWISS_FORMS.get(code.split("_")[0])
    if converter and swiss and currency == "CHF":
        converter = copy(converter)
        converter.CURRENCY_FORMS = {**converter.CURRENCY_FORMS, currency: swiss}
    return converter


def amount_in_words(amount, currency, lang, decimals=2):
    """``amount`` in words, in the language or else in English.

    :param float amount: not negative
    :param str currency: ISO code of the currency
    :param str lang: code of a language, such as ``fr_BE``
    :param int decimals: decimal places of the currency
    """
    subunits = 10**decimals
    whole, rest = divmod(round(amount * subunits), subunits)
    for code in (lang, lang.split("_")[0], "en"):
        converter = _converter(code, currency)
        if not converter:
            continue
        try:
            # Some languages ignore a currency they do not know and write their own.
            forms = getattr(converter, "CURRENCY_FORMS", {}).get(currency)
            if forms and decimals == 2 and rest:
                return converter.to_currency(amount, currency=currency)
            words = converter.to_cardinal(whole)
            if forms and not rest:
                # French has the singular for nothing; others take it for one alone.
                count = 1 if not whole and code.startswith("fr") else whole
                return f"{words} {converter.pluralize(count, forms[0])}"
        except (NotImplementedError, ArithmeticError, LookupError, TypeError):
            continue
        figures = f" {rest:0{decimals}d}/{subunits}" if rest else ""
        return f"{words} {currency}{figures}"
    return ""

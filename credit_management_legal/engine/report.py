"""What a third party reports of a case: understood, or refused with the reason.

Nothing here trusts its argument. A report is a dictionary of plain values, as a form, a
file or a program sends it; it is read as a whole, and every problem is named with the
key that it concerns. Texts stay plain texts, whatever they look like.

============  ==============================================================
type          keys beside ``type``, ``date``, ``case`` and ``text``
============  ==============================================================
``status``    ``status``: one of :data:`STATUSES`
``cost``      ``amount``, ``currency``, ``what``, ``recoverable``
``payment``   ``amount``, ``currency``, ``received_by``, ``reference``
``visit``     ``present``, ``who``, ``observations``
``document``  ``name``, ``content``, ``document_kind``
``question``  the text is needed
``event``     ``kind``, ``in_person``
============  ==============================================================

Every type may bring ``documents``, a list of what ``document`` has.
"""

import base64
import binascii
import hashlib
import json
import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo.addons.credit_management.engine.files import SIGNATURES, safe_name
from odoo.addons.credit_management.engine.inputs import (
    BadInput,
    clean_text,
    parse_day,
)
from odoo.addons.credit_management.engine.solvency import POINTS

STATUSES = (
    "contacted",
    "not_reached",
    "promise",
    "dispute",
    "unknown_address",
    "insolvent",
    "in_court",
    "ended",
)
#: What still comes in once a case has been closed or withdrawn.
AFTER_END = ("payment", "cost", "document")
#: Days before the opening of a case on which something may have happened: a third party
#: may have begun before the file was entered.
DAYS_BEFORE = 7
#: Days ahead at which a hearing may be fixed. Nothing else lies in the future.
DAYS_AHEAD = 3 * 366
#: Events that have a type of their own, with more to tell.
OWN_TYPE = ("cost", "payment", "status", "visit", "document", "question")
RECEIVERS = ("party", "creditor")

MOST_TEXT = 5_000
MOST_NAME = 200
MOST_REFERENCE = 100
MOST_DOCUMENTS = 10
#: Of one document, in bytes.
MOST_BYTES = 10 * 1024 * 1024

#: What documents may be, by their first bytes: nothing that a browser would run, and
#: no office file with programs inside.
KINDS_OF_FILE = (
    *SIGNATURES,
    (b"II*\x00", "image/tiff", ".tif"),
    (b"MM\x00*", "image/tiff", ".tif"),
)
#: Before the decimal mark: more is no amount that anybody owes.
MOST_DIGITS = 12
_AMOUNT = re.compile(r"(-?)(\d{1,12})(?:[.,](\d{1,6}))?", re.ASCII)
_CODE = re.compile(r"[a-z][a-z0-9_]{0,40}", re.ASCII)
_BLANK = re.compile(r"\s+")


class Currency(NamedTuple):
    """The currency of a case: its code, and how many decimals it has."""

    code: str
    decimals: int


class Problem(NamedTuple):
    """Why a report is refused.

    ``key`` is that of the report, ``code`` says what is wrong with it, ``params`` what
    the sentence about it needs.
    """

    key: str
    code: str
    params: dict


class Document(NamedTuple):
    """A document that came with a report; ``name`` has the ending of its content."""

    name: str
    content: bytes
    mimetype: str
    kind: str


def check(report, today, currency, **terms):
    """What speaks against a report.

    :param report: from anybody
    :param date today: in the time zone of the creditor
    :param Currency currency: that of the case
    :param terms: see :class:`Reader`
    :return: list of :class:`Problem`; empty: it can be taken
    """
    return read(report, today, currency, **terms)[1]


def read(report, today, currency, **terms):
    """A report with its values understood.

    ``date`` becomes a day, ``amount`` a decimal, texts lose control characters,
    documents become :class:`Document`. Keys that are unknown are left out.

    :return: (values, list of :class:`Problem`)
    """
    if not isinstance(report, dict):
        return {}, [Problem("", "no_report", {})]
    reader = Reader(report, today, currency, **terms)
    reader.run()
    return reader.values, reader.problems


def digest(values):
    """A fingerprint of what a report says; documents count by their content.

    :param dict values: as :func:`read` returns them
    """

    def plain(value):
        if isinstance(value, Document):
            content = hashlib.sha256(value.content).hexdigest()
            return [value.name, content, value.kind]
        if isinstance(value, list | tuple):
            return [plain(each) for each in value]
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        return value.isoformat() if isinstance(value, date) else value

    text = json.dumps(
        {key: plain(value) for key, value in values.items()},
        sort_keys=True,
        ensure_ascii=True,
    )
    return hashlib.sha256(text.encode()).hexdigest()


class Reader:
    """Reads one report.

    :param date opened: day on which the case was opened, if there is one
    :param bool ended: whether the case has been closed or withdrawn
    :param kinds: kinds of events that there are
    """

    def __init__(self, report, today, currency, opened=None, ended=False, kinds=()):
        self.report = report
        self.today = today
        self.currency = currency
        self.opened = opened
        self.ended = ended
        self.kinds = kinds
        self.values = {}
        self.problems = []

    def run(self):
        kind = self.report.get("type")
        reader = getattr(self, f"_read_{kind}", None) if _is_code(kind) else None
        if not reader:
            self._problem("type", "unknown" if kind else "missing", value=shown(kind))
            return
        self.values["type"] = kind
        if self.ended and kind not in AFTER_END:
            self._problem("type", "ended")
        self._text("case", MOST_REFERENCE)
        self._text("text", MOST_TEXT, needed=kind == "question")
        reader()
        self._day()
        self._documents()

    # -- Types -------------------------------------------------------------

    def _read_status(self):
        self._choice("status", STATUSES)

    def _read_cost(self):
        self._amount()
        self._text("what", MOST_NAME, needed=True)
        self._flag("recoverable")

    def _read_payment(self):
        self._amount()
        self._choice("received_by", RECEIVERS)
        self._text("reference", MOST_REFERENCE)

    def _read_visit(self):
        self._flag("present", needed=True)
        self._text("who", MOST_NAME)
        seen = self.report.get("observations")
        if seen in (None, "", {}):
            return
        if not isinstance(seen, dict):
            self._problem("observations", "no_mapping")
            return
        for aspect, code in seen.items():
            known = POINTS.get(aspect) if isinstance(aspect, str) else None
            if not known or not isinstance(code, str) or code not in known:
                both = f"{shown(aspect)}: {shown(code)}"
                self._problem("observations", "unknown", value=both)
                return
        self.values["observations"] = dict(seen)

    def _read_document(self):
        found = self._document(self.report, "")
        self.values["documents"] = [found] if found else []

    def _read_question(self):
        """The text is all there is."""

    def _read_event(self):
        self._choice("kind", self.kinds)
        if self.values.get("kind") in OWN_TYPE:
            self._problem("kind", "own_type", value=self.values["kind"])
        self._flag("in_person")

    # -- Values ------------------------------------------------------------

    def _problem(self, key, code, **params):
        self.problems.append(Problem(key, code, params))

    def _day(self):
        value = self.report.get("date")
        if value in (None, ""):
            self._problem("date", "missing")
            return
        if not isinstance(value, date) or isinstance(value, datetime):
            try:
                value = parse_day(value)
            except BadInput:
                self._problem("date", "no_date", value=shown(value))
                return
        last = self.today
        if self.values.get("kind") == "hearing":
            last += timedelta(days=DAYS_AHEAD)
        if value > last:
            self._problem("date", "future", day=value, today=self.today)
        elif self.opened and value < self.opened - timedelta(days=DAYS_BEFORE):
            self._problem("date", "before", day=value, opened=self.opened)
        self.values["date"] = value

    def _text(self, key, most, needed=False):
        value = self.report.get(key)
        if value in (None, ""):
            text = ""
        else:
            try:
                # What is no text of any encoding can't be stored.
                value.encode()
                text = clean_text(value, most)
            except (AttributeError, UnicodeEncodeError):
                self._problem(key, "no_text")
                return
            except BadInput:
                self._problem(key, "too_long", limit=most)
                return
        if text:
            self.values[key] = text
        elif needed:
            self._problem(key, "missing")

    def _choice(self, key, choices):
        value = self.report.get(key)
        if value in (None, ""):
            self._problem(key, "missing")
        elif not isinstance(value, str) or value not in choices:
            self._problem(key, "unknown", value=shown(value))
        else:
            self.values[key] = value

    def _flag(self, key, needed=False):
        value = self.report.get(key)
        if value in (None, ""):
            if needed:
                self._problem(key, "missing")
        elif isinstance(value, bool):
            self.values[key] = value
        else:
            self._problem(key, "no_flag", value=shown(value))

    def _amount(self):
        code = self.report.get("currency")
        if code in (None, ""):
            self._problem("currency", "missing")
        elif code != self.currency.code:
            self._problem(
                "currency", "other", value=shown(code), currency=self.currency.code
            )
        else:
            self.values["currency"] = code
        value = self.report.get("amount")
        if value in (None, ""):
            self._problem("amount", "missing")
            return
        try:
            amount = parse_money(value)
        except BadInput:
            self._problem("amount", "no_number", value=shown(value))
            return
        if isinstance(value, str) and _may_be_thousands(value, self.currency.decimals):
            self._problem("amount", "no_number", value=shown(value))
        elif amount <= 0:
            self._problem("amount", "not_positive", value=shown(value))
        elif -amount.normalize().as_tuple().exponent > self.currency.decimals:
            self._problem(
                "amount",
                "decimals",
                value=shown(value),
                currency=self.currency.code,
                decimals=self.currency.decimals,
            )
        else:
            self.values["amount"] = amount

    def _documents(self):
        given = self.report.get("documents")
        if given in (None, "", []):
            return
        if not isinstance(given, list | tuple):
            self._problem("documents", "no_list")
            return
        if len(given) > MOST_DOCUMENTS:
            self._problem("documents", "too_many", limit=MOST_DOCUMENTS)
            return
        found = self.values.setdefault("documents", [])
        for place, one in enumerate(given, start=1):
            if not isinstance(one, dict):
                self._problem("documents", "no_mapping")
                return
            document = self._document(one, f"documents {place} ")
            if document:
                found.append(document)

    def _document(self, given, prefix):
        """A document, by what it holds and not by what it is called."""
        name = given.get("name")
        if not isinstance(name, str) or not name.strip():
            self._problem(f"{prefix}name", "missing")
            return None
        code = given.get("document_kind") or ""
        if code and not _is_code(code):
            self._problem(f"{prefix}document_kind", "unknown", value=shown(code))
            return None
        content, problem = _content(given.get("content"))
        if problem:
            self._problem(f"{prefix}content", problem, limit=MOST_BYTES // 1024**2)
            return None
        for start, mimetype, ending in KINDS_OF_FILE:
            if content.startswith(start):
                # What is no text of any encoding can't be stored.
                clean = name[:1000].encode(errors="replace").decode()
                return Document(safe_name(clean, ending), content, mimetype, code)
        self._problem(f"{prefix}content", "kind_of_file")
        return None


def _may_be_thousands(text, decimals):
    """Whether the mark in a text such as ``1.500`` may mean thousands."""
    match = _AMOUNT.fullmatch(text.strip())
    return bool(match) and len(match[3] or "") == 3 > decimals


def parse_money(value):
    """An amount as a program or a person writes it: a decimal, with its sign.

    Numbers count as they are written: 12.1 is twelve and a tenth.

    :raise BadInput: for anything else
    """
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise BadInput("amount")
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, int):
        value = Decimal(value) if abs(value) < 10**MOST_DIGITS else Decimal("NaN")
    if isinstance(value, Decimal):
        # Written out, an exponent of a million would fill the memory.
        sane = value.is_finite() and -30 < value.as_tuple().exponent <= MOST_DIGITS
        value = f"{value:f}" if sane else ""
    match = _AMOUNT.fullmatch(value.strip()[:40])
    if not match:
        raise BadInput("amount")
    return Decimal(f"{match[1]}{match[2]}.{match[3] or 0}")


def shown(value):
    """What of a value can be shown and stored, whatever it is."""
    if isinstance(value, int) and abs(value) > 10**80:
        value = "…"
    elif not isinstance(value, str | int | float | Decimal):
        value = "" if value is None else type(value).__name__
    text = str(value)[:80].encode(errors="replace").decode()
    return "".join(char if char.isprintable() else " " for char in text)


def _is_code(value):
    return isinstance(value, str) and bool(_CODE.fullmatch(value))


def _content(value):
    """(bytes, None), or (None, code of the problem)."""
    if isinstance(value, str):
        if len(value) > MOST_BYTES * 3 // 2:
            return None, "too_big"
        try:
            value = base64.b64decode(_BLANK.sub("", value), validate=True)
        except (binascii.Error, ValueError):
            return None, "no_base64"
    if not isinstance(value, bytes | bytearray) or not value:
        return None, "missing"
    if len(value) > MOST_BYTES:
        return None, "too_big"
    return bytes(value), None

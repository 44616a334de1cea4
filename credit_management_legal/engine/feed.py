"""Files of third parties, to rows; and rows back to a file of results.

JSON lines (one object a line), a JSON list, CSV or XLSX. What makes the file as a whole
unreadable is a :class:`FileProblem` of the core's reader; what spoils one row stays in
that row, which is refused by its number.
"""

import csv
import hashlib
import io
import ipaddress
import json
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from odoo.addons.credit_management.engine.solvency import POINTS
from odoo.addons.credit_management.ledger import FileProblem, formats, read_table
from odoo.addons.credit_management.ledger.columns import Columns
from odoo.addons.credit_management.ledger.reader import decode, harmless

from .report import MOST_BYTES, shown

#: Of a file, in bytes. Tables are held against the core's own limit as well.
MOST_FILE = 50 * 1024 * 1024
#: Of one line of JSON: documents in base64 are a third longer than they are.
MOST_LINE = MOST_BYTES * 3 // 2 + 100_000
MOST_ROWS = 250_000
MOST_ID = 100
#: What of a value is kept with the message.
MOST_KEPT = 2_000
MOST_DEPTH = 6
MOST_ITEMS = 50

#: Columns of a table; those of :data:`POINTS` are what was seen at a visit.
FIELDS = (
    "message_id",
    "type",
    "date",
    "case",
    "text",
    "status",
    "amount",
    "currency",
    "what",
    "recoverable",
    "received_by",
    "reference",
    "present",
    "who",
    *POINTS,
    "name",
    "content",
    "document_kind",
    "kind",
    "in_person",
)
COLUMNS = Columns(
    FIELDS,
    ("message_id", "type", "date", "case"),
    {
        "message_id": """message; message no; message nr; message number; id; number;
            numero; numero de message; no; n; nummer; berichtnummer; nachricht""",
        "type": "message type; type de message; soort; berichttype; art",
        "date": "day; on; le; date du; datum; dag",
        "case": """case reference; file; file number; your reference; dossier;
            numero de dossier; reference dossier; votre reference; dossiernummer;
            uw referentie; akte; aktenzeichen""",
        "text": """note; comment; remark; remarks; texte; commentaire; remarque; tekst;
            opmerking; opmerkingen; bemerkung""",
        "status": "state; statut; etat; avancement; staat; toestand",
        "amount": "montant; bedrag; betrag; somme",
        "currency": "devise; monnaie; munt; valuta; wahrung",
        "what": "description; libelle; objet; nature; omschrijving; bezeichnung",
        "recoverable": "recuperable; a charge du debiteur; verhaalbaar",
        "received_by": "receiver; received; recu par; ontvangen door",
        "reference": "payment reference; communication; ref; referentie; mededeling",
        "present": "debtor present; debiteur present; aanwezig; schuldenaar aanwezig",
        "who": "met; person met; personne rencontree; rencontre; ontmoet",
        "name": "file name; document; nom du fichier; bestandsnaam",
        "content": "base64; contenu; inhoud",
        "document_kind": "kind of document; type de document; soort document",
        "kind": "kind of event; event; evenement; gebeurtenis",
        "in_person": "a personne; en personne; aan persoon; persoonlijk",
    },
)
FLAGS = ("recoverable", "present", "in_person")
CODES = ("type", "status", "received_by", "kind", *POINTS)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?$", re.ASCII)


@dataclass
class Row:
    """One row of a file.

    ``report`` is None where it could not be read; ``problem`` is then the code of the
    reason. ``key`` tells the row from all others of the feed, whatever it holds.
    """

    number: int
    message_id: str = ""
    report: Any = None
    problem: str = ""
    key: str = ""
    kept: dict = field(default_factory=dict)


def read_rows(data, filename=""):
    """The rows of a file.

    :param bytes data: its content
    :param str filename: its name, of which only the ending counts
    :return: list of :class:`Row`
    :raise FileProblem: if the file as a whole can't be used
    """
    if len(data) > MOST_FILE:
        size, limit = len(data) // 2**20, MOST_FILE // 2**20
        raise FileProblem("too_big", size=size, limit=limit)
    if not data.strip(b"\x00 \t\r\n"):
        raise FileProblem("empty")
    first = data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first in (b"{", b"[") or filename.lower().endswith((".jsonl", ".json")):
        rows = _json_rows(data)
    else:
        rows = _table_rows(data, filename)
    if not rows:
        raise FileProblem("no_rows")
    return rows


def make_row(number, value):
    """A row of a value that a program sent.

    :param value: of any type
    """
    row = Row(number, kept=storable(value))
    if not isinstance(value, dict):
        row.problem = "no_report"
    else:
        row.report = value
        row.message_id, row.problem = _message_id(value.get("message_id"))
    # Without a number of its own a row is known by what it holds.
    row.key = row.message_id or f"#{fingerprint(row.kept)}"
    return row


def fingerprint(value):
    """A short digest of plain values."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _message_id(value):
    if isinstance(value, int) and not isinstance(value, bool):
        value = shown(value)
    if value in (None, ""):
        return "", "no_id"
    if not isinstance(value, str) or len(value) > MOST_ID or not value.isprintable():
        return "", "bad_id"
    # Numbers that begin with it are ours, for rows without one.
    return (value, "") if value.strip() and value[0] != "#" else ("", "bad_id")


def storable(value, depth=0):
    """What of a value is kept with the message: plain, short, without documents."""
    if isinstance(value, dict) and depth < MOST_DEPTH:
        kept = {}
        for name, each in list(value.items())[:MOST_ITEMS]:
            if name == "content" and each:
                kept["content"] = _weight(each)
            else:
                kept[_plain(name)[:100]] = storable(each, depth + 1)
        return kept
    if isinstance(value, list | tuple) and depth < MOST_DEPTH:
        return [storable(each, depth + 1) for each in value[:MOST_ITEMS]]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _plain(value)
    return value.isoformat() if hasattr(value, "isoformat") else shown(value)


def _weight(content):
    """What is kept of a document: its size as it came, and its digest."""
    if not isinstance(content, str | bytes):
        return shown(content)
    data = content if isinstance(content, bytes) else content.encode(errors="replace")
    return f"{len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}"


def _plain(text):
    """Text that a database can hold; a long one is told apart by its digest."""
    text = str(text)
    if len(text) > MOST_KEPT:
        digest = hashlib.sha256(text.encode(errors="replace")).hexdigest()
        text = f"{text[:MOST_KEPT]}… sha256 {digest}"
    return text.replace("\x00", " ").encode(errors="replace").decode()


# ------------------------------------------------------------------
# JSON
# ------------------------------------------------------------------


def _json_rows(data):
    text, _encoding = decode(data)
    text = text.removeprefix("\ufeff")
    if text.lstrip()[:1] == "[":
        try:
            values = parse_json(text)
        except ValueError:
            raise FileProblem("json") from None
        _check_count(values)
        return [make_row(number, value) for number, value in enumerate(values, start=1)]
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        _check_count(rows)
        rows.append(_json_row(number, line))
    return rows


def _check_count(rows):
    if len(rows) >= MOST_ROWS:
        raise FileProblem("too_many_rows", limit=MOST_ROWS)


def _json_row(number, line):
    problem = ""
    if len(line) > MOST_LINE:
        problem = "line_too_long"
    else:
        try:
            return make_row(number, parse_json(line))
        except ValueError:
            problem = "no_json"
    kept = {"line": _plain(line.strip())}
    digest = hashlib.sha256(line.encode(errors="replace")).hexdigest()[:32]
    return Row(number, problem=problem, key=f"#{digest}", kept=kept)


def parse_json(text):
    """JSON with exact decimals.

    :raise ValueError: if it is none, nests without end, holds what is no number, or
        says one thing twice
    """
    try:
        return json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_once,
        )
    except RecursionError:
        raise ValueError("nested") from None


def _no_constant(name):
    raise ValueError(name)


def _once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("twice")
    return found


# ------------------------------------------------------------------
# Tables
# ------------------------------------------------------------------


def _table_rows(data, filename):
    table = read_table(data, filename, COLUMNS)
    mapping, _ignored, missing, twice = COLUMNS.find(table.header)
    if missing:
        raise FileProblem("missing_columns", fields=missing, header=table.header)
    if twice:
        raise FileProblem("column_twice", fields=twice)

    def column(name):
        index = mapping.get(name)
        if index is None:
            return []
        return [cells[index] for _number, cells in table.rows if index < len(cells)]

    order = formats.day_order(column("date")) or "dmy"
    sign = formats.decimal_sign(column("amount"))
    return [
        make_row(number, _cells_to_report(cells, mapping, order, sign))
        for number, cells in table.rows
    ]


def _cells_to_report(cells, mapping, order, sign):
    """The report of a row; what can't be read stays as it is, and is refused later."""
    report, seen = {}, {}
    for name, index in mapping.items():
        value = _cell(cells[index] if index < len(cells) else "")
        if value == "":
            continue
        if name == "date":
            value = _parsed(formats.parse_date, value, order=order)
        elif name == "amount":
            value = _parsed(formats.parse_amount, value, sign=sign)
        elif name in FLAGS:
            value = _parsed(formats.parse_yes, value)
        elif not isinstance(value, str):
            value = f"{value:g}" if isinstance(value, float) else str(value)
        if name in CODES and isinstance(value, str):
            value = value.strip().casefold().replace(" ", "_")
        (seen if name in POINTS else report)[name] = value
    if seen:
        report["observations"] = seen
    return report


def _cell(value):
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        # Workbooks know numbers only.
        return int(value)
    return value.strip() if isinstance(value, str) else value


def _parsed(parser, value, **options):
    try:
        return parser(value, **options)
    except formats.FormatError:
        return value if isinstance(value, str) else str(value)


# ------------------------------------------------------------------
# Results
# ------------------------------------------------------------------

RESULT_HEADER = ("row", "message_id", "case", "type", "state", "reason")


def results_csv(results):
    """The file of results for the third party.

    :param results: tuples as :data:`RESULT_HEADER`; the row of a whole file is 0
    :return bytes: CSV that a spreadsheet opens, and takes no cell of for a formula
    """
    output = io.StringIO()
    writer = csv.writer(output, delimiter=";")
    writer.writerow(RESULT_HEADER)
    for cells in results:
        writer.writerow([_safe(cell) for cell in cells])
    return output.getvalue().encode("utf-8-sig", errors="replace")


def _safe(cell):
    """A cell that no spreadsheet takes for a formula, in one line."""
    text = " ".join(str("" if cell is None or cell is False else cell).split())
    if text[:1] in ("+", "-") and _NUMBER.match(text):
        return text
    text = harmless(text)
    return f"'{text}" if text[:1] in ("+", "-", "\t", "\r", "|", "%") else text


# ------------------------------------------------------------------
# Addresses
# ------------------------------------------------------------------


def url_problem(url, trusted=()):
    """Why an address of a third party can't be used, or nothing.

    Plain HTTP and addresses inside our own network are for hosts that an administrator
    trusts: whoever sets up a feed does not thereby look around there.

    :param trusted: host names
    :return str: ``no_url``, ``no_https``, ``inside`` or empty
    """
    try:
        parts = urlsplit(url or "")
        host = parts.hostname or ""
        _port = parts.port
    except ValueError:
        return "no_url"
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return "no_url"
    if parts.query or parts.fragment or not url.isprintable() or " " in url:
        return "no_url"
    if host in trusted:
        return ""
    if parts.scheme != "https":
        return "no_https"
    return "inside" if is_inside(host) else ""


def is_inside(host):
    """Whether a host name or an IP address is one of our own network.

    :param str host: as it stands in an address, or as a name server gives it
    """
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local"))

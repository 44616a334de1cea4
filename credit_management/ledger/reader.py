"""From the bytes of a CSV or XLSX file to rows of cells.

Everything that makes the file as a whole unreadable is a :class:`FileProblem`. What
spoils one row only (bytes that are no text, a cell of a megabyte) stays in that row,
for the row to be listed with its number.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field

from .columns import LEDGER

MAX_BYTES = 40 * 1024 * 1024
MAX_ROWS = 250_000
MAX_COLUMNS = 100
MAX_CELL = 2_000
#: What a workbook may grow to when unpacked. Real ones shrink to a tenth; those made to
#: fill the memory of a server shrink to a thousandth.
MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 150
#: Rows above the header: a title, a date, a blank line.
MAX_PREAMBLE = 10
#: Blank rows in a row after which a sheet is over, whatever it says about its size.
MAX_BLANK = 5_000

_ESCAPED = re.compile(r"[\udc80-\udcff]")
_QUOTED_FORMULA = re.compile(r'="([^"]*)"$')


class FileProblem(ValueError):
    """The file cannot be read; ``code`` and ``params`` say why."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass
class Table:
    """A header and the rows below it.

    ``rows`` are ``(number, cells)``; the number is that of the row in a spreadsheet.
    Cells are text, or numbers, dates and booleans from a workbook.
    """

    kind: str
    header: list
    header_row: int
    rows: list = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""


def read_table(data, filename="", columns=LEDGER):
    """Read a file.

    :param bytes data: its content
    :param filename: its name, of which only the extension counts, and only if the
        content does not say what it is
    :param Columns columns: the columns that a header is found by
    :raises FileProblem: if there is no table to be found in it
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise FileProblem("empty")
    if len(data) > MAX_BYTES:
        raise FileProblem("too_big", size=len(data) // 2**20, limit=MAX_BYTES // 2**20)
    if data[:4] == b"PK\x03\x04":
        return _read_workbook(data, columns)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise FileProblem("old_excel")
    if data[:5] == b"%PDF-" or data[:3] == b"\x1f\x8b\x08":
        raise FileProblem("not_a_table", filename=filename or "")
    return _read_text(data, columns)


def read_columns(data, filename, columns, either=()):
    """Read a file of which every column that is needed has to be there, once.

    :param bytes data: its content
    :param filename: its name
    :param Columns columns: the columns that a header is found by
    :param either: fields of which one has to be there; where none is, the first is
        called missing
    :return: (table, {field: index of its column}, names of columns nobody asked for)
    :raises FileProblem: if the file as a whole can't be used
    """
    table = read_table(data, filename, columns)
    mapping, ignored, missing, twice = columns.find(table.header)
    if either and not any(name in mapping for name in either):
        missing.append(either[0])
    if missing:
        raise FileProblem("missing_columns", fields=missing, header=table.header)
    if twice:
        raise FileProblem("column_twice", fields=twice)
    if not table.rows:
        raise FileProblem("no_rows")
    return table, mapping, ignored


def has_bad_bytes(value):
    """Whether a cell holds bytes that are no text in the file's encoding."""
    return isinstance(value, str) and bool(_ESCAPED.search(value))


# ------------------------------------------------------------------
# CSV
# ------------------------------------------------------------------


def decode(data):
    """The text of a file, and its encoding.

    Bytes that do not fit are kept as lone surrogates, so that only their row is bad.
    """
    encoding = _marked_encoding(data) or _guess_encoding(data)
    if encoding.startswith("utf-16"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError as error:
            before = data[: error.start].decode(encoding, errors="replace")
            raise FileProblem(
                "encoding", line=before.count("\n") + 1, encoding="UTF-16"
            ) from None
    return data.decode(encoding, errors="surrogateescape"), encoding


def _marked_encoding(data):
    """The encoding that the first bytes tell, or the zeros between the letters."""
    if data.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    sample = data[:4000]
    if sample[1::2].count(0) > len(sample) // 3:
        return "utf-16-le"
    if sample[::2].count(0) > len(sample) // 3:
        return "utf-16-be"
    return None


def _guess_encoding(data):
    """UTF-8, unless more of it is broken than whole: then the one of Windows."""
    text = data.decode("utf-8", errors="surrogateescape")
    broken = len(_ESCAPED.findall(text))
    if not broken:
        return "utf-8"
    whole = len(text) - len(re.sub(r"[^\x00-\x7f]", "", text)) - broken
    return "utf-8" if whole >= broken else "cp1252"


def _read_text(data, columns):
    text, encoding = decode(data)
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise FileProblem("nul", line=line)
    skipped = 0
    if match := re.match(r"\ufeff?sep=(.)\r?\n", text):
        # Excel writes and hides this first line.
        delimiter, text, skipped = match[1], text[match.end() :], 1
    else:
        delimiter = _sniff(text, columns)
    table = None
    seen = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = skipped
    try:
        for cells in reader:
            number += 1
            if not any(cell and not cell.isspace() for cell in cells):
                continue
            if table is None:
                seen.append((number, cells))
                if len(seen) <= MAX_PREAMBLE and columns.recognized(cells) < 3:
                    continue
                table = _start("csv", seen, columns)
                table.encoding, table.delimiter = encoding, delimiter
                continue
            _add(table, number, [_unwrap(cell) for cell in cells])
    except csv.Error as error:
        raise FileProblem(
            "csv", line=reader.line_num + skipped, error=str(error)
        ) from None
    if table is None:
        table = _without_header("csv", seen, columns)
        table.encoding, table.delimiter = encoding, delimiter
    return table


def _unwrap(cell):
    """``="00123"`` is how people keep Excel from eating the zeros."""
    if cell.startswith('="') and (match := _QUOTED_FORMULA.match(cell)):
        return match[1]
    return cell


def _sniff(text, columns):
    """The delimiter that gives the most known column names, then the most columns."""
    sample = text[:50_000]

    def score(delimiter):
        best = (0, 0)
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        try:
            for cells, __ in zip(reader, range(MAX_PREAMBLE), strict=False):
                best = max(best, (columns.recognized(cells), len(cells)))
        except csv.Error:
            return best
        return best

    return max((",", ";", "\t", "|"), key=score)


# ------------------------------------------------------------------
# XLSX
# ------------------------------------------------------------------


def _read_workbook(data, columns):
    table = None
    seen = []
    blank = 0
    for number, cells in enumerate(_sheet_rows(data, values=True), start=1):
        if all(cell is None or cell == "" for cell in cells):
            blank += 1
            if blank > MAX_BLANK:
                break
            continue
        blank = 0
        cells = list(cells)
        if table is None:
            seen.append((number, cells))
            if len(seen) <= MAX_PREAMBLE and columns.recognized(cells) < 3:
                continue
            table = _start("xlsx", seen, columns)
            continue
        _add(table, number, cells)
    if table is None:
        table = _without_header("xlsx", seen, columns)
    return table


def formula_rows(data, numbers):
    """Rows of a workbook, among ``numbers``, with a formula that has no stored value.

    A formula is as good as its last result, but a program that writes a workbook may
    leave none: such cells read as empty, and "empty" would not help anybody.
    """
    wanted, found = set(numbers), set()
    last = max(wanted, default=0)
    for number, cells in enumerate(_sheet_rows(data, values=False), start=1):
        if number > last:
            break
        if number in wanted and any(
            isinstance(cell, str) and cell.startswith("=") for cell in cells
        ):
            found.add(number)
    return found


def _sheet_rows(data, values):
    """The cells of the first sheet, row by row."""
    # The library is slow to load and most imports are CSV files.
    from openpyxl import load_workbook  # noqa: PLC0415

    _check_archive(data)
    try:
        book = load_workbook(
            io.BytesIO(data), read_only=True, data_only=values, keep_links=False
        )
        sheet = book.worksheets[0]
        # What a sheet claims about its size may be wrong, in both directions.
        sheet.reset_dimensions()
        yield from sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS)
    except FileProblem:
        raise
    except Exception as error:
        # Broken archives and sheets fail in any way that zip and XML can.
        raise FileProblem("xlsx", error=str(error)[:200]) from error


def _check_archive(data):
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            if "xl/workbook.xml" not in names:
                raise FileProblem("not_a_table", filename="")
            unpacked = sum(member.file_size for member in members)
            packed = max(sum(member.compress_size for member in members), 1)
            if unpacked > MAX_UNPACKED or (
                unpacked > 20 * 2**20 and unpacked / packed > MAX_RATIO
            ):
                raise FileProblem("bomb", size=unpacked // 2**20)
            if len(members) > 5_000:
                raise FileProblem("bomb", size=unpacked // 2**20)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as stream:
                        # Spreadsheets declare no document types; entities that
                        # unfold without end do.
                        if b"<!DOCTYPE" in stream.read(1024).upper():
                            raise FileProblem("xlsx", error="DOCTYPE")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as error:
        raise FileProblem("xlsx", error=str(error)[:200]) from None


# ------------------------------------------------------------------
# Both
# ------------------------------------------------------------------


def _start(kind, seen, columns):
    """The header is found, or the first row is taken for one: its names will tell."""
    number, cells = seen[-1]
    if columns.recognized(cells) < 3:
        return _without_header(kind, seen, columns)
    if any(has_bad_bytes(cell) for cell in cells):
        raise FileProblem("encoding", line=number, encoding="UTF-8")
    return Table(kind, [_name(cell) for cell in cells[:MAX_COLUMNS]], number)


def _without_header(kind, seen, columns):
    if not seen:
        raise FileProblem("empty")
    number, cells = max(seen, key=lambda row: (columns.recognized(row[1]), -row[0]))
    table = Table(kind, [_name(cell) for cell in cells[:MAX_COLUMNS]], number)
    table.rows = [row for row in seen if row[0] > number]
    return table


def _name(cell):
    text = " ".join(str("" if cell is None else cell).split())[:100]
    return "".join(char if char.isprintable() else "?" for char in text)


def _add(table, number, cells):
    if len(table.rows) >= MAX_ROWS:
        raise FileProblem("too_many_rows", limit=MAX_ROWS)
    table.rows.append((number, cells))


def harmless(cell):
    """A cell that a spreadsheet will not take for a formula."""
    text = "" if cell is None else str(cell)
    if text[:1] in ("=", "@") or (text[:1] in ("+", "-") and not text[1:2].isdigit()):
        return f"'{text}"
    return text

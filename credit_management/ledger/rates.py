"""Rates of interest from a file: cells → rows, or the reasons why not."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from . import formats
from .checker import check_cell
from .columns import Columns
from .reader import has_bad_bytes, read_columns
from .rows import Problem

COLUMNS = Columns(
    ("series", "valid_from", "valid_to", "rate", "source", "confidence"),
    ("series", "valid_from", "rate"),
    {
        "series": """code; series code; rate code; serie; code serie; code de la serie;
            reeks; reekscode""",
        "valid_from": """from; from date; valid since; since; start; start date; date;
            a partir du; du; depuis; date debut; date de debut; date d effet; vanaf;
            geldig vanaf; datum; begindatum""",
        "valid_to": """until; to; to date; valid until; end; end date; jusqu au; au;
            date fin; date de fin; tot; geldig tot; einddatum""",
        "rate": """rate percent; percent; per cent; value; interest rate; taux;
            taux en pour cent; valeur; rente; rentevoet; percentage; waarde""",
        "source": "published; origine; bron",
        "confidence": "certainty; fiabilite; betrouwbaarheid",
    },
)
CONFIDENCE = ("high", "medium", "low")
#: Rates by law are older than invoices: Swiss default interest dates from 1912.
EARLIEST = date(1900, 1, 1)


@dataclass
class RateRow:
    """A row of the file. ``percent`` is per cent a year, ``problems`` why it is bad."""

    number: int
    series: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    percent: Decimal | None = None
    source: str = ""
    confidence: str = ""
    problems: list[Problem] = field(default_factory=list)


def check_rates(data, filename):
    """Read a file of rates and check each of its rows by itself.

    :param bytes data: its content
    :param filename: its name
    :return: (list of :class:`RateRow`, gaps); gaps are (series, first day, last day)
        that the file leaves out between two rows, by the days it says they end on
    :raises FileProblem: if the file as a whole can't be used
    """
    table, mapping, _ignored = read_columns(data, filename, COLUMNS)
    reader = _Reader(table, mapping)
    rows = [reader.row(number, cells) for number, cells in table.rows]
    return rows, _compare(rows)


class _Reader:
    """Reads rows by what the columns as a whole show."""

    def __init__(self, table, mapping):
        self.mapping = mapping
        days = [*self._column(table, "valid_from"), *self._column(table, "valid_to")]
        self.order = formats.day_order(days) or "dmy"
        rates = [_bare(value) for value in self._column(table, "rate")]
        # A rate has no thousands: a lone sign is that of the decimals.
        texts = [value for value in rates if isinstance(value, str)]
        comma = any("," in text for text in texts)
        dot = any("." in text for text in texts)
        sign = "," if comma and not dot else "."
        self.sign = formats.decimal_sign(rates) or sign

    def _column(self, table, name):
        index = self.mapping.get(name)
        if index is None:
            return []
        return [cells[index] for __, cells in table.rows if index < len(cells)]

    def row(self, number, cells):
        row = RateRow(number)
        raw = {
            name: cells[index] if index < len(cells) else ""
            for name, index in self.mapping.items()
        }
        for name, value in raw.items():
            check_cell(name, value, row.problems)
        row.series = _text(raw["series"])
        if row.problems:
            # What can't be read is not shown either.
            bad = has_bad_bytes(row.series) or not row.series.isprintable()
            row.series = "" if bad else row.series[:40]
            return row
        row.source = _text(raw.get("source"))
        row.confidence = _text(raw.get("confidence")).lower()
        if row.confidence and row.confidence not in CONFIDENCE:
            problem = {"value": row.confidence[:40]}
            row.problems.append(Problem("confidence", "confidence", problem))
        row.valid_from = self._day("valid_from", raw, row)
        row.valid_to = self._day("valid_to", raw, row)
        row.percent = self._percent(raw["rate"], row)
        for name, value in (
            ("series", row.series),
            ("valid_from", _text(raw["valid_from"])),
            ("rate", _text(raw["rate"])),
        ):
            if not value:
                row.problems.append(Problem(name, "missing", {}))
        if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
            row.problems.append(Problem("valid_to", "ends_before", {}))
        return row

    def _day(self, name, raw, row):
        value = raw.get(name)
        try:
            return formats.parse_date(value, self.order, EARLIEST)
        except formats.FormatError as error:
            problem = {"value": _text(value)[:40]}
            row.problems.append(Problem(name, error.code, problem))
            return None

    def _percent(self, value, row):
        try:
            return formats.parse_amount(_bare(value), self.sign)
        except formats.FormatError as error:
            problem = {"value": _text(value)[:40]}
            row.problems.append(Problem("rate", error.code, problem))
            return None


def _compare(rows):
    """Mark the rows that come twice or overlap; return what lies between others."""
    gaps, first, by_series = [], {}, {}
    for row in rows:
        if not row.valid_from:
            continue
        there = first.setdefault((row.series, row.valid_from), row)
        if there is not row:
            row.problems.append(Problem("valid_from", "twice", {"row": there.number}))
        else:
            by_series.setdefault(row.series, []).append(row)
    for series, found in by_series.items():
        for row, following in pairwise(sorted(found, key=lambda r: r.valid_from)):
            if not row.valid_to:
                continue
            if row.valid_to >= following.valid_from:
                later, other = sorted((row, following), key=lambda r: -r.number)
                later.problems.append(
                    Problem("valid_from", "overlap", {"row": other.number})
                )
            elif row.valid_to + timedelta(days=1) < following.valid_from:
                start = row.valid_to + timedelta(days=1)
                end = following.valid_from - timedelta(days=1)
                gaps.append((series, start, end))
    return gaps


def _text(value):
    return "" if value is None else str(value).strip()


def _bare(value):
    """A rate without its sign for per cent."""
    return value.replace("%", "").strip() if isinstance(value, str) else value

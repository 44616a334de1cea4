"""The plain values that a ledger is made of."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from .reader import Table

DATE_FIELDS = ("invoice_date", "due_date", "payment_date", "reminded_on")


class Problem(NamedTuple):
    """Why a row is refused: the field, a code, and what the message needs."""

    field: str
    code: str
    params: dict


class Currency(NamedTuple):
    """A currency of the database."""

    code: str
    decimals: int
    active: bool


@dataclass(frozen=True)
class References:
    """What the rows are checked against.

    Keys of ``currencies`` are upper-case codes; of ``countries`` and ``languages``
    anything people may write, case-folded (codes and names). A language without an
    active equivalent maps to ``None``. ``variants`` holds the codes of active languages
    by the language and the country: {("nl", "BE"): "nl_BE"}. ``steps`` holds
    case-folded names of steps, ``max_step`` the number of steps of the longest policy.
    """

    currencies: dict
    default_currency: str
    countries: dict = field(default_factory=dict)
    languages: dict = field(default_factory=dict)
    variants: dict = field(default_factory=dict)
    #: Code of the company's country: most debtors speak as it does.
    country: str = ""
    steps: frozenset = frozenset()
    max_step: int = 0
    date: date = date.max
    #: Leave out what came after ``date``, instead of refusing it.
    cut_off: bool = False
    #: Domain of the made-up addresses of customers without one: for demonstrations.
    email_domain: str = ""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One open item. A negative ``amount`` is a credit note."""

    number: int
    customer: str
    customer_ref: str
    email: str
    lang: str
    country: str
    vat: str
    invoice: str
    invoice_date: date
    due_date: date
    amount: Decimal
    currency: str
    paid: Decimal
    payment_date: date | None
    disputed: bool
    step: str
    #: What it is for: some laws want it in a reminder.
    description: str = ""
    #: When the last reminder was sent. ``None``: nobody knows.
    reminded_on: date | None = None

    def to_json(self):
        """The row as JSON can hold it."""
        values = asdict(self)
        for name in DATE_FIELDS:
            values[name] = values[name] and values[name].isoformat()
        return values | {"amount": str(self.amount), "paid": str(self.paid)}

    @classmethod
    def from_json(cls, values):
        """The reverse of :meth:`to_json`."""
        dates = {
            name: date.fromisoformat(values[name])
            for name in DATE_FIELDS
            if values.get(name)
        }
        amounts = {name: Decimal(values[name]) for name in ("amount", "paid")}
        return cls(**{**values, **dates, **amounts})


class CheckedRow(NamedTuple):
    """What became of one row of the file. ``row`` is ``None`` if it is bad."""

    number: int
    customer: str
    invoice: str
    row: LedgerRow | None
    problems: list
    later: bool


@dataclass
class Ledger:
    """A file that was read and checked."""

    table: Table
    mapping: dict
    ignored: list
    rows: list
    #: What comes first in its dates, and whether that is a guess.
    date_order: str
    date_doubt: bool
    #: Empty if the amounts do not show it, and whether that leaves a guess.
    decimal_sign: str
    amount_doubt: bool
    #: (field, value) → how many rows have a value that was passed over.
    warnings: Counter

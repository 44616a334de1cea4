"""Read a ledger of open items from a file, without the ORM.

``reader``   bytes → rows of cells
``columns``  names of columns → fields
``formats``  text → dates, amounts, yes or no
``identity`` e-mail addresses, VAT numbers, countries
``checker``  cells → :class:`LedgerRow`, or the reasons why not
``rows``     the plain values that all of this is about
``rates``    the same for rates of interest
``returns``  the same for what became of letters
"""

from .checker import check_ledger
from .rates import RateRow, check_rates
from .reader import FileProblem, harmless, read_columns, read_table
from .returns import ReturnRow, check_returns
from .rows import (
    CheckedRow,
    Currency,
    Ledger,
    LedgerRow,
    Problem,
    References,
)

__all__ = [
    "CheckedRow",
    "Currency",
    "FileProblem",
    "Ledger",
    "LedgerRow",
    "Problem",
    "RateRow",
    "References",
    "ReturnRow",
    "check_ledger",
    "check_rates",
    "check_returns",
    "harmless",
    "read_columns",
    "read_table",
]

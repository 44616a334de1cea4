"""A third party's statement as a file: cells → rows, or why not."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from odoo.addons.credit_management.ledger import formats, read_columns
from odoo.addons.credit_management.ledger.checker import check_cell
from odoo.addons.credit_management.ledger.columns import Columns
from odoo.addons.credit_management.ledger.rows import Problem

AMOUNTS = ("collected", "fee", "tax", "remitted")
COLUMNS = Columns(
    ("case", "date", "reference", *AMOUNTS),
    ("case", "date", "collected"),
    {
        "case": """our reference; file; your reference; client reference; dossier;
            votre reference; ref client; reference client; n dossier; numero de dossier;
            uw referentie; uw kenmerk; klantreferentie; dossiernummer; aktenzeichen""",
        "date": """day; payment date; paid on; date de paiement; date paiement;
            date d encaissement; date encaissement; le; datum; betaaldatum;
            datum betaling; betaald op; zahlungsdatum""",
        "reference": """payment; payment reference; receipt; ref; reference paiement;
            reference du paiement; quittance; recu; betalingsreferentie; referentie;
            kwitantie""",
        "collected": """amount; amount collected; paid; received; montant; encaisse;
            montant encaisse; recouvre; montant recouvre; percu; bedrag; geind;
            geind bedrag; ontvangen; ontvangen bedrag; betrag""",
        "fee": """fees; commission; honoraires; frais; honoraires ht; commission ht;
            honorarium; ereloon; commissie; kosten; honorar""",
        "tax": """vat; tva; montant tva; btw; btw bedrag; mwst; ust""",
        "remitted": """net; paid over; to you; reverse; net reverse; a reverser;
            montant reverse; solde; netto; doorgestort; over te maken; uitbetaald""",
    },
)


@dataclass
class StatementRow:
    """A payment that the third party reports in its statement.

    Amounts are Decimals in major units; None where the file is silent. ``problems`` say
    why a row is bad.
    """

    number: int
    case: str = ""
    day: date | None = None
    reference: str = ""
    collected: Decimal | None = None
    fee: Decimal | None = None
    tax: Decimal | None = None
    remitted: Decimal | None = None
    problems: list[Problem] = field(default_factory=list)


def check_statement(data, filename, decimals=2):
    """Read a statement and check each of its rows by itself.

    :param bytes data: its content
    :param str filename: its name
    :param int decimals: decimal places of the currency
    :return: list of :class:`StatementRow`
    :raises FileProblem: if the file as a whole can't be used
    """
    table, mapping, _ignored = read_columns(data, filename, COLUMNS)

    def column(name):
        index = mapping[name]
        return [cells[index] for __, cells in table.rows if index < len(cells)]

    order = formats.day_order(column("date")) or "dmy"
    signs = {
        name: formats.decimal_sign(column(name)) for name in AMOUNTS if name in mapping
    }
    # Where one column does not show it, the others of the file do.
    known = {sign for sign in signs.values() if sign}
    sign = known.pop() if len(known) == 1 else None
    signs = {name: own or sign for name, own in signs.items()}
    return [
        _row(number, cells, mapping, order, signs, decimals)
        for number, cells in table.rows
    ]


def _row(number, cells, mapping, order, signs, decimals):
    row = StatementRow(number)
    raw = {
        name: cells[index] if index < len(cells) else ""
        for name, index in mapping.items()
    }
    for name, value in raw.items():
        check_cell(name, value, row.problems)
    if row.problems:
        return row
    row.case = _text(raw["case"])[:64]
    row.reference = _text(raw.get("reference"))[:64]
    try:
        row.day = formats.parse_date(raw["date"], order)
    except formats.FormatError as error:
        shown = {"value": _text(raw["date"])[:40]}
        row.problems.append(Problem("date", error.code, shown))
    for name, sign in signs.items():
        try:
            amount = formats.parse_amount(raw[name], sign)
        except formats.FormatError as error:
            shown = {"value": _text(raw[name])[:40]}
            row.problems.append(Problem(name, error.code, shown))
            continue
        if amount is not None and amount != round(amount, decimals):
            shown = {"value": _text(raw[name])[:40]}
            row.problems.append(Problem(name, "number", shown))
        setattr(row, name, amount)
    bad = {problem.field for problem in row.problems}
    for name, value in (
        ("case", row.case),
        ("date", row.day),
        ("collected", row.collected is not None),
    ):
        if not value and name not in bad:
            row.problems.append(Problem(name, "missing", {}))
    return row


def _text(value):
    if isinstance(value, float) and value.is_integer():
        # Workbooks know numbers only.
        value = int(value)
    return "" if value is None else " ".join(str(value).split())

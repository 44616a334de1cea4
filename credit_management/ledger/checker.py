"""Check the rows of a ledger and turn the good ones into plain values."""

import re
from collections import Counter
from decimal import Decimal
from functools import partial

from . import columns, formats, identity
from .reader import MAX_CELL, formula_rows, has_bad_bytes, read_columns
from .rows import DATE_FIELDS, CheckedRow, Ledger, LedgerRow, Problem

AMOUNT_FIELDS = ("amount", "paid_amount")
MAX_LENGTH = {
    "customer": 200,
    "customer_ref": 100,
    "invoice": 64,
    "step": 100,
    "description": 200,
}
_MARKUP = re.compile(r"<[A-Za-z/!?]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


def check_ledger(data, filename, references):
    """Read a file and check each of its rows.

    :param bytes data: content of the file
    :param filename: its name
    :param References references: what is known of the database
    :rtype: Ledger
    :raises FileProblem: if the file as a whole cannot be used
    """
    table, mapping, ignored = read_columns(data, filename, columns.LEDGER)
    checker = _Checker(table, mapping, references)
    rows = [checker.check(number, cells) for number, cells in table.rows]
    if table.kind == "xlsx":
        _name_formulas(data, rows)
    return Ledger(
        table=table,
        mapping=mapping,
        ignored=ignored,
        rows=rows,
        date_order=checker.order,
        date_doubt=checker.doubt,
        decimal_sign=checker.sign or "",
        amount_doubt=checker.amount_doubt,
        warnings=checker.warnings,
    )


def _name_formulas(data, rows):
    """Where a cell is missing because it is a formula without result, say so."""
    incomplete = [
        row.number
        for row in rows
        if any(problem.code == "missing" for problem in row.problems)
    ]
    if not incomplete:
        return
    found = formula_rows(data, incomplete)
    for row in rows:
        if row.number in found:
            for index, problem in enumerate(row.problems):
                if problem.code == "missing":
                    row.problems[index] = problem._replace(code="formula")


def check_cell(name, value, problems):
    """Add to ``problems`` what makes a cell unreadable, whatever it should hold."""
    if not isinstance(value, str) or not value:
        return
    if len(value) > MAX_CELL:
        problems.append(Problem(name, "too_long", {"limit": MAX_CELL}))
    elif not value.isascii() and has_bad_bytes(value):
        problems.append(Problem(name, "encoding", {}))
    elif "<" in value and _MARKUP.search(value):
        problems.append(Problem(name, "markup", {}))
    elif not value.isprintable() and _CONTROL.search(value):
        problems.append(Problem(name, "control", {}))
    elif value[0] == "=":
        problems.append(Problem(name, "formula", {}))
    elif len(value) > (limit := MAX_LENGTH.get(name, MAX_CELL)):
        problems.append(Problem(name, "too_long", {"limit": limit}))


class _Checker:
    """Checks the rows of one file; remembers the values met before."""

    def __init__(self, table, mapping, references):
        self.mapping = mapping
        self.references = references
        self.warnings = Counter()
        self.invoices = {}
        self.memo = {}
        self._decide_formats(table)
        self.numeric_countries = self._countries_are_numbers(table)
        self.parsers = {
            "customer": _text,
            "customer_ref": _text,
            "email": self._value_email,
            "language": self._value_language,
            "country": self._value_country,
            "invoice": self._value_invoice,
            "currency": self._value_currency,
            "disputed": formats.parse_yes,
            "step": self._value_step,
            "description": _text,
        }
        for name in DATE_FIELDS:
            self.parsers[name] = partial(formats.parse_date, order=self.order)
        for name in AMOUNT_FIELDS:
            self.parsers[name] = partial(formats.parse_amount, sign=self.sign)

    # -- What the columns as a whole decide -----------------------------------

    def _column(self, table, name):
        index = self.mapping.get(name)
        if index is None:
            return []
        return [cells[index] for __, cells in table.rows if index < len(cells)]

    def _decide_formats(self, table):
        cells = {name: self._column(table, name) for name in DATE_FIELDS}
        orders = {name: formats.day_order(values) for name, values in cells.items()}
        # Nobody writes two orders in one file: where columns disagree, some dates are
        # wrong, and the rows that do not fit "day first" are listed.
        pooled = {order for order in orders.values() if order}
        self.order = pooled.pop() if len(pooled) == 1 else "dmy"
        self.doubt = len(set(filter(None, orders.values()))) != 1 and any(
            map(formats.has_ambiguous_dates, cells.values())
        )
        amounts = [
            value for name in AMOUNT_FIELDS for value in self._column(table, name)
        ]
        self.sign = formats.decimal_sign(amounts)
        self.amount_doubt = not self.sign and formats.has_ambiguous_amounts(amounts)

    def _countries_are_numbers(self, table):
        """Numbers are ISO numbers of countries only if all of them are."""
        numbers = {
            text
            for value in self._column(table, "country")
            if (text := _text(value)).isdigit()
            and text.casefold() not in self.references.countries
        }
        return all(map(identity.country_of_number, numbers))

    # -- One row ---------------------------------------------------------------

    def check(self, number, cells):
        """Check one row.

        :rtype: CheckedRow
        """
        problems = []
        if len(cells) < len(self.mapping) and len(cells) <= max(self.mapping.values()):
            cells = cells + [""] * (max(self.mapping.values()) + 1 - len(cells))
        raw = {name: cells[index] for name, index in self.mapping.items()}
        for name, value in raw.items():
            check_cell(name, value, problems)
        customer, invoice = _text(raw["customer"]), _text(raw["invoice"])
        if problems:
            return CheckedRow(
                number, _shown(customer), _shown(invoice), None, problems, False
            )
        values = {name: self._value(name, raw[name], problems) for name in raw}
        for name in columns.REQUIRED:
            if values[name] in ("", None) and name not in {p.field for p in problems}:
                problems.append(Problem(name, "missing", {}))
        values["vat"] = self._vat(raw.get("vat"), values.get("country"), problems)
        values["language"] = self._variant(
            _text(raw.get("language")), values.get("language"), values.get("country")
        )
        self._check_dates(values, problems)
        paid = self._check_amounts(values, problems)
        self._check_reminder(values, paid, problems)
        later = self._check_timing(values, problems)
        if invoice:
            first = self.invoices.setdefault(invoice, number)
            if first != number:
                problems.append(
                    Problem("invoice", "duplicate", {"invoice": invoice, "row": first})
                )
        row = None
        if not problems:
            row = self._row(number, values, paid)
        return CheckedRow(number, customer, invoice, row, problems, later)

    def _row(self, number, values, paid):
        email = values.get("email") or ""
        reference = values.get("customer_ref") or ""
        if not email and self.references.email_domain:
            local = re.sub(
                r"[^a-z0-9]+", "-", (reference or values["customer"]).lower()
            )
            email = f"{local.strip('-') or 'customer'}@{self.references.email_domain}"
        return LedgerRow(
            number=number,
            customer=values["customer"],
            customer_ref=reference,
            email=email,
            lang=values.get("language") or "",
            country=values.get("country") or "",
            vat=values["vat"] or "",
            invoice=values["invoice"],
            invoice_date=values["invoice_date"],
            due_date=values["due_date"],
            amount=values["amount"],
            currency=values["currency"],
            paid=paid,
            payment_date=values.get("payment_date"),
            disputed=bool(values.get("disputed")),
            step=values.get("step") or "",
            description=values.get("description") or "",
            reminded_on=values.get("reminded_on"),
        )

    # -- One cell ----------------------------------------------------------------

    def _value(self, name, value, problems):
        """The value of a cell. What was met before is not worked out again."""
        if name == "vat":
            return None  # needs the country: see _vat
        key = (name, value.__class__, value)
        if (known := self.memo.get(key)) is None:
            try:
                known = (self.parsers[name](value), None)
            except formats.FormatError as error:
                known = (None, error.code)
            self.memo[key] = known
        result, code = known
        if code:
            problems.append(Problem(name, code, {"value": _shown(_text(value))}))
        elif name == "country" and result is None:
            self.warnings["country", _text(value)] += 1
        return result

    def _value_invoice(self, value):
        text = _text(value)
        if text == "/":
            raise formats.FormatError("invoice_number")
        return text

    def _value_email(self, value):
        text = _text(value)
        if text and not identity.is_email(text):
            raise formats.FormatError("email")
        return text

    def _value_language(self, value):
        text = _text(value)
        if not text:
            return ""
        languages = self.references.languages
        for key in (text, text.replace("-", "_"), re.split(r"[-_]", text)[0]):
            if key.casefold() in languages:
                found = languages[key.casefold()]
                if not found:
                    raise formats.FormatError("language_inactive")
                return found
        raise formats.FormatError("language")

    def _variant(self, text, lang, country):
        """The language as it is spoken in the debtor's country, else in the company's,
        where the file does not say of which country it is."""
        if not lang or re.search(r"[-_(]", text):
            return lang
        language = lang.split("_")[0]
        for place in (country, self.references.country):
            if found := self.references.variants.get((language, place)):
                return found
        return lang

    def _value_country(self, value):
        """Code of the country, ``None`` if it cannot be told: no reason to refuse."""
        text = _text(value)
        if not text:
            return ""
        found = self.references.countries.get(text.casefold())
        if found is None and text.isdigit() and self.numeric_countries:
            found = identity.country_of_number(text)
        return found

    def _value_currency(self, value):
        code = _text(value).upper()
        code = {"€": "EUR", "$": "USD", "£": "GBP"}.get(code, code)
        if not code:
            return self.references.default_currency
        currency = self.references.currencies.get(code)
        if not currency:
            raise formats.FormatError("currency")
        if not currency.active:
            raise formats.FormatError("currency_inactive")
        return code

    def _value_step(self, value):
        text = _text(value)
        if not text or text == "0":
            return ""
        if text.isdigit() and int(text) <= self.references.max_step:
            return str(int(text))
        if text.casefold() in self.references.steps:
            return text
        raise formats.FormatError("step")

    def _vat(self, value, country, problems):
        text = _text(value)
        if not text:
            return ""
        key = ("vat", text, country)
        if key not in self.memo:
            try:
                self.memo[key] = identity.clean_vat(text, country)
            except ValueError:
                self.memo[key] = None
        if self.memo[key] is None:
            problems.append(Problem("vat", "vat", {"value": _shown(text)}))
        return self.memo[key]

    # -- What the cells of a row say together --------------------------------------

    def _check_dates(self, values, problems):
        issued, due = values["invoice_date"], values["due_date"]
        if issued and due and due < issued:
            problems.append(
                Problem("due_date", "due_before_invoice", {"due": due, "date": issued})
            )

    def _check_amounts(self, values, problems):
        """Check the amounts and return what was paid, with the sign of the invoice."""
        currency = values.setdefault("currency", self.references.default_currency)
        amount, paid = values["amount"], values.get("paid_amount")
        if amount is None or currency is None:
            return Decimal(0)
        if not amount:
            problems.append(Problem("amount", "zero", {}))
            return Decimal(0)
        decimals = self.references.currencies[currency].decimals
        for name, value in (("amount", amount), ("paid_amount", paid)):
            if value is not None and value != round(value, decimals):
                problems.append(
                    Problem(
                        name,
                        "decimals",
                        {"value": value, "currency": currency, "decimals": decimals},
                    )
                )
        if {"paid_amount", "payment_date"} & {problem.field for problem in problems}:
            return Decimal(0)
        if paid is None:
            return amount if values.get("payment_date") else Decimal(0)
        self._check_paid(amount, paid, values.get("payment_date"), problems)
        # A credit note paid back may be written either way.
        return abs(paid) if amount > 0 else -abs(paid)

    def _check_paid(self, amount, paid, payment_date, problems):
        if paid and not payment_date:
            problems.append(Problem("payment_date", "payment_date_missing", {}))
        elif not paid and payment_date:
            problems.append(Problem("paid_amount", "paid_nothing", {}))
        elif abs(paid) > abs(amount):
            problems.append(
                Problem("paid_amount", "overpaid", {"paid": paid, "amount": amount})
            )
        elif paid < 0 < amount:
            problems.append(Problem("paid_amount", "paid_negative", {"paid": paid}))

    def _check_reminder(self, values, paid, problems):
        """A day without a step can't be kept: the debtor would be reminded again."""
        day, issued = values.get("reminded_on"), values["invoice_date"]
        if not day:
            return
        if issued and day < issued:
            problems.append(
                Problem(
                    "reminded_on", "due_before_invoice", {"due": day, "date": issued}
                )
            )
        step_is_bad = "step" in {problem.field for problem in problems}
        if paid < (values["amount"] or 0) and not (values.get("step") or step_is_bad):
            problems.append(Problem("step", "step_missing", {}))

    def _check_timing(self, values, problems):
        """Whether the row only comes later; what lies in the future is refused."""
        references = self.references
        issued = values["invoice_date"]
        if references.cut_off:
            return bool(issued and issued > references.date)
        for name in ("invoice_date", "payment_date", "reminded_on"):
            value = values.get(name)
            if value and value > references.date:
                problems.append(
                    Problem(name, "future", {"date": value, "today": references.date})
                )
        return False


def _text(value):
    """A cell as text; 12.0 in a spreadsheet is the customer number 12."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return " ".join(str(value).split())


def _shown(text):
    """What of a cell can be stored and shown, however strange it is."""
    text = _CONTROL.sub("", text).encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= 80 else f"{text[:79]}…"

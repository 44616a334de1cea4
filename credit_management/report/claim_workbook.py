"""A calculation of claims as a workbook of plain values, without any formula."""

from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

DAY, AMOUNT, PERCENT = "yyyy-mm-dd", "#,##0.00", "0.00###"
#: Characters that XML cannot hold.
UNPRINTABLE = dict.fromkeys(c for c in range(32) if c not in (9, 10, 13))


def claim_workbook(statements, calculation, unmatched):
    """Write statements into a workbook.

    :param list statements: of ``credit.calculation``
    :param calculation: the model, whose language the texts are in
    :param unmatched: for each statement, the payments and credit notes that nobody has
        matched, in minor units, and whether they are taken off
    :return bytes: the file
    """
    _ = calculation.env._
    label = calculation.env["credit.charge"]._kind_label
    kinds = list(dict.fromkeys(k for made in statements for k in made.kinds))
    book = Workbook()
    items = _Sheet(
        book,
        _("Items"),
        [_("Debtor"), _("Invoice"), _("Date"), _("Due date"), _("Currency")]
        + [_("Amount"), _("Open amount"), *map(label, kinds), _("Total")],
    )
    lines = _Sheet(
        book,
        _("Interest"),
        [_("Debtor"), _("Invoice"), _("Due date"), _("From"), _("Until"), _("Days")]
        + [_("Days of the year"), _("Base"), _("Rate in per cent"), _("Interest")]
        + [_("Currency"), _("Series"), _("Source"), _("Note")],
    )
    others = _Sheet(
        book,
        _("Other"),
        [_("Debtor"), _("Invoice"), _("What"), _("Day"), _("Amount"), _("Currency")]
        + [_("Note")],
    )
    series = calculation._series_names()
    for made, credit in zip(statements, unmatched, strict=True):
        _write_items(items, made, kinds)
        _write_lines(lines, made, series, calculation)
        _write_others(others, made, calculation)
        _write_credit(others, made, credit, calculation)
    book.remove(book.worksheets[0])
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _write_items(sheet, made, kinds):
    unit = _unit(made)
    for entry in made.entries:
        move, claim = entry.record.move_id, entry.claim
        parts = [entry.parts.get(kind) for kind in kinds]
        sheet.add(
            made.partner.name,
            move.name,
            claim.issued,
            claim.due,
            made.currency.name,
            claim.principal * unit,
            entry.residual * unit,
            *(part.amount * unit if part else None for part in parts),
            entry.total * unit,
        )


def _write_lines(sheet, made, series, calculation):
    unit = _unit(made)
    for entry in made.entries:
        for segment in entry.interest.segments if entry.interest else ():
            sheet.add(
                made.partner.name,
                entry.record.move_id.name,
                entry.claim.due,
                segment.first,
                segment.last,
                segment.days,
                segment.year_days,
                segment.base * unit,
                _Percent(segment.percent),
                segment.amount * unit,
                made.currency.name,
                series.get(segment.source_code, segment.source_code),
                calculation._source_text(segment.source, series),
                calculation._segment_note(segment),
            )


def _write_others(sheet, made, calculation):
    """Payments, what was settled before, earlier charges, and what is left out."""
    _ = calculation.env._
    unit, currency = _unit(made), made.currency.name
    debtor = made.partner.name
    for entry in made.entries:
        name = entry.record.move_id.name
        for event in entry.claim.events:
            if event.day <= entry.day:
                what = _("Credit note") if event.kind == "credit" else _("Payment")
                sheet.add(
                    debtor, name, what, event.day, -event.amount * unit, currency, ""
                )
        for kind, part in entry.parts.items():
            what = calculation.env["credit.charge"]._kind_label(kind)
            for amount, note in (
                (part.extra, _("Claimed before")),
                (-part.prior.waived, _("Waived")),
                (-part.prior.booked, _("Invoiced separately")),
            ):
                if amount:
                    sheet.add(debtor, name, what, None, amount * unit, currency, note)
    for charge in made.carried or ():
        amount = Decimal(str(made.currency.round(charge.amount_open)))
        reminder = charge.reminder_id.name
        sheet.add(
            debtor, reminder, charge.display_name, charge.date, amount, currency, ""
        )
    for item in made.later:
        amount = Decimal(str(made.currency.round(item.amount_residual_currency)))
        note = _("Not due yet")
        day = item.date_maturity or item.date
        sheet.add(debtor, item.move_id.name, note, day, amount, currency, note)
    for move, amount in made.contested.items():
        what = _("Disputed")
        sheet.add(debtor, move.name, what, None, amount * unit, currency, "")
    for row in calculation._all_withheld(made):
        left_out = _("Left out")
        sheet.add(debtor, row["about"], left_out, None, None, currency, row["text"])


def _write_credit(sheet, made, credit, calculation):
    """Payments and credit notes that pay nothing yet."""
    _ = calculation.env._
    amount, taken_off = credit
    if amount:
        sheet.add(
            made.partner.name,
            "",
            _("Credit notes and payments not matched yet"),
            None,
            -amount * _unit(made),
            made.currency.name,
            _("Taken off what is to be paid")
            if taken_off
            else _("Not taken off: other invoices are open that they may pay"),
        )


def _unit(made):
    """What one minor unit is worth."""
    return Decimal(1).scaleb(-made.currency.decimal_places)


class _Percent:
    """A rate, to be told from an amount."""

    def __init__(self, number):
        self.number = number


class _Sheet:
    """A sheet with a header; texts stay texts, whatever they begin with."""

    def __init__(self, book, title, header):
        self.sheet = book.create_sheet(title)
        self.sheet.freeze_panes = "A2"
        self.widths = [0] * len(header)
        self.row = 0
        self.add(*header)
        for cell in self.sheet[1]:
            cell.font = Font(bold=True)

    def add(self, *values):
        self.row += 1
        for column, value in enumerate(values, start=1):
            if value is None or value is False or value == "":
                continue
            cell = self.sheet.cell(row=self.row, column=column)
            self._fill(cell, value)
            width = min(len(str(cell.value)) + 2, 60)
            if width > self.widths[column - 1]:
                self.widths[column - 1] = width
                letter = get_column_letter(column)
                self.sheet.column_dimensions[letter].width = max(width, 12)

    @staticmethod
    def _fill(cell, value):
        if isinstance(value, str):
            cell.value = value.translate(UNPRINTABLE)
            # A name that begins with “=” is a name; quoted, it stays one when edited.
            cell.data_type = "s"
            cell.quotePrefix = True
        elif isinstance(value, _Percent):
            cell.value = value.number
            cell.number_format = PERCENT
        elif isinstance(value, Decimal):
            cell.value = value
            cell.number_format = AMOUNT
        elif isinstance(value, int):
            cell.value = value
        else:
            cell.value = value
            cell.number_format = DAY

import csv
import io

from odoo import models

from ..ledger import harmless, read_table
from .credit_import_messages import LABELS


class CreditImport(models.Model):
    """Tell what was found in a file."""

    _inherit = "credit.import"

    def _describe_summary(self, summary):
        lines = [
            self.env._(
                "Column “%(column)s”: %(field)s",
                column=column,
                field=self.env._(LABELS[name]),
            )
            for name, column in summary.get("columns", [])
        ]
        if ignored := summary.get("ignored"):
            lines.append(self.env._("Columns passed over: %s", ", ".join(ignored)))
        if summary.get("date_doubt"):
            lines.append(
                self.env._(
                    "Dates such as 03/04/2024 do not show whether the day or the month "
                    "comes first: they were read with the day first."
                )
            )
        elif summary.get("date_order") == "mdy":
            lines.append(self.env._("Dates were read with the month first."))
        if summary.get("amount_doubt"):
            lines.append(
                self.env._(
                    "Amounts such as 1.234 do not show whether the sign is of decimals "
                    "or of thousands: they were read as 1234."
                )
            )
        for name, value, count in summary.get("warnings", []):
            if name == "rate":
                lines.append(
                    self.env._("No exchange rate is known for %s: 1 is used.", value)
                )
                continue
            lines.append(
                self.env._(
                    "%(field)s “%(value)s” is not known and was left empty: "
                    "%(count)s rows",
                    field=self.env._(LABELS[name]),
                    value=value,
                    count=count,
                )
            )
        return "\n".join(lines)

    def _bad_rows_csv(self):
        """The bad rows as they stand in the file, with the reason in a last column."""
        self.ensure_one()
        rows = self.env["credit.import.row"].search(
            [("import_id", "=", self.id), ("state", "=", "bad")], order="number"
        )
        table = read_table(self._file_content(), self.filename or "")
        reasons = {row.number: row.reason for row in rows}
        output = io.StringIO()
        writer = csv.writer(output, delimiter=table.delimiter or ";")
        writer.writerow([*table.header, self.env._("Row"), self.env._("Reason")])
        for number, cells in table.rows:
            if number in reasons:
                cells = [harmless(cell) for cell in cells[: len(table.header)]]
                cells += [""] * (len(table.header) - len(cells))
                writer.writerow([*cells, number, reasons[number]])
        return output.getvalue().encode("utf-8-sig", errors="replace")

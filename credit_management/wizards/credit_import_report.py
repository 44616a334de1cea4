from odoo import models

from ..ledger import read_table
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
                    "%(field)s “%(value)s” is not known and was left empty; "
                    "rows: %(count)s",
                    field=self.env._(LABELS[name]),
                    value=value,
                    count=count,
                )
            )
        lines += self._describe_new_customers(summary)
        lines += self._describe_steps(summary)
        return "\n".join(lines)

    def _describe_new_customers(self, summary):
        count = summary.get("new_customers")
        if not count:
            return []
        numbers = {"count": count, "individuals": summary["individuals"]}
        if self.customer_type == "vat":
            return [
                self.env._(
                    "New customers: %(count)s, of which %(individuals)s become "
                    "individuals, as no VAT number proves a business",
                    **numbers,
                )
            ]
        return [
            self.env._(
                "New customers: %(count)s, of which %(individuals)s become individuals",
                **numbers,
            )
        ]

    def _describe_steps(self, summary):
        # In sudo: whoever may import need not be allowed to read policies.
        steps, early = summary.get("steps", []), summary.get("early", [])
        ids = [step_id for _number, step_id, _count in steps]
        ids += [step_id for step_id, _rows, _count in early]
        known = self.env["credit.policy.step"].sudo().browse(ids).exists()
        known = {step.id: step for step in known}
        lines = []
        for number, step_id, count in steps:
            if step := known.get(step_id):
                lines.append(
                    self.env._(
                        "Step %(number)s means “%(step)s” (policy “%(policy)s”); "
                        "rows: %(count)s",
                        number=number,
                        step=step.name,
                        policy=step.policy_id.name,
                        count=count,
                    )
                )
        for step_id, rows, count in early:
            if step := known.get(step_id):
                numbers = ", ".join(map(str, rows))
                lines.append(
                    self.env._(
                        "“%(step)s” (policy “%(policy)s”) comes after the due date, "
                        "but the last reminder was before it; rows: %(count)s "
                        "(%(rows)s)",
                        step=step.name,
                        policy=step.policy_id.name,
                        count=count,
                        rows=f"{numbers} …" if count > len(rows) else numbers,
                    )
                )
        if summary.get("steps_untold"):
            lines.append(
                self.env._(
                    "Which policy customers follow shows only once their invoices are "
                    "there: the steps of some rows are checked then."
                )
            )
        return lines

    def _bad_reasons(self):
        # OVERRIDES credit.bad.rows.mixin
        rows = self.env["credit.import.row"].search(
            [("import_id", "=", self.id), ("state", "=", "bad")], order="number"
        )
        return {row.number: row.reason for row in rows}

    def _bad_table(self):
        # OVERRIDES credit.bad.rows.mixin
        return read_table(self._file_content(), self.filename or "")

"""Statements that come as a file: payments matched with what was reported."""

import base64

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from odoo.addons.credit_management.ledger import FileProblem
from odoo.addons.credit_management.models.credit_regime_resolution import to_minor
from odoo.addons.credit_management.report.wording import joined, labelled
from odoo.addons.credit_management.wizards.credit_import_messages import (
    FILE_MESSAGES,
    ROW_MESSAGES,
)

from ..engine.statement_file import AMOUNTS, check_statement

_lt = LazyTranslate(__name__)

LABELS = {
    "case": _lt("Case"),
    "date": _lt("Date"),
    "reference": _lt("Reference"),
    "collected": _lt("Collected"),
    "fee": _lt("Fee"),
    "tax": _lt("Tax"),
    "remitted": _lt("Handed on"),
}
MESSAGES = {
    **ROW_MESSAGES,
    "case": _lt("“%(value)s” is no case of this third party in this currency"),
    "duplicate": _lt("this payment is in row %(row)s already"),
    "used": _lt("this payment is in %(remittance)s already"),
    "refused": _lt("a payment is more than zero: enter what was taken back by hand"),
}


class CreditRemittance(models.Model):
    _inherit = "credit.remittance"

    statement = fields.Binary(string="Statement as a file", attachment=True, copy=False)
    statement_filename = fields.Char(string="Name of the file")

    def action_read(self):
        """Read the statement: a line for each payment, and what it says in all.

        A payment that was reported is found by its reference, or by its day and
        amount; one that was not is noted now. Rows that can't be used are named and
        left out, and the totals of the statement tell of them.

        :raise UserError: if the file as a whole can't be used
        """
        for remittance in self:
            remittance._check_state("draft")
            remittance._read_statement()
        return True

    def _read_statement(self):
        self.ensure_one()
        if not self.statement:
            raise UserError(
                self.env._("Choose the file under “Statement as a file” first.")
            )
        try:
            rows = check_statement(
                base64.b64decode(self.statement),
                self.statement_filename or "",
                self.currency_id.decimal_places,
            )
        except FileProblem as problem:
            raise UserError(self._file_problem_text(problem)) from None
        cases = self._cases()
        by_name = {}
        for case in cases:
            by_name[(case.name or "").strip().casefold()] = case
            if case.party_reference:
                by_name.setdefault(case.party_reference.strip().casefold(), case)
        self.line_ids.filtered(lambda line: line.kind == "payment").unlink()
        problems, seen, vals_list = [], {}, []
        for row in rows:
            vals, found = self._row_vals(row, by_name, seen)
            if found:
                problems.append(self._row_problem_text(row, found))
            else:
                vals_list.append(vals)
        self.env["credit.remittance.line"].create(vals_list)
        self._keep_totals(rows)
        self.unread_text = "\n".join(problems) or False
        self._work_out()

    def _row_vals(self, row, by_name, seen):
        """Values of the line of a row, or why there is none.

        :param dict by_name: cases by our name and theirs
        :param dict seen: payments of earlier rows, and the numbers of these
        :return: (values, list of (field, code, params))
        """
        problems = [tuple(problem) for problem in row.problems]
        case = by_name.get(row.case.casefold())
        if not problems and not case:
            problems = [("case", "case", {"value": row.case})]
        if not problems and row.collected <= 0:
            problems = [("collected", "refused", {})]
        if problems:
            return {}, problems
        payment = self._payment_of(row, case, seen)
        if payment in seen:
            return {}, [("collected", "duplicate", {"row": seen[payment]})]
        other = payment._remittance()
        if other and other != self:
            return {}, [("collected", "used", {"remittance": other.name})]
        seen[payment] = row.number
        return {
            "remittance_id": self.id,
            "case_id": case.id,
            "kind": "payment",
            "payment_id": payment.id,
            "date": payment.date,
            "stated_fee": float(row.fee or 0),
            "stated_tax": float(row.tax or 0),
        }, []

    def _payment_of(self, row, case, seen):
        """The payment that a row is about; it is noted now if it was not reported."""
        reported = case.payment_ids.filtered(
            lambda payment: (
                payment.received_by == "party"
                and payment.state in ("reported", "remitted")
            )
        )
        minor = int(row.collected.scaleb(self.currency_id.decimal_places))
        if row.reference:
            same = reported.filtered(lambda payment: payment.reference == row.reference)
            if same:
                return same[0]
        same = reported.filtered(
            lambda payment: (
                payment.date == row.day
                and to_minor(payment.amount, payment.currency_id) == minor
                and not (row.reference and payment.reference)
            )
        )
        unused = same.filtered(lambda payment: payment not in seen)
        if same:
            return (unused or same)[0]
        return (
            self.env["credit.case.payment"]
            .sudo()
            .create(
                {
                    "case_id": case.id,
                    "date": row.day,
                    "amount": float(row.collected),
                    "received_by": "party",
                    "reference": row.reference or False,
                }
            )
        )

    def _keep_totals(self, rows):
        """What the statement comes to, as far as it says."""
        totals = {}
        for name in AMOUNTS:
            amounts = [getattr(row, name) for row in rows]
            if any(amount is not None for amount in amounts):
                totals[name] = sum(amount for amount in amounts if amount is not None)
        # A file of payments alone is no statement about fees.
        if {"fee", "remitted"} <= set(totals):
            totals.setdefault("tax", 0)
            self.write(
                {
                    "has_statement": True,
                    **{
                        f"stated_{name}": float(total) for name, total in totals.items()
                    },
                }
            )

    def _file_problem_text(self, problem):
        params = dict(problem.params)
        fields_ = params.get("fields")
        if fields_:
            names = [
                field[0] if isinstance(field, tuple) else field for field in fields_
            ]
            params["fields"] = ", ".join(
                self.env._(LABELS[name])  # pylint: disable=W8301
                for name in names
            )
        if "header" in params:
            params["header"] = ", ".join(str(name) for name in params["header"])
        text = self.env._(FILE_MESSAGES[problem.code])  # pylint: disable=W8301
        return text % params if params else text

    def _row_problem_text(self, row, problems):
        parts = []
        for name, code, params in problems:
            text = self.env._(MESSAGES[code])  # pylint: disable=W8301
            values = {
                key: format_date(self.env, value)
                if hasattr(value, "isoformat")
                else value
                for key, value in params.items()
            }
            label = self.env._(LABELS[name])  # pylint: disable=W8301
            text = text % values if values else text
            parts.append(labelled(self.env, label, text))
        return self.env._(
            "Row %(row)s: %(problems)s",
            row=row.number,
            problems=joined(self.env, parts),
        )

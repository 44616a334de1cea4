"""The statement of account as PDF and XLSX, and the acknowledgement of a plan."""

import io
import itertools
from datetime import date

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from odoo import api, models
from odoo.fields import Domain

from ..report.wording import sheet_day_format
from .credit_account_page import Show

#: What makes a spreadsheet take a text for a formula, wherever it is pasted later.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class CreditAccount(models.AbstractModel):
    _inherit = "credit.account"

    @api.model
    def _statement_values(self, account):
        """What a statement tells: open items, charges and totals."""
        reminder = self._speaking_reminder(account)
        asked = self._asked_lines(reminder).move_id
        picture = self._picture(account, asked)
        return {
            "account": account,
            "company": account.company,
            "debtor": account.debtor,
            "today": account.today,
            "show": Show(account.env),
            # What is owed, then what is in the debtor's favour.
            "rows": sorted(picture.rows, key=lambda row: row["amount"] < 0),
            "charges": self._charge_rows(account, reminder, picture),
            "basis": self._charge_basis(account, reminder, picture),
            "agreed": self._agreed_rows(account, picture.present),
            "sums": self._sum_rows(account, picture.totals),
            "banks": self._bank_rows(account, reminder, asked, picture),
        }

    @api.model
    def _agreed_rows(self, account, present):
        """Instalments and promises that are not paid: (what, day, amount, currency)."""
        _ = account.env._
        plans, promises = self._running(account, present)
        rows = [
            (
                _("Instalment of payment plan %s", plan.name),
                line.date,
                line.amount - line.amount_paid,
                plan.currency_id,
            )
            for plan in plans.filtered(lambda plan: plan.state == "active")
            for line in plan.line_ids
            if line.state != "paid"
        ]
        names = self._promised_names(account, promises)
        rows += [
            (
                _("Your promise (%s)", names[promise]),
                promise.date,
                promise.amount - promise.amount_paid,
                promise.currency_id,
            )
            for promise in promises
        ]
        return rows

    @api.model
    def _sum_rows(self, account, totals):
        """The sums of a statement: (label, amount, currency, whether it is in bold).

        What is owed now, after what it consists of unless that is one sum alone; then
        why the rest of what is open is not.
        """
        _ = account.env._
        rows = []
        for currency, total in totals.items():
            parts = {
                "overdue": _("Overdue"),
                "due_today": _("Due today"),
                "agreed_now": _("Due as agreed"),
                "charges": _("Interest and charges"),
                "credit": _("In your favour"),
            }
            rows += [
                (label, total[name], currency, False)
                for name, label in parts.items()
                if total["several"] and total[name]
            ]
            rows.append((_("Owed now"), total["now"], currency, True))
            labels = {
                "agreed_later": _("Agreed for later"),
                "contested": _("Disputed or to be credited")
                if total["credited"]
                else _("Disputed"),
                "under_way": _("Payment under way"),
                "later": _("Due later"),
                "held": _("Handled apart"),
            }
            rows += [
                (label, total[name], currency, False)
                for name, label in labels.items()
                if total[name]
            ]
        return rows

    @api.model
    def _statement_name(self, account, ending):
        title = account.env._("Statement of account")
        return f"{title} {account.today}.{ending}"

    @api.model
    def _statement_pdf(self, account):
        """:return: (file name, content)"""
        report = account.env.ref("credit_management.action_report_statement")
        content, _kind = report._render_qweb_pdf(
            report,
            account.debtor.ids,
            data={"statement": self._statement_values(account)},
        )
        return self._statement_name(account, "pdf"), content

    @api.model
    def _statement_xlsx(self, account):
        """:return: (file name, content)"""
        book = self.with_env(account.env)._statement_book(
            self._statement_values(account)
        )
        return self._statement_name(account, "xlsx"), book

    @api.model
    def _statement_book(self, values):
        """A statement as a workbook, in the language of the environment.

        :param dict values: see :meth:`_statement_values`
        :rtype: bytes
        """
        _ = self.env._
        book = Workbook()
        sheet = book.active
        sheet.title = _("Account")
        bold = Font(bold=True)

        numbers = itertools.count(1)
        day_format = sheet_day_format(self.env)

        def add(*cells, font=None, currency=None):
            number = next(numbers)
            for column, value in enumerate(cells, start=1):
                cell = sheet.cell(row=number, column=column)
                put(cell, value)
                if currency and isinstance(value, float):
                    cell.number_format = amount_format(currency)
                elif isinstance(value, date):
                    cell.number_format = day_format
                if font:
                    cell.font = font

        add(values["company"].name, font=bold)
        add(values["debtor"].name)
        add(_("Statement of account"), values["today"])
        add(
            _("Document"),
            _("Date"),
            _("Due"),
            _("Days overdue"),
            _("Open amount"),
            _("Currency"),
            _("Status"),
            font=bold,
        )
        for row in values["rows"]:
            claim = row["amount"] > 0
            add(
                row["name"],
                row["date"],
                # What is in the debtor's favour is never late.
                row["due"] if claim else None,
                max(row["days"], 0) if claim else None,
                row["amount"],
                row["currency"].name,
                ", ".join(label for _code, label in row["statuses"])
                if claim
                else _("In your favour"),
                currency=row["currency"],
            )
        for row in values["charges"]:
            add(
                " ".join(filter(None, (row["label"], row["invoice"]))),
                row["date"],
                None,
                None,
                row["amount"],
                row["currency"].name,
                row["status"],
                currency=row["currency"],
            )
        for label, amount, currency, is_bold in values["sums"]:
            cells = (label, None, None, None, amount, currency.name)
            add(*cells, font=bold if is_bold else None, currency=currency)
        if values["agreed"]:
            add()
            add(_("What we agreed on"), font=bold)
        for label, day, amount, currency in values["agreed"]:
            add(label, None, day, None, amount, currency.name, currency=currency)
        for bank in values["banks"]:
            add()
            add(_("By bank transfer"), font=bold)
            add(_("Beneficiary"), bank["beneficiary"])
            add(_("IBAN") if bank["is_iban"] else _("Account"), bank["iban"])
            if bank["bic"]:
                add(_("BIC"), bank["bic"])
            add(_("Reference"), bank["reference"])
        for column, width in zip("ABCDEFG", (32, 14, 14, 12, 14, 10, 30), strict=True):
            sheet.column_dimensions[column].width = width
        content = io.BytesIO()
        book.save(content)
        return content.getvalue()

    @api.model
    def _plan_pdf(self, account, plan_id):
        """The instalments of one of the debtor's plans, as they were agreed on.

        :return: (file name, content), or None if it is not one of this account
        """
        plan = account.env["credit.plan"].search(
            Domain("id", "=", plan_id)
            & Domain("partner_id", "=", account.debtor.id)
            & Domain("company_id", "=", account.company.id)
        )
        kept = plan.acknowledgement_id
        return (kept.name, kept.raw) if kept else None


def amount_format(currency):
    """How a spreadsheet shows an amount: with the decimal places of its currency."""
    places = "0" * currency.decimal_places
    return f"#,##0.{places}" if places else "#,##0"


def put(cell, value):
    """Write a value that is only ever a value: a text never becomes a formula."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
    cell.data_type = "s"
    if value.startswith(FORMULA_STARTS):
        cell.quotePrefix = True

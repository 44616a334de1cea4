"""What is said to the user about files and rows. Codes come from ``ledger``."""

from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

from ..report.wording import joined

_lt = LazyTranslate(__name__)

LABELS = {
    "customer": _lt("Customer"),
    "customer_ref": _lt("Customer number"),
    "email": _lt("E-mail"),
    "language": _lt("Language"),
    "country": _lt("Country"),
    "vat": _lt("VAT"),
    "invoice": _lt("Invoice number"),
    "invoice_date": _lt("Invoice date"),
    "due_date": _lt("Due date"),
    "amount": _lt("Amount"),
    "currency": _lt("Currency"),
    "paid_amount": _lt("Paid amount"),
    "payment_date": _lt("Payment date"),
    "disputed": _lt("Disputed"),
    "step": _lt("Step already reached"),
    "reminded_on": _lt("Last reminder on"),
    "description": _lt("Product or service"),
}

#: Why a row is refused.
ROW_MESSAGES = {
    "missing": _lt("missing"),
    "formula": _lt("a formula without a result; paste its value instead"),
    "encoding": _lt("holds characters that can't be read; save the file as UTF-8"),
    "markup": _lt("looks like HTML"),
    "control": _lt("holds control characters"),
    "too_long": _lt("longer than %(limit)s characters"),
    "date": _lt("“%(value)s” is no date"),
    "date_range": _lt("“%(value)s” is too far in the past or in the future"),
    "number": _lt("“%(value)s” is no amount"),
    "number_size": _lt("“%(value)s” is too large"),
    "zero": _lt("is zero"),
    "decimals": _lt("%(value)s: %(currency)s has %(decimals)s decimals"),
    "yes_no": _lt("“%(value)s” is neither yes nor no"),
    "email": _lt("“%(value)s” is no e-mail address"),
    "vat": _lt("“%(value)s” is no valid VAT number"),
    "currency": _lt("“%(value)s” is no currency"),
    "currency_inactive": _lt("%(value)s is not active in this database"),
    "language": _lt("“%(value)s” is no language"),
    "language_inactive": _lt("“%(value)s” is not installed in this database"),
    "step": _lt("“%(value)s” is neither the name nor the number of a step"),
    "invoice_number": _lt("“%(value)s” can't be an invoice number"),
    "step_missing": _lt("missing, though there is a day of the last reminder"),
    "due_before_invoice": _lt("%(due)s is before the invoice date, %(date)s"),
    "duplicate": _lt("“%(invoice)s” is in row %(row)s already"),
    "exists": _lt("“%(invoice)s” is in the ledger already"),
    "locked": _lt("%(date)s lies in a locked period"),
    "future": _lt("%(date)s is later than %(today)s"),
    "payment_date_missing": _lt("missing, though an amount was paid"),
    "paid_nothing": _lt("zero, though there is a payment date"),
    "paid_negative": _lt("%(paid)s is negative"),
    "overpaid": _lt("%(paid)s is more than the invoice, %(amount)s"),
    "customer_ambiguous": _lt(
        "several customers are called “%(customer)s”; a VAT number, a customer number "
        "or an e-mail address would tell which one"
    ),
    "failed": _lt("%(error)s"),
}

#: Why a file is refused as a whole.
FILE_MESSAGES = {
    "empty": _lt("The file is empty."),
    "too_big": _lt("The file has %(size)s MB; %(limit)s MB can be imported at once."),
    "old_excel": _lt("Old Excel files (XLS) can't be read: save it as XLSX or CSV."),
    "not_a_table": _lt("This is neither a CSV nor an XLSX file."),
    "nul": _lt("Line %(line)s holds zero bytes: the file is damaged or no CSV file."),
    "encoding": _lt(
        "Line %(line)s can't be read as %(encoding)s: save the file as UTF-8."
    ),
    "csv": _lt("Line %(line)s can't be read: %(error)s"),
    "xlsx": _lt("The workbook can't be read; it may be damaged: %(error)s"),
    "bomb": _lt("Unpacked, the workbook would take %(size)s MB: it is not opened."),
    "too_many_rows": _lt("The file has more than %(limit)s rows: split it."),
    "no_rows": _lt("There is nothing below the names of the columns."),
    "missing_columns": _lt(
        "Columns are missing: %(fields)s. The file has these: %(header)s."
    ),
    "column_twice": _lt("Two columns for the same: %(fields)s."),
}

#: Parameters of messages that are days.
DATE_PARAMS = ("date", "due", "today")


def row_problem_text(env, problem, labels, messages):
    """Why a cell is refused, after the name of its field; or why a whole row is.

    :param problem: :class:`..ledger.rows.Problem`; days among its parameters may be
        written as ISO does
    :param dict labels: names of the fields
    :param dict messages: what is said, by the code of the problem
    """
    params = {
        key: format_date(env, value) if key in DATE_PARAMS else value
        for key, value in problem.params.items()
    }
    message = env._(messages[problem.code]) % params  # pylint: disable=W8301
    if problem.field not in labels:
        return message
    return env._(
        "%(label)s: %(value)s",
        label=env._(labels[problem.field]),  # pylint: disable=W8301
        value=message,
    )


def file_problem_text(env, problem, labels):
    """Why a file as a whole can't be used.

    :param problem: :class:`..ledger.FileProblem`
    :param dict labels: names of the fields
    """
    params = dict(problem.params)
    if problem.code == "missing_columns":
        params["fields"] = ", ".join(
            env._(labels[name])  # pylint: disable=W8301
            for name in params["fields"]
        )
        params["header"] = ", ".join(filter(None, params["header"]))[:300]
    elif problem.code == "column_twice":
        params["fields"] = joined(
            env,
            (
                f"{env._(labels[name])} ({first}, {second})"  # pylint: disable=W8301
                for name, first, second in params["fields"]
            ),
        )
    return env._(FILE_MESSAGES[problem.code]) % params  # pylint: disable=W8301

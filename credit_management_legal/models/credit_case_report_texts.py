"""What is said of reports that are refused. Codes come from ``engine.report``."""

from odoo import api, models
from odoo.tools.translate import LazyTranslate

from odoo.addons.credit_management.report.wording import day_text

_lt = LazyTranslate(__name__)

#: Keys of reports, in words; what is not among them is shown as it is written.
LABELS = {
    "type": _lt("Type"),
    "case": _lt("Case"),
    "date": _lt("Date"),
    "text": _lt("Text"),
    "status": _lt("Status"),
    "amount": _lt("Amount"),
    "currency": _lt("Currency"),
    "what": _lt("What it is for"),
    "recoverable": _lt("Recoverable from the debtor"),
    "received_by": _lt("Received by"),
    "reference": _lt("Reference"),
    "present": _lt("Debtor present"),
    "who": _lt("Who was met"),
    "observations": _lt("What was seen"),
    "name": _lt("Name"),
    "content": _lt("Content"),
    "document_kind": _lt("Kind of document"),
    "documents": _lt("Documents"),
    "kind": _lt("Kind of event"),
    "in_person": _lt("In person"),
    "message_id": _lt("Number of the message"),
}

MESSAGES = {
    "missing": _lt("missing"),
    "unknown": _lt("“%(value)s” is not among what can be said here"),
    "own_type": _lt("“%(value)s” is reported by a message of its own type"),
    "no_report": _lt("this is no report"),
    "no_date": _lt("“%(value)s” is no date: write 2026-12-31"),
    "future": _lt("%(day)s is later than today, %(today)s"),
    "before": _lt("%(day)s is before the case was opened, %(opened)s"),
    "no_text": _lt("this is no text that can be read"),
    "too_long": _lt("longer than %(limit)s characters"),
    "no_flag": _lt("“%(value)s” is neither true nor false"),
    "no_number": _lt("“%(value)s” is no amount: write 1234.50"),
    "not_positive": _lt("“%(value)s” is not more than zero"),
    "above": _lt(
        "%(value)s is more than is owed and not reported yet, %(most)s; tell the "
        "creditor by a question if the debtor paid more"
    ),
    "decimals": _lt("%(value)s: %(currency)s has %(decimals)s decimals"),
    "other": _lt("“%(value)s” is not the currency of the case, %(currency)s"),
    "no_list": _lt("this is no list"),
    "too_many": _lt("more than %(limit)s"),
    "no_mapping": _lt("this has no names and values"),
    "too_big": _lt("more than %(limit)s MB"),
    "no_base64": _lt("can't be read: it has to be in base64"),
    "kind_of_file": _lt("only PDF files and pictures (PNG, JPEG, TIFF) are taken"),
    "ended": _lt(
        "the case has ended; only payments, costs and documents are still taken"
    ),
    "not_open": _lt("the case has not been opened yet"),
    "other_content": _lt(
        "this number was used before for something else: each message has its own"
    ),
}


class CreditCase(models.Model):
    _inherit = "credit.case"

    @api.model
    def _report_problem_text(self, problem):
        """A problem in one line, in the reader's language.

        :param problem: :class:`..engine.report.Problem`
        """
        message = self.env._(MESSAGES[problem.code])  # pylint: disable=W8301
        params = {
            name: day_text(self.env, value) if hasattr(value, "isoformat") else value
            for name, value in problem.params.items()
        }
        label = LABELS.get(problem.key)
        label = self.env._(label) if label else problem.key  # pylint: disable=W8301
        text = message % params if params else message
        if not label:
            return text
        return self.env._("%(label)s: %(value)s", label=label, value=text)

"""What a third party fills in and sends: reports, questions and requests.

A form offers fields; only these are read of what is sent. Reports are judged by
``engine.report`` and requests by ``engine.requests``; what speaks against one is told
beside the field, in the words that stand there.
"""

from typing import NamedTuple

from odoo import api, models
from odoo.tools import plaintext2html
from odoo.tools.translate import LazyTranslate

from odoo.addons.credit_management.engine.inputs import (
    BadInput,
    clean_text,
    parse_amount,
)
from odoo.addons.credit_management.engine.solvency import POINTS
from odoo.addons.credit_management.models.credit_account import Refused
from odoo.addons.credit_management.models.credit_plan import FREQUENCIES
from odoo.addons.credit_management.report.wording import day_text

from ..engine import requests
from ..engine.report import MOST_TEXT, OWN_TYPE, Problem, shown
from .credit_case_report_texts import MESSAGES

_lt = LazyTranslate(__name__)

#: Kinds of papers that are offered.
MOST_KINDS = 80

REPORTS = ("status", "payment", "cost", "visit", "document", "event")
REQUESTS = ("question", *requests.KINDS)

#: What is said of requests, and in forms instead of what is said to programs: these
#: write a point, people what their language writes.
REQUEST_MESSAGES = {
    "one_of_both": _lt("give an amount or a rate: one of them"),
    "no_rate": _lt("“%(value)s” is no rate from 0 to 100: write 12.5"),
    "no_amount": _lt("“%(value)s” is no amount above zero: write 1234.50"),
    "no_number": _lt("“%(value)s” is no amount above zero: write 1234.50"),
    "more_than_open": _lt("this is more than is open in the case"),
    "between": _lt("give a number from %(least)s to %(most)s"),
    "no_day": _lt("give a day"),
    "not_ahead": _lt("the day has to lie ahead, %(last)s at the latest"),
}


class Unreadable(Refused):
    """A form that is refused: ``texts`` says for each field why, by its name."""

    def __init__(self, texts):
        super().__init__("\n".join(texts.values()), field=next(iter(texts), None))
        self.texts = texts


class Field(NamedTuple):
    """A field of a form: its name, what stands beside it, and how it is filled in.

    ``kind``: text, area, amount, number, date, choice, yesno, tick or files.
    """

    name: str
    label: str
    kind: str = "text"
    needed: bool = False
    options: tuple = ()
    help: str = ""
    default: str = ""


class CreditCasePortal(models.AbstractModel):
    _inherit = "credit.case.portal"

    # ------------------------------------------------------------------
    # Forms
    # ------------------------------------------------------------------

    @api.model
    def _titles(self):
        """{what: (button, title of the page, what becomes of it)}."""
        _ = self.env._
        decided = _("The creditor decides. Nothing changes before you have the answer.")
        return {
            "status": (_("Progress"), _("Report progress"), ""),
            "payment": (
                _("Payment"),
                _("Report a payment"),
                _("It is checked before it is taken off what is owed."),
            ),
            "cost": (
                _("Cost"),
                _("Report a cost"),
                _("Add the bill or the receipt. The creditor decides who bears it."),
            ),
            "visit": (_("Visit"), _("Report a visit"), ""),
            "document": (_("Document"), _("Send documents"), ""),
            "event": (
                _("Act"),
                _("Report an act"),
                _("Service, judgment, enforcement and the like: deadlines hang on it."),
            ),
            "question": (
                _("Question"),
                _("Ask the creditor"),
                _("The answer comes here and by e-mail."),
            ),
            "discount": (_("Discount"), _("Ask for a discount"), decided),
            "plan": (_("Instalments"), _("Ask for instalments"), decided),
            "lawsuit": (_("Lawsuit"), _("Propose a lawsuit"), decided),
            "stop": (_("End of the case"), _("Propose to end the case"), decided),
            "other": (_("Something else"), _("Ask for something else"), decided),
        }

    @api.model
    def _fields_of(self, desk, what):
        """The fields of a form, in their order.

        :param str what: one of :data:`REPORTS` or :data:`REQUESTS`
        """
        _ = desk.env._
        day = Field("date", _("Date"), "date", True, default=str(desk.today))
        text = Field("text", _("In detail"), "area")
        files = Field(
            "documents",
            _("Files"),
            "files",
            help=_("PDF, PNG, JPEG or TIFF; 10 MB each and 30 MB together at most."),
        )
        build = getattr(self, f"_{what}_fields", None)
        if build:
            return build(desk, day, text, files)
        label = _("Your question") if what == "question" else _("Why")
        return [text._replace(label=label, needed=True), files]

    def _status_fields(self, desk, day, text, files):
        _ = desk.env._
        choices = desk.case._fields["party_status"]._description_selection(desk.env)
        status = Field("status", _("How it stands"), "choice", True, tuple(choices))
        return [day, status, text, files]

    def _payment_fields(self, desk, day, text, files):
        _ = desk.env._
        return [
            day,
            Field("amount", _("Amount"), "amount", True),
            Field(
                "received_by",
                _("Received by"),
                "choice",
                True,
                (("party", _("Us")), ("creditor", _("The creditor"))),
            ),
            Field("reference", _("Reference")),
            text,
            files,
        ]

    def _cost_fields(self, desk, day, text, files):
        _ = desk.env._
        return [
            day,
            Field("what", _("What it is for"), needed=True),
            Field("amount", _("Amount"), "amount", True),
            Field("recoverable", _("The debtor has to bear it"), "tick"),
            text,
            files,
        ]

    def _visit_fields(self, desk, day, text, files):
        _ = desk.env._
        visit = desk.env["credit.visit"]
        seen = [
            Field(
                f"seen_{aspect}",
                visit._fields[aspect]._description_string(desk.env),
                "choice",
                options=tuple(visit._fields[aspect]._description_selection(desk.env)),
            )
            for aspect in POINTS
        ]
        return [
            day,
            Field("present", _("The debtor was there"), "yesno", True),
            Field("who", _("Who was met")),
            *seen,
            text,
            files._replace(label=_("Photos and files")),
        ]

    def _document_fields(self, desk, day, text, files):
        _ = desk.env._
        kinds = desk.env["credit.document.kind"].search([], limit=MOST_KINDS)
        return [
            day._replace(label=_("Date of the document")),
            files._replace(needed=True),
            Field(
                "document_kind",
                _("Kind of document"),
                "choice",
                options=tuple((kind.code, kind.name) for kind in kinds),
            ),
            text,
        ]

    def _event_fields(self, desk, day, text, files):
        _ = desk.env._
        events = desk.env["credit.case.event"]
        known = desk.case._report_event_kinds()
        labels = events._fields["kind"]._description_selection(desk.env)
        choices = [
            (code, label)
            for code, label in labels
            if code in known and code not in (*OWN_TYPE, "answer", "missed")
        ]
        return [
            day,
            Field("kind", _("What happened"), "choice", True, tuple(choices)),
            Field("in_person", _("The debtor was met in person"), "tick"),
            text,
            files,
        ]

    def _discount_fields(self, desk, day, text, files):
        _ = desk.env._
        return [
            Field("amount", _("Amount"), "amount", help=_("To be given up, or:")),
            Field("percent", _("Rate (%)"), "amount", help=_("Of what is open.")),
            text._replace(label=_("Why"), needed=True),
            files,
        ]

    def _plan_fields(self, desk, day, text, files):
        _ = desk.env._
        plans = desk.env["credit.plan"]
        often = plans._fields["frequency"]._description_selection(desk.env)
        known = [code for code, _label in FREQUENCIES]
        return [
            Field("number", _("Number of instalments"), "number", True),
            Field(
                "frequency",
                _("How often"),
                "choice",
                True,
                tuple(choice for choice in often if choice[0] in known),
                default="month",
            ),
            Field("first_date", _("First instalment"), "date", True),
            text._replace(label=_("Why"), needed=True),
            files,
        ]

    # ------------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------------

    @api.model
    def _send(self, desk, what, form, files):
        """Take what was sent, or refuse it; whoever calls undoes what was written.

        :param str what: one of :data:`REPORTS` or :data:`REQUESTS`
        :param form: texts by name, from anybody
        :param dict files: {name: list of (file name, content)}
        :raise Refused: in words for whoever sent it
        """
        self._check_may_send(desk)
        offered = {field.name: field for field in self._fields_of(desk, what)}
        values = {
            name: form.get(name) or ""
            for name, field in offered.items()
            if field.kind != "files"
        }
        uploads = files.get("documents", []) if "documents" in offered else []
        kind = values.get("document_kind", "")
        documents = [
            {"name": name, "content": content, "document_kind": kind}
            for name, content in uploads
        ]
        if what in requests.KINDS:
            self._send_request(desk, what, values, documents, offered)
        else:
            self._send_report(desk, what, values, documents, offered)

    def _send_report(self, desk, what, values, documents, offered):
        report = {**self._report_values(desk, offered, values), "type": what}
        if what == "question":
            report["date"] = str(desk.today)
        if "amount" in offered:
            report["currency"] = desk.case.currency_id.name
        if what == "document" and documents:
            report.update(documents[0])
            documents = documents[1:]
        _taken, problems = desk.case._judge_report(
            {**report, "documents": documents}, "party", desk.contact
        )
        kinds = offered.get("document_kind")
        given = values.get("document_kind")
        if kinds and given and given not in dict(kinds.options):
            problem = Problem("document_kind", "unknown", {"value": shown(given)})
            problems = [problem, *problems]
        self._refuse(desk, offered, problems)
        desk.case._accept_report(
            {**report, "documents": documents}, "party", author=desk.contact
        )

    @api.model
    def _report_values(self, desk, offered, values):
        """The values of a report by what was filled in; odd ones are left to refuse."""
        report, seen = {}, {}
        places = desk.case.currency_id.decimal_places
        for name, value in values.items():
            kind = offered[name].kind
            if kind in ("tick", "yesno"):
                value = {"1": True, "0": False}.get(value, value)
            elif kind == "amount":
                value = _figure(value, places)
            if name.startswith("seen_"):
                if value:
                    seen[name.removeprefix("seen_")] = value
            else:
                report[name] = value
        if seen:
            report["observations"] = seen
        return report

    def _send_request(self, desk, what, values, documents, offered):
        case, currency = desk.case, desk.case.currency_id
        wish, problems = requests.read(
            {
                name: _figure(value, currency.decimal_places)
                if offered[name].kind == "amount"
                else value
                for name, value in values.items()
            },
            what,
            desk.today,
            currency.decimal_places,
            round(case.amount_residual * 10**currency.decimal_places),
        )
        # Text and files are judged as those of a question.
        taken, others = case._judge_report(
            {
                "type": "question",
                "date": str(desk.today),
                "text": values.get("text"),
                "documents": documents,
            },
            "party",
            desk.contact,
        )
        known = {problem.key for problem in problems}
        problems += [problem for problem in others if problem.key not in known]
        self._refuse(desk, offered, problems)
        for name in ("amount", "percent"):
            if name in wish:
                wish[name] = float(wish[name])
        wish["attachment_ids"] = case._file_documents(taken)
        desk.env["credit.case.request"]._ask(case, what, desk.contact, **wish)

    @api.model
    def _refuse(self, desk, offered, problems):
        """Say what is wrong, each beside its field.

        :raise Unreadable: if something is
        """
        texts = {}
        for problem in problems:
            name = self._field_of(problem.key, offered)
            label = offered[name].label if name in offered else ""
            text = self._problem_text(desk, problem._replace(key=label))
            texts[name] = f"{texts[name]}\n{text}" if name in texts else text
        if texts:
            raise Unreadable(texts)

    @api.model
    def _field_of(self, key, offered):
        """The field that a key of a report was filled in with."""
        if key.startswith("documents") or key in ("name", "content"):
            return "documents"
        if key == "observations":
            return next(name for name in offered if name.startswith("seen_"))
        return key

    @api.model
    def _problem_text(self, desk, problem):
        if problem.code == "missing" and problem.key:
            return desk.env._("Please fill in “%s”.", problem.key)
        if problem.code in MESSAGES and problem.code not in REQUEST_MESSAGES:
            return desk.case._report_problem_text(problem)
        params = {
            name: day_text(desk.env, value) if hasattr(value, "day") else value
            for name, value in problem.params.items()
        }
        message = desk.env._(REQUEST_MESSAGES[problem.code])  # pylint: disable=W8301
        text = message % params if params else message
        if not problem.key:
            return text
        return desk.env._("%(label)s: %(value)s", label=problem.key, value=text)

    # ------------------------------------------------------------------
    # Conversation
    # ------------------------------------------------------------------

    @api.model
    def _request(self, desk, request_id):
        """A request of the user's own firm in the case, or an empty recordset."""
        return desk.case.request_ids.filtered(
            lambda request: request.id == request_id and request.firm_id == desk.firm
        )

    @api.model
    def _say(self, desk, request, form):
        """Add a word to a request. It goes to whoever is responsible by e-mail."""
        self._check_may_send(desk)
        offered = {"text": Field("text", desk.env._("Your message"))}
        try:
            text = clean_text(form.get("text") or "", MOST_TEXT)
        except BadInput:
            problem = Problem("text", "too_long", {"limit": MOST_TEXT})
            self._refuse(desk, offered, [problem])
        if not text:
            self._refuse(desk, offered, [Problem("text", "missing", {})])
        house = request._in_house()
        house.message_subscribe(desk.contact.ids)
        house.message_post(
            body=plaintext2html(text),
            subject=house._subject(),
            author_id=desk.contact.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        desk.case.last_report_at = desk.env.cr.now()

    @api.model
    def _take_back(self, desk, request):
        """Withdraw a request that nobody has answered yet."""
        self._check_may_send(desk)
        if request.state != "open":
            raise Refused(desk.env._("This has been answered already."))
        request._settle("withdrawn")


def _figure(text, places):
    """An amount as people write it, as a program does; what is none is left to refuse.

    :param int places: decimal places of the currency
    """
    if not isinstance(text, str) or len(text) > 40:
        return text
    try:
        return f"{parse_amount(text, places):f}"
    except BadInput:
        return text

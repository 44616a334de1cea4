"""What third parties report of cases, by whichever way it comes.

A form, a page of the third party and a feed all end in
:meth:`CreditCase._accept_report`: it is checked there and nowhere else, becomes an
entry of the timeline, and is handed on to whoever keeps costs, payments and deadlines.
"""

from collections import defaultdict
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from odoo.addons.credit_management.engine import solvency

from ..engine import report as reports
from .credit_case_event import EVENT_KINDS

#: What third parties say of a case, the last word of which is shown on it.
STATUSES = [
    ("contacted", "Debtor was contacted"),
    ("not_reached", "Debtor was not reached"),
    ("promise", "Debtor promised to pay"),
    ("dispute", "Debtor contests the claim"),
    ("unknown_address", "Debtor is not at the address"),
    ("insolvent", "Debtor is insolvent"),
    ("in_court", "Before a court"),
    ("ended", "Third party has ended its work"),
]
REPORT_TYPES = [
    ("status", "Progress"),
    ("cost", "Cost"),
    ("payment", "Payment"),
    ("visit", "Visit"),
    ("document", "Document"),
    ("question", "Question"),
    ("event", "Event"),
]
#: States of a case of which only the money and the papers are still told.
ENDED = ("closed", "withdrawn")


class Report(NamedTuple):
    """A report that may be taken.

    ``values`` are as :func:`..engine.report.read` returns them, ``key`` is the number
    of the message within its source or nothing, ``digest`` what it said.
    """

    case: Any
    values: dict
    origin: str
    author: Any
    key: str | None
    digest: str


class CreditCaseEvent(models.Model):
    _inherit = "credit.case.event"

    report_type = fields.Selection(REPORT_TYPES, string="Reported as", readonly=True)
    party_status = fields.Selection(STATUSES, string="Status reported", readonly=True)
    report = fields.Json(
        readonly=True,
        help="What was reported, value by value: what was seen at a visit among it.",
    )
    message_key = fields.Char(
        string="Number of the message",
        readonly=True,
        copy=False,
        help="By which the same report is known when it comes again.",
    )
    message_digest = fields.Char(readonly=True, copy=False)

    _message_once = models.UniqueIndex(
        "(case_id, message_key) WHERE message_key IS NOT NULL",
        "This message has been taken already.",
    )


class CreditCase(models.Model):
    _inherit = "credit.case"

    party_status = fields.Selection(
        STATUSES,
        string="Last status",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="What the third party said last.",
    )
    party_status_date = fields.Date(
        string="Status of", readonly=True, copy=False, help="The day that it is about."
    )
    last_report_at = fields.Datetime(
        string="Last report",
        readonly=True,
        copy=False,
        help="When something last came from the third party.",
    )

    # ------------------------------------------------------------------
    # One report
    # ------------------------------------------------------------------

    def _accept_report(self, report, origin, author=None, message_id=None):
        """Take what a third party reports of this case, or refuse it with the reason.

        In sudo: whoever calls has made sure that the case is in the hands of who
        reports. The same message again changes nothing.

        :param dict report: from anybody, see :mod:`..engine.report`
        :param str origin: of the event: ``party``, ``feed`` or ``creditor``
        :param author: partner who reports; the user's by default
        :param str message_id: number of the message within its source, if it has one
        :return: the event
        :raise UserError: in words, one line for each problem; nothing is done then
        """
        self.ensure_one()
        case = self.sudo()
        # Whoever sends the same at the same moment waits here, and starts anew then:
        # the first one writes to the row.
        self.env.execute_query(
            SQL("SELECT FROM credit_case WHERE id = %s FOR NO KEY UPDATE", case.id)
        )
        case.invalidate_recordset(["state"])
        taken, problems = case._judge_report(report, origin, author, message_id)
        known = case._known_messages([taken] if taken else [])
        event = known.get((case.id, message_id))
        if event and event.message_digest == taken.digest:
            return event.sudo(self.env.su)
        if event:
            problems = [reports.Problem("message_id", "other_content", {})]
        if problems:
            raise UserError("\n".join(map(self._report_problem_text, problems)))
        return case._accept_reports([taken]).sudo(self.env.su)

    def _judge_report(
        self, report, origin, author=None, message_id=None, today=None, beside=()
    ):
        """Read a report of this case; nothing is written.

        :param date today: in the company's time zone, where it is known already
        :param beside: other :class:`Report` of the case that are taken with it
        :return: (:class:`Report`, []) or (the same or None, problems)
        """
        self.ensure_one()
        values, problems = reports.read(
            report,
            today or self.company_id._credit_today(),
            reports.Currency(self.currency_id.name, self.currency_id.decimal_places),
            opened=self.date_opened,
            ended=self.state in ENDED,
            kinds=self._report_event_kinds(),
        )
        if self.state == "draft":
            problems = [reports.Problem("case", "not_open", {})]
        if not values:
            return None, problems
        author = author or self.env.user.partner_id
        digest = reports.digest(values)
        return Report(self, values, origin, author, message_id, digest), problems

    @api.model
    def _report_event_kinds(self):
        """Kinds of events that may be reported; other addons may add theirs."""
        return [kind for kind, _label in EVENT_KINDS]

    @api.model
    def _known_messages(self, taken):
        """Events of the messages of some reports that were taken before.

        :return: {(case id, number): event}
        """
        keys = [report.key for report in taken if report.key]
        if not keys:
            return {}
        # What was struck was taken as well: it is not taken anew.
        known = self.env["credit.case.event"].with_context(active_test=False)
        events = known.search_fetch(
            Domain("case_id", "in", [report.case.id for report in taken])
            & Domain("message_key", "in", keys),
            ["case_id", "message_key", "message_digest"],
        )
        return {(event.case_id.id, event.message_key): event for event in events}

    # ------------------------------------------------------------------
    # Many at once
    # ------------------------------------------------------------------

    @api.model
    def _accept_reports(self, taken):
        """Take reports that were judged; the number of queries hardly grows with them.

        :param taken: list of :class:`Report`, in sudo, each new
        :return: an event for each, in their order
        """
        vals_list = self._report_events(taken)
        for report, values in zip(taken, vals_list, strict=True):
            values["attachment_ids"] = self._file_documents(report)
        # The entry is the record itself: no message tells of it once more.
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        events = quiet._add_events(vals_list).with_env(self.env)
        self._keep_party_status(taken)
        self._keep_report_risk(taken)
        self._open_report_tasks(taken)
        for report, event in zip(taken, events, strict=True):
            if report.values["type"] == "cost":
                report.case._take_cost(report.values, event)
            elif report.values["type"] == "payment":
                report.case._take_payment(report.values, event)
        return events

    # ------------------------------------------------------------------
    # Events
    # ------------------------------------------------------------------

    @api.model
    def _report_events(self, taken):
        """Values of the event of each report, in the language of the house."""
        by_reader = defaultdict(list)
        for report in taken:
            case = report.case
            by_reader[case.company_id, case.user_id].append(report)
        found = {}
        for own in by_reader.values():
            house = own[0].case._in_house()
            for report in own:
                found[id(report)] = {
                    "case_id": report.case.id,
                    "date": report.values["date"],
                    "kind": report.values.get("kind") or report.values["type"],
                    "name": house._report_title(report.values),
                    "note": house._report_note(report.values) or False,
                    "amount": report.values.get("amount", 0),
                    "in_person": report.values.get("in_person", False),
                    "origin": report.origin,
                    "author_id": report.author.id,
                    "report_type": report.values["type"],
                    "party_status": report.values.get("status", False),
                    "report": self._report_json(report.values),
                    "message_key": report.key or False,
                    "message_digest": report.digest,
                }
        return [found[id(report)] for report in taken]

    @api.model
    def _report_title(self, values):
        """What happened, in one line."""
        _ = self.env._
        kind = values["type"]
        if kind == "status":
            return self._label_of("credit.case", "party_status", values["status"])
        if kind == "cost":
            return values["what"]
        if kind == "payment":
            if values["received_by"] == "party":
                return _("Payment received by the third party")
            return _("Payment received by us, as the third party says")
        if kind == "visit":
            if values["present"]:
                return _("Visit: the debtor was there")
            return _("Visit: the debtor was not there")
        if kind == "document":
            return values["documents"][0].name
        if kind == "question":
            return _("Question of the third party")
        return self._label_of("credit.case.event", "kind", values["kind"])

    @api.model
    def _report_note(self, values):
        """All else that was told, as plain text."""
        lines = [values.get("text")]
        if values.get("reference"):
            lines.append(self.env._("Reference: %s", values["reference"]))
        if values.get("who"):
            lines.append(self.env._("Who was met: %s", values["who"]))
        if values.get("recoverable"):
            lines.append(self.env._("Recoverable from the debtor, as reported."))
        visit = self.env["credit.visit"]
        for aspect, code in values.get("observations", {}).items():
            label = visit._fields[aspect]._description_string(self.env)
            seen = self._label_of("credit.visit", aspect, code)
            lines.append(self.env._("%(label)s: %(value)s", label=label, value=seen))
        return "\n".join(filter(None, lines))

    @api.model
    def _event_texts(self, event):
        """Title and remark of an event, in the reader's language where that is known.

        Those of a report are told from its values; others stay as they were written.
        """
        values = event.report
        if not values or values["type"] == "document":
            return event.name, event.note or ""
        return self._report_title(values), self._report_note(values)

    @api.model
    def _label_of(self, model, name, code):
        field = self.env[model]._fields[name]
        return dict(field._description_selection(self.env))[code]

    @api.model
    def _report_json(self, values):
        """The values of a report as they can be kept; documents are files."""
        kept = {key: values[key] for key in values if key != "documents"}
        kept["date"] = values["date"].isoformat()
        if "amount" in values:
            kept["amount"] = f"{values['amount']:f}"
        return kept

    @api.model
    def _file_documents(self, report):
        """Keep the documents of a report, for its event."""
        documents = report.values.get("documents", ())
        attachments = self.env["ir.attachment"].create(
            [
                {
                    "name": document.name,
                    "raw": document.content,
                    "mimetype": document.mimetype,
                    **self._document_values(document.kind),
                }
                for document in documents
            ]
        )
        return [Command.set(attachments.ids)]

    @api.model
    def _document_values(self, kind):
        """Further values of an attachment by the kind of document that was told.

        :param str kind: a code of the third party's, or empty
        """
        return {"description": kind} if kind else {}

    # ------------------------------------------------------------------
    # What follows
    # ------------------------------------------------------------------

    @api.model
    def _keep_party_status(self, taken):
        """Show the latest status on each case; of one day, what was told last."""
        latest, groups = {}, defaultdict(self.browse)
        for report in taken:
            case, values = report.case, report.values
            if values["type"] != "status":
                continue
            before = latest.get(case) or (case.party_status_date, None)
            if not before[0] or values["date"] >= before[0]:
                latest[case] = (values["date"], values["status"])
        for case, found in latest.items():
            groups[found] |= case
        for (day, status), cases in groups.items():
            cases.write({"party_status": status, "party_status_date": day})
        cases = self.browse({report.case.id for report in taken})
        cases.last_report_at = fields.Datetime.now()

    def _react_to_events(self, events):
        # EXTENDS credit_management_legal: a status that was struck is not the last one
        result = super()._react_to_events(events)
        struck = events.filtered(lambda e: e.report_type == "status" and not e.active)
        struck.case_id.sudo()._restore_party_status()
        return result

    def _restore_party_status(self):
        """Show the latest status of those that stand, as it was told."""
        for case in self:
            told = case.event_ids.filtered(lambda event: event.report_type == "status")
            last = told.sorted(lambda event: (event.date, event.id))[-1:]
            case.party_status = last.party_status
            case.party_status_date = last.date

    @api.model
    def _keep_report_risk(self, taken):
        """Keep what was seen at a visit with the debtor, as visits of our own do."""
        for report in taken:
            found = solvency.score(report.values.get("observations", {}))
            if found is None:
                continue
            case, day = report.case, report.values["date"]
            debtor = case.partner_id.with_company(case.company_id)
            last = debtor.credit_solvency_date
            if not (last and last > day):
                debtor.write(
                    {"credit_solvency_score": found, "credit_solvency_date": day}
                )

    @api.model
    def _open_report_tasks(self, taken):
        """What somebody has to do after a report."""
        moved = [r for r in taken if r.values.get("status") == "unknown_address"]
        self._open_address_tasks(moved)
        asked = [
            report
            for report in taken
            if report.values["type"] == "question"
            or report.values.get("status") == "insolvent"
        ]
        self._open_report_activities(asked)

    @api.model
    def _open_address_tasks(self, taken):
        """An address to be mended comes to the worklist, once as long as it waits.

        As after a visit by our own people: the core keeps what is wrong with an address
        as an answer; ``credit.address`` is about e-mail.
        """
        if not taken:
            return
        answers = self.env["credit.answer"]
        debtors = [report.case.partner_id.id for report in taken]
        waiting = answers.search_fetch(
            Domain("partner_id", "in", debtors)
            & Domain("kind", "=", "wrong_address")
            & Domain("state", "=", "new"),
            ["partner_id", "company_id"],
        )
        known = {(answer.partner_id, answer.company_id) for answer in waiting}
        for report in taken:
            case = report.case
            debtor = (case.partner_id, case.company_id)
            if debtor not in known:
                known.add(debtor)
                answers._tell(
                    *debtor,
                    "wrong_address",
                    text=report.values.get("text"),
                    source="party",
                )

    @api.model
    def _open_report_activities(self, taken):
        """A to-do for whoever is responsible, once as long as it waits."""
        if not taken:
            return
        activities = self.env["mail.activity"]
        kind = self.env.ref("mail.mail_activity_data_todo")
        model = self.env["ir.model"]._get_id(self._name)
        waiting = activities.search_fetch(
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", [report.case.id for report in taken])
            & Domain("activity_type_id", "=", kind.id),
            ["res_id", "summary"],
        )
        known = {(activity.res_id, activity.summary) for activity in waiting}
        vals_list = []
        for report in taken:
            house = report.case._in_house()
            insolvent = report.values["type"] == "status"
            summary = (
                house.env._("The debtor is insolvent, as the third party says")
                if insolvent
                else house.env._("Answer the question of the third party")
            )
            key = (report.case.id, summary)
            if key in known:
                continue
            known.add(key)
            vals_list.append(
                {
                    "res_model_id": model,
                    "res_id": report.case.id,
                    "activity_type_id": kind.id,
                    "summary": summary,
                    "user_id": (report.case.user_id or self.env.user).id,
                    "date_deadline": report.case.company_id._credit_today(),
                }
            )
        # No e-mail for each of them: they stand in the list of what is to be done.
        activities.with_context(mail_activity_quick_update=True).create(vals_list)

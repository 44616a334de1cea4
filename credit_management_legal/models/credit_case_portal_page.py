"""What the page of a case shows to the third party that has it."""

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext

from odoo.addons.credit_management.models.credit_account import DOCUMENTS, Account
from odoo.addons.credit_management.models.credit_account_page import Show
from odoo.addons.credit_management.models.credit_agreement import to_major
from odoo.addons.credit_management.report.wording import moment_text

from ..report.company_number import named
from .credit_case import RUNNING
from .credit_case_portal_send import REPORTS, REQUESTS

#: What the list shows of a case; read at once for all of a page.
LIST_FIELDS = (
    "company_id",
    "currency_id",
    "date_closed",
    "date_opened",
    "kind",
    "last_report_at",
    "name",
    "partner_id",
    "party_reference",
    "state",
)
#: What is said in requests, and stands there; a third party's own entry of these kinds
#: that belongs to none stands on the timeline.
IN_REQUESTS = ("question", "answer")
MOST_REMINDERS = 50
MOST_CONTACTS = 10
#: Kinds of files that a browser may be told of; the rest is bytes.
SHOWN_TYPES = ("application/pdf", "image/jpeg", "image/png", "image/tiff")


class CreditCasePortal(models.AbstractModel):
    _inherit = "credit.case.portal"

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    @api.model
    def _list_rows(self, domain, order, limit, offset):
        """What the list shows of some cases; as many queries for one as for many."""
        cases = self.env["credit.case"].sudo()
        cases = cases.search_fetch(
            domain, LIST_FIELDS, order=order, limit=limit, offset=offset
        )
        # What is open on each case is read at once, not case by case.
        cases.line_ids.move_line_id.fetch(["amount_residual_currency", "currency_id"])
        waiting = dict(
            self.env["credit.case.request"]
            .sudo()
            ._read_group(
                Domain("case_id", "in", cases.ids)
                & Domain("firm_id", "=", self._firm().id)
                & Domain("state", "=", "open"),
                ["case_id"],
                ["__count"],
            )
        )
        show = Show(self.env)
        return [
            {
                "case": case,
                "debtor": case.partner_id.name,
                "creditor": case.company_id.name,
                "opened": show.day(case.date_opened),
                "amount": show.money(case.amount_residual, case.currency_id),
                "deadline": show.day(self._next_deadline(case)),
                "waiting": waiting.get(case, 0),
                "state": self._state_text(case),
                "is_open": case.state in RUNNING,
            }
            for case in cases
        ]

    @api.model
    def _next_deadline(self, case):
        """The next day by which something has to be done."""
        return case.next_deadline_date

    @api.model
    def _state_text(self, case):
        _ = self.env._
        if case.state == "open":
            return _("Before a court") if case.kind == "judicial" else _("In hand")
        return {
            "paid": _("Paid"),
            "withdrawn": _("Withdrawn"),
            "closed": _("Closed"),
        }[case.state]

    # ------------------------------------------------------------------
    # The page
    # ------------------------------------------------------------------

    @api.model
    def _page_values(self, desk):
        """All that the page of a case shows."""
        case = desk.case
        titles = self._titles()
        return {
            "page_name": "credit_case",
            "desk": desk,
            "case": case,
            "company": desk.company,
            "debtor": case.partner_id,
            "address": self._address(case.partner_id),
            "number": named(
                case.partner_id.country_id.code,
                case.partner_id.company_registry,
                (desk.env.lang or "en")[:2],
            ),
            "contacts": self._contacts(case),
            "show": Show(desk.env),
            "state_text": self._state_text(case),
            "owed": self._owed(desk),
            "items": self._item_rows(desk),
            "reminders": self._reminder_rows(case),
            "timeline": self._timeline(desk),
            "requests": self._request_rows(desk),
            "terms": self._terms(desk),
            "deadlines": self._deadlines(desk),
            "person": self._person(case),
            "reports": [(what, titles[what][0]) for what in REPORTS],
            "asks": [(what, titles[what][0]) for what in REQUESTS],
        }

    @api.model
    def _address(self, partner):
        """The address in lines, as its country writes it; none of them empty."""
        lines = partner._display_address(without_company=True).splitlines()
        return "\n".join(line.strip() for line in lines if line.strip())

    @api.model
    def _contacts(self, case):
        """Whom to reach at the debtor's, beside the debtor itself."""
        return case.env["res.partner"].search(
            Domain("parent_id", "=", case.partner_id.id)
            & (Domain("email", "!=", False) | Domain("phone", "!=", False)),
            order="type, name, id",
            limit=MOST_CONTACTS,
        )

    @api.model
    def _owed(self, desk):
        """What is owed today: rows of label and amount, and what can't be reckoned."""
        _ = desk.env._
        claim, currency = self._claim(desk), desk.case.currency_id
        show = Show(desk.env)

        def money(amount):
            return show.money(to_major(amount, currency), currency)

        rows = [(_("Principal"), money(claim["principal"]))]
        for key, label, sign in (
            ("interest", _("Late interest until today"), 1),
            ("charges", _("Charges"), 1),
            ("costs", _("Costs"), 1),
            ("paid", _("Paid"), -1),
        ):
            if claim.get(key):
                rows.append((label, money(sign * claim[key])))
        return {
            "rows": rows,
            "total": money(claim["total"]),
            "to_check": show.money(desk.case.amount_to_check, currency)
            if desk.case.amount_to_check
            else "",
            "missing": claim.get("missing", []),
        }

    @api.model
    def _claim(self, desk):
        """The claim of today by its parts, in minor units of the case's currency.

        With costs and reported payments where these are kept. ``missing`` names rates
        without which it is not complete.
        """
        return desk.case._claim_at(desk.today)

    @api.model
    def _item_rows(self, desk):
        case, show = desk.case, Show(desk.env)
        currency = case.currency_id
        rows = []
        for line in case.line_ids.sorted(lambda line: (line.date_due, line.id)):
            late = (desk.today - line.date_due).days if line.date_due else 0
            gone = line.date_withdrawn
            rows.append(
                {
                    "name": line.name,
                    "move_id": line.move_id.id,
                    "has_pdf": line.move_id.move_type in DOCUMENTS and not gone,
                    "date": show.day(line.date_invoice),
                    "due": show.day(line.date_due),
                    "late": late if line.amount_residual > 0 and not gone else 0,
                    "original": show.money(line.amount_original, currency),
                    "opening": show.money(line.amount, currency),
                    "residual": ""
                    if gone
                    else show.money(line.amount_residual, currency),
                    "withdrawn": show.day(gone),
                }
            )
        return rows

    @api.model
    def _reminder_rows(self, case):
        """What was sent to the debtor about the items, the latest first."""
        items = case._items()
        reminders = case.env["credit.reminder"].search_fetch(
            Domain("line_ids.move_line_id", "in", items.ids)
            & Domain("company_id", "=", case.company_id.id)
            & Domain("state", "=", "sent")
            & Domain("channel", "!=", "agency"),
            ["name", "date_done", "channel", "step_id"],
            order="date_done desc, id desc",
            limit=MOST_REMINDERS,
        )
        show = Show(case.env)
        channels = dict(case.env["credit.policy.step"]._selection_channel())
        return [
            {
                "name": reminder.name,
                "day": show.day(reminder.date_done),
                "step": reminder.step_id.name,
                "channel": channels.get(reminder.channel, ""),
            }
            for reminder in reminders
        ]

    # ------------------------------------------------------------------
    # What was said and done
    # ------------------------------------------------------------------

    @api.model
    def _own_events(self, desk):
        """The entries that the user's own firm made."""
        return desk.case.event_ids.filtered(
            lambda event: event.author_id.commercial_partner_id == desk.firm
        )

    @api.model
    def _timeline(self, desk):
        """What happened, the latest first.

        Of what others noted, the creditor among them, the fact is told and no more:
        their remarks and documents are theirs. Requests stand apart, and who else has
        downloaded the file is nothing that happened to the debtor.
        """
        show, own = Show(desk.env), self._own_events(desk)
        shown = own - desk.case.request_ids.event_id
        events = desk.case.event_ids.filtered(
            lambda e: e in shown or (e.kind not in IN_REQUESTS and not e.handoff_sha256)
        )
        kinds = dict(events._fields["kind"]._description_selection(desk.env))
        rows = []
        for event in events:
            mine = event in own
            title, note = desk.case._event_texts(event)
            if title == desk.case._in_house().env._("Hand-off file downloaded"):
                title = desk.env._("Hand-off file downloaded")
            who = event.author_id.name if mine else desk.company.name
            if event.origin in ("party", "feed") and not mine:
                who = desk.env._("Another third party")
            rows.append(
                {
                    "id": event.id,
                    "day": show.day(event.date),
                    "kind": kinds[event.kind],
                    "name": title,
                    "note": note if mine else "",
                    "amount": show.money(event.amount, event.currency_id)
                    if event.amount
                    else "",
                    "who": who,
                    "documents": event.attachment_ids if mine else (),
                }
            )
        return rows

    @api.model
    def _own_requests(self, desk):
        return desk.case.request_ids.filtered(lambda r: r.firm_id == desk.firm)

    @api.model
    def _messages(self, desk):
        """What was said about the user's requests; nothing internal."""
        comment = desk.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        return desk.env["mail.message"].search(
            Domain("model", "=", "credit.case.request")
            & Domain("res_id", "in", self._own_requests(desk).ids)
            & Domain("subtype_id", "=", comment)
            & Domain("is_internal", "=", False),
            order="id",
        )

    @api.model
    def _request_rows(self, desk):
        """What the user's firm asked, with what was said about it, the latest first."""
        said = self._messages(desk).grouped("res_id")
        zone, show = desk.company.credit_tz, Show(desk.env)
        rows = []
        for request in self._own_requests(desk):
            messages = said.get(request.id, desk.env["mail.message"])
            rows.append(
                {
                    "id": request.id,
                    "kind": request._kind_text(),
                    "day": show.day(request.date),
                    "open": request.state == "open",
                    "state": self._request_state(request),
                    "state_code": request.state,
                    "messages": [
                        {
                            "author": message.author_id.name or desk.company.name,
                            "moment": moment_text(desk.env, message.date, zone),
                            "text": self._said(desk, request, message),
                            "documents": message.attachment_ids,
                        }
                        for message in messages
                    ],
                }
            )
        return rows

    @api.model
    def _said(self, desk, request, message):
        """A message about a request, as plain text.

        What a form asked is kept in the language of the house: its figures are shown
        in the reader's.
        """
        text = html2plaintext(message.body or "").strip()
        if text == request._in_house()._wish_text():
            return request.with_env(desk.env)._wish_text()
        return text

    @api.model
    def _request_state(self, request):
        _ = request.env._
        if request.state == "approved":
            asked = request.kind in ("question", "other")
            return _("Answered") if asked else _("Agreed")
        return {
            "open": _("Waiting for an answer"),
            "refused": _("Refused"),
            "withdrawn": _("Withdrawn"),
        }[request.state]

    @api.model
    def _document(self, desk, attachment_id):
        """A file that the user's firm sent or was sent in this case, or None.

        :return: (name, content, MIME type)
        """
        files = (
            self._own_events(desk).attachment_ids
            | self._own_requests(desk).attachment_ids
            | self._messages(desk).attachment_ids
        )
        found = files.filtered(lambda file: file.id == attachment_id)
        if not found:
            return None
        known = found.mimetype in SHOWN_TYPES
        return (
            found.name,
            found.raw or b"",
            found.mimetype if known else "application/octet-stream",
        )

    @api.model
    def _invoice(self, desk, move_id):
        """The document of an item that is in the case, or None.

        :return: (file name, content)
        """
        lines = desk.case.line_ids.filtered(lambda line: not line.date_withdrawn)
        if move_id not in lines.move_id.ids:
            return None
        account = Account(
            company=desk.company,
            debtor=desk.case.partner_id,
            reminder=desk.env["credit.reminder"],
            contact=desk.contact,
            path=desk.path,
        )
        return desk.env["credit.account"]._invoice_pdf(account, move_id)

    # ------------------------------------------------------------------
    # Terms
    # ------------------------------------------------------------------

    @api.model
    def _deadlines(self, desk):
        """Deadlines that run or were missed."""
        show, found = Show(desk.env), []
        for deadline in desk.case.deadline_ids.sorted("date"):
            if deadline.state in ("open", "missed") and deadline.is_current:
                found.append(
                    {
                        "day": show.day(deadline.date),
                        "name": deadline.rule_id.display_name,
                        "missed": deadline.state == "missed",
                    }
                )
        return found

    @api.model
    def _person(self, case):
        """Whom to talk to at the creditor's."""
        company = case.company_id.partner_id
        partner = case.user_id.partner_id or company
        return {
            "name": partner.name,
            "phone": partner.phone or company.phone,
            "email": partner.email or company.email,
        }

    @api.model
    def _terms(self, desk):
        """The terms of the mandate: rows of label and text, no more than its own."""
        _, mandate = desk.env._, desk.case.mandate_id
        if not mandate or mandate.party_id.commercial_partner_id != desk.firm:
            return []
        show = Show(desk.env)

        def money(amount):
            return show.money(amount, mandate.currency_id)

        def choice(name):
            labels = mandate._fields[name]._description_selection(desk.env)
            return dict(labels).get(mandate[name], "")

        names = {
            "creditor": _("in the creditor's name"),
            "party": _("in your own name"),
        }
        payees = {
            "either": _("you or the creditor"),
            "creditor": _("the creditor"),
            "party": _("you"),
        }
        period = _("from %s", show.day(mandate.date_from))
        if mandate.date_to:
            period = _(
                "from %(first)s to %(last)s",
                first=show.day(mandate.date_from),
                last=show.day(mandate.date_to),
            )
        rows = [
            (_("Contract"), mandate.reference),
            (_("In force"), period),
            (_("You act"), names[mandate.in_name_of]),
            *self._fee_rows(desk, mandate, money),
            (_("Costs are borne by"), choice("cost_bearer")),
            (_("The debtor pays"), payees[mandate.payments_to]),
            (_("What you collect"), choice("remittance")),
            (_("Passed on within"), _("%s days", mandate.remittance_days)),
        ]
        return [(label, text) for label, text in rows if text]

    @api.model
    def _fee_rows(self, desk, mandate, money):
        _, bands = desk.env._, []
        for band in mandate.fee_ids.sorted(lambda fee: (fee.age_from, fee.above)):
            parts = [f"{band.percent:g} %"]
            if band.fixed:
                parts.append(_("and %s once", money(band.fixed)))
            if band.above:
                parts.append(_("above %s", money(band.above)))
            if band.age_from:
                parts.append(_("from %s days overdue on", band.age_from))
            bands.append(" ".join(parts))
        amounts = (
            ("fee_min", _("At least")),
            ("fee_max", _("At most")),
            ("fee_opening", _("To open a case")),
            ("fee_failure", _("Without success")),
        )
        return [
            (_("Success fee"), "\n".join(bands)),
            *(
                (label, mandate[name] and money(mandate[name]))
                for name, label in amounts
            ),
        ]

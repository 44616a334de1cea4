"""What the visitor's pages show: a round, one visit, the papers for the debtor.

Whoever comes by the link of a round, or as its own visitor by a login, is given the
round in sudo; everything that is shown hangs on it, and on nothing else.
"""

import secrets
from hashlib import sha256

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq, format_amount
from odoo.tools.misc import hmac

from ..report.wording import day_text, moment_text
from .credit_account import Account, Refused
from .credit_account_forms import FORM_DAYS

FORM_SCOPE = "credit_management.visit.form"
#: Contacts that a visitor reads of before ringing.
RECENT = 4


class CreditVisitRound(models.Model):
    _inherit = "credit.visit.round"

    def _speaking(self):
        """The round in the language of its visitor and in its company."""
        self.ensure_one()
        company = self.company_id
        visitor = self.user_id.partner_id or self.firm_id
        lang = visitor.lang or company.partner_id.lang
        return self.with_company(company).with_context(
            lang=lang, tz=company.credit_tz, allowed_company_ids=company.ids
        )

    def _visit(self, visit_id):
        """One of the visits of the round, or an empty recordset."""
        self.ensure_one()
        return self.env["credit.visit"].search(
            Domain("id", "=", visit_id) & Domain("round_id", "=", self.id)
        )

    def _visitor_name(self):
        self.ensure_one()
        return self.user_id.name or self.firm_id.display_name

    def _page_values(self):
        """The stops of the round in their order, and what is owed at each."""
        self.ensure_one()
        visits = self.visit_ids.sorted(lambda v: (v.sequence, v.id))
        stops = visits._stop_texts()
        owed = visits.partner_id._credit_owed_now(self.company_id)
        recent = visits._recent(visits.partner_id, self.company_id, RECENT)
        rows = [
            {
                "visit": visit,
                "place": place,
                "stop": stops.get(visit),
                "owed": visit._owed_text(owed.get(visit.partner_id.id, {})),
                "recent": recent.get(visit.partner_id.id, []),
            }
            for place, visit in enumerate(visits, start=1)
        ]
        return {
            "route": self,
            "company": self.company_id,
            "visitor": self._visitor_name(),
            "rows": rows,
            "to_make": len([row for row in rows if not row["stop"]]),
        }

    # ------------------------------------------------------------------
    # Forms
    # ------------------------------------------------------------------

    def _form_key(self, visit):
        """A key for one page, to be sent along with the report typed on it.

        It is signed for the round and the visit, and stands in for Odoo's token
        against requests from other sites: a page that waited for a network may be sent
        when the session it was opened in is long over.
        """
        stamp = int(fields.Datetime.now().timestamp())
        return self._signed_form_key(visit, secrets.token_hex(12), str(stamp))

    def _signed_form_key(self, visit, nonce, stamp):
        message = (self.id, self.access_version, visit.id, nonce, stamp)
        return f"{nonce}-{stamp}-{hmac(self.env, FORM_SCOPE, message)}"

    def _use_form(self, visit, form):
        """Find out whether a page is sent for the first time.

        :return: :class:`CreditForm` and whether it is the first time
        :raise Refused: if the page was not made for this visit, or too long ago
        """
        given = form.get("form_key") or ""
        nonce, _dash, rest = given.partition("-")
        stamp = rest.partition("-")[0]
        expected = self._signed_form_key(visit, nonce, stamp)
        least = fields.Datetime.subtract(fields.Datetime.now(), days=FORM_DAYS)
        if (
            not consteq(expected.encode(), given.encode())
            or int(stamp) < least.timestamp()
        ):
            raise Refused(
                self.env._(
                    "This page is not valid any more. Open the visit again, and type "
                    "the report there."
                )
            )
        key = sha256(f"{FORM_SCOPE}:{given}".encode()).hexdigest()
        return self.env["credit.form"]._first_time(key)


class CreditVisit(models.Model):
    _inherit = "credit.visit"

    def _account(self):
        """The debtor's account, as the debtor's own page understands it."""
        self.ensure_one()
        return Account(
            company=self.company_id,
            debtor=self.partner_id,
            reminder=self.reminder_id,
            contact=self.address_id,
            path="",
        )

    def _stop_texts(self):
        """Why the visitor does not have to go there: {visit: text}."""
        texts = {}
        labels = dict(self._fields["state"]._description_selection(self.env))
        reasons = self.env["credit.reminder"]._left_out_labels()
        for company, visits in self.grouped("company_id").items():
            planned = visits.filtered(lambda v: v.state == "planned")
            for visit in visits - planned:
                texts[visit] = visit.cancel_reason or labels[visit.state]
            refusals = planned.partner_id._credit_visit_refusals(company)
            owing = planned.partner_id._credit_owed_now(company)
            facts = {}
            if planned.reminder_id:
                today = company._credit_today()
                facts = planned.reminder_id._line_facts(company, today)
            for visit in planned:
                lines = [
                    facts[line.id]
                    for line in visit.reminder_id.line_ids
                    if line.id in facts
                ]
                blocked = [
                    reason or "paid"
                    for left, _due, reason in lines
                    if reason or left <= 0
                ]
                refusal = refusals.get((company, visit.partner_id))
                if refusal:
                    texts[visit] = refusal
                elif not owing.get(visit.partner_id.id):
                    texts[visit] = self.env._("Nothing is owed any more.")
                elif lines and len(blocked) == len(lines):
                    texts[visit] = reasons.get(blocked[0], blocked[0])
        return texts

    def _owed_text(self, owed):
        """What is owed now in each currency; in all, where nothing is owed now.

        :param dict owed: of the debtor, as ``_credit_owed_now`` gives it
        """
        texts = (
            format_amount(self.env, now, currency)
            if now
            else self.env._(
                "%s in all, nothing of it now", format_amount(self.env, whole, currency)
            )
            for currency, (now, whole) in owed.items()
        )
        return " + ".join(texts)

    @api.model
    def _recent(self, debtors, company, count):
        """The last contacts with some debtors: {debtor id: [(day, channel)]}.

        One query, however many debtors.

        :param int count: at most so many of each debtor, the newest first
        """
        labels = dict(self.env["credit.policy.step"]._selection_channel())
        since = fields.Date.subtract(company._credit_today(), years=1)
        found = {}
        reminders = self.env["credit.reminder"]
        for reminder in reminders.search_fetch(
            Domain("partner_id", "in", debtors.ids)
            & reminders._domain_day_known()
            & Domain("company_id", "=", company.id)
            & Domain("state", "=", "sent")
            & Domain("date_done", ">=", since),
            ["partner_id", "date_done", "channel"],
            order="date_done DESC, id DESC",
        ):
            entries = found.setdefault(reminder.partner_id.id, [])
            if len(entries) < count:
                label = labels.get(reminder.channel, reminder.channel)
                entries.append((reminder.date_done, label))
        return found

    def _reported_text(self):
        """When the report was taken, by the company's clock."""
        self.ensure_one()
        return moment_text(self.env, self.reported_at, self.company_id.credit_tz)

    def _form_values(self):
        """What the visitor reads and is asked at one door."""
        self.ensure_one()
        picture = self.env["credit.account"]._picture(self._account())
        recent = self._recent(self.partner_id, self.company_id, RECENT)
        return {
            "visit": self,
            "company": self.company_id,
            "visitor": self.round_id._visitor_name(),
            "stop": self._stop_texts().get(self),
            # What is owed, then what is in the debtor's favour.
            "owed": sorted(picture.rows, key=lambda row: row["amount"] < 0),
            "totals": picture.totals,
            "currencies": self._form_currencies(),
            "recent": [
                f"{channel} {day_text(self.env, day)}"
                for day, channel in recent.get(self.partner_id.id, [])
            ],
            "maps": self.address_id._credit_map_links(),
            "phone": self.address_id.phone or self.partner_id.phone,
            "choices": self._choices(),
            "form_key": self.round_id._form_key(self),
            "error": None,
            "form": {},
        }

    @api.model
    def _choices(self):
        """The selections of the form: {field: [(code, label)]}."""
        names = (
            "outcome",
            "met_role",
            "activity",
            "assets",
            "occupation",
            "willingness",
            "ability",
            "paid_method",
        )
        return {
            name: self._fields[name]._description_selection(self.env) for name in names
        }

    def _paper_values(self):
        """What is handed over to the debtor, in the debtor's language."""
        self.ensure_one()
        lang = self.partner_id.lang or self.company_id.partner_id.lang
        visit = self.with_context(lang=lang)
        statement = visit.env["credit.account"]._statement_values(visit._account())
        return {
            "visit": visit,
            "o": visit,
            "company": visit.company_id,
            "visitor": visit.round_id._visitor_name(),
            "statement": statement,
        }

"""What a third party sees of its cases, and what it sends in.

A case is seen by the users of the firm that has it: whoever's commercial partner is
that of ``party_id``. Agencies have several people and several addresses, and any of
them may be written on the case; so all contacts of one firm see the same cases, and
nobody else sees any. What has ended can be read for :data:`ENDED_DAYS` more, and
nothing can be sent any more. Cases that are only proposed are nobody's business yet.

No model of ours is open to users of the portal: everything they read or write goes
through the methods here, in sudo, with a case that :meth:`_case` has found for them.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq
from odoo.tools.misc import hmac

from odoo.addons.credit_management.models.credit_account import Refused

from .credit_case import RUNNING

FORM_SCOPE = "credit_management_legal.form"
#: How long a page that was opened can be sent.
FORM_DAYS = 2
#: Days for which a case that has ended can still be read.
ENDED_DAYS = 90
#: What one firm may send in one day about one case: more is no person.
MOST_A_DAY = 100
#: The largest id of a record.
MOST_ID = 2**31 - 1
MOST_SEARCH = 80


@dataclass(frozen=True)
class Desk:
    """A case in sudo, as one user of the third party works on it."""

    case: Any
    user: Any

    @property
    def env(self):
        return self.case.env

    @property
    def company(self):
        return self.case.company_id

    @property
    def today(self):
        return self.company._credit_today()

    @property
    def firm(self):
        return self.user.sudo().partner_id.commercial_partner_id

    @property
    def contact(self):
        return self.env["res.partner"].browse(self.user.partner_id.id)

    @property
    def path(self):
        return f"/my/cases/{self.case.id}"

    @property
    def is_open(self):
        """Whether something can be sent: not any more once the case has ended."""
        return self.case.state in RUNNING


class CreditCasePortal(models.AbstractModel):
    _name = "credit.case.portal"
    _description = "Page of a Third Party"

    # ------------------------------------------------------------------
    # Whose cases
    # ------------------------------------------------------------------

    @api.model
    def _firm(self):
        """The firm of the user."""
        return self.env.user.sudo().partner_id.commercial_partner_id

    @api.model
    def _is_party(self):
        """Whether the user is of a firm that takes part in cases, or once did."""
        firm = self._firm()
        own = Domain("commercial_partner_id", "=", firm.id)
        return bool(
            self.env["res.partner"]
            .sudo()
            .search_count(own & Domain("credit_party_role", "!=", False), limit=1)
            or self.env["credit.case"].sudo().search_count(self._own_domain(), limit=1)
        )

    @api.model
    def _own_domain(self):
        """The cases that the user may see.

        Whoever owes something does not see what is done about it, whatever stands on
        the case.
        """
        firm = self._firm()
        since = fields.Date.today() - timedelta(days=ENDED_DAYS)
        return (
            Domain("party_id.commercial_partner_id", "=", firm.id)
            & Domain("partner_id", "!=", firm.id)
            & (
                Domain("state", "in", RUNNING)
                | Domain("state", "in", ("withdrawn", "closed"))
                & Domain("date_closed", ">=", since)
            )
        )

    @api.model
    def _count(self):
        """How many cases the user's firm works on."""
        own = self._own_domain() & Domain("state", "in", RUNNING)
        return self.env["credit.case"].sudo().search_count(own)

    @api.model
    def _case(self, case_id):
        """The desk of a case of the user's firm, or None.

        :param int case_id: from anybody
        """
        if not 0 < case_id <= MOST_ID:
            return None
        case = (
            self.env["credit.case"]
            .sudo()
            .search(self._own_domain() & Domain("id", "=", case_id))
        )
        if not case:
            return None
        company = case.company_id
        case = case.with_company(company).with_context(tz=company.credit_tz)
        return Desk(case, self.env.user)

    # ------------------------------------------------------------------
    # The list
    # ------------------------------------------------------------------

    @api.model
    def _sortings(self):
        """{code: (label, order)}; the first one is the default."""
        _ = self.env._
        return {
            "opened": {"label": _("Newest"), "order": "date_opened desc, id desc"},
            "name": {"label": _("Reference"), "order": "name, id"},
            "debtor": {"label": _("Debtor"), "order": "partner_id, id"},
            "amount": {
                "label": _("Amount handed over"),
                "order": "amount_opening desc, id desc",
            },
            "report": {
                "label": _("Longest without news"),
                "order": "last_report_at nulls first, id",
            },
        }

    @api.model
    def _filters(self):
        """{code: label and domain}; the first one is the default."""
        _ = self.env._
        return {
            "running": {
                "label": _("In hand"),
                "domain": Domain("state", "in", RUNNING),
            },
            "judicial": {
                "label": _("Before a court"),
                "domain": Domain("state", "in", RUNNING)
                & Domain("kind", "=", "judicial"),
            },
            "asked": {
                "label": _("Waiting for an answer"),
                "domain": Domain("request_ids.state", "=", "open")
                & Domain("request_ids.firm_id", "=", self._firm().id),
            },
            "ended": {
                "label": _("Ended"),
                "domain": Domain("state", "not in", RUNNING),
            },
            "all": {"label": _("All"), "domain": Domain.TRUE},
        }

    @api.model
    def _searches(self):
        """{code: what is searched in}; the first one is the default."""
        _ = self.env._
        return {
            "all": _("Search in all"),
            "case": _("Search in references"),
            "debtor": _("Search in debtors"),
            "invoice": _("Search in invoices"),
        }

    @api.model
    def _search_domain(self, search, search_in):
        """What is searched for, as a domain on cases.

        :param str search: from anybody
        """
        search = (search or "").strip()[:MOST_SEARCH]
        if not search or "\x00" in search:
            return Domain.TRUE
        parts = {
            "case": Domain("name", "ilike", search)
            | Domain("party_reference", "ilike", search),
            "debtor": Domain("partner_id.name", "ilike", search),
            "invoice": Domain("line_ids.name", "ilike", search),
        }
        return parts.get(search_in) or Domain.OR(parts.values())

    # ------------------------------------------------------------------
    # Forms
    # ------------------------------------------------------------------

    @api.model
    def _form_key(self, desk):
        """A key for one page, to be sent along with what is filled in on it."""
        stamp = int(fields.Datetime.now().timestamp())
        return self._signed_form_key(desk, secrets.token_hex(12), str(stamp))

    @api.model
    def _signed_form_key(self, desk, nonce, stamp):
        message = (desk.user.id, desk.case.id, nonce, stamp)
        return f"{nonce}-{stamp}-{hmac(desk.env, FORM_SCOPE, message)}"

    @api.model
    def _use_form(self, desk, what, form, files):
        """Find out whether a form is sent for the first time.

        :param str what: what it is for
        :param form: multi-dictionary of texts, from anybody
        :param dict files: {name: list of (file name, content)}
        :return: ``credit.form`` record, and whether this is the first time
        :raise Refused: if the page was not made for this user and case, or too long ago
        """
        given = form.get("form_key") or ""
        nonce, _dash, rest = given.partition("-")
        stamp = rest.partition("-")[0]
        expected = self._signed_form_key(desk, nonce, stamp)
        least = fields.Datetime.now() - timedelta(days=FORM_DAYS)
        if (
            not consteq(expected.encode(), given.encode())
            or int(stamp) < least.timestamp()
        ):
            raise Refused(
                desk.env._(
                    "This page was open for long, or is not yours. Please look at it "
                    "again, and send it then."
                )
            )
        digest = sha256(given.encode())
        parts = [what]
        parts += sorted(
            f"{name}={value}"
            for name, value in form.items(multi=True)
            if name not in ("csrf_token", "form_key")
        )
        for part in parts:
            digest.update(part.encode(errors="replace") + b"\0")
        for name, uploads in sorted(files.items()):
            for file_name, content in uploads:
                digest.update(f"{name}={file_name}".encode(errors="replace"))
                digest.update(sha256(content).digest())
        return desk.env["credit.form"]._first_time(digest.hexdigest())

    @api.model
    def _check_may_send(self, desk):
        """Refuse what is sent about a case that has ended, or far too often."""
        if not desk.is_open:
            raise Refused(
                desk.env._(
                    "The case has ended: it can be read, and nothing can be added."
                )
            )
        midnight = fields.Datetime.now().replace(hour=0, minute=0, second=0)
        today = Domain("create_date", ">=", midnight)
        sent = desk.env["credit.case.event"].search_count(
            today
            & Domain("case_id", "=", desk.case.id)
            & Domain("origin", "=", "party")
            & Domain("handoff_sha256", "=", False),
            limit=MOST_A_DAY,
        )
        said = desk.env["mail.message"].search_count(
            today
            & Domain("model", "=", "credit.case.request")
            & Domain("res_id", "in", desk.case.request_ids.ids)
            & Domain("author_id.commercial_partner_id", "=", desk.firm.id),
            limit=MOST_A_DAY,
        )
        if sent + said >= MOST_A_DAY:
            raise Refused(
                desk.env._(
                    "That is a lot for one case and one day. Please go on tomorrow, or "
                    "write to us."
                )
            )

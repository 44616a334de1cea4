"""The visits of one visitor on one day, and the link that opens them."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq, format_date
from odoo.tools.misc import hmac

from ..engine.inputs import token_number

TOKEN_SCOPE = "credit_management.visit.round"
#: Days after the round during which its link shows debtors.
SHOWN_DAYS = 2
#: Days after the round during which a report that was typed without a network is
#: still taken.
SENT_DAYS = 7


class CreditVisitRound(models.Model):
    _name = "credit.visit.round"
    _description = "Round of Visits"
    _order = "date desc, id desc"
    _check_company_auto = True

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    date = fields.Date(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users", string="Own visitor", readonly=True, index="btree_not_null"
    )
    firm_id = fields.Many2one(
        "res.partner", string="Visiting firm", readonly=True, index="btree_not_null"
    )
    visit_ids = fields.One2many("credit.visit", "round_id")
    visit_count = fields.Integer(string="Visits", compute="_compute_counts")
    open_count = fields.Integer(string="Still to make", compute="_compute_counts")
    towns = fields.Char(compute="_compute_counts")
    link = fields.Char(
        string="Link for the visitor",
        compute="_compute_link",
        groups="credit_management.group_collector",
        help="It opens the visits of this round, for its day and two days more, and "
        "takes reports for a week. Whoever has it can use it.",
    )
    access_version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Raised to revoke the link.",
    )

    _once = models.UniqueIndex(
        "(company_id, date, COALESCE(user_id, 0), COALESCE(firm_id, 0))",
        "This visitor has a round on that day already.",
    )

    @api.depends("visit_ids.state", "visit_ids.city")
    def _compute_counts(self):
        for rounds in self:
            visits = rounds.visit_ids.filtered(lambda v: v.state != "cancelled")
            rounds.visit_count = len(visits)
            rounds.open_count = len(visits.filtered(lambda v: v.state == "planned"))
            towns = visits.sorted("sequence").mapped("city")
            rounds.towns = ", ".join(dict.fromkeys(filter(None, towns)))

    @api.depends("user_id", "firm_id", "date")
    def _compute_display_name(self):
        for rounds in self:
            visitor = rounds.sudo()
            name = visitor.user_id.name or visitor.firm_id.display_name or ""
            rounds.display_name = f"{name} {format_date(self.env, rounds.date)}".strip()

    @api.depends("firm_id", "date")
    def _compute_link(self):
        for rounds in self:
            base = rounds.company_id.get_base_url()
            path = f"/visits/{rounds._token()}"
            rounds.link = f"{base}{path}" if rounds.firm_id and rounds.id else False

    # ------------------------------------------------------------------
    # Route
    # ------------------------------------------------------------------

    @api.model
    def _of_key(self, key):
        """The round of a company, a day and a visitor; made where there is none.

        :param tuple key: ids of the company, the user and the firm around the day:
            (company, day, user or False, firm or False)
        """
        names = ("company_id", "date", "user_id", "firm_id")
        values = dict(zip(names, key, strict=True))
        domain = Domain.AND(Domain(name, "=", value) for name, value in values.items())
        return self.search(domain, limit=1) or self.create([values])

    def _sort_route(self):
        """Number the visits town by town and street by street."""
        for rounds in self:
            ordered = rounds.visit_ids.sorted(lambda visit: visit._route_key())
            for place, visit in enumerate(ordered, start=1):
                if visit.sequence != place * 10:
                    visit.sequence = place * 10

    def action_sort_route(self):
        """Order the route by town and street again."""
        self.check_access("write")
        self.sudo()._sort_route()
        return True

    def action_print_sheet(self):
        """Print the route sheet."""
        report = self.env.ref("credit_management.action_report_visit_route")
        return report.report_action(self)

    def action_open_pages(self):
        """Open the pages that the visitor sees."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/my/visits/{self.id}",
            "target": "new",
        }

    # ------------------------------------------------------------------
    # Who may open it
    # ------------------------------------------------------------------

    def _token(self):
        """The key in the link: a signature that is stored nowhere.

        It is for one visitor on one day; raising ``access_version`` revokes it.
        """
        self.ensure_one()
        return self._signed()

    def _signed(self):
        """The key of this round; of no round, one that opens nothing.

        As for reminders: a guess takes the same work whether there is such a round.
        """
        rounds = self.sudo()
        message = (
            rounds.id,
            rounds.access_version,
            rounds.company_id.id,
            str(rounds.date),
            rounds.firm_id.id,
        )
        return f"{rounds.id}-{hmac(rounds.env, TOKEN_SCOPE, message)}"

    @api.model
    def _from_token(self, token, sending=False):
        """The round that a token opens, if any.

        :param str token: what stands in the address, from anybody
        :param bool sending: a report is being sent, possibly from a page that was
            opened while there was a network
        :return: the round in sudo, or an empty recordset
        """
        rounds = self.sudo().search_fetch(
            Domain("id", "=", token_number(token)),
            ("access_version", "company_id", "date", "firm_id"),
        )
        expected = rounds._signed()
        matches = consteq(expected.encode(), (token or "").encode())
        if not (rounds and matches and rounds.firm_id) or rounds._expired(sending):
            return self.browse()
        return rounds

    @api.model
    def _of_user(self, round_id, sending=False):
        """One of the user's own rounds, or one of those that the user organises.

        :return: the round in sudo, or an empty recordset
        """
        rounds = self.sudo().search(Domain("id", "=", round_id))
        user = self.env.user
        if rounds.user_id == user and user._is_internal():
            return self.browse() if rounds._expired(sending) else rounds
        own = self.with_context(allowed_company_ids=user.company_ids.ids)
        if own.has_access("write") and own.search(Domain("id", "=", round_id)):
            return rounds
        return self.browse()

    @api.model
    def _all_of_user(self):
        """The rounds of the user that are shown: of today, soon, and just over."""
        today = fields.Date.context_today(self)
        return (
            self.sudo()
            .search(
                Domain("user_id", "=", self.env.uid)
                & Domain("date", ">=", today - timedelta(days=SHOWN_DAYS))
                & Domain("date", "<=", today + timedelta(days=14)),
                order="date, id",
            )
            .filtered(lambda rounds: rounds.visit_count and not rounds._expired())
        )

    def _expired(self, sending=False):
        self.ensure_one()
        days = SENT_DAYS if sending else SHOWN_DAYS
        return self.company_id._credit_today() > self.date + timedelta(days=days)

    def action_revoke_link(self):
        """Make the link open nothing any more; a new one takes its place."""
        self.check_access("write")
        for rounds in self.sudo():
            rounds.access_version += 1
        return True

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ..engine.deadline import ACT, BEFORE, MISSED, OPEN, RUNNING, WAIT

#: Deadlines by which somebody on our side has to act.
OURS = (ACT, BEFORE)


class CreditCaseDeadline(models.Model):
    """A deadline of one case: the last day, and what has become of it.

    Rows follow from the events of the case and the rules of its procedure; nobody
    enters them. ``date`` is the last day on which the act can be done, or the answer
    given; for a time to wait, the last day of waiting.
    """

    _name = "credit.case.deadline"
    _description = "Deadline of a Credit Case"
    _inherit = ["credit.article.mixin"]
    _order = "date, id"
    _rec_names_search = ["rule_id.name", "case_id.name"]

    case_id = fields.Many2one(
        "credit.case", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="case_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", store=True, precompute=True
    )
    user_id = fields.Many2one(related="case_id.user_id", store=True, precompute=True)
    rule_id = fields.Many2one(
        "credit.procedure.deadline",
        string="Deadline",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    event_id = fields.Many2one(
        "credit.case.event",
        string="Counted from",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    role = fields.Selection(related="rule_id.role", store=True, precompute=True)
    actor = fields.Selection(related="rule_id.actor")
    date = fields.Date(string="Last day", required=True, readonly=True)
    state = fields.Selection(
        [
            ("open", "Running"),
            ("met", "Met"),
            ("missed", "Missed"),
            ("over", "Over"),
            ("moot", "No longer matters"),
        ],
        required=True,
        default="open",
        readonly=True,
    )
    met_event_id = fields.Many2one(
        "credit.case.event",
        string="Decided by",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
        help="The event by which it was met, or that came too late.",
    )
    days_late = fields.Integer(
        aggregator=None, readonly=True, help="Days too late; negative: too early."
    )
    is_current = fields.Boolean(
        string="Still counts",
        readonly=True,
        default=True,
        help="Off for what was left when the procedure began anew.",
    )
    missed_event_id = fields.Many2one(
        "credit.case.event",
        string="Alarm",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    handled = fields.Boolean(
        readonly=True, help="Somebody has taken note that it was missed."
    )
    warned = fields.Integer(readonly=True, help="How often it was announced.")
    days_left = fields.Integer(compute="_compute_days_left")
    display_state = fields.Char(string="How it stands", compute="_compute_words")
    consequence = fields.Text(compute="_compute_words", string="What follows")
    article = fields.Char(related="rule_id.article")
    confidence = fields.Selection(related="rule_id.confidence")

    _rule_event_unique = models.Constraint(
        "UNIQUE (rule_id, event_id)", "An event opens a deadline once."
    )
    # What runs is looked at every hour, what was missed stands in the worklist.
    _running_idx = models.Index("(company_id, date) WHERE state = 'open'")
    _missed_idx = models.Index("(company_id) WHERE state = 'missed'")

    @api.depends("rule_id", "case_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for deadline in self:
            deadline.display_name = f"{deadline.rule_id.name} · {deadline.case_id.name}"

    @api.depends("date", "company_id")
    def _compute_days_left(self):
        today = {c: c._credit_today() for c in self.company_id}
        for deadline in self:
            day = deadline.date
            deadline.days_left = (day - today[deadline.company_id]).days if day else 0

    @api.depends("state", "date", "days_late", "met_event_id", "rule_id")
    @api.depends_context("lang")
    def _compute_words(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for deadline in self:
            deadline.display_state = deadline._state_words(labels)
            rule = deadline.rule_id
            told = []
            if deadline.state in ("open", "missed", "over"):
                told.append(rule.consequence)
            if deadline.state == "missed":
                told.append(rule.remedy)
            deadline.consequence = "\n".join(filter(None, told))

    def _state_words(self, labels):
        _, left, late = self.env._, self.days_left, self.days_late
        if self.state == OPEN:
            if left == 0:
                return _("Until today")
            return _("1 day left") if left == 1 else _("%s days left", left)
        if self.state == MISSED and late < 0:
            return _("Done too early")
        if self.state == MISSED and late > 0:
            return _("1 day late") if late == 1 else _("%s days late", late)
        if self.state == "over" and late > 0:
            return _("Over; came too late")
        if self.state == "over" and self.role == WAIT:
            return _("Over: it can go on")
        return labels.get(self.state)

    def action_handled(self):
        """Take note that it was missed: it leaves the worklist.

        :raise AccessError: if whoever asks is no collector
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "credit_management.group_collector"
        ):
            raise AccessError(
                self.env._("Collectors take note of what was missed, viewers read.")
            )
        # In sudo: rows follow from events, nobody writes them by hand.
        self.sudo().handled = True
        self.env["credit.case"]._log_handled(self.sudo())
        return True

    def action_open_case(self):
        """Open the case."""
        self.ensure_one()
        return self.case_id._get_records_action()

    def action_note(self):
        """Note what was done about it."""
        self.ensure_one()
        return self.case_id.action_note_event()

    # ------------------------------------------------------------------
    # Announcements
    # ------------------------------------------------------------------

    @api.model
    def _cron_deadlines(self, limit=500):
        """Look at what has run out, and announce what comes.

        Cases are taken in batches, each with a fixed number of queries.
        """
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = company._credit_today()
            overdue = Domain("state", "=", OPEN) | self._premature_domain(today)
            overdue &= Domain("date", "<", today)
            overdue &= Domain("company_id", "=", company.id)
            seen = []
            while True:
                rows = self.search(
                    overdue & Domain("case_id", "not in", seen), limit=limit
                )
                cases = rows.case_id
                if not cases:
                    break
                seen += cases.ids
                cases._refresh_deadlines()
                self.env["ir.cron"]._commit_progress(len(cases))
            self._follow_hearings(company, today)
            while told := self._announce(company, today, limit):
                self.env["ir.cron"]._commit_progress(told)

    @api.model
    def _follow_hearings(self, company, today):
        """Let the stage follow hearings noted ahead whose day has come."""
        events = self.env["credit.case.event"].search(
            Domain("active", "=", True)
            & Domain("company_id", "=", company.id)
            & Domain("procedure_stage_id", "!=", False)
            & Domain("kind", "=", "hearing")
            & Domain("date", "<=", today)
            & Domain("date", ">=", today - timedelta(days=7))
            & Domain("case_id.state", "in", ("draft", "open"))
        )
        cases = events.filtered(
            lambda one: one.case_id.stage_id != one.procedure_stage_id
        ).case_id
        cases._refresh_deadlines()

    @api.model
    def _premature_domain(self, today):
        """Times to wait in which somebody acted too early: they end all the same, and
        may leave a title. Looked at for a week."""
        return (
            Domain("state", "=", MISSED)
            & Domain("is_current", "=", True)
            & Domain("date", ">=", today - timedelta(days=7))
            & Domain("rule_id.gives_title", "=", True)
            & Domain("case_id.procedure_outcome", "=", RUNNING)
        )

    @api.model
    def _announce(self, company, today, limit=500):
        """Activities for deadlines of ours that come near. Twice for each at most.

        :return int: how many deadlines were announced
        """
        first, last = company.credit_deadline_first, company.credit_deadline_last
        near = [(2, last), (1, first)]
        domain = Domain.OR(
            Domain("warned", "<", count)
            & Domain("date", "<=", today + timedelta(days=days))
            for count, days in near
            if days > 0
        )
        domain &= Domain("company_id", "=", company.id) & Domain("state", "=", OPEN)
        domain &= Domain("role", "in", OURS) & Domain("date", ">=", today)
        domain &= Domain("rule_id.actor", "in", ("creditor", "party"))
        found = self.search(domain, limit=limit)
        for count, group in found.grouped(
            lambda one: 2 if 0 < last >= (one.date - today).days else 1
        ).items():
            group.warned = count
        self._drop_activities("mail_activity_deadline", found)
        found._tell("mail_activity_deadline")
        return len(found)

    @api.model
    def _drop_activities(self, kind, deadlines):
        """What was announced of these is announced anew, or no longer."""
        if deadlines:
            self.env["mail.activity"].sudo().search(
                [("credit_deadline_id", "in", deadlines.ids)]
                + [("activity_type_id", "=", self._activity_type(kind).id)]
            ).unlink()

    def _activity_type(self, kind):
        return self.env.ref(f"credit_management_legal.{kind}")

    def _tell(self, kind):
        """One activity for each, on its case, for whoever is responsible."""
        activity_type = self._activity_type(kind)
        model_id = self.env["ir.model"]._get_id("credit.case")
        values = []
        for deadline in self:
            user = deadline.case_id._deadline_user()
            told = deadline.with_context(lang=user.lang)
            rule, summary = told.rule_id, told.rule_id.name
            if deadline.state == MISSED:
                summary = told.env._("Missed: %s", summary)
            values.append(
                {
                    "res_model_id": model_id,
                    "res_id": deadline.case_id.id,
                    "activity_type_id": activity_type.id,
                    "user_id": user.id,
                    "date_deadline": deadline.date,
                    "summary": summary,
                    "note": "\n".join(filter(None, (rule.consequence, rule.remedy))),
                    "credit_deadline_id": deadline.id,
                }
            )
        # The activity is enough; nobody needs an e-mail besides.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            values
        )


class MailActivity(models.Model):
    _inherit = "mail.activity"

    credit_deadline_id = fields.Many2one(
        "credit.case.deadline",
        string="Deadline of a case",
        index="btree_not_null",
        ondelete="set null",
        groups="credit_management.group_viewer",
    )

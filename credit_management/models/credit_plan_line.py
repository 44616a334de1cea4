from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.misc import split_every

from ..report.wording import date_text, moment_text

#: Plans that the scheduled action follows before it commits.
BATCH = 100


class CreditPlanLine(models.Model):
    """An instalment of a plan: what is to be paid by a day."""

    _name = "credit.plan.line"
    _description = "Payment Plan Instalment"
    _order = "plan_id, date, sequence, id"

    plan_id = fields.Many2one(
        "credit.plan", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="plan_id.company_id")
    partner_id = fields.Many2one(related="plan_id.partner_id")
    currency_id = fields.Many2one(related="plan_id.currency_id")
    plan_state = fields.Selection(related="plan_id.state", string="Status")
    sequence = fields.Integer(default=1)
    date = fields.Date(string="Due on", required=True)
    amount = fields.Monetary(required=True)
    amount_paid = fields.Monetary(string="Paid", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("open", "Open"),
            ("late", "Late"),
            ("paid", "Paid"),
            ("dropped", "Dropped"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        help="Dropped: the plan was refused or ended before it fell due.",
    )
    told = fields.Date(
        string="Told on",
        readonly=True,
        copy=False,
        help="The day on which the debtor was told that it falls due soon.",
    )

    _check_amount = models.Constraint(
        "CHECK (amount > 0)", "An instalment is more than nothing."
    )
    _open_idx = models.Index("(date) WHERE state IN ('open', 'late')")

    @api.depends("plan_id.name", "date")
    def _compute_display_name(self):
        for line in self:
            day = format_date(self.env, line.date) if line.date else ""
            line.display_name = f"{line.plan_id.name or ''} {day}".strip()


class CreditPlan(models.Model):
    _inherit = "credit.plan"

    # ------------------------------------------------------------------
    # What the debtor reads
    # ------------------------------------------------------------------

    def _next_amount_text(self):
        """What is left of the next instalment, as the debtor's language writes it."""
        self.ensure_one()
        env = self.with_context(lang=self._contact_lang()).env
        return self.with_env(env).currency_id.format(self.amount_next)

    def _next_date_text(self):
        """The day of the next instalment, as the debtor's language writes it."""
        self.ensure_one()
        lang = self._contact_lang()
        return date_text(self.date_next, "long", lang) if self.date_next else ""

    def _total_text(self):
        """What it comes to in all, as the debtor's language writes it."""
        self.ensure_one()
        env = self.with_context(lang=self._contact_lang()).env
        return self.with_env(env).currency_id.format(self.amount_total)

    def _instalments_hint(self):
        """How many instalments, of what, from when to when: for whoever decides."""
        self.ensure_one()
        lines = self.line_ids.sorted(lambda line: (line.date, line.sequence))
        return self._schedule_text([(line.date, line.amount) for line in lines])

    def _schedule_text(self, schedule):
        """The same of some (day, amount) in order; False where there are none."""
        if not schedule:
            return False
        if len(schedule) == 1:
            [(day, amount)] = schedule
            return self.env._(
                "One instalment of %(amount)s on %(day)s.",
                amount=self.currency_id.format(amount),
                day=format_date(self.env, day),
            )
        return self.env._(
            "%(number)s instalments of at most %(amount)s, from %(first)s to %(last)s.",
            number=len(schedule),
            amount=self.currency_id.format(max(amount for _day, amount in schedule)),
            first=format_date(self.env, schedule[0][0]),
            last=format_date(self.env, schedule[-1][0]),
        )

    def _instalment_texts(self):
        """The day and the amount of each instalment, in order, for the debtor."""
        self.ensure_one()
        lang = self._contact_lang()
        currency = self.with_context(lang=lang).currency_id
        lines = self.line_ids.sorted(lambda line: (line.date, line.sequence))
        return [
            (date_text(line.date, "long", lang), currency.format(line.amount))
            for line in lines
        ]

    def _accepted_text(self):
        """When the debt was acknowledged, by the company's clock."""
        self.ensure_one()
        return moment_text(self.env, self.accepted_date, self.company_id.credit_tz)

    # ------------------------------------------------------------------
    # Scheduled action
    # ------------------------------------------------------------------

    @api.model
    def _cron_follow(self):
        """Tell of instalments to come, note those that are late, claim interest, break
        plans."""
        domain = Domain("state", "=", "active")
        lines = self.env["credit.plan.line"]
        told, late, changing = lines.browse(), lines.browse(), lines.browse()
        accruing = self.browse()
        for company in self.env["res.company"].search([("active", "=", True)]):
            today = company._credit_today()
            open_lines = lines.search(
                Domain("plan_id", "any", domain & Domain("company_id", "=", company.id))
                & Domain("state", "in", ("open", "late"))
                & Domain("date", "<=", fields.Date.add(today, days=60)),
                order="date, id",
            )
            told |= open_lines._to_be_told(today)
            overdue = open_lines.filtered(lambda line, today=today: line.date < today)
            late |= overdue
            changing |= overdue.filtered(
                lambda line, today=today: (
                    line.state == "open"
                    or fields.Date.add(line.date, days=line.plan_id.tolerance_days)
                    < today
                )
            )
            accruing |= self.search(
                domain
                & Domain("company_id", "=", company.id)
                & Domain("accrual_date", "<=", today)
            )
        # Whoever is late within the tolerance stays so for days: first comes what is
        # done with after this, or it would never be its turn where time is short.
        first = (told | changing).plan_id | accruing
        todo = first.sorted("id") + (late.plan_id - first).sorted("id")
        done = 0
        for ids in split_every(BATCH, todo.ids):
            batch = self.browse(ids).try_lock_for_update().filtered_domain(domain)
            batch._settle()
            (told & batch.line_ids).filtered(
                lambda line: line.plan_state == "active" and line.state == "open"
            )._not_under_way()._tell()
            done += len(ids)
            if not self.env["ir.cron"]._commit_progress(
                len(ids), remaining=len(todo) - done
            ):
                break


class CreditPlanLineTelling(models.Model):
    _inherit = "credit.plan.line"

    def _drop(self):
        """What has not fallen due is not asked for by the plan any more."""
        self.filtered(lambda line: line.state == "open").state = "dropped"

    def _to_be_told(self, today):
        """The instalments that fall due within the days the policy gives."""
        policies = {
            plan: self.env["credit.policy"]._answer_policy(plan.item_ids)
            for plan in self.plan_id
        }
        return self.filtered(
            lambda line: (
                not line.told
                and today
                <= line.date
                <= fields.Date.add(today, days=policies[line.plan_id].plan_tell_days)
            )
        )

    def _not_under_way(self):
        """Those that payments under way do not cover."""
        coming = self.plan_id._coming()
        covered = self.browse()
        for plan, begun in coming.items():
            for line in plan.line_ids.sorted(lambda line: (line.date, line.sequence)):
                begun -= plan._minor(line.amount - line.amount_paid)
                if begun >= 0:
                    covered |= line
        return self - covered

    def _tell(self):
        """Write to debtors about instalments that fall due soon, once.

        The message and the note that it was written are one transaction.
        """
        template = self.env.ref("credit_management.mail_template_instalment")
        for plan, lines in self.grouped("plan_id").items():
            line = plan._next_line()
            lines.told = plan.company_id._credit_today()
            if line in lines and plan._contact().email:
                template.send_mail_batch(plan.ids, force_send=False)
        if self:
            self.env["mail.mail"]._credit_send_soon()

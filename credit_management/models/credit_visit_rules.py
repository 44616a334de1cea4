"""What visits and reminders have to do with one another: rules, refusals, outcomes."""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_visit import moment


class CreditPolicyStep(models.Model):
    _inherit = "credit.policy.step"

    visit_attempts = fields.Integer(
        string="Visits at most",
        default=2,
        help="After so many visits that missed the debtor the fallback channel takes "
        "over, or the step counts as done.",
    )

    _check_visit_attempts = models.Constraint(
        "CHECK (visit_attempts > 0)", "A visit is tried at least once."
    )


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    visit_ids = fields.One2many("credit.visit", "reminder_id", string="Visits")
    visit_count = fields.Integer(compute="_compute_visit_count")

    def _compute_visit_count(self):
        counts = dict(
            self.env["credit.visit"]._read_group(
                Domain("reminder_id", "in", self.ids)
                & Domain("state", "!=", "cancelled"),
                ["reminder_id"],
                ["__count"],
            )
        )
        for reminder in self:
            reminder.visit_count = counts.get(reminder, 0)

    def write(self, vals):
        # EXTENDS credit.reminder: nobody goes where nothing is left to be done
        result = super().write(vals)
        if vals.get("state") in ("sent", "failed", "cancelled"):
            visited = self.filtered(lambda reminder: reminder.channel == "visit")
            planned = visited and self.env["credit.visit"].sudo().search(
                Domain("reminder_id", "in", visited.ids)
                & Domain("state", "=", "planned")
            )
            if planned:
                planned._cancel(self.env._("The visit is not needed any more."))
        return result

    # ------------------------------------------------------------------
    # When a debtor may be visited
    # ------------------------------------------------------------------

    def _visit_problems(self, day, start, stop):
        """Why these debtors can't be visited then.

        Hours, days and frequencies are the contact rules of each debtor; the whole
        visit has to lie inside them, by the clock where the debtor is.

        :param date day: of the visit
        :param int start: minute of the day at which the visitor may come
        :param int stop: minute of the day at which the visitor has left
        :return: {reminder: text}; those that may be visited are missing
        """
        refusals = self.partner_id._credit_visit_refusals(self.company_id)
        problems = {}
        zones = self.grouped(lambda reminder: reminder._contact_place(())[0][0])
        for zone, reminders in zones.items():
            for minute in (start, stop - 1):
                wanted = moment(day, minute, zone)
                for reminder, opening in reminders._contact_openings(wanted).items():
                    refusal = refusals.get((reminder.company_id, reminder.partner_id))
                    if refusal:
                        problems[reminder] = refusal
                    elif opening.at is None:
                        problems[reminder] = reminder._contact_forbidden_text()
                    elif opening.at != wanted:
                        problems[reminder] = reminder._contact_wait_text_of(opening)
        return problems

    def _contact_history_sql(self, first):
        # EXTENDS credit.reminder: each visit that was made counts, whatever came of it
        # and of its reminder; one that is planned for another reminder will be made
        return SQL(
            """SELECT * FROM (%(sent)s) sent
               UNION ALL
               SELECT company_id, partner_id, 'visit', date,
                      COALESCE(visited_at, start_at), FALSE
                 FROM credit_visit
                WHERE partner_id = ANY(%(partners)s)
                  AND company_id = ANY(%(companies)s)
                  AND date >= %(first)s
                  AND (state IN ('done', 'missed', 'refused')
                       OR state = 'planned' AND id <> ALL(%(asked)s)
                          AND (reminder_id = ANY(%(own)s)) IS NOT TRUE)""",
            sent=super()._contact_history_sql(first),
            asked=self.env.context.get("credit_visits_asked", []),
            own=self.ids,
            partners=self.partner_id.ids,
            companies=self.company_id.ids,
            first=first,
        )

    @api.model
    def _counts_alone_sql(self):
        # EXTENDS credit.reminder: the visit counts, on the day on which it was made
        return SQL(
            """%s AND NOT EXISTS (
                SELECT FROM credit_visit visit
                 WHERE visit.reminder_id = credit_reminder.id
                   AND visit.state = 'done')""",
            super()._counts_alone_sql(),
        )

    # ------------------------------------------------------------------
    # What came of visits
    # ------------------------------------------------------------------

    def _visit_made(self):
        """The debtor was met: the step is done, as far as anything is still claimed."""
        self.filtered(lambda r: r.state == "to_approve")._register_made()

    def _visit_missed(self):
        """Count an attempt; after the last one the policy goes on without a visit."""
        for reminder in self.filtered(lambda r: r.state == "to_approve"):
            missed = len(reminder.visit_ids.filtered(lambda v: v.state == "missed"))
            most = reminder.step_id.visit_attempts
            if missed < most:
                reminder._message_log(
                    body=self.env._(
                        "Visit %(count)s of at most %(most)s: the debtor was not met.",
                        count=missed,
                        most=most,
                    )
                )
                continue
            reminder._pass_visits_over(
                self.env._("The debtor was not met; visits: %s.", missed)
            )

    def _pass_visits_over(self, reason):
        """Go on without a visit: by the fallback channel, else the step is passed over.

        A step that the law requires is never passed over: it waits, with the reason,
        for somebody to choose another way.

        :param str reason: for people
        """
        falling = self.filtered(
            lambda r: r.step_id.fallback_channel not in (False, r.channel)
        )
        falling._register_failure(reason)
        rest = self - falling
        required = rest.filtered(
            lambda r: any((r.step_id | r.line_ids.step_id).mapped("legally_required"))
        )
        required._register_failure(reason, fall_back=False)
        passed = rest - required
        for company, reminders in passed.grouped("company_id").items():
            reminders._leave_lower_steps()
            reminders.write(
                {
                    "state": "cancelled",
                    "skipped": True,
                    "failure_reason": reason,
                    "date_done": company._credit_today(),
                    "deadline_date": False,
                    "wait_until": False,
                }
            )
        if self:
            self._message_log_batch(bodies=dict.fromkeys(self.ids, reason))
            self.line_ids.move_line_id.move_id._credit_log(reason)

    def _fall_back(self, channel):
        # EXTENDS credit.reminder: never by a visit where the debtor has refused them
        refusals = self.partner_id._credit_visit_refusals(self.company_id)
        if channel == "visit" and refusals:
            self._message_log(body=refusals[self.company_id, self.partner_id])
            return
        super()._fall_back(channel)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_plan_visits(self):
        """Plan visits for these reminders."""
        wanted = self.filtered(
            lambda r: r.channel == "visit" and r.state == "to_approve"
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Plan Visits"),
            "res_model": "credit.visit.plan",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_reminder_ids": [fields.Command.set(wanted.ids)],
                "default_company_id": wanted.company_id[:1].id or self.env.company.id,
            },
        }

    def action_view_visits(self):
        """Open the visits for this reminder."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_visit_action"
        )
        return dict(action, domain=[("reminder_id", "in", self.ids)], context={})

import logging
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import split_every

from ..engine.regime import CHARGES
from .credit_policy_step import MANUAL_CHANNELS

_logger = logging.getLogger(__name__)

#: Reminders whose charges are worked out together: few queries, and memory for some
#: hundred thousand items.
CHARGED_AT_ONCE = 10_000


class CreditRun(models.Model):
    _name = "credit.run"
    _description = "Credit Run"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: self.env["ir.sequence"].next_by_code("credit.run"),
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._credit_today(),
        help="The day for which items are selected.",
    )
    automatic = fields.Boolean(
        readonly=True,
        help="Made by the daily scheduled action: its automatic steps need nobody.",
    )
    user_id = fields.Many2one(
        "res.users", string="Owner", default=lambda self: self.env.user
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "Proposed"),
            ("sending", "Sending"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    reminder_ids = fields.One2many("credit.reminder", "run_id", readonly=True)
    reminder_count = fields.Integer(compute="_compute_counts")
    to_approve_count = fields.Integer(compute="_compute_counts")
    queued_count = fields.Integer(compute="_compute_counts")
    sent_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer(compute="_compute_counts")
    cancelled_count = fields.Integer(compute="_compute_counts")
    letter_count = fields.Integer(compute="_compute_letter_count")
    blocked = fields.Json(
        readonly=True,
        copy=False,
        help="Open items by the reason why they are not in this run.",
    )
    blocked_html = fields.Html(compute="_compute_blocked_html", sanitize=False)
    seconds = fields.Float(readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    @api.depends("reminder_ids.state")
    def _compute_counts(self):
        counts = {
            (run.id, state): count
            for run, state, count in self.env["credit.reminder"]._read_group(
                [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
            )
        }
        states = ("to_approve", "queued", "sent", "failed", "cancelled")
        for run in self:
            for state in states:
                run[f"{state}_count"] = counts.get((run.id, state), 0)
            run.reminder_count = sum(run[f"{state}_count"] for state in states)

    @api.depends("reminder_ids.letter_id")
    def _compute_letter_count(self):
        counts = dict(
            self.env["credit.reminder"]._read_group(
                [
                    ("run_id", "in", self.ids),
                    ("letter_id", "!=", False),
                    ("state", "=", "sent"),
                ],
                ["run_id"],
                ["__count"],
            )
        )
        for run in self:
            run.letter_count = counts.get(run, 0)

    @api.depends("blocked")
    def _compute_blocked_html(self):
        labels = dict(self.env["credit.engine"]._selection_block_reason())
        for run in self:
            run.blocked_html = self.env["ir.qweb"]._render(
                "credit_management.run_blocked",
                {
                    "rows": [
                        (labels.get(reason, reason), count)
                        for reason, count in sorted(
                            (run.blocked or {}).items(), key=lambda row: -row[1]
                        )
                    ]
                },
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_propose(self):
        """Propose a reminder to every debtor with something due on the run's day."""
        self.check_access("write")
        for run in self:
            run._lock("draft")
            run._propose(hold_automatic=not run.automatic)
        return True

    def action_confirm(self):
        """Approve all reminders of the run, but those that somebody must do by hand."""
        self.check_access("write")
        for run in self:
            run._lock("proposed")
            waiting = run.reminder_ids.filtered(
                lambda r: r.state == "to_approve" and r.step_id.automation != "manual"
            )
            waiting.action_approve()
            # Calls and visits stay with those who make them: the run waits for them.
            under_way = run.queued_count or run.to_approve_count
            run.state = "sending" if under_way else "done"
        return True

    def action_cancel(self):
        """Drop what has not left; what was sent stays."""
        self.check_access("write")
        for run in self:
            run._lock("draft", "proposed", "sending")
            run.reminder_ids.filtered(
                lambda r: r.state in ("to_approve", "queued")
            ).action_cancel()
            run.state = "cancelled"
        return True

    def action_print_letters(self):
        """Put the letters of the run into one file for the printer."""
        self.ensure_one()
        return self.reminder_ids.filtered(
            lambda r: r.letter_id and r.state == "sent"
        ).action_print_letters()

    def action_view_reminders(self):
        """Open the reminders of the run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "credit_management.credit_reminder_action"
        )
        return dict(action, domain=[("run_id", "=", self.id)], context={})

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _lock(self, *states):
        self.ensure_one()
        if not self.try_lock_for_update(allow_referencing=True):
            raise UserError(self.env._("Somebody else is working on this run."))
        self.invalidate_recordset(["state"])
        if self.state not in states:
            raise UserError(
                self.env._(
                    "The run %(run)s is already %(state)s.",
                    run=self.name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        self.state
                    ],
                )
            )

    def _lock_company(self):
        """Two workers must not propose for one company at a time.

        An advisory lock, not a row lock: posting invoices must not wait for a run.
        """
        [(locked,)] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext('credit.run'), %s)",
                self.company_id.id,
            )
        )
        if not locked:
            raise UserError(
                self.env._(
                    "Reminders of %s are being proposed just now.",
                    self.company_id.name,
                )
            )
        # Whoever began before another proposal was committed does not see it, although
        # the lock is free: to write what that one wrote makes PostgreSQL refuse.
        self.env.execute_query(
            SQL(
                """UPDATE res_company
                      SET credit_run_count = COALESCE(credit_run_count, 0) + 1
                    WHERE id = %s RETURNING id""",
                self.company_id.id,
            )
        )

    def _propose(self, hold_automatic):
        """Propose reminders for the run's company and day, and thank-yous.

        One statement selects, decides, groups and inserts: its cost is PostgreSQL's
        own, and the number of queries does not depend on the number of items.

        :param bool hold_automatic: leave automatic steps to approve as well
        """
        self.ensure_one()
        started = time.monotonic()
        if self.date > self.company_id._credit_today():
            raise UserError(self.env._("A run can't be made for a day to come."))
        self._lock_company()
        reminder_model = self.env["credit.reminder"]
        self._lapse()
        evaluation = self.env["credit.engine"]._evaluation_sql(
            self.company_id, self.date
        )
        rows = self.env.execute_query(
            SQL(
                """WITH %(evaluation)s,
            chosen AS (
                SELECT judged.*, step.channel, step.automation, step.to_escalation,
                       ROW_NUMBER() OVER (
                           PARTITION BY debtor_id, currency_id, judged.policy_id,
                                        group_key
                           ORDER BY next_rank DESC, judged.id) AS place
                  FROM judged
                  JOIN step ON step.id = judged.next_step_id
                 WHERE verdict IS NULL
            ),
            numbered AS MATERIALIZED (
                -- The first line of a group takes the number of its reminder: lines
                -- and reminders need no join to find each other.
                SELECT taken.*, MAX(new_id) OVER (
                           PARTITION BY debtor_id, currency_id, policy_id, group_key)
                           AS reminder_id
                  FROM (
                    SELECT chosen.*,
                           CASE WHEN place = 1
                                THEN NEXTVAL('credit_reminder_id_seq') END AS new_id
                      FROM chosen
                  ) taken
            ),
            proposal AS (
                INSERT INTO credit_reminder (
                    id, name, run_id, origin, company_id, partner_id, contact_id,
                    user_id, currency_id, policy_id, step_id, channel, state, date,
                    group_key, is_thanks, skipped, printed, access_version, attempts,
                    amount_residual, amount_credit, amount_interest, amount_indemnity,
                    amount_fee, amount_carried, amount_total,
                    create_uid, create_date, write_uid, write_date)
                SELECT top.reminder_id, %(next_name)s, %(run)s, 'run', %(company)s,
                       top.debtor_id, COALESCE(contact.id, top.debtor_id),
                       %(collector)s, top.currency_id, top.policy_id,
                       top.next_step_id, top.channel,
                       CASE WHEN top.automation = 'automatic'
                                 AND NOT %(hold_automatic)s
                                 AND top.channel NOT IN %(manual)s
                            THEN 'queued' ELSE 'to_approve' END,
                       %(date)s, top.group_key, FALSE, FALSE, FALSE, 1, 0,
                       top.group_residual, top.group_credit, 0, 0, 0, 0,
                       top.group_residual - top.group_credit,
                       %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s,
                       NOW() AT TIME ZONE 'UTC'
                  FROM numbered top
                  JOIN res_partner debtor_partner ON debtor_partner.id = top.debtor_id
                  LEFT JOIN LATERAL (%(contact)s) contact ON TRUE
                 WHERE top.place = 1
            ),
            proposal_line AS (
                INSERT INTO credit_reminder_line (
                    reminder_id, move_line_id, move_id, step_id, currency_id, name,
                    date_invoice, date_due, days_overdue, amount_original,
                    amount_residual, amount_interest, amount_indemnity, amount_cost,
                    create_uid, create_date, write_uid, write_date)
                SELECT numbered.reminder_id, numbered.id, numbered.move_id,
                       numbered.next_step_id, numbered.currency_id, aml.move_name,
                       numbered.issued, numbered.due, %(date)s - numbered.due,
                       aml.amount_currency, numbered.residual, 0, 0, 0,
                       %(uid)s, NOW() AT TIME ZONE 'UTC', %(uid)s,
                       NOW() AT TIME ZONE 'UTC'
                  FROM numbered
                  JOIN account_move_line aml ON aml.id = numbered.id
            )
            SELECT COALESCE(verdict, CASE WHEN proposable THEN 'proposed'
                                          ELSE 'waiting' END), COUNT(*)
              FROM weighed
             GROUP BY 1""",
                evaluation=evaluation,
                next_name=reminder_model._next_names_sql(),
                run=self.id,
                company=self.company_id.id,
                collector=self._collector_sql(),
                hold_automatic=hold_automatic,
                manual=MANUAL_CHANNELS,
                date=self.date,
                uid=self.env.uid,
                contact=self._contact_sql(),
            )
        )
        thanks = self._propose_thanks(hold_automatic)
        reminder_model.invalidate_model()
        self.env["credit.reminder.line"].invalidate_model()
        self.invalidate_recordset()
        self._propose_charges()
        counts = dict(rows)
        proposed = counts.pop("proposed", 0)
        counts.pop("waiting", None)
        self.write(
            {
                "blocked": counts,
                "seconds": time.monotonic() - started,
                "state": "proposed" if self.to_approve_count else "sending",
            }
        )
        if not self.reminder_count:
            self.state = "done"
        elif self.queued_count:
            reminder_model._trigger_delivery()
        _logger.info(
            "Credit run %s: %s items proposed, %s thank-yous, blocked: %s",
            self.name,
            proposed,
            thanks,
            counts,
        )

    def _propose_charges(self):
        """Work out the charges of the reminders whose step, or past, asks for some.

        Those for which a rate is missing wait for somebody to enter it.
        """
        flags = [Domain(f"charge_{kind}", "=", True) for kind in CHARGES]
        steps = self.env["credit.policy.step"].sudo().with_context(active_test=False)
        asking = steps.search(Domain.OR(flags))
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM credit_reminder
                    WHERE run_id = %(run)s AND is_thanks IS NOT TRUE
                      AND (step_id = ANY(%(steps)s) OR partner_id IN (
                            SELECT partner_id FROM credit_charge
                             WHERE company_id = %(company)s AND state = 'claimed'
                               AND amount_open <> 0))
                    ORDER BY id""",
                run=self.id,
                steps=asking.ids,
                company=self.company_id.id,
            )
        )
        reminders = self.env["credit.reminder"]
        for ids in split_every(CHARGED_AT_ONCE, [row[0] for row in rows]):
            stopped = reminders.browse(ids)._refresh_charges(self.date)
            stopped.filtered(lambda r: r.state == "queued").state = "to_approve"

    def _contact_sql(self):
        """The recipient: escalation contact if asked for, dunning, then invoicing.

        Contacts of other companies are none, and for an e-mail neither are those that
        have no address while the debtor has one.
        """
        return SQL(
            """SELECT candidate.id
                 FROM res_partner candidate
                WHERE candidate.commercial_partner_id = top.debtor_id
                  AND candidate.id <> top.debtor_id
                  AND candidate.active
                  AND (candidate.type IN ('dunning', 'invoice')
                       OR top.to_escalation AND candidate.type = 'dunning_escalation')
                  AND (candidate.company_id IS NULL
                       OR candidate.company_id IN %(companies)s)
                  AND (top.channel <> 'email' OR candidate.email <> ''
                       OR COALESCE(debtor_partner.email, '') = '')
                ORDER BY CASE candidate.type WHEN 'dunning_escalation' THEN 0
                                             WHEN 'dunning' THEN 1 ELSE 2 END,
                         candidate.id
                LIMIT 1""",
            companies=tuple(self.company_id.sudo().parent_ids.ids),
        )

    @api.model
    def _collector_sql(self):
        """The collector of a debtor: its own, else nobody in particular."""
        partner_model = self.env["res.partner"].with_company(self.company_id)
        return partner_model._field_to_sql("debtor_partner", "credit_user_id")

    def _lapse(self):
        """Pass over the steps that nobody approved or did in the time they had."""
        lapsed = self.env["credit.reminder"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "to_approve"),
                ("step_id.lapse_days", ">", 0),
            ]
        )
        # A line may stand at a lower step than its reminder, and that one be required.
        lapsed = lapsed.filtered(
            lambda r: (
                (self.date - r.date).days >= r.step_id.lapse_days
                and not any((r.step_id | r.line_ids.step_id).mapped("legally_required"))
            )
        )
        lapsed._leave_lower_steps()
        lapsed.write(
            {
                "state": "cancelled",
                "skipped": True,
                "date_done": self.date,
                "deadline_date": False,
                "wait_until": False,
            }
        )

    # ------------------------------------------------------------------
    # Scheduled actions
    # ------------------------------------------------------------------

    @api.model
    def _cron_propose(self):
        """Propose for every company that asked for it, once for each of its days.

        Each company is committed on its own: one that fails does not hold the others.
        """
        companies = self.env["res.company"].search([("credit_auto_run", "=", True)])
        pending = companies.filtered(lambda company: not company._credit_ran_today())
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(pending))
        for company in pending:
            try:
                self._run_company(company)
            except Exception:
                self.env.cr.rollback()
                _logger.exception("Credit run of company %s failed", company.id)
            cron._commit_progress(1)

    @api.model
    def _run_company(self, company):
        """The run of ``company`` for today, automatic steps queued."""
        run = self.with_company(company).create(
            {
                "company_id": company.id,
                "date": company._credit_today(),
                "automatic": True,
            }
        )
        run._propose(hold_automatic=False)
        return run

    @api.model
    def _close_finished(self):
        """Runs whose every reminder has found its end are done."""
        running = self.search([("state", "in", ("proposed", "sending"))])
        for run in running:
            if not run.to_approve_count and not run.queued_count:
                run.state = "done"

import logging
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .credit_reminder import OPEN_STATES

_logger = logging.getLogger(__name__)


class CreditRun(models.Model):
    _name = "credit.run"
    _description = "Credit Run"
    _inherit = ["credit.number.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

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
            ("proposed", "Reminders proposed"),
            ("sending", "Sending"),
            ("paused", "Paused"),
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
    letter_count = fields.Integer(compute="_compute_letter_count")
    blocked = fields.Json(
        readonly=True,
        copy=False,
        help="Open items by the reason why they are not in this run.",
    )
    blocked_rows = fields.Json(
        string="Not reminded",
        compute="_compute_blocked_rows",
        help="The same in words: lists of reason, text and number, the most first.",
    )
    seconds = fields.Float(readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

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
    @api.depends_context("lang")
    def _compute_blocked_rows(self):
        labels = dict(self.env["credit.engine"]._selection_block_reason())
        for run in self:
            run.blocked_rows = [
                [reason, labels.get(reason, reason), count]
                for reason, count in sorted(
                    (run.blocked or {}).items(), key=lambda row: -row[1]
                )
            ]

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

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

    def action_print_letters(self):
        """Put the letters of the run into one file for the printer."""
        self.ensure_one()
        return self.reminder_ids.filtered(
            lambda r: r.letter_id and r.state == "sent"
        ).action_print_letters()

    def action_view_blocked(self, reason):
        """Open the items that a reason holds back now; the run keeps only how many
        there were.

        :param str reason: one of ``blocked``
        """
        self.ensure_one()
        labels = dict(self.env["credit.engine"]._selection_block_reason())
        view = self.env.ref("credit_management.credit_item_view_list")
        own = self.env["credit.reminder.line"].search_fetch(
            Domain("reminder_id.run_id", "=", self.id)
            & Domain("state", "in", OPEN_STATES),
            ["move_line_id"],
        )
        domain = [
            ("company_id", "=", self.company_id.id),
            ("credit_block_reason", "=", reason),
            # What waits in this very run waits for nothing else.
            ("id", "not in", own.move_line_id.ids),
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Not reminded now: %s", labels.get(reason, reason)),
            "res_model": "account.move.line",
            "view_mode": "list",
            "views": [(view.id, "list")],
            "domain": domain,
        }

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

        One statement selects, decides and groups, one inserts: their cost is
        PostgreSQL's own, and the number of queries does not depend on the number of
        items.

        :param bool hold_automatic: leave automatic steps to approve as well
        """
        self.ensure_one()
        started = time.monotonic()
        if self.date > self.company_id._credit_today():
            raise UserError(self.env._("A run can't be made for a day to come."))
        self._lock_company()
        reminder_model = self.env["credit.reminder"]
        self._lapse()
        counts = self._select_proposal()
        self._insert_proposal(hold_automatic)
        thanks = self._propose_thanks(hold_automatic)
        reminder_model.invalidate_model()
        self.env["credit.reminder.line"].invalidate_model()
        self.invalidate_recordset()
        self._keep_to_debtors()
        self._guard()
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
            self._finish("done")
        elif self.queued_count:
            self._start_sending()
        _logger.info(
            "Credit run %s: %s items proposed, %s thank-yous, blocked: %s",
            self.name,
            proposed,
            thanks,
            counts,
        )

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
        pending = self._companies_to_run()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(pending))
        for company in pending:
            try:
                self._run_company(company)
            except Exception:
                # Whatever is wrong in one company, the others have their day as well.
                self.env.cr.rollback()
                _logger.exception("Credit run of company %s failed", company.id)
            cron._commit_progress(1)

    @api.model
    def _companies_to_run(self):
        """Companies that asked for a daily run and have had none on their day."""
        companies = self.env["res.company"].search([("credit_auto_run", "=", True)])
        return companies.filtered(lambda company: not company._credit_ran_today())

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

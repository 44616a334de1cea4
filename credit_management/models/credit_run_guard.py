"""The safety net: what is unusual waits for a person, and says why."""

from decimal import Decimal

from psycopg2.extensions import TransactionRollbackError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date

from ..engine import safety
from .credit_policy_step import MANUAL_CHANNELS

#: How managers are asked to look at a run.
QUESTION = "mail.mail_activity_data_warning"


class CreditRun(models.Model):
    _inherit = "credit.run"

    company_currency_id = fields.Many2one(related="company_id.currency_id")
    debtor_count = fields.Integer(
        string="Debtors",
        readonly=True,
        copy=False,
        help="Debtors who were to be reminded when the run was proposed.",
    )
    amount_proposed = fields.Monetary(
        readonly=True,
        copy=False,
        currency_field="company_currency_id",
        help="What was claimed when the run was proposed, in the company's currency.",
    )
    amount_claimed = fields.Monetary(
        string="Claimed",
        compute="_compute_amount_claimed",
        currency_field="company_currency_id",
        help="What the reminders of the run claim that left or are to leave, without "
        "what was left out since it was proposed; in the company's currency.",
    )
    findings = fields.Json(readonly=True, copy=False)
    unusual = fields.Boolean(
        readonly=True,
        copy=False,
        help="Something about the run is unusual: it waits for a manager.",
    )
    unusual_text = fields.Text(string="Why it waits", compute="_compute_unusual_text")
    accepted_user_id = fields.Many2one(
        "res.users", string="Let go by", readonly=True, copy=False
    )
    accepted_date = fields.Datetime(string="Let go at", readonly=True, copy=False)
    accepted_reason = fields.Char(string="Let go because", readonly=True, copy=False)

    @api.depends("findings")
    @api.depends_context("lang")
    def _compute_unusual_text(self):
        for run in self:
            lines = [run._finding_text(finding) for finding in run.findings or []]
            run.unusual_text = "\n".join(lines)

    def _finding_text(self, finding):
        """One finding in words."""
        found, usual = finding["found"], finding["usual"]
        if finding["code"] == "debtors":
            return self.env._(
                "Debtors that would be reminded: %(found)s; the median of the last "
                "runs is %(usual)s.",
                found=found,
                usual=f"{usual:g}",
            )
        if finding["code"] == "amount":
            currency = self.company_id.currency_id
            return self.env._(
                "%(found)s would be claimed; the median of the last runs is %(usual)s.",
                found=currency.format(found),
                usual=currency.format(usual),
            )
        return self.env._(
            "The last payment or bank statement line is of %(date)s, %(days)s days"
            " ago: who has paid since would be reminded.",
            date=format_date(self.env, found),
            days=usual,
        )

    @api.depends("reminder_ids.amount_asked", "reminder_ids.state")
    def _compute_amount_claimed(self):
        groups = self.env["credit.reminder"]._read_group(
            [
                ("run_id", "in", self.ids),
                ("is_thanks", "=", False),
                ("state", "not in", ("cancelled", "failed")),
            ],
            ["run_id", "currency_id"],
            ["amount_asked:sum"],
        )
        self.amount_claimed = 0
        for run, currency, amount in groups:
            company = run.company_id
            run.amount_claimed += currency._convert(
                amount, company.currency_id, company, run.date
            )

    # ------------------------------------------------------------------
    # Before sending
    # ------------------------------------------------------------------

    def _measure(self):
        """Debtors and amount of the proposal; thank-yous claim nothing."""
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                """SELECT currency_id, SUM(amount_asked),
                          ARRAY_AGG(DISTINCT partner_id)
                     FROM credit_reminder
                    WHERE run_id = %s AND is_thanks IS NOT TRUE
                    GROUP BY currency_id""",
                self.id,
            )
        )
        company = self.company_id
        self.write(
            {
                "debtor_count": len({id_ for row in rows for id_ in row[2]}),
                "amount_proposed": sum(
                    self.env["res.currency"]
                    .browse(currency_id)
                    ._convert(float(amount), company.currency_id, company, self.date)
                    for currency_id, amount, _partners in rows
                ),
            }
        )

    def _guard(self):
        """Hold the run if its proposal is unusual: nothing of it leaves by itself."""
        self.ensure_one()
        self._measure()
        company = self.company_id.sudo()
        findings = [] if not self.debtor_count else self._find_unusual(company)
        if not findings:
            return
        self.write(
            {
                "unusual": True,
                "findings": [
                    {
                        "code": finding.code,
                        "found": self._plain(finding.found),
                        "usual": self._plain(finding.usual),
                    }
                    for finding in findings
                ],
            }
        )
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE credit_reminder SET state = 'to_approve'
                    WHERE run_id = %s AND state = 'queued' RETURNING id""",
                self.id,
            )
        )
        self.env["credit.reminder"].invalidate_model(["state"])
        self.invalidate_recordset()
        self._message_log(body=self.unusual_text)
        self._ask_managers(lambda run: run.unusual_text)

    @staticmethod
    def _plain(value):
        """As JSON can hold it."""
        if isinstance(value, Decimal):
            return float(value)
        return value if value is None or isinstance(value, int) else str(value)

    def _find_unusual(self, company):
        earlier = self.search(
            [
                ("company_id", "=", company.id),
                ("id", "!=", self.id),
                ("state", "!=", "cancelled"),
                ("unusual", "=", False),
                ("debtor_count", ">", 0),
            ],
            limit=safety.RUNS_COMPARED,
        )
        return [
            *safety.unusual_volume(
                self._volume(),
                [run._volume() for run in earlier],
                company.credit_guard_percent,
            ),
            *safety.stale_ledger(
                self._last_bank_day(), self.date, company.credit_guard_ledger_days
            ),
        ]

    def _volume(self):
        self.ensure_one()
        return safety.Volume(self.debtor_count, Decimal(str(self.amount_proposed)))

    def _last_bank_day(self):
        """The day of the last payment or line of a bank statement, if there is any."""
        [[day]] = self.env.execute_query(
            SQL(
                """SELECT GREATEST(
                    (SELECT MAX(last.date)
                       FROM account_journal journal
                      CROSS JOIN LATERAL (
                            SELECT MAX(move.date) AS date
                              FROM account_move move
                             WHERE move.journal_id = journal.id
                               AND move.state = 'posted' AND move.date <= %(day)s) last
                      WHERE journal.company_id = %(company)s
                        AND journal.type IN ('bank', 'cash', 'credit')),
                    (SELECT MAX(date) FROM account_payment
                      WHERE company_id = %(company)s AND date <= %(day)s
                        AND state IN ('in_process', 'paid')))""",
                company=self.company_id.id,
                day=self.date,
            )
        )
        return day

    # ------------------------------------------------------------------
    # While sending
    # ------------------------------------------------------------------

    def _pause_if_failing(self):
        """Pause the runs of which an unusual part of the last reminders failed."""
        for run in self:
            company = run.company_id.sudo()
            percent = company.credit_guard_failures
            if not percent:
                continue
            findings = safety.too_many_failures(
                run._last_outcomes(company.credit_guard_last),
                percent,
                company.credit_guard_last,
            )
            for finding in findings:
                run._pause_by_itself(
                    self.env._(
                        "%(failed)s of the last %(last)s reminders failed.",
                        failed=finding.found,
                        last=finding.usual,
                    )
                )

    def _last_outcomes(self, limit):
        """Whether each of the last reminders failed, the latest first.

        Reminders leave in the order of their ids. Those that somebody has seen
        before letting the run go on are left out.
        """
        self.ensure_one()
        rows = self.env.execute_query(
            SQL(
                """SELECT state = 'failed' OR delivery_state = 'bounced'
                     FROM credit_reminder
                    WHERE run_id = %(run)s AND state IN ('sent', 'failed')
                    ORDER BY id DESC
                    LIMIT GREATEST(LEAST(%(limit)s, (
                            SELECT COUNT(*) FROM credit_reminder
                             WHERE run_id = %(run)s AND state IN ('sent', 'failed'))
                            - %(seen)s), 0)""",
                run=self.id,
                limit=limit,
                seen=self.outcomes_seen,
            )
        )
        return [bool(row[0]) for row in rows]

    # ------------------------------------------------------------------
    # People
    # ------------------------------------------------------------------

    def _check_looked_at(self):
        if self.unusual:
            raise UserError(
                self.env._(
                    "%(run)s is unusual, and waits for a manager to let it go on:\n"
                    "%(why)s",
                    run=self.name,
                    why=self.unusual_text,
                )
            )

    def _accept(self, reason):
        """A manager has looked: the run goes on as if nothing had been unusual.

        :param str reason: why it is right
        """
        self.ensure_one()
        if not self.env.user.has_group("credit_management.group_manager"):
            raise AccessError(
                self.env._("Only managers of credit let an unusual run go on.")
            )
        self._lock("proposed", "sending")
        if not self.unusual:
            return
        self.write(
            {
                "unusual": False,
                "accepted_user_id": self.env.uid,
                "accepted_date": fields.Datetime.now(),
                "accepted_reason": reason,
            }
        )
        self._forget_question()
        self._message_log(
            body=self.env._(
                "%(user)s let the run go on: %(reason)s",
                user=self.env.user.name,
                reason=reason,
            )
        )
        if not self.automatic:
            return
        self.reminder_ids.filtered(
            lambda reminder: (
                reminder.state == "to_approve"
                and reminder.step_id.automation == "automatic"
                and reminder.channel not in MANUAL_CHANNELS
            )
        )._approve()
        if not self.to_approve_count:
            self.state = "sending"
        if self.queued_count:
            self._start_sending()

    def _ask_managers(self, text):
        """An activity for each manager of credit of the company.

        :param text: function of the run in the manager's language
        """
        self.ensure_one()
        users = self.env.ref("credit_management.group_manager").sudo().all_user_ids
        for user in users.filtered(
            lambda user: (
                user.active and not user.share and self.company_id in user.company_ids
            )
        ):
            run = self.with_context(lang=user.lang)
            # The activity is enough; nobody needs an e-mail besides.
            run.with_context(mail_activity_quick_update=True).activity_schedule(
                QUESTION,
                summary=run.env._("This run waits for you"),
                note=text(run),
                user_id=user.id,
            )

    def _forget_question(self):
        """Nobody needs to look any more."""
        self.sudo().activity_unlink([QUESTION])


class CreditReminder(models.Model):
    _inherit = "credit.reminder"

    def _deliver_claimed(self):
        # EXTENDS credit.channel: an unusual number of failures pauses the run
        result = super()._deliver_claimed()
        self._commit()
        try:
            failed = self.search([("id", "in", self.ids), ("state", "=", "failed")])
            failed.run_id._pause_if_failing()
            self._commit()
        except TransactionRollbackError:
            # Another worker is at the run: it sees the same.
            self._roll_back()
        return result

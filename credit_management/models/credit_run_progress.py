"""How far a run is, when it will be through, and what came of it."""

from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

#: Minutes of the past from which the pace of a run is taken.
PACE_MINUTES = 10
#: Reasons that a report names one by one.
REASONS_SHOWN = 20
#: States of reminders that are counted, each in a field of its own.
STATES = ("to_approve", "queued", "sent", "failed", "cancelled")


class CreditRun(models.Model):
    _inherit = "credit.run"

    reminder_count = fields.Integer(compute="_compute_counts")
    to_approve_count = fields.Integer(compute="_compute_counts")
    queued_count = fields.Integer(compute="_compute_counts")
    sent_count = fields.Integer(compute="_compute_counts")
    failed_count = fields.Integer(compute="_compute_counts")
    cancelled_count = fields.Integer(compute="_compute_counts")
    done_count = fields.Integer(
        compute="_compute_counts",
        help="Reminders that were sent, made or left out; those that failed are not "
        "done.",
    )
    left_count = fields.Integer(
        compute="_compute_counts",
        help="Reminders that are queued, or wait for somebody.",
    )
    progress = fields.Float(
        string="Progress (%)",
        compute="_compute_counts",
        aggregator="avg",
        help="The part of the reminders that was sent or made. What was left out does "
        "not count, what failed counts as not sent.",
    )
    stage = fields.Selection(
        [
            ("draft", "Draft"),
            ("proposed", "To confirm"),
            ("sending", "Sending"),
            ("partly", "Partly sent"),
            ("paused", "Paused"),
            ("done", "Done"),
            ("failed", "Done, some failed"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_stage",
        help="The state in the light of what became of the reminders: automatic steps "
        "leave while others still wait for somebody.",
    )
    stage_text = fields.Char(compute="_compute_stage")
    report = fields.Json(
        readonly=True, copy=False, help="What came of the run, as it ended."
    )
    report_html = fields.Html(compute="_compute_report_html", sanitize=False)
    date_end_estimated = fields.Datetime(
        string="Estimated end",
        compute="_compute_date_end_estimated",
        help="When the last queued reminder will have left, at the pace of the last "
        "minutes.",
    )

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
        for run in self:
            for state in STATES:
                run[f"{state}_count"] = counts.get((run.id, state), 0)
            total = sum(run[f"{state}_count"] for state in STATES)
            run.reminder_count = total
            run.left_count = run.to_approve_count + run.queued_count
            run.done_count = run.sent_count + run.cancelled_count
            wanted = total - run.cancelled_count
            run.progress = 100 * run.sent_count / wanted if wanted else 0

    @api.depends("reminder_ids.state", "state")
    @api.depends_context("lang")
    def _compute_stage(self):
        for run in self:
            run.stage = run._stage()
            run.stage_text = run._stage_sentence()

    def _stage(self):
        """Where the run really is, see ``stage``."""
        if self.state == "done":
            return "failed" if self.failed_count else "done"
        if self.state not in ("proposed", "sending"):
            return self.state
        if self.queued_count:
            return "sending"
        if self.sent_count or self.failed_count:
            return "partly"
        # Calls and visits that are left of a confirmed run are no longer to confirm.
        return "proposed" if self.state == "proposed" else "partly"

    def _stage_sentence(self):
        """How many reminders are where, without those that are nowhere."""
        if self.state == "draft":
            return False
        _ = self.env._
        queued = _("%s held", self.queued_count)
        if self.state in ("proposed", "sending") and not self.stop_id:
            queued = _("%s being sent", self.queued_count)
        parts = [
            (self.sent_count, _("%s sent", self.sent_count)),
            (self.queued_count, queued),
            (
                self.to_approve_count,
                _("%s to confirm or to do", self.to_approve_count),
            ),
            (self.failed_count, _("%s failed", self.failed_count)),
            (self.cancelled_count, _("%s left out", self.cancelled_count)),
        ]
        return ", ".join(text for count, text in parts if count)

    @api.depends("queued_count", "state")
    def _compute_date_end_estimated(self):
        ends = self._estimate_end()
        for run in self:
            run.date_end_estimated = ends.get(run.id)

    @api.depends("report")
    @api.depends_context("lang")
    def _compute_report_html(self):
        for run in self:
            run.report_html = run._report_body() if run.report else False

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _estimate_end(self):
        """When the runs will be through, where anything is known of it.

        By default from the reminders that left within :data:`PACE_MINUTES`. One
        query for any number of runs.

        :return: ``{run id: datetime}``, without the runs of which nothing is known
        """
        sending = self.filtered(
            lambda run: run.state in ("proposed", "sending") and run.queued_count
        )
        if not sending:
            return {}
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """SELECT run_id, COUNT(*), MIN(date_sent)
                     FROM credit_reminder
                    WHERE run_id = ANY(%s) AND date_sent > %s
                    GROUP BY run_id""",
                sending.ids,
                now - timedelta(minutes=PACE_MINUTES),
            )
        )
        ends = {}
        for run_id, count, first in rows:
            # Less than a minute is no pace yet: it counts as one.
            seconds = max((now - first).total_seconds(), 60)
            left = self.browse(run_id).queued_count
            ends[run_id] = now + timedelta(seconds=round(left * seconds / count))
        return ends

    # ------------------------------------------------------------------
    # Report
    # ------------------------------------------------------------------

    def _report(self):
        """Settle what came of the run, and tell its owner, once."""
        self.ensure_one()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT state, channel, currency_id, skipped,
                          CASE WHEN state IN ('failed', 'cancelled')
                               THEN failure_reason END,
                          COUNT(*), SUM(amount_asked)
                     FROM credit_reminder
                    WHERE run_id = %s
                    GROUP BY 1, 2, 3, 4, 5""",
                self.id,
            )
        )
        sent, amounts = Counter(), Counter()
        reasons = {"failed": Counter(), "cancelled": Counter(), "skipped": Counter()}
        for state, channel, currency_id, skipped, reason, count, amount in rows:
            if state == "sent":
                sent[channel] += count
                amounts[currency_id] += amount
            elif state in ("failed", "cancelled"):
                reasons["skipped" if skipped else state][reason or ""] += count
        self.report = {
            "ended": fields.Datetime.to_string(fields.Datetime.now()),
            "sent": sent,
            # JSON knows no numbers as keys.
            "amounts": [[id_, float(amount)] for id_, amount in amounts.items()],
            **{kind: self._first(found) for kind, found in reasons.items()},
        }
        if rows:
            owner = self.user_id.partner_id
            run = self.with_context(lang=owner.lang or self.env.lang)
            # Whoever made the run by hand reads it; the robot does not.
            told = owner if self.user_id.active else owner.browse()
            run.message_post(body=run._report_body(), partner_ids=told.ids)
            self.env["mail.mail"]._credit_send_soon()

    @staticmethod
    def _first(found):
        """The most frequent reasons; the rest as one number, without a text."""
        rows = [[reason, count] for reason, count in found.most_common(REASONS_SHOWN)]
        rest = found.total() - sum(count for _reason, count in rows)
        return [*rows, [None, rest]] if rest else rows

    def _report_body(self):
        """The report in the reader's language."""
        self.ensure_one()
        report = self.report
        channels = dict(self.env["credit.policy.step"]._selection_channel())
        currencies = self.env["res.currency"]
        labels = {
            "failed": self.env._("Failed"),
            "cancelled": self.env._("Cancelled"),
            "skipped": self.env._("Passed over"),
        }
        unnamed = {
            "failed": self.env._("No reason is known"),
            "cancelled": self.env._("Left out by hand"),
            "skipped": self.env._("The step counts as done"),
        }
        return self.env["ir.qweb"]._render(
            "credit_management.run_report",
            {
                "total": sum(report["sent"].values()),
                "sent": [
                    (channels.get(channel, channel), count)
                    for channel, count in report["sent"].items()
                ],
                "amounts": [
                    currencies.browse(id_).format(amount)
                    for id_, amount in report["amounts"]
                    if amount
                ],
                "parts": [
                    (
                        label,
                        [
                            (self._reason_text(reason, unnamed[kind]), count)
                            for reason, count in report[kind]
                        ],
                    )
                    for kind, label in labels.items()
                    if report[kind]
                ],
            },
        )

    def _reason_text(self, reason, unnamed):
        if reason is None:
            return self.env._("Other reasons")
        return reason or unnamed

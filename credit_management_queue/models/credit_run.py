"""Runs cut into jobs: each delivers what a range of debtors is sent by one channel."""

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import CANCELLED, DONE, FAILED

#: Reminders of a job, unless the system parameter says otherwise: enough for the job
#: to cost little beside them, few enough to end well within a worker's time limit.
PART_SIZE = 200
PART_SIZE_PARAMETER = "credit_management_queue.part_size"
#: How often a job is tried before the scheduled action takes over.
MAX_TRIES = 8
#: Seconds after which a job looks again whether what holds its reminders is over: the
#: stop switch, or a limit per hour.
HELD_SECONDS = 600


class CreditRun(models.Model):
    _inherit = "credit.run"

    job_count = fields.Integer(string="Jobs", compute="_compute_job_counts")
    job_done_count = fields.Integer(
        string="Finished jobs", compute="_compute_job_counts"
    )
    job_left_count = fields.Integer(string="Jobs left", compute="_compute_job_counts")
    job_failed_count = fields.Integer(
        string="Failed jobs", compute="_compute_job_counts"
    )

    # ------------------------------------------------------------------
    # Computes
    # ------------------------------------------------------------------

    def _compute_job_counts(self):
        counts = {
            (run.id, state): count
            for run, state, count in self.env["queue.job"]
            .sudo()
            ._read_group(
                [("credit_run_id", "in", self.ids), ("state", "!=", CANCELLED)],
                ["credit_run_id", "state"],
                ["__count"],
            )
        }
        for run in self:
            own = {state: n for (id_, state), n in counts.items() if id_ == run.id}
            run.job_count = sum(own.values())
            run.job_done_count = own.pop(DONE, 0)
            run.job_failed_count = own.pop(FAILED, 0)
            run.job_left_count = sum(own.values())

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_cancel(self):
        # EXTENDS credit_management
        result = super().action_cancel()
        self._cancel_jobs(self.env._("The run was cancelled."))
        return result

    def action_view_jobs(self):
        """Open the jobs of the run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "queue_job.action_queue_job"
        )
        return dict(action, domain=[("credit_run_id", "=", self.id)], context={})

    # ------------------------------------------------------------------
    # Progress
    # ------------------------------------------------------------------

    def _estimate_end(self):
        # EXTENDS credit_management: a run whose jobs wait for those of others has no
        # pace of its own yet, and one whose jobs are postponed ends after them
        ends = super()._estimate_end()
        if not self.ids:
            return ends
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """WITH waiting AS (
                    SELECT id, credit_run_id, channel, eta,
                           ROW_NUMBER() OVER (
                               PARTITION BY channel ORDER BY date_created, id) AS place
                      FROM queue_job
                     WHERE credit_task = 'deliver'
                       AND state IN ('pending', 'enqueued', 'started')
                ),
                pace AS (
                    SELECT channel,
                           AVG(exec_time) FILTER (WHERE state = 'done') AS seconds,
                           COUNT(*) FILTER (WHERE state = 'started') AS workers
                      FROM queue_job
                     WHERE credit_task = 'deliver'
                     GROUP BY channel
                )
                SELECT credit_run_id, MAX(eta),
                       MAX(place * seconds / GREATEST(workers, 1))
                  FROM waiting
                  JOIN pace USING (channel)
                 WHERE credit_run_id = ANY(%s)
                 GROUP BY credit_run_id""",
                self.ids,
            )
        )
        for run_id, eta, seconds in rows:
            end = ends.get(run_id)
            if not end and seconds is not None:
                end = now + timedelta(seconds=round(seconds))
            if end:
                ends[run_id] = max(end, eta or end)
        return ends

    # ------------------------------------------------------------------
    # Cutting
    # ------------------------------------------------------------------

    def _start_sending(self):
        # EXTENDS credit_management
        if self.env["queue.job"].sudo()._credit_has_runner():
            self._cut_into_jobs()
        # The scheduled action takes what no job has, and closes the run.
        return super()._start_sending()

    def _pause(self, reason):
        # EXTENDS credit_management: the run is cut anew when it goes on
        result = super()._pause(reason)
        self._cancel_jobs(self.env._("The run was paused."))
        return result

    def _cancel_jobs(self, reason):
        """Take back the jobs that nobody has begun.

        One that has begun finds out before its next message.
        """
        self.env["queue.job"]._credit_cancel(
            [("credit_run_id", "in", self.ids)], reason
        )

    def _cut_into_jobs(self):
        """Make jobs for what is queued and belongs to none.

        A debtor is never in two jobs of one channel. What another worker holds at
        this very moment is left out; to cut twice makes nothing twice.
        """
        self.ensure_one()
        self.env.flush_all()
        parts = self.env.execute_query(
            SQL(
                """WITH free AS MATERIALIZED (
                    SELECT id, channel, partner_id
                      FROM credit_reminder
                     WHERE run_id = %(run)s AND state = 'queued' AND NOT %(taken)s
                     ORDER BY id
                       FOR NO KEY UPDATE SKIP LOCKED
                ),
                numbered AS (
                    -- All reminders of a debtor have the same number, since the
                    -- frame of a window ends with the last of its peers.
                    SELECT free.*, (COUNT(*) OVER (
                               PARTITION BY channel ORDER BY partner_id) - 1)
                           / %(size)s AS part
                      FROM free
                )
                SELECT channel, MIN(partner_id), MAX(partner_id), ARRAY_AGG(id)
                  FROM numbered
                 GROUP BY channel, part
                 ORDER BY channel, part""",
                run=self.id,
                taken=self.env["credit.reminder"]._in_job_sql(),
                size=self._part_size(),
            )
        )
        labels = dict(self.env["credit.policy.step"]._selection_channel())
        names = {
            channel: self.env["queue.job.channel"]._credit_channel(channel)
            for channel in {part[0] for part in parts}
        }
        run = self.with_env(self._job_env(self.company_id))
        jobs, reminders = [], []
        for channel, first, last, ids in parts:
            description = self.env._(
                "%(run)s: %(count)s by %(channel)s, debtors %(first)s to %(last)s",
                run=self.name,
                count=len(ids),
                channel=labels.get(channel, channel),
                first=first,
                last=last,
            )
            # As the scheduled action does it, whoever has confirmed the run. An
            # identity: two jobs with the same range would do the same.
            delayed = run.with_delay(
                channel=names[channel],
                identity_key=f"credit-run-{self.id}-{channel}-{first}-{last}",
                max_retries=MAX_TRIES,
                description=description,
            )._job_deliver(channel, first, last)
            job = self._job_record(delayed)
            jobs += [job.id] * len(ids)
            reminders += ids
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """UPDATE credit_reminder SET queue_job_id = part.job
                     FROM UNNEST(%s::int[], %s::int[]) part (reminder, job)
                    WHERE credit_reminder.id = part.reminder
                RETURNING credit_reminder.id""",
                reminders,
                jobs,
            )
        )
        self.env["credit.reminder"].invalidate_model(["queue_job_id"])

    @api.model
    def _part_size(self):
        parameters = self.env["ir.config_parameter"].sudo()
        try:
            return max(int(parameters.get_param(PART_SIZE_PARAMETER, PART_SIZE)), 1)
        except ValueError:
            return PART_SIZE

    @api.model
    def _job_env(self, company):
        """The environment that jobs for ``company`` are kept in."""
        return self.env(user=SUPERUSER_ID, context={"allowed_company_ids": company.ids})

    @api.model
    def _job_record(self, delayed):
        """The job as a record: a new one, or the one with the same identity."""
        return delayed if isinstance(delayed, models.BaseModel) else delayed.db_record()

    # ------------------------------------------------------------------
    # Proposing
    # ------------------------------------------------------------------

    @api.model
    def _cron_propose(self):
        # EXTENDS credit_management: companies side by side, each by a job
        if not self.env["queue.job"]._credit_has_runner():
            return super()._cron_propose()
        companies = self._companies_to_run()
        for company in companies:
            self._delay_proposal(company)
        self.env["ir.cron"]._commit_progress(len(companies), remaining=0)

    @api.model
    def _companies_to_run(self):
        # EXTENDS credit_management: without those a job will see to
        companies = super()._companies_to_run()
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id FROM queue_job
                    WHERE credit_task = 'propose' AND company_id = ANY(%s) AND %s""",
                companies.ids,
                self.env["queue.job"]._credit_alive_sql(),
            )
        )
        return companies - companies.browse(row[0] for row in rows)

    @api.model
    def _delay_proposal(self, company):
        """The job that makes the run of today for ``company``, as a record."""
        delayed = (
            self.with_env(self._job_env(company))
            .with_delay(
                channel=self.env["queue.job.channel"]._credit_channel("propose"),
                identity_key=f"credit-propose-{company.id}",
                max_retries=MAX_TRIES,
                description=self.env._("Propose reminders of %s", company.name),
            )
            ._job_propose(company.id)
        )
        return self._job_record(delayed)

    # ------------------------------------------------------------------
    # Jobs
    # ------------------------------------------------------------------

    @api.model
    def _job_store_values(self, job):
        # EXTENDS queue_job: what jobs of ours are found by
        values = super()._job_store_values(job)
        if job.method_name == "_job_deliver":
            values |= {"credit_task": "deliver", "credit_run_id": job.recordset.id}
        elif job.method_name == "_job_propose":
            values |= {"credit_task": "propose"}
        return values

    def _job_deliver(self, channel, first, last):
        """Deliver the reminders that belong to this job.

        Which ones stands on the reminders; the arguments say it to people. Each
        reminder is committed on its own: a job that is killed goes on where it was.

        :param str channel: the channel of the reminders
        :param int first: id of the first debtor
        :param int last: id of the last debtor
        :return: what is shown as the job's result
        :raise RetryableJobError: some could not leave for now
        """
        self.ensure_one()
        uuid = self.env.context.get("job_uuid")
        job = self.env["queue.job"].search([("uuid", "=", uuid)])
        reminders = self.env["credit.reminder"].with_context(credit_within_job=job.id)
        own = SQL("credit_reminder.queue_job_id = %s", job.id)
        count = sum(reminders._work(among=own))
        self.env.flush_all()
        [[free, held]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*) FILTER (WHERE %(free)s),
                          COUNT(*) FILTER (WHERE NOT (%(free)s))
                     FROM credit_reminder WHERE %(own)s AND state = 'queued'""",
                free=SQL(
                    "%s AND %s",
                    reminders._may_leave_sql(),
                    reminders._fitting_sql(reminders._rooms()),
                ),
                own=own,
            )
        )
        self._wake_scheduled_action()
        if free:
            raise RetryableJobError(
                self.env._("Could not leave for now: %s of the reminders.", free)
            )
        if held and self._in_leaving_state():
            raise RetryableJobError(
                self.env._("Held back: %s of the reminders.", held),
                seconds=HELD_SECONDS,
                ignore_retry=True,
            )
        return self.env._("Reminders looked at: %s.", count)

    def _in_leaving_state(self):
        """Whether the run is neither paused nor at its end.

        One that is paused is cut anew when it goes on.
        """
        self.invalidate_recordset(["state"])
        return self.state in ("proposed", "sending")

    def _wake_scheduled_action(self):
        """Have it take what no job has, such as fallbacks, and close the run."""
        in_job = self.env["credit.reminder"]._in_job_sql()
        [[queued, free]] = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), COUNT(*) FILTER (WHERE NOT %s)
                     FROM credit_reminder
                    WHERE company_id = %s AND state = 'queued' AND run_id = %s""",
                in_job,
                self.company_id.id,
                self.id,
            )
        )
        if free or not queued:
            self.env["credit.reminder"]._trigger_delivery()
            self.env["credit.reminder"]._commit()

    def _job_failed(self, exc_info, exc_name, exc_message):
        """A job gave up: the scheduled action takes over at once, not in an hour."""
        self.env["credit.reminder"]._trigger_delivery()

    @api.model
    def _job_propose(self, company_id):
        """Make the run of today for a company, unless it is there.

        :raise RetryableJobError: somebody else proposes for it, or something is
            missing that a person may add
        """
        company = self.env["res.company"].browse(company_id).exists()
        if not company.credit_auto_run or company._credit_ran_today():
            return self.env._("Nothing to propose.")
        try:
            return self._run_company(company).name
        except UserError as error:
            raise RetryableJobError(str(error)) from error

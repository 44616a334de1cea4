from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.queue_job.job import (
    CANCELLED,
    ENQUEUED,
    PENDING,
    STARTED,
    WAIT_DEPENDENCIES,
)
from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID
from odoo.addons.queue_job.utils import must_run_without_delay

#: States of jobs that nobody has begun.
WAITING = (WAIT_DEPENDENCIES, PENDING, ENQUEUED)
#: Hours for which nothing may happen to our jobs before they count as abandoned.
PATIENCE_HOURS = 1


class QueueJob(models.Model):
    _inherit = "queue.job"

    credit_task = fields.Selection(
        [("deliver", "Deliver reminders"), ("propose", "Propose reminders")],
        string="Credit task",
        readonly=True,
        index="btree_not_null",
    )
    credit_run_id = fields.Many2one(
        "credit.run", string="Credit run", readonly=True, index="btree_not_null"
    )
    credit_reminder_ids = fields.One2many(
        "credit.reminder", "queue_job_id", string="Reminders", readonly=True
    )

    @api.model
    def _credit_has_runner(self):
        """Whether something takes jobs off the queue at this moment.

        The runner that is at work holds a lock of the database by which others know
        it. Without one, jobs would wait for ever.
        """
        if must_run_without_delay(self.env):
            return False
        [[found]] = self.env.execute_query(SQL("SELECT %s", self._credit_runner_sql()))
        return found

    @api.model
    def _credit_runner_sql(self):
        """Condition: a runner is at work on this database."""
        return SQL(
            """EXISTS (
                SELECT FROM pg_locks
                 WHERE locktype = 'advisory' AND granted AND objsubid = 1
                   AND classid = %s::bigint::oid AND objid = %s::bigint::oid
                   AND database = (SELECT oid FROM pg_database
                                    WHERE datname = CURRENT_DATABASE()))""",
            PG_ADVISORY_LOCK_ID >> 32,
            PG_ADVISORY_LOCK_ID & 0xFFFFFFFF,
        )

    @api.model
    def _credit_alive_sql(self):
        """Condition on ``queue_job``: the job is under way, or its turn will come.

        A runner is at work, and it does get on: a queue as long as the night is no
        reason to give up, one in which nothing moves is.
        """
        return SQL(
            """(queue_job.state IN %(alive)s
                AND %(runner)s
                AND (queue_job.state = %(started)s
                     OR GREATEST(queue_job.date_created, queue_job.eta) > %(since)s
                     OR (SELECT MAX(GREATEST(date_started, date_done))
                           FROM queue_job moved
                          WHERE moved.credit_task IS NOT NULL) > %(since)s))""",
            alive=(*WAITING, STARTED),
            runner=self._credit_runner_sql(),
            started=STARTED,
            since=fields.Datetime.now() - timedelta(hours=PATIENCE_HOURS),
        )

    @api.model
    def _credit_cancel(self, domain, reason):
        """Take jobs back that nobody has begun.

        :param list domain: which ones
        :param str reason: what is shown as their result
        """
        waiting = self.sudo().search(Domain(domain) & Domain("state", "in", WAITING))
        waiting.write(
            {
                "state": CANCELLED,
                "date_cancelled": fields.Datetime.now(),
                "result": reason,
            }
        )

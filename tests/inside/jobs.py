"""A run cut into jobs before any runner is there."""

from debtors import company, queued, reminders  # noqa: F401
from debtors import propose as propose_first


def propose(env, port, limit, size):
    """Queue reminders, in jobs of ``size``; return how many jobs."""
    propose_first(env, port, limit)
    env["ir.config_parameter"].set_param("credit_management_queue.part_size", size)
    run = env["credit.run"].search([], limit=1)
    run._cut_into_jobs()
    return run.job_left_count


def runner_pid(env):
    """The process whose runner is at work; nothing if there is none."""
    from odoo.addons.queue_job.jobrunner.runner import PG_ADVISORY_LOCK_ID

    env.cr.execute(
        """SELECT application_name
             FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND objsubid = 1
              AND (classid::bigint << 32) + objid::bigint = %s
              AND datname = CURRENT_DATABASE()""",
        (PG_ADVISORY_LOCK_ID,),
    )
    row = env.cr.fetchone()
    return int(row[0].removeprefix("odoo-")) if row else None


def workers(env):
    """The processes that are at a job."""
    jobs = env["queue.job"].search([("state", "=", "started")])
    return sorted(set(jobs.mapped("worker_pid")))


def run(env):
    """How the run stands, and its jobs."""
    run = env["credit.run"].search([], limit=1)
    jobs = env["queue.job"].search([("credit_run_id", "=", run.id)])
    return {
        "state": run.state,
        "left": run.left_count,
        "done": run.done_count,
        "jobs": sorted(jobs.mapped("state")),
        "tries": max(jobs.mapped("retry")),
    }

"""A run cut into jobs, for servers whose job runners take them."""

import time

from odoo.tools import SQL

import stage_deliver

SECONDS_TO_WAIT = 3600


def cut(env, limit, size, progress=print):
    """Queue some e-mails and cut them into jobs; return how many reminders."""
    env["ir.config_parameter"].set_param("credit_management_queue.part_size", size)
    count = stage_deliver.queue(env, "email", limit)
    runs = env["credit.run"].search([("reminder_ids.state", "=", "queued")])
    runs.state = "sending"
    for run in runs:
        run._cut_into_jobs()
    return count


def wait(env, progress=print):
    """Wait for the jobs; return the seconds from their first start to their last end.

    Only while there are jobs is anything measured: not how long servers start.

    :return: the seconds, how many jobs ran at a time on average, and the processes that
        were at work
    """
    env.cr.commit()
    end = time.monotonic() + SECONDS_TO_WAIT
    while time.monotonic() < end:
        [[left, failed]] = env.execute_query(
            SQL(
                """SELECT COUNT(*) FILTER (WHERE state NOT IN ('done', 'failed')),
                          COUNT(*) FILTER (WHERE state = 'failed')
                     FROM queue_job WHERE credit_task = 'deliver'"""
            )
        )
        env.cr.commit()
        if failed:
            raise RuntimeError(f"{failed} jobs failed")
        if not left:
            break
        progress(f"{left} jobs left")
        time.sleep(0.2)
    else:
        raise RuntimeError(f"{left} jobs are left after {SECONDS_TO_WAIT} s")
    [[seconds, busy, workers]] = env.execute_query(
        SQL(
            """SELECT EXTRACT(EPOCH FROM MAX(date_done) - MIN(date_started))::float,
                      SUM(exec_time), COUNT(DISTINCT worker_pid)
                 FROM queue_job WHERE credit_task = 'deliver'"""
        )
    )
    env.cr.execute("DELETE FROM queue_job WHERE credit_task = 'deliver'")
    return {"seconds": seconds, "at_once": busy / seconds, "workers": workers}

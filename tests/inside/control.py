"""Workers that deliver while somebody limits, pauses or stops them."""

import time
from datetime import datetime

from debtors import company, deliver, propose, queued, reminders  # noqa: F401


def limit(env, **values):
    """Set limits of the company."""
    company(env).write(values)


def deliver_this_hour(env):
    """Deliver in an hour that does not end."""
    reminder_class = env.registry["credit.reminder"]
    reminder_class._hour_start = lambda _model: datetime(2020, 1, 1)
    deliver(env)


def run(env):
    """The one run there is, as far as tests look at it."""
    run = env["credit.run"].search([("company_id", "=", company(env).id)])
    return {"state": run.state, "reason": run.pause_reason, "report": run.report}


def stop(env):
    """Switch the stop on; return the moment at which it was committed."""
    env["credit.stop"].create({"company_id": company(env).id, "reason": "Stop!"})
    env.cr.commit()
    return time.time()


def release(env):
    env["credit.stop"].search([("date_end", "=", False)]).action_release()


def act(env, method):
    """What a person does with the run; return the moment at which it was committed."""
    run = env["credit.run"].search([("company_id", "=", company(env).id)])
    getattr(run, method)()
    env.cr.commit()
    return time.time()


def close_late(env):
    """Close the run in a transaction that began before another one closed it."""
    env["credit.reminder"].search([]).action_cancel()
    env.cr.commit()
    assert not env["credit.run"].search([]).left_count
    with env.registry.cursor() as cr:
        env(cr=cr)["credit.run"]._close_finished()
    env["credit.run"]._close_finished()

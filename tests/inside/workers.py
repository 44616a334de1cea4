"""Workers side by side: of one company, of two, with a poisoned reminder."""

import time
from pathlib import Path

from debtors import add as add_debtors
from debtors import company, reminders  # noqa: F401
from debtors import propose as propose_first

from odoo.exceptions import UserError

SECONDS = 60


def prepare(env, port, limit, poisoned):
    """Queue reminders; the one to ``poisoned`` breaks when it leaves.

    The database refuses to note it as sent: nothing that runs in Odoo knows of it
    beforehand. There are two scheduled actions that deliver, for two workers.
    """
    count = propose_first(env, port, limit)
    [reminder] = env["credit.reminder"].search([("contact_id.email", "=", poisoned)])
    env.cr.execute(
        f"""CREATE FUNCTION poison() RETURNS trigger AS $$
                BEGIN RAISE EXCEPTION 'Poisoned'; END $$ LANGUAGE plpgsql;
            CREATE TRIGGER poison BEFORE UPDATE ON credit_reminder FOR EACH ROW
              WHEN (NEW.id = {reminder.id:d} AND NEW.state = 'sent')
              EXECUTE FUNCTION poison()"""
    )
    cron = env.ref("credit_management.ir_cron_deliver")
    env["ir.cron"].search([("id", "!=", cron.id)]).active = False
    cron.copy({"name": "Second worker"})
    return count


def wake(env):
    """Have the workers look now; servers that start look after a minute only."""
    for cron in env["ir.cron"].search([]):
        cron._trigger()


def claimants(env):
    """The Odoo processes that hold reminders at this moment, by their number."""
    from odoo.addons.credit_management.models.credit_channel import CLAIM_KEY

    env.cr.execute(
        """SELECT DISTINCT application_name
             FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2
              AND datname = CURRENT_DATABASE()""",
        (CLAIM_KEY,),
    )
    return [int(name.removeprefix("odoo-")) for (name,) in env.cr.fetchall()]


def left(env):
    return env["credit.reminder"].search_count([("state", "=", "queued")])


def add_lender(env, name, count):
    """A second company, whose debtors owe it something as well."""
    add_debtors(env, [f"other{number}@example.com" for number in range(count)], name)


def propose(env, lender, folder, other):
    """Propose for a company, and commit when another has proposed, too.

    So both transactions have written all they write and are open at the same time.

    :param str folder: where workers tell each other how far they are
    :param str other: the worker to wait for
    :return: the number of reminders, or why nothing was proposed
    """
    try:
        run = env["credit.run"]._run_company(company(env, lender))
    except UserError as error:
        (Path(folder) / "refused").touch()
        return str(error)
    env.flush_all()
    (Path(folder) / lender).touch()
    end = time.monotonic() + SECONDS
    while not (Path(folder) / other).exists():
        if time.monotonic() > end:
            raise TimeoutError(f"{other} did not come as far within {SECONDS} seconds")
        time.sleep(0.01)
    return len(run.reminder_ids)

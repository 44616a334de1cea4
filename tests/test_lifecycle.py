"""Upgrade, uninstall and neutralize leave no error, and nothing behind."""

import os
import subprocess

ADDONS = (
    "credit_management",
    "credit_management_legal",
    "credit_management_queue",
    "credit_management_snailmail",
    "credit_management_sms",
    "credit_management_sms_twilio",
)

#: A company whose daily run is on, and a reminder that is about to leave.
READY_TO_SEND = """
company = env.company
company.credit_auto_run = True
policy = env["credit.policy"].create({
    "name": "Test",
    "step_ids": [(0, 0, {"name": "First", "automation": "automatic"})],
})
env["credit.reminder"].create({
    "company_id": company.id,
    "partner_id": env["res.partner"].create({"name": "Debtor"}).id,
    "currency_id": company.currency_id.id,
    "step_id": policy.step_ids.id,
    "channel": "email",
    "state": "queued",
    "date": "2026-11-18",
})
env.cr.commit()
"""

UNINSTALL = """
modules = env["ir.module.module"].search([("name", "in", %r)])
modules.button_immediate_uninstall()
env.cr.commit()
"""

LEFTOVERS = """
env.cr.execute(
    "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'credit_%'"
    " UNION ALL SELECT table_name || '.' || column_name FROM information_schema.columns"
    " WHERE column_name IN ('credit_policy_id', 'credit_kind', 'credit_auto_run',"
    " 'credit_task', 'credit_run_id')"
)
left = [row[0] for row in env.cr.fetchall()]
left += env["ir.cron"].search([("name", "like", "Credit:")]).mapped("name")
print("left:", left)
"""


def run_odoo(odoo, database, command, *arguments):
    """Run one of Odoo's commands; return what it logged from warnings upwards."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        odoo.command(command, database, *arguments),
        capture_output=True,
        text=True,
        timeout=600,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def complaints(log):
    """Lines of a log that report a warning or an error of Odoo."""
    return [
        line
        for line in log.splitlines()
        if any(f" {level} " in line for level in ("WARNING", "ERROR", "CRITICAL"))
        and "http-interface" not in line
    ]


def test_upgrade_is_quiet(odoo_own, odoo_db):
    log = run_odoo(
        odoo_own, odoo_db, "server", "-u", ",".join(ADDONS), "--stop-after-init"
    )
    assert not complaints(log)


def test_uninstall_leaves_nothing(odoo_own, odoo_db):
    odoo_own.run_script(odoo_db, READY_TO_SEND)
    done = subprocess.run(
        odoo_own.command("shell", odoo_db, "--no-http"),
        input=UNINSTALL % (ADDONS,),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert not complaints(done.stderr)
    assert "left: []" in odoo_own.run_script(odoo_db, LEFTOVERS)


#: A run with a job that nobody has begun, and one for the day's proposal.
JOBS = """
reminder = env["credit.reminder"].search([("state", "=", "queued")])
reminder.run_id = env["credit.run"].create({"state": "sending"})
env["credit.run"]._delay_proposal(env.company)
reminder.run_id._cut_into_jobs()
env.cr.commit()
"""

JOB_STATES = """
jobs = env["queue.job"].search([("model_name", "=", "credit.run")])
print("jobs:", sorted(jobs.mapped("state")))
"""


def test_uninstall_of_the_queue_alone(odoo_own, odoo_db):
    """Jobs are taken back; what they held is left to the scheduled action."""
    odoo_own.run_script(odoo_db, READY_TO_SEND)
    odoo_own.run_script(odoo_db, JOBS)
    assert "jobs: ['pending', 'pending']" in odoo_own.run_script(odoo_db, JOB_STATES)
    done = subprocess.run(
        odoo_own.command("shell", odoo_db, "--no-http"),
        input=UNINSTALL % (("credit_management_queue",),),
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert not complaints(done.stderr)
    told = odoo_own.run_script(
        odoo_db,
        JOB_STATES
        + """
claimed = env["credit.reminder"]._claim()
print("free:", len(claimed))
""",
    )
    assert "jobs: ['cancelled', 'cancelled']" in told
    assert "free: 1" in told


def test_neutralized_copy_sends_nothing(odoo_own, odoo_db):
    """What Odoo's own command makes of a copy of production writes to nobody."""
    odoo_own.run_script(odoo_db, READY_TO_SEND)
    odoo_own.run_script(odoo_db, JOBS)
    run_odoo(odoo_own, odoo_db, "neutralize")
    told = odoo_own.run_script(
        odoo_db,
        """
print("daily:", env["res.company"].search_count([("credit_auto_run", "=", True)]))
print("queued:", env["credit.reminder"].search_count([("state", "=", "queued")]))
env["credit.reminder"]._cron_deliver()
print("mails:", env["mail.mail"].search_count([("model", "=", "credit.reminder")]))
# Whatever somebody approves on the copy stays, until somebody says otherwise.
reminder = env["credit.reminder"].search([])
reminder.state = "queued"
env.cr.commit()
env["credit.reminder"]._cron_deliver()
print("approved on the copy:", reminder.state)
print("stopped:", all(env["res.company"].search([]).mapped("credit_stop_text")))
env["credit.stop"].search([]).action_release()
env.cr.commit()
env["credit.reminder"]._cron_deliver()
print("released:", reminder.state)
""",
    )
    assert "daily: 0" in told
    assert "queued: 0" in told
    assert "mails: 0" in told
    assert "approved on the copy: queued" in told
    assert "stopped: True" in told
    # It claims nothing: so it was looked at, which the stop switch had prevented.
    assert "released: cancelled" in told
    told = odoo_own.run_script(odoo_db, JOB_STATES)
    assert "jobs: ['cancelled', 'cancelled']" in told

"""Jobs on two servers, one of which is killed: nothing is lost, nothing comes twice.

Two Odoo servers, each with a runner of jobs, behind a balancer. One runner is at work
and hands jobs to both servers; the other waits. It is the server of the first that is
killed: a job dies with it, and the runner does.
"""

import time

import pytest
from parts import Balancer, check_books, wait_until

QUEUED = 200
SIZE = 10
AT_ONCE = 2
CHANNELS = f"root:{AT_ONCE},root.credit:{AT_ONCE}"


@pytest.fixture
def delivery(odoo_own, debtors_db, smtp_server, start_workers):
    database = odoo_own.new_database(template=debtors_db)
    workers = start_workers("jobs", database)
    jobs = workers.run("propose", port=smtp_server.port, limit=QUEUED, size=SIZE)
    assert jobs == QUEUED // SIZE
    balancer = Balancer(odoo_own)
    variables = {
        "ODOO_QUEUE_JOB_CHANNELS": CHANNELS,
        "ODOO_QUEUE_JOB_HOST": "127.0.0.1",
        "ODOO_QUEUE_JOB_PORT": str(balancer.port),
    }
    servers = {}
    for _number in range(2):
        server, url = odoo_own.start_server(
            database,
            "--load=base,web,queue_job",
            "--max-cron-threads=1",
            variables=variables,
        )
        servers[server.pid] = server
        balancer.add(url.rpartition(":")[2])
    return workers, servers


def kill(workers, servers, smtp_server):
    """Kill the runner's server between a message and its answer, if it has one."""
    with smtp_server.hold(AT_ONCE):
        pid = workers.run("runner_pid")
        if pid not in workers.run("workers"):
            return False
        killed = servers.pop(pid)
        killed.kill()
        killed.wait()
        return True


def test_killed_with_its_runner(delivery, smtp_server):
    workers, servers = delivery

    def both():
        return set(workers.run("workers")) == servers.keys()

    wait_until(both, "both servers to be at a job")
    wait_until(lambda: smtp_server.count() > QUEUED // 3, "some messages")
    wait_until(lambda: kill(workers, servers, smtp_server), "the runner's at a job")

    def all_done():
        time.sleep(0.5)
        run = workers.run("run")
        # The job that died is begun again, also if others have sent its reminders.
        return run["state"] == "done" and set(run["jobs"]) == {"done"}

    # The other runner notices within seconds; what it finds dead it takes up within
    # a minute, which is how often it looks.
    wait_until(all_done, "the other server to finish", 240)
    assert workers.run("runner_pid") in servers
    run = workers.run("run")
    assert (run["done"], run["left"]) == (QUEUED, 0)
    assert run["tries"] > 1, "no job was begun again"
    repeated = check_books(workers.run("reminders"), smtp_server.accepted())
    # What the one that was killed had sent and not yet noted as sent, and no more.
    assert 1 <= len(repeated) <= AT_ONCE, repeated

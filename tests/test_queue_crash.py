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
CHANNELS = "root:2,root.credit:2"


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


def test_killed_with_its_runner(delivery, smtp_server):
    workers, servers = delivery

    def both():
        return set(workers.run("workers")) == servers.keys()

    wait_until(both, "both servers to be at a job")
    wait_until(lambda: smtp_server.count() > QUEUED // 3, "some messages")
    killed = servers.pop(workers.run("runner_pid"))
    killed.kill()
    killed.wait()

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
    # At most what the one that was killed had sent and not yet noted as sent.
    assert len(repeated) <= 2, repeated

"""Plain Odoo on several servers: they share what is queued, and one may die.

A scheduled action runs in one worker at a time. A copy of it is another worker, on
whatever server it runs.
"""

import time

import pytest
from parts import check_books, wait_until

DEBTORS = 500
QUEUED = 200  # of them, where two servers deliver
POISONED = "debtor7@example.com"
OTHERS = 30


@pytest.fixture
def lenders(odoo_own, debtors_db, start_workers):
    """Debtors of two companies."""
    workers = start_workers("workers", odoo_own.new_database(template=debtors_db))
    workers.run("add_lender", name="Other lender", count=OTHERS)
    return workers


def test_one_of_two_servers_dies(odoo_own, debtors_db, smtp_server, start_workers):
    database = odoo_own.new_database(template=debtors_db)
    workers = start_workers("workers", database)
    prepared = workers.run(
        "prepare", port=smtp_server.port, limit=QUEUED, poisoned=POISONED
    )
    assert prepared == QUEUED
    servers = {}
    for _number in range(2):
        server, _url = odoo_own.start_server(database, "--max-cron-threads=1")
        servers[server.pid] = server

    workers.run("wake")

    def both():
        return set(workers.run("claimants")) == servers.keys()

    wait_until(both, "both servers to deliver")
    wait_until(lambda: smtp_server.count() > QUEUED // 3, "some messages")
    killed = servers.popitem()[1]
    killed.kill()
    killed.wait()

    def all_done():
        time.sleep(0.5)
        return not workers.run("left")

    wait_until(all_done, "the other server to take over", 240)
    reminders = {r["email"]: r for r in workers.run("reminders")}
    poisoned = reminders.pop(POISONED)
    assert poisoned["state"] == "failed"
    assert "Poisoned" in poisoned["reason"]
    assert len(reminders) == QUEUED - 1
    repeated = check_books(list(reminders.values()), smtp_server.accepted())
    # At most what the one that was killed had sent and not yet noted as sent.
    assert len(repeated) <= 1, repeated


def test_two_companies_at_once(lenders, tmp_path):
    """Neither waits for the other: both are proposed before either is committed."""
    names = ("Lender", "Other lender")
    workers = [
        lenders.start("propose", lender=name, folder=str(tmp_path), other=other)
        for name, other in (names, names[::-1])
    ]
    assert [worker.result() for worker in workers] == [DEBTORS, OTHERS]


def test_one_company_twice_at_once(lenders, tmp_path):
    """The second is told so at once, and nothing is proposed twice."""
    arguments = {"lender": "Lender", "folder": str(tmp_path), "other": "refused"}
    first = lenders.start("propose", **arguments)
    wait_until(lambda: (tmp_path / "Lender").exists(), "the first to propose")
    assert "being proposed just now" in lenders.run("propose", **arguments)
    assert first.result() == DEBTORS
    assert len(lenders.run("reminders")) == DEBTORS

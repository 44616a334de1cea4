"""A worker killed at any moment, again and again: everybody gets their reminder once.

SMTP knows no transactions. Between the server's "250 OK" and the commit that records
it lies a moment in which a kill makes the next worker send the message again: the
only repeats there may be, and they carry the Message-Id of the first.
"""

import random
import statistics
import time
from itertools import pairwise

import pytest
from parts import check_books, wait_until

DEBTORS = 500
KILLS = 20
SEED = 20130630


@pytest.fixture
def delivery(odoo_own, debtors_db, smtp_server, start_workers):
    workers = start_workers("delivery", odoo_own.new_database(template=debtors_db))
    assert workers.run("propose", port=smtp_server.port) == DEBTORS
    return workers


def spin(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def finish(workers, count=2, rounds=5):
    """Let some workers at a time deliver until nothing is queued."""
    for _round in range(rounds):
        for worker in [workers.start("deliver") for _ in range(count)]:
            worker.result()
        if not workers.run("queued"):
            return
    raise AssertionError("Reminders stay queued although nobody holds them")


def check(workers, server):
    """Server and database tell the same story; return the repeated messages."""
    reminders, accepted = workers.run("reminders"), server.accepted()
    assert len(reminders) == DEBTORS
    return check_books(reminders, accepted), accepted


def test_killed_twenty_times(delivery, smtp_server):
    chance = random.Random(SEED)
    at_kill = []
    for _kill in range(KILLS):
        goal = smtp_server.count() + chance.randint(1, 20)
        worker = delivery.start("deliver")
        wait_until(
            lambda goal=goal: smtp_server.count() >= goal, "messages to be accepted"
        )
        spin(chance.uniform(0, 0.03))
        if worker.kill():
            at_kill.append(smtp_server.count())
    assert len(at_kill) == KILLS
    finish(delivery)
    repeats, accepted = check(delivery, smtp_server)
    extra = len(accepted) - DEBTORS
    print(f"{KILLS} kills, {extra} messages accepted twice: {repeats}")
    assert extra <= KILLS
    first, second = {}, {}
    for number, mail in enumerate(accepted, start=1):
        address = mail.recipients[0]
        (second if address in first else first)[address] = number
    for address in repeats:
        # Only the very last message before a kill may come again, and as itself: a
        # mail program that knows Message-Ids shows it once.
        assert first[address] in at_kill, address
        ids = {m.message_id for m in accepted if m.recipients == [address]}
        assert len(ids) == 1, ids


def test_two_workers_at_once(delivery, smtp_server):
    finish(delivery, count=2, rounds=1)
    repeats, accepted = check(delivery, smtp_server)
    assert not repeats and len(accepted) == DEBTORS


def test_moment_between_answer_and_commit(delivery, smtp_server):
    """How long a message is out and not yet recorded: the chance of a repeat."""
    commits = delivery.run("deliver_timed")
    check(delivery, smtp_server)
    windows = []
    accepted = [mail.time for mail in smtp_server.accepted()]
    for moment in accepted:
        windows.append(min(c for c in commits if c > moment) - moment)
    pauses = [after - before for before, after in pairwise(accepted)]
    middle = statistics.median(windows) * 1000
    print(
        f"answer to commit: median {middle:.2f} ms,"
        f" 95 % under {statistics.quantiles(windows, n=20)[-1] * 1000:.2f} ms;"
        f" between messages: median {statistics.median(pauses) * 1000:.1f} ms"
    )
    # Generous for busy machines; a second query after the answer would show.
    assert middle < 50

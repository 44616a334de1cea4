"""Two contacts with one debtor at the same moment, where the rules allow one.

Each of the two has counted the contacts before the other one's was there to be counted.
"""

import random
from collections import Counter

import pytest
from parts import Racer, run_script

RACES = 40
SEED = 20260617
STEP = 0.04


@pytest.fixture(scope="module")
def turns_db(odoo_processes, tmp_path_factory):
    """Template of a database with as many debtors as there are races."""
    name = odoo_processes.new_database()
    folder = tmp_path_factory.mktemp("turns")
    run_script(odoo_processes, folder, "debtors", name, "make", {"count": RACES})
    return name


@pytest.fixture
def workers(odoo_own, turns_db, smtp_server, start_workers):
    workers = start_workers("turns", odoo_own.new_database(template=turns_db))
    workers.run("prepare", port=smtp_server.port)
    return workers


def left(states):
    """The channels by which a debtor was contacted."""
    return [channel for channel, (state, _waits) in states.items() if state == "sent"]


@pytest.mark.parametrize("by", ["letter", "phone"])
def test_counted_before_the_other_left(workers, smtp_server, by):
    email = "debtor0@example.com"
    assert workers.run("overtaken", email=email, by=by) == "queued"
    assert not smtp_server.accepted()
    # Looked at again it waits, and knows until when.
    workers.run("deliver")
    assert workers.run("states")[email]["email"] == ["queued", True]
    assert not smtp_server.accepted()


def test_call_that_was_counted_before_the_mail_left(workers, smtp_server):
    email = "debtor0@example.com"
    assert workers.run("call_overtaken", email=email) == "waits"
    assert len(smtp_server.accepted()) == 1


def test_race_of_two_workers(workers, smtp_server, tmp_path):
    """Never both, never none, and neither waits for the other for ever."""
    mailer = Racer(workers, "run_mailer", tmp_path)
    printer = Racer(workers, "run_printer", tmp_path)
    chance, lead, outcomes = random.Random(SEED), -0.3, Counter()
    for number in range(RACES):
        email = f"debtor{number}@example.com"
        for racer in (mailer, printer):
            racer.go(email, prepare=True)
            racer.report()
        start = lead + chance.uniform(-STEP, STEP)
        mailer.go(email, max(0, start))
        printer.go(email, max(0, -start))
        mailed = mailer.report()["state"] == "sent"
        printed = printer.report()["state"] == "sent"
        assert not (mailed and printed), email
        outcomes[mailed, printed] += 1
        lead += STEP if mailed else -STEP
    mailer.end()
    printer.end()
    # Where both let go of it, somebody looks again.
    workers.run("deliver")
    states = workers.run("states")
    for number in range(RACES):
        assert len(left(states[f"debtor{number}@example.com"])) == 1
    assert len(smtp_server.accepted()) == sum(
        "email" in left(channels) for channels in states.values()
    )
    print(outcomes)
    # A race that always ends in the same way is none.
    assert min(outcomes[True, False], outcomes[False, True]) >= RACES // 10, outcomes

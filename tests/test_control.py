"""Limits, pauses and stops beside workers that are sending at the moment."""

import pytest
from parts import wait_until

DEBTORS = 500


@pytest.fixture
def workers(odoo_own, debtors_db, smtp_server, start_workers):
    workers = start_workers("control", odoo_own.new_database(template=debtors_db))
    assert workers.run("propose", port=smtp_server.port) == DEBTORS
    return workers


def deliver(workers, count=2):
    for worker in [workers.start("deliver_this_hour") for _ in range(count)]:
        worker.result()


def test_limit_of_the_hour_is_exact(workers, smtp_server):
    """Two workers: not one message more, and none less."""
    workers.run("limit", credit_hour_mails=130)
    deliver(workers)
    assert smtp_server.count() == 130
    deliver(workers)
    assert smtp_server.count() == 130
    workers.run("limit", credit_hour_mails=171)
    deliver(workers)
    assert smtp_server.count() == 171
    assert workers.run("queued") == DEBTORS - 171


def test_limit_of_the_run_is_exact(workers, smtp_server):
    workers.run("limit", credit_run_mails=77)
    deliver(workers)
    assert smtp_server.count() == 77
    assert workers.run("run")["state"] == "paused"
    workers.run("act", method="action_resume")
    deliver(workers)
    assert smtp_server.count() == 154
    assert workers.run("run")["state"] == "paused"


def interrupt(workers, smtp_server, function, **arguments):
    """Do something while two workers are in the middle of their batches.

    Return how many messages were accepted after it was committed. A message whose
    last look came before the commit may still be on its way: one for each worker.
    """
    started = [workers.start("deliver_this_hour") for _ in range(2)]
    wait_until(lambda: smtp_server.count() >= 20, "messages to be accepted")
    moment = workers.run(function, **arguments)
    for worker in started:
        worker.result()
    late = [mail for mail in smtp_server.accepted() if mail.time > moment]
    assert smtp_server.count() < DEBTORS, "nothing was interrupted"
    return len(late)


def test_stop_takes_effect_on_the_next_message(workers, smtp_server):
    assert interrupt(workers, smtp_server, "stop") <= 2
    sent = smtp_server.count()
    deliver(workers)
    assert smtp_server.count() == sent
    workers.run("release")
    deliver(workers)
    check_all_once(workers, smtp_server)


def test_pause_and_resume(workers, smtp_server):
    assert interrupt(workers, smtp_server, "act", method="action_pause") <= 2
    workers.run("act", method="action_resume")
    deliver(workers)
    check_all_once(workers, smtp_server)
    assert workers.run("run")["report"]["sent"] == {"email": DEBTORS}


def test_cancel(workers, smtp_server):
    """What is sent stays; the rest is dropped, and the report adds up."""
    assert interrupt(workers, smtp_server, "act", method="action_cancel") <= 2
    deliver(workers, 1)
    sent = smtp_server.count()
    states = [reminder["state"] for reminder in workers.run("reminders")]
    assert states.count("sent") == sent
    assert states.count("cancelled") == DEBTORS - sent
    run = workers.run("run")
    assert run["state"] == "cancelled"
    assert run["report"]["sent"] == {"email": sent}
    assert sum(count for _reason, count in run["report"]["cancelled"]) == DEBTORS - sent


def check_all_once(workers, smtp_server):
    assert {r["state"] for r in workers.run("reminders")} == {"sent"}
    assert smtp_server.count() == DEBTORS
    assert len({mail.recipients[0] for mail in smtp_server.accepted()}) == DEBTORS


def test_two_workers_close_one_run(workers):
    """The one that comes late neither fails nor reports again."""
    workers.run("close_late")
    run = workers.run("run")
    assert run["state"] == "done"
    [[_reason, count]] = run["report"]["cancelled"]
    assert count == DEBTORS

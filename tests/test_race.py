"""A payment and the delivery of the reminder for it, at the same moment.

The rule: a reminder leaves only while its item is locked and open. If the payment was
committed before the delivery locked the item, there is no message. If the delivery was
first, the payment's commit waits until the message is out and recorded. So a message
accepted at a time *s* means that the payment was committed after *s*.
"""

import json
import random
import socket
from collections import Counter

import pytest

RACES = 100
SEED = 20120101
# Seconds by which the delivery's start is moved after each race, towards a tie.
STEP = 0.012


class Racer:
    """One of the two processes, at the other end of a socket."""

    def __init__(self, workers, function, folder):
        path = str(folder / f"{function}.socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            listener.settimeout(60)
            self.worker = workers.start(function, path=path)
            self.socket, _address = listener.accept()
        self.socket.settimeout(60)
        self.lines = self.socket.makefile()

    def go(self, email, delay=0.0, prepare=False):
        line = json.dumps({"email": email, "delay": delay, "prepare": prepare})
        self.socket.sendall(line.encode() + b"\n")

    def report(self):
        return json.loads(self.lines.readline())

    def end(self):
        self.socket.shutdown(socket.SHUT_WR)
        self.worker.result()


@pytest.fixture
def workers(odoo_own, debtors_db, smtp_server, start_workers):
    workers = start_workers("race", odoo_own.new_database(template=debtors_db))
    workers.run("propose", port=smtp_server.port)
    workers.run("hold_back")
    return workers


@pytest.fixture
def racers(workers, tmp_path):
    payer = Racer(workers, "run_payer", tmp_path)
    deliverer = Racer(workers, "run_deliverer", tmp_path)
    return payer, deliverer


def test_nobody_is_reminded_after_paying(workers, racers, smtp_server):
    payer, deliverer = racers
    chance = random.Random(SEED)
    emails = [f"debtor{number}@example.com" for number in range(RACES)]
    paid = {}
    lead = 0.1  # of the payment, which takes longer than a message
    for email in emails:
        deliverer.go(email, prepare=True)
        deliverer.report()
        payer.go(email)
        deliverer.go(email, max(0, lead + chance.uniform(-STEP, STEP)))
        paid[email] = payer.report()
        # Whoever has won gets less of a start the next time: the race stays close.
        lead += STEP if deliverer.report()["state"] == "sent" else -STEP
    payer.end()
    deliverer.end()
    # What the payment held at the moment of its race waits for the next round.
    held = workers.run("queued")
    workers.run("deliver")

    accepted = {mail.recipients[0]: mail for mail in smtp_server.accepted()}
    assert len(accepted) == len(smtp_server.accepted()), "somebody got two"
    reminders = {r["email"]: r for r in workers.run("reminders") if r["email"] in paid}
    outcomes = Counter()
    for email, reminder in reminders.items():
        mail = accepted.get(email)
        outcomes[reminder["state"]] += 1
        if mail:
            assert reminder["state"] == "sent"
            assert mail.message_id == reminder["message_id"]
            assert mail.time < paid[email]["committed"], f"{email} had paid"
        else:
            assert reminder["state"] == "cancelled", reminder
    retries = sum(report["retries"] for report in paid.values())
    print(f"{dict(outcomes)}, {held} held by the payment, {retries} payments retried")
    # A race that always ends in the same way is none.
    assert min(outcomes["sent"], outcomes["cancelled"]) >= RACES // 10, outcomes


def test_payment_between_look_and_lock(workers, smtp_server):
    """The one moment that chance does not find: it is no failure, and no reminder."""
    email = "debtor0@example.com"

    def reminder():
        [found] = [r for r in workers.run("reminders") if r["email"] == email]
        return found

    workers.run("deliver_overtaken", email=email)
    assert reminder()["state"] == "queued", reminder()
    workers.run("deliver")
    assert reminder()["state"] == "cancelled"
    assert not smtp_server.accepted()

"""A payment and the delivery of the reminder for it, at the same moment.

The rule: a reminder leaves only while its item is locked and open. If the payment was
committed before the delivery locked the item, there is no message. If the delivery was
first, the payment's commit waits until the message is out and recorded. So a message
accepted at a time *s* means that the payment was committed after *s*.
"""

import random
from collections import Counter

import pytest
from parts import Racer

RACES = 100
SEED = 20120101
# Seconds by which the delivery's start is moved after each race, towards a tie.
STEP = 0.012


@pytest.fixture
def workers(odoo_own, debtors_db, smtp_server, start_workers):
    workers = start_workers("race", odoo_own.new_database(template=debtors_db))
    workers.run("propose", port=smtp_server.port)
    workers.run("hold_back")
    return workers


@pytest.fixture
def start_racers(workers, tmp_path):
    """``start_racers(function)``: whoever runs it, and whoever delivers."""

    def start(function):
        payer = Racer(workers, function, tmp_path)
        return payer, Racer(workers, "run_deliverer", tmp_path)

    return start


def race(payer, deliverer, lead):
    """Pay and deliver at the same moment, for a hundred debtors one after the other.

    :param float lead: seconds that the payment needs more than a message, at first
    :return: what the payer tells, by the debtor's address
    """
    chance = random.Random(SEED)
    paid = {}
    for number in range(RACES):
        email = f"debtor{number}@example.com"
        deliverer.go(email, prepare=True)
        deliverer.report()
        start = lead + chance.uniform(-STEP, STEP)
        payer.go(email, max(0, -start))
        deliverer.go(email, max(0, start))
        paid[email] = payer.report()
        # Whoever has won gets less of a start the next time: the race stays close.
        lead += STEP if deliverer.report()["state"] == "sent" else -STEP
    payer.end()
    deliverer.end()
    return paid


def check_race(workers, smtp_server, paid):
    """Nobody who had paid was reminded, nobody twice; both outcomes were met."""
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


def test_nobody_is_reminded_after_paying(workers, start_racers, smtp_server):
    payer, deliverer = start_racers("run_payer")
    # Registering a payment takes longer than a message.
    check_race(workers, smtp_server, race(payer, deliverer, 0.1))


def test_nobody_is_reminded_after_paying_online(workers, start_racers, smtp_server):
    """The moment that counts is the provider's word; the entry comes after it."""
    workers.run("begin_online", count=RACES)
    payer, deliverer = start_racers("run_online_payer")
    paid = race(payer, deliverer, 0)
    check_race(workers, smtp_server, paid)
    payments = workers.run("payments")
    assert {p["email"] for p in payments} == set(paid)
    assert len(payments) == RACES
    for payment in payments:
        assert (payment["state"], payment["processed"]) == ("done", True), payment
        assert payment["paid"] and not payment["open"], payment


def test_confirmed_online_payment_holds_the_reminder(workers, smtp_server):
    """Before Odoo has made the entry of it, and whenever the sender looked."""
    workers.run("begin_online", count=2)
    early, late = "debtor0@example.com", "debtor1@example.com"

    def reminder(email):
        [found] = [r for r in workers.run("reminders") if r["email"] == email]
        return found

    workers.run("confirm", email=early)
    workers.run("deliver_only", email=early)
    assert reminder(early)["state"] == "cancelled", reminder(early)
    workers.run("deliver_overtaken", email=late, online=True)
    assert reminder(late)["state"] == "queued", reminder(late)
    workers.run("deliver")
    assert reminder(late)["state"] == "cancelled", reminder(late)
    assert not smtp_server.accepted()
    payments = workers.run("payments")
    assert {p["email"] for p in payments} == {early, late}
    assert {p["paid"] for p in payments} == {0}


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

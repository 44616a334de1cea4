"""Months of a real ledger, day by day, against an independent count.

Six by default; ``CREDIT_REPLAY_MONTHS=18`` replays all of it.
"""

import os
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import replay_scenario as scenario
from replay_oracle import Sent, expected_reminders

LEDGER = Path(
    os.environ.get("CREDIT_LEDGER")
    or Path(__file__).parents[2] / "shared" / "data" / "late_payment_histories.csv"
)


@pytest.fixture(scope="module")
def replayed(odoo_processes, tmp_path_factory):
    """The driver's account of the replay, and the SMTP server's."""
    from parts import SmtpServer, run_script

    if not LEDGER.exists():
        pytest.skip(f"The ledger to replay is not there: {LEDGER} (CREDIT_LEDGER)")
    folder = tmp_path_factory.mktemp("replay")
    server = SmtpServer(odoo_processes, folder / "mails")
    database = odoo_processes.new_database()
    arguments = {"ledger": str(LEDGER), "port": server.port}
    result = run_script(
        odoo_processes,
        folder,
        "replay_driver",
        database,
        "main",
        arguments,
        timeout=300 * scenario.MONTHS,
    )
    server.stop()
    print(f"seconds by part of the replay: {result['seconds']}")
    return result, server.accepted()


def as_sent(reminder):
    return Sent(
        company=reminder["company"],
        day=date.fromisoformat(reminder["day"]),
        customer=reminder["customer"],
        currency=reminder["currency"],
        step=reminder["step"],
        channel=reminder["channel"],
        total=Decimal(reminder["total"]),
        items=tuple(
            sorted(
                (number, step, Decimal(amount))
                for number, step, amount, _name in reminder["items"]
            )
        ),
    )


@pytest.fixture(scope="module")
def sent(replayed):
    return [r for r in replayed[0]["reminders"] if r["state"] == "sent"]


@pytest.fixture(scope="module")
def invoices():
    return scenario.read_ledger(LEDGER)


def test_reminders_are_those_of_the_oracle(sent, invoices):
    """Debtor, day, step, channel, items and amounts, for every single reminder."""
    expected = Counter(expected_reminders(invoices))
    found = Counter(map(as_sent, sent))
    missing = sorted((expected - found).elements())
    surplus = sorted((found - expected).elements())
    assert len(sent) > 100 * scenario.MONTHS
    assert not missing and not surplus, (
        f"{len(missing)} missing, {len(surplus)} too many of {len(sent)}\n"
        + "\n".join(f"missing {row}" for row in missing[:10])
        + "\n"
        + "\n".join(f"surplus {row}" for row in surplus[:10])
    )


def test_everybody_has_paid_who_should(replayed, invoices):
    """The replay itself went as the ledger says."""
    owed = sorted(i.number for i in invoices if i.is_open(scenario.LAST_DAY))
    assert replayed[0]["open"] == owed


def test_no_reminder_for_what_was_settled_or_disputed(sent, invoices):
    by_number = {invoice.number: invoice for invoice in invoices}
    for reminder in map(as_sent, sent):
        for number, _step, _amount in reminder.items:
            invoice = by_number[number]
            if reminder.step == "thanks":
                assert invoice.settled <= reminder.day, reminder
            else:
                assert invoice.is_open(reminder.day), reminder
                assert not invoice.is_disputed(reminder.day), reminder


def test_steps_come_once_and_in_order(sent):
    order = {
        name: [step.name for step in policy.steps]
        for name, policy in scenario.POLICIES.items()
    }
    taken = {}
    for reminder in sorted(map(as_sent, sent), key=lambda reminder: reminder.day):
        for number, step, _amount in reminder.items:
            taken.setdefault((reminder.company, number), []).append(step)
    for (company, _number), steps in taken.items():
        ranks = [order[company].index(step) for step in steps]
        assert ranks == sorted(set(ranks)), steps


def test_totals_are_the_sum_of_their_items(sent, invoices):
    amounts = {invoice.number: invoice.amount for invoice in invoices}
    for reminder in map(as_sent, sent):
        claimed = [] if reminder.step == "thanks" else reminder.items
        assert reminder.total == sum(amounts[item[0]] for item in claimed)


def test_nothing_failed(replayed):
    states = Counter(reminder["state"] for reminder in replayed[0]["reminders"])
    failed = [r for r in replayed[0]["reminders"] if r["state"] == "failed"]
    assert not failed, failed[:3]
    assert not states["queued"]


def test_each_email_arrived_once_where_it_should(replayed, sent):
    """Mails at the server and e-mail reminders match one to one."""
    accepted = {mail.message_id: mail for mail in replayed[1]}
    mailed = {r["message_id"]: r for r in sent if r["channel"] == "email"}
    assert len(accepted) == len(replayed[1])
    assert accepted.keys() == mailed.keys()
    for message_id, reminder in mailed.items():
        mail = accepted[message_id]
        assert mail.recipients == [scenario.email_of(reminder["customer"])]


def test_messages_say_what_is_owed(replayed, sent, invoices):
    """Each invoice by its number and amount, what is to be paid, and no other invoice.

    That is what is overdue; a message before that asks for all it names.
    """
    due = {invoice.number: invoice.due for invoice in invoices}
    accepted = {mail.message_id: mail for mail in replayed[1]}
    names = {item[3] for reminder in sent for item in reminder["items"]}
    number_pattern = re.compile(r"INV/\d+")
    assert all(map(number_pattern.fullmatch, names))
    for reminder in sent:
        if reminder["channel"] != "email":
            continue
        text = accepted[reminder["message_id"]].text()
        claimed = {item[3] for item in reminder["items"]}
        assert set(number_pattern.findall(text)) == claimed, text
        if reminder["step"] != "thanks":
            day = as_sent(reminder).day
            late = [Decimal(i[2]) for i in reminder["items"] if due[i[0]] < day]
            asked = sum(late) if late else reminder["total"]
            for amount in [asked, *(i[2] for i in reminder["items"])]:
                assert f"{Decimal(amount):,.2f}" in text, (amount, text)


def test_letters_were_printed(sent):
    letters = [r for r in sent if r["channel"] == "registered_letter"]
    assert letters
    assert all(letter["pages"] > 5000 for letter in letters)

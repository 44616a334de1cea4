"""Mail servers that refuse, hang up or are down, and messages that come back."""

from collections import Counter
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import parseaddr

import pytest

GOOD = [f"good{number}@example.com" for number in range(6)]
GONE = ["gone0@example.com", "gone1@example.com"]
BUSY = ["busy0@example.com", "busy1@example.com"]
DROP = ["drop0@example.com"]
# The troublesome ones amid the others: they must not hold up those behind them.
ADDRESSES = GOOD[:2] + GONE[:1] + BUSY[:1] + DROP + GOOD[2:4] + GONE[1:] + BUSY[1:]
ADDRESSES += GOOD[4:]
# The fifth refusal for now counts as one for good.
ATTEMPTS = 5


@pytest.fixture
def debtors(odoo_db, smtp_server, start_workers):
    workers = start_workers("bounce", odoo_db)
    workers.bounce_address = workers.run("make", addresses=ADDRESSES)
    assert workers.run("propose", port=smtp_server.port) == len(ADDRESSES)
    return workers


def by_address(workers, channel="email"):
    found = [r for r in workers.run("reminders") if r["channel"] == channel]
    return {reminder["email"]: reminder for reminder in found}


def test_refusals(debtors, smtp_server):
    debtors.run("deliver")
    reminders = by_address(debtors)
    counts = Counter(mail.recipients[0] for mail in smtp_server.accepted())
    assert counts == Counter(GOOD), "each of the others got one, nobody two"
    assert all(reminders[address]["state"] == "sent" for address in GOOD)

    letters = by_address(debtors, "letter")
    assert letters.keys() == set(GONE), "a letter for those who have no mailbox"
    for address in GONE:
        assert reminders[address]["state"] == "failed"
        assert "550" in reminders[address]["reason"]
        assert letters[address]["state"] == "sent", letters[address]["reason"]
        assert letters[address]["letter"] > 5000
        assert letters[address]["fallback_of"] == reminders[address]["id"]

    for address in BUSY + DROP:
        assert reminders[address]["state"] == "queued", "to be tried again"
        assert reminders[address]["reason"]
    positions = debtors.run("positions")
    for address in ADDRESSES:
        reached = "first" if address in GOOD + GONE else None
        assert (positions[address] or None) == reached, address

    for _attempt in range(ATTEMPTS - 1):
        debtors.run("deliver")
    reminders = by_address(debtors)
    for address in BUSY + DROP:
        assert reminders[address]["state"] == "failed", reminders[address]
    assert "451" in reminders[BUSY[0]]["reason"]
    assert len(smtp_server.accepted()) == len(GOOD), "nobody was bothered again"
    # Trouble on the way is no reason to write a letter.
    assert by_address(debtors, "letter").keys() == set(GONE)


def test_server_down(debtors, smtp_server):
    smtp_server.stop()
    debtors.run("deliver")
    reminders = by_address(debtors).values()
    assert {r["state"] for r in reminders} == {"queued"}, "nobody is at fault"
    assert {r["attempts"] for r in reminders} == {0}
    assert all(r["reason"] for r in reminders), "the reason is on screen"
    assert 0 < debtors.run("retry_time") <= 3600

    smtp_server.start()
    debtors.run("deliver")
    reminders = by_address(debtors)
    assert all(reminders[address]["state"] == "sent" for address in GOOD)
    assert not any(reminders[address]["reason"] for address in GOOD)
    counts = Counter(mail.recipients[0] for mail in smtp_server.accepted())
    assert counts == Counter(GOOD)


def delivery_failure(original, to, status="5.1.1", said="550 5.1.1 User unknown"):
    """What a mail server far away sends back (RFC 3464)."""
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"] = "MAILER-DAEMON@mx.example.com"
    report["To"] = to
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-Id"] = f"<failure-{original['Message-Id'].strip('<>')}>"
    report.attach(MIMEText("The address is not known here."))
    server, recipient = EmailMessage(), EmailMessage()
    server["Reporting-MTA"] = "dns; mx.example.com"
    recipient["Final-Recipient"] = f"rfc822; {parseaddr(original['To'])[1]}"
    recipient["Action"] = "failed"
    recipient["Status"] = status
    recipient["Diagnostic-Code"] = f"smtp; {said}"
    status = MIMEBase("message", "delivery-status")
    status.set_payload([server, recipient])
    report.attach(status)
    report.attach(MIMEMessage(original))
    return report


def test_message_that_comes_back(debtors, smtp_server, tmp_path):
    debtors.run("deliver")
    mails = {mail.recipients[0]: mail for mail in smtp_server.accepted()}
    mail = mails[GOOD[0]]
    assert mail.sender == debtors.bounce_address, "or no failure would come back to us"
    path = tmp_path / "failure.eml"
    path.write_bytes(bytes(delivery_failure(mail.message(), to=mail.sender)))
    debtors.run("receive", path=str(path))

    bounced = by_address(debtors)[GOOD[0]]
    assert (bounced["state"], bounced["delivery_state"]) == ("sent", "bounced")
    assert GOOD[0] in bounced["reason"]
    letter = by_address(debtors, "letter")[GOOD[0]]
    assert letter["state"] == "queued"
    assert letter["fallback_of"] == bounced["id"]
    assert not debtors.run("positions")[GOOD[0]], "a failure is no contact"

    debtors.run("deliver")
    letter = by_address(debtors, "letter")[GOOD[0]]
    assert letter["state"] == "sent" and letter["letter"] > 5000
    assert debtors.run("positions")[GOOD[0]] == "first"
    # The others did not hear of it.
    assert by_address(debtors)[GOOD[1]]["delivery_state"] == "pending"
    assert len(smtp_server.accepted()) == len(GOOD)

    debtors.run("receive", path=str(path))
    letters = [r for r in debtors.run("reminders") if r["channel"] == "letter"]
    assert Counter(r["email"] for r in letters)[GOOD[0]] == 1, "told once, done once"


def answer_to(original, header=None):
    """What a debtor, or a machine of the debtor's, writes back."""
    answer = EmailMessage()
    answer["From"] = original["To"]
    answer["To"] = original["Reply-To"]
    answer["Subject"] = f"Re: {original['Subject']}"
    answer["Message-Id"] = f"<answer-{original['Message-Id'].strip('<>')}>"
    answer["In-Reply-To"] = answer["References"] = original["Message-Id"]
    if header:
        answer["Auto-Submitted"] = header
    answer.set_content("We shall pay on Friday.")
    return answer


def receive(workers, message, folder):
    path = folder / "incoming.eml"
    path.write_bytes(bytes(message))
    workers.run("receive", path=str(path))


def test_two_failures_and_the_address_is_left_alone(debtors, smtp_server, tmp_path):
    address, other = GOOD[0], GOOD[1]
    for failures in (1, 2):
        debtors.run("deliver")
        sent = [m for m in smtp_server.accepted() if m.recipients == [address]]
        assert len(sent) == failures
        mail = sent[-1]
        receive(debtors, delivery_failure(mail.message(), to=mail.sender), tmp_path)
        # A full mailbox is no wrong address.
        full = [m for m in smtp_server.accepted() if m.recipients == [other]][-1]
        report = delivery_failure(full.message(), full.sender, "5.2.2", "552 Full")
        receive(debtors, report, tmp_path)
        debtors.run("deliver")
        debtors.run("owe_more", addresses=[address, other])
    found = debtors.run("addresses")
    assert found[address] == [2, 0, True]
    assert found[other] == [0, 2, False]

    count = len(smtp_server.accepted())
    debtors.run("deliver")
    accepted = smtp_server.accepted()[count:]
    assert [m.recipients for m in accepted] == [[other]], "nothing goes to the other"
    last = [r for r in debtors.run("reminders") if r["email"] == address][-2:]
    assert [r["channel"] for r in last] == ["email", "letter"]
    assert last[0]["state"] == "failed" and address in last[0]["reason"]
    assert last[1]["state"] == "sent" and last[1]["letter"] > 5000
    assert last[1]["fallback_of"] == last[0]["id"]
    assert last[1]["day"] == debtors.run("today"), "on the same day"


def test_answers_stop_and_machines_do_not(debtors, smtp_server, tmp_path):
    debtors.run("deliver")
    mails = {mail.recipients[0]: mail for mail in smtp_server.accepted()}
    receive(debtors, answer_to(mails[GOOD[0]].message()), tmp_path)
    receive(debtors, answer_to(mails[GOOD[1]].message(), "auto-replied"), tmp_path)
    reminders = by_address(debtors)
    assert reminders[GOOD[0]]["delivery_state"] == "replied"
    assert reminders[GOOD[0]]["stopped_until"]
    assert reminders[GOOD[1]]["delivery_state"] == "pending"
    assert not reminders[GOOD[1]]["stopped_until"]

    debtors.run("owe_more", addresses=GOOD[:2])
    count = len(smtp_server.accepted())
    debtors.run("deliver")
    accepted = smtp_server.accepted()[count:]
    assert [m.recipients for m in accepted] == [[GOOD[1]]]
    debtors.run("handle_replies")
    debtors.run("propose_again")
    debtors.run("deliver")
    assert smtp_server.accepted()[-1].recipients == [GOOD[0]]

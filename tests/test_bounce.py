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
        assert letters[address]["state"] == "sent"
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


def delivery_failure(original, to):
    """What a mail server far away sends back (RFC 3464)."""
    report = MIMEMultipart("report", report_type="delivery-status")
    report["From"] = "MAILER-DAEMON@mx.example.com"
    report["To"] = to
    report["Subject"] = "Undelivered Mail Returned to Sender"
    report["Message-Id"] = "<failure@mx.example.com>"
    report.attach(MIMEText("The address is not known here."))
    server, recipient = EmailMessage(), EmailMessage()
    server["Reporting-MTA"] = "dns; mx.example.com"
    recipient["Final-Recipient"] = f"rfc822; {parseaddr(original['To'])[1]}"
    recipient["Action"] = "failed"
    recipient["Status"] = "5.1.1"
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

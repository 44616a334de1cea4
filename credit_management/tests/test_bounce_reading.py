"""What mail servers say of messages that did not arrive."""

from email import message_from_string
from email.policy import SMTP

import pytest

from odoo.addons.credit_management.engine import bounces

#: (what the server said, its status, what that means)
SAYINGS = [
    ("550 5.1.1 User unknown", "5.1.1", bounces.HARD),
    ("550 5.1.10 Recipient not found", "5.1.10", bounces.HARD),
    ("556 5.1.10 Domain does not accept mail", "", bounces.HARD),
    ("Host or domain name not found", "5.4.4", bounces.HARD),
    ("550 5.2.1 The account is disabled", "5.2.1", bounces.HARD),
    ("550 No such user here", "", bounces.HARD),
    ("553 sorry, that mailbox is unknown", "", bounces.HARD),
    ("550 No such user", "5.0.0", bounces.HARD),
    ("", "5.0.0", bounces.HARD),
    ("552 5.2.2 Mailbox full", "5.2.2", bounces.SOFT),
    ("452 4.2.2 Over quota", "4.2.2", bounces.SOFT),
    ("550 Mailbox is full", "", bounces.SOFT),
    ("550 Requested action not taken: over quota", "5.0.0", bounces.SOFT),
    ("552 5.3.4 Message too large", "5.3.4", bounces.SOFT),
    ("550 5.7.1 Message refused by policy", "5.7.1", bounces.SOFT),
    ("550 Blocked: listed as spam source", "", bounces.SOFT),
    ("553 5.1.8 Sender domain does not exist", "5.1.8", bounces.SOFT),
    ("451 4.7.1 Come back later", "", bounces.SOFT),
    ("421 Too many connections", "", bounces.SOFT),
    ("554 Transaction failed", "", bounces.SOFT),
    ("Delivery expired", "4.4.7", bounces.SOFT),
]


@pytest.mark.parametrize(("text", "status", "kind"), SAYINGS)
def test_kinds(text, status, kind):
    assert bounces.classify(text, status) == kind


def report(fields, content="multipart/report; report-type=delivery-status"):
    return message_from_string(
        f"""From: MAILER-DAEMON@mx.example.com
MIME-Version: 1.0
Content-Type: {content}; boundary="B"

--B
Content-Type: text/plain

Something happened.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; debtor@example.com
{fields}

--B--
""",
        policy=SMTP,
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            "Action: failed\nStatus: 5.1.1\n"
            "Diagnostic-Code: smtp; 550 5.1.1 User\n unknown",
            bounces.Bounce(bounces.HARD, "5.1.1", "550 5.1.1 User unknown"),
        ),
        (
            "Action: failed\nStatus: 5.2.2 (full)",
            bounces.Bounce(bounces.SOFT, "5.2.2", ""),
        ),
        (
            "Action: delayed\nStatus: 4.4.1",
            bounces.Bounce(bounces.DELAYED, "4.4.1", ""),
        ),
        (
            "Action: Delivered\nStatus: 2.0.0",
            bounces.Bounce(bounces.ARRIVED, "2.0.0", ""),
        ),
        ("X-Nothing: known", bounces.Bounce(bounces.HARD)),
    ],
)
def test_report(fields, expected):
    assert bounces.read(report(fields)) == expected


def test_no_report():
    """An answer, be it automatic, and a receipt are none."""
    note = "From: debtor@example.com\nAuto-Submitted: auto-replied\n\nI am away."
    assert bounces.read(message_from_string(note, policy=SMTP)) is None
    receipt = note.replace(
        "\n\n", "\nContent-Type: multipart/report; report-type=disposition\n\n"
    )
    assert bounces.read(message_from_string(receipt, policy=SMTP)) is None


def test_old_servers():
    """They say in words alone that nothing arrived."""
    words = "From: Mail <mailer-daemon@mx.example.com>\n\nUser unknown."
    assert bounces.read(message_from_string(words, policy=SMTP)).kind == bounces.HARD

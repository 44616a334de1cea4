"""What a mail server says of a message that did not arrive. Pure functions.

A *hard* bounce says that the address is wrong: nothing that is sent there will arrive.
A *soft* one says that this message did not arrive now: a full mailbox, a server that
is down, a filter. Status codes are those of RFC 3463 (January 2003), reports are those
of RFC 3464 (January 2003).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message

HARD = "hard"
SOFT = "soft"
#: The server goes on trying: nothing is known yet.
DELAYED = "delayed"
#: The report says that the message arrived.
ARRIVED = "arrived"

#: Details of subject 1 (addresses) that speak of the sender, not of the recipient.
ABOUT_SENDER = {7, 8}
#: Status codes outside subject 1 that say that there is nobody: a mailbox that is
#: disabled, a domain without a way to it, one that takes no mail (RFC 7505, 2015).
NOBODY = {(2, 1), (4, 4), (1, 10)}
#: Replies of SMTP (RFC 5321, October 2008) that mean the mailbox, where no status
#: code says more.
MAILBOX_REPLIES = {550, 551, 553}

STATUS = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
REPLY = re.compile(r"\b([245]\d\d)\b")
FULL = re.compile(r"full|quota|storage|too large|insufficient", re.IGNORECASE)
#: A refusal of what was sent or of who sent it, which many servers give a plain 550.
POLICY = re.compile(
    r"spam|block|policy|reputation|dmarc|\bspf\b|dkim|blacklist|denied|\brate\b",
    re.IGNORECASE,
)
ACTIONS = {
    "delayed": DELAYED,
    "delivered": ARRIVED,
    "relayed": ARRIVED,
    "expanded": ARRIVED,
}


@dataclass(frozen=True)
class Bounce:
    """What became of a message.

    :ivar str kind: :data:`HARD`, :data:`SOFT`, :data:`DELAYED` or :data:`ARRIVED`
    :ivar str status: the status code, ``5.1.1``; empty if none was given
    :ivar str text: what the server said, in its own words; empty if it said nothing
    """

    kind: str
    status: str = ""
    text: str = ""


def classify(text: str, status: str = "", code: int | None = None) -> str:
    """Whether a failure is a hard or a soft one.

    :param text: what the server said
    :param status: the status code of the report; if empty, the one in the text
    :param code: the reply of SMTP; if none, the one in the text
    """
    found = STATUS.search(status) or STATUS.search(text)
    rest = text.replace(found[0], "") if found else text
    if code is None and (reply := REPLY.search(rest)):
        code = int(reply[1])
    if found:
        group, subject, detail = map(int, found.groups())
        if group != 5:
            return SOFT
        if (subject, detail) in NOBODY:
            return HARD
        if subject == 1:
            return SOFT if detail in ABOUT_SENDER else HARD
        if subject != 0:
            return SOFT
    elif code is not None and not 500 <= code < 600:
        return SOFT
    # “Undefined”, or no status at all: the reply and the words have to do.
    if FULL.search(text) or POLICY.search(text):
        return SOFT
    return HARD if code is None or code in MAILBOX_REPLIES else SOFT


def read(message: Message) -> Bounce | None:
    """What a report of non-delivery says; None if the message is no such report.

    Of several recipients the last failure counts: reminders have one.
    """
    blocks = _status_blocks(message)
    if not blocks:
        # Not a report by the standard, but what old servers write.
        return Bounce(HARD) if _is_from_server(message) else None
    result = None
    for block in blocks:
        action = str(block.get("Action") or "").strip().lower()
        if not action:
            continue
        status = str(block.get("Status") or "").strip()
        diagnosis = str(block.get("Diagnostic-Code") or "")
        text = " ".join(diagnosis.partition(";")[2].split() or diagnosis.split())
        known = STATUS.search(status)
        kind = ACTIONS.get(action) or classify(text, status)
        result = Bounce(kind, known[0] if known else "", text)
    return result or Bounce(HARD)


def _status_blocks(message: Message) -> Iterable[Message]:
    """The groups of fields of the report: of the server first, then of recipients."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            payload = part.get_payload()
            return payload if isinstance(payload, list) else []
    return []


def _is_from_server(message: Message) -> bool:
    sender = str(message.get("From") or "").lower()
    return "mailer-daemon@" in sender or "postmaster@" in sender

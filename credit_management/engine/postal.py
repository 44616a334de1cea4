"""Letters on their way: their states, what may follow what, and what it means in law.

Registered letters have all the states; a plain letter is posted, and may come back.
"""

import re
from datetime import timedelta

#: How far each state is. The last ones exclude each other.
RANK = {
    "to_post": 0,
    "posted": 1,
    "presented": 2,
    "received": 3,
    "refused": 3,
    "unclaimed": 3,
    "undeliverable": 3,
    "withdrawn": 3,
}
#: Last states in which the debtor does not hold the letter.
NOT_HANDED_OVER = ("refused", "unclaimed", "undeliverable", "withdrawn")
#: Those that say that the address may be wrong.
DOUBTED = ("unclaimed", "undeliverable")
#: Those that a plain letter can have: nobody tells that it was delivered.
PLAIN = ("posted", "undeliverable")

#: The international number of the Universal Postal Union (standard S10).
_S10 = re.compile(r"[A-Z]{2}(\d{8})(\d)[A-Z]{2}$")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_NUMBER = re.compile(r"[0-9A-Z]{6,40}$")


def clean_number(text):
    """A tracking number as it is kept: without spaces and signs, in capitals."""
    return re.sub(r"[\s.\-_/]+", "", str(text or "")).upper()


def number_problem(number):
    """Why a cleaned number is none: ``"number"``, ``"check_digit"``, or ``None``.

    Carriers have numbers of many forms; only the international one can be checked.
    """
    if not _NUMBER.match(number) or not any(char.isdigit() for char in number):
        return "number"
    if match := _S10.match(number):
        total = sum(
            int(digit) * weight
            for digit, weight in zip(match[1], _S10_WEIGHTS, strict=True)
        )
        check = {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)
        if check != int(match[2]):
            return "check_digit"
    return None


def current(days):
    """The state of a letter with these events.

    :param dict days: state -> day, of the events that stand
    """
    return max(days, key=RANK.get, default="to_post")


def refusal(days, state, day, made, today, registered=True):
    """Why a state can't follow those that are known.

    :param dict days: state -> day, of the events that stand
    :param date made: the day on which the letter was made
    :return: ``None`` if it can, ``"same"`` if it is known already, else ``"future"``,
        ``"before_letter"``, ``"other_day"``, ``"backwards"``, ``"before_state"`` or
        ``"plain"``
    """
    if days.get(state) == day:
        return "same"
    if day > today:
        return "future"
    if day < made:
        return "before_letter"
    if not registered and state not in PLAIN:
        return "plain"
    if state in days:
        return "other_day"
    now = current(days)
    if RANK[state] <= RANK[now] or state == "withdrawn" and days:
        return "backwards"
    if days and day < max(days.values()):
        return "before_state"
    return None


def is_contact(state, counts_from):
    """Whether a letter in this state has reached the debtor, or counts as if it had.

    Whoever refuses a letter bears it. One that was not collected counts where the law
    looks at the posting or the presentation, not where it wants receipt. One that could
    not be delivered, or was not posted, was never at the debtor's.

    :param str counts_from: ``posting``, ``presentation`` or ``receipt``
    """
    if state in ("undeliverable", "withdrawn"):
        return False
    return state != "unclaimed" or counts_from != "receipt"


def start_day(days, counts_from):
    """The day from which a letter's period counts, as far as it is known.

    :param dict days: state -> day, of the events that stand
    :return date: ``None`` as long as it was not posted
    """
    posted = days.get("posted")
    received = days.get("received") or days.get("refused")
    if counts_from == "receipt":
        return received or posted
    if counts_from == "presentation":
        return days.get("presented") or received or days.get("unclaimed") or posted
    return posted or days.get("presented") or received


def moved_deadline(deadlines, start, step_days, notice_days):
    """The deadline of a letter, once it is known when its period began.

    Never earlier than any it had: the debtor may rely on the day that the letter names.

    :param deadlines: days, or ``None`` where there is none
    :param date start: the day from which the period counts
    :param int step_days: days that the step gives; 0 for no deadline
    :param int notice_days: days that the law wants given; 0 if it wants none
    """
    days = [day for day in deadlines if day]
    given = max(step_days, notice_days)
    if start and given:
        days.append(start + timedelta(days=given))
    return max(days, default=None)

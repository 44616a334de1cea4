"""Which of two wordings a debtor gets. A pure function.

The choice hangs on the debtor and the step alone: whoever gets a reminder again, by a
retry, a fallback or with the next invoice, reads the same wording. A larger share of
the second wording moves debtors to it and none away from it.
"""

from hashlib import sha256

FIRST = "a"
SECOND = "b"


def place(debtor_id: int, step_id: int) -> int:
    """Where a debtor stands among a hundred, for one step; 0 to 99.

    Steps are independent of each other: who reads the second wording of one step may
    well read the first of the next.
    """
    digest = sha256(f"{step_id}-{debtor_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100


def choose(debtor_id: int, step_id: int, percent: int) -> str:
    """The wording for a debtor.

    :param percent: share of the debtors who get the second wording, 0 to 100
    """
    return SECOND if place(debtor_id, step_id) < percent else FIRST

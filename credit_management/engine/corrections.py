"""What stays of charges once something of an earlier day is known.

Money is often matched days after it came in, and an insolvency is heard of days after
it was opened. A charge that was claimed meanwhile asked for more than was owed: each is
worked out anew for the day on which it was claimed, and never raised. Where the rules
of today would not claim it at all for another reason than that nothing was late, or
that the insolvency stops it, it stays as it was. Amounts are integers in minor units.
"""

from .amounts import open_amount, spread
from .charges import (
    INSOLVENCY,
    NOT_LATE,
    assess,
    assess_costs,
    fell_due_in_insolvency,
)
from .regime import CLAUSE, INDEMNITY, INTEREST

#: Reasons that leave nothing of what was claimed.
NOTHING = (NOT_LATE, INSOLVENCY)


def corrected(claim, regime, terms, book, claimed):
    """What stays of interest, indemnity and clause on one item.

    :param claimed: of :class:`.disputes.Claimed`, in the order in which they were
        claimed; interest of each in a period of its own
    :return: list of amounts, in the same order
    """
    amounts, interest = [], 0
    for charge in claimed:
        amount = charge.amount
        if charge.kind in (INTEREST, INDEMNITY, CLAUSE):
            wanted = frozenset((charge.kind,))
            found = assess(claim, regime, terms, wanted, charge.day, book)
            due = found.amounts.get(charge.kind)
            if due is None and any(one.reason in NOTHING for one in found.withheld):
                due = 0
            if due is not None:
                due -= interest if charge.kind == INTEREST else 0
                amount = max(0, min(due, amount))
        amounts.append(amount)
        if charge.kind == INTEREST:
            interest += amount
    return amounts


def corrected_costs(claims, regime, day, amounts):
    """What stays of the collection costs that one reminder asked for.

    :param claims: the items that bear them
    :param date day: the day on which they were claimed
    :param amounts: what each of them bears
    :return: list of amounts, in the same order
    """
    found = assess_costs(claims, regime, day)
    amounts = [
        0 if fell_due_in_insolvency(claim, regime) else amount
        for claim, amount in zip(claims, amounts, strict=True)
    ]
    if any(one.reason not in NOTHING for one in found.withheld):
        return list(amounts)
    if found.amount >= sum(amounts):
        return list(amounts)
    bearing = [
        amount if open_amount(claim, day) > 0 else 0
        for claim, amount in zip(claims, amounts, strict=True)
    ]
    if not any(bearing):
        return [0] * len(bearing)
    shares = spread(min(found.amount, sum(bearing)), bearing)
    return [min(share, amount) for share, amount in zip(shares, amounts, strict=True)]


def asked_for_nothing(claims, day):
    """Whether none of the items of a reminder was open on its day: it costs nothing."""
    return all(open_amount(claim, day) <= 0 for claim in claims)

"""What a dispute of a part does to the charges on an item.

While it is open, and as long as the debtor has time after the answer, the contested
part is asked for by nobody, and bears nothing: charges count the rest. What it comes to
in the end decides:

* The part that was rightly contested was never owed. Its interest falls away from the
  due date on, whatever the day of the credit note. A penalty clause is counted anew, as
  it stands to the claim; costs fall in the same proportion. The fixed indemnity stays
  only if something is late without that part: it is due for a late item, whatever its
  amount.
* The part that was wrongly contested was owed all along, and bears its interest too,
  but for the days on which the law suspends it (``Claim.aside``).

Amounts are integers in minor units of the item's currency.
"""

from dataclasses import dataclass, replace
from datetime import date

from .amounts import late_amount
from .charges import assess
from .interest import half_up
from .regime import CLAUSE, COST, INDEMNITY, INTEREST, Event


@dataclass(frozen=True)
class Part:
    """A contested part of an item.

    ``withheld``: it is not asked for at the moment, so nothing is reckoned on it.
    """

    first: date
    last: date
    amount: int
    withheld: bool = False


@dataclass(frozen=True)
class Claimed:
    """A charge that was claimed on an item; interest until the end of ``day``."""

    kind: str
    day: date
    amount: int


def aside(parts, regime, withheld=True):
    """When which part of an item bears no interest, as ``Claim.aside`` wants it.

    :param parts: of :class:`Part`
    :param bool withheld: with those that are not asked for at the moment
    """
    if not regime.dispute_suspends:
        return ()
    found = []
    for part in parts:
        first = date.fromordinal(part.first.toordinal() + regime.dispute_suspends_after)
        if part.amount > 0 and first <= part.last and (withheld or not part.withheld):
            found.append((first, part.last, part.amount))
    return tuple(sorted(found))


def without(claim, amount):
    """The item as if ``amount`` of it had never been owed."""
    if amount <= 0:
        return claim
    event = Event(claim.due, amount, "credit")
    return replace(claim, events=(*claim.events, event))


def kept(claim, regime, terms, book, accepted, claimed):
    """What stays of charges on an item of which a part was rightly contested.

    Each is worked out anew for the day on which it was claimed, and never raised.

    :param int accepted: the part, in minor units
    :param claimed: of :class:`Claimed`, in the order in which they were claimed
    :return: list of amounts, in the same order
    """
    smaller = without(claim, accepted)
    amounts, interest = [], 0
    for charge in claimed:
        base = late_amount(smaller, charge.day)
        amount = None
        if charge.kind in (INTEREST, INDEMNITY, CLAUSE) and base > 0:
            wanted = frozenset((charge.kind,))
            found = assess(smaller, regime, terms, wanted, charge.day, book)
            amount = found.amounts.get(charge.kind)
            if charge.kind == INTEREST and amount is not None:
                amount -= interest
        if amount is None and charge.kind in (INTEREST, INDEMNITY, CLAUSE, COST):
            # By proportion where the rules of today would not claim it any more.
            before = late_amount(claim, charge.day)
            amount = half_up(charge.amount * max(base, 0), before) if before > 0 else 0
        amount = charge.amount if amount is None else amount
        amounts.append(max(0, min(amount, charge.amount)))
        if charge.kind == INTEREST:
            interest += amounts[-1]
    return amounts


def portions(amounts, part, whole):
    """``part`` of ``whole`` of each amount; together they are that of the sum.

    :param amounts: may be less than nothing, as discounts are
    """
    portions, before, taken = [], 0, 0
    for amount in amounts:
        before += amount
        portions.append(half_up(before * part, whole) - taken)
        taken += portions[-1]
    return portions

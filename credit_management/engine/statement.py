"""What is owed at a date, item by item: principal, interest and charges.

It puts together what :mod:`.charges` found on each item with what became of charges
that were claimed before. Amounts are integers in minor units of the item's currency.
"""

from dataclasses import dataclass, field, replace
from datetime import date

from .amounts import open_amount, spread
from .charges import assess_costs
from .interest import Interest
from .regime import CHARGES, COST, INTEREST, Claim


@dataclass(frozen=True)
class Prior:
    """What was claimed before of one kind on one item, and what became of it."""

    claimed: int = 0
    waived: int = 0
    booked: int = 0


@dataclass(frozen=True)
class Part:
    """One kind of charge on one item.

    ``worked_out`` is what law and terms give. A fixed charge that was claimed before
    stays owed, even if it would be less now; what was waived is given up, and what is
    booked is an item of its own.
    """

    worked_out: int = 0
    prior: Prior = Prior()

    @property
    def extra(self):
        """What was claimed before beyond what would be worked out now."""
        return max(self.prior.claimed - self.worked_out, 0)

    @property
    def amount(self):
        """What is owed."""
        return self.worked_out + self.extra - self.prior.waived - self.prior.booked


@dataclass
class Entry:
    """One item of a statement.

    ``record`` and ``regime`` are whatever the caller knows the item and its rules by;
    ``parts`` has the kinds of charges that are shown, ``withheld`` those that are not,
    with their reasons.
    """

    record: object
    claim: Claim
    day: date
    residual: int
    interest: Interest | None = None
    parts: dict[str, Part] = field(default_factory=dict)
    withheld: tuple = ()
    missing: Exception | None = None
    regime: object = None

    @property
    def charges(self):
        """All interest and charges that are owed."""
        return sum(part.amount for part in self.parts.values())

    @property
    def total(self):
        return self.residual + self.charges


def entry(record, claim, assessment, day, prior, wanted, keep_claimed=False):
    """One item of a statement, without collection costs: these are a sum of many.

    :param claim: the item; what happened to it after ``day`` is not looked at
    :param Assessment assessment: of that day; None for an item that bears no charges
    :param dict prior: :class:`Prior` by kind
    :param frozenset wanted: the kinds to show
    :param bool keep_claimed: show what was claimed before of other kinds too
    :rtype: Entry
    """
    made = Entry(record, claim, day, open_amount(claim, day))
    if assessment is None:
        return made
    made.interest = assessment.interest if INTEREST in wanted else None
    made.withheld = tuple(w for w in assessment.withheld if w.kind in wanted)
    made.missing = assessment.missing if INTEREST in wanted else None
    for kind in CHARGES:
        before = prior.get(kind, Prior())
        amount = assessment.amounts.get(kind, 0) if kind in wanted else 0
        shown = kind in wanted or keep_claimed
        if kind == INTEREST and kind in wanted and kind in assessment.amounts:
            # A payment or a credit note that was entered late lowers it.
            before = replace(before, claimed=min(before.claimed, amount))
        if shown and (amount or before.claimed):
            made.parts[kind] = Part(amount, before)
    return made


def add_costs(entries, regime, day):
    """Collection costs on the sum of some items of one debtor under one regime.

    An item that bore costs before keeps its own; the others share what the scale gives
    beyond these.

    :return: reasons why some of the items, or all, bear none
    """
    found = assess_costs([one.claim for one in entries], regime, day)
    bearing = [
        (one, share)
        for one, share in zip(entries, found.shares, strict=True)
        if share and COST not in one.parts
    ]
    before = sum(one.parts[COST].prior.claimed for one in entries if COST in one.parts)
    shares = spread(max(found.amount - before, 0), [share for _one, share in bearing])
    for (one, _share), amount in zip(bearing, shares, strict=True):
        if amount:
            one.parts[COST] = Part(amount)
    return found.withheld

"""What a payment goes to: costs, interest, charges, principal, in an order.

The order comes from the law or from a contract and is the caller's to know. Within one
kind the oldest is paid first. Amounts are integers in minor units of one currency, none
of them negative; the parts of a payment and what is left of it always add up to it.
"""

from dataclasses import dataclass, replace
from datetime import date

COSTS, INTEREST, CHARGES, PRINCIPAL = "costs", "interest", "charges", "principal"
KINDS = (COSTS, INTEREST, CHARGES, PRINCIPAL)

#: Orders that can be agreed on, by the names they are stored under.
ORDERS = {
    "costs_interest": (COSTS, INTEREST, CHARGES, PRINCIPAL),
    "interest_costs": (INTEREST, COSTS, CHARGES, PRINCIPAL),
    "interest_principal": (INTEREST, PRINCIPAL, COSTS, CHARGES),
    "principal_interest": (PRINCIPAL, INTEREST, COSTS, CHARGES),
}


@dataclass(frozen=True)
class Owed:
    """Something that is open.

    :param key: by which the caller knows it; two of one kind and day are taken in the
        order of their keys
    :param str kind: one of :data:`KINDS`
    :param int amount: open, minor units
    :param date day: when it fell due or was claimed
    """

    key: tuple
    kind: str
    amount: int
    day: date


@dataclass(frozen=True)
class Share:
    """What a payment pays of one thing, and what stays open of it."""

    owed: Owed
    amount: int

    @property
    def left(self):
        return self.owed.amount - self.amount


@dataclass(frozen=True)
class Allocation:
    """``shares`` in the order in which they were paid; ``rest`` paid nothing."""

    amount: int
    shares: tuple
    rest: int

    def of(self, *kinds):
        """What went to some kinds, in minor units."""
        return sum(s.amount for s in self.shares if s.owed.kind in kinds)


def order_by_law(interest_first, costs_first, charges_first):
    """The order in which a payment is taken where no contract says otherwise.

    :param bool interest_first: by law a part payment goes to interest first
    :param bool costs_first: by law it goes to costs before that
    :param bool charges_first: where the law is silent, the creditor takes costs and
        charges before the principal
    :return: one of the values of :data:`ORDERS`
    """
    if costs_first:
        return ORDERS["costs_interest"]
    if charges_first:
        return ORDERS["interest_costs"]
    if interest_first:
        return ORDERS["interest_principal"]
    return ORDERS["principal_interest"]


def allocate(amount, owed, order):
    """Divide a payment among what is open.

    :param int amount: of the payment, minor units
    :param owed: :class:`Owed`, in any order
    :param order: kinds, the first to be paid first
    :rtype: Allocation
    :raise ValueError: for a negative amount, or a kind that has no place in the order
    """
    if amount < 0 or any(one.amount < 0 for one in owed):
        raise ValueError("negative amount")
    ranks = {kind: rank for rank, kind in enumerate(order)}
    unknown = {one.kind for one in owed} - set(ranks)
    if unknown:
        raise ValueError(f"no place in the order: {sorted(unknown)}")
    left = amount
    shares = []
    for one in sorted(owed, key=lambda o: (ranks[o.kind], o.day, o.key)):
        share = min(left, one.amount)
        if share:
            shares.append(Share(one, share))
            left -= share
    return Allocation(amount, tuple(shares), left)


def allocate_all(payments, owed, order):
    """Divide payments one after the other among what is open.

    :param payments: (key, day, amount), in any order; the oldest is taken first, two
        of one day in the order of their keys
    :return: {key: :class:`Allocation`}
    """
    open_ = {one.key: one for one in owed}
    if len(open_) != len(owed):
        raise ValueError("two things with one key")
    made = {}
    for key, _day, amount in sorted(payments, key=lambda p: (p[1], p[0])):
        made[key] = allocate(amount, list(open_.values()), order)
        for share in made[key].shares:
            one = share.owed
            open_[one.key] = replace(one, amount=share.left)
    return made


def less(owed, paid):
    """What is left of what is owed once some of it is paid; never below zero.

    :param owed: :class:`Owed`
    :param dict paid: {key: minor units}
    :rtype: list[Owed]
    """
    return [
        replace(one, amount=max(one.amount - paid.get(one.key, 0), 0)) for one in owed
    ]

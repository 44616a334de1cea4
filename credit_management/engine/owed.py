"""What of an account is to be paid now, and what is said of the rest.

Amounts are integers in the minor unit of one currency.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Open:
    """An open claim.

    ``undisputed`` is what is not contested of its ``amount``, ``under_way`` what is
    being paid of it, ``unbooked`` what of that was paid already, as agreements know;
    ``as_promised`` is what of it the debtor pays because it was promised.
    """

    key: int
    amount: int
    undisputed: int
    under_way: int = 0
    unbooked: int = 0
    as_promised: int = 0


@dataclass(frozen=True)
class Agreement:
    """A payment plan that runs, or promises for the same claims that are open.

    ``parts`` are (day, amount) of what is not paid yet of each instalment or promise.
    A plan is about all that is not contested of its claims (``whole``), promises are
    about as much as they are for. ``under_way`` is what is being paid besides the
    claims: fee and interest of a plan.
    """

    key: tuple
    claims: frozenset[int]
    parts: tuple[tuple[date, int], ...]
    whole: bool = False
    under_way: int = 0


@dataclass(frozen=True)
class Split:
    """A claim, divided: the four parts add up to its amount."""

    under_way: int
    contested: int
    agreed: int
    rest: int

    @property
    def payable(self):
        """What may be paid without paying twice or paying what is contested."""
        return self.agreed + self.rest


@dataclass(frozen=True)
class Terms:
    """What an agreement asks for: now, later, and (day, amount) of the next part."""

    now: int = 0
    later: int = 0
    upcoming: tuple[date, int] | None = None


def split(claims, agreements, today):
    """Divide the claims of a debtor, and tell what was agreed on asks for today.

    A payment under way goes to what is not contested, and settles the earliest parts
    of a plan; of promises only where it is paid as such, or is more than what was not
    promised. Of what is in two agreements, the first one counts.

    :param claims: of :class:`Open`, the oldest first
    :param agreements: of :class:`Agreement`
    :return: ({key of a claim: :class:`Split`}, {key of an agreement: :class:`Terms`})
    """
    under_way, contested, free, agreed, begun, named = {}, {}, {}, {}, {}, {}
    for claim in claims:
        paid = max(0, min(claim.amount, claim.under_way))
        undisputed = max(0, min(claim.undisputed, claim.amount))
        under_way[claim.key] = paid
        begun[claim.key] = max(0, paid - claim.unbooked)
        named[claim.key] = min(begun[claim.key], claim.as_promised)
        free[claim.key] = max(0, undisputed - paid)
        contested[claim.key] = claim.amount - paid - free[claim.key]
        agreed[claim.key] = 0
    terms = {}
    for agreement in agreements:
        own = [claim.key for claim in claims if claim.key in agreement.claims]
        paid = agreement.under_way + sum(begun[key] for key in own)
        covered = sum(free[key] for key in own)
        if not agreement.whole:
            rest = covered + paid - sum(amount for _day, amount in agreement.parts)
            as_promised = sum(named[key] for key in own)
            paid = max(as_promised, paid - max(0, rest))
        parts = less(agreement.parts, paid)
        if not agreement.whole:
            covered = min(covered, sum(amount for _day, amount in parts))
            parts = first(parts, covered)
        for key in own:
            taken = min(free[key], covered)
            covered -= taken
            free[key] -= taken
            agreed[key] += taken
        terms[agreement.key] = _terms(parts, today)
    return (
        {
            claim.key: Split(
                under_way[claim.key],
                contested[claim.key],
                agreed[claim.key],
                free[claim.key],
            )
            for claim in claims
        },
        terms,
    )


def promised_days(claims, agreements):
    """On which days each claim is to be paid by promises: the first day for the oldest.

    :param claims: of :class:`Open`, the oldest first
    :param agreements: of :class:`Agreement`
    :return: {key of a claim: its days, in order}
    """
    days = {}
    for agreement in agreements:
        if agreement.whole:
            continue
        room = {
            claim.key: max(0, min(claim.undisputed, claim.amount))
            for claim in claims
            if claim.key in agreement.claims
        }
        for day, amount in sorted(agreement.parts):
            for key, share in fill(room.items(), amount)[0].items():
                room[key] -= share
                days.setdefault(key, []).append(day)
    return days


def less(parts, paid):
    """What is left of dated parts after a sum was paid, which settles the first ones.

    :return: list of (day, amount), in the order of the days
    """
    left = []
    for day, amount in sorted(parts):
        settled = min(amount, paid)
        paid -= settled
        if amount > settled:
            left.append((day, amount - settled))
    return left


def first(parts, amount):
    """As much of dated parts as comes to ``amount``, the earliest first."""
    kept = []
    for day, part in parts:
        taken = min(part, amount)
        amount -= taken
        if taken:
            kept.append((day, taken))
    return kept


def _terms(parts, today):
    coming = [(day, amount) for day, amount in parts if day > today]
    later = sum(amount for _day, amount in coming)
    now = sum(amount for _day, amount in parts) - later
    return Terms(now, later, coming[0] if coming else None)


def fill(room, amount):
    """Spread a sum over what takes it, in order.

    :param room: (key, how much it takes) of each
    :return: ({key: what it gets}, what is left over)
    """
    shares = {}
    for key, most in room:
        taken = min(most, amount)
        amount -= taken
        if taken > 0:
            shares[key] = shares.get(key, 0) + taken
    return shares, amount

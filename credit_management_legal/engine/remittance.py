"""A statement of a third party: what it collected, earned, kept and hands on.

Amounts are integers in minor units of one currency. ``collected`` is negative where a
payment was taken back, and so are fee and tax then.
"""

from dataclasses import dataclass

from .fees import NET


@dataclass(frozen=True)
class Row:
    """A line of a statement.

    :param int collected: what the third party received; zero for what is only earned
    :param int fee: earned, without tax: success fee, another fee or a cost
    :param int tax: on the fee
    :param str mode: ``net`` where it may keep the fee, ``gross`` where it is invoiced
    """

    collected: int
    fee: int
    tax: int
    mode: str

    @property
    def due(self):
        return self.fee + self.tax


@dataclass(frozen=True)
class Settlement:
    """What a statement comes to; ``kept`` has the part of each row, in their order.

    ``collected - sum(kept)`` is handed on, ``fee + tax - sum(kept)`` stays to be paid.
    """

    collected: int
    fee: int
    tax: int
    kept: tuple

    @property
    def remitted(self):
        return self.collected - sum(self.kept)

    @property
    def to_pay(self):
        return self.fee + self.tax - sum(self.kept)


def settle(rows):
    """What is kept and handed on of some rows.

    No more is kept in all than was collected on rows that are net; what a row does not
    cover itself is kept from the others, the first ones first.

    :param rows: iterable of :class:`Row`
    :rtype: Settlement
    """
    rows = list(rows)
    net = [row for row in rows if row.mode == NET]
    due = sum(row.due for row in net)
    room = max(sum(row.collected for row in net), 0)
    if due <= room:
        # Also where a fee is given back: then so much more is handed on.
        kept = [row.due if row.mode == NET else 0 for row in rows]
    else:
        kept = _cover(rows, room)
    return Settlement(
        sum(row.collected for row in rows),
        sum(row.fee for row in rows),
        sum(row.tax for row in rows),
        tuple(kept),
    )


def _cover(rows, keep):
    """Divide what is kept, where it is less than what is due."""
    kept = [0] * len(rows)
    for place, row in enumerate(rows):
        if row.mode == NET:
            kept[place] = min(max(row.due, 0), max(row.collected, 0), keep)
            keep -= kept[place]
    for place, row in enumerate(rows):
        if row.mode == NET and keep:
            more = min(max(row.due, 0) - kept[place], keep)
            kept[place] += more
            keep -= more
    return kept


def differences(expected, stated):
    """Where a statement says something else than was expected.

    :param dict expected: amounts by name
    :param dict stated: the same names; None where the statement is silent
    :return: {name: stated less expected}, only where they differ
    """
    return {
        name: stated[name] - amount
        for name, amount in expected.items()
        if stated.get(name) is not None and stated[name] != amount
    }

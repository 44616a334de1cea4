"""What is owed in a case at a date, line by line: the working and its sums.

A line says what was added or taken off and why; all lines together are the total.
Amounts are integers in minor units of the currency of the case.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: What a line is about.
PRINCIPAL, CREDIT, INTEREST, CHARGES, COSTS, PAYMENT = (
    "principal",
    "credit",
    "interest",
    "charges",
    "costs",
    "payment",
)


@dataclass(frozen=True)
class Line:
    """One line of the working.

    :param str kind: one of the above
    :param str name: of the item, the charge, the cost or the payment
    :param int amount: added to the claim; what is paid or credited is negative
    :param date first: first day of interest, else the day of what happened
    :param date last: last day of interest
    :param int base: what bore the interest
    :param dict paid: of a payment, what it went to: {kind: amount}
    :param str column: the kind of charge that it is part of; empty for the principal
        and what pays an item
    :param tuple about: (what, id) of the item, charge or payment that it is about
    """

    kind: str
    name: str
    amount: int
    first: date | None = None
    last: date | None = None
    days: int = 0
    year_days: int = 0
    base: int = 0
    percent: Decimal | None = None
    paid: dict | None = None
    code: str = ""
    column: str = ""
    about: tuple = ()


def sums(lines):
    """The parts of a claim and its total.

    ``principal + interest + charges + costs - paid`` is ``total - overpaid``; one of
    these two is zero, none of them negative.

    :param lines: :class:`Line`
    :return: dict of minor units
    """
    parts = {
        kind: sum(line.amount for line in lines if line.kind == kind)
        for kind in (PRINCIPAL, CREDIT, INTEREST, CHARGES, COSTS, PAYMENT)
    }
    total = sum(parts.values())
    return {
        "principal": parts[PRINCIPAL] + parts[CREDIT],
        "interest": parts[INTEREST],
        "charges": parts[CHARGES],
        "costs": parts[COSTS],
        "paid": -parts[PAYMENT],
        "total": max(total, 0),
        "overpaid": max(-total, 0),
    }


def open_parts(lines, stated):
    """What is open of each part of a claim: payments are taken off what they went to.

    All of them less ``overpaid`` are the total.

    :param lines: :class:`Line`
    :param stated: ``about`` of the items that are claimed themselves; costs of acts
        stand on none of them
    :return: dict of minor units: ``principal``, ``costs``, ``overpaid`` (what was paid
        beyond all that was owed then), and one for each kind of charge
    """
    parts = {PRINCIPAL: 0, COSTS: 0, "overpaid": 0}
    for line in lines:
        if line.about[0] == "payment":
            parts["overpaid"] -= line.amount
            continue
        part = line.column or PRINCIPAL
        if part == "cost" and line.about not in stated:
            part = COSTS
        parts[part] = parts.get(part, 0) + line.amount
    return parts


def entry_lines(entry, name):
    """The working of one item, see :class:`credit_management.engine.statement.Entry`.

    Interest stands there day by day as the core reckoned it; what was claimed before
    beyond that, waived or given up is added to it or taken off. Charges that are in
    the books stay in, for what pays them is among the payments.
    """
    claim = entry.claim
    about = ("item", entry.record.id)
    lines = [Line(PRINCIPAL, name, claim.principal, claim.due, about=about)]
    interest = entry.interest
    shares = {}
    for share in interest.allocations if interest else ():
        shares.setdefault((share.day, share.kind, share.amount), []).append(share)
    if interest and "interest" in entry.parts:
        lines += [
            Line(
                INTEREST,
                name,
                segment.amount,
                segment.first,
                segment.last,
                segment.days,
                segment.year_days,
                segment.base,
                segment.percent,
                column="interest",
                about=about,
            )
            for segment in interest.segments
            if segment.amount
        ]
    for event in claim.events:
        if event.day > entry.day:
            continue
        if event.kind == "credit":
            lines.append(Line(CREDIT, name, -event.amount, event.day, about=about))
            continue
        found = shares.get((event.day, event.kind, event.amount))
        share = found.pop(0) if found else None
        to_interest = share.to_interest if share else 0
        paid = {INTEREST: to_interest, PRINCIPAL: event.amount - to_interest}
        lines.append(
            Line(PAYMENT, name, -event.amount, event.day, paid=paid, about=about)
        )
    for kind, part in entry.parts.items():
        group = INTEREST if kind == "interest" else CHARGES
        shown = interest.total if interest and kind == "interest" else 0
        for code, amount in (
            (kind, part.worked_out - shown),
            (f"{kind}_before", part.extra),
            (f"{kind}_waived", -part.prior.waived),
        ):
            if amount:
                lines.append(
                    Line(
                        group,
                        name,
                        amount,
                        entry.day,
                        code=code,
                        column=kind,
                        about=about,
                    )
                )
    return lines

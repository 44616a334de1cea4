"""How an amount that is written off splits into what is lost and what is tax.

Amounts are integers in minor units of one currency.
"""

from dataclasses import dataclass
from fractions import Fraction

from odoo.addons.credit_management.engine.amounts import spread
from odoo.addons.credit_management.engine.interest import half_up

#: What happens to the tax in the amount.
NONE = "none"
NOW = "now"
CONDITIONS = "conditions"


@dataclass(frozen=True)
class Split:
    """``net`` and ``tax`` add up to what is written off."""

    net: int
    tax: int


def split(amount, total, tax, treatment):
    """What of ``amount`` is the loss, and what the tax that is asked back.

    :param int amount: written off, of an invoice of ``total`` with ``tax`` in it
    :param str treatment: ``none``: nothing is asked back, all of it is lost
    :raise ValueError: for an amount that is not of the invoice
    :rtype: Split
    """
    if not 0 <= amount <= total:
        raise ValueError(amount)
    if treatment == NONE or not total:
        return Split(amount, 0)
    share = Fraction(amount * tax, total)
    part = half_up(share.numerator, share.denominator)
    return Split(amount - part, part)


def by_rate(amount, parts):
    """The amount by the tax groups of an invoice, to the last unit.

    :param parts: (net, tax) of each group of the invoice, not negative
    :return: list of :class:`Split`, which add up to ``amount``
    """
    shares = spread(amount, [net + tax for net, tax in parts])
    return [
        split(share, net + tax, tax, NOW)
        for share, (net, tax) in zip(shares, parts, strict=True)
    ]


def needs_approval(amount, limit, is_manager, approver_is_author):
    """Whether somebody else has to agree, and who may.

    Up to the limit whoever proposes it books it; above it a manager approves, who is
    not the one who proposed it: four eyes.

    :param int amount: in the company's currency, as the limit
    :return: ``""`` where it may be booked, else ``manager`` or ``other``
    """
    if amount <= limit:
        return ""
    if not is_manager:
        return "manager"
    return "other" if approver_is_author else ""

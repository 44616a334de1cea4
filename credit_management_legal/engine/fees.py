"""What a third party earns on a case, to the smallest unit of the currency.

A scale has bands by age of the claim, in days after its due date when it was handed
over, and by amount. For a claim of some age the bands of the highest ``age_from`` that
it has reached are looked at, and no others. Of these,

* ``whole``: the band that the amount has reached holds for all of it;
* ``tiers``: each band holds for the part of the amount that lies in it.

Claims of one age are added up before they are looked up: a case of ten small invoices
is one case, not ten. A payment earns what the total earns after it less what it earned
before, so that the fees of any number of part payments add up to that of their sum.

Amounts are integers in minor units of one currency; percentages are exact decimals.
Everything is rounded half up, once for each sum that is named.
"""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from odoo.addons.credit_management.engine.interest import half_up

WHOLE = "whole"
TIERS = "tiers"
GROSS = "gross"
NET = "net"


@dataclass(frozen=True)
class Band:
    """From ``age_from`` days and more than ``above``: ``percent``, and ``fixed`` once.

    ``fixed`` is due as soon as the band is reached.
    """

    age_from: int
    above: int
    percent: Decimal
    fixed: int = 0


@dataclass(frozen=True)
class FeeScale:
    """Bands with how they are read; ``minimum`` and ``maximum`` hold for a case.

    The minimum is due only where something was collected. None: no bound.
    """

    bands: tuple = ()
    rule: str = WHOLE
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class Remittance:
    """What the third party hands on, and what it invoices.

    ``due`` is the fee with its tax; ``remitted`` what reaches the creditor's bank;
    ``to_pay`` what the creditor still has to pay. A negative ``remitted`` does not
    occur: what the fee is more than was collected is to be paid.
    """

    collected: int
    fee: int
    tax: int
    remitted: int
    to_pay: int

    @property
    def due(self):
        return self.fee + self.tax


def _bands_of(scale, age):
    """The bands for claims of ``age`` days, the lowest first."""
    reached = [band.age_from for band in scale.bands if band.age_from <= age]
    if not reached:
        return []
    highest = max(reached)
    bands = [band for band in scale.bands if band.age_from == highest]
    return sorted(bands, key=lambda band: band.above)


def _earned(bands, rule, amount):
    """What ``amount`` earns by some bands, as an exact fraction."""
    reached = [band for band in bands if amount > band.above]
    if not reached:
        return Fraction(0)
    if rule == WHOLE:
        band = reached[-1]
        return Fraction(amount) * Fraction(band.percent) / 100 + band.fixed
    total = Fraction(0)
    tops = [band.above for band in reached[1:]] + [amount]
    for band, top in zip(reached, tops, strict=True):
        total += Fraction(top - band.above) * Fraction(band.percent) / 100 + band.fixed
    return total


def success_fee(scale, collected):
    """The success fee on all that was collected in a case.

    :param FeeScale scale: of the mandate
    :param collected: (age in days, amount) of what was collected on each claim
    :return int: without tax; zero where nothing was collected
    """
    sums = Counter()
    for age, amount in collected:
        highest = max(
            (band.age_from for band in scale.bands if band.age_from <= age),
            default=None,
        )
        sums[highest] += amount
    if sum(sums.values()) <= 0:
        return 0
    total = sum(
        (
            _earned(_bands_of(scale, age), scale.rule, amount)
            for age, amount in sums.items()
            if age is not None
        ),
        Fraction(0),
    )
    fee = half_up(total.numerator, total.denominator)
    if scale.minimum is not None:
        fee = max(fee, scale.minimum)
    if scale.maximum is not None:
        fee = min(fee, scale.maximum)
    return fee


def fee_of_payment(scale, before, payment):
    """What one more payment earns; negative where a payment was taken back.

    :param before: (age, amount) of all that was collected before
    :param payment: (age, amount)
    """
    return success_fee(scale, (*before, payment)) - success_fee(scale, before)


def tax_on(fee, percent):
    """The tax on a fee, rounded half up."""
    tax = Fraction(fee) * Fraction(percent) / 100
    return half_up(tax.numerator, tax.denominator)


def remittance(collected, fee, tax_percent=Decimal(0), mode=GROSS):
    """What of ``collected`` the third party hands on.

    :param int collected: by the third party; what the debtor paid to the creditor
        is not there to be handed on
    :param int fee: due now, without tax
    :param tax_percent: of the tax on the fee
    :param str mode: ``gross``: all of it, and the fee is invoiced; ``net``: what is
        left after the fee and its tax
    :rtype: Remittance
    """
    tax = tax_on(fee, tax_percent)
    due = fee + tax
    if mode == GROSS:
        return Remittance(collected, fee, tax, collected, due)
    kept = min(due, collected)
    return Remittance(collected, fee, tax, collected - kept, due - kept)

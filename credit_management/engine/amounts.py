"""Amounts that charges are made of: scales, penalty clauses, what is open and late.

All are integers in minor units of the item's currency, rounded half up once.
"""

from fractions import Fraction

from .interest import half_up


def scale_amount(scale, base):
    """The amount that a scale gives for a claim of ``base``.

    :param Scale scale: tiers in any order
    :param int base: the claim; nothing is due on nothing
    :return int: rounded half up once
    """
    if base <= 0:
        return 0
    tiers = sorted(scale.tiers, key=lambda tier: tier.above)
    amount = 0
    for place, tier in enumerate(tiers):
        if base <= tier.above:
            break
        top = base
        if scale.cumulative and place + 1 < len(tiers):
            top = min(base, tiers[place + 1].above)
        own = tier.fixed
        if tier.percent:
            own += Fraction(tier.percent) * (top - tier.above) / 100
        amount = amount + own if scale.cumulative else own
    amount = half_up(amount.numerator, amount.denominator)
    if scale.minimum is not None:
        amount = max(amount, scale.minimum)
    if scale.maximum is not None:
        amount = min(amount, scale.maximum)
    return amount


def clause_amount(regime, terms, base):
    """The penalty clause of the terms on ``base``, within what the law allows.

    :return int: None if there is no clause, or none that could be counted
    """
    limit = regime.clause
    if limit is None or terms is None:
        return None
    if terms.clause_legal:
        return scale_amount(limit, base) if limit.tiers else None
    if terms.clause is None:
        return None
    amount = scale_amount(terms.clause, base)
    if limit.tiers:
        return min(amount, scale_amount(limit, base))
    return amount if limit.maximum is None else min(amount, limit.maximum)


def marginal(amount_on, before, base):
    """What ``base`` adds to a charge on the whole of an invoice.

    The fixed indemnity and the penalty clause are due for a late invoice, not for each
    of its instalments: Directive 2011/7/EU, article 6, and CJEU C-585/20 of 20 October
    2022, for each late invoice.

    :param amount_on: the charge on an amount
    :param int before: what other instalments that count first come to
    :return int: not negative
    """
    if not before:
        return amount_on(base)
    return max(amount_on(before + base) - amount_on(before), 0)


def spread(total, weights):
    """Divide ``total`` by ``weights``, to the last unit, by the largest remainders.

    Equal remainders go to the first ones. Without any weight the first takes all.

    :param int total: not negative
    :param weights: integers, not negative
    :return list[int]: they add up to ``total``
    """
    weights = list(weights)
    whole = sum(weights)
    if not whole:
        return [total, *[0] * (len(weights) - 1)] if weights else []
    shares, remainders = [], []
    for place, weight in enumerate(weights):
        share, remainder = divmod(total * weight, whole)
        shares.append(share)
        remainders.append((-remainder, place))
    for _remainder, place in sorted(remainders)[: total - sum(shares)]:
        shares[place] += 1
    return shares


def open_amount(claim, day):
    """Principal that is open at the end of ``day``."""
    left = claim.principal
    for event in claim.events:
        if event.day <= day:
            left -= event.amount
    return left


def late_amount(claim, day):
    """Principal that was open when the item became late.

    What was paid later does not change it; a credit note until ``day`` does, as there
    was less to pay, and so does a payment that came back.
    """
    left = claim.principal
    for event in claim.events:
        if event.day <= claim.due or (event.kind == "credit" and event.day <= day):
            left -= event.amount
    return max(left, open_amount(claim, day))

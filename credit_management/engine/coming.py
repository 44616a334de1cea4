"""What will be charged if a reminder is not followed by a payment in time.

The first reminder to a consumer has to say it: Belgium, article XIX.2 of the Code of
economic law; Netherlands, article 6:96(6) of the Civil Code.
"""

from dataclasses import replace

from .calendar import ONE_DAY
from .charges import assess, assess_costs
from .rates import MissingRate
from .regime import CLAUSE, COST, INDEMNITY, INTEREST


def coming(rows, today, book):
    """The fixed charges on some items once the waiting period is over.

    :param rows: (claim, regime, terms) of each item of one reminder
    :param date today: the day the reminder leaves
    :param Book book: rates
    :return: ({kind: amount in minor units}, yearly rate of interest in per cent, or
        None if there is no interest or its rate is not known)
    """
    amounts = {}
    percent = None
    later = [(_put_on_notice(claim, today), *rest) for claim, *rest in rows]
    for claim, regime, terms in later:
        day = max(today, claim.due + ONE_DAY)
        assessment = assess(
            claim, regime, terms, {INTEREST, INDEMNITY, CLAUSE}, day, book
        )
        for kind in (INDEMNITY, CLAUSE):
            if amount := assessment.amounts.get(kind):
                amounts[kind] = amounts.get(kind, 0) + amount
        if assessment.interest:
            percent = rate_on(book, regime, terms, day)
    for regime in {regime.code: regime for _claim, regime, _terms in later}.values():
        own = [claim for claim, one, _terms in later if one.code == regime.code]
        if regime.cost:
            day = max(today, *(claim.due + ONE_DAY for claim in own))
            costs = assess_costs(own, regime, day)
            if costs.amount:
                amounts[COST] = amounts.get(COST, 0) + costs.amount
    return amounts, percent


def rate_on(book, regime, terms, day):
    """The yearly rate in per cent that holds on ``day``; None if it is not known."""
    try:
        pieces = book.plan(regime, terms).between(day, day)
    except MissingRate:
        return None
    return pieces[0].percent if pieces else None


def rates_between(book, regime, terms, first, last):
    """The yearly rates in per cent of some days: a set, empty if one is not known."""
    try:
        pieces = book.plan(regime, terms).between(first, last)
    except MissingRate:
        return frozenset()
    return frozenset(piece.percent for piece in pieces)


def _put_on_notice(claim, today):
    """The item as it will be when the debtor has been reminded, and has waited."""
    yesterday = today - ONE_DAY
    return replace(
        claim,
        gate_day=min(claim.gate_day or yesterday, yesterday),
        notice_day=min(claim.notice_day or yesterday, yesterday),
    )

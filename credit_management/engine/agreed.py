"""What the law has against terms on late payment.

Terms are held against one regime when somebody writes them down. What they get past
this check (a rate that falls below its floor in a later half-year) is bounded when a
charge is worked out.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from .amounts import scale_amount
from .rates import MissingRate, legal_limits

#: A claim larger than any, in minor units: where only percentages count.
BEYOND = 10**15


@dataclass(frozen=True)
class Objection:
    """A rule of the law that terms break.

    :param str rule: ``interest_none``, ``rate_none``, ``rate_floor``, ``rate_cap``,
        ``compounding``, ``clause_none``, ``clause_no_limit``, ``clause_cap``,
        ``fee_none`` or ``fee_cap``
    :param str article: where the rule stands
    :param value: what the terms say: per cent a year, or minor units
    :param limit: what the law allows, likewise
    :param str series: code of the series that sets the limit
    :param int base: for a clause, the smallest claim for which it is too high
    """

    rule: str
    article: str = ""
    value: Decimal | int | None = None
    limit: Decimal | int | None = None
    series: str = ""
    base: int | None = None


def agreed_percent(terms, book, day):
    """The yearly rate that terms agree on, in per cent, whatever the law says of it.

    Where the value of ``day`` is not known, the latest one of the series stands for it.

    :return Decimal: None if the terms leave the rate to the law
    """
    if terms.rate is not None or not terms.rate_series:
        return terms.rate
    series = book.get(terms.rate_series)
    try:
        percent = series.at(day).percent
    except MissingRate:
        latest = max(series.rates, key=lambda rate: rate.valid_from, default=None)
        percent = latest.percent if latest else Decimal(0)
    return percent + terms.rate_margin


def objections(regime, terms, book, day):
    """What ``regime`` has against ``terms`` on ``day``.

    A limit that is not known for the day objects to nothing: it stops the calculation
    that needs it.

    :param Regime regime: with amounts in the currency of the terms
    :param Terms terms: what is to be agreed on
    :param Book book: rates
    :rtype: list[Objection]
    """
    return [
        *_about_rate(regime, terms, book, day),
        *_about_compounding(regime, terms),
        *_about_clause(regime, terms),
        *_about_fee(regime, terms),
    ]


def _about_rate(regime, terms, book, day):
    if terms.rate is None and not terms.rate_series:
        return
    if regime.interest_start == "none":
        yield Objection("interest_none", regime.interest_article)
        return
    if not regime.contract_rate_allowed:
        yield Objection("rate_none", regime.rate_article)
        return
    try:
        rate = terms.rate
        if rate is None:
            rate = book[terms.rate_series].at(day).percent + terms.rate_margin
        lowest, highest = legal_limits(book, regime, day)
    except MissingRate:
        return
    if lowest is not None and rate < lowest:
        yield Objection(
            "rate_floor", regime.rate_article, rate, lowest, regime.floor_series
        )
    if highest is not None and rate > highest:
        yield Objection(
            "rate_cap", regime.rate_article, rate, highest, regime.cap_series
        )


def _about_compounding(regime, terms):
    allowed = regime.compounding != "none" or regime.contract_compounding_allowed
    if terms.compounding and not allowed:
        yield Objection("compounding", regime.compounding_article)


def _about_clause(regime, terms):
    if terms.clause is None and not terms.clause_legal:
        return
    if regime.clause is None:
        yield Objection("clause_none", regime.clause_article)
        return
    limited = regime.clause.tiers or regime.clause.maximum is not None
    if terms.clause_legal:
        if not limited:
            yield Objection("clause_no_limit", regime.clause_article)
    elif limited:
        excess = clause_excess(terms.clause, regime.clause)
        if excess:
            base, value, limit = excess
            yield Objection(
                "clause_cap", regime.clause_article, value, limit, base=base
            )


def _about_fee(regime, terms):
    if not terms.fee:
        return
    if regime.fee_max is None:
        yield Objection("fee_none", regime.fee_article, terms.fee)
    elif terms.fee > regime.fee_max:
        yield Objection("fee_cap", regime.fee_article, terms.fee, regime.fee_max)


def clause_excess(clause, limit):
    """Where a penalty clause asks for more than a scale of the law.

    Both grow in straight lines between a few claims; it is enough to look at these.

    :param Scale clause: of the terms
    :param Scale limit: of the law
    :return: (claim, what the clause gives, what the law allows) for such a claim, about
        the smallest, minor units; None if the clause always keeps to the law
    """
    within = 0
    for base in sorted(_corners(clause) | _corners(limit) | {1, BEYOND}):
        if not _exceeds(clause, limit, base):
            within = base
            continue
        # The lines cross somewhere after the last claim that was within the law.
        while base - within > 1:
            middle = (within + base) // 2
            if _exceeds(clause, limit, middle):
                base = middle
            else:
                within = middle
        return base, scale_amount(clause, base), _allowed(limit, base)
    return None


def _exceeds(clause, limit, base):
    return scale_amount(clause, base) > _allowed(limit, base)


def _allowed(limit, base):
    """What the law allows; a scale of nothing but a maximum is that maximum."""
    return scale_amount(limit, base) if limit.tiers else limit.maximum


def _corners(scale):
    """Claims, in whole minor units, at or beside which a scale bends or jumps."""
    unbounded = replace(scale, minimum=None, maximum=None)
    corners = set()
    for tier in scale.tiers:
        corners |= {tier.above, tier.above + 1}
        for bound in (scale.minimum, scale.maximum):
            if bound is not None and tier.percent:
                begin = scale_amount(unbounded, tier.above + 1)
                reached = tier.above + int((bound - begin) * 100 / tier.percent)
                corners |= set(range(reached - 2, reached + 4))
    return {corner for corner in corners if corner > 0}

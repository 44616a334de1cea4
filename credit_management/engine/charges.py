"""What may be claimed for late payment on a day, what may not, and why.

One item at a time: interest, the fixed indemnity, the penalty clause. For a whole
reminder: collection costs by scale and the reminder fee. All amounts are integers in
minor units of the item's currency, rounded half up once. What is not claimed is
withheld with its reason and the article that says so.
"""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from .amounts import (
    clause_amount,
    late_amount,
    marginal,
    open_amount,
    scale_amount,
    spread,
)
from .interest import ROUNDINGS, Interest, interest, last_day
from .rates import MissingRate, agreed_rate
from .regime import CLAUSE, COST, FEE, INDEMNITY, INTEREST, Scale
from .start import interest_start, late_by_notice

#: Why a charge is withheld.
FORBIDDEN = "forbidden"  # the regime has none
UNKNOWN_LAW = "unknown_law"  # the law of the debtor's country is not known
UNPROVEN = "unproven"  # the debtor is not proven to be of the kind of the regime
FIRST_REMINDER = "first_reminder"  # a free reminder has to go first
WAITING = "waiting"  # a period of the law is not over
NOTICE = "notice"  # no formal notice left yet
NO_TERMS = "no_terms"  # due only if the terms agree on it, and they do not
INSOLVENCY = "insolvency"
NOT_LATE = "not_late"  # nothing is open after its due date
RATE_MISSING = "rate_missing"
EXCHANGE_MISSING = "exchange_missing"  # fixed amounts in a currency without a rate


@dataclass(frozen=True)
class Withheld:
    """A charge that is not claimed.

    :param str kind: one of :data:`.regime.CHARGES`
    :param str reason: one of the reasons of this module
    :param str article: the provision
    :param date until: the last day of the period that has to end first, or None
    :param str series: for a rate that is missing, the code of its series; for a rate of
        exchange, the two currencies
    :param str period: and for when it is missing, see :class:`.rates.MissingRate`
    """

    kind: str
    reason: str
    article: str = ""
    until: date | None = None
    series: str = ""
    period: str = ""


@dataclass(slots=True)
class Assessment:
    """What is claimed on one item, in minor units by kind, and what is withheld.

    :ivar date start: the day after which the interest that is claimed runs, or None
    """

    amounts: dict[str, int] = field(default_factory=dict)
    interest: Interest | None = None
    withheld: tuple[Withheld, ...] = ()
    missing: MissingRate | None = None
    start: date | None = None

    @property
    def total(self):
        """All that is claimed, in minor units."""
        return sum(self.amounts.values())


@dataclass(frozen=True)
class Costs:
    """Collection costs of several items: the sum, and the share of each item."""

    amount: int
    shares: tuple[int, ...]
    withheld: tuple[Withheld, ...] = ()


# ----------------------------------------------------------------------
# One item
# ----------------------------------------------------------------------


def gate(claim, regime, kind, today):
    """What the first reminder that the law requires holds back.

    :return Withheld: None if the charge may be claimed
    """
    if not regime.first_reminder_required or kind not in regime.held_back:
        return None
    if claim.gate_day is None:
        return Withheld(kind, FIRST_REMINDER, regime.wait_article)
    if today <= claim.gate_day:
        return Withheld(kind, WAITING, regime.wait_article, claim.gate_day)
    return None


def assess(claim, regime, terms, wanted, today, book):
    """What may be claimed on one item.

    :param Claim claim: the item
    :param Regime regime: the rules that apply to it
    :param Terms terms: those of the company, or None
    :param frozenset wanted: the kinds to look at: interest, indemnity, clause
    :param date today: the day of the reminder; interest runs until its end
    :param Book book: rates
    :rtype: Assessment
    """
    assessment = Assessment()
    withheld = []
    for kind, article, look in (
        (INTEREST, regime.interest_article, _assess_interest),
        (INDEMNITY, regime.indemnity_article, _assess_indemnity),
        (CLAUSE, regime.clause_article, _assess_clause),
    ):
        if kind not in wanted:
            continue
        refusal = _general_refusal(claim, regime, kind, article, today)
        refusal = refusal or look(assessment, claim, regime, terms, today, book)
        if refusal:
            withheld.append(refusal)
    assessment.withheld = tuple(withheld)
    return assessment


def lacking(regime, kind, article):
    """What is told of a kind of charge that the regime does not have."""
    return Withheld(kind, FORBIDDEN if regime.known else UNKNOWN_LAW, article)


def _general_refusal(claim, regime, kind, article, today):
    """Why nothing of this kind is due, whatever its own rule."""
    if not _has(regime, kind):
        if kind in claim.unproven:
            return Withheld(kind, UNPROVEN, article)
        return lacking(regime, kind, article)
    if regime.kind != "consumer" and not claim.kind_proven:
        return Withheld(kind, UNPROVEN, article)
    if today <= claim.due:
        return Withheld(kind, NOT_LATE, article)
    if kind != INTEREST and regime.exchange_missing:
        pair = regime.exchange_missing
        return Withheld(kind, EXCHANGE_MISSING, article, series=pair)
    return gate(claim, regime, kind, today)


def _has(regime, kind):
    """Whether the regime knows this kind of charge at all."""
    if kind == INTEREST:
        return regime.interest_start != "none"
    rule = {INDEMNITY: regime.indemnity, CLAUSE: regime.clause, COST: regime.cost}
    return rule[kind] is not None


def fell_due_in_insolvency(claim, regime):
    """Whether an insolvency that stops charges was opened before an item was late."""
    opening = claim.insolvency_day
    return bool(opening and regime.insolvency_stops and claim.due >= opening)


def _assess_interest(assessment, claim, regime, terms, today, book):
    article = regime.interest_article
    if regime.interest_needs_mention and not (terms and terms.interest_mention):
        return Withheld(INTEREST, NO_TERMS, article)
    agreed = agreed_rate(regime, terms)
    if not agreed and (regime.interest_by_contract_only or not regime.rate_series):
        return Withheld(INTEREST, NO_TERMS, regime.rate_article or article)
    start = interest_start(claim, regime, terms)
    if start is None:
        if regime.interest_start == "reminder":
            return Withheld(INTEREST, FIRST_REMINDER, regime.wait_article or article)
        return Withheld(INTEREST, NOTICE, article)
    if start >= today:
        return Withheld(INTEREST, WAITING, article, start)
    if last_day(claim, regime, today) <= start:
        return Withheld(INTEREST, INSOLVENCY, regime.insolvency_article)
    try:
        counted = interest(claim, regime, terms, book, start, today)
    except MissingRate as error:
        assessment.missing = error
        article = regime.rate_article or article
        return Withheld(
            INTEREST, RATE_MISSING, article, series=error.series, period=error.period
        )
    if not counted.total and late_amount(claim, today) <= 0:
        return Withheld(INTEREST, NOT_LATE, article)
    assessment.interest = counted
    assessment.start = start
    assessment.amounts[INTEREST] = counted.total
    return None


def _assess_indemnity(assessment, claim, regime, terms, today, _book):
    if fell_due_in_insolvency(claim, regime):
        return Withheld(INDEMNITY, INSOLVENCY, regime.insolvency_article)
    if terms and not terms.indemnity:
        return Withheld(INDEMNITY, NO_TERMS, regime.indemnity_article)
    if late_by_notice(regime, terms):
        start = interest_start(claim, regime, terms)
        if start is None:
            return Withheld(INDEMNITY, NOTICE, regime.interest_article)
        if start >= today:
            return Withheld(INDEMNITY, WAITING, regime.interest_article, start)
    base = late_amount(claim, today)
    if base <= 0:
        return Withheld(INDEMNITY, NOT_LATE, regime.indemnity_article)
    amount = marginal(partial(scale_amount, regime.indemnity), claim.before, base)
    assessment.amounts[INDEMNITY] = amount
    return None


def _assess_clause(assessment, claim, regime, terms, today, _book):
    if fell_due_in_insolvency(claim, regime):
        return Withheld(CLAUSE, INSOLVENCY, regime.insolvency_article)
    base = open_amount(claim, today)
    if terms and terms.clause and terms.exchange_missing:
        pair = terms.exchange_missing
        return Withheld(CLAUSE, EXCHANGE_MISSING, regime.clause_article, series=pair)
    if clause_amount(regime, terms, base) is None:
        return Withheld(CLAUSE, NO_TERMS, regime.clause_article)
    if base <= 0:
        return Withheld(CLAUSE, NOT_LATE, regime.clause_article)
    amount = marginal(partial(clause_amount, regime, terms), claim.before, base)
    assessment.amounts[CLAUSE] = amount
    return None


#: Tariffs in memory at once, of some 1 kB each; items alike mostly come together.
KEPT_TARIFFS = 20_000


class Assessor:
    """Assesses many items on one day; what does not depend on the amount only once.

    As long as nothing was paid or credited, interest is proportional to the principal:
    what one minor unit bears is counted exactly, once for all items with the same rules
    and days. All else is left to :func:`assess`, which it always agrees with.

    :param frozenset wanted: the kinds to look at: interest, indemnity, clause
    :param date today: interest runs until its end
    :param Book book: rates
    """

    def __init__(self, wanted, today, book):
        self._wanted = wanted
        self._today = today
        self._book = book
        self._tariffs = {}

    def assess(self, claim, regime, terms):
        """As :func:`assess`, without the explanation of the interest.

        :param Claim claim: the item
        :param Regime regime: the same object for all items with these rules
        :param Terms terms: the same, or None
        :rtype: Assessment
        """
        if claim.events or claim.aside or claim.principal <= 0:
            return assess(claim, regime, terms, self._wanted, self._today, self._book)
        # To hash a whole regime for every item would take longer than its interest.
        key = (
            id(regime),
            id(terms),
            claim.due,
            claim.received,
            claim.delivered,
            claim.notice_day,
            claim.gate_day,
            claim.suspensions,
            claim.insolvency_day,
            claim.kind_proven,
            claim.unproven,
        )
        tariff = self._tariffs.get(key)
        if tariff is None:
            if len(self._tariffs) >= KEPT_TARIFFS:
                self._tariffs.clear()
            tariff = _Tariff(
                assess(
                    replace(claim, principal=1, before=0),
                    *(regime, terms, self._wanted, self._today, self._book),
                ),
                regime,
                terms,
            )
            self._tariffs[key] = tariff
        return tariff.assess(claim.principal, claim.before)


class _Tariff:
    """What items of the same rules and days are charged, by their principal."""

    def __init__(self, sample, regime, terms):
        self._sample = sample
        # What the key of the assessor identifies has to live as long as the key.
        self._regime = regime
        self._terms = terms
        self._kinds = tuple(sample.amounts)
        self._round = ROUNDINGS[regime.rounding]
        self._clause = partial(clause_amount, regime, terms)
        self._indemnity = partial(scale_amount, regime.indemnity)
        if sample.interest:
            exact = sample.interest.exact
            self._numerator, self._denominator = exact.numerator, exact.denominator
        self._fixed = None
        scale = regime.indemnity
        if scale and len(scale.tiers) == 1 and scale.tiers[0].above == 0:
            # Without a percentage one tier gives the same on every amount.
            self._fixed = None if scale.tiers[0].percent else scale_amount(scale, 1)

    def assess(self, principal, before):
        """What one item is charged; amounts as in :class:`.regime.Claim`."""
        amounts = {}
        for kind in self._kinds:
            if kind == INTEREST:
                amount = self._round(principal * self._numerator, self._denominator)
            elif kind == CLAUSE:
                amount = marginal(self._clause, before, principal)
            elif self._fixed is not None and not before:
                amount = self._fixed
            else:
                amount = marginal(self._indemnity, before, principal)
            amounts[kind] = amount
        sample = self._sample
        return Assessment(amounts, None, sample.withheld, sample.missing, sample.start)


# ----------------------------------------------------------------------
# A whole reminder
# ----------------------------------------------------------------------


def collection_costs(claims_total, regime):
    """Collection costs on a sum of principals; 0 if the regime has none.

    Netherlands, article 6:96 of the Civil Code and the decree on the compensation of
    extrajudicial collection costs: a scale over the sum of the claims.
    """
    return scale_amount(regime.cost or Scale(), claims_total)


def assess_costs(claims, regime, today, before=0):
    """Collection costs of the items whose waiting period is over.

    :param claims: sequence of :class:`.regime.Claim` of one debtor
    :param Regime regime: the rules that apply to all of them
    :param int before: what the debtor's small instalments cost in the months that
        count, by other reminders
    :return Costs: one share for each item; one reason at most for each kind of reason
    """
    bases, withheld = [], {}
    for claim in claims:
        refusal = _general_refusal(claim, regime, COST, regime.cost_article, today)
        if not refusal and fell_due_in_insolvency(claim, regime):
            refusal = Withheld(COST, INSOLVENCY, regime.insolvency_article)
        base = 0 if refusal else max(open_amount(claim, today), 0)
        if not refusal and not base:
            refusal = Withheld(COST, NOT_LATE, regime.cost_article)
        bases.append(base)
        if refusal:
            withheld.setdefault(refusal.reason, refusal)
    shares = spread(collection_costs(sum(bases), regime), bases)
    _limit_small(shares, claims, regime, before)
    return Costs(sum(shares), tuple(shares), tuple(withheld.values()))


def is_small(principal, regime):
    """Whether the law limits what such an instalment may cost with others."""
    return regime.cost_small is not None and principal < regime.cost_small


def _limit_small(shares, claims, regime, before):
    """Lower the shares of small instalments to what is left of their limit.

    Netherlands, decree on the compensation of extrajudicial collection costs, since
    1 October 2024: 140 euros in six months for instalments below 266.67.
    """
    small = [
        place for place, one in enumerate(claims) if is_small(one.principal, regime)
    ]
    asked = sum(shares[place] for place in small)
    left = max(regime.cost_small_max - before, 0)
    if small and asked > left:
        lowered = spread(left, [shares[place] for place in small])
        for place, share in zip(small, lowered, strict=True):
            shares[place] = share


def fee(regime, terms, reminded):
    """The fee for one more reminder.

    :param int reminded: what was reminded before this one, as ``fee_free_per`` counts
    :return: (amount in minor units, :class:`Withheld` or None)
    """
    article = regime.fee_article
    if regime.fee_max is None:
        return 0, lacking(regime, FEE, article)
    if terms is None or terms.fee <= 0:
        return 0, Withheld(FEE, NO_TERMS, article)
    if reminded < regime.fee_free_count:
        return 0, Withheld(FEE, FIRST_REMINDER, article)
    if pair := regime.exchange_missing or terms.exchange_missing:
        return 0, Withheld(FEE, EXCHANGE_MISSING, article, series=pair)
    return min(terms.fee, regime.fee_max), None

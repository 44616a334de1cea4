"""What a payment plan may cost: its fee and its interest, by the law and the terms.

A plan costs no more than the law lets anybody ask of that debtor. What it forbids is
left out, with the reason and the article; what may be known when a policy is written is
refused there (:func:`objections`).

* Interest is asked only where the regime has some, from the day on which it begins by
  law: after the due date, the formal notice or the waiting period of the first
  reminder. Its rate is that of the law or of the terms, within the cap, on the day on
  which the plan is made, and is agreed for the time of the plan.
* A fee is a cost of collection. A consumer pays one only where the regime allows it and
  the terms agree on it, up to the amount of the law, once the first reminder and its
  waiting period are over and the free reminders of the year are used. A business pays
  one where the regime or the terms allow it.

Amounts are integers in minor units of the item's currency.
"""

from dataclasses import dataclass, replace
from datetime import date

from .agreed import Objection
from .calendar import ONE_DAY
from .charges import (
    FIRST_REMINDER,
    INSOLVENCY,
    NO_TERMS,
    NOTICE,
    RATE_MISSING,
    UNPROVEN,
    WAITING,
    Withheld,
    gate,
    lacking,
)
from .coming import rate_on
from .interest import half_up, interest
from .plans import schedule
from .rates import agreed_rate
from .regime import FEE, INTEREST, Claim, Event, Regime, Terms
from .start import interest_start


@dataclass(frozen=True)
class PlannedItem:
    """An item of a plan. ``amount`` is what the plan pays of it.

    An item that bears no charges itself, a debit note for charges, has no ``regime``.
    ``reminded``: what was reminded before, as the regime counts free reminders.
    """

    claim: Claim
    amount: int
    regime: Regime | None = None
    terms: Terms | None = None
    reminded: int = 0


@dataclass(frozen=True)
class InterestRow:
    """Interest of one item for the days of one instalment.

    ``place`` is that of the item in the order in which items are paid.
    """

    place: int
    first: date
    last: date
    amount: int


@dataclass(frozen=True)
class Wish:
    """Instalments as somebody wants them; see :func:`.plans.schedule`."""

    number: int
    first: date
    frequency: str = "month"
    step: int = 1


def priced(items, fee, wish, today, book, with_interest=True):
    """The instalments of a plan, with what it costs.

    Interest is worked out on what is left after each instalment, and the instalments
    pay it as well: what was found first makes them larger, and is then worked out anew.
    The result is never more than the interest on what is left in the end.

    :param items: :class:`PlannedItem`, in the order in which they are paid
    :param int fee: what :func:`plan_fee` allows
    :param Wish wish: the instalments
    :param Book book: rates
    :return: (instalments as (day, amount), rows of interest, tuple of
        :class:`.charges.Withheld`)
    :raise ValueError: if there can be no such instalments
    """
    owed = sum(item.amount for item in items) + fee

    def instalments(rows):
        total = owed + sum(row.amount for row in rows)
        return schedule(total, wish.number, wish.first, wish.frequency, wish.step)

    rows, withheld = (), ()
    if with_interest:
        for _turn in range(2):
            rows, withheld = interest_rows(items, instalments(rows), today, book)
    return instalments(rows), rows, withheld


def interest_rows(items, instalments, today, book):
    """Interest of each item for the days of each instalment.

    Instalments pay the items in their order, then the fee and the interest. Interest
    is rounded as the sum up to each instalment, so that the rows add up.

    :param items: :class:`PlannedItem`, in the order in which they are paid
    :param instalments: (day, amount), in order
    :return: (tuple of :class:`InterestRow`, tuple of :class:`.charges.Withheld`, one
        for each reason)
    """
    rows, withheld = [], {}
    for place, (item, events) in enumerate(_payments(items, instalments)):
        if not item.regime or not item.amount:
            continue
        begins, percent, refusal = _begin(item, today, book)
        if refusal:
            withheld.setdefault(refusal.reason, refusal)
            continue
        claim = replace(item.claim, principal=item.amount, events=events)
        regime, terms = _fixed(item.regime), Terms(rate=percent)
        before, first = 0, begins + ONE_DAY
        for day, _amount in instalments:
            if day < first:
                continue
            total = interest(claim, regime, terms, book, begins, day).total
            if total > before:
                rows.append(InterestRow(place, first, day, total - before))
            before, first = total, day + ONE_DAY
    return tuple(rows), tuple(withheld.values())


def _payments(items, instalments):
    """What the instalments pay of each item: yields (item, events)."""
    left = [[day, amount] for day, amount in instalments]
    for item in items:
        rest, events = item.amount, []
        for part in left:
            paid = min(rest, part[1])
            if paid:
                part[1] -= paid
                rest -= paid
                events.append(Event(part[0], paid))
        yield item, tuple(events)


def _fixed(regime):
    """The regime with nothing but the rate that was agreed on, and items paid first."""
    return replace(
        regime,
        contract_rate_allowed=True,
        floor_series=None,
        cap_series=None,
        compounding="none",
        contract_compounding_allowed=False,
        allocation="principal",
    )


def _begin(item, today, book):
    """From when a plan bears interest on an item, and at which rate.

    :return: (the last day without interest, yearly rate, None), or (None, None,
        :class:`.charges.Withheld`) if it bears none
    """
    claim, regime = item.claim, item.regime
    article = regime.interest_article

    def none(reason, article=article, **values):
        return None, None, Withheld(INTEREST, reason, article, **values)

    if regime.interest_start == "none":
        return None, None, lacking(regime, INTEREST, article)
    if regime.kind != "consumer" and not claim.kind_proven:
        return none(UNPROVEN)
    if claim.insolvency_day and regime.insolvency_stops:
        return none(INSOLVENCY, regime.insolvency_article)
    if not agreed_rate(regime, item.terms) and (
        regime.interest_by_contract_only or not regime.rate_series
    ):
        return none(NO_TERMS, regime.rate_article or article)
    begins = interest_start(claim, regime, item.terms)
    if begins is None:
        if regime.interest_start == "reminder":
            return none(FIRST_REMINDER, regime.wait_article or article)
        return none(NOTICE)
    held = gate(claim, regime, INTEREST, today)
    if held and held.reason != WAITING:
        return None, None, held
    percent = rate_on(book, regime, item.terms, today)
    if percent is None:
        return none(RATE_MISSING, regime.rate_article or article)
    return max(begins, today, held.until if held else today), percent, None


def plan_fee(items, wanted, today):
    """The fee that a plan may have.

    :param items: :class:`PlannedItem`
    :param int wanted: what the policy, or a collector, asks for
    :return: (fee, :class:`.charges.Withheld` or None). One item on which the law allows
        none is enough for none; an amount of the law bounds it.
    """
    for item in items:
        if wanted <= 0:
            break
        if not item.regime:
            continue
        refusal = _fee_refusal(item, today)
        if refusal:
            return 0, refusal
        if item.regime.fee_max is not None:
            wanted = min(wanted, item.regime.fee_max)
    return max(wanted, 0), None


def _fee_refusal(item, today):
    regime, agreed = item.regime, bool(item.terms and item.terms.fee > 0)
    consumer = regime.kind == "consumer"
    if regime.fee_max is None and (consumer or not agreed):
        return lacking(regime, FEE, regime.fee_article)
    if consumer and not agreed:
        return Withheld(FEE, NO_TERMS, regime.fee_article)
    if item.reminded < regime.fee_free_count:
        return Withheld(FEE, FIRST_REMINDER, regime.fee_article)
    return gate(item.claim, regime, FEE, today)


def objections(regime, terms, fee, with_interest):
    """What a law has against the plans of a policy, whatever the debtor.

    :param Regime regime: of the kind of debtor and the country
    :param Terms terms: those of the company for them, or None
    :param int fee: of a plan
    :param bool with_interest: whether plans bear interest
    :rtype: list[Objection]
    """
    found = []
    if with_interest and regime.interest_start == "none":
        found.append(Objection("interest_none", regime.interest_article))
    agreed = bool(terms and terms.fee > 0)
    if fee > 0 and regime.fee_max is None:
        if regime.kind == "consumer" or not agreed:
            found.append(Objection("fee_none", regime.fee_article, fee))
    elif fee > 0 and fee > regime.fee_max:
        found.append(Objection("fee_cap", regime.fee_article, fee, regime.fee_max))
    return found


def cut(row, day):
    """What of some interest is owed if it ends with ``day``, in proportion of the days.

    :return InterestRow: None if none of it is
    """
    if row.last <= day:
        return row
    if row.first > day:
        return None
    days = (day - row.first).days + 1
    whole = (row.last - row.first).days + 1
    amount = half_up(row.amount * days, whole)
    return replace(row, last=day, amount=amount) if amount else None


def shorten(amounts, less):
    """Instalments that come to ``less`` less: the last ones first.

    :param amounts: of the instalments, in order
    :return: list of amounts, 0 for those that fall away
    """
    amounts = list(amounts)
    for place in range(len(amounts) - 1, -1, -1):
        taken = min(amounts[place], max(less, 0))
        amounts[place] -= taken
        less -= taken
    return amounts

"""The rules on late payment as plain values: what :mod:`.charges` works with.

Amounts are integers in the minor unit of the item's currency (cents for the euro,
whole yen), rates are exact decimals in per cent a year, days are dates in the time zone
of the company. ``credit.regime`` and ``credit.terms`` make these values.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: Kinds of charges, in the order in which they are shown.
INTEREST, INDEMNITY, CLAUSE, COST, FEE = (
    "interest",
    "indemnity",
    "clause",
    "cost",
    "fee",
)
CHARGES = (INTEREST, INDEMNITY, CLAUSE, COST, FEE)


@dataclass(frozen=True)
class Tier:
    """One tier of a scale: from more than ``above`` on.

    The amount is ``fixed`` and ``percent`` of what lies above ``above``. Scales that
    add up tier by tier (the Dutch one) say so with ``cumulative`` in :class:`Scale`.
    """

    above: int
    fixed: int = 0
    percent: Decimal = Decimal(0)


@dataclass(frozen=True)
class Scale:
    """A scale of amounts by the size of the claim.

    ``cumulative``: every tier gives its percentage of the part of the claim inside it
    (and its ``fixed``), and all are added; otherwise the highest tier reached decides
    alone. ``minimum`` and ``maximum`` bound the result (None: no bound).
    """

    tiers: tuple[Tier, ...] = ()
    cumulative: bool = False
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True)
class Regime:
    """A dated set of legal rules for one country and one kind of debtor.

    Every ``*_article`` names the provision, to be told with a refusal.
    """

    code: str
    kind: str = "business"
    # Whether the law is known at all: nothing is charged where it is not.
    known: bool = True
    # Interest: ``none``, ``due`` (the day after the due date), ``notice`` (the day
    # after the formal notice left), ``reminder`` (when the waiting period after the
    # first reminder is over), ``months`` (``interest_months`` after the due date).
    interest_start: str = "none"
    interest_months: int = 0
    # Only what the terms agree on is due, up to the cap; without terms nothing.
    interest_by_contract_only: bool = False
    # Interest is due only if the invoice says what the law wants said of it.
    interest_needs_mention: bool = False
    # So many days after due date and receipt of the invoice interest runs without a
    # notice; 0: never. Perhaps only if the invoice said so. Whether the receipt of what
    # was delivered stands for that of the invoice where this one is not known.
    receipt_days: int = 0
    receipt_needs_mention: bool = False
    receipt_or_delivery: bool = False
    # A term of more than so many days from the receipt of the invoice counts as
    # ``term_instead_days`` from it, for invoices from a day on. 0: there is no limit.
    term_max_days: int = 0
    term_instead_days: int = 0
    term_max_since: date | None = None
    term_article: str = ""
    rate_series: str | None = None
    rate_margin: Decimal = Decimal(0)
    contract_rate_allowed: bool = True
    floor_series: str | None = None
    cap_series: str | None = None
    interest_article: str = ""
    rate_article: str = ""
    day_count: str = "act/365"  # act/365, act/360, act/act, 30e/360
    compounding: str = "none"  # none, yearly
    contract_compounding_allowed: bool = False
    compounding_article: str = ""
    # The total of an item's interest, to the minor unit: half_up, half_even, down.
    rounding: str = "half_up"
    # What a part payment goes to first: principal, interest.
    allocation: str = "principal"
    insolvency_stops: bool = True
    insolvency_article: str = ""
    dispute_suspends: bool = False
    dispute_suspends_after: int = 0  # days after which an open dispute stops interest
    suspension_max_days: int = 0  # 0: no limit
    # The fixed indemnity per late invoice: ``none``, ``fixed`` or ``scale``.
    indemnity: Scale | None = None
    indemnity_article: str = ""
    # The penalty clause of the terms. None: forbidden. A scale without tiers: no cap.
    clause: Scale | None = None
    clause_article: str = ""
    # Collection costs by scale (Netherlands); after a notice of so many days.
    cost: Scale | None = None
    # Regular instalments below ``cost_small`` cost ``cost_small_max`` in so many months
    # at most, all of a debtor together; None: no such limit.
    cost_small: int | None = None
    cost_small_max: int = 0
    cost_small_months: int = 0
    cost_article: str = ""
    # Reminder fees. ``fee_max`` None: forbidden. So many reminders are free: of each
    # ``claim``, or of so many ``dates`` (unpaid due dates in a calendar year).
    fee_max: int | None = None
    fee_free_count: int = 0
    fee_free_per: str = "claim"
    # Whether a fee may be asked for where the penalty clause is.
    fee_beside_clause: bool = True
    fee_article: str = ""
    # The two currencies, such as ``GBP/EUR``, between which no rate of exchange is
    # known: fixed amounts and thresholds can't be told then. Empty: they can.
    exchange_missing: str = ""
    # Nothing may be charged before a free first reminder and its waiting period.
    first_reminder_required: bool = False
    # The charges that the first reminder holds back.
    held_back: frozenset = frozenset()
    wait_days: int = 0
    # Days after sending on which the waiting period begins: by post, electronically.
    # ``delivery`` counts to the delivery; the period begins the day after.
    wait_post_offset: int = 1
    wait_post_unit: str = "calendar"  # calendar, working, delivery (not Sunday, Monday)
    wait_electronic_offset: int = 1
    # For safety: the wait is never shorter than wait_days + these days after sending.
    wait_margin_days: int = 0
    wait_article: str = ""
    notice_days: int = 15
    notice_article: str = ""


#: Where there is no regime at all.
UNKNOWN = Regime(code="none", known=False)


@dataclass(frozen=True)
class Terms:
    """What the company's own terms and conditions say of late payment.

    ``rate`` per cent a year, or ``rate_series`` + ``rate_margin``; None: the legal
    rate.
    ``clause``: the scale of the penalty clause; None: the terms have none.
    ``clause_legal``: the clause is the highest that the law allows.
    ``fee``: per reminder, minor units.
    ``interest_mention``: invoices go out in time and say what the law wants said before
    interest is due.
    ``due_agreed``: due dates are agreed with the debtor, not only named by the invoice.
    ``exchange_missing``: as in :class:`Regime`, of the fixed amounts of the terms.
    """

    rate: Decimal | None = None
    rate_series: str | None = None
    rate_margin: Decimal = Decimal(0)
    compounding: bool = False
    indemnity: bool = True
    clause: Scale | None = None
    clause_legal: bool = False
    fee: int = 0
    interest_mention: bool = False
    due_agreed: bool = True
    exchange_missing: str = ""


@dataclass(frozen=True)
class Event:
    """What reduced an item: a ``payment``, or a ``credit`` note.

    A credit note reduces the principal, whatever the order of allocation. ``order``
    overrides the regime's allocation for one payment (the debtor's choice).
    """

    day: date
    amount: int
    kind: str = "payment"
    order: str | None = None


# One is made for each item of a run, and a frozen one takes Python three times as long.
# Only who makes it changes it; whoever else needs another one calls ``replace``.
@dataclass(slots=True)
class Claim:
    """One item as the charges see it.

    :param int principal: amount of the item when it fell due, minor units
    :param date due: the due date; the item is late from the day after
    :param date agreed_due: the due date of the invoice where the law sets an earlier
        one, or None
    :param date received: when the debtor received the invoice, or None
    :param date delivered: when the debtor received what is invoiced, or None
    :param tuple events: payments and credit notes, in any order
    :param date notice_day: the day on which the first formal notice left, or None
    :param date gate_day: the last day of the waiting period that the first reminder
        required by law opened, or None if none was sent yet
    :param tuple suspensions: (first day, last day or None) of disputes and moratoria
        during which no interest runs
    :param tuple aside: (first day, last day or None, amount) of disputes of a part,
        during which that much of the item bears no interest
    :param date insolvency_day: opening of the debtor's insolvency, or None
    :param int before: what is late of other instalments of the same invoice that count
        first, minor units; a fixed amount for a late invoice is due once for all of it
    :param frozenset unproven: kinds of charges that are withheld only because nothing
        proves that the debtor is a business
    :param bool kind_proven: whether the kind of the debtor is proven; without proof
        nothing is claimed under a regime that is not for consumers
    """

    principal: int
    due: date
    issued: date | None = None
    agreed_due: date | None = None
    received: date | None = None
    delivered: date | None = None
    events: tuple[Event, ...] = ()
    notice_day: date | None = None
    gate_day: date | None = None
    suspensions: tuple[tuple[date, date | None], ...] = ()
    aside: tuple[tuple[date, date | None, int], ...] = ()
    insolvency_day: date | None = None
    before: int = 0
    kind_proven: bool = True
    unproven: frozenset = frozenset()

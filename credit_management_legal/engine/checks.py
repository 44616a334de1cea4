"""Whether claims may be handed over to a third party, and what speaks against it.

Every point is answered, so that whoever decides sees what was looked at. What is
``refused`` keeps the claims back; a manager may hand them over all the same, with a
reason, where only prudence speaks against it and no law or agreement
(:data:`BY_PRUDENCE`).
"""

from dataclasses import dataclass
from datetime import date

from .limitation import add

OK = "ok"
WARNING = "warning"
REFUSED = "refused"
LEVELS = (OK, WARNING, REFUSED)

#: Months before the end of the limitation in which nobody should lose time.
NEAR_MONTHS = 3

#: Points that a manager may set aside, with a reason.
BY_PRUDENCE = frozenset(
    (
        "notice",
        "limitation",
        "address",
        "amount",
        "mandate",
        "withdrawn",
        "insurance",
        "credits",
    )
)

#: Why items are not reminded that also speak against handing them over.
STOPPING = (
    "paid",
    "in_payment",
    "case",
    "proposed",
    "dispute",
    "promise",
    "plan",
    "answer",
    "hold",
    "no_followup",
    "credit",
)


@dataclass(frozen=True)
class Facts:
    """What is known of some claims of one debtor, company and currency.

    Names are those of invoices. Amounts are integers in minor units of the currency of
    the claims.

    :param today: in the company's time zone
    :param stopped: {reason: names} of what stops reminders of these claims
    :param contested: names of what is disputed in part
    :param not_due: names of what is not overdue
    :param unnoticed: names without a formal notice that reached the debtor
    :param unreminded: names of claims on consumers without the free first reminder that
        the law wants before anybody collects
    :param reminder_article: the law that says so
    :param running_until: last day of the time to pay that still runs, or None
    :param notice_required: whether nothing may be handed over without a notice
    :param limit: the earliest last day of limitation, or None if no law is known
    :param limit_certain: whether the kind of the claims is known
    :param missing_address: what the postal address lacks, as names of fields
    :param missing_papers: names of invoices whose paper is not kept
    :param lacking: papers that the third party wants and that are not there: (code of
        their kind, names of the invoices that lack them)
    :param insurance: policy of the insurer who covers the debtor, or empty
    :param declare_until: last day on which the insurer has to know, if insured
    :param declared_on: when the insurer was told, or None
    :param amount: what is claimed
    :param least: smallest amount that is taken
    :param insolvent_since: opening of an insolvency, or None
    :param has_party: whether somebody takes it: a mandate in force that covers it
    :param withdrawn: names of what was withdrawn from a case before
    :param credits: what nobody has matched in the debtor's favour, as texts
    :param automatic: whether a policy hands over, and nobody looks
    """

    today: date
    amount: int
    stopped: dict
    contested: tuple = ()
    not_due: tuple = ()
    unnoticed: tuple = ()
    unreminded: tuple = ()
    reminder_article: str = ""
    running_until: date | None = None
    notice_required: bool = True
    limit: date | None = None
    limit_certain: bool = True
    missing_address: tuple = ()
    missing_papers: tuple = ()
    lacking: tuple = ()
    insurance: str = ""
    declare_until: date | None = None
    declared_on: date | None = None
    least: int = 0
    insolvent_since: date | None = None
    has_party: bool = True
    withdrawn: tuple = ()
    credits: tuple = ()
    automatic: bool = False


@dataclass(frozen=True)
class Check:
    """The answer to one point: ``detail`` tells which of its sentences is meant.

    ``names``, ``day`` and ``article`` are what the sentence is about; names are texts,
    of papers that are lacking those of ``Facts.lacking``.
    """

    code: str
    level: str
    detail: str = ""
    names: tuple = ()
    day: date | None = None
    article: str = ""


def level(checks):
    """The worst of some answers."""
    return max((check.level for check in checks), key=LEVELS.index, default=OK)


def refusals(checks):
    """What keeps the claims back."""
    return [check for check in checks if check.level == REFUSED]


def may_be_overruled(checks):
    """Whether only prudence speaks against it."""
    return not final(checks)


def final(checks):
    """What keeps the claims back whatever reason somebody gives."""
    return [check for check in refusals(checks) if check.code not in BY_PRUDENCE]


def _claims(facts):
    found = [
        Check("claim", REFUSED, reason, tuple(facts.stopped[reason]))
        for reason in STOPPING
        if facts.stopped.get(reason)
    ]
    if facts.not_due:
        found.append(Check("claim", REFUSED, "not_due", facts.not_due))
    if facts.contested:
        found.append(Check("claim", WARNING, "contested", facts.contested))
    return found or [Check("claim", OK)]


def _notice(facts):
    if facts.running_until and facts.running_until >= facts.today:
        return Check("deadline", REFUSED, "running", day=facts.running_until)
    if facts.unnoticed:
        how = REFUSED if facts.notice_required else WARNING
        return Check("notice", how, "none", facts.unnoticed)
    return Check("notice", OK)


def _limitation(facts):
    if facts.limit is None:
        return Check("limitation", WARNING, "unknown")
    if facts.limit < facts.today:
        return Check("limitation", REFUSED, "past", day=facts.limit)
    if facts.limit <= add(facts.today, NEAR_MONTHS, "months"):
        return Check("limitation", WARNING, "near", day=facts.limit)
    return Check(
        "limitation", OK, "" if facts.limit_certain else "shortest", day=facts.limit
    )


def _evidence(facts):
    """What is wanted and not there; and what is there, yet not as it was sent."""
    found = []
    if facts.lacking:
        found.append(Check("evidence", WARNING, "lacking", facts.lacking))
    if facts.missing_papers:
        found.append(Check("evidence", WARNING, "anew", facts.missing_papers))
    return found or [Check("evidence", OK)]


def _insurance(facts):
    """Whether the cover of a credit insurer is safe; nothing where there is none.

    What is declared too late, or not at all in time, may cost the cover: that keeps
    the claims back until somebody has asked the insurer.
    """
    if not facts.insurance:
        return []
    names, until = (facts.insurance,), facts.declare_until
    if facts.declared_on:
        late = until is not None and facts.declared_on > until
        how = WARNING if late else OK
        detail = "late" if late else "declared"
        return [Check("insurance", how, detail, names, facts.declared_on)]
    if until is not None and until < facts.today:
        return [Check("insurance", REFUSED, "over", names, until)]
    return [Check("insurance", WARNING, "open", names, until)]


def assess(facts):
    """Every point with its answer, in the order in which they are shown.

    :rtype: tuple[Check]
    """
    checks = _claims(facts)
    if facts.credits:
        # Reminders net them: who claims gross claims what is not owed.
        checks.append(Check("credits", REFUSED, names=facts.credits))
    if facts.insolvent_since:
        checks.append(Check("insolvency", REFUSED, day=facts.insolvent_since))
    else:
        checks.append(Check("insolvency", OK))
    if facts.unreminded:
        checks.append(
            Check(
                "reminder",
                REFUSED,
                names=facts.unreminded,
                article=facts.reminder_article,
            )
        )
    checks.append(_notice(facts))
    checks.append(_limitation(facts))
    checks.append(
        Check(
            "address",
            REFUSED if facts.missing_address else OK,
            names=facts.missing_address,
        )
    )
    checks += _evidence(facts)
    checks += _insurance(facts)
    small = facts.amount < facts.least or facts.amount <= 0
    checks.append(Check("amount", REFUSED if small else OK))
    if facts.has_party:
        checks.append(Check("mandate", OK))
    else:
        checks.append(Check("mandate", REFUSED if facts.automatic else WARNING))
    if facts.withdrawn:
        how = REFUSED if facts.automatic else WARNING
        checks.append(Check("withdrawn", how, names=facts.withdrawn))
    return tuple(checks)

"""Which procedure a claim may take, and why not another.

Every condition that speaks against a procedure is told, so that whoever decides sees
them all. ``refused`` is what the law says; ``warning`` is what is not known, or is only
unwise. A debtor of unknown kind is a consumer long before anybody asks here.
"""

from dataclasses import dataclass
from datetime import date

REFUSED = "refused"
WARNING = "warning"

YES = "yes"
NO = "no"
UNKNOWN = "unknown"

#: Kinds of events by which somebody reports an act of a procedure.
PROCEDURAL = (
    "filed",
    "order",
    "served",
    "opposition",
    "hearing",
    "judgment",
    "certificate",
    "enforcement",
)


@dataclass(frozen=True)
class Conditions:
    """What a procedure asks for.

    :param kinds: {kind of debtor: ``yes``, ``no`` or ``unknown``}
    :param business_until: the last day on which businesses could take it, or None
    :param limits: {kind of debtor: highest principal in minor units}; none: no limit
    :param limit_interest: interest counts for that limit as well
    :param country: code of the country of the debtor; false: any that ``members`` names
    :param members: codes of the countries in which a cross-border procedure exists
    :param cross_border: creditor and debtor are in two different countries of these
    :param registered: both are in a register of businesses
    :param undisputed: ``yes`` where the law ends it at any dispute, ``unknown`` where
        a dispute makes it unwise, ``no`` where it does not matter
    :param solvent: not against a debtor in insolvency
    :param max_extras: interest and clauses at most so many percent of the principal
    :param in_force: false while something is missing, such as a decree
    """

    kinds: dict
    in_force: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    business_until: date | None = None
    limits: dict | None = None
    limit_interest: bool = False
    country: str = ""
    members: frozenset = frozenset()
    cross_border: bool = False
    registered: bool = False
    undisputed: str = NO
    solvent: bool = False
    max_extras: int = 0


@dataclass(frozen=True)
class Claim:
    """What is known of a claim. Amounts in minor units of the procedure's currency.

    ``interest`` and ``clauses`` are what is claimed beside the principal, or None where
    nobody has reckoned.
    """

    day: date
    kind: str
    principal: int
    creditor_country: str = ""
    debtor_country: str = ""
    creditor_registered: bool = False
    debtor_registered: bool = False
    disputed: bool = False
    insolvent: bool = False
    interest: int | None = None
    clauses: int | None = None

    @property
    def extras(self):
        """Interest and clauses, or None if nobody has reckoned."""
        if self.interest is None or self.clauses is None:
            return None
        return self.interest + self.clauses


@dataclass(frozen=True)
class Obstacle:
    """What speaks against a procedure. ``figure`` is the limit it is about."""

    code: str
    level: str = REFUSED
    figure: int | date | None = None


def obstacles(conditions, claim):
    """Everything that speaks against a procedure for a claim, what the law says first.

    :rtype: tuple[Obstacle]
    """
    found = [
        *_obstacles_of_time(conditions, claim),
        *_obstacles_of_place(conditions, claim),
        *_obstacles_of_parties(conditions, claim),
        *_obstacles_of_claim(conditions, claim),
    ]
    return tuple(sorted(found, key=lambda one: one.level != REFUSED))


def _obstacles_of_time(conditions, claim):
    if not conditions.in_force:
        yield Obstacle("not_in_force")
    if conditions.valid_from and claim.day < conditions.valid_from:
        yield Obstacle("too_early", figure=conditions.valid_from)
    if conditions.valid_to and claim.day > conditions.valid_to:
        yield Obstacle("repealed", figure=conditions.valid_to)


def _obstacles_of_place(conditions, claim):
    if conditions.country:
        if claim.debtor_country != conditions.country:
            yield Obstacle("country")
    elif conditions.members and claim.debtor_country not in conditions.members:
        yield Obstacle("country")
    if conditions.cross_border and (
        claim.creditor_country == claim.debtor_country
        or claim.creditor_country not in conditions.members
    ):
        yield Obstacle("cross_border")


def _obstacles_of_parties(conditions, claim):
    answer = conditions.kinds.get(claim.kind, UNKNOWN)
    if answer == NO:
        yield Obstacle(f"kind_{claim.kind}")
    elif answer == UNKNOWN:
        yield Obstacle("kind_unknown", WARNING)
    until = conditions.business_until
    if claim.kind == "business" and until and claim.day > until:
        yield Obstacle("business_until", figure=until)
    if conditions.registered:
        if not claim.debtor_registered:
            yield Obstacle("debtor_unregistered")
        if not claim.creditor_registered:
            yield Obstacle("creditor_unregistered")
    if conditions.solvent and claim.insolvent:
        yield Obstacle("insolvent")


def _obstacles_of_claim(conditions, claim):
    yield from _obstacles_of_amount(conditions, claim)
    if claim.disputed and conditions.undisputed != NO:
        yield Obstacle("disputed", REFUSED if conditions.undisputed == YES else WARNING)
    if conditions.max_extras:
        if claim.extras is None:
            yield Obstacle("extras_unknown", WARNING, conditions.max_extras)
        elif excess(claim.principal, claim.extras, conditions.max_extras):
            yield Obstacle("extras", WARNING, conditions.max_extras)


def _obstacles_of_amount(conditions, claim):
    limit = (conditions.limits or {}).get(claim.kind, 0)
    if not limit:
        return
    if not conditions.limit_interest:
        if claim.principal > limit:
            yield Obstacle("amount", figure=limit)
    elif claim.principal + (claim.interest or 0) > limit:
        yield Obstacle("amount_interest", figure=limit)
    elif claim.interest is None:
        yield Obstacle("interest_unknown", WARNING, limit)


def excess(principal, extras, percent):
    """What of interest and clauses is more than the law lets a procedure claim.

    :param int percent: of the principal; 0: no limit
    :return int: in minor units; a fraction of one above the limit counts as a whole
    """
    if not percent:
        return 0
    return max(extras - principal * percent // 100, 0)


def propose(procedures, claim):
    """The first procedure that nothing in law speaks against.

    :param procedures: (key, :class:`Conditions`) in the order of preference
    :return: its key, or None
    """
    for key, conditions in procedures:
        if not any(o.level == REFUSED for o in obstacles(conditions, claim)):
            return key
    return None


def act_of(kind, stages, done, following):
    """Which act of a procedure an event of a kind is, where nobody said so.

    What neither follows nor is the first of its kind is not guessed: a wrong act would
    begin deadlines that do not run.

    :param str kind: of the event
    :param stages: (code, kind of event) of the procedure in order
    :param done: codes of the acts that were done already, in the order of their days
    :param following: codes of the acts that come next
    :return: a code, or None where no act of the procedure can be meant for certain
    """
    if kind not in PROCEDURAL:
        return None
    fitting = [code for code, event_kind in stages if event_kind == kind]
    for code in fitting:
        if code in following:
            return code
    if fitting and fitting[0] not in done:
        return fitting[0]
    if kind == "hearing":
        # A hearing noted once more was put off: it is the one before.
        return next((code for code in reversed(done) if code in fitting), None)
    return None


def presupposed(stages):
    """Which acts have to come before which: those without which no way leads there.

    Acts after which the same may follow, such as two kinds of judgment, stand for each
    other where one of them is needed.

    :param stages: (code, whether the procedure begins with it, codes that may follow)
    :return: {code: frozenset of groups}, of each of which one act is needed, as a
        frozenset of codes; nothing for acts that no way leads to
    """
    stages = list(stages)
    follow = {code: nexts for code, _starts, nexts in stages}
    starts = [code for code, begins, _nexts in stages if begins]

    def reached(roots, without=frozenset()):
        found, waiting = set(), [code for code in roots if code not in without]
        while waiting:
            code = waiting.pop()
            if code not in found:
                found.add(code)
                waiting += [next_ for next_ in follow[code] if next_ not in without]
        return found

    # What begins a new round may itself come of what the first one began with.
    later = {code for one in starts for code in reached([one]) - {one}}
    roots = [code for code in starts if code not in later] or starts
    every = reached(roots)

    def lost(group):
        return every - reached(roots, group) - group

    needs = {code: set() for code in follow}
    alike = {}
    for one in sorted(every):
        alike.setdefault(frozenset(follow[one]), set()).add(one)
        for code in lost({one}):
            needs[code].add(frozenset((one,)))
    for nexts, group in alike.items():
        for code in lost(group) if nexts and len(group) > 1 else ():
            if not any({one} in needs[code] for one in group):
                needs[code].add(frozenset(group))
    return {code: frozenset(groups) for code, groups in needs.items()}


def out_of_order(acts, needs):
    """Acts that would lie before what they presuppose.

    What is not noted at all contradicts nothing: a timeline may begin late.

    :param acts: (key, code, day)
    :param needs: see :func:`presupposed`
    :return: [(key of the act, key of the first act that it presupposes)]
    """
    acts, first = list(acts), {}
    for key, code, day in acts:
        if code not in first or day < first[code][0]:
            first[code] = (day, key)
    found = []
    for key, code, day in acts:
        for group in sorted(map(sorted, needs.get(code, ()))):
            noted = [first[one] for one in group if one in first]
            earliest, before = min(noted, key=lambda one: one[0], default=(day, None))
            if day < earliest:
                found.append((key, before))
    return found

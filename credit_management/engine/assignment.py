"""Which collector a debtor goes to, and who stands in for whom."""


def share(debtors, loads, by_amount=False):
    """Share debtors out among collectors, each to the one who has least.

    Equal loads take turns in the order of ``loads``, so that nobody is passed over.

    :param debtors: list of (debtor, amount), the amounts in one currency
    :param dict loads: {collector: number of debtors, or amount}; added to
    :param bool by_amount: level what is owed, not the number of debtors
    :return: {debtor: collector}; empty without collectors
    """
    chosen = {}
    if not loads:
        return chosen
    for debtor, amount in debtors:
        collector = min(loads, key=loads.get)
        loads[collector] += amount if by_amount else 1
        chosen[debtor] = collector
    return chosen


def stand_ins(person, absences):
    """For whom a person acts, itself included.

    A stand-in who is absent as well is stood in for in turn; in a circle of people who
    are all absent everybody acts for everybody.

    :param absences: {absent person: stand-in, or None}
    :return: set of people
    """
    acting, news = {person}, {person}
    while news:
        news = {absent for absent, other in absences.items() if other in news} - acting
        acting |= news
    return acting

"""What promises and plans are about, when some of the items was disputed.

Amounts are integers in the minor unit of the currency.
"""


def paid(agreed, disputed, credited, open_):
    """What was paid on the items since it was agreed.

    Credit notes for what was disputed are no payment of the rest.

    :param int agreed: what was open at the start, without what was disputed
    :param int disputed: what was disputed at the start
    :param int credited: by credit notes since
    :param int open_: what is open of the items now, disputed or not
    """
    return agreed + disputed - given_up(disputed, credited) - open_


def given_up(disputed, credited):
    """What was credited of what was disputed at the start."""
    return max(0, min(disputed, credited))


def corrected(agreed, disputed, whole):
    """What it is about after an invoice was corrected: what was disputed goes first.

    :param int whole: what was open at the start, had it been right from the beginning
    :return: (what was agreed on, what was disputed)
    """
    kept = max(0, min(disputed, whole - agreed))
    return whole - kept, kept

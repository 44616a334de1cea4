"""From when interest runs, and what the day of receipt of the invoice changes.

A term of payment that is longer than the law allows counts as a shorter one from the
receipt: Belgium, article 4 of the law of 2 August 2002. Without an agreed due date and
without a notice a debtor is late some days after due date and receipt: Germany, section
286 (3) of the Civil Code.
"""

from calendar import monthrange
from datetime import date, timedelta


def interest_start(claim, regime, terms=None):
    """The day after which interest runs, never before the due date.

    :param Terms terms: those of the company, or None
    :return date: the last day without interest; None if nothing made it run yet
    """
    rule = regime.interest_start
    if late_by_notice(regime, terms):
        rule = "notice"
    if rule == "due":
        return claim.due
    if rule == "months":
        return add_months(claim.due, regime.interest_months)
    if rule == "notice":
        days = (claim.notice_day, late_by_receipt(claim, regime, terms))
        day = min(filter(None, days), default=None)
    else:
        day = claim.gate_day if rule == "reminder" else None
    return day and max(day, claim.due)


def late_by_notice(regime, terms):
    """Whether a due date that was not agreed on makes nobody late by itself.

    :param Terms terms: those of the company, or None: due dates are agreed on
    """
    agreed = terms is None or terms.due_agreed
    return regime.interest_start == "due" and regime.receipt_days > 0 and not agreed


def add_months(day, months):
    """The same day so many months later, else the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def due_in_law(due, received, issued, regime):
    """The last day on which the item is paid in time.

    Nobody knows whether a term is too long as long as nobody knows from when it counts:
    without a day of receipt the due date of the invoice stands, as the debtor sees it.

    :param date due: as the invoice says
    :param date received: or None
    :param date issued: the date of the invoice
    :param Regime regime: the rules
    :return date: ``due``, or an earlier day
    """
    most, since = regime.term_max_days, regime.term_max_since
    if not most or not received or (since and issued < since):
        return due
    if due <= received + timedelta(days=most):
        return due
    return received + timedelta(days=regime.term_instead_days)


def late_by_receipt(claim, regime, terms):
    """The day after which interest runs although no notice left, or None.

    A consumer is late in this way only if the invoice said so. Where it is uncertain
    when the invoice was received, the receipt of what was delivered stands for it, if
    the law allows that.

    :param Terms terms: those of the company, or None
    """
    if not regime.receipt_days:
        return None
    if regime.receipt_needs_mention and not (terms and terms.interest_mention):
        return None
    received = claim.received
    if not received and regime.receipt_or_delivery:
        received = claim.delivered
    if not received:
        return None
    return max(received, claim.due) + timedelta(days=regime.receipt_days)

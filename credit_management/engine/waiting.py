"""Waiting periods of the law, and until when a reminder gives time to pay."""

from datetime import timedelta

from .calendar import ONE_DAY

SUNDAY, MONDAY = 6, 0


def waiting_end(regime, sent, postal, calendar):
    """Last day of the waiting period that a first reminder opens.

    Belgium, article XIX.2 of the Code of economic law: 14 calendar days that begin with
    the third working day after posting, or the day after an electronic sending.
    Netherlands, article 6:96(6) of the Civil Code: 14 days that begin the day after the
    delivery, presumed on the second day of delivery after posting (Hoge Raad, 25
    November 2016, ECLI:NL:HR:2016:2704).

    :param date sent: the day the reminder left
    :param bool postal: by post, else electronically
    :param WorkingCalendar calendar: of the country whose law governs the claim
    :return date: None if the regime has no waiting period; charges may be claimed from
        the day after
    """
    if not regime.wait_days:
        return None
    begin = _begin(regime, sent, postal, calendar)
    end = begin + timedelta(days=regime.wait_days - 1)
    safe = sent + timedelta(days=regime.wait_days + regime.wait_margin_days)
    return max(end, safe) if regime.wait_margin_days else end


def deadline(
    regime, step_days, sent, postal, formal_notice, calendar, first_reminder=False
):
    """The day until which a reminder gives time to pay.

    Never earlier than the law lets the creditor demand.

    :param int step_days: days that the policy's step gives; 0 for no deadline
    :param bool formal_notice: the reminder is a formal notice
    :param bool first_reminder: the reminder is the first one that the law requires
    :return date: None if neither the step nor the law sets one
    """
    days = []
    if step_days:
        days.append(sent + timedelta(days=step_days))
    if formal_notice and regime.notice_days:
        days.append(sent + timedelta(days=regime.notice_days))
    if first_reminder and regime.wait_days:
        days.append(waiting_end(regime, sent, postal, calendar))
    return max(days, default=None)


def _begin(regime, sent, postal, calendar):
    """First day of the waiting period."""
    if not postal:
        return sent + timedelta(days=regime.wait_electronic_offset)
    if regime.wait_post_unit == "working":
        return calendar.add_working(sent, regime.wait_post_offset)
    if regime.wait_post_unit == "delivery":
        return _delivered(sent, regime.wait_post_offset, calendar) + ONE_DAY
    return sent + timedelta(days=regime.wait_post_offset)


def _delivered(sent, count, calendar):
    """The ``count``-th day after ``sent`` on which letters are delivered.

    Not on Sundays, Mondays and public holidays; on Saturdays they are.
    """
    day = sent
    for _index in range(count):
        day += ONE_DAY
        while day.weekday() in (SUNDAY, MONDAY) or calendar.is_holiday(day):
            day += ONE_DAY
    return day

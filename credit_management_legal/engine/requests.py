"""What a third party asks of the creditor: understood, or refused with the reason.

A request is a dictionary of texts, as a form sends it. Nothing here trusts it: a value
is understood or named as a problem, never guessed, and what is unknown is left out.

============  ==============================================================
kind          keys beside ``text``, which every request needs
============  ==============================================================
``discount``  ``amount`` or ``percent``: what is to be given up
``plan``      ``number``, ``frequency``, ``first_date``: the instalments
``lawsuit``   nothing
``stop``      nothing
``other``     nothing
============  ==============================================================

A question is a report (:mod:`engine.report`): third parties' programs ask them too.
"""

from datetime import timedelta
from decimal import Decimal

from odoo.addons.credit_management.engine.inputs import (
    BadInput,
    clean_text,
    parse_amount,
    parse_day,
    parse_number,
)

from .report import Problem, shown

KINDS = ("discount", "plan", "lawsuit", "stop", "other")
FREQUENCIES = ("month", "two_weeks", "week")
MOST_TEXT = 5_000
#: Instalments that can be asked for; the policy's own limits come with the plan.
LEAST_NUMBER, MOST_NUMBER = 2, 60
#: Days ahead at which the first instalment may lie.
MOST_DAYS = 365
#: Decimals of a rate.
RATE_DECIMALS = 2


def read(form, kind, today, decimals, residual):
    """A request with its values understood.

    :param dict form: texts, from anybody
    :param str kind: one of :data:`KINDS`
    :param date today: in the time zone of the creditor
    :param int decimals: decimal places of the currency of the case
    :param int residual: what is open on the items of the case, in minor units
    :return: (values, list of :class:`..engine.report.Problem`); ``amount`` and
        ``percent`` become decimals, ``first_date`` a day, ``number`` an integer
    """
    values, problems = {}, []
    if kind not in KINDS:
        return values, [Problem("kind", "unknown", {"value": shown(kind)})]
    reader = {"discount": _read_discount, "plan": _read_plan}.get(kind)
    if reader:
        reader(form, values, problems, today, decimals, residual)
    _read_text(form, values, problems)
    return values, problems


def _read_text(form, values, problems):
    try:
        text = clean_text(form.get("text") or "", MOST_TEXT)
    except BadInput:
        problems.append(Problem("text", "too_long", {"limit": MOST_TEXT}))
        return
    if text:
        values["text"] = text
    else:
        problems.append(Problem("text", "missing", {}))


def _read_discount(form, values, problems, _today, decimals, residual):
    amount, percent = form.get("amount") or "", form.get("percent") or ""
    if amount and percent:
        problems.append(Problem("percent", "one_of_both", {}))
    elif percent:
        try:
            rate = parse_amount(percent, RATE_DECIMALS)
        except BadInput:
            problems.append(Problem("percent", "no_rate", {"value": shown(percent)}))
            return
        if rate > 100:
            problems.append(Problem("percent", "no_rate", {"value": shown(percent)}))
        else:
            values["percent"] = rate
    elif amount:
        try:
            figure = parse_amount(amount, decimals)
        except BadInput:
            problems.append(Problem("amount", "no_amount", {"value": shown(amount)}))
            return
        if figure.scaleb(decimals) > residual:
            problems.append(Problem("amount", "more_than_open", {}))
        else:
            values["amount"] = figure
    else:
        problems.append(Problem("amount", "one_of_both", {}))


def _read_plan(form, values, problems, today, _decimals, _residual):
    try:
        values["number"] = parse_number(form.get("number"), LEAST_NUMBER, MOST_NUMBER)
    except BadInput:
        params = {"least": LEAST_NUMBER, "most": MOST_NUMBER}
        problems.append(Problem("number", "between", params))
    frequency = form.get("frequency")
    if frequency in FREQUENCIES:
        values["frequency"] = frequency
    else:
        problems.append(
            Problem("frequency", "unknown", {"value": shown(frequency)})
            if frequency
            else Problem("frequency", "missing", {})
        )
    try:
        first = parse_day(form.get("first_date"))
    except BadInput:
        problems.append(Problem("first_date", "no_day", {}))
        return
    last = today + timedelta(days=MOST_DAYS)
    if today <= first <= last:
        values["first_date"] = first
    else:
        problems.append(Problem("first_date", "not_ahead", {"last": last}))


def discount(residual, amount=None, percent=None):
    """What a discount comes to now, never more than what is open.

    :param int residual: what is open, in minor units
    :param int amount: what was asked for, in minor units; or
    :param Decimal percent: a rate of what is open, rounded half up
    :return int: minor units
    """
    if amount is None:
        exact = Decimal(residual) * percent / 100
        amount = int(exact + Decimal("0.5"))
    return max(0, min(amount, residual))

"""What a worked case is, and how its hand calculation is read.

A case says what is claimed as a calculation written out in full, such as
``1000.00 x 12.40 % x 30/365 = 10.19``. The tests work out the left side for themselves:
a slip in it is found like a slip of the engine.
"""

import ast
import operator
import re
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from ..engine.calendar import WorkingCalendar
from ..engine.interest import half_up
from ..engine.regime import CHARGES, Claim, Event, Regime, Terms
from ..engine.start import due_in_law
from ..engine.waiting import waiting_end
from .golden_regimes import Shipped

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def work_out(text):
    """The value of a calculation: numbers, ``+``, ``-``, ``x``, ``/``, ``%``, ``()``.

    :rtype: Fraction
    """
    text = re.sub(r"([\d.]+) ?%", r"(\1 / 100)", " ".join(text.split()))
    return _value(ast.parse(text.replace("x", "*"), mode="eval").body, text)


def _value(node, text):
    if isinstance(node, ast.BinOp):
        left, right = _value(node.left, text), _value(node.right, text)
        return OPERATORS[type(node.op)](left, right)
    # As it is written: a binary number would not be exact.
    return Fraction(ast.get_source_segment(text, node))


@dataclass(frozen=True)
class Expected:
    """What a case says of one kind of charge: an amount worked out, or a refusal."""

    text: str
    decimals: int

    @property
    def refused(self):
        """Whether the charge is withheld."""
        return self.text[0].isalpha()

    @property
    def reason(self):
        """(reason, last day of a waiting period or None, what is said to be missing)"""
        match = re.fullmatch(
            r"(\w+)(?: until (\d{4}-\d\d-\d\d))?(?:: (.+))?", self.text
        )
        reason, until, missing = match.groups()
        return reason, until and date.fromisoformat(until), missing

    def minor(self, value):
        """Minor units of an exact amount, rounded half up."""
        value = Fraction(value) * 10**self.decimals
        return half_up(value.numerator, value.denominator)

    @property
    def calculated(self):
        """What the written calculation gives, in minor units."""
        return self.minor(work_out(self.text.rpartition("=")[0] or self.text))

    @property
    def stated(self):
        """The amount that the case states, in minor units."""
        return self.minor(self.text.rpartition("=")[2].strip())


@dataclass(frozen=True)
class Case:
    """One invoice and what may be claimed on one day.

    Amounts are in the currency of the invoice, days in ISO format. ``payments`` say
    ``DAY AMOUNT``, with ``to interest`` or ``to principal`` if the debtor chose, or
    ``credit DAY AMOUNT``. ``reminder`` is the first one that the law requires: ``DAY
    post`` or ``DAY email``. Each kind of charge is a calculation with its result, or
    the reason for which it is withheld; kinds that are not named are not looked at.
    ``issued``, ``received`` and ``delivered`` say it of the invoice and its goods.
    """

    name: str
    regime: Shipped | Regime
    invoice: str
    due: str
    on: str
    source: str
    payments: tuple[str, ...] = ()
    terms: Terms | None = None
    notice: str | None = None
    reminder: str | None = None
    reminders: int = 0
    suspended: tuple[str, ...] = ()
    insolvency: str | None = None
    issued: str | None = None
    received: str | None = None
    delivered: str | None = None
    proven: bool = True
    decimals: int = 2
    lines: int | None = None
    charges: dict = field(default_factory=dict)

    def under(self, env):
        """This case with the rules of its regime, as they are in the database."""
        if isinstance(self.regime, Shipped):
            return replace(self, regime=self.regime.rules(env))
        return self

    def expected(self):
        """{kind: :class:`Expected`}"""
        return {
            kind: Expected(self.charges[kind], self.decimals)
            for kind in CHARGES
            if kind in self.charges
        }

    def claim(self):
        """The item as the engine sees it."""
        due, issued, received = map(_day, (self.due, self.issued, self.received))
        return Claim(
            principal=self._minor(self.invoice),
            due=due_in_law(due, received, issued, self.regime),
            received=received,
            delivered=_day(self.delivered),
            events=tuple(map(self._event, self.payments)),
            notice_day=_day(self.notice),
            gate_day=self._gate_day(),
            suspensions=tuple(
                tuple(_day(day) for day in days.split(" to "))
                for days in self.suspended
            ),
            insolvency_day=_day(self.insolvency),
            kind_proven=self.proven,
        )

    def _event(self, text):
        kind, day, amount, order = re.fullmatch(
            r"(credit )?(\S+) (-?[\d.]+)(?: to (\w+))?", text
        ).groups()
        return Event(
            _day(day),
            self._minor(amount),
            "credit" if kind else "payment",
            order,
        )

    def _gate_day(self):
        if not self.reminder:
            return None
        sent, channel = self.reminder.split()
        country = self.regime.code[:2].upper()
        return waiting_end(
            self.regime, _day(sent), channel == "post", WorkingCalendar(country)
        )

    def _minor(self, amount):
        return Expected("", self.decimals).minor(amount)


def case(name, regime, invoice, due, on, source, **values):
    """A :class:`Case`; the kinds of charges are given by name."""
    charges = {kind: values.pop(kind) for kind in CHARGES if kind in values}
    return Case(name, regime, invoice, due, on, source, charges=charges, **values)


def _day(text):
    return text and date.fromisoformat(text)

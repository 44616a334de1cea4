"""What each way open promises: expected recovery less costs, and why.

    expected = (amount − success fee) × chance ÷ (1 + yearly rate × months ÷ 12)
               − costs due whatever comes of it

Chances are in hundredths of a per cent (basis points), amounts integers in minor units
of one currency; there are no floats. A chance comes from the company's own cases where
there are enough of them, with the interval in which it lies by 95 per cent (Wilson);
else it is an assumption, and says so.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from odoo.addons.credit_management.engine.interest import half_up

#: Basis points of a certainty.
ONE = 10000
#: Cases from which on the company's own history speaks.
ENOUGH = 20
#: Square of the quantile for 95 per cent, in ten-thousandths: 1.96².
Z2 = 38416


@dataclass(frozen=True)
class Chance:
    """``points`` of :data:`ONE`; ``low`` and ``high`` bound it where it is known.

    ``number`` are the cases it was found in, ``assumed`` tells that there were not
    enough of them.
    """

    points: int
    number: int = 0
    low: int = 0
    high: int = ONE
    assumed: bool = True


@dataclass(frozen=True)
class Way:
    """A way open: ``fee`` is due on success, ``costs`` whatever comes of it.

    ``back`` is what comes besides, already weighed: such as the tax in what turns out
    to be a bad debt. ``closed`` is why it is not open, or an empty text.
    """

    code: str
    chance: Chance
    fee: int = 0
    costs: int = 0
    months: int = 0
    back: int = 0
    closed: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a way promises: ``expected`` = ``recovery`` + ``back`` − ``costs``.

    ``recovery`` is already weighed by its chance and its delay.
    """

    way: Way
    recovery: int
    expected: int
    best: bool = False


def interval(successes, number):
    """In which basis points a share lies by 95 per cent, after Wilson.

    :param int successes: of ``number``
    :return: (low, high), rounded outwards
    """
    if not number:
        return 0, ONE
    # Everything times 2 (n + z²), with z² = Z2 / 10000.
    scale = 10**8
    z2 = Fraction(Z2, 10000)
    centre = 2 * successes + z2
    under = z2 * (z2 + Fraction(4 * successes * (number - successes), number))
    root = isqrt(under.numerator * scale * scale // under.denominator)
    spread = Fraction(root + 1, scale)
    whole = 2 * (number + z2)
    low = (centre - spread) / whole * ONE
    high = (centre + spread) / whole * ONE
    ceiling = -(-high.numerator // high.denominator)
    return max(low.numerator // low.denominator, 0), min(ceiling, ONE)


def chance(successes, number, default, enough=ENOUGH):
    """The chance by the company's own cases, or the assumption.

    :param int default: the assumption, in basis points
    :rtype: Chance
    """
    low, high = interval(successes, number)
    if number < enough:
        return Chance(default, number, low, high, True)
    return Chance(half_up(successes * ONE, number), number, low, high, False)


def outcome(amount, way, yearly):
    """What a way promises.

    :param int amount: what is open
    :param Way way: that is open
    :param yearly: what a year of waiting costs, in basis points
    :rtype: Outcome
    """
    gain = Fraction(max(amount - way.fee, 0) * way.chance.points, ONE)
    gain /= 1 + Fraction(yearly * way.months, ONE * 12)
    recovery = half_up(gain.numerator, gain.denominator)
    return Outcome(way, recovery, recovery + way.back - way.costs)


def recommend(amount, ways, yearly=0):
    """What the ways promise, the best first; what is closed comes last.

    Of ways that promise the same the sooner goes first. One is the best only if it
    promises no loss.

    :rtype: list[Outcome]
    """
    opened = sorted(
        (outcome(amount, way, yearly) for way in ways if not way.closed),
        key=lambda found: (-found.expected, found.way.months, found.way.code),
    )
    if opened and opened[0].expected >= 0:
        best = opened[0]
        opened[0] = Outcome(best.way, best.recovery, best.expected, True)
    return opened + [Outcome(way, 0, 0) for way in ways if way.closed]

"""How far two shares differ, and how sure that is. Pure functions, plain floats.

Nothing in law or in money hangs on them: they say whether one wording of a reminder
is answered more often than another, or whether that may well be chance.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

#: How sure the intervals are that are shown.
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A share or a difference of shares, with the bounds that it lies between.

    All three are fractions of one: 0.05 is five per cent, or five points.
    """

    value: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether nought lies outside: a difference that is hardly chance."""
        return self.low > 0 or self.high < 0


def wilson(hits: int, total: int, confidence: float = CONFIDENCE) -> Interval:
    """The share ``hits / total`` with its score interval.

    E. B. Wilson, "Probable inference, the law of succession, and statistical
    inference", Journal of the American Statistical Association 22 (1927), 209-212. It
    holds for few cases and for shares near nought or one, where the usual formula
    gives bounds that cannot be.

    :raise ValueError: if there are no cases, or more hits than cases
    """
    if total <= 0 or not 0 <= hits <= total:
        raise ValueError(f"{hits} of {total} is no share")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = hits / total
    centre = 2 * hits + z * z
    spread = z * sqrt(z * z + 4 * hits * (1 - share))
    scale = 2 * (total + z * z)
    return Interval(
        value=share,
        low=max(0.0, (centre - spread) / scale) if hits else 0.0,
        high=min(1.0, (centre + spread) / scale) if hits < total else 1.0,
    )


def difference(
    hits_a: int,
    total_a: int,
    hits_b: int,
    total_b: int,
    confidence: float = CONFIDENCE,
) -> Interval:
    """The share of b less the share of a, with the hybrid score interval.

    R. G. Newcombe, "Interval estimation for the difference between independent
    proportions: comparison of eleven methods", Statistics in Medicine 17 (1998),
    873-890, method 10.

    :raise ValueError: as :func:`wilson` does
    """
    a = wilson(hits_a, total_a, confidence)
    b = wilson(hits_b, total_b, confidence)
    value = b.value - a.value
    below = sqrt((b.value - b.low) ** 2 + (a.high - a.value) ** 2)
    above = sqrt((b.high - b.value) ** 2 + (a.value - a.low) ** 2)
    return Interval(value=value, low=value - below, high=value + above)

"""Shares and their differences, against figures that others have published."""

import pytest

from odoo.addons.credit_management.engine import proportions, variants

#: R. G. Newcombe, "Two-sided confidence intervals for the single proportion:
#: comparison of seven methods", Statistics in Medicine 17 (1998), 857-872, table I,
#: method 3 (score without continuity correction).
SINGLE = [
    ((81, 263), (0.2553, 0.3662)),
    ((15, 148), (0.0624, 0.1605)),
    ((0, 20), (0.0, 0.1611)),
    ((1, 29), (0.0061, 0.1718)),
]
#: R. G. Newcombe, "Interval estimation for the difference between independent
#: proportions: comparison of eleven methods", Statistics in Medicine 17 (1998),
#: 873-890, table II, method 10; the first share is the one that is deducted here.
DIFFERENCES = [
    ((48, 80, 56, 70), (0.2000, 0.0524, 0.3339)),
    ((3, 10, 9, 10), (0.6000, 0.1705, 0.8090)),
    ((2, 7, 6, 7), (0.5714, 0.0582, 0.8062)),
    ((0, 29, 5, 56), (0.0893, -0.0381, 0.1926)),
    ((0, 20, 0, 10), (0.0, -0.1611, 0.2775)),
    ((0, 10, 0, 10), (0.0, -0.2775, 0.2775)),
    ((0, 20, 10, 10), (1.0, 0.6791, 1.0)),
    ((0, 10, 10, 10), (1.0, 0.6075, 1.0)),
]


@pytest.mark.parametrize(("cases", "bounds"), SINGLE)
def test_single(cases, bounds):
    found = proportions.wilson(*cases)
    assert (round(found.low, 4), round(found.high, 4)) == bounds
    assert found.value == cases[0] / cases[1]


@pytest.mark.parametrize(("cases", "expected"), DIFFERENCES)
def test_difference(cases, expected):
    found = proportions.difference(*cases)
    figures = (found.value, found.low, found.high)
    assert tuple(round(figure, 4) + 0.0 for figure in figures) == expected


def test_the_other_way_round():
    there = proportions.difference(48, 80, 56, 70)
    back = proportions.difference(56, 70, 48, 80)
    assert back.value == pytest.approx(-there.value)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low))


def test_sure():
    assert proportions.difference(48, 80, 56, 70).is_sure
    assert proportions.difference(56, 70, 48, 80).is_sure
    assert not proportions.difference(0, 29, 5, 56).is_sure


@pytest.mark.parametrize("cases", [(0, 0), (3, 2), (-1, 5)])
def test_no_share(cases):
    with pytest.raises(ValueError):
        proportions.wilson(*cases)


# ------------------------------------------------------------------
# Who gets which wording
# ------------------------------------------------------------------


def test_choice_is_stable_and_grows():
    """More of the second wording takes it away from nobody."""
    for debtor in range(300):
        second = [
            percent
            for percent in range(101)
            if variants.choose(debtor, 7, percent) == variants.SECOND
        ]
        assert second == list(range(second[0], 101))
        assert second[0] > 0, "nobody gets it at nought"


@pytest.mark.parametrize("percent", [5, 30, 50])
def test_choice_keeps_the_share(percent):
    hits = sum(
        variants.choose(debtor, 7, percent) == variants.SECOND
        for debtor in range(20_000)
    )
    assert abs(hits / 200 - percent) < 1.2


def test_steps_are_independent():
    """Half of those who read B at one step read B at the next."""
    first = [d for d in range(10_000) if variants.choose(d, 7, 50) == variants.SECOND]
    both = [d for d in first if variants.choose(d, 8, 50) == variants.SECOND]
    assert abs(len(both) / len(first) - 0.5) < 0.03

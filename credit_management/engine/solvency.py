"""What a visitor saw at a debtor's, as one number for the risk of that debtor.

Each aspect is a code or nothing, for what nobody saw. The number is a weighted mean and
no verdict: it is for a person to read beside what was seen.
"""

#: Points of each observation, from 0 (nothing to be had) to 100.
POINTS = {
    "activity": {"active": 100, "reduced": 50, "none": 0},
    "assets": {"ample": 100, "some": 50, "none": 0},
    "occupation": {"regular": 100, "irregular": 50, "none": 0},
    "willingness": {"willing": 100, "hesitant": 50, "unwilling": 0},
    "ability": {"able": 100, "partly": 50, "unable": 0},
}
#: What each aspect counts: whether a debtor can pay says most, then whether it will.
WEIGHTS = {
    "activity": 2,
    "assets": 2,
    "occupation": 1,
    "willingness": 3,
    "ability": 4,
}
#: Aspects that have to be known: one glance is no observation.
LEAST_ASPECTS = 2


def score(seen):
    """The score of some observations.

    :param dict seen: {aspect: code}; what is missing, empty or unknown does not count
    :return int: from 0 to 100, the weighted mean rounded half up; None where fewer than
        :data:`LEAST_ASPECTS` aspects are known
    """
    known = [
        (WEIGHTS[aspect], points[seen.get(aspect)])
        for aspect, points in POINTS.items()
        if seen.get(aspect) in points
    ]
    if len(known) < LEAST_ASPECTS:
        return None
    total = sum(weight for weight, _points in known)
    gained = sum(weight * points for weight, points in known)
    return (2 * gained + total) // (2 * total)

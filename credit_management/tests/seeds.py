"""Seeds of made-up worlds: others with every run, and any of them again when asked.

The first thing that hypothesis draws is always the least. Left to itself, a test of one
or two examples would look at one world for ever.
"""

import os
import secrets

from hypothesis import note
from hypothesis import strategies as st

MOST = 10**9
#: Where drawing begins: ``CM_SEED``, or anywhere.
FIRST = int(os.environ.get("CM_SEED") or secrets.randbelow(MOST))


def seeds():
    """A strategy of seeds; the first one drawn is ``FIRST``."""
    return st.integers(0, MOST - 1).map(lambda drawn: (FIRST + drawn) % MOST)


def again(seed):
    """How a world is made again, said where a test of it fails."""
    words = f"Once more: CM_SEED={seed}"
    note(words)
    return words

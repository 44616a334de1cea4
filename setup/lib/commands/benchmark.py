"""``benchmarks/run``: the command itself is in ``benchmarks/lib``."""

import sys

from layout import ROOT

sys.path.append(str(ROOT / "benchmarks" / "lib"))

from bench_main import main  # noqa: E402, F401

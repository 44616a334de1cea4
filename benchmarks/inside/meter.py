"""Seconds, queries and peak memory of a piece of work in this process."""

import gc
import threading
from pathlib import Path
from time import perf_counter

MEGABYTE = 1024  # /proc counts in kilobytes


def memory(name):
    """A figure of this process's memory, in kilobytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise ValueError(f"The system does not tell {name}")


class Meter:
    """``with Meter() as meter: …``; then ``meter.figures(items)``."""

    def __enter__(self):
        gc.collect()
        # The high-water mark of the memory starts anew, from what is in use now.
        Path("/proc/self/clear_refs").write_text("5")
        self._base = memory("VmRSS")
        thread = threading.current_thread()
        thread.query_count, thread.query_time = 0, 0
        self._started = perf_counter()
        return self

    def __exit__(self, *exc_info):
        self.seconds = perf_counter() - self._started
        thread = threading.current_thread()
        self.queries = thread.query_count
        self.query_seconds = thread.query_time
        self.peak = (memory("VmHWM") - self._base) / MEGABYTE

    def figures(self, items, **more):
        """The figures as a dictionary.

        :param int items: how many things the work was done for
        """
        return {
            "items": items,
            "seconds": self.seconds,
            "queries": self.queries,
            "query_seconds": self.query_seconds,
            "peak_mb": self.peak,
            **more,
        }


def best(figures):
    """The quickest of several runs of the same: what disturbed the others is not ours.

    The peak is the highest of all.
    """
    quickest = min(figures, key=lambda figure: figure["seconds"])
    peak = max(figure["peak_mb"] for figure in figures)
    return {**quickest, "peak_mb": peak, "runs": [f["seconds"] for f in figures]}

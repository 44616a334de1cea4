"""Seconds, queries and peak memory of a piece of work in this process.

On a machine that others use too, seconds say little; so the processor's time is taken
as well: that of this process and of what it starts, and that of its connection's server
process where PostgreSQL runs on the same machine.
"""

import cProfile
import gc
import io
import os
import pstats
import re
import threading
from collections import Counter
from pathlib import Path
from time import perf_counter

MEGABYTE = 1024  # /proc counts in kilobytes
#: A file to which profiles are added, if they are asked for: they cost time.
PROFILE = os.environ.get("BENCHMARK_PROFILE")
SHOWN = 30


def memory(name):
    """A figure of this process's memory, in kilobytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise ValueError(f"The system does not tell {name}")


def _backend(env):
    """The server process of a connection, if it is on this machine."""
    pid = env.cr._cnx.get_backend_pid()
    try:
        name = Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return None
    return pid if name == "postgres" else None


def cpu_seconds(backend=None):
    """The processor's time so far, of this process, its children and its server.

    PostgreSQL's parallel workers count when they have ended: with their parent.
    """
    times = os.times()
    total = times.user + times.system + times.children_user + times.children_system
    if backend:
        ticks = _stat(backend)[11:13]
        ticks += _stat(_stat(backend)[1])[13:15]
        total += sum(ticks) / os.sysconf("SC_CLK_TCK")
    return total


def _stat(pid):
    """The figures of a process that stand behind its name."""
    text = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return [int(value) if value.lstrip("-").isdigit() else 0 for value in text]


class Meter:
    """``with Meter(env) as meter: …``; then ``meter.figures(items)``."""

    def __init__(self, env=None):
        self._backend = _backend(env) if env is not None else None

    def __enter__(self):
        gc.collect()
        # The high-water mark of the memory starts anew, from what is in use now.
        Path("/proc/self/clear_refs").write_text("5")
        self._base = memory("VmRSS")
        thread = threading.current_thread()
        thread.query_count, thread.query_time = 0, 0
        self._profile = Profile() if PROFILE else None
        self._cpu = cpu_seconds(self._backend)
        self._started = perf_counter()
        return self

    def __exit__(self, *exc_info):
        self.seconds = perf_counter() - self._started
        self.cpu = cpu_seconds(self._backend) - self._cpu
        if self._profile:
            self._profile.end(PROFILE, self.seconds)
        thread = threading.current_thread()
        self.queries = thread.query_count
        self.query_seconds = thread.query_time
        # Linux counts a process's pages by batches, so work that needs next to nothing
        # may end some pages below where it began.
        self.peak = max(0, memory("VmHWM") - self._base) / MEGABYTE

    def figures(self, items, **more):
        """The figures as a dictionary.

        :param int items: how many things the work was done for
        """
        return {
            "items": items,
            "seconds": self.seconds,
            "cpu": self.cpu,
            "queries": self.queries,
            "query_seconds": self.query_seconds,
            "peak_mb": self.peak,
            **more,
        }


class Profile:
    """Which functions and which statements take the time."""

    def __init__(self):
        self._statements, self._counts = Counter(), Counter()
        threading.current_thread().query_hooks = [self._note]
        self._profile = cProfile.Profile()
        self._profile.enable()

    def _note(self, _cr, query, _params, _start, delay):
        text = re.sub(r"\s+", " ", query)[:150]
        self._statements[text] += delay
        self._counts[text] += 1

    def end(self, path, seconds):
        """Add the profile to a file."""
        self._profile.disable()
        del threading.current_thread().query_hooks
        out = io.StringIO()
        out.write(f"\n==== {seconds:.2f} s\n")
        for text, taken in self._statements.most_common(SHOWN):
            out.write(f"{taken:8.3f} s {self._counts[text]:7} × {text}\n")
        stats = pstats.Stats(self._profile, stream=out)
        stats.strip_dirs().sort_stats("cumulative").print_stats(SHOWN * 3)
        stats.sort_stats("tottime").print_stats(SHOWN)
        with open(path, "a") as handle:
            handle.write(out.getvalue())


def best(figures):
    """The quickest of several runs of the same: what disturbed the others is not ours.

    The peak is the highest of all.
    """
    quickest = min(figures, key=lambda figure: figure["seconds"])
    peak = max(figure["peak_mb"] for figure in figures)
    return {**quickest, "peak_mb": peak, "runs": [f["seconds"] for f in figures]}

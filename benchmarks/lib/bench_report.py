"""What was measured, as a table and as JSON."""

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

from console import table

#: What a stage is held against: the other figure, and how many times it may take.
LIMITS = {
    "propose": ("floor", 2.0),
    "ordinary": ("floor", 2.0),
    "email": ("core", 2.0),
    "page": ("core", 1.3),
    "letter": ("core", 1.2),
    "payment": ("core", 1.2),
    "posting": ("core", 1.05),
}
#: Seconds that a stage may take, whatever the size.
SECONDS = {
    "install": 60,
    "worklist": 0.3,
    "worklist full": 0.3,
    "invoices": 0.3,
    "partner": 0.3,
    "partner: with most invoices": 0.3,
}
CHARGES_LIMIT = 1.5
PEER_TIMES = 50
PEAK_MB = 400
#: How many times as fast two processes are as one.
TWO_TIMES = 1.7
HEAD = (
    "stage",
    "items",
    "seconds",
    "s/1,000",
    "cpu s",
    "queries",
    "peak MB",
    "floor s",
    "peer s",
    "Odoo s",
    "ratios",
    "growth",
    "target",
)


@dataclass
class Row:
    """One stage at one size; seconds of what is beside it are for as many items."""

    size: int
    stage: str
    items: int
    seconds: float
    queries: int | None
    peak_mb: float | None
    floor_seconds: float | None = None
    peer_seconds: float | None = None
    core_seconds: float | None = None
    cpu: float | None = None
    floor_cpu: float | None = None
    peer_cpu: float | None = None
    core_cpu: float | None = None

    @property
    def each(self):
        return self.seconds / max(self.items, 1)


def write_json(path, rows):
    """Write the rows as a list of objects; ``cpu`` is the processor's time."""
    path.write_text(
        json.dumps([_rounded(asdict(row)) for row in rows], indent=2) + "\n"
    )


def _rounded(values):
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()}


def report(rows, size):
    """The table of one size, beside the size before it."""
    sizes = sorted({row.size for row in rows if row.size < size})
    before = {row.stage: row for row in rows if sizes and row.size == sizes[-1]}
    now = {row.stage: row for row in rows if row.size == size}
    lines = [HEAD]
    for row in now.values():
        lines.append(
            (
                row.stage,
                f"{row.items:,}",
                _number(row.seconds),
                _number(row.each * 1000),
                _number(row.cpu),
                "" if row.queries is None else f"{row.queries:,}",
                _number(row.peak_mb, 0),
                _number(row.floor_seconds),
                _number(row.peer_seconds),
                _number(row.core_seconds),
                ", ".join(_ratios(row, now)),
                _growth(row, before.get(row.stage)),
                _verdict(row, now),
            )
        )
    return f"{size:,} invoices\n{table(lines)}"


def _number(value, digits=None):
    if value is None:
        return ""
    if digits is None:
        digits = 3 if value < 10 else 1
    return f"{value:,.{digits}f}"


def _ratios(row, now):
    ratios = []
    if row.floor_seconds:
        ratios.append(_times(row, row.floor_seconds, row.floor_cpu, "floor"))
    if row.core_seconds:
        ratios.append(_times(row, row.core_seconds, row.core_cpu, "Odoo"))
    if row.stage == "charges" and "propose" in now:
        without = now["propose"]
        ratios.append(_times(row, without.seconds, without.cpu, "without"))
    if row.stage == "workers: two":
        ratios.append(f"{_speed_up(row, now):.2f} × as fast as one")
    if row.peer_seconds:
        ratios.append(f"peer {row.peer_seconds / row.seconds:.0f} ×")
    return ratios


def _times(row, seconds, cpu, what):
    """How many times as long, and in brackets by the processor's time."""
    text = f"{row.seconds / seconds:.2f} × {what}"
    return f"{text} ({row.cpu / cpu:.2f})" if cpu and row.cpu else text


def _speed_up(row, now):
    """How many times as fast two processes do it as one."""
    return now["workers: one"].each / row.each


def _growth(row, before):
    """How much longer an item takes than at the size before."""
    if not before or not before.seconds:
        return ""
    if row.items == before.items:
        return f"{row.seconds / before.seconds:.2f} × whole"
    return f"{row.each / before.each:.2f} × each"


def _verdict(row, now):
    """Whether the targets are reached; empty where there is none."""
    faults = []
    target = False
    for seconds, cpu, limit, what in _limits(row, now):
        target = True
        if row.seconds > limit * seconds:
            by_clock = cpu and row.cpu and row.cpu <= limit * cpu
            faults.append(f"over {limit} × {what}{' by the clock' if by_clock else ''}")
    if row.stage in SECONDS:
        target = True
        if row.seconds > SECONDS[row.stage]:
            by_clock = row.cpu and row.cpu <= SECONDS[row.stage]
            clock = " by the clock" if by_clock else ""
            faults.append(f"over {SECONDS[row.stage]} s{clock}")
    if row.stage in ("propose", "charges"):
        if row.peak_mb > PEAK_MB:
            faults.append(f"over {PEAK_MB} MB")
        peer = row.peer_seconds
        if peer and peer < PEER_TIMES * row.seconds:
            faults.append(f"peer under {PEER_TIMES} ×")
    if row.stage == "workers: two":
        target = True
        if _speed_up(row, now) < TWO_TIMES:
            faults.append(f"under {TWO_TIMES} × one")
    return "; ".join(faults) if faults else "reached" if target else ""


def _limits(row, now):
    """What a stage is held against: seconds, processor's time, times, what it is."""
    other, limit = LIMITS.get(row.stage, (None, None))
    if other == "floor" and row.floor_seconds:
        yield row.floor_seconds, row.floor_cpu, limit, other
    if other == "core" and row.core_seconds:
        yield row.core_seconds, row.core_cpu, limit, "Odoo"
    if row.stage == "charges" and "propose" in now:
        without = now["propose"]
        yield without.seconds, without.cpu, CHARGES_LIMIT, "without"


def machine():
    """A sentence about this machine."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[1]
    return (
        f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, Linux "
        f"{platform.release()}, Python {platform.python_version()}; "
        f"load of the last five minutes {load:.1f}"
    )

"""What the commands say: stages with their seconds, tables, one-sentence stops.

Everything about progress goes to standard error, so that the standard output of
a command holds only its result (``setup/shell < script.py > result``).
"""

import sys
import time
from contextlib import contextmanager

PREFIX = "[setup]"


class Stop(Exception):
    """Something cannot be had; the message is one sentence that says what to do."""

    exit_code = 2


def say(text):
    """Print one line of progress."""
    print(f"{PREFIX} {text}", file=sys.stderr, flush=True)


class Stage:
    """A stage under way; ``detail`` shows where it is, on a terminal only."""

    def __init__(self, title):
        self.title = title
        self._started = time.monotonic()
        self._live = sys.stderr.isatty()

    @property
    def seconds(self):
        return time.monotonic() - self._started

    def start(self):
        print(f"{PREFIX} {self.title} …", end="", file=sys.stderr, flush=True)

    def detail(self, text):
        if self._live:
            line = f"\r\033[K{PREFIX} {self.title} … {text}"
            print(line[:200], end="", file=sys.stderr, flush=True)

    def finish(self, outcome=""):
        head = f"\r\033[K{PREFIX} {self.title} …" if self._live else ""
        print(f"{head} {outcome or f'{self.seconds:.0f} s'}", file=sys.stderr)
        sys.stderr.flush()


@contextmanager
def stage(title):
    """Show a stage and, when it is over, the seconds it took."""
    current = Stage(title)
    current.start()
    try:
        yield current
    except BaseException:
        current.finish("not done")
        raise
    current.finish()


def table(rows, indent="  "):
    """Return ``rows`` of texts as lines with aligned columns.

    The last column is aligned to the right when it holds numbers.
    """
    rows = [[str(cell) for cell in row] for row in rows]
    if not rows:
        return ""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if _is_number(cell) else cell.ljust(width)
            for cell, width in zip(row, widths, strict=True)
        ]
        lines.append(indent + "  ".join(cells).rstrip())
    return "\n".join(lines)


def _is_number(text):
    return text.replace(" ", "").replace(".", "", 1).lstrip("-").isdigit()

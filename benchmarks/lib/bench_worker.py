"""Odoo processes of a benchmark: workers that measure, a server, a sink for mails."""

import itertools
import json
import re
import socket
import statistics
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import ExitStack, contextmanager

from console import Stop
from layout import INSIDE, LOCAL, LOGS, PYTHON, ROOT
from processes import ending, start

BENCH_INSIDE = ROOT / "benchmarks" / "inside"
FOLDER = LOCAL / "benchmark"
LOG = LOGS / "benchmark.log"
PROFILES = LOGS / "benchmark-profiles.txt"
_numbers = itertools.count(1)


class Worker:
    """Odoo with the registry of one database, which forks a worker for each call."""

    def __init__(self, process):
        self._process = process

    def call(self, function, current=None, **arguments):
        """Run ``module.function`` of ``benchmarks/inside`` and return what it returns.

        :param current: the stage whose progress is shown
        """
        result = FOLDER / f"result-{next(_numbers)}.json"
        request = {
            "function": function,
            "arguments": arguments,
            "result": str(result),
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("progress: ") and current:
                current.detail(line.removeprefix("progress: ").strip())
            elif line.startswith("ended: "):
                code = int(line.removeprefix("ended: "))
                if code < 0:
                    raise Stop(
                        f"The worker of {function} was killed by signal {-code}: see "
                        "that there is memory enough, and run it again."
                    )
                if code:
                    break
                value = json.loads(result.read_text())
                result.unlink()
                return value
        raise Stop(
            f"{function} failed ({_last_words()}): see .local/log/benchmark.log."
        )


def _last_words():
    lines = [line.strip() for line in LOG.read_text().splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


@contextmanager
def worker(environment, database, *options):
    """A :class:`Worker` on a database, ended at the end."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = [PYTHON, BENCH_INSIDE / "worker.py", database, *options]
    with open(LOG, "a") as log, ExitStack() as stack:
        process = start(
            command,
            env=environment.variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        stack.enter_context(ending(process))
        if process.stdout.readline().strip() != "ready":
            raise Stop(
                f"Odoo does not start on {database} ({_last_words()}): "
                "see .local/log/benchmark.log."
            )
        yield Worker(process)


@contextmanager
def server(environment, database, *options, variables=None):
    """Odoo's own server on a database; gives its process and its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = environment.odoo_command(
        "server",
        f"--database={database}",
        f"--http-port={port}",
        "--max-cron-threads=0",
        "--log-level=warn",
        *options,
    )
    url = f"http://127.0.0.1:{port}"
    with open(LOG, "a") as log:
        process = start(
            command,
            env=variables or environment.variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        with ending(process):
            _wait_for(process, url)
            yield process, url


def _wait_for(process, url, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(f"{url}/web/health", timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Stop(f"Odoo does not answer on {url}: see .local/log/benchmark.log.")


@contextmanager
def sink(environment, delay=0):
    """An SMTP server that keeps what it gets in a folder; gives its port.

    :param int delay: milliseconds that it takes to answer to each message
    """
    command = [PYTHON, INSIDE / "mail_sink.py", FOLDER / "mails", str(delay / 1000)]
    process = start(
        command,
        env=environment.variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    with ending(process):
        yield int(process.stdout.readline())


def visitor(url="", name="", password=""):
    """Somebody with a browser, logged in at ``url`` if there is a name."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    if name:
        with opener.open(f"{url}/web/login", timeout=60) as answer:
            form = re.search(
                r'name="csrf_token" value="([^"]+)"', answer.read().decode()
            )
        fields = {"csrf_token": form[1], "login": name, "password": password}
        data = urllib.parse.urlencode(fields).encode()
        with opener.open(f"{url}/web/login", data, timeout=60) as answer:
            if "/my" not in answer.url:
                raise Stop(f"{name} can't log in: see .local/log/benchmark.log.")
    return opener


def fetch(*pages, times=24):
    """How long pages take, the first time apart; the middle of the others.

    They are fetched in turn, so that all of them meet whatever else the machine does.

    :param pages: (address, opener) of each
    :return: list of (seconds, bytes)
    """
    taken, sizes = [[] for _page in pages], [0] * len(pages)
    for _number in range(times + 1):
        for number, (url, opener) in enumerate(pages):
            started = time.perf_counter()
            with opener.open(url, timeout=600) as answer:
                sizes[number] = len(answer.read())
            taken[number].append(time.perf_counter() - started)
    middles = [statistics.median(own[1:]) for own in taken]
    return list(zip(middles, sizes, strict=True))

"""The parts that the tests put together: an SMTP server and Odoo processes."""

import contextlib
import email
import email.policy
import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

INSIDE = Path(__file__).resolve().parent / "inside"
SETUP_INSIDE = INSIDE.parents[1] / "setup" / "lib" / "inside"
_numbers = itertools.count(1)


def wait_until(condition, what, seconds=60):
    """Return what ``condition`` gives as soon as it is true; fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.0005)
    raise AssertionError(f"{what}: not within {seconds} seconds")


@dataclass(frozen=True)
class Accepted:
    """A message that the server has answered with 250."""

    time: float
    sender: str
    recipients: list
    message_id: str
    file: str

    def message(self):
        with open(self.file, "rb") as handle:
            return email.message_from_binary_file(handle, policy=email.policy.default)

    def text(self):
        """What a reader sees of the message, as plain text."""
        part = self.message().get_body(preferencelist=("plain", "html"))
        return part.get_content()


class Balancer:
    """Spreads requests over the servers that are added to it."""

    def __init__(self, processes):
        script = SETUP_INSIDE / "balancer.py"
        self._process = processes.start(
            [sys.executable, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self._process.stdout.readline())

    def add(self, port):
        self._process.stdin.write(f"{port}\n")
        self._process.stdin.flush()


class SmtpServer:
    """``inside/smtp_server.py`` in its own process, on a port of the loopback."""

    def __init__(self, processes, folder, port=0):
        self._processes = processes
        self.folder = folder
        self.port = port
        self.start()

    def start(self):
        self.process = self._processes.start(
            [
                sys.executable,
                str(INSIDE / "smtp_server.py"),
                self.folder,
                str(self.port),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = int(self.process.stdout.readline())

    def stop(self):
        """Down, but the port stays ours for the next start."""
        self._processes.end(self.process)

    def accepted(self):
        with contextlib.suppress(FileNotFoundError):
            with open(self.folder / "accepted.jsonl") as handle:
                # A line without its end is still being written.
                lines = [line for line in handle if line.endswith("\n")]
            return [Accepted(**json.loads(line)) for line in lines]
        return []

    def count(self):
        try:
            return (self.folder / "accepted.jsonl").read_bytes().count(b"\n")
        except FileNotFoundError:
            return 0

    @contextlib.contextmanager
    def hold(self, senders):
        """Answer nobody who has sent a message; go on when so many wait."""

        def held():
            return len(list(self.folder.glob("*.held")))

        (self.folder / "hold").touch()
        try:
            wait_until(lambda: held() == senders, f"{senders} messages at once")
            yield
        finally:
            (self.folder / "hold").unlink()
            wait_until(lambda: not held(), "the answers")


def check_books(reminders, accepted):
    """Each debtor got the reminder that the books say was sent.

    SMTP knows no transactions: a message that was accepted and not committed when its
    worker was killed is sent again, as the same one.

    :return: the addresses that got theirs more than once
    """
    by_address = Counter()
    last = {}
    for mail in accepted:
        [address] = mail.recipients
        by_address[address] += 1
        assert last.get(address, mail.message_id) == mail.message_id, address
        last[address] = mail.message_id
    assert {r["state"] for r in reminders} == {"sent"}
    assert by_address.keys() == {r["email"] for r in reminders}, "somebody got none"
    for reminder in reminders:
        assert last[reminder["email"]] == reminder["message_id"]
    return [address for address, count in by_address.items() if count > 1]


def _runner(processes, script, database, *arguments):
    command = [sys.executable, str(INSIDE / "runner.py"), script, database]
    log = open(Path(arguments[0]).with_suffix(".log"), "w")
    with log:
        process = processes.start(
            command + [str(argument) for argument in arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    process.log = log.name
    return process


def run_script(processes, folder, script, database, function, arguments, timeout=600):
    """Run a function of a script in Odoo; return its result."""
    result = folder / f"{script}-{next(_numbers)}.json"
    process = _runner(processes, script, database, result)
    request = {"function": function, "arguments": arguments, "result": str(result)}
    process.communicate(json.dumps({**request, "fork": False}) + "\n", timeout=timeout)
    if process.returncode:
        log = Path(process.log).read_text()
        raise AssertionError(f"{script}.{function} failed:\n{log[-6000:]}")
    return json.loads(result.read_text())


class Workers:
    """Odoo with its registry loaded, which forks a worker in a moment.

    Odoo's own server starts its workers in the same way. Each worker is a process
    with connections of its own, and may be killed at any time.
    """

    def __init__(self, processes, folder, script, database):
        self._folder = folder
        self._process = _runner(
            processes, script, database, folder / f"{script}-{next(_numbers)}"
        )
        self.log = self._process.log

    def start(self, function, **arguments):
        result = self._folder / f"{function}-{next(_numbers)}.json"
        request = {"function": function, "arguments": arguments, "fork": True}
        request["result"] = str(result)
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return Worker(int(self._process.stdout.readline()), result, self.log)

    def run(self, function, **arguments):
        return self.start(function, **arguments).result()


class Worker:
    """One forked worker."""

    def __init__(self, pid, result, log):
        self._result = result
        self._log = log
        try:
            # Unlike the pid, this never comes to mean another process.
            self._fd = os.pidfd_open(pid)
        except ProcessLookupError:
            self._fd = None

    def has_ended(self, seconds=0):
        return self._fd is None or bool(select.select([self._fd], [], [], seconds)[0])

    def kill(self):
        """SIGKILL; tell whether the worker was still alive."""
        alive = not self.has_ended()
        if alive:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._fd, signal.SIGKILL)
        self.wait()
        return alive

    def wait(self, seconds=300):
        if not self.has_ended(seconds):
            self.kill()
            raise AssertionError(f"A worker did not end within {seconds} seconds")
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def result(self, seconds=300):
        self.wait(seconds)
        if not self._result.exists():
            raise AssertionError(
                f"A worker failed:\n{Path(self._log).read_text()[-6000:]}"
            )
        return json.loads(self._result.read_text())


class Racer:
    """One of two processes that race, at the other end of a socket."""

    def __init__(self, workers, function, folder):
        path = str(folder / f"{function}.socket")
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path)
            listener.listen()
            listener.settimeout(60)
            self.worker = workers.start(function, path=path)
            self.socket, _address = listener.accept()
        self.socket.settimeout(60)
        self.lines = self.socket.makefile()

    def go(self, email, delay=0.0, prepare=False):
        line = json.dumps({"email": email, "delay": delay, "prepare": prepare})
        self.socket.sendall(line.encode() + b"\n")

    def report(self):
        return json.loads(self.lines.readline())

    def end(self):
        self.socket.shutdown(socket.SHUT_WR)
        self.worker.result()

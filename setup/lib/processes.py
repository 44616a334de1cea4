"""Running other programs so that none outlives the command that started it.

When a command is killed, the kernel ends what it started; and since these processes
hold the command's locks too, the next command waits for the last of them.
"""

import ctypes
import os
import re
import signal
import subprocess

from console import Stop
from layout import LOGS
from locks import held_locks

ERROR_LINE = re.compile(r"([\w.]*(Error|Exception)|ERROR|psql|initdb)\b.*:")
_started_logs = set()


class Failed(Exception):
    """A program ended with an error; ``output`` is the end of what it said."""

    def __init__(self, command, code, output):
        super().__init__(f"{command[0]} ended with {code}")
        self.code = code
        self.output = output

    def last_line(self):
        """The last line that tells of an error, else the last one."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        telling = [line for line in lines if ERROR_LINE.match(line)]
        return (telling or lines or [f"it ended with {self.code}"])[-1]


_libc = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG = 1


def _end_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start(command, **options):
    """Start a program that ends when we end, even if we are killed."""
    return subprocess.Popen(
        [str(part) for part in command],
        pass_fds=held_locks(),
        preexec_fn=_end_with_parent,
        **options,
    )


def run(command, log, env=None, cwd=None, on_line=None, stdin=subprocess.DEVNULL):
    """Run ``command`` and raise :class:`Failed` with the end of its output.

    All it prints goes to the log file of that name; ``on_line`` also gets each
    line, to show progress.
    """
    tail = []
    path = LOGS / f"{log}.log"
    command = [str(part) for part in command]
    # A log holds what the last command did that wrote to it.
    mode = "a" if path in _started_logs else "w"
    _started_logs.add(path)
    with open(path, mode, encoding="utf-8") as handle:
        handle.write(f"$ {' '.join(command)}\n")
        handle.flush()
        try:
            process = start(
                command,
                env=env,
                cwd=cwd,
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except FileNotFoundError:
            raise Failed(command, 127, f"{command[0]} is not there") from None
        with ending(process):
            for line in process.stdout:
                handle.write(line)
                tail.append(line)
                del tail[:-200]
                if on_line:
                    on_line(line)
            process.wait()
    if process.returncode:
        raise Failed(command, process.returncode, "".join(tail))


def capture(command, env=None):
    """Return what ``command`` prints; raise :class:`Failed` on an error."""
    command = [str(part) for part in command]
    try:
        done = subprocess.run(
            command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
    except FileNotFoundError:
        raise Failed(command, 127, f"{command[0]} is not there") from None
    if done.returncode:
        raise Failed(command, done.returncode, done.stderr or done.stdout)
    return done.stdout


class ending:
    """Whatever happens to us, the process we started ends before we do."""

    def __init__(self, process, patience=15):
        self.process = process
        self.patience = patience

    def __enter__(self):
        return self.process

    def __exit__(self, *exc_info):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(self.patience)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def terminate_as_interrupt():
    """Let a TERM or HUP unwind like Ctrl-C, so that nothing is left running."""

    def interrupt(_number, _frame):
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def need_program(name, sentence):
    """Stop with ``sentence`` when a program of the machine is missing."""
    for folder in os.get_exec_path():
        if os.access(os.path.join(folder, name), os.X_OK):
            return
    raise Stop(sentence)

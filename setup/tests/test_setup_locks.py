"""Commands wait for each other, and for what a killed one has left running."""

import subprocess
import sys
import textwrap
import time
from pathlib import Path

import locks
import processes


def test_lock_is_freed_when_its_holder_is_killed(run_folder):
    script = textwrap.dedent(
        f"""
        import sys, time
        sys.path.insert(0, {str(Path(locks.__file__).parent)!r})
        import pathlib, locks
        locks.RUN = pathlib.Path({str(run_folder)!r})
        lock = locks.Lock("y"); lock.acquire()
        print("held", flush=True)
        time.sleep(60)
        """
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        lock = locks.Lock("y")
        assert not lock.acquire(wait=False)
        assert not lock.acquire(wait=False, shared=True)
    finally:
        holder.kill()
        holder.wait()
    assert lock.acquire(wait=False)
    lock.release()


def test_shared_lock_keeps_out_only_the_exclusive_one(run_folder):
    first, second, third = (locks.Lock("z") for _ in range(3))
    assert first.acquire(shared=True)
    assert second.acquire(shared=True, wait=False)
    assert not third.acquire(wait=False)
    first.release()
    second.release()
    assert third.acquire(wait=False)
    third.release()


def test_a_killed_command_takes_its_processes_along(run_folder):
    script = textwrap.dedent(
        f"""
        import sys
        sys.path.insert(0, {str(Path(locks.__file__).parent)!r})
        import pathlib, locks, processes
        locks.RUN = processes.LOGS = pathlib.Path({str(run_folder)!r})
        lock = locks.Lock("y"); lock.acquire()
        child = processes.start(["sleep", "60"])
        print(child.pid, flush=True)
        child.wait()
        """
    )
    command = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    )
    child = int(command.stdout.readline())
    command.kill()
    command.wait()
    lock = locks.Lock("y")
    end = time.monotonic() + 10
    while not lock.acquire(wait=False) and time.monotonic() < end:
        time.sleep(0.05)
    lock.release()
    assert not Path(f"/proc/{child}/fd").exists() or "Z" in _state(child)


def _state(pid):
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2]


def test_errors_of_programs_are_told(run_folder):
    script = "print('a'); print('ValueError: too much'); print('b'); exit(3)"
    try:
        processes.run([sys.executable, "-c", script], log="x")
    except processes.Failed as failure:
        assert failure.code == 3
        assert failure.last_line() == "ValueError: too much"
    else:
        raise AssertionError("no failure")
    assert "ValueError" in (run_folder / "x.log").read_text()

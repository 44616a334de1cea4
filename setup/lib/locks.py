"""Locks between the commands of one checkout."""

import fcntl
from contextlib import contextmanager

from console import say
from layout import RUN


class Lock:
    """A file lock; the system lets go of it when its last holder has ended."""

    _held = set()

    def __init__(self, name):
        self.path = RUN / f"{name}.lock"
        self._handle = None

    def acquire(self, shared=False, wait=True, waiting_for=""):
        """Take the lock; tell whether it was had."""
        if self._handle is None:
            self._handle = open(self.path, "a+")
        mode = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._handle, mode | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait:
                return False
            if waiting_for:
                say(waiting_for)
            fcntl.flock(self._handle, mode)
        self._held.add(self._handle.fileno())
        return True

    def release(self):
        if self._handle is not None:
            self._held.discard(self._handle.fileno())
            # Processes that we started may have it too: let go for them as well.
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            self._handle.close()
            self._handle = None

    @contextmanager
    def held(self, shared=False, waiting_for=""):
        self.acquire(shared=shared, waiting_for=waiting_for)
        try:
            yield
        finally:
            self.release()


def held_locks():
    """The file descriptors of the locks that this process holds."""
    return tuple(Lock._held)

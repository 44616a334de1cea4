"""Steps that are done once: stamps, atomic folders, hashes.

A thing counts as done when its stamp holds the key of its inputs. The stamp is
the last thing written, so that whatever an interruption leaves half made is made
again from the beginning.
"""

import errno
import hashlib
import os
import shutil
from contextlib import contextmanager
from pathlib import Path

from console import Stop

STAMP = ".stamp"


def digest(*parts):
    """Return a short key of texts, bytes and files (their content)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            content = part.read_bytes() if part.is_file() else b"absent"
        else:
            content = part if isinstance(part, bytes) else str(part).encode()
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()[:16]


def has_stamp(folder, key, name=STAMP):
    """Tell whether ``folder`` was finished with the same key."""
    try:
        return (folder / name).read_text() == key
    except OSError:
        return False


def write_stamp(folder, key, name=STAMP):
    """Mark ``folder`` as finished."""
    write_text(folder / name, key)


def write_text(path, text, mode=0o644):
    """Write a file so that no reader ever sees half of it."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT, mode), "w") as handle:
        handle.write(text)
        handle.truncate()
    temporary.replace(path)


def remove(path):
    """Remove a file or a folder, there or not."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def build_folder(target, key, make):
    """Fill ``target`` by ``make(folder)`` unless it was made with the same key.

    The work is done in a folder beside it, which takes the name at the end.
    """
    if has_stamp(target, key):
        return False
    fresh = target.with_name(f"{target.name}.new")
    old = target.with_name(f"{target.name}.old")
    remove(fresh)
    remove(old)
    fresh.mkdir(parents=True)
    with disk_errors(target):
        make(fresh)
    write_stamp(fresh, key)
    if target.exists():
        target.rename(old)
    fresh.rename(target)
    remove(old)
    return True


@contextmanager
def disk_errors(target):
    """Turn a full disk into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise Stop(
                f"The disk is full: free some 4 GB for {target.parent} and run it "
                "again."
            ) from None
        raise

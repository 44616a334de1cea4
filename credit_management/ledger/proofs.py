"""Proofs of many letters in one ZIP: what is in it, without believing it."""

import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..engine.postal import clean_number

#: Files of a ZIP, bytes of one, and of all together, at most.
MOST_FILES = 10_000
MOST_BYTES = 5 * 1024 * 1024
MOST_TOTAL = 500 * 1024 * 1024


class BadArchive(Exception):
    """The file can't be used: ``code`` is ``zip``, ``files`` or ``total``."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Proof:
    """One file of the ZIP.

    :ivar str name: its name without folders
    :ivar str key: its name without ending, cleaned as tracking numbers are
    :ivar bytes content: the PDF; empty if there is a problem
    :ivar str problem: ``large``, ``pdf`` or ``broken``; None if it can be used
    """

    name: str
    key: str
    content: bytes = b""
    problem: str | None = None


def read_proofs(stream):
    """Yield the :class:`Proof`s of a ZIP one by one, in the order of the ZIP.

    What a ZIP says of its sizes is not believed: no more is unpacked than is allowed.

    :param stream: binary file that can seek
    :raise BadArchive: if it is no ZIP, or too large
    """
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, ValueError) as error:
        raise BadArchive("zip") from error
    with archive:
        entries = [
            entry
            for entry in archive.infolist()
            if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")
        ]
        if len(entries) > MOST_FILES:
            raise BadArchive("files")
        total = 0
        for entry in entries:
            path = PurePosixPath(entry.filename.replace("\\", "/"))
            proof = Proof(path.name, clean_number(path.stem))
            try:
                with archive.open(entry) as file:
                    content = file.read(MOST_BYTES + 1)
            # What else a damaged or encrypted entry raises.
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError):
                yield Proof(proof.name, proof.key, problem="broken")
                continue
            total += len(content)
            if total > MOST_TOTAL:
                raise BadArchive("total")
            if len(content) > MOST_BYTES:
                yield Proof(proof.name, proof.key, problem="large")
            elif not content.startswith(b"%PDF-"):
                yield Proof(proof.name, proof.key, problem="pdf")
            else:
                yield Proof(proof.name, proof.key, content)

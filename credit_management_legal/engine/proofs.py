"""Papers that prove a claim: of what kind a file is, and which ones are missing."""

import re
import unicodedata
from dataclasses import dataclass
from fnmatch import fnmatchcase

#: For what a paper of a kind is wanted.
BY_INVOICE = "invoice"
ONCE = "case"
IF_ANY = "any"
_SLASHES = re.compile(r"[\\/]")


@dataclass(frozen=True)
class Kind:
    """A kind of papers.

    ``patterns`` are those of file names, plain (see :func:`plain`), where ``*`` stands
    for anything and ``?`` for one sign. ``key`` is whatever the caller knows it by.
    """

    key: object
    wanted: str
    patterns: tuple = ()


def plain(text):
    """Without case and accents: names are written in any way."""
    split = unicodedata.normalize("NFKD", text or "")
    return "".join(s for s in split if not unicodedata.combining(s)).casefold()


def patterns_of(text):
    """The patterns that a person wrote, one a line."""
    lines = (plain(line).strip() for line in (text or "").splitlines())
    return tuple(line for line in lines if line)


def guess(name, kinds):
    """The kind of a file by its name: the first one of which a pattern fits, or None.

    :param str name: without its folders, if it has any
    :param kinds: in the order in which they are tried
    """
    name = plain(_SLASHES.split(name or "")[-1])
    for kind in kinds:
        if any(fnmatchcase(name, pattern) for pattern in kind.patterns):
            return kind
    return None


def missing(kinds, invoices, found):
    """What is wanted and not there.

    :param kinds: those that are wanted, in their order
    :param invoices: keys of the invoices of the claim, in their order
    :param found: set of (key of a kind, key of an invoice or None for all of them)
    :return: list of (kind, keys of the invoices that lack it; empty: the whole case)
    """
    lacking = []
    for kind in kinds:
        if kind.wanted == IF_ANY or (kind.key, None) in found:
            continue
        if kind.wanted == ONCE:
            if not any(key == kind.key for key, _invoice in found):
                lacking.append((kind, ()))
            continue
        bare = tuple(one for one in invoices if (kind.key, one) not in found)
        if bare:
            lacking.append((kind, bare))
    return lacking

"""What a file really is, told by its first bytes and not by its name."""

import re

#: Kind by what the content starts with. Nothing that a browser would run.
SIGNATURES = (
    (b"%PDF-", "application/pdf", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
)
_NAME = re.compile(r"[^\w .()-]+")


def kind_of(content):
    """The type of a file that debtors may send, or None.

    :param bytes content: the whole file
    :return: (MIME type, ending)
    """
    for start, mimetype, ending in SIGNATURES:
        if content.startswith(start):
            return mimetype, ending
    return None


def safe_name(name, ending):
    """A name for the file: the sender's without paths and odd characters.

    The ending is that of the content, whatever the sender called it.
    """
    stem = re.split(r"[\\/]", name or "")[-1].rsplit(".", 1)[0]
    stem = _NAME.sub("_", stem).strip(" ._")[:80]
    return (stem or "file") + ending

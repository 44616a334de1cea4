"""A message as a file that mail programs open, written piece by piece.

The same message makes the same bytes: its parts are divided by a fixed line, which
can't occur in them as all are in base64.
"""

import base64
from email.header import Header
from email.utils import encode_rfc2231, format_datetime

BOUNDARY = "=_credit_part"
_LINE = 57


def _header(name, value):
    value = " ".join(str(value or "").split())
    text = value if value.isascii() else Header(value, "utf-8", 900).encode()
    return f"{name}: {text}\r\n" if text else ""


def _base64(chunks):
    """Lines of base64 of what comes in pieces of any size."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        whole = len(rest) - len(rest) % _LINE
        for start in range(0, whole, _LINE):
            yield base64.b64encode(rest[start : start + _LINE]) + b"\r\n"
        rest = rest[whole:]
    if rest:
        yield base64.b64encode(rest) + b"\r\n"


def _blocks(lines, size=512):
    """Lines put together, so that nobody writes them one by one."""
    block = []
    for line in lines:
        block.append(line)
        if len(block) == size:
            yield b"".join(block)
            block = []
    yield b"".join(block)


def chunks(headers, moment, html, files):
    """The file as an iterable of bytes.

    :param headers: (name, text) of those that are not empty
    :param datetime moment: when it left, with a time zone, or None
    :param str html: the text
    :param files: (name, MIME type, iterable of bytes) of what was attached
    """
    head = "".join(_header(name, value) for name, value in headers)
    if moment:
        head += _header("Date", format_datetime(moment))
    yield (
        f"{head}MIME-Version: 1.0\r\n"
        f'Content-Type: multipart/mixed; boundary="{BOUNDARY}"\r\n\r\n'
        f"--{BOUNDARY}\r\n"
        "Content-Type: text/html; charset=utf-8\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode()
    yield from _blocks(_base64([(html or "").encode()]))
    for name, mimetype, content in files:
        kind = mimetype if (mimetype or "").isascii() and mimetype else ""
        kind = kind.split(";")[0].strip() or "application/octet-stream"
        yield (
            f"--{BOUNDARY}\r\n"
            f"Content-Type: {' '.join(kind.split())}\r\n"
            "Content-Transfer-Encoding: base64\r\n"
            "Content-Disposition: attachment; "
            f"filename*={encode_rfc2231(name, 'utf-8')}\r\n\r\n"
        ).encode()
        yield from _blocks(_base64(content))
    yield f"--{BOUNDARY}--\r\n".encode()

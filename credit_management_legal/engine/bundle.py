"""A ZIP for a third party: names that are safe everywhere, the same bytes each time.

Nothing here knows what the files are about.
"""

import hashlib
import io
import re
import unicodedata
import zipfile

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    StreamObject,
)

#: Every file bears this moment: the same input makes the same bytes.
MOMENT = (1980, 1, 1, 0, 0, 0)
#: Bytes that are read at once.
CHUNK = 1024 * 1024
MANIFEST = "SHA256SUMS.txt"

_FORBIDDEN = re.compile(r'[<>:"|?*\\/]')
_BLANKS = re.compile(r"\s+")
#: Names of devices: Windows opens these instead of a file, whatever their ending.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])")
#: What a double click runs on some system: such a file is only ever data.
_RUN = frozenset(
    "app bat cmd com cpl exe hta jar js jse lnk msi ps1 reg scr sh url vbe vbs "
    "wsf".split()
)
MOST_STEM = 60
_ENDING = re.compile(r"\w{1,10}")

#: Writers of PDF may put any sign as three figures: ``D\0722026`` is ``D:2026``.
_PDF_DATE = re.compile(
    rb"(/(?:CreationDate|ModDate)\s*\()(D(?::|\\072)(?:\\[0-7]{3}|[^)\\])*)(\))"
)
#: How a part of a font is named: six letters, and the font.
_FONT_TAG = re.compile(r"/[A-Z]{6}\+")
_PDF_SIGNS = re.compile(rb"\\[0-7]{3}|[0-9]")
_XML_DATE = re.compile(
    rb"(<(?:xmp:(?:Create|Modify|Metadata)Date|dcterms:(?:created|modified))\b[^>]*>)"
    rb"([^<]*)(<)"
)
_XML_ID = re.compile(rb"(<xmpMM:(?:DocumentID|InstanceID)\b[^>]*>)([^<]*)(<)")


def _clean(text):
    """``text`` without what a file system, a terminal or an eye could stumble over."""
    text = unicodedata.normalize("NFC", str(text or ""))
    # Control characters, and those that turn the direction of what follows.
    text = "".join(
        " " if sign.isspace() else sign
        for sign in text
        if sign.isspace() or not unicodedata.category(sign).startswith("C")
    )
    return _BLANKS.sub(" ", _FORBIDDEN.sub("_", text)).strip(" .")


def _no_device(stem):
    return f"_{stem}" if _DEVICES.fullmatch(stem.split(".")[0].strip()) else stem


def label(text, fallback="file"):
    """A reference of ours as (part of) a name: ``INV/2026/1`` is ``INV-2026-1``."""
    text = re.sub(r"\s*[\\/]+\s*", "-", str(text or ""))
    return _no_device(_clean(text)[:MOST_STEM].strip(" .")) or fallback


def file_name(name, fallback="file"):
    """The name of a file that somebody else chose, without folders.

    :param str name: whatever it is
    :return str: never empty, a valid name on Windows too; what would run by a double
        click is marked as data
    """
    name = _clean(re.split(r"[\\/]", str(name or ""))[-1])
    stem, dot, ending = name.rpartition(".")
    if not dot or not _ENDING.fullmatch(ending):
        stem, ending = name, ""
    stem = _no_device(stem[:MOST_STEM].strip(" .")) or fallback
    if not ending:
        return stem
    ending = ending.lower()
    return f"{stem}.{ending}.bin" if ending in _RUN else f"{stem}.{ending}"


def unique(path, taken):
    """``path``, or it with a number if another file bears the name already.

    Windows does not tell names apart by case.

    :param set taken: filled here
    """
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    number, found = 1, path
    while found.casefold() in taken:
        number += 1
        found = f"{folder}{slash}{stem} ({number}){dot}{ending}"
    taken.add(found.casefold())
    return found


def same_pdf(content):
    """A PDF that was made just now, without what tells when.

    What prints it numbers, orders and names the parts as chance has it, such as the
    fonts. They are put in the order in which they are reached from the first page on.

    :param bytes content: of a PDF that is not encrypted
    """
    return without_moments(_in_order(content))


def without_moments(content):
    """The bytes of a PDF with each moment in them replaced by one of the same length,
    so that its table of contents stays as it is."""
    content = _PDF_DATE.sub(
        lambda match: match[1] + _epoch(match[2]) + match[3], content
    )
    return _same_xml(content)


def _in_order(content):
    """A PDF with its objects in the order of a walk, and all names sorted."""
    reader = PdfReader(io.BytesIO(content))
    roots = [reader.trailer.raw_get("/Root")]
    if "/Info" in reader.trailer:
        roots.append(reader.trailer.raw_get("/Info"))
    numbers, waiting = {}, list(reversed(roots))
    while waiting:
        reference = waiting.pop()
        if reference.idnum in numbers:
            continue
        numbers[reference.idnum] = len(numbers) + 1
        waiting += reversed(list(_references(reference.get_object())))
    tags = {}
    target = io.BytesIO()
    target.write(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for old, new in numbers.items():
        places.append(target.tell())
        target.write(b"%d 0 obj\n" % new)
        found = IndirectObject(old, 0, reader).get_object()
        made = NullObject() if found is None else _renumbered(found, numbers, tags)
        made.write_to_stream(target)
        target.write(b"\nendobj\n")
    start = target.tell()
    target.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
    target.writelines(b"%010d 00000 n \n" % place for place in places)
    names = zip((b"Root", b"Info"), roots, strict=False)
    links = b" ".join(b"/%s %d 0 R" % (name, numbers[r.idnum]) for name, r in names)
    target.write(
        b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(places) + 1, links, start)
    )
    return target.getvalue()


def _parts(found):
    if isinstance(found, DictionaryObject):
        return [found.raw_get(name) for name in sorted(found)]
    return list(found) if isinstance(found, ArrayObject) else []


def _references(found):
    """What an object points to, in the order of its sorted names."""
    for part in _parts(found):
        if isinstance(part, IndirectObject):
            yield part
        else:
            yield from _references(part)


def _renumbered(found, numbers, tags):
    """A copy of an object that points to the new numbers.

    :param dict tags: of fonts of which a part is embedded: old to new, filled here
    """
    if isinstance(found, IndirectObject):
        return IndirectObject(numbers[found.idnum], 0, None)
    if isinstance(found, ArrayObject):
        return ArrayObject(_renumbered(part, numbers, tags) for part in found)
    if isinstance(found, NameObject) and _FONT_TAG.match(found):
        number = tags.setdefault(found[1:7], len(tags))
        # Letters alone, as the format wants: the number to the base of 26.
        tag = "".join(chr(65 + number // 26**place % 26) for place in range(5, -1, -1))
        return NameObject(f"/{tag}{found[7:]}")
    if not isinstance(found, DictionaryObject):
        return found
    made = DictionaryObject()
    if isinstance(found, StreamObject):
        # As it is stored, whatever its filter.
        made = StreamObject()
        made._data = found._data
    for name in sorted(found):
        made[NameObject(name)] = _renumbered(found.raw_get(name), numbers, tags)
    return made


def same_xlsx(content):
    """A workbook that was made just now, without what tells when."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in source.namelist():
                part = source.read(name)
                if name == "docProps/core.xml":
                    part = _same_xml(part)
                archive.writestr(_info(name), part)
    return target.getvalue()


def _same_xml(content):
    content = _XML_DATE.sub(
        lambda match: match[1] + _epoch(match[2]) + match[3], content
    )
    return _XML_ID.sub(
        lambda match: match[1] + re.sub(rb"[0-9A-Fa-f]", b"0", match[2]) + match[3],
        content,
    )


def _epoch(text):
    """A moment with its figures replaced: the first of January 1980, as it is written.

    What follows the seconds (fractions, time zone) is zero.
    """
    figures = iter("19800101000000")
    return _PDF_SIGNS.sub(
        lambda sign: sign[0] if len(sign[0]) > 1 else next(figures, "0").encode(), text
    )


def _info(path):
    info = zipfile.ZipInfo(path, MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    # The same on every system: a regular file, readable by all.
    info.create_system = 3
    info.external_attr = 0o100644 << 16
    return info


class Bundle:
    """A ZIP that is written file by file, with a list of what is in each folder."""

    def __init__(self, stream):
        """:param stream: a file object that can be written"""
        self._archive = zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED)

    def add(self, path, chunks):
        """Write a file as it is read.

        :param str path: within the ZIP; unique, made of :func:`file_name`
        :param chunks: iterable of bytes
        :return str: its SHA-256
        """
        digest = hashlib.sha256()
        with self._archive.open(_info(path), "w") as target:
            for chunk in chunks:
                digest.update(chunk)
                target.write(chunk)
        return digest.hexdigest()

    def close(self):
        self._archive.close()


def manifest(digests):
    """What ``sha256sum --check`` reads: {path: SHA-256} as a text."""
    return "".join(f"{digest}  {path}\n" for path, digest in sorted(digests.items()))


def chunks_of(content):
    """``content`` (bytes, or a path to a file) piece by piece."""
    if isinstance(content, bytes):
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK]
        return
    with open(content, "rb") as source:
        while chunk := source.read(CHUNK):
            yield chunk

"""Many letters in one file, in the order the post office and the printer like."""

from dataclasses import dataclass
from io import BytesIO

from pypdf import PageObject, PdfReader, PdfWriter


@dataclass(frozen=True)
class Letter:
    """A letter and where it goes to."""

    content: bytes
    country: str = ""
    postcode: str = ""
    name: str = ""

    @property
    def sort_key(self):
        """Country, postcode and name; case and blanks do not matter."""
        return (
            self.country.upper(),
            self.postcode.replace(" ", "").upper(),
            self.name.casefold(),
        )


def merge(letters, duplex=False):
    """One PDF of all letters, sorted for the post.

    :param list[Letter] letters: each one a PDF of its own
    :param bool duplex: end every letter on an even page, so that a printer that
        prints on both sides starts each one on a new sheet
    :return bytes: the PDF
    """
    writer = PdfWriter()
    for letter in sorted(letters, key=lambda letter: letter.sort_key):
        reader = PdfReader(BytesIO(letter.content))
        for page in reader.pages:
            writer.add_page(page)
        if duplex and len(reader.pages) % 2:
            box = reader.pages[-1].mediabox
            writer.add_page(PageObject.create_blank_page(None, box.width, box.height))
    # Letters of one house share their logo and fonts: keep each of them once.
    writer.compress_identical_objects()
    target = BytesIO()
    writer.write(target)
    return target.getvalue()


def join(parts):
    """One PDF of several, in their order: a letter and what goes along with it.

    :param parts: each one a PDF
    :return bytes: the PDF
    """
    writer = PdfWriter()
    for part in parts:
        for page in PdfReader(BytesIO(part)).pages:
            writer.add_page(page)
    writer.compress_identical_objects()
    target = BytesIO()
    writer.write(target)
    return target.getvalue()

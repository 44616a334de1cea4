"""What stands at the head and the foot of a message, and who signs it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Letterhead:
    """Texts in the language of the debtor; empty where there is nothing to say.

    :ivar str house: the name in bold: of the company, or of a third party that writes
        in its own name
    :ivar str person: who signs
    :ivar str title: what stands below the name of whoever signs
    :ivar str email: whom to write to
    :ivar str phone: whom to call
    :ivar str street: the address to which a letter comes back
    :ivar str place: postcode and town of that address
    :ivar str behalf: for whom a third party writes, and by what right
    :ivar str logo: address of the picture of a third party's letterhead
    :ivar tuple footer: texts at the foot of the message
    :ivar bool own: whether the letterhead is another one than the company's
    :ivar bool apart: whether letters come back to another address than that of the
        letterhead
    """

    house: str
    person: str = ""
    title: str = ""
    email: str = ""
    phone: str = ""
    street: str = ""
    place: str = ""
    behalf: str = ""
    logo: str = ""
    footer: tuple = ()
    own: bool = False
    apart: bool = False

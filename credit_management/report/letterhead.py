"""What stands at the head and the foot of a message, and who signs it."""

from dataclasses import dataclass

#: What the French call a company's number, by its digits.
FRENCH_NUMBERS = {9: "SIREN", 14: "SIRET"}


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


def place_of(partner):
    return " ".join(filter(None, (partner.zip, partner.city)))


def french_number(partner):
    """The number of a French company with its name; empty for all others."""
    number = "".join((partner.company_registry or "").split())
    if partner.country_id.code != "FR" or len(number) not in FRENCH_NUMBERS:
        return ""
    return f"{FRENCH_NUMBERS[len(number)]} {number}"


def number_of(partner):
    """By which number registers know a company: one that tells what it is."""
    return partner.vat or french_number(partner) or partner.company_registry


def footer_of(partner, *more):
    """The texts of a foot, each once."""
    texts = [partner.street, place_of(partner), *more]
    return tuple(dict.fromkeys(filter(None, texts)))


def letterhead_of(company, user):
    """That of the company itself.

    :param user: who signs and is asked; nobody for the company alone
    :return: :class:`Letterhead`
    """
    home = company.partner_id
    asked = user.partner_id if user.partner_id.email else home
    return Letterhead(
        house=company.name,
        person=user.name or "",
        email=asked.email or "",
        phone=asked.phone or "",
        street=company.street or "",
        place=place_of(home),
        footer=footer_of(
            home,
            number_of(home),
            company.phone,
            company.email,
            company.website,
        ),
    )

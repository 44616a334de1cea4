"""What proves that a debtor is a business.

Only a proof opens the rules for businesses: the commercial rate, the fixed indemnity.
Whoever is unknown is treated as a consumer.
"""

import re

from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

#: Company numbers by country: modules of python-stdnum, and patterns where it has none.
REGISTRIES = {
    "AT": ("at.businessid",),
    "BE": ("be.vat",),
    "CH": ("ch.uid",),
    "DE": ("de.handelsregisternummer",),
    "ES": ("es.cif",),
    "FR": ("fr.siren", "fr.siret"),
    "IT": ("it.iva",),
    "LU": ("lu.tva",),
    "NL": ("nl.btw",),
    "PT": ("pt.nif",),
}
PATTERNS = {
    # Companies House: eight digits, or two letters and six digits.
    "GB": r"(\d{8}|[A-Z]{2}\d{6})",
    # Kamer van Koophandel.
    "NL": r"\d{8}",
    # Registre de commerce et des sociétés.
    "LU": r"[A-Z]\d{1,7}",
}


def is_private_number(country, number):
    """Whether a tax number is one that private persons have as well.

    Spain and Portugal give every person a tax number of the same series that
    companies use; Italy's sixteen characters are a person's.
    """
    number = re.sub(r"[^0-9A-Z]", "", number.upper()).removeprefix(country)
    if country == "ES":
        return number[:1].isdigit() or number[:1] in "KLMXYZ"
    if country == "PT":
        return number[:1] in "123" or number[:2] == "45"
    return country == "IT" and len(number) == 16


def _fits(module, number):
    try:
        module.validate(number)
    except ValidationError:
        return False
    return True


def is_business_vat(country, number):
    """Whether ``number`` is a valid VAT number that only businesses have.

    :param str country: ISO code of the country of the debtor; the prefix of the number
        goes first
    :param str number: as typed, with or without prefix
    """
    number = (number or "").strip().upper()
    prefix = number[:2].replace("EL", "GR")
    if prefix.isalpha() and get_cc_module(prefix, "vat"):
        country = prefix
    module = country and get_cc_module(country, "vat")
    if not module or is_private_number(country, number):
        return False
    return _fits(module, number)


def is_company_number(country, number):
    """Whether ``number`` is a valid number of a register of companies.

    :param str country: ISO code
    :param str number: as typed
    """
    number = (number or "").strip().upper()
    if not number or not country or is_private_number(country, number):
        return False
    compact = re.sub(r"[^0-9A-Z]", "", number)
    if country in PATTERNS and re.fullmatch(PATTERNS[country], compact):
        return True
    for name in REGISTRIES.get(country, ()):
        code, kind = name.split(".")
        module = get_cc_module(code, kind)
        if module and _fits(module, number):
            return True
    return False


def company_number(country, registry, vat):
    """The number by which a company is known; in France its SIREN.

    A French VAT number ends with it; that of Monaco does not.

    :param country: ISO code, or a false value
    :param registry: company number, or a false value
    :param vat: VAT number, or a false value: it stands in where nothing else is known
    :return: text, empty if nothing is known
    """
    if registry or not vat:
        return registry or ""
    if country == "FR" or vat.strip().upper().startswith("FR"):
        number = get_cc_module("fr", "tva").compact(vat)[2:]
        if _fits(get_cc_module("fr", "siren"), number):
            return number
    return vat


def legal_kind(declared, country, vat, registry, proof):
    """The kind of a debtor in law, and what it is known by.

    :param declared: ``business``, ``consumer``, ``public`` or a false value
    :param country: ISO code, or a false value
    :param vat: VAT number, or a false value
    :param registry: company number, or a false value
    :param proof: another proof in words, or a false value
    :return: (``business``, ``consumer`` or ``public``; basis)
    """
    if declared in ("public", "consumer"):
        return declared, declared
    if is_business_vat(country, vat):
        return "business", "vat"
    if is_company_number(country, registry):
        return "business", "registry"
    if declared == "business":
        if (proof or "").strip():
            return "business", "proof"
        return "consumer", "unproven"
    return "consumer", "unknown"

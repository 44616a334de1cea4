"""The name of a company's number, by the country of the company."""

from odoo.addons.credit_management.report.letterhead import FRENCH_NUMBERS

#: Names of numbers by language; English is what others get.
COMPANY = {
    "en": "Company number",
    "fr": "Numéro d’entreprise",
    "nl": "Ondernemingsnummer",
    "de": "Registernummer",
}
VAT = {"en": "VAT number", "fr": "Numéro de TVA", "nl": "Btw-nummer", "de": "USt-IdNr."}


def number_name(country, number):
    """The name of a number that is the same in all languages.

    :param country: ISO code, or a false value
    :return: text; empty where the number names its register itself, as in Germany;
        None where its name is a matter of the language
    """
    if country == "FR":
        return FRENCH_NUMBERS.get(len("".join(number.split())))
    if country == "DE":
        return "" if any(sign.isalpha() for sign in number) else "Handelsregister"
    return None


def named(country, number, lang, is_vat=False):
    """A number with its name; an empty text for none.

    :param str lang: two letters
    :param bool is_vat: whether it is a VAT number, for want of another
    """
    if not number:
        return ""
    name = None if is_vat else number_name(country, number)
    if name is None:
        names = VAT if is_vat else COMPANY
        name = names.get(lang, names["en"])
    return f"{name} {number}".strip()

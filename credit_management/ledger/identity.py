"""E-mail addresses, VAT numbers and countries."""

import re

from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

_EMAIL = re.compile(
    r"(?=.{3,254}$)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}$"
)

#: ISO 3166-1: two letters and the number of each country.
_COUNTRIES = """
    AD020 AE784 AF004 AG028 AI660 AL008 AM051 AO024 AQ010 AR032 AS016 AT040 AU036
    AW533 AX248 AZ031 BA070 BB052 BD050 BE056 BF854 BG100 BH048 BI108 BJ204 BL652
    BM060 BN096 BO068 BQ535 BR076 BS044 BT064 BV074 BW072 BY112 BZ084 CA124 CC166
    CD180 CF140 CG178 CH756 CI384 CK184 CL152 CM120 CN156 CO170 CR188 CU192 CV132
    CW531 CX162 CY196 CZ203 DE276 DJ262 DK208 DM212 DO214 DZ012 EC218 EE233 EG818
    EH732 ER232 ES724 ET231 FI246 FJ242 FK238 FM583 FO234 FR250 GA266 GB826 GD308
    GE268 GF254 GG831 GH288 GI292 GL304 GM270 GN324 GP312 GQ226 GR300 GS239 GT320
    GU316 GW624 GY328 HK344 HM334 HN340 HR191 HT332 HU348 ID360 IE372 IL376 IM833
    IN356 IO086 IQ368 IR364 IS352 IT380 JE832 JM388 JO400 JP392 KE404 KG417 KH116
    KI296 KM174 KN659 KP408 KR410 KW414 KY136 KZ398 LA418 LB422 LC662 LI438 LK144
    LR430 LS426 LT440 LU442 LV428 LY434 MA504 MC492 MD498 ME499 MF663 MG450 MH584
    MK807 ML466 MM104 MN496 MO446 MP580 MQ474 MR478 MS500 MT470 MU480 MV462 MW454
    MX484 MY458 MZ508 NA516 NC540 NE562 NF574 NG566 NI558 NL528 NO578 NP524 NR520
    NU570 NZ554 OM512 PA591 PE604 PF258 PG598 PH608 PK586 PL616 PM666 PN612 PR630
    PS275 PT620 PW585 PY600 QA634 RE638 RO642 RS688 RU643 RW646 SA682 SB090 SC690
    SD729 SE752 SG702 SH654 SI705 SJ744 SK703 SL694 SM674 SN686 SO706 SR740 SS728
    ST678 SV222 SX534 SY760 SZ748 TC796 TD148 TF260 TG768 TH764 TJ762 TK772 TL626
    TM795 TN788 TO776 TR792 TT780 TV798 TW158 TZ834 UA804 UG800 UM581 US840 UY858
    UZ860 VA336 VC670 VE862 VG092 VI850 VN704 VU548 WF876 WS882 YE887 YT175 ZA710
    ZM894 ZW716
"""
NUMERIC_COUNTRIES = {code[2:]: code[:2] for code in _COUNTRIES.split()}


def is_email(text):
    """Whether the text is one e-mail address and nothing else."""
    return bool(_EMAIL.match(text))


def country_of_number(text):
    """The country whose ISO number this is, with or without leading zeros."""
    return NUMERIC_COUNTRIES.get(text.zfill(3)) if text.isdigit() else None


def clean_vat(text, country=None):
    """The VAT number as Odoo keeps it: country first, no dots or blanks.

    :param country: code of the customer's country, for numbers written without one
    :raises ValueError: the number is wrong, or no country says how to check it
    """
    text = re.sub(r"[\s./\-]", "", text).upper()
    prefix = text[:2] if text[:2].isalpha() else ""
    if prefix:
        if "GR" == prefix:
            text = "EL" + text[2:]
        if prefix.lower() in eu_vat.MEMBER_STATES or prefix in ("EL", "XI"):
            return _checked(eu_vat.validate, text)
        if module := get_cc_module(prefix.lower(), "vat"):
            return _checked(module.validate, text, text)
    if country:
        if country.lower() in eu_vat.MEMBER_STATES:
            eu_prefix = "EL" if country == "GR" else country
            return _checked(eu_vat.validate, eu_prefix + text)
        if module := get_cc_module(country.lower(), "vat"):
            return _checked(module.validate, text)
        if len(text) >= 4:
            # Nobody can tell how such a number is made: keep it as it came.
            return text
    raise ValueError(text)


def _checked(validate, text, keep=None):
    try:
        valid = validate(text)
    except ValidationError:
        raise ValueError(text) from None
    return keep or valid

"""Articles of the law in the language of who reads them.

Regimes keep an article once, with the abbreviations that lawyers of its country use; a
few words and days beside these are told in the language of the reader.
"""

import re
from datetime import date

from odoo.tools import format_date
from odoo.tools.misc import get_lang
from odoo.tools.translate import LazyTranslate

from ..report.wording import first_of_month, joined

_lt = LazyTranslate(__name__)

#: Where the law says nothing, the rule is a usage: nobody is told of an article.
NO_PROVISION = "No provision"
WORDS = {
    NO_PROVISION: _lt("No provision"),
    "National law": _lt("National law"),
    "Common law on penalties": _lt("Common law on penalties"),
    "Common law": _lt("Common law"),
    "C. econ. law": _lt("C. econ. law"),
    "Jud. C.": _lt("Jud. C."),
    "Judicial Code": _lt("Judicial Code"),
    "old C. civ.": _lt("old C. civ."),
    "Old C. civ.": _lt("Old C. civ."),
    "Preliminary article": _lt("Preliminary article"),
    "Directive": _lt("Directive"),
    "Regulation": _lt("Regulation"),
    "Reg.": _lt("Reg."),
    "Form A": _lt("Form A"),
    "CJEU": _lt("CJEU"),
    "EU": _lt("EU"),
    "EC": _lt("EC"),
    "EEC": _lt("EEC"),
    "Terms": _lt("Terms"),
    "decree": _lt("decree"),
    "book": _lt("book"),
    "overseas and abroad": _lt("overseas and abroad"),
    "and following": _lt("and following"),
    "ff.": _lt("ff."),
    "as read": _lt("as read"),
}
#: What stands before a number: the names of British acts have an “and” as well.
BEFORE_NUMBER = {
    "and": _lt("and"),
    "to": _lt("to"),
    "law": _lt("law"),
    "no.": _lt("no."),
}
#: What stands before a day.
BEFORE = {
    "as amended on": _lt("as amended on %s"),
    "Law of": _lt("Law of %s"),
    "law of": _lt("law of %s"),
}
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
FOUND = re.compile(
    r"(?<!\w)(?:(?P<word>" + "|".join(map(re.escape, WORDS)) + r")"
    r"|(?P<joint>"
    + "|".join(map(re.escape, BEFORE_NUMBER))
    + r")(?= (?:\(?|[DLR])\d| XIX)"
    r"|(?:(?P<before>" + "|".join(BEFORE) + r") )?"
    r"(?P<day>\d{1,2}) (?P<month>" + "|".join(MONTHS) + r") (?P<year>\d{4}))(?!\w)"
)


def article_text(env, article):
    """An article in the language of ``env``; empty without one.

    :param str article: as a regime keeps it
    """

    def told(found):
        word, before = found["word"], found["before"]
        if word:
            return env._(WORDS[word])
        if joint := found["joint"]:
            return env._(BEFORE_NUMBER[joint])
        month = MONTHS.index(found["month"]) + 1
        day = date(int(found["year"]), month, int(found["day"]))
        text = format_date(env, day, date_format="d MMMM y")
        text = first_of_month(text, get_lang(env).code)
        # What is translated later takes no values.
        return (env._(BEFORE[before]) if before else "%s") % text

    text = FOUND.sub(told, article or "")
    return joined(env, text.split("; "))


def article_told(env, article):
    """The same for a debtor, who is not told that the law says nothing."""
    return "" if article == NO_PROVISION else article_text(env, article)

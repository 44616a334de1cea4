"""Articles of the law in the language of who reads them.

Regimes keep an article once, with the abbreviations that lawyers of its country use; a
few words and days beside these are told in the language of the reader.
"""

import re
from datetime import date

from odoo.tools import format_date
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: Where the law says nothing, the rule is a usage: nobody is told of an article.
NO_PROVISION = "No provision"
WORDS = {
    NO_PROVISION: _lt("No provision"),
    "National law": _lt("National law"),
    "C. econ. law": _lt("C. econ. law"),
    "old C. civ.": _lt("old C. civ."),
    "Old C. civ.": _lt("Old C. civ."),
    "decree": _lt("decree"),
    "and": _lt("and"),
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
        month = MONTHS.index(found["month"]) + 1
        day = date(int(found["year"]), month, int(found["day"]))
        text = format_date(env, day, date_format="d MMMM y")
        # What is translated later takes no values.
        return (env._(BEFORE[before]) if before else "%s") % text

    return FOUND.sub(told, article or "")


def article_told(env, article):
    """The same for a debtor, who is not told that the law says nothing."""
    return "" if article == NO_PROVISION else article_text(env, article)

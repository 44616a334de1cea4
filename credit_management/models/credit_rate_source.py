"""Where the value of a rate comes from, in the language of who reads it.

Sources are notes in English, kept once: names of publications and numbers stay as they
are, the words that most of them share are told in the language of the reader. What says
more than these words stays in English.
"""

import re

from odoo.tools.translate import LazyTranslate

from ..report.wording import joined
from .credit_article import FOUND as ARTICLE
from .credit_article import article_text

_lt = LazyTranslate(__name__)

WORDS = {
    "computed": _lt("computed"),
    "base on first day of half-year": _lt("base on first day of half-year"),
    "base": _lt("base"),
    "reference": _lt("reference"),
    "for contracts from": _lt("for contracts from"),
    "contracts from": _lt("contracts from"),
    "contracts before": _lt("contracts before"),
    "before": _lt("before"),
    "Bank Rate on": _lt("Bank Rate on"),
    "fixed for the half-year": _lt("fixed for the half-year"),
    "concordant GitHub tables": _lt("concordant GitHub tables"),
    "e.g. last change": _lt("e.g. last change"),
    "as of": _lt("as of"),
    "as amended": _lt("as amended"),
    "from memory, verify": _lt("from memory, verify"),
    "from memory": _lt("from memory"),
    "consistent with": _lt("consistent with"),
    "GitHub data file": _lt("GitHub data file"),
    "public GitHub table": _lt("public GitHub table"),
    "press coverage": _lt("press coverage"),
    "quoting": _lt("quoting"),
    "unchanged": _lt("unchanged"),
    "rounded up to": _lt("rounded up to"),
    "in force on that day": _lt("in force on that day"),
}
FOUND = re.compile(
    r"(?<![\w-])(?:"
    + "|".join(map(re.escape, sorted(WORDS, key=len, reverse=True)))
    + r")(?![\w-])"
)
#: What is the same in every language: titles such as “Rate of Interest”, then words
#: with a capital or a line, addresses of pages and short abbreviations.
TITLE = re.compile(r"[A-Z]\w*(?: of [A-Z]\w*)+")
SAME = re.compile(r".*[A-Z_].*|.*[a-z]\.[a-z].*|[a-z]{1,4}\.")
LETTERS = re.compile(r"[^\W\d_]{2,}")


def source_text(env, source):
    """A source in the language of ``env``; empty without one.

    Part by part: half in one language and half in another reads worse than English. A
    part is told in the language of the reader only if all of its words are known.

    :param str source: as a rate keeps it
    """
    return joined(
        env,
        (
            # Articles first: their words stand between those of a source.
            FOUND.sub(lambda found: env._(WORDS[found[0]]), article_text(env, part))
            if _is_known(part)
            else part
            for part in (source or "").split("; ")
        ),
    )


def _is_known(part):
    rest = TITLE.sub(" ", part)
    rest = ARTICLE.sub(" ", FOUND.sub(" ", rest))
    words = (word.strip("()[],:;/+=") for word in rest.split())
    return not any(
        LETTERS.fullmatch(piece)
        for word in words
        if not SAME.fullmatch(word)
        for piece in re.split(r"[-/]", word)
    )

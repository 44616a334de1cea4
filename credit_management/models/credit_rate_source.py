"""Where the value of a rate comes from, in the language of who reads it.

Sources are notes in English, kept once: names of publications and numbers stay as they
are, the words that most of them share are told in the language of the reader.
"""

import re

from odoo.tools.translate import LazyTranslate

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


def source_text(env, source):
    """A source in the language of ``env``; empty without one.

    :param str source: as a rate keeps it
    """
    # Articles first: their words stand between those of a source.
    text = article_text(env, source)
    return FOUND.sub(lambda found: env._(WORDS[found[0]]), text)

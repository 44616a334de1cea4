"""A style sheet cut down to what a document uses.

The style sheet of Odoo's reports is some hundred kilobytes, and wkhtmltopdf reads it
anew for each letter, each header and each footer. Most of it is for other documents.
"""

import re

#: A rule: what stands before its braces, and the braces with one more level inside.
RULE = re.compile(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STATEMENT = re.compile(r"@(?:charset|import)[^;]*;")
NAME = re.compile(r"([.#])(-?[A-Za-z_][\w-]*)")
NEGATION = re.compile(r":not\([^)]*\)")


def used_names(html):
    """Classes and ids in ``html``, as a set of ``.class`` and ``#id``."""
    names = set()
    for attribute, values in re.findall(r"\b(class|id)=[\"']([^\"']*)[\"']", html):
        sign = "." if attribute == "class" else "#"
        names.update(sign + value for value in values.split())
    return names


def prune(css, names):
    """``css`` without the rules whose classes or ids are not among ``names``."""
    css = STATEMENT.sub("", COMMENT.sub("", css))
    return "".join(_kept(css, names))


def _kept(css, names):
    for match in RULE.finditer(css):
        selectors, body = match[1].strip(), match[2]
        if selectors.startswith(("@media", "@supports")):
            body = "".join(_kept(body, names))
            if body:
                yield f"{selectors}{{{body}}}"
        elif selectors.startswith("@"):
            yield f"{selectors}{{{body}}}"
        else:
            live = [text for text in selectors.split(",") if _matches(text, names)]
            if live:
                yield f"{','.join(live)}{{{body}}}"


def _matches(selector, names):
    plain = NEGATION.sub("", selector)
    return all(sign + name in names for sign, name in NAME.findall(plain))

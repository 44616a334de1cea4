"""Papers that are filled in: texts with placeholders, and what is missing in them.

A text holds ``{{ name }}`` for a fact. Nothing else is looked at: a text runs no code.
"""

import re

from markupsafe import Markup, escape

PLACEHOLDER = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")


def placeholders(text):
    """The names of the facts that a text shows, in their order, each once."""
    return list(dict.fromkeys(PLACEHOLDER.findall(text or "")))


def fill(text, facts, gaps):
    """Fill in a text that is HTML.

    :param str text: HTML with placeholders
    :param dict facts: {name: text, or markup that stays as it is}
    :param dict gaps: {name: what it is called}: facts that are required and missing;
        they are marked on the paper, so that nobody takes it for complete
    :rtype: Markup
    """

    def value(match):
        name = match[1]
        if name in gaps:
            return str(gap(gaps[name]))
        found = facts.get(name)
        return str(escape(found)) if found else ""

    return Markup(PLACEHOLDER.sub(value, str(text or "")))


def gap(label):
    """The mark that stands on a paper for what is missing."""
    return Markup('<span class="cm_gap">▢ {}</span>').format(label)


def missing(fields, facts):
    """Which of the fields that a paper requires have no value.

    :param fields: (name, whether it is required) of each
    :param dict facts: {name: value}; blanks alone are no value
    :return: list of names
    """
    return [
        name
        for name, required in fields
        if required and not str(facts.get(name) or "").strip()
    ]


def says(text, names):
    """Which of these facts a text does not show: a mention that nobody would read."""
    shown = set(placeholders(text))
    return [name for name in names if name not in shown]

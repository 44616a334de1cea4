"""Whether a text says what the law requires it to say.

A text is a template of an e-mail or a letter, with placeholders in one of the two forms
that templates know: ``{{ object.creditor_text }}`` or ``t-out="object.creditor_text"``.
A mention is made when one of the placeholders that stand for it is in the text, by
itself or inside a part that carries it, such as the table of invoices.
"""

import re
from dataclasses import dataclass

#: The two forms of a placeholder; what is inside is an expression.
EXPRESSION = re.compile(
    r"\{\{(?P<inline>.*?)\}\}"
    r"|\bt-(?:out|esc|field)\s*=\s*(?P<quote>[\"'])(?P<qweb>.*?)(?P=quote)",
    re.DOTALL,
)
PATH = re.compile(r"\bobject\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")
#: What the debtor reads in a part that is made of several things.
PARTS = {
    "creditor_text": ("company_id.name",),
    "items_html": ("amount_due_text", "amount_total_text", "invoice_names"),
    "payment_html": ("amount_total_text", "payment_reference"),
    "signature_html": ("company_id.name",),
}


@dataclass(frozen=True)
class Mention:
    """What a document must say by law.

    :param str document: ``first_reminder``, ``formal_notice`` or ``invoice``
    :param str name: for the person who mends the text
    :param tuple placeholders: fields of a reminder, any of which says it; none: only a
        person can see whether it is said
    :param str article: the provision that asks for it
    """

    document: str
    name: str
    placeholders: tuple[str, ...] = ()
    article: str = ""


def placeholders_in(text):
    """The fields that ``text`` shows, as a set of paths from the reminder."""
    return frozenset(
        path
        for match in EXPRESSION.finditer(text or "")
        for path in PATH.findall(match["inline"] or match["qweb"] or "")
    )


def said_by(text, around=()):
    """Everything ``text`` says, by itself and through its parts.

    :param around: parts that stand beside the text, whatever it says: the table and the
        signature of a letter
    """
    direct = placeholders_in(text).union(around)
    return direct.union(*(PARTS.get(name, ()) for name in direct))


def missing(mentions, document, texts, around=()):
    """The mentions of ``document`` that at least one of ``texts`` does not make.

    :param mentions: iterable of :class:`Mention`; those without placeholders are left
        to a person
    :param texts: the text in each language; none at all says nothing
    :return: list of mentions, each once, in their order
    """
    said = [said_by(text, around) for text in texts] or [frozenset()]
    return [
        mention
        for mention in dict.fromkeys(mentions)
        if mention.document == document
        and mention.placeholders
        and any(one.isdisjoint(mention.placeholders) for one in said)
    ]

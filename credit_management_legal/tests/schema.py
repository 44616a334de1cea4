"""As much of JSON Schema as the schema of a case uses; all else is refused."""

import re

TYPES = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "object": dict,
    "string": str,
    "null": type(None),
}
NOTES = {"$schema", "$id", "$defs", "title", "description"}


class Invalid(Exception):
    """Where a document is not what the schema says."""


def check(value, schema, root=None, place="$"):
    """Compare a document with a schema.

    :raise Invalid: with the place of the first difference
    :raise KeyError: for a keyword that is not known here
    """
    root = root or schema
    for keyword, rule in schema.items():
        if keyword not in NOTES:
            CHECKS[keyword](value, rule, root, place)


def _type(value, rule, root, place):
    kinds = rule if isinstance(rule, list) else [rule]
    fits = any(
        isinstance(value, TYPES[kind])
        and not (kind == "integer" and isinstance(value, bool))
        for kind in kinds
    )
    if not fits:
        raise Invalid(f"{place}: {value!r} is no {rule}")


def _required(value, rule, root, place):
    lacking = set(rule) - set(value) if isinstance(value, dict) else ()
    if lacking:
        raise Invalid(f"{place} lacks {sorted(lacking)}")


def _properties(value, rule, root, place):
    if isinstance(value, dict):
        for name in set(rule) & set(value):
            check(value[name], rule[name], root, f"{place}.{name}")


def _additional(value, rule, root, place):
    for name, part in value.items():
        check(part, rule, root, f"{place}.{name}")


def _names(value, rule, root, place):
    for name in value:
        check(name, rule, root, f"{place}:{name}")


def _items(value, rule, root, place):
    if isinstance(value, list):
        for rank, part in enumerate(value):
            check(part, rule, root, f"{place}[{rank}]")


def _enum(value, rule, root, place):
    if value not in rule:
        raise Invalid(f"{place}: {value!r} is none of {rule}")


def _pattern(value, rule, root, place):
    if isinstance(value, str) and not re.search(rule, value):
        raise Invalid(f"{place}: {value!r} does not match {rule}")


def _minimum(value, rule, root, place):
    if value < rule:
        raise Invalid(f"{place}: {value} is less than {rule}")


def _any(value, rule, root, place):
    problems = []
    for one in rule:
        try:
            return check(value, one, root, place)
        except Invalid as problem:
            problems.append(str(problem))
    raise Invalid("; or ".join(problems))


def _all(value, rule, root, place):
    for one in rule:
        check(value, one, root, place)


def _ref(value, rule, root, place):
    check(value, root["$defs"][rule.rpartition("/")[2]], root, place)


CHECKS = {
    "$ref": _ref,
    "additionalProperties": _additional,
    "allOf": _all,
    "anyOf": _any,
    "const": lambda value, rule, root, place: _enum(value, [rule], root, place),
    "enum": _enum,
    "items": _items,
    "minimum": _minimum,
    "pattern": _pattern,
    "properties": _properties,
    "propertyNames": _names,
    "required": _required,
    "type": _type,
}

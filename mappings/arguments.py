"""What a transform is given beside its fields: what may be wrong with it, in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

from sync.core import expressions
from sync.core.transforms_rates import DATED, FIXED
from sync.core.transforms_values import PARTS, table_of

PATH = re.compile(r"[A-Za-z]\w*(\.[A-Za-z]\w*){0,5}")
"""A field path; Salesforce follows five relationships (SOQL, Relationship Queries)."""
_PLACE = re.compile(r"\{([^{}]*)\}")


def argument_fault(transform: str, argument: str) -> str:
    """Return what is wrong with what a transform is given, or nothing."""
    check = _CHECKS.get(transform)
    return check(argument) if check else ""


def _like(pattern: str, words: str) -> Callable[[str], str]:
    return lambda argument: "" if re.fullmatch(pattern, argument.strip()) else words


def template_fault(template: str) -> str:
    """Return what is wrong with a template, or nothing."""
    if not template.strip():
        return "Write the text, with fields in braces: {Name} · {Id}."
    left = _PLACE.sub("", template)
    if "{" in left or "}" in left:
        return "Every { needs its }: {Name} · {Id}."
    bad = [place for place in _PLACE.findall(template) if not PATH.fullmatch(place)]
    return f"“{{{bad[0]}}}” is no field: write {{Name}} or {{Account.Name}}." if bad else ""


def look_up_fault(argument: str) -> str:
    """Return what is wrong with pairs such as `GB = United Kingdom; else = abroad`, or nothing."""
    if table_of(argument):
        return ""  # whether there is such a table depends on the flow
    parts = [part for part in argument.split(";") if part.strip()]
    bad = [part.strip() for part in parts if "=" not in part or not part.partition("=")[0].strip()]
    if bad or not parts:
        told = f"“{bad[0]}” says not what becomes of it" if bad else "Nothing is translated"
        return f"{told}: write GB = United Kingdom; DE = Germany; else = abroad."
    keys = Counter(part.partition("=")[0].strip().casefold() for part in parts)
    values = [part.partition("=")[2].strip() for part in parts]
    if odd := [v for v in values if v[:1] == "{" and not PATH.fullmatch(v[1:].removesuffix("}"))]:
        return f"“{odd[0]}” is no field: write {{Name}} or {{Account.Name}}."
    twice = [key for key, count in keys.items() if count > 1]
    return f"“{twice[0]}” is translated twice." if twice else ""


def rate_fault(argument: str) -> str:
    """Return what is wrong with a rate, or nothing."""
    fixed = FIXED.fullmatch(argument)
    if DATED.fullmatch(argument) or (fixed and float(fixed[1])):
        return ""
    return (
        "Give rate and currency: 0.7912 GBP, 1 Nov 2026; or Salesforce’s rate of a date field: "
        "GBP by salesforce of CloseDate."
    )


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "constant": _like(r"(?s).+", "Say which value it always is."),
    "or_else": _like(r"(?s).+", "Say which value it is then."),
    "date_plus_days": _like(r"-?\d{1,4}", "Give a whole number of days, such as 30."),
    "end_of_month": _like(r"-?\d{1,3}", "Give a whole number of months: 0, 1, 2 …"),
    "cut": _like(r"[1-9]\d{0,4}", "Give the number of characters, such as 30."),
    "split_name": _like("|".join(PARTS), "Say “first” or “last”."),
    "convert": rate_fault,
    "look_up": look_up_fault,
    "template": template_fault,
    "expression": expressions.fault,
}

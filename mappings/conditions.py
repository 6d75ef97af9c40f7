"""Whether a field can be asked what a condition asks of it, in sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches

from mappings import words
from sync.core.fields import FieldFacts, Holds
from sync.core.flow import Condition


def unfit(condition: Condition, facts: FieldFacts) -> tuple[str, str]:
    """Return why the field cannot be asked this; a comparison that never holds is a mistake."""
    holds, operator = facts.holds, condition.operator
    if holds is Holds.OTHER or facts.type == "encryptedstring":
        return "path", f"“{facts.label}” holds {Holds.OTHER.value}."
    if operator in ("below", "above"):
        told = f"“{facts.label}” holds {holds.value}; only numbers can be below or above."
        return "operator", "" if holds is Holds.NUMBER else told
    if operator == "contains":
        told = f"“{facts.label}” holds {holds.value}; only a text can contain something."
        return "operator", "" if holds is Holds.TEXT else told
    if holds is Holds.TIME:
        return "operator", f"“{facts.label}” holds {holds.value}: nobody can name that exactly."
    parts = condition.value.split(";") if operator == "in" else [condition.value]
    wrong = [part.strip() for part in parts if part.strip() and not _is_one(part.strip(), holds)]
    if wrong:
        return "wanted", f"“{facts.label}” holds {holds.value}; “{wrong[0]}” is none.{_HOW[holds]}"
    return "wanted", ""


def unlisted(condition: Condition, facts: FieldFacts) -> str:
    """Return what is odd about a value that is asked of a list; empty where it is one of its own.

    It stops nobody: records may still hold a value that was taken off the list.
    """
    if not facts.choices or condition.operator not in ("is", "is not", "in"):
        return ""
    if facts.type == "multipicklist" and condition.value.strip():
        return f"“{facts.label}” may hold several values at once; “contains” finds each of them."
    parts = condition.value.split(";") if condition.operator == "in" else [condition.value]
    listed = {value.casefold(): value for value, _ in facts.choices}
    odd = [p.strip() for p in parts if p.strip() and p.strip().casefold() not in listed]
    if not odd:
        return ""
    close = get_close_matches(odd[0].casefold(), listed, n=1, cutoff=0.7)
    hint = f" Did you mean {listed[close[0]]}?" if close else ""
    return f"“{odd[0]}” is not in the list of “{facts.label}” in Salesforce.{hint}"


def unfit_computed(condition: Condition) -> tuple[str, str]:
    """Return why what the flow calculates cannot be asked this, as `unfit` does of a field."""
    kind = COMPUTED_KINDS.get(condition.path, "string")
    facts = FieldFacts(condition.path, words.COMPUTED.get(condition.path, condition.path), kind)
    if kind != "boolean":
        return unfit(condition, facts)
    said = condition.value.strip().casefold()
    if condition.operator not in ("is", "is not") or said not in ("yes", "no"):
        return "wanted", f"“{facts.label}” is yes or no: ask whether it “is” yes or no."
    return "wanted", ""


COMPUTED_KINDS: Mapping[str, str] = {
    "=amount": "currency",
    "=difference": "currency",
    "=won_deal": "boolean",
    "=customer": "boolean",
}
"""Of what Salesforce's types the computed names are; the others are texts."""
_HOW: Mapping[Holds, str] = {
    Holds.NUMBER: " Write 1000.50.",
    Holds.DATE: " Write 2026-11-30.",
    Holds.YES_NO: " Write true or false.",
    Holds.TEXT: "",
}


def _is_one(text: str, holds: Holds) -> bool:
    if holds is Holds.YES_NO:
        return text.casefold() in ("true", "false")
    try:
        if holds is Holds.NUMBER:
            return Decimal(text).is_finite()
        if holds is Holds.DATE:
            return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text) and date.fromisoformat(text))
    except (InvalidOperation, ValueError):
        return False
    return True

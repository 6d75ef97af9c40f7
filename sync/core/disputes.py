"""The questions that disputed fields raise, with everything that their desk shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .agreed import Conflict
from .couples import Couple
from .doubts import show
from .flow import OF_LINE, FieldRule, Flow, Surroundings
from .merging import TYPED, about
from .questions import Choice, Question, QuestionKind
from .records import Record, System

_APART = Choice("apart", "Leave both different", "Asked again when either side changes.")


def of_couple(flow: Flow, couple: Couple, around: Surroundings) -> list[Question]:
    """Return one question for each field that both sides have changed, apart from each other."""
    merged = couple.merged
    if merged is None:
        return []
    agreeing = len(merged.agreed) - len({c.field for c in merged.conflicts} & set(merged.agreed))
    return [_of_conflict(c, flow, couple, around, agreeing) for c in merged.conflicts]


def label_of(flow: Flow, name: str) -> str:
    """Return what people call a shared field of the flow."""
    if name.startswith(OF_LINE):
        return "A product line"
    return flow.labels.get(name, name.replace("_", " ").capitalize())


def _of_conflict(
    conflict: Conflict, flow: Flow, couple: Couple, around: Surroundings, agreeing: int
) -> Question:
    label, rule = label_of(flow, conflict.field), around.rules.field(conflict.field)
    since = "apart since the two were linked" if conflict.was is None else "changed in both systems"
    return Question(
        QuestionKind.CONFLICT,
        f"conflict:{conflict.field}",
        f"{label}: {since}",
        f"Salesforce says {show(conflict.salesforce)}, Xero says {show(conflict.xero)}.",
        choices=(
            Choice("salesforce", "Keep Salesforce’s", "Writes it to Xero."),
            Choice("xero", "Keep Xero’s", _effect_of_xeros(rule)),
            *((Choice(TYPED, "Type another", "Writes it to both."),) if _typed(rule) else ()),
            _APART,
        ),
        about=about(conflict),
        alone=True,
        holds=flow.conflicts_hold,
        field=conflict.field,
        details={
            "label": label,
            "record": _record(couple.salesforce, around),
            "other": _record(couple.xero, around),
            "was": _was(conflict, couple),
            "salesforce": _side(conflict.salesforce, couple.salesforce),
            "xero": _side(conflict.xero, couple.xero),
            "agreeing": agreeing,
            "typed": _typed(rule),
            "blocks": "other changes to Xero" if flow.conflicts_hold else "",
        },
    )


def _effect_of_xeros(rule: FieldRule | None) -> str:
    written = rule is not None and System.SALESFORCE in rule.writes
    return "Writes it to Salesforce." if written else "Xero stays as it is."


def _typed(rule: FieldRule | None) -> bool:
    """Return whether a person may type another value: a text that both sides take."""
    return rule is not None and len(rule.writes) == len(System) and rule.compare != "persons"


def _record(record: Record | None, around: Surroundings) -> dict[str, str]:
    if record is None:
        return {}
    return {
        "key": str(record.key),
        "system": record.key.system.value,
        "name": str(record.get("Name") or record.get("InvoiceNumber") or record.key.id),
        "address": around.addresses(record.key),
    }


def _was(conflict: Conflict, couple: Couple) -> Mapping[str, str] | None:
    if conflict.was is None:
        return None
    return {
        "salesforce": _shown(conflict.was.salesforce),
        "xero": _shown(conflict.was.xero),
        "when": couple.link.agreed_at if couple.link else "",
    }


def _side(value: Any, record: Record | None) -> dict[str, str]:
    """Return a side's value with when its record was last changed, and by whom where it says so."""
    changed = record.get("LastModifiedDate") if record else None
    when = changed if isinstance(changed, datetime) else record.stamp if record else None
    return {
        "shown": _shown(value),
        "when": when.isoformat() if when else "",
        "who": str(record.get("LastModifiedBy.Name") or "") if record else "",
    }


def _shown(value: Any) -> str:
    return show(value).strip("“”") if value not in (None, "", [], ()) else ""

"""The rules that an org makes for itself: its validation rules and its duplicate rules."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Change
from sandbox.store import Record

_LOCKED_WITH = ("AccountId", "OpportunityId")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def check_locks(org: Org, change: Change) -> None:
    """Raise UNABLE_TO_LOCK_ROW where somebody else is writing the record or the one above it.

    The setting `locked_rows` tells how many more times each id is found locked.
    """
    locks: dict[str, int] = org.world.setting(SYSTEM, "locked_rows") or {}
    touched = [change.key, *(change.new.get(name) for name in _LOCKED_WITH)]
    for key in touched:
        if left := locks.get(str(key), 0):
            org.world.set_setting(SYSTEM, "locked_rows", {**locks, str(key): left - 1})
            message = f"unable to obtain exclusive access to this record or 1 records: {key}"
            raise RefusedError("UNABLE_TO_LOCK_ROW", message, [])


def check_validation(org: Org, change: Change) -> None:
    """Raise FIELD_CUSTOM_VALIDATION_EXCEPTION where one of the org's conditions holds.

    The setting `validation_rules` is a list of kind, field, op (=, !=, <, <=, >, >=, blank,
    not_blank, changed), value and message; `when` may name another field and the value it must
    have.
    """
    rules = org.world.setting(SYSTEM, "validation_rules") or []
    for rule in rules:
        if rule["kind"] != change.kind.name or not _applies(change, rule):
            continue
        if _holds(change, rule):
            fields = [rule["shown_at"]] if rule.get("shown_at") else []
            raise RefusedError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule["message"], fields)


def _applies(change: Change, rule: Mapping[str, Any]) -> bool:
    return all(change.new.get(name) == value for name, value in (rule.get("when") or {}).items())


def _holds(change: Change, rule: Mapping[str, Any]) -> bool:
    value, wanted = change.new.get(rule["field"]), rule.get("value")
    how: str = rule["op"]
    if how == "changed":
        return not change.creates and change.moved(rule["field"])
    if how in ("blank", "not_blank"):
        return (value is None) == (how == "blank")
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        wanted = Decimal(str(wanted))
    if how in ("=", "!="):
        return bool(value == wanted) == (how == "=")
    return value is not None and bool(_COMPARE[how](value, wanted))


def check_duplicates(org: Org, change: Change) -> None:
    """Raise DUPLICATES_DETECTED where one of the org's duplicate rules finds another record.

    The setting `duplicate_rules` is a list of kind, fields that must all agree, action (Block or
    Alert) and message. The caller may save in spite of an Alert, never of a Block.
    """
    for rule in org.world.setting(SYSTEM, "duplicate_rules") or []:
        if rule["kind"] != change.kind.name or not change.moved(*rule["fields"]):
            continue
        blocks = rule.get("action", "Block") == "Block"
        found = _alike(org, change, rule["fields"])
        if found and (blocks or not change.author.allow_duplicates):
            raise _duplicates(change, rule, found, allow_save=not blocks)


def _alike(org: Org, change: Change, fields: list[str]) -> list[Record]:
    if any(change.new.get(name) is None for name in fields):
        return []
    first, *rest = fields
    return [
        other
        for other in org.all_with(change.kind.name, first, change.new[first])
        if other["Id"] != change.key
        and all(str(other.get(f)).casefold() == str(change.new[f]).casefold() for f in rest)
    ]


def _duplicates(
    change: Change, rule: Mapping[str, Any], found: list[Record], *, allow_save: bool
) -> RefusedError:
    message = rule.get("message", "Use one of these records?")
    name = rule.get("name", f"Standard_{change.kind.name}_Duplicate_Rule")
    result = {
        "allowSave": allow_save,
        "duplicateRule": name,
        "duplicateRuleEntityType": change.kind.name,
        "errorMessage": message,
        "matchResults": [
            {
                "entityType": change.kind.name,
                "errors": [],
                "matchEngine": "ExactMatchEngine",
                "matchRecords": [_match(change, other, rule["fields"]) for other in found],
                "rule": name,
                "size": len(found),
                "success": True,
            }
        ],
    }
    return RefusedError("DUPLICATES_DETECTED", message, more={"duplicateResult": result})


def _match(change: Change, other: Record, fields: list[str]) -> dict[str, Any]:
    url = f"/services/data/v67.0/sobjects/{change.kind.name}/{other['Id']}"
    shown = {name: other.get(name) for name in fields} if change.author.show_duplicates else {}
    return {
        "additionalInformation": [],
        "fieldDiffs": [],
        "matchConfidence": 100.0,
        "record": {
            "attributes": {"type": change.kind.name, "url": url},
            "Id": other["Id"],
            **shown,
        },
    }

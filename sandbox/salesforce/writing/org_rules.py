"""What stands in a write's way: rows that others hold, and the org's validation rules."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Change

_LOCKED_WITH = ("AccountId", "OpportunityId")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def check_locks(org: Org, change: Change) -> None:
    """Raise UNABLE_TO_LOCK_ROW where somebody else is writing the record or the one above it.

    That is another call that is not yet answered, or one that the setting `locked_rows` tells of:
    how many more times each id is found locked.
    """
    before = change.old or {}
    above = [one.get(name) for one in (change.new, before) for name in _LOCKED_WITH]
    touched = dict.fromkeys(str(key) for key in [change.key, *above] if key)
    locks: dict[str, int] = org.world.setting(SYSTEM, "locked_rows") or {}
    for key in touched:
        if left := locks.get(key, 0):
            org.world.set_setting(SYSTEM, "locked_rows", {**locks, key: left - 1})
            raise _locked(key)
    if held := org.locks.take(touched):
        raise _locked(held)


def _locked(key: str) -> RefusedError:
    message = f"unable to obtain exclusive access to this record or 1 records: {key}"
    return RefusedError("UNABLE_TO_LOCK_ROW", message, [])


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

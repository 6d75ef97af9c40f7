"""Finds the few records that a condition can hold for, so that the others are never looked at."""

from collections.abc import Iterable

from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import TEXTS, Field
from sandbox.salesforce.soql.conditions import Conditions
from sandbox.salesforce.soql.literals import Span, meant
from sandbox.salesforce.soql.syntax import (
    Both,
    Comparison,
    Condition,
    Either,
    Membership,
    Query,
    Value,
)

_EARLIEST, _LATEST = "", ""  # an open end


def candidates(
    org: Org, kind: str, query: Query, conditions: Conditions, condition: Condition | None
) -> list[str] | None:
    """The ids of records that may fulfil the condition, in no order; None where it may be any."""
    finder = _Finder(org, kind, query, conditions)
    return finder.ids(condition) if condition else None


class _Finder:
    def __init__(self, org: Org, kind: str, query: Query, conditions: Conditions) -> None:
        self._org, self._kind, self._query, self._conditions = org, kind, query, conditions

    def ids(self, condition: Condition) -> list[str] | None:
        if isinstance(condition, Both):
            return self._both(condition)
        if isinstance(condition, Either):
            parts = [self.ids(part) for part in condition.parts]
            found = [part for part in parts if part is not None]
            return list(_union(found)) if len(found) == len(parts) else None
        if isinstance(condition, Membership):
            return self._membership(condition)
        if isinstance(condition, Comparison):
            return self._comparison(condition)
        return None

    def _both(self, condition: Both) -> list[str] | None:
        """The fewest that one of the parts alone leaves, or those of the time that all mean."""
        found = [ids for ids in map(self.ids, condition.parts) if ids is not None]
        stamps = self._stamps([part for part in condition.parts if isinstance(part, Comparison)])
        if stamps is not None:
            found.append(stamps)
        return min(found, key=len, default=None)

    def _comparison(self, condition: Comparison) -> list[str] | None:
        field = self._own(condition)
        if field and _indexed(field) and condition.sign == "=":
            return self._with(field, [condition.value])
        return self._stamps([condition])

    def _membership(self, condition: Membership) -> list[str] | None:
        field = self._own(condition)
        if field is None or condition.negated or condition.query or not _indexed(field):
            return None
        return self._with(field, condition.values)

    def _own(self, condition: Comparison | Membership) -> Field | None:
        found = self._conditions.field(condition.path)
        return found.field if found.own else None

    def _with(self, field: Field, values: Iterable[Value]) -> list[str]:
        wanted = {meant(self._org, self._query, field, value) for value in values}
        if field.name == "Id":
            return [str(key) for key in wanted if key]
        return list(_union(self._org.ids_with(self._kind, field.name, one) for one in wanted))

    def _stamps(self, parts: list[Comparison]) -> list[str] | None:
        """The ids stamped within the time that all parts together leave."""
        first, last = _EARLIEST, _LATEST
        for part in parts:
            field = self._own(part)
            if field is None or field.name != "SystemModstamp" or part.value.sort == "null":
                continue
            wanted = meant(self._org, self._query, field, part.value)
            low, high = wanted if isinstance(wanted, Span) else (wanted, wanted)
            if part.sign in ("=", ">", ">="):
                first = max(first, low)
            if part.sign in ("=", "<", "<="):
                last = min(last, high) if last else high
        if not first and not last:
            return None
        return list(self._org.by_stamp(self._kind).between(first, last))


def _indexed(field: Field) -> bool:
    """Whether its values are worth an index: not those that many records share."""
    if field.type in ("id", "reference"):
        return True
    return field.type in TEXTS and field.type not in ("picklist", "combobox", "textarea")


def _union(lists: Iterable[Iterable[str]]) -> Iterable[str]:
    return dict.fromkeys(key for keys in lists for key in keys)

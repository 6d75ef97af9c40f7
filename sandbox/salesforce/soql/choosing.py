"""Chooses the records that a query asks for, and puts them in order."""

from collections.abc import Callable, Iterable
from typing import Any

from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.soql.candidates import candidates
from sandbox.salesforce.soql.conditions import Conditions
from sandbox.salesforce.soql.currencies import in_own
from sandbox.salesforce.soql.paths import find, find_kind
from sandbox.salesforce.soql.places import refused_at
from sandbox.salesforce.soql.syntax import Column, Path, Query, Total
from sandbox.salesforce.writing.bin import gone_for_good
from sandbox.store import Record

Seen = Callable[[Record], bool]


def choose(org: Org, kind: Kind, query: Query, *, deleted: bool) -> list[Record]:
    """The records that fulfil a query's condition, in its order, within its limits."""
    found = matching(org, kind, query, deleted=deleted)
    return cut(ordered(org, kind, query, found), query)


def matching(
    org: Org, kind: Kind, query: Query, *, deleted: bool, among: Iterable[str] | None = None
) -> list[Record]:
    """The records that fulfil a query's condition, by their ids; `among` names the only ones."""
    conditions = Conditions(org, kind, query, lambda inner: _values(org, inner, deleted=deleted))
    test = conditions.test(query.where) if query.where else None
    if among is None:
        among = candidates(org, kind.name, query, conditions, query.where)
    table = org.table(kind.name)
    records = table.values() if among is None else (table[key] for key in among if key in table)
    seen = visible(org, deleted=deleted)
    found = [record for record in records if seen(record) and (test is None or test(record))]
    return sorted(found, key=lambda record: str(record["Id"]))


def visible(org: Org, *, deleted: bool) -> Seen:
    """Whether a query sees a record; those in the recycle bin only where it asks for deleted."""

    def seen(record: Record) -> bool:
        if not record.get("IsDeleted"):
            return True
        return deleted and not gone_for_good(org, record["Id"])

    return seen


def ordered(org: Org, kind: Kind, query: Query, records: list[Record]) -> list[Record]:
    """The records as ORDER BY wants them. Raises INVALID_FIELD."""
    for order in reversed(query.order):
        if isinstance(order.what, Total):
            reason = "Aggregates can be sorted by only where there are groups"
            raise refused_at(query.text, order.what.place, "MALFORMED_QUERY", reason)
        value = _sorter(org, kind, query, order.what)
        nulls = order.nulls_last != order.descending

        def key(record: Record, value: Any = value, nulls: bool = nulls) -> tuple[bool, Any]:
            return rank(value(record), nulls_last=nulls)

        records = sorted(records, key=key, reverse=order.descending)
    return records


def rank(value: Any, *, nulls_last: bool) -> tuple[bool, Any]:
    """What a value is sorted by: texts without their case, and nothing before or after all."""
    if value is None:
        return nulls_last, ""
    return not nulls_last, value.casefold() if isinstance(value, str) else value


def cut(records: list[Any], query: Query) -> list[Any]:
    """The part that OFFSET and LIMIT leave."""
    end = None if query.limit is None else query.offset + query.limit
    return records[query.offset : end]


def _sorter(org: Org, kind: Kind, query: Query, path: Path) -> Callable[[Record], Any]:
    found = find(org, kind, path, query)
    if not found.field.comparable:
        reason = f"field '{path}' can not be sorted in a query call"
        raise refused_at(query.text, path.place, "INVALID_FIELD", reason)
    return lambda record: in_own(org, found, record)


def _values(org: Org, query: Query, *, deleted: bool) -> Iterable[Any]:
    """The values of a semi-join's one field."""
    kind = find_kind(org, query)
    column = query.items[0]
    if len(query.items) != 1 or not isinstance(column, Column):
        reason = "Only a single field may be selected in an inner select"
        raise refused_at(query.text, query.source_place, "MALFORMED_QUERY", reason)
    found = find(org, kind, column.path, query)
    return [found.value(org, record) for record in choose(org, kind, query, deleted=deleted)]

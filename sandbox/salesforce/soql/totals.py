"""Answers queries that ask for counts, sums and the like."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.salesforce.numbers import on_the_wire, rounded
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import NUMBERS, Kind
from sandbox.salesforce.soql.choosing import cut, matching, rank
from sandbox.salesforce.soql.currencies import PLACES, in_own
from sandbox.salesforce.soql.paths import Found, find
from sandbox.salesforce.soql.places import refused_at
from sandbox.salesforce.soql.syntax import Column, Order, Path, Query, Total
from sandbox.store import Record

_FOLD: dict[str, Callable[[list[Any]], Any]] = {
    "COUNT": len,
    "COUNT_DISTINCT": lambda values: len(set(values)),
    "MIN": lambda values: min(values, default=None),
    "MAX": lambda values: max(values, default=None),
    "SUM": lambda values: sum(values, Decimal(0)) if values else None,
    "AVG": lambda values: sum(values, Decimal(0)) / len(values) if values else None,
}


def total(org: Org, kind: Kind, query: Query, *, deleted: bool) -> list[Record] | int:
    """One row for each group as the wire shows it; the bare number for `COUNT()`.

    Raises MALFORMED_QUERY or INVALID_FIELD.
    """
    records = matching(org, kind, query, deleted=deleted)
    first = query.items[0]
    if isinstance(first, Total) and first.path is None:
        if len(query.items) > 1 or query.group:
            raise refused_at(query.text, first.place, "MALFORMED_QUERY", "COUNT() stands alone")
        return len(cut(records, query))
    answer = _Answer(org, kind, query)
    groups = answer.groups(records)
    rows = [(group, answer.row(*group)) for group in groups.items()]
    for order in reversed(query.order):
        value = answer.sorter(order)
        nulls = order.nulls_last != order.descending
        rows.sort(
            key=lambda row, value=value, nulls=nulls: rank(value(*row[0]), nulls_last=nulls),  # type: ignore[misc]
            reverse=order.descending,
        )
    return [row for _, row in cut(rows, query)]


class _Answer:
    def __init__(self, org: Org, kind: Kind, query: Query) -> None:
        self._org, self._kind, self._query = org, kind, query
        self._grouped = [find(org, kind, path, query) for path in query.group]

    def groups(self, records: list[Record]) -> dict[tuple[Any, ...], list[Record]]:
        """The records by the values that they are grouped by."""
        found: dict[tuple[Any, ...], list[Record]] = {} if self._grouped else {(): []}
        for record in records:
            key = tuple(one.value(self._org, record) for one in self._grouped)
            found.setdefault(key, []).append(record)
        return found

    def row(self, group: tuple[Any, ...], records: list[Record]) -> Record:
        """One row of the answer."""
        made: Record = {"attributes": {"type": "AggregateResult"}}
        number = 0
        for item in self._query.items:
            if isinstance(item, Column):
                name = item.alias or item.path.steps[-1]
                made[name] = _wire(group[self._place(item.path)])
            elif isinstance(item, Total) and item.path:
                name = item.alias or f"expr{number}"
                number += not item.alias
                made[name] = _wire(self._fold(item, records))
            else:
                raise refused_at(self._query.text, self._query.source_place, "MALFORMED_QUERY",
                                 "Groups show grouped fields and totals alone")  # fmt: skip
        return made

    def sorter(self, order: Order) -> Callable[[tuple[Any, ...], list[Record]], Any]:
        """What a group is sorted by."""
        what = order.what
        if isinstance(what, Total):
            return lambda group, records: self._fold(what, records)
        place = self._place(what)
        return lambda group, records: group[place]

    def _place(self, path: Path) -> int:
        found = find(self._org, self._kind, path, self._query)
        if found not in self._grouped:
            reason = f"Field must be grouped or aggregated: {path}"
            raise refused_at(self._query.text, path.place, "MALFORMED_QUERY", reason)
        return self._grouped.index(found)

    def _fold(self, item: Total, records: list[Record]) -> Any:
        if item.path is None:
            return len(records)
        found = find(self._org, self._kind, item.path, self._query)
        self._check(item, item.path, found)
        values = (in_own(self._org, found, record) for record in records)
        return _FOLD[item.function]([value for value in values if value is not None])

    def _check(self, item: Total, path: Path, found: Found) -> None:
        of_numbers = item.function in ("SUM", "AVG")
        wrong = of_numbers and found.field.type not in (*NUMBERS, "int")
        if wrong or found.field.long or found.field.type in ("boolean", "address"):
            reason = f"field {path} does not support aggregate operator {item.function}"
            raise refused_at(self._query.text, item.place, "MALFORMED_QUERY", reason)


def _wire(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    return on_the_wire(value if _is_short(value) else rounded(value, PLACES))


def _is_short(value: Decimal) -> bool:
    return int(value.as_tuple().exponent) >= -PLACES

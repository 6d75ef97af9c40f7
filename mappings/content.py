"""The content of a version as data: every row by its place, compared, changed and made rules.

A content is `{"fields": {target: parts}, "rows": [row, …]}`. Its places are `field:date`,
`row:12` and `order:status`, the keys of a table's rows in the order in which they are tried. Such
a row has its `table`, `name`, `value`, `conditions` and `active`; in a content also its `key`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Content = dict[str, Any]
Places = dict[str, Any]
EMPTY: Content = {"fields": {}, "rows": []}
FIELD, ROW, ORDER = "field:", "row:", "order:"


@dataclass(frozen=True)
class Difference:
    """One place at which two contents differ; None where it is not there."""

    place: str
    before: Any
    after: Any


def places(content: Mapping[str, Any]) -> Places:
    """Return everything that the content says, by place."""
    found: Places = {f"{FIELD}{target}": parts for target, parts in content["fields"].items()}
    for row in content["rows"]:
        found[f"{ROW}{row['key']}"] = {name: row[name] for name in row if name != "key"}
        found.setdefault(f"{ORDER}{row['table']}", []).append(row["key"])
    return found


def content_of(found: Mapping[str, Any]) -> Content:
    """Return the content whose places these are; a row that no order names comes last."""
    rows = {p.removeprefix(ROW): row for p, row in found.items() if p.startswith(ROW)}
    orders = [order for place, order in found.items() if place.startswith(ORDER)]
    keys = dict.fromkeys([*(key for order in orders for key in order), *rows])
    return {
        "fields": {p.removeprefix(FIELD): v for p, v in found.items() if p.startswith(FIELD)},
        "rows": [{"key": key, **rows[key]} for key in keys if key in rows],
    }


def changed(content: Mapping[str, Any], changes: Iterable[Difference]) -> Content:
    """Return the content with these changes made."""
    found = places(content)
    for change in changes:
        if change.place.startswith(ORDER):
            found[change.place] = merged_order(found.get(change.place, []), change.after or [])
        elif change.after is None:
            found.pop(change.place, None)
        else:
            found[change.place] = change.after
    return content_of(found)


def merged_order(now: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the wanted order; keys that it does not know stay behind those they stand behind."""
    result = list(wanted)
    for place, key in enumerate(now):
        if key not in wanted:
            above = now[place - 1] if place else None
            result.insert(result.index(above) + 1 if above in result else 0, key)
    return result


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return each place at which the second content says something else."""
    old, new = places(before), places(after)
    return [
        Difference(place, old.get(place), new.get(place))
        for place in dict.fromkeys([*old, *new])
        if not same(place, old.get(place), new.get(place))
    ]


def same(place: str, one: Any, other: Any) -> bool:
    """Return whether a place says the same; an order, of the rows that both have."""
    if not place.startswith(ORDER):
        return bool(one == other)
    one, other = one or [], other or []
    return [key for key in one if key in other] == [key for key in other if key in one]


def mark(value: Any) -> str:
    """Return a short mark of a value, by which a later change of it is noticed."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

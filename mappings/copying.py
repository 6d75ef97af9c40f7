"""Copying rows from one pair to another: what the draft would say then."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from mappings.content import Content

FIELDS = "fields"


def copied(now: Content, theirs: Mapping[str, Any], parts: Collection[str]) -> Content:
    """Return a content whose chosen parts say what another pair's say; `parts` names tables.

    A row of the same name and conditions stays itself and takes the other's value. Rows that the
    other pair does not have are put out of use.
    """
    fields = dict(now["fields"])
    if FIELDS in parts:
        known = theirs["fields"].items()
        fields |= {target: dict(row) for target, row in known if target in fields}
    tables = dict.fromkeys(row["table"] for row in (*now["rows"], *theirs["rows"]))
    rows: list[dict[str, Any]] = []
    for table in tables:
        own = [row for row in now["rows"] if row["table"] == table]
        other = [row for row in theirs["rows"] if row["table"] == table]
        rows += _table(own, other) if table in parts else own
    return {"fields": fields, "rows": rows}


def _table(own: list[dict[str, Any]], other: list[dict[str, Any]]) -> list[dict[str, Any]]:
    left = list(own)
    found = []
    for number, theirs in enumerate(other):
        mine = next((row for row in left if _same(row, theirs)), None)
        if mine is not None:
            left.remove(mine)
        key = mine["key"] if mine else f"n{theirs['table']}{number}"
        found.append({**theirs, "key": key})
    return found + [{**row, "active": False} for row in left]


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two rows are about the same: what they give may differ."""
    return bool(one["name"] == other["name"] and one["conditions"] == other["conditions"])

"""Routing rows as sheets, CSV and XLSX: one line a row, pairs by their names, read back whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connections.models import Connection
from mappings import routing, sheet_files, sheets, words
from mappings.content import Content
from mappings.routing import Row
from mappings.routing_draft import as_content, rows_of_content
from mappings.sheet_files import NO, YES, Unreadable
from mappings.sheets import CONDITIONS

HEADINGS = (
    "kind",
    "row",
    *(f"{part} {n}" for n in CONDITIONS for part in ("when field", "comparison", "value")),
    "belongs to",
    "what it is called",
    "in use",
)
NEEDED = ("kind", "row", "belongs to", "in use")
SAID: Mapping[str, str] = {
    routing.ASK: "ask",
    routing.NONE: "none",
    routing.OF_ACCOUNT: "as its account",
}


def lines_of(connection: Connection, rows: Iterable[Row]) -> list[dict[str, str]]:
    """Return rows as lines by heading, in their order."""
    names = {str(pair.pk): pair.name for pair in routing.pairs_of(connection)}
    return [_line(row, names) for row in rows]


def _line(row: Row, names: Mapping[str, str]) -> dict[str, str]:
    line = {
        "kind": row["kind"],
        "row": row["key"],
        "belongs to": SAID.get(row["value"]) or names.get(row["value"], row["value"]),
        "what it is called": row["name"],
        "in use": YES if row["active"] else NO,
    }
    for number, condition in enumerate(row["conditions"], start=1):
        line |= {
            f"when field {number}": condition["path"],
            f"comparison {number}": words.OPERATORS.get(
                condition["operator"], condition["operator"]
            ),
            f"value {number}": condition["value"],
        }
    return line


def write(kind: str, connection: Connection, rows: Iterable[Row]) -> bytes:
    """Return rows as a file, `csv` or `xlsx`; no cell can be taken for a formula."""
    return sheet_files.write(kind, lines_of(connection, rows), HEADINGS)


def read(name: str, file: bytes) -> list[dict[str, str]]:
    """Return the lines of a file by heading; raises Unreadable."""
    return sheet_files.read(name, file, NEEDED)


def wanted(
    connection: Connection, now: Sequence[Row], lines: Sequence[Mapping[str, str]]
) -> tuple[list[Row], list[str]]:
    """Return the rows that a sheet makes of others, and what is wrong with its lines.

    Rows that the sheet does not name stay; one without a key, or with an unknown one, is new.
    """
    before: Content = as_content(now)
    rows = {row["key"]: dict(row) for row in before["rows"]}
    orders: dict[str, list[str]] = {}
    faults: list[str] = []
    pairs = _pairs(connection)
    said: set[str] = set()
    for number, line in enumerate(lines, start=2):  # the headings are the first line
        if not any(line.values()):
            continue
        try:
            _refuse_twice(said, line.get("row", "").strip())
            row = _row(connection, (pairs, rows), line, number)
        except Unreadable as error:
            faults.append(f"Line {number}: {error}")
            continue
        rows[row["key"]] = row
        orders.setdefault(row["table"], []).append(row["key"])
    made = {"fields": {}, "rows": sheets.in_order(before, rows, orders)}
    return rows_of_content(made), faults


def _refuse_twice(said: set[str], key: str) -> None:
    if key and key in said:
        raise Unreadable(f"Row {key} stands there twice.")
    said.add(key)


def _pairs(connection: Connection) -> dict[str, str]:
    """Return what may stand under “belongs to”, in small letters, with what it means."""
    found = {told.casefold(): value for value, told in SAID.items()}
    for pair in routing.pairs_of(connection):
        found |= {str(pair.pk): str(pair.pk), pair.name.casefold(): str(pair.pk)}
    return found


def _row(
    connection: Connection,
    known: tuple[Mapping[str, str], Mapping[str, Mapping[str, Any]]],
    line: Mapping[str, str],
    number: int,
) -> dict[str, Any]:
    pairs, rows = known
    kind, key = line.get("kind", "").strip(), line.get("row", "").strip()
    if kind not in routing.kinds_of(connection):
        kinds = " or ".join(routing.kinds_of(connection))
        raise Unreadable(f"“{kind}” cannot stand under “kind”: it is {kinds}.")
    said = line.get("belongs to", "").strip()
    if said.casefold() not in pairs:
        raise Unreadable(f"“{said}” under “belongs to” is no pair, nor ask or none.")
    row = rows.get(key)
    if row is not None and row["table"] != kind:
        raise Unreadable(f"Row {key} is one of another kind.")
    return {
        "key": key if row else f"n{number:04}",
        "table": kind,
        "name": line.get("what it is called", "").strip()[:200],
        "value": pairs[said.casefold()],
        "conditions": [found for n in CONDITIONS if (found := sheets.condition_of(line, n))],
        "active": sheets.in_use(line),
    }

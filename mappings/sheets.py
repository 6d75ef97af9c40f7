"""Mappings as sheets, CSV and XLSX: one line a row, safe to open, and read back without loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connections.models import Pair
from mappings import checking, sheet_files, words
from mappings.content import Content
from mappings.sheet_files import CONTROL, LARGEST, NO, TYPES, YES, Unreadable, read
from sync.core.flow import Flow

__all__ = ["CONTROL", "LARGEST", "NO", "TYPES", "YES", "Unreadable", "read"]
FIELDS = "fields"
MADE_FOR = "made for"
"""The column that says of which mapping the rows are: their numbers mean others elsewhere."""
CONDITIONS = range(1, checking.MOST_CONDITIONS + 1)
HEADINGS = (
    "table",
    "row",
    "Salesforce field",
    "how",
    "with",
    "who owns it",
    "if empty",
    *(f"{part} {n}" for n in CONDITIONS for part in ("when field", "comparison", "value")),
    "gives",
    "what it is for",
    "in use",
    MADE_FOR,
)


def lines_of(flow: Flow, said: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return a content as lines by heading, the fields first, then each table in its order."""
    found = []
    for rule in flow.fields:
        parts = said["fields"].get(rule.target)
        if parts is not None:
            found.append(
                {
                    "table": FIELDS,
                    "row": rule.target,
                    "Salesforce field": parts["source"],
                    "how": words.TRANSFORMS.get(parts["transform"], parts["transform"]),
                    "with": parts["argument"],
                    "who owns it": words.OWNERS[parts["owner"]],
                    "if empty": words.EMPTY[parts["empty"]],
                    "in use": YES if parts["active"] else NO,
                }
            )
    return [*found, *(_line_of(row) for row in said["rows"])]


def _line_of(row: Mapping[str, Any]) -> dict[str, str]:
    line = {
        "table": row["table"],
        "row": row["key"],
        "gives": row["value"],
        "what it is for": row["name"],
        "in use": YES if row["active"] else NO,
    }
    for number, condition in enumerate(row["conditions"], start=1):
        line |= {
            f"when field {number}": condition["path"],
            f"comparison {number}": words.OPERATORS[condition["operator"]],
            f"value {number}": condition["value"],
        }
    return line


def named(pair: Pair, flow: Flow) -> str:
    """Return the words by which a sheet is known as one of this pair and flow."""
    return f"{pair.name}, {flow.key}, {pair.pk}-{pair.xero.organisation_id[:8]}"


def write(
    kind: str, lines: Iterable[Mapping[str, str]], headings: Sequence[str] = HEADINGS
) -> bytes:
    """Return the lines as a file, `csv` or `xlsx`; no cell can be taken for a formula."""
    return sheet_files.write(kind, lines, headings)


def wanted(
    flow: Flow, now: Content, lines: Sequence[Mapping[str, str]]
) -> tuple[Content, list[str]]:
    """Return the content that a sheet makes of another, and what is wrong with its lines.

    Rows that the sheet does not name stay; one without a key, or with an unknown one, is new.
    """
    fields = {target: dict(parts) for target, parts in now["fields"].items()}
    rows = {row["key"]: dict(row) for row in now["rows"]}
    orders: dict[str, list[str]] = {}
    faults: list[str] = []
    said: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, start=2):  # the headings are the first line
        if not any(line.values()):
            continue
        try:
            _refuse_twice(said, line)
            if line.get("table", "").strip() == FIELDS:
                target, parts = _field(fields, line)
                fields[target] = parts
            else:
                row = _row(flow, rows, line, number)
                rows[row["key"]] = row
                orders.setdefault(row["table"], []).append(row["key"])
        except Unreadable as error:
            faults.append(f"Line {number}: {error}")
    return {"fields": fields, "rows": in_order(now, rows, orders)}, faults


def _refuse_twice(said: set[tuple[str, str]], line: Mapping[str, str]) -> None:
    row = line.get("table", "").strip(), line.get("row", "").strip()
    if row in said and row[1]:
        raise Unreadable(f"Row {row[1]} of “{row[0]}” stands there twice.")
    said.add(row)


def _field(
    fields: Mapping[str, Mapping[str, Any]], line: Mapping[str, str]
) -> tuple[str, dict[str, Any]]:
    target = line.get("row", "").strip()
    if target not in fields:
        raise Unreadable(f"“{target}” is no field of this flow.")
    parts = dict(fields[target])
    parts["source"] = line.get("Salesforce field", parts["source"]).strip()
    parts["transform"] = _one_of(words.TRANSFORMS, line, "how", parts["transform"])
    parts["argument"] = line.get("with", parts["argument"])
    parts["owner"] = _one_of(words.OWNERS, line, "who owns it", parts["owner"])
    parts["empty"] = _one_of(words.EMPTY, line, "if empty", parts["empty"])
    parts["active"] = in_use(line)
    return target, parts


def _row(
    flow: Flow, rows: Mapping[str, Mapping[str, Any]], line: Mapping[str, str], number: int
) -> dict[str, Any]:
    table, key = line.get("table", "").strip(), line.get("row", "").strip()
    if table not in words.tables_of(flow):
        raise Unreadable(f"“{table}” is no table of this flow.")
    known = rows.get(key)
    if known is not None and known["table"] != table:
        raise Unreadable(f"Row {key} belongs to another table.")
    conditions = [found for n in CONDITIONS if (found := condition_of(line, n))]
    return {
        "key": key if known else f"n{number:04}",
        "table": table,
        "name": line.get("what it is for", "").strip()[:200],
        "value": line.get("gives", "").strip(),
        "conditions": conditions,
        "active": in_use(line),
    }


def condition_of(line: Mapping[str, str], number: int) -> dict[str, str] | None:
    """Return the condition of a number that a line has, or None; raises Unreadable."""
    path = line.get(f"when field {number}", "").strip()
    value = line.get(f"value {number}", "").strip()
    if not path and not value:
        return None
    operator = _one_of(words.OPERATORS, line, f"comparison {number}", "is")
    return {"path": path, "operator": operator, "value": value}


def _one_of(known: Mapping[str, str], line: Mapping[str, str], heading: str, now: str) -> str:
    """Return the name of what a cell says, by its words or by its own name."""
    said = line.get(heading, "").strip().casefold()
    if not said:
        return now
    for name, told in known.items():
        if said in (name.casefold(), told.casefold()):
            return name
    raise Unreadable(f"“{line[heading]}” cannot stand under “{heading}”.")


def in_use(line: Mapping[str, str]) -> bool:
    """Return whether a line's row is in use; raises Unreadable."""
    said = line.get("in use", "").strip().casefold()
    if said in (YES, "true", "1", ""):
        return True
    if said in (NO, "false", "0"):
        return False
    raise Unreadable(f"“{line['in use']}” under “in use” is neither yes nor no.")


def in_order(
    now: Content, rows: Mapping[str, dict[str, Any]], orders: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """Return the rows, those of a table that the sheet names in the order of the sheet."""
    found: list[dict[str, Any]] = []
    for table in dict.fromkeys([*(row["table"] for row in now["rows"]), *orders]):
        before = [row["key"] for row in now["rows"] if row["table"] == table]
        after = iter(orders.get(table, []))
        moved = set(orders.get(table, []))
        keys = [next(after) if key in moved else key for key in before]
        found += [rows[key] for key in dict.fromkeys([*keys, *after])]
    return found

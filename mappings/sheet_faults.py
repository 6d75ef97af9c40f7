"""Which line of a sheet each fault is in, where one line has it by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from connections.models import Connection
from mappings import routing_faults
from mappings.content import Content
from mappings.routing import Row
from mappings.rules import rules_of, table_row
from mappings.sheets import FIELDS
from sync.core.flow import Flow, RuleSet

Lines = Sequence[Mapping[str, str]]
Found = Iterator[tuple[int, Sequence[str]]]
"""The number of a line, and what is wrong with its row alone."""


def of_mapping(
    flow: Flow,
    made: Content,
    lines: Lines,
    faults: Sequence[str],
    check: Callable[[RuleSet], Sequence[str]],
) -> list[str]:
    """Return the faults of what a mapping's sheet makes, each with its line: “Line 7: …”."""
    return _told(faults, _of_mapping(flow, made, lines, check)) if faults else []


def of_routing(
    connection: Connection,
    made: Sequence[Row],
    lines: Lines,
    faults: Sequence[str],
    check: Callable[[Sequence[Row]], Sequence[str]],
) -> list[str]:
    """Return the faults of what a sheet of routing rows makes, each with its line."""
    return _told(faults, _of_routing(connection, made, lines, check)) if faults else []


def _told(faults: Sequence[str], found: Found) -> list[str]:
    where: dict[str, list[int]] = {}
    for number, alone in found:
        for fault in dict.fromkeys(alone):
            where.setdefault(fault, []).append(number)
    told: list[str] = []
    for fault in dict.fromkeys(faults):
        told += [f"Line {number}: {fault}" for number in where.get(fault, [])] or [fault]
    return told


def _of_mapping(
    flow: Flow, made: Content, lines: Lines, check: Callable[[RuleSet], Sequence[str]]
) -> Found:
    rules = {rule.target: rule for rule in rules_of(flow, made).fields}
    rows = {row["key"]: row for row in made["rows"] if row["active"]}
    always = set(check(RuleSet((), ())))
    for number, line in enumerate(lines, start=2):
        row = rows.get(_key(line, number, rows))
        rule = rules.get(line.get("row", "").strip())
        if line.get("table", "").strip() == FIELDS:
            alone = RuleSet((rule,), ()) if rule else RuleSet((), ())
        else:
            alone = RuleSet((), (table_row(row),) if row else ())
        yield number, [fault for fault in check(alone) if fault not in always]


def _of_routing(
    connection: Connection,
    made: Sequence[Row],
    lines: Lines,
    check: Callable[[Sequence[Row]], Sequence[str]],
) -> Found:
    rows = {row["key"]: row for row in made}
    never = routing_faults.unreached(made)
    for number, line in enumerate(lines, start=2):
        row = rows.get(_key(line, number, rows))
        if row is not None:
            behind = [routing_faults.told(connection, row, f) for f in [never.get(row["key"])] if f]
            yield number, [*check([row]), *behind]


def _key(line: Mapping[str, str], number: int, known: Collection[str]) -> str:
    """Return the key that the row of a line has: its own, or that of a new one."""
    own = line.get("row", "").strip()
    return own if own in known else f"n{number:04}"

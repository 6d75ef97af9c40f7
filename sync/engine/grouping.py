"""Grouping: in which order and in which calls the rows of the outbox are sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sync.core.records import System
from sync.models import Write

FRESH = {System.XERO: 400, System.SALESFORCE: 600}
"""Rows that are sent after one look whether their records moved: 8 and 3 calls."""


def stages(rows: Iterable[Write]) -> Iterator[list[Write]]:
    """Yield the rows in the order of their needs; what changes in Salesforce is written last."""
    every = list(rows)
    lower = {row.key for row in every if row.needs}
    found: dict[int, list[Write]] = {0: [], 1: [], 2: [], 3: [], 4: []}
    for row in every:
        made = row.verb == "create"
        own = 0 if row.system == System.XERO else 1 if made else 4
        needed = 3 if lower.intersection(row.needs.values()) else 2
        found[needed if row.needs else own].append(row)
    yield from found.values()


def parts(rows: Iterable[Write]) -> Iterator[list[Write]]:
    """Yield so many rows that what they were planned on is still fresh when the last is sent."""
    ordered = sorted(rows, key=lambda row: (row.system, row.kind, row.verb))
    for system, alike in groupby(ordered, key=lambda row: row.system):
        ours, size = list(alike), FRESH[System(system)]
        for start in range(0, len(ours), size):
            yield ours[start : start + size]


def groups(rows: Sequence[tuple[Write, int]]) -> Iterator[list[Write]]:
    """Yield calls: rows of one system, kind and verb, as many as one call may carry."""
    open_groups: dict[tuple[str, str, str, bool], list[Write]] = {}
    for row, size in rows:
        alike = (row.system, row.kind, row.verb, row.despite_duplicates)
        group = open_groups.setdefault(alike, [])
        group.append(row)
        if len(group) >= size:
            yield open_groups.pop(alike)
    yield from open_groups.values()

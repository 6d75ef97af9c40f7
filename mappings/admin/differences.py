"""Differences of two versions as a person reads them: the row, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from mappings import content, words
from mappings.admin import field_lines, sets, value_lines
from mappings.content import FIELD, ORDER, ROW, Difference
from mappings.drafting import Draft
from mappings.models import DraftChange, PublishedRules
from sync.core.flow import Flow, ValueTable


@dataclass(frozen=True)
class Told:
    """One difference in words. `verb` is changed, added, removed or moved."""

    place: str
    where: str
    title: str
    verb: str
    before: str
    after: str
    address: str = ""
    by: str = ""
    at: datetime | None = None
    now: str = ""
    seen: str = ""
    mark: str = ""
    """`seen` is the mark of what is in force at the place, `mark` of what the draft says there."""


@dataclass(frozen=True)
class Telling:
    """Where differences belong, and by key what the rows of the tables are called."""

    pair_id: int
    flow: Flow
    names: Mapping[str, str]

    def told(self, difference: Difference) -> Told:
        """Return one difference in words."""
        if difference.place.startswith(FIELD):
            return _of_field(self, difference)
        if difference.place.startswith(ORDER):
            return _of_order(self, difference)
        return _of_row(self, difference)


SIGNS = {"changed": "~", "added": "+", "removed": "−", "moved": "↕"}


def _of_row(at: Telling, difference: Difference) -> Told:
    before, after = difference.before, difference.after
    parts = after or before or {}
    table = _table(at.flow, parts.get("table", ""))
    key = difference.place.removeprefix(ROW)
    return Told(
        difference.place,
        table.title,
        parts.get("name") or "A row",
        _verb(difference),
        value_lines.in_a_sentence(table, before),
        value_lines.in_a_sentence(table, after),
        sets.table_address(at.pair_id, at.flow.key, table.name) + f"#row-{key}",
    )


def _of_field(at: Telling, difference: Difference) -> Told:
    target = difference.place.removeprefix(FIELD)
    shipped = next((rule for rule in at.flow.fields if rule.target == target), None)

    before, after = difference.before, difference.after

    def sentence(parts: Any) -> str:
        if not parts or shipped is None:
            return ""
        if not (before and after):
            return field_lines.in_words(parts, shipped)
        changed = frozenset(name for name in parts if before.get(name) != after.get(name))
        return field_lines.in_words(parts, shipped, changed)

    return Told(
        difference.place,
        "Fields",
        at.flow.labels.get(target) or words.title_of(target),
        _verb(difference),
        sentence(before),
        sentence(after),
        sets.fields_address(at.pair_id, at.flow.key, target),
    )


def _of_order(at: Telling, difference: Difference) -> Told:
    table = _table(at.flow, difference.place.removeprefix(ORDER))

    def order(keys: Iterable[str]) -> str:
        return ", then ".join(f"“{at.names[key]}”" for key in keys if key in at.names)

    return Told(
        difference.place,
        table.title,
        "The order in which rows are tried",
        "moved",
        order(difference.before or []),
        order(difference.after or []),
        sets.table_address(at.pair_id, at.flow.key, table.name),
    )


def _verb(difference: Difference) -> str:
    if difference.before is None:
        return "added"
    return "removed" if difference.after is None else "changed"


def names_of(*contents: Mapping[str, Any]) -> dict[str, str]:
    """Return by key what people call the rows of the tables."""
    return {row["key"]: row["name"] or row["value"] for said in contents for row in said["rows"]}


def of_draft(draft: Draft, flow: Flow) -> list[Told]:
    """Return what the draft changes, in the order of the screens."""
    now = draft.published.content if draft.published else content.EMPTY
    at = Telling(draft.pair.pk, flow, names_of(now, draft.content))
    found = [_of_change(at, draft, change) for change in draft.told]
    return sorted(found, key=lambda one: (one.where != "Fields", one.where))


def _of_change(at: Telling, draft: Draft, change: DraftChange) -> Told:
    place, in_force = change.place, draft.in_force.get(change.place)
    now = ""
    if draft.overtaken(change):
        known = at.told(Difference(place, in_force, None)) if in_force is not None else None
        now = known.before if known else "not there any more"
    return replace(
        at.told(Difference(place, change.before, change.after)),
        by=change.changed_by,
        at=change.changed_at,
        now=now,
        seen=content.mark(in_force),
        mark=draft.seen(place),
    )


def between(
    pair_id: int, flow: Flow, one: Mapping[str, Any], other: Mapping[str, Any]
) -> list[Told]:
    """Return what the second content says differently."""
    at = Telling(pair_id, flow, names_of(one, other))
    return [at.told(difference) for difference in content.differences(one, other)]


def of_version(pair_id: int, flow: Flow, version: PublishedRules) -> list[Told]:
    """Return the differences that a version keeps against the one before it."""
    kept = [(Difference(d["place"], d["before"], d["after"]), d["by"]) for d in version.differences]
    gone = {
        d.place.removeprefix(ROW): d.before["name"] or d.before["value"]
        for d, _ in kept
        if d.after is None and d.place.startswith(ROW)
    }
    at = Telling(pair_id, flow, {**gone, **names_of(version.content)})
    return [replace(at.told(difference), by=by) for difference, by in kept]


def _table(flow: Flow, name: str) -> ValueTable:
    return words.tables_of(flow).get(name) or ValueTable(name, words.title_of(name))

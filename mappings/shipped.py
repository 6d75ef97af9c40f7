"""The rows that flows come with: copied for each pair, kept up to date, never over an edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.db import transaction
from django.utils import timezone

from connections.models import Pair
from mappings.models import OWN, FieldMapping, MappingRow, ValueRow, by_set, record
from sync.core.flow import FieldRule, Flow, TableRow
from sync.flows.registry import every_flow

BY = "shipped"
WHY = "What Counterpart comes with, brought up to date"
STEP = 10
"""Between the positions of shipped rows, so that a person's row fits in between."""


@dataclass
class _Changes:
    """What is to be written for all pairs and flows at once."""

    new: list[MappingRow] = field(default_factory=list)
    changed: list[MappingRow] = field(default_factory=list)
    moved: list[ValueRow] = field(default_factory=list)
    gone: list[MappingRow] = field(default_factory=list)


def ensure(pair: Pair, flow: Flow | str) -> None:
    """Give the pair the flow's shipped rows; see `ensure_all`."""
    ensure_all([pair], [flow if isinstance(flow, Flow) else every_flow()[flow]])


def ensure_all(pairs: Iterable[Pair] | None = None, flows: Iterable[Flow] | None = None) -> None:
    """Give every pair the shipped rows of every flow, in a handful of queries.

    Missing rows are copied; rows that nobody touched follow what is shipped now; beside an
    edited row the new shipped one is kept as an offer. Repeating it changes nothing.
    """
    chosen = list(every_flow().values() if flows is None else flows)
    with transaction.atomic():
        asked = list(Pair.objects.order_by("pk") if pairs is None else pairs)
        scope = {"pair__in": asked, "flow__in": [flow.key for flow in chosen]}
        fields = by_set(FieldMapping.objects.select_for_update(of=["self"]).filter(**scope))
        values = by_set(
            ValueRow.objects.select_for_update(of=["self"])
            .filter(**scope)
            .order_by("position", "id")
        )
        of_fields, of_values = _Changes(), _Changes()
        for pair, flow in product(asked, chosen):
            key = (pair.pk, flow.key)
            _compare_fields(pair, flow, fields.get(key, []), of_fields)
            _compare_values(pair, flow, values.get(key, []), of_values)
        record(_write(FieldMapping, of_fields) | _write(ValueRow, of_values), BY, WHY)


def _write(model: type[FieldMapping] | type[ValueRow], changes: _Changes) -> set[tuple[int, str]]:
    """Write the changes and return the pairs and flows that they concern."""
    objects: Any = model.objects
    objects.bulk_create(changes.new, ignore_conflicts=True)  # another host may be first
    columns = [*model.EDITED, "active", "shipped_as", "offered", "changed_by", "changed_at"]
    if model is ValueRow:
        columns.append("shipped_name")
    for row in changes.changed:
        row.changed_at = timezone.now()  # whoever has it open must look again
    objects.bulk_update(changes.changed, columns)
    if changes.moved:
        ValueRow.objects.bulk_update(changes.moved, ["position"])
    objects.filter(pk__in=[row.pk for row in changes.gone]).delete()
    every = [*changes.new, *changes.changed, *changes.moved, *changes.gone]
    return {(row.pair_id, row.flow) for row in every}


def field_snapshot(rule: FieldRule) -> dict[str, Any]:
    """Return a shipped rule as it stands in `FieldMapping.shipped_as`."""
    return {
        "source": rule.source,
        "transform": rule.transform,
        "argument": rule.argument,
        "owner": rule.owner.value,
        "empty": rule.empty.value,
        "active": True,
    }


def value_snapshot(row: TableRow) -> dict[str, Any]:
    """Return a shipped row as it stands in `ValueRow.shipped_as`."""
    given = {"name": row.name, "value": row.value, "conditions": _conditions(row)}
    return given | {"active": True}


def _compare_fields(pair: Pair, flow: Flow, rows: list[FieldMapping], changes: _Changes) -> None:
    by_target = {row.target: row for row in rows}
    for rule in flow.fields:
        row, shipped = by_target.pop(rule.target, None), field_snapshot(rule)
        if row is None:
            row = FieldMapping(pair=pair, flow=flow.key, target=rule.target, changed_by=BY)
            row.take(shipped)
            changes.new.append(row)
        else:
            _follow(row, shipped, changes)
    changes.gone += by_target.values()  # the flow has no such field any more


def _compare_values(pair: Pair, flow: Flow, rows: list[ValueRow], changes: _Changes) -> None:
    copies = {(row.table, row.shipped_name): row for row in rows if row.shipped_name != OWN}
    _rename(copies, flow.tables)
    touched_tables = set()
    for table in dict.fromkeys(row.table for row in flow.tables):
        shipped = [row for row in flow.tables if row.table == table]
        touched = _is_touched([row for row in rows if row.table == table], shipped)
        touched_tables |= {table} if touched else set()
        last = 0
        for number, shipped_row in enumerate(shipped, start=1):
            row = copies.pop((table, shipped_row.name), None)
            place = last + 1 if touched else number * STEP
            if row is None:
                row = _new_value_row(pair, flow, shipped_row, place)
                if touched:  # it must not decide before a person has seen it
                    row.active, row.offered = False, value_snapshot(shipped_row)
                changes.new.append(row)
            else:
                _follow(row, value_snapshot(shipped_row), changes)
                if not touched and row.position != place:
                    row.position = place
                    changes.moved.append(row)
            last = row.position
    for row in copies.values():  # they are shipped no longer
        if row.is_edited or row.table in touched_tables:
            row.shipped_name, row.shipped_as, row.offered = OWN, None, None
            changes.changed.append(row)
        else:
            changes.gone.append(row)


def _rename(copies: dict[tuple[str, str], ValueRow], shipped: Sequence[TableRow]) -> None:
    """Let a copy whose name is shipped no longer be that of the new row with its conditions."""
    names = {(row.table, row.name) for row in shipped}
    left = [row for key, row in copies.items() if key not in names]
    for new in shipped:
        same = [row for row in left if _means(row, new)]
        if same and (new.table, new.name) not in copies:
            copies[new.table, new.name] = copies.pop((new.table, same[0].shipped_name))
            same[0].shipped_name = new.name
            left.remove(same[0])


def _means(row: ValueRow, new: TableRow) -> bool:
    was: dict[str, Any] = row.shipped_as or {}
    return row.table == new.table and was.get("conditions") == _conditions(new)


def _conditions(row: TableRow) -> list[dict[str, str]]:
    return [{"path": c.path, "operator": c.operator, "value": c.value} for c in row.when]


def _is_touched(rows: Sequence[ValueRow], shipped: Sequence[TableRow]) -> bool:
    """Return whether a person edited, added or moved a row of this table."""
    if any(row.shipped_as is None or row.is_edited for row in rows):
        return True
    names = {row.name for row in shipped}
    now = [row.shipped_name for row in rows if row.shipped_name in names]
    return now != [row.name for row in shipped if row.name in now]


def _new_value_row(pair: Pair, flow: Flow, shipped: TableRow, position: int) -> ValueRow:
    row = ValueRow(
        pair=pair,
        flow=flow.key,
        table=shipped.table,
        position=position,
        shipped_name=shipped.name,
        changed_by=BY,
    )
    row.take(value_snapshot(shipped))
    return row


def _follow(row: FieldMapping | ValueRow, shipped: Mapping[str, Any], changes: _Changes) -> None:
    """Bring an untouched row up to date; beside an edited one keep what is new as an offer."""
    if (row.offered or row.shipped_as) == shipped:
        return
    if row.is_edited:
        row.offered = None if row.shipped_as == shipped else dict(shipped)
    else:
        row.take(dict(shipped))
        row.changed_by = BY
    changes.changed.append(row)


def shipped_snapshot(row: FieldMapping | ValueRow) -> dict[str, Any] | None:
    """Return what the flow ships for this row today; None for a person's own row."""
    flow = every_flow().get(row.flow)
    if flow is None:
        return None
    if isinstance(row, FieldMapping):
        rules = [rule for rule in flow.fields if rule.target == row.target]
        return field_snapshot(rules[0]) if rules else None
    copies = [r for r in flow.tables if (r.table, r.name) == (row.table, row.shipped_name)]
    return value_snapshot(copies[0]) if copies else None

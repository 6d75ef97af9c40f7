"""The changes that people make to mapping rows, each in one transaction with its count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from mappings.models import FieldMapping, ValueRow, bump
from mappings.shipped import STEP, shipped_snapshot

Row = FieldMapping | ValueRow


class ChangedMeanwhile(Exception):
    """Somebody else saved the row since it was shown; `row` is how it stands now."""

    def __init__(self, row: Any) -> None:
        super().__init__(f"{row.changed_by or 'Somebody'} changed this row meanwhile.")
        self.row = row

    def told(self, now: str) -> str:
        """Return what to tell the person whose values were not saved; `now` is the row in words."""
        return f"{self} Now it says: {now}. Save again to put yours in its place."


def save_row(row: Row, values: Mapping[str, Any], seen: datetime | None, by: str) -> str:
    """Save a person's values and return the change in words, empty when nothing changed.

    `seen` is the row's `changed_at` when it was shown. Raises ChangedMeanwhile.
    """
    with transaction.atomic():
        current = _locked(row)
        if seen is not None and current.changed_at != seen:
            raise ChangedMeanwhile(current)
        change = "; ".join(
            f"{_label(current, name)}: {_told(getattr(current, name))} → {_told(value)}"
            for name, value in values.items()
            if getattr(current, name) != value
        )
        if change:
            for name, value in values.items():
                setattr(current, name, value)
            current.changed_by = by
            current.save()
        return change


def back_to_shipped(row: Row, by: str) -> bool:
    """Make the row what the flow ships today; returns whether there is such a row."""
    with transaction.atomic():
        current = _locked(row)
        shipped = shipped_snapshot(current)
        if shipped is None:
            return False
        current.take(shipped)
        current.changed_by = by
        current.save()
        return True


def keep_own(row: Row, by: str) -> None:
    """Decline the newer shipped row that is offered beside a person's own."""
    with transaction.atomic():
        current = _locked(row)
        if current.offered is not None:
            current.shipped_as, current.offered = current.offered, None
            current.changed_by = by
            current.save()


def add_value_row(row: ValueRow) -> None:
    """Save a new row of a table, before the row for all other cases, which would hide it."""
    with transaction.atomic():
        rows = _table(row)
        rest = [i for i, other in enumerate(rows) if other.active and not other.conditions]
        place = rest[0] if rest and row.conditions else len(rows)
        row.save()
        rows.insert(place, row)
        _renumber(rows)


def move_value_row(row: ValueRow, steps: int, by: str) -> None:
    """Try the row `steps` places later (earlier when negative); the ends stop it."""
    with transaction.atomic():
        rows = _table(row)
        (current,) = (other for other in rows if other.pk == row.pk)
        place = rows.index(current) + steps
        if not 0 <= place < len(rows):
            return
        rows.remove(current)
        rows.insert(place, current)
        _renumber(rows)
        ValueRow.objects.filter(pk=row.pk).update(changed_by=by)
        bump([(row.pair_id, row.flow)])


def _table(row: ValueRow) -> list[ValueRow]:
    return list(
        ValueRow.objects.select_for_update()
        .filter(pair_id=row.pair_id, flow=row.flow, table=row.table)
        .order_by("position", "id")
    )


def _renumber(rows: Sequence[ValueRow]) -> None:
    for number, row in enumerate(rows, start=1):
        row.position = number * STEP
    ValueRow.objects.bulk_update(rows, ["position"])


def _locked(row: Row) -> Any:
    return type(row).objects.select_for_update().get(pk=row.pk)


def _label(row: Row, name: str) -> str:
    return str(getattr(type(row)._meta.get_field(name), "verbose_name", name))


def _told(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(f"{c['path']} {c['operator']} {c['value']}" for c in value) or "always"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{value}”"

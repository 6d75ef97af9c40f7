"""The rows of a pair and flow as the draft has them, for the screens; never to be saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from mappings import content
from mappings.content import FIELD, ORDER, ROW
from mappings.drafting import Draft
from mappings.models import DraftChange, FieldMapping, ValueRow

Row = TypeVar("Row", FieldMapping, ValueRow)


@dataclass(frozen=True)
class Drafted(Generic[Row]):
    """One row with the draft's values, the change that gave them, and what is in force."""

    row: Row
    key: str
    place: str
    seen: str
    change: DraftChange | None = None
    in_force: Any = None
    gone: bool = False
    overtaken: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the row is in the draft alone."""
        return self.in_force is None


def field_rows(draft: Draft) -> dict[str, Drafted[FieldMapping]]:
    """Return the field rows by target; one query."""
    rows = FieldMapping.objects.filter(pair=draft.pair, flow=draft.flow)
    return {row.target: _drafted(draft, row, f"{FIELD}{row.target}", str(row.pk)) for row in rows}


def value_rows(draft: Draft, table: str) -> list[Drafted[ValueRow]]:
    """Return the rows of a table as the draft tries them, those that shall go too; one query."""
    kept = ValueRow.objects.filter(pair=draft.pair, flow=draft.flow, table=table)
    known = {str(row.pk): row for row in kept}
    order, now = f"{ORDER}{table}", draft.places.get(f"{ORDER}{table}", [])
    keys = content.merged_order(draft.in_force.get(order, []), now)
    return [
        _drafted(draft, known.get(key) or _new(draft, table), f"{ROW}{key}", key)
        for key in keys
        if key in known or f"{ROW}{key}" in draft.places
    ]


def blank(draft: Draft, table: str) -> Drafted[ValueRow]:
    """Return an empty row for a table."""
    return Drafted(_new(draft, table), "", "", "")


def _new(draft: Draft, table: str) -> ValueRow:
    return ValueRow(pair=draft.pair, flow=draft.flow, table=table)


def _drafted(draft: Draft, row: Row, place: str, key: str) -> Drafted[Row]:
    change, parts = draft.change(place), draft.places.get(place)
    for name, value in (parts or {}).items():
        setattr(row, name, value)
    return Drafted(
        row,
        key,
        place,
        draft.seen(place),
        change,
        draft.in_force.get(place),
        gone=parts is None,
        overtaken=change is not None and draft.overtaken(change),
    )

"""What people do to rows beside drafting them: how a change is told, and declining an offer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from mappings.models import FieldMapping, ValueRow

Row = FieldMapping | ValueRow


def keep_own(row: Row, by: str) -> None:
    """Decline the newer shipped row that is offered beside a person's own; no rule changes."""
    with transaction.atomic():
        current: Any = type(row).objects.select_for_update().get(pk=row.pk)
        if current.offered is not None:
            current.shipped_as, current.offered = current.offered, None
            current.changed_by = by
            current.save()


def change_in_words(row: Row, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return what a change of a row's parts comes to, part by part."""
    return "; ".join(
        f"{_label(row, name)}: {_told(before.get(name))} → {_told(value)}"
        for name, value in after.items()
        if before.get(name) != value
    )


def _label(row: Row, name: str) -> str:
    return str(getattr(type(row)._meta.get_field(name), "verbose_name", name))


def _told(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(f"{c['path']} {c['operator']} {c['value']}" for c in value) or "always"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"“{value}”"

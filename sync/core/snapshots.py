"""Shared values as typed, versioned JSON, so that a stored amount is never a mere text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

VERSION = 1


def dump(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as plain JSON data with their types; raises TypeError for others."""
    return {"version": VERSION, "values": {name: _wrap(value) for name, value in values.items()}}


def load(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that `dump` wrote; raises ValueError for another version."""
    if not data:
        return {}
    if data.get("version") != VERSION:
        raise ValueError(f"Snapshot of version {data.get('version')!r} cannot be read.")
    return {name: _unwrap(value) for name, value in data["values"].items()}


def _wrap(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("A time without its zone cannot be kept in a snapshot.")
        return {"$": "time", "v": value.astimezone(UTC).isoformat()}
    if isinstance(value, date):
        return {"$": "date", "v": value.isoformat()}
    if isinstance(value, Decimal | int):
        return {"$": "decimal", "v": str(value)}
    if isinstance(value, Mapping):
        return {"$": "map", "v": {str(k): _wrap(v) for k, v in value.items()}}
    if isinstance(value, list | tuple):
        return [_wrap(item) for item in value]
    raise TypeError(f"A {type(value).__name__} cannot be kept in a snapshot.")


def _unwrap(value: Any) -> Any:
    if isinstance(value, list):
        return [_unwrap(item) for item in value]
    if not isinstance(value, dict):
        return value
    kind, raw = value["$"], value["v"]
    if kind == "decimal":
        return Decimal(raw)
    if kind == "date":
        return date.fromisoformat(raw)
    if kind == "time":
        return datetime.fromisoformat(raw)
    return {name: _unwrap(item) for name, item in raw.items()}

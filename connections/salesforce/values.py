"""Salesforce's JSON and ours: exact numbers, dates, aware times, lines as plain lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import simplejson

Types = Callable[[str], Mapping[str, str]]
"""The field types of a kind by its name; empty for a kind that is not described."""


def read(row: Mapping[str, Any], types: Types) -> dict[str, Any]:
    """Return a row of a query as a record's values; related rows come as mappings and lists."""
    kind = str((row.get("attributes") or {}).get("type") or "")
    known = types(kind)
    return {
        name: _value(value, known.get(name, ""), types)
        for name, value in row.items()
        if name != "attributes"
    }


def _value(value: Any, kind: str, types: Types) -> Any:
    if isinstance(value, Mapping):
        if "records" in value:
            return [read(each, types) for each in value["records"]]
        return read(value, types) if "attributes" in value else dict(value)
    if isinstance(value, str) and kind == "date":
        return date.fromisoformat(value)
    if isinstance(value, str) and kind == "datetime":
        return moment(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    return value


def moment(text: str) -> datetime:
    """Return the aware time of `2026-11-25T20:00:00.000+0000`; raises ValueError."""
    return datetime.fromisoformat(text).astimezone(UTC)


def body(values: Mapping[str, Any]) -> str:
    """Return the JSON text of a body: numbers exact, times in UTC."""
    return simplejson.dumps(values, use_decimal=True, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be sent to Salesforce")

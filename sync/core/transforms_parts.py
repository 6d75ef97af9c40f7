"""What transforms are made of: values as numbers, as text, and the first that is filled."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any


def as_number(value: Any) -> Decimal | None:
    """Return the value as a finite number, or None where it is none."""
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def first(values: Sequence[Any]) -> Any:
    """Return the first value that is filled, or None."""
    return next((v for v in values if v not in (None, "")), None)


def text(value: Any) -> str:
    """Return a value as text, a number without needless zeros; empty for None."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return "" if value is None else str(value)

"""The named transforms of mapping rows: pure, and the whole list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from . import transforms_rates
from . import transforms_values as more
from .errors import Fix, NeedsPerson
from .expressions import calculate, names_of
from .transforms_parts import as_number, first, text

__all__ = ["TRANSFORMS", "Transform", "as_number", "fields_of"]

Transform = Callable[[Sequence[Any], str, Callable[[str], Any]], Any]
"""Takes the source values, the row's argument and a look-up of any field path."""

_PLACE = re.compile(r"\{([A-Za-z_][\w.]*)\}")


def _copy(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Any:
    return values[0] if values else None


def _first_non_empty(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Any:
    return first(values)


def _constant(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Any:
    return argument


def _upper(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Any:
    return text(first(values)).upper()


def _trim(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Any:
    return " ".join(text(first(values)).split())


def _template(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Any:
    """Fill `{Field.Path}` places; separators around an empty place are dropped."""
    filled = _PLACE.sub(lambda m: text(at(m.group(1))), argument)
    parts = [part.strip() for part in filled.split("·")]
    return " · ".join(part for part in parts if part)


def _join(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Any:
    return (argument or " ").join(text(v) for v in values if v not in (None, ""))


def _date_plus_days(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Any:
    start, days = first(values), as_number(argument or 0)
    if days is None or days % 1:
        raise NeedsPerson(
            f"A mapping row adds “{argument}” days to a date, which is no whole number.",
            cause=f"not_a_number:{argument}",
            fix=Fix("Correct the row."),
        )
    if not isinstance(start, date):
        return None
    try:
        return start + timedelta(days=int(days))
    except OverflowError:
        raise NeedsPerson(
            f"{start:%-d %b %Y} plus {days} days is no date.",
            cause=f"not_a_date:{argument}",
            fix=Fix("Correct the date or the row."),
        ) from None


def _number(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Any:
    value = first(values)
    number = as_number(value)
    if value is not None and number is None:
        raise NeedsPerson(
            f"“{value}” is not a number.", cause=f"not_a_number:{value}", fix=Fix("Correct it.")
        )
    return number


def _expression(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Any:
    return calculate(argument, at)


TRANSFORMS: Mapping[str, Transform] = {
    "copy": _copy,
    "first_non_empty": _first_non_empty,
    "constant": _constant,
    "upper": _upper,
    "trim": _trim,
    "template": _template,
    "join": _join,
    "date_plus_days": _date_plus_days,
    "number": _number,
    "lower": more.lower,
    "cut": more.cut,
    "or_else": more.or_else,
    "end_of_month": more.end_of_month,
    "look_up": more.look_up,
    "split_name": more.split_name,
    "convert": transforms_rates.convert,
    "expression": _expression,
}
"""Every transform by the name that mapping rows use."""


def fields_of(transform: str, sources: Sequence[str], argument: str) -> tuple[str, ...]:
    """Return every field path that a mapping row reads, those inside its argument included."""
    read = _INSIDE.get(transform)
    return tuple(dict.fromkeys([*sources, *(read(argument) if read else ())]))


def _day(argument: str) -> tuple[str, ...]:
    named = transforms_rates.day_of(argument)
    return (named,) if named else ()


_INSIDE: Mapping[str, Callable[[str], Sequence[str]]] = {
    "template": _PLACE.findall,
    "expression": names_of,
    "look_up": more.fields_in,
    "convert": _day,
}

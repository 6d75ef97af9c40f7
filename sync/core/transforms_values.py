"""Transforms that cut, translate and split a value, each by the row's argument."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from .errors import Fix, NeedsPerson
from .transforms_parts import as_number, first, text

At = Callable[[str], Any]
ELSE = "else"
TABLES = "=tables"
"""The name by which a look-up of fields gives the value tables, each by its name."""
_FIELD = re.compile(r"\{([A-Za-z_][\w.]*)\}")
PARTS = ("first", "last")
_MONTHS = 12


def lower(values: Sequence[Any], argument: str, at: At) -> str:
    """Return the text in small letters."""
    return text(first(values)).lower()


def cut(values: Sequence[Any], argument: str, at: At) -> str:
    """Return the first so many characters, no space at the end."""
    size = as_number(argument)
    if size is None or size % 1 or size < 1:
        raise _wrong(f"“{argument}” is no number of characters.", argument)
    return text(first(values))[: int(size)].rstrip()


def or_else(values: Sequence[Any], argument: str, at: At) -> Any:
    """Return the first filled value, else the argument."""
    found = first(values)
    return argument if found is None else found


def end_of_month(values: Sequence[Any], argument: str, at: At) -> date | None:
    """Return the last day of the month so many months after the date's own."""
    start, months = first(values), as_number(argument or 0)
    if months is None or months % 1:
        raise _wrong(f"“{argument}” is no whole number of months.", argument)
    if not isinstance(start, date):
        return None
    place = start.year * _MONTHS + start.month - 1 + int(months)
    year, month = divmod(place, _MONTHS)
    if not 1 <= year <= 9999:
        raise _wrong(f"{start:%-d %b %Y} plus {months} months is no date.", argument)
    return date(year, month + 1, monthrange(year, month + 1)[1])


def pairs_of(argument: str) -> dict[str, str]:
    """Return what `GB = United Kingdom; else = abroad` translates; keys are compared caseless."""
    parts = [part.partition("=") for part in argument.split(";") if part.strip()]
    return {key.strip().casefold(): value.strip() for key, _, value in parts}


def look_up(values: Sequence[Any], argument: str, at: At) -> Any:
    """Return what the value is translated to, else what `else` gives, else None.

    `{Field}` picks another field instead of a text; `=words` reads the value table of that name.
    """
    if argument.strip().startswith("="):
        tables = at(TABLES)
        return tables(argument.strip().removeprefix("=")) if callable(tables) else None
    pairs = pairs_of(argument)
    found = pairs.get(text(first(values)).strip().casefold(), pairs.get(ELSE))
    field = _FIELD.fullmatch(found or "")
    return at(field[1]) if field else found


def table_of(argument: str) -> str:
    """Return the value table that a look-up reads, empty where it has pairs of its own."""
    argument = argument.strip()
    return argument.removeprefix("=").strip() if argument.startswith("=") else ""


def fields_in(argument: str) -> tuple[str, ...]:
    """Return the fields that the pairs of a look-up pick."""
    found = [_FIELD.fullmatch(value) for value in pairs_of(argument).values()]
    return tuple(field[1] for field in found if field)


def split_name(values: Sequence[Any], argument: str, at: At) -> str:
    """Return the first or the last name of a whole one: `van Dijk` and `Dijk, Anna` are known."""
    whole = " ".join(text(first(values)).split())
    if argument.strip() not in PARTS:
        raise _wrong(f"“{argument}” is no part of a name; there are first and last.", argument)
    if "," in whole:
        last, _, given = (part.strip() for part in whole.partition(","))
        return given if argument.strip() == "first" else last
    words = whole.split(" ")
    start = len(words) - 1
    while start > 1 and words[start - 1].islower():  # van, de la, von der
        start -= 1
    found = words[:start] if argument.strip() == "first" else words[start:]
    return " ".join(found)


def _wrong(words: str, argument: str) -> NeedsPerson:
    return NeedsPerson(
        f"A mapping row cannot be used: {words}",
        cause=f"bad_argument:{argument}"[:200],
        fix=Fix("Correct the row.", "mapping"),
    )

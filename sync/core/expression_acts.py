"""What expressions can do with values: signs and named ways, each strict about kinds."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .transforms_parts import as_number, text

MANY = 20
MOST_DAYS = 36_600


class Wrong(ValueError):
    """The expression cannot be calculated with these values; it says why in a sentence."""


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes or no"
    if isinstance(value, Decimal):
        return "a number"
    return "a text" if isinstance(value, str) else "a date"


def _numbers(one: Any, other: Any) -> None:
    for value in (one, other):
        if value is None:
            raise Wrong("a field in it is empty; say what then: if_empty(Field, 0).")
        if isinstance(value, bool) or not isinstance(value, Decimal):
            raise Wrong(f"it calculates with {_kind(value)} as if it were a number.")


def _arithmetic(act: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def done(one: Any, other: Any) -> Any:
        _numbers(one, other)
        return act(one, other)

    return done


def _add(one: Any, other: Any) -> Any:
    if isinstance(one, str) and isinstance(other, str):
        return one + other
    if isinstance(one, date) and isinstance(other, Decimal):
        return days(one, other)
    _numbers(one, other)
    return one + other


def _subtract(one: Any, other: Any) -> Any:
    if isinstance(one, date) and isinstance(other, date) and type(one) is type(other):
        return Decimal((one - other).days)
    if isinstance(one, date) and isinstance(other, Decimal):
        return days(one, -other)
    _numbers(one, other)
    return one - other


def _compare(act: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def done(one: Any, other: Any) -> bool:
        if one is None or other is None or _kind(one) != _kind(other) or type(one) is bool:
            raise Wrong(f"it compares {_kind(one)} with {_kind(other)}.")
        if isinstance(one, date) and type(one) is not type(other):
            raise Wrong("it compares a date with a date and its time.")
        return act(one, other)

    return done


def _equal(one: Any, other: Any) -> bool:
    if one is not None and other is not None and _kind(one) != _kind(other):
        raise Wrong(f"it compares {_kind(one)} with {_kind(other)}.")
    if isinstance(one, date) and isinstance(other, date) and type(one) is not type(other):
        raise Wrong("it compares a date with a date and its time.")
    return bool(one == other)


def _negative(value: Any) -> Decimal:
    _numbers(value, Decimal(0))
    return -value  # type: ignore[no-any-return]


OPERATORS: Mapping[type[ast.AST], Callable[..., Any]] = {
    ast.Add: _add,
    ast.Sub: _subtract,
    ast.Mult: _arithmetic(operator.mul),
    ast.Div: _arithmetic(operator.truediv),
    ast.Mod: _arithmetic(operator.mod),
    ast.USub: _negative,
    ast.UAdd: lambda value: -_negative(value),
    ast.Not: lambda value: not value,
    ast.Eq: _equal,
    ast.NotEq: lambda one, other: not _equal(one, other),
    ast.Lt: _compare(operator.lt),
    ast.LtE: _compare(operator.le),
    ast.Gt: _compare(operator.gt),
    ast.GtE: _compare(operator.ge),
}


@dataclass(frozen=True)
class Way:
    """A named way to calculate, and how many values it takes at least and at most."""

    act: Callable[..., Any]
    takes: tuple[int, int]

    def __call__(self, *values: Any) -> Any:
        """Return what it makes of the values."""
        return self.act(*values)


def _round(value: Any, places: Any = Decimal(0)) -> Decimal:
    _numbers(value, places)
    if places % 1 or not 0 <= places <= 10:
        raise Wrong("it rounds to a number of decimals that is none from 0 to 10.")
    rounded: Decimal = value.quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP)
    return rounded


def _most(act: Callable[..., Any]) -> Callable[..., Any]:
    def done(*values: Any) -> Any:
        for value in values:
            _numbers(value, Decimal(0))
        return act(values)

    return done


def _texts(act: Callable[..., Any]) -> Callable[..., Any]:
    """Let a way take texts; an empty field is an empty text."""

    def done(*values: Any) -> Any:
        return act(*("" if value is None else _text(value) for value in values))

    return done


def _text(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return ("yes" if value else "no") if isinstance(value, bool) else text(value)


def _left(value: Any, size: Any) -> str:
    _numbers(size, Decimal(0))
    return "" if value is None else _text(value)[: max(int(size), 0)]


def _number(value: Any) -> Decimal:
    number = None if isinstance(value, bool) or value is None else as_number(_text(value))
    if number is None:
        raise Wrong(f"“{'' if value is None else value}” is no number.")
    return number


def days(start: Any, count: Any) -> date:
    """Return the date so many days later; raises Wrong for what is no date or no such day."""
    _numbers(count, Decimal(0))
    if not isinstance(start, date):
        raise Wrong(f"it adds days to {_kind(start)}.")
    if count % 1 or abs(count) > MOST_DAYS:
        raise Wrong("it adds days that are no whole number, or too many.")
    try:
        return start + timedelta(days=int(count))
    except OverflowError:
        raise Wrong("the date is too far away.") from None


def _part(name: str) -> Callable[[Any], Decimal]:
    def done(value: Any) -> Decimal:
        if not isinstance(value, date):
            raise Wrong(f"it asks for the {name} of {_kind(value)}.")
        return Decimal(getattr(value, name))

    return done


FUNCTIONS: Mapping[str, Way] = {
    "round": Way(_round, (1, 2)),
    "min": Way(_most(min), (1, MANY)),
    "max": Way(_most(max), (1, MANY)),
    "abs": Way(_most(lambda values: abs(values[0])), (1, 1)),
    "number": Way(_number, (1, 1)),
    "text": Way(_texts(lambda value: value), (1, 1)),
    "upper": Way(_texts(str.upper), (1, 1)),
    "lower": Way(_texts(str.lower), (1, 1)),
    "trim": Way(_texts(lambda value: " ".join(value.split())), (1, 1)),
    "left": Way(_left, (2, 2)),
    "contains": Way(_texts(lambda value, part: part.casefold() in value.casefold()), (2, 2)),
    "starts_with": Way(
        _texts(lambda value, part: value.casefold().startswith(part.casefold())), (2, 2)
    ),
    "days": Way(days, (2, 2)),
    "year": Way(_part("year"), (1, 1)),
    "month": Way(_part("month"), (1, 1)),
    "day": Way(_part("day"), (1, 1)),
    "if_empty": Way(lambda value, other: other if value in (None, "") else value, (2, 2)),
    "is_empty": Way(lambda value: value in (None, ""), (1, 1)),
}
"""Every way by the name that expressions use."""

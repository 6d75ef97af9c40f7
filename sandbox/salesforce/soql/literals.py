"""What a literal means beside a field: its value, or the span of time that it covers."""

import re
from decimal import Decimal
from typing import Any, NamedTuple

from sandbox.salesforce import stamps
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.ids import whole_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import NUMBERS, Field
from sandbox.salesforce.soql.lexing import Word, unquote
from sandbox.salesforce.soql.moving import local_date, midnight, span
from sandbox.salesforce.soql.places import refused_at
from sandbox.salesforce.soql.syntax import Query, Value

_SORTS = {"boolean": "boolean", "date": "date", "datetime": "datetime", "int": "number"}
_CALLED = {"datetime": "dateTime", "currency": "double", "percent": "double"}


class Span(NamedTuple):
    """From its first value up to, but not with, its end; both as texts."""

    first: str
    end: str


def meant(org: Org, query: Query, field: Field, value: Value) -> Any:
    """The value of a literal as the field's own values are compared: texts without case.

    Raises INVALID_FIELD where the literal is of another type than the field.
    """
    if value.sort == "null":
        return None
    wanted = "number" if field.type in NUMBERS else _SORTS.get(field.type, "string")
    if value.sort == "moving" and wanted in ("date", "datetime"):
        return _moving(org, query, field, value)
    if value.sort != wanted:
        raise _wrong_type(query, field, value)
    return _READ[wanted](query, field, value)


def pattern(query: Query, value: Value) -> re.Pattern[str]:
    """The pattern of a LIKE: % is any text, _ any letter."""
    text = unquote(query.text, _word(value), pattern=True)
    parts = re.split(r"(\\.|%|_)", text, flags=re.DOTALL)
    signs = {"%": ".*", "_": "."}
    made = "".join(signs.get(part) or re.escape(part.removeprefix("\\") or part) for part in parts)
    return re.compile(made, re.IGNORECASE | re.DOTALL)


def _string(query: Query, field: Field, value: Value) -> Any:
    text = unquote(query.text, _word(value))
    if field.type not in ("id", "reference"):
        return text.casefold() or None  # an empty text is no text
    if not text:
        return None
    key = whole_id(text)
    if key is None:
        code = "INVALID_QUERY_FILTER_OPERATOR"
        raise refused_at(query.text, value.place, code, f"invalid ID field: {text}")
    return key


def _datetime(query: Query, field: Field, value: Value) -> str:
    try:
        return stamps.write(stamps.read(value.text))
    except ValueError as error:
        raise _no_date(query, value) from error


def _date(query: Query, field: Field, value: Value) -> str:
    try:
        return stamps.read_date(value.text).isoformat()
    except ValueError as error:
        raise _no_date(query, value) from error


def _moving(org: Org, query: Query, field: Field, value: Value) -> Span:
    own = next(iter(org.table("Organization").values()), {})
    zone = str(own.get("TimeZoneSidKey") or "UTC")
    try:
        days = span(value.text, local_date(org.now(), zone))
    except (OverflowError, ValueError):  # further than any calendar goes
        days = None
    if days is None:
        raise refused_at(
            query.text, value.place, "MALFORMED_QUERY", f"unexpected token: '{value.text}'"
        )
    if field.type == "date":
        return Span(days[0].isoformat(), days[1].isoformat())
    return Span(*(stamps.write(midnight(day, zone)) for day in days))


_READ: dict[str, Any] = {
    "string": _string,
    "number": lambda query, field, value: Decimal(value.text),
    "boolean": lambda query, field, value: value.text == "TRUE",
    "date": _date,
    "datetime": _datetime,
}


def _word(value: Value) -> Word:
    return Word(value.sort, value.text, value.place)


def _wrong_type(query: Query, field: Field, value: Value) -> RefusedError:
    wanted = _CALLED.get(field.type, field.type)
    if field.type in ("boolean", "int", "date", "datetime", *NUMBERS):
        reason = f"must be of type {wanted} and should not be enclosed in quotes"
    else:
        reason = "must be of type string and should be enclosed in quotes"
    message = f"value of filter criterion for field '{field.name}' {reason}"
    return refused_at(query.text, value.place, "INVALID_FIELD", message)


def _no_date(query: Query, value: Value) -> RefusedError:
    message = f"invalid date or datetime: {value.text}"
    return refused_at(query.text, value.place, "MALFORMED_QUERY", message)

"""Reads the fields of what a client sends; null counts as left out."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Any

import simplejson

from sandbox.xero.errors import ZERO_ID, RefusedError, bad_body
from sandbox.xero.stamps import read_day

Given = Mapping[str, Any]
MOST_DIGITS = 18  # before the point, as Xero's currency rates have
MOST_PLACES = 28  # of .NET's decimal: what lies beyond is lost, and 1e-999999999 is nothing
_SIX_PLACES = Decimal("0.000001")
_LAST, _SHORT = Decimal(1).scaleb(-MOST_PLACES), Context(prec=MOST_DIGITS + MOST_PLACES)
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def read_json(raw: bytes) -> Any:
    """The JSON of a body, its fractions as Decimal. Raises a 400 where it is none."""
    try:
        body = simplejson.loads(raw, use_decimal=True, parse_constant=_no_constant)
        simplejson.dumps(body, use_decimal=True, ensure_ascii=False).encode()  # no half characters
        return body
    except (ValueError, RecursionError) as error:
        raise bad_body(f"The body is not valid JSON: {error}") from error


def _cannot(name: str, value: object, wanted: str) -> Exception:
    return bad_body(f"Error converting value {value!r} to type '{wanted}'. Path '{name}'.")


def text(given: Given, name: str, limit: int = 4000) -> str | None:
    """The text of a field, or None. Raises RefusedError where it is longer than the limit."""
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise _cannot(name, value, "System.String")
    read = str(value).lower() if isinstance(value, bool) else str(value)
    if len(read) > limit:
        raise RefusedError(f"{name} must be {limit} characters or fewer.")
    return read


def is_guid(text_: str) -> bool:
    """Whether the text has the form of an id."""
    return bool(_GUID.fullmatch(text_))


def guid(given: Given, name: str) -> str | None:
    """An id in lower case, or None; zeros count as left out."""
    value = text(given, name)
    if not value:
        return None
    if not is_guid(value):
        raise _cannot(name, value, "System.Guid")
    return None if value == ZERO_ID else value.lower()


def choice(given: Given, name: str, options: tuple[str, ...]) -> str | None:
    """One of the options, or None. Anything else refuses the whole call, as in Xero."""
    value = text(given, name)
    if value is None:
        return None
    if value not in options:
        raise _cannot(name, value, name)
    return value


def number(given: Given, name: str) -> Decimal | None:
    """A number, which may have been sent as text, or None."""
    value = given.get(name)
    if value is None or value == "":
        return None
    try:
        read = Decimal(value) if isinstance(value, str | int | Decimal) else None
    except InvalidOperation:
        read = None
    if read is None or isinstance(value, bool) or not read.is_finite() or _is_huge(read):
        raise _cannot(name, value, "System.Decimal")
    if int(read.as_tuple().exponent) < -MOST_PLACES:
        read = _SHORT.quantize(read, _LAST)
    return read or Decimal(0)


def _is_huge(read: Decimal) -> bool:
    return bool(read) and read.adjusted() >= MOST_DIGITS


def currency_rate(given: Given) -> Decimal | None:
    """The CurrencyRate, of which six places are kept, or None."""
    read = number(given, "CurrencyRate")
    return None if read is None else read.quantize(_SIX_PLACES, ROUND_HALF_UP)


def day(given: Given, name: str) -> str | None:
    """A day as it is kept, or None."""
    value = given.get(name)
    if value is None or value == "":
        return None
    try:
        return read_day(str(value))
    except ValueError as error:
        raise _cannot(name, value, "System.DateTime") from error


def flag(given: Given, name: str) -> bool | None:
    """True, False or None; text is understood in any case."""
    value = given.get(name)
    if value is None or isinstance(value, bool):
        return value
    if str(value).lower() not in ("true", "false"):
        raise _cannot(name, value, "System.Boolean")
    return str(value).lower() == "true"


def part(given: Given, name: str) -> dict[str, Any]:
    """A nested object; empty where there is none, or where Xero's own `[]` stands for null."""
    value = given.get(name)
    if value is None or value == []:
        return {}
    if not isinstance(value, dict):
        raise _cannot(name, value, name)
    return value


def parts(given: Given, name: str) -> list[dict[str, Any]] | None:
    """A list of objects, or None where the field was left out."""
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise _cannot(name, value, f"List<{name}>")
    return value
